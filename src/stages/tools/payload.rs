//! Finds the end of a call's JSON while it comes in.

use super::call::may_begin;
use super::markers::{Watch, Word, fold};

/// The longest first key that is waited for, in bytes.
const LONGEST_KEY: usize = 24;

/// How often a marker on a line of its own within a string may be tried as the end of a string that was never closed.
const MOST_ATTEMPTS: usize = 3;

/// What the next character did.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// More is to come.
    More,
    /// The brackets are closed.
    Done,
    /// This is no call.
    No,
    /// A marker begins at this byte; `within` says whether in a string.
    Cut { at: usize, within: bool },
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Key {
    #[default]
    Before,
    In(Option<char>, String),
    Passed,
}

/// Counts brackets outside of strings.
#[derive(Debug, Default)]
pub struct Payload {
    read: usize,
    depth: usize,
    quote: Option<char>,
    escaped: bool,
    /// Whether strings may be written in single quotes, as the first key was.
    single: bool,
    key: Key,
    watch: Watch,
    watched_from: usize,
    /// Whether only blanks were read since the last line break.
    line_start: bool,
    attempts: usize,
}

impl Payload {
    /// Takes the next character.
    pub fn step(&mut self, c: char) -> Step {
        let at = self.read;
        self.read += c.len_utf8();
        if self.key != Key::Passed && !self.first_key(c) {
            return Step::No;
        }
        if let Some(cut) = self.marker(c, at) {
            return cut;
        }
        self.line_start = c == '\n' || (self.line_start && c.is_whitespace());
        self.brackets(c)
    }

    fn brackets(&mut self, c: char) -> Step {
        match (self.quote, c) {
            (Some(_), _) if self.escaped => self.escaped = false,
            (Some(_), '\\') => self.escaped = true,
            (Some(open), _) if c == open => self.quote = None,
            (Some(_), _) => {}
            (None, '"') => self.quote = Some('"'),
            (None, '\'') if self.single => self.quote = Some('\''),
            (None, '{' | '[') => self.depth += 1,
            (None, '}' | ']') => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    return Step::Done;
                }
            }
            (None, _) => {}
        }
        Step::More
    }

    fn marker(&mut self, c: char, at: usize) -> Option<Step> {
        let folded = fold(c);
        let within = self.quote.is_some();
        if matches!(folded, '[' | '<') && self.key == Key::Passed && (!within || self.line_start) {
            self.watch.begin();
            self.watched_from = at;
            return None;
        }
        let (found, closes) = self.watch.step(folded)?;
        let counts = matches!(found, Word::Call | Word::Result) && (closes || !within);
        if !counts || (within && self.attempts == MOST_ATTEMPTS) {
            return None;
        }
        self.attempts += usize::from(within);
        Some(Step::Cut { at: self.watched_from, within })
    }

    /// Whether the first key, as far as it came, may be one of a call.
    fn first_key(&mut self, c: char) -> bool {
        match &mut self.key {
            Key::Before => match c {
                '{' | '[' => return self.depth < 3,
                '"' | '\'' | '“' => {
                    self.single = c == '\'';
                    self.key = Key::In(Some(if c == '“' { '”' } else { c }), String::new());
                }
                _ if c.is_alphabetic() => self.key = Key::In(None, c.to_string()),
                _ => return c.is_whitespace(),
            },
            Key::In(end, key) => {
                let ended = end.map_or(c == ':' || c == '：' || c.is_whitespace(), |end| c == end);
                if ended {
                    let known = may_begin(key);
                    self.key = Key::Passed;
                    return known;
                }
                key.push(c);
                return key.len() <= LONGEST_KEY;
            }
            Key::Passed => {}
        }
        true
    }
}
