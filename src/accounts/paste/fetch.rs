//! "Copy as fetch" → sources. The browser's form leaves the cookies out, that of Node.js holds them.

use std::iter::Peekable;
use std::str::Chars;

use super::built::{Built, digits};
use super::request;
use super::source::Source;
use super::token::{Language, Token, next_mark, pairs, tokens};

/// Where the first call begins.
pub fn begins(text: &str) -> Option<usize> {
    text.match_indices("fetch(").map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        let argument = text[*at + "fetch(".len()..].trim_start();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_') && argument.starts_with(['"', '\'', '`'])
    })
}

const SCRIPT: Language =
    Language { is_word: |c| c.is_alphanumeric() || matches!(c, '_' | '$'), quotes: "\"'`", text: string, blank: None };

/// Reads the calls. Only the words `fetch` and `headers` matter, so that an object written by hand is read as well.
pub fn read(text: &str) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut current: Option<(String, Vec<(String, String)>)> = None;
    let mut tokens = tokens(text, &SCRIPT).peekable();
    while let Some(token) = tokens.next() {
        match token {
            Token::Word(word) if word == "fetch" && next_mark(&mut tokens, '(') => {
                if let Some(Token::Text(url)) = tokens.next_if(|token| matches!(token, Token::Text(_))) {
                    let before = current.replace((url, Vec::new()));
                    sources.extend(before.map(|(url, headers)| request::source(Some(url), headers)));
                }
            }
            Token::Word(key) | Token::Text(key) if key == "headers" && next_mark(&mut tokens, ':') => {
                let headers = pairs(&mut tokens, ':');
                if let Some((_, known)) = &mut current {
                    known.extend(headers);
                }
            }
            _ => {}
        }
    }
    sources.extend(current.map(|(url, headers)| request::source(Some(url), headers)));
    sources
}

fn string(chars: &mut Peekable<Chars<'_>>, quote: char) -> String {
    let mut text = Built::default();
    while let Some(c) = chars.next() {
        match c {
            c if c == quote => break,
            '\\' => escape(chars, &mut text),
            c => text.push(c),
        }
    }
    text.finish()
}

fn escape(chars: &mut Peekable<Chars<'_>>, text: &mut Built) {
    let Some(c) = chars.next() else { return };
    match c {
        'n' => text.push('\n'),
        'r' => text.push('\r'),
        't' => text.push('\t'),
        'b' => text.push('\u{8}'),
        'f' => text.push('\u{c}'),
        'v' => text.push('\u{b}'),
        '0' => text.push('\0'),
        '\n' => {}
        'x' | 'u' => {
            let braced = c == 'u' && chars.next_if_eq(&'{').is_some();
            let most = if c == 'x' {
                2
            } else if braced {
                6
            } else {
                4
            };
            if let Some(unit) = digits(chars, 16, most) {
                text.unit(unit);
            }
            if braced {
                chars.next_if_eq(&'}');
            }
        }
        c => text.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_written_by_a_browser_or_by_hand_are_read() {
        let sources = read(
            "fetch(\"https://a.example/p\", {\n  \"headers\": {\n    \"accept\": \"*/*\",\n    \
             \"cookie\": \"a=\\\"1\\\"; b=\\u5343\\ud83d\\ude00\"\n  },\n  \"body\": \"{\\\"headers\\\":{}}\",\n  \
             \"method\": \"POST\"\n}); await fetch('https://b.example', { method: 'GET', headers: { Cookie: 'c=3', } })",
        );
        assert_eq!(sources[0].cookie_header.as_deref(), Some("a=\"1\"; b=千😀"));
        assert_eq!(sources[0].header("accept").count(), 1);
        assert_eq!(sources[1].host.as_deref(), Some("b.example"));
        assert_eq!(sources[1].cookie_header.as_deref(), Some("c=3"));
    }

    #[test]
    fn only_a_call_with_an_address_begins_one() {
        assert_eq!(begins("await fetch( \"https://a\")"), Some(6));
        assert_eq!(begins("prefetch('x') fetch(url)"), None);
    }
}
