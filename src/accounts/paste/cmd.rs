//! A line for Windows' `cmd` → its words.

use std::iter::Peekable;
use std::str::Chars;

/// Whether a command that starts here is written for `cmd`.
pub fn is_meant(text: &str) -> bool {
    // `^"` opens what browsers quote for cmd, and stands before each quote inside; `^` ends a line that goes on.
    let first_quote = text.find(['\'', '"']).map(|at| (at, &text[at..=at]));
    match first_quote {
        Some((_, "'")) => false,
        Some((at, _)) if text[..at].ends_with('^') => true,
        _ => text.contains("^\n") || text.contains("^\\^\"") || text.contains("^%^"),
    }
}

/// Parts `text` into words. Two programs read such a line, one after the other: cmd takes the carets away, then the
/// program takes the quotes away. Older browsers put carets inside of plain quotes too, where cmd would keep them; what
/// they meant is read here.
pub fn words(text: &str) -> Vec<String> {
    unquoted(&without_carets(text))
}

/// What a browser puts no caret before, unless a percent sign stands before it.
fn needs_no_caret(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_-:=+~'/.,?;()*`".contains(c)
}

fn without_carets(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('^', Some('\n')) => {
                // The first line break is what the caret takes; a second one is meant.
                chars.next();
                plain.push('\n');
                chars.next_if_eq(&'\n');
            }
            ('^', Some(&next)) if !needs_no_caret(next) || plain.ends_with('%') => {
                plain.push(next);
                chars.next();
            }
            (c, _) => plain.push(c),
        }
    }
    plain
}

fn unquoted(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    let mut word: Option<String> = None;
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => words.extend(word.take()),
            '"' => quoted(&mut chars, word.get_or_insert_default()),
            '\\' if chars.peek() == Some(&'"') => {
                chars.next();
                word.get_or_insert_default().push('"');
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Chrome writes `\"` for a quote, Firefox `""`; both double a backslash, and Firefox puts one before `$` and `` ` ``.
fn quoted(chars: &mut Peekable<Chars<'_>>, word: &mut String) {
    let mut ahead = chars.clone();
    if ahead.next() == Some('"') && ahead.peek().is_none_or(|c| c.is_whitespace()) {
        chars.next();
        return;
    }
    while let Some(c) = chars.next() {
        match c {
            '"' if chars.next_if_eq(&'"').is_some() => word.push('"'),
            '"' => return,
            '\\' => word.push(chars.next_if(|c| matches!(c, '"' | '\\' | '$' | '`')).unwrap_or('\\')),
            c => word.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_browsers_and_the_older_form_are_read() {
        for (text, expected) in [
            (r#"curl ^"https://a/?b=1^&c=2^" ^"#, vec!["curl", "https://a/?b=1&c=2", "^"]),
            (r#"-b ^"a=b^%^2Fc; d=^\^"x^\^"; e=^^f^""#, vec!["-b", r#"a=b%2Fc; d="x"; e=^f"#]),
            (r#"-H ^"cookie: a=""x""; b=\$1^""#, vec!["-H", r#"cookie: a="x"; b=$1"#]),
            (r#"-H "sec-ch-ua: ^\^"X^\^";v=^\^"1^\^"""#, vec!["-H", r#"sec-ch-ua: "X";v="1""#]),
            ("\"a\" ^\n  \"b\" \"\" c", vec!["a", "b", "", "c"]),
            ("^\"one^\n\ntwo^\"", vec!["one\ntwo"]),
            ("\"a^b\"", vec!["a^b"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn a_bash_line_is_not_taken_for_one_of_cmd() {
        assert!(is_meant("curl ^\"https://a^\""));
        assert!(is_meant("curl \"https://a\" ^\n -H \"b: c\""));
        assert!(!is_meant("curl 'https://a' -H 'b: ^\"^\n'"));
        assert!(!is_meant("curl \"https://a\" -H \"b: c\""));
    }
}
