//! Recognises what may open a call, one character at a time and within a bounded length.

use super::markers::{Word, fold, separates, word};

/// How many characters may stand between the marker's first one and the payload.
const LONGEST: usize = 160;

/// The fences in which an answer may consist of a call.
const FENCES: [&str; 11] =
    ["", "json", "jsonc", "json5", "text", "txt", "plaintext", "xml", "tool_call", "tool_calls", "tool"];

/// What is known after the next character.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not enough.
    Open,
    /// It opens nothing.
    No,
    /// JSON begins at this byte.
    Json(usize),
    /// Qwen3-Coder's form begins at this byte.
    Function(usize),
    /// A tool's result is shown here.
    Result,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    /// The backticks of a fence, and what stands behind them on its line.
    Fence,
    Info,
    /// Before the marker, inside of the fence.
    Body,
    /// Behind an opening bracket.
    Word,
    /// Behind the marker's word, before its closing bracket.
    Attributes,
    /// Between marker and payload.
    Gap,
    /// A fence between marker and payload.
    GapTicks,
    GapInfo,
}

/// The beginning of what may be a call.
#[derive(Debug)]
pub struct Opening {
    phase: Phase,
    angle: bool,
    /// Letters of the part that is being read, folded where it is a marker's word.
    letters: String,
    /// Whether a separator stands behind the letters.
    parted: bool,
    count: usize,
    read: usize,
    bracket_at: usize,
    /// Whether JSON may begin without a marker.
    bare: bool,
    /// Whether all of it stands in a fence.
    pub fenced: bool,
    /// Whether a marker was read.
    pub marked: bool,
    /// Whether a line ended between marker and payload.
    pub broken: bool,
}

impl Opening {
    /// Begins with `c`, if anything can. `bare` says whether the answer begins here, so that it may be a call without a
    /// marker.
    pub fn new(c: char, bare: bool) -> Option<Self> {
        let phase = match fold(c) {
            '`' if bare => Phase::Fence,
            '[' | '<' => Phase::Word,
            _ => return None,
        };
        Some(Self {
            angle: fold(c) == '<',
            letters: if phase == Phase::Fence { "`".to_owned() } else { String::new() },
            phase,
            parted: false,
            count: 1,
            read: c.len_utf8(),
            bracket_at: 0,
            bare,
            fenced: false,
            marked: false,
            broken: false,
        })
    }

    /// Takes the next character.
    pub fn step(&mut self, c: char) -> Verdict {
        let at = self.read;
        self.read += c.len_utf8();
        self.count += 1;
        if self.count > LONGEST {
            return Verdict::No;
        }
        if c == '{' && self.bare && matches!(self.phase, Phase::Body | Phase::Attributes | Phase::Gap | Phase::GapInfo)
        {
            return Verdict::Json(at);
        }
        self.broken |= self.marked && c == '\n';
        match self.phase {
            Phase::Fence => self.ticks(c, Phase::Info),
            Phase::Info => self.info(c),
            Phase::Body | Phase::Gap => self.between(c, at),
            Phase::Word => self.word(c, at),
            Phase::Attributes => self.attributes(c, at),
            Phase::GapTicks => self.ticks(c, Phase::GapInfo),
            Phase::GapInfo => self.gap_info(c),
        }
    }

    fn to(&mut self, phase: Phase) -> Verdict {
        self.phase = phase;
        self.letters.clear();
        self.parted = false;
        Verdict::Open
    }

    fn ticks(&mut self, c: char, next: Phase) -> Verdict {
        if c == '`' {
            self.letters.push(c);
            return Verdict::Open;
        }
        if self.letters.len() < 3 {
            return Verdict::No;
        }
        self.to(next);
        if self.phase == Phase::Info { self.info(c) } else { self.gap_info(c) }
    }

    fn info(&mut self, c: char) -> Verdict {
        match c {
            '\n' if FENCES.contains(&self.letters.to_ascii_lowercase().as_str()) => {
                self.fenced = true;
                self.to(Phase::Body)
            }
            ' ' | '\r' => Verdict::Open,
            _ if c.is_ascii_alphanumeric() || c == '_' => {
                self.letters.push(c);
                Verdict::Open
            }
            _ => Verdict::No,
        }
    }

    fn gap_info(&mut self, c: char) -> Verdict {
        match c {
            '\n' => self.to(Phase::Gap),
            ' ' | '\r' | '_' => Verdict::Open,
            _ if c.is_ascii_alphanumeric() => Verdict::Open,
            _ => Verdict::No,
        }
    }

    /// Between a fence or a marker and what comes next.
    fn between(&mut self, c: char, at: usize) -> Verdict {
        match fold(c) {
            '[' | '<' => {
                self.angle = fold(c) == '<';
                self.bracket_at = at;
                self.to(Phase::Word)
            }
            '`' if self.phase == Phase::Gap => {
                self.to(Phase::GapTicks);
                self.letters.push('`');
                Verdict::Open
            }
            ':' | '>' | ']' | '*' | '=' | '#' | '0'..='9' if self.phase == Phase::Gap => Verdict::Open,
            letter @ ('J' | 'S' | 'O' | 'N') if self.phase == Phase::Gap => {
                self.letters.push(letter);
                if "JSON".starts_with(&self.letters) { Verdict::Open } else { Verdict::No }
            }
            _ if c.is_whitespace() => Verdict::Open,
            _ => Verdict::No,
        }
    }

    /// Adds a letter to the word, if some marker goes on like that.
    fn lengthen(&mut self, folded: char) -> bool {
        self.letters.push(folded);
        let longer = word(&self.letters) != Word::None;
        if !longer {
            self.letters.pop();
        }
        longer
    }

    fn word(&mut self, c: char, at: usize) -> Verdict {
        let folded = fold(c);
        if self.letters.is_empty() && !self.angle && (self.bare || self.marked) {
            if c == '{' {
                return Verdict::Json(self.bracket_at);
            }
            if c.is_whitespace() {
                return Verdict::Open;
            }
        }
        let known = word(&self.letters);
        let function = folded == '=' || (self.parted && folded == 'N');
        if known == Word::Function && self.angle && function {
            return Verdict::Function(self.bracket_at);
        }
        if separates(folded) {
            self.parted = true;
            return if self.count > 48 { Verdict::No } else { Verdict::Open };
        }
        let goes_on = !(self.parted && known == Word::Call) && self.lengthen(folded);
        if goes_on {
            self.parted = false;
            return Verdict::Open;
        }
        match known {
            Word::Call if folded.is_alphabetic() && !self.parted => Verdict::No,
            Word::Call => {
                self.marked = true;
                self.bare = true;
                self.to(Phase::Attributes);
                if c == '{' {
                    return Verdict::Json(at);
                }
                self.broken |= c == '\n';
                self.attributes(c, at)
            }
            Word::Result if !self.marked && !self.fenced => Verdict::Result,
            _ => Verdict::No,
        }
    }

    /// What stands behind the word: a number, a name, the leavings of a broken tag.
    fn attributes(&mut self, c: char, at: usize) -> Verdict {
        match fold(c) {
            ']' if !self.angle => self.leave_attributes(),
            '>' if self.angle => self.leave_attributes(),
            '<' if self.angle => {
                self.to(Phase::Gap);
                self.between(c, at)
            }
            '\n' => self.leave_attributes(),
            '[' | '<' | '`' => Verdict::No,
            folded => {
                if self.letters.len() < 16 && !separates(folded) {
                    self.letters.push(folded);
                }
                Verdict::Open
            }
        }
    }

    fn leave_attributes(&mut self) -> Verdict {
        let other = ["END", "RESULT", "OUTPUT", "RESPONSE", "FORMAT", "EXAMPLE"];
        if other.iter().any(|word| self.letters.starts_with(word)) {
            return Verdict::No;
        }
        self.to(Phase::Gap)
    }
}
