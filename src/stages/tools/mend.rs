//! Rewrites what a model meant as JSON into JSON.

/// What came of it.
#[derive(Debug)]
pub struct Mended {
    /// The JSON text, if it is any.
    pub json: String,
    /// How many brackets had to be closed at the end.
    pub missing: usize,
    /// Whether the text ended within a string.
    pub within_string: bool,
}

/// Mends raw line breaks and wrong escapes in strings, unescaped quotes, single and typographic quotes, bare words,
/// Python's words, comments, commas and closing brackets that are missing or too many. One pass over the text.
pub fn mend(text: &str) -> Mended {
    let mut mender = Mender { chars: text.chars().collect(), ..Mender::default() };
    while mender.at < mender.chars.len() && !mender.over {
        mender.token();
    }
    let missing = mender.open.len();
    while let Some(open) = mender.open.pop() {
        mender.out.push(closer(open));
    }
    Mended { json: mender.out, missing, within_string: mender.within_string }
}

#[derive(Default)]
struct Mender {
    chars: Vec<char>,
    at: usize,
    out: String,
    open: Vec<char>,
    /// How many of them are `[` and `{`, so that a closer without an opener costs nothing.
    kinds: [usize; 2],
    /// Whether a comma came, which is written only if something follows.
    comma: bool,
    within_string: bool,
    over: bool,
}

fn closer(open: char) -> char {
    if open == '{' { '}' } else { ']' }
}

impl Mender {
    fn peek(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    /// The next character from `at` on that is not blank.
    fn next_solid(&self, at: usize) -> Option<char> {
        self.chars.get(at..)?.iter().copied().find(|c| !c.is_whitespace())
    }

    fn token(&mut self) {
        let Some(c) = self.peek(self.at) else { return };
        match c {
            '"' | '\'' | '“' | '”' => {
                self.part();
                self.string(c);
                return;
            }
            '{' if self.out.ends_with('{') && !self.comma => {}
            '{' | '[' => {
                self.part();
                self.out.push(c);
                self.open.push(c);
                self.kinds[usize::from(c == '{')] += 1;
            }
            '}' | ']' => self.close(c),
            ',' | '，' => self.comma = true,
            ':' | '：' => self.out.push(':'),
            _ if c.is_whitespace() => {}
            _ => {
                self.bare();
                return;
            }
        }
        self.at += 1;
    }

    /// Writes the comma before another part, whether it came or was forgotten.
    fn part(&mut self) {
        self.comma = false;
        if !self.out.is_empty() && !self.out.ends_with(['{', '[', ',', ':']) {
            self.out.push(',');
        }
    }

    fn close(&mut self, c: char) {
        self.comma = false;
        let wanted = if c == '}' { '{' } else { '[' };
        // A closer of the wrong kind closes what is open inside of its own, and is passed over where there is none.
        let kind = usize::from(c == '}');
        while self.kinds[kind] > 0
            && let Some(open) = self.open.pop()
        {
            self.kinds[usize::from(open == '{')] -= 1;
            self.out.push(closer(open));
            if open == wanted {
                break;
            }
        }
        self.over = self.open.is_empty();
    }

    /// A number, a word, or a key without quotes.
    fn bare(&mut self) {
        let start = self.at;
        if self.chars[start..].starts_with(&['/', '/']) {
            let rest = self.chars[start..].iter().position(|c| *c == '\n');
            self.at = rest.map_or(self.chars.len(), |length| start + length);
            return;
        }
        self.part();
        while self.peek(self.at).is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.' | '$')) {
            self.at += 1;
        }
        if self.at == start {
            self.at += 1;
            return;
        }
        let word: String = self.chars[start..self.at].iter().collect();
        let key = matches!(self.next_solid(self.at), Some(':' | '：'));
        self.out.push_str(&match word.as_str() {
            _ if key => format!("\"{word}\""),
            "true" | "True" => "true".to_owned(),
            "false" | "False" => "false".to_owned(),
            "null" | "None" | "undefined" | "NaN" => "null".to_owned(),
            number if number.starts_with(|c: char| c.is_ascii_digit() || c == '-') => word,
            _ => format!("\"{word}\""),
        });
    }

    fn string(&mut self, quote: char) {
        let end = if quote == '“' { '”' } else { quote };
        self.at += 1;
        let start = self.at;
        let mut close = None;
        while let Some(c) = self.peek(self.at) {
            match c {
                '\\' => self.at += 1,
                _ if c == end && self.ends_string(self.at + 1) => {
                    close = Some(self.at);
                    break;
                }
                _ => {}
            }
            self.at += 1;
        }
        let stop = close.unwrap_or_else(|| self.cut_string(start));
        self.out.push('"');
        self.write_string(start, stop, quote);
        self.out.push('"');
        self.at = close.map_or(self.chars.len(), |at| at + 1);
    }

    /// Whether a quote that is followed by this ends its string, rather than being an unescaped part of it.
    fn ends_string(&self, after: usize) -> bool {
        matches!(self.next_solid(after), None | Some(',' | '}' | ']' | ':' | '，' | '：'))
    }

    /// Where a string that never ends was meant to end: before the brackets that close everything.
    fn cut_string(&mut self, start: usize) -> usize {
        self.within_string = true;
        let mut stop = self.chars.len();
        for open in &self.open {
            let solid = self.chars[start.min(stop)..stop].iter().rposition(|c| !c.is_whitespace());
            match solid {
                Some(at) if self.chars[start + at] == closer(*open) => stop = start + at,
                _ => break,
            }
        }
        stop
    }

    fn write_string(&mut self, start: usize, stop: usize, quote: char) {
        // A path of Windows is taken literally as a whole: its \n and \t are names of folders.
        let literal = matches!(self.chars.get(start..stop), Some([drive, ':', '\\', next, ..])
            if drive.is_ascii_alphabetic() && *next != '\\');
        let mut at = start;
        while at < stop {
            let c = self.chars[at];
            at += 1;
            match c {
                '\\' => at = self.write_escape(at, stop, literal),
                '"' => self.out.push_str("\\\""),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                c if c < ' ' => self.out.push_str(&format!("\\u{:04x}", u32::from(c))),
                c if c == quote && quote == '\'' => self.out.push(c),
                c => self.out.push(c),
            }
        }
    }

    /// Writes the escape whose backslash stands before `at`; returns where the text goes on.
    fn write_escape(&mut self, at: usize, stop: usize, literal: bool) -> usize {
        let next = if at < stop { self.peek(at) } else { None };
        let hex = |at: usize| self.chars.get(at..at + 4).is_some_and(|four| four.iter().all(char::is_ascii_hexdigit));
        match next {
            Some('\'') => {
                self.out.push('\'');
                at + 1
            }
            Some(c @ ('"' | '\\')) => {
                self.out.push('\\');
                self.out.push(c);
                at + 1
            }
            Some('u') if !literal && at + 5 <= stop && hex(at + 1) => {
                self.out.push_str("\\u");
                at + 1
            }
            Some(c @ ('n' | 't' | 'r' | 'b' | 'f' | '/')) if !literal => {
                self.out.push('\\');
                self.out.push(c);
                at + 1
            }
            _ => {
                self.out.push_str("\\\\");
                at
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_models_get_wrong_is_mended() {
        for (broken, json) in [
            ("{\"a\":1,}", "{\"a\":1}"),
            ("{\"a\":[1,2,}", "{\"a\":[1,2]}"),
            ("{'a': True, b: None}", "{\"a\":true,\"b\":null}"),
            ("{\"a\":\"x\ny\"}", "{\"a\":\"x\\ny\"}"),
            (r#"{"a":"C:\Users\new"}"#, r#"{"a":"C:\\Users\\new"}"#),
            (r#"{"a":"\d+\n"}"#, r#"{"a":"\\d+\n"}"#),
            (r#"{"a":"say "hi" now"}"#, r#"{"a":"say \"hi\" now"}"#),
            ("{“a”：“b”}", "{\"a\":\"b\"}"),
            ("{\"a\":{\"b\":1}", "{\"a\":{\"b\":1}}"),
            ("{{\"a\":1}}", "{\"a\":1}"),
            ("{\"a\":1}}", "{\"a\":1}"),
            ("{\"a\":{\"b\":\"x}}\n", "{\"a\":{\"b\":\"x\"}}"),
            ("{\"a\":1,,\"b\":2}", "{\"a\":1,\"b\":2}"),
            ("{\"a\":1 // one\n \"b\":two}", "{\"a\":1,\"b\":\"two\"}"),
        ] {
            assert_eq!(mend(broken).json, json, "{broken}");
        }
    }
}
