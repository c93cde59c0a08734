//! A line for bash → its words.

use std::iter::Peekable;
use std::str::Chars;

use super::built::{Built, digits};

/// Parts `text` into words as bash does. What ends a command parts words and nothing else: who loses the
/// backslashes at the line ends still means one command. Variables stay as they are written.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    let mut word: Option<Built> = None;
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() || c == ';' => words.extend(word.take().map(Built::finish)),
            '\\' => backslash(&mut chars, &mut word),
            '\'' => single(&mut chars, word.get_or_insert_default()),
            '"' => double(&mut chars, word.get_or_insert_default()),
            '$' if chars.peek() == Some(&'\'') => {
                chars.next();
                ansi_c(&mut chars, word.get_or_insert_default());
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word.map(Built::finish));
    words
}

/// Outside of quotes. At a line's end it continues the line, even if a copy left blanks behind it.
fn backslash(chars: &mut Peekable<Chars<'_>>, word: &mut Option<Built>) {
    let mut ahead = chars.clone();
    while ahead.next_if(|c| matches!(c, ' ' | '\t')).is_some() {}
    match ahead.peek() {
        Some('\n') => {
            ahead.next();
            *chars = ahead;
        }
        _ => {
            if let Some(c) = chars.next() {
                word.get_or_insert_default().push(c);
            }
        }
    }
}

fn single(chars: &mut Peekable<Chars<'_>>, word: &mut Built) {
    chars.by_ref().take_while(|c| *c != '\'').for_each(|c| word.push(c));
}

fn double(chars: &mut Peekable<Chars<'_>>, word: &mut Built) {
    while let Some(c) = chars.next() {
        match c {
            '"' => return,
            '\\' => match chars.next_if(|c| matches!(c, '"' | '\\' | '$' | '`' | '\n')) {
                Some('\n') => {}
                Some(c) => word.push(c),
                None => word.push('\\'),
            },
            c => word.push(c),
        }
    }
}

/// `$'…'`, in which browsers write what single quotes cannot hold. They name UTF-16 units, not code points.
fn ansi_c(chars: &mut Peekable<Chars<'_>>, word: &mut Built) {
    while let Some(c) = chars.next() {
        match c {
            '\'' => return,
            '\\' => escape(chars, word),
            c => word.push(c),
        }
    }
}

fn escape(chars: &mut Peekable<Chars<'_>>, word: &mut Built) {
    let Some(c) = chars.next() else { return };
    let simple = match c {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'e' | 'E' => '\u{1b}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        'u' | 'U' => {
            let most = if c == 'u' { 4 } else { 8 };
            return word.unit(digits(chars, 16, most).unwrap_or(u32::from(c)));
        }
        'x' => return byte(digits(chars, 16, 2), word),
        '0'..='7' => {
            let first = c.to_digit(8).unwrap_or(0);
            let rest: Vec<u32> = (0..2).map_while(|_| digits(chars, 8, 1)).collect();
            return byte(Some(rest.iter().fold(first, |value, digit| value * 8 + digit)), word);
        }
        c => c,
    };
    word.push(simple);
}

fn byte(value: Option<u32>, word: &mut Built) {
    if let Some(byte) = value.and_then(|value| u8::try_from(value).ok()) {
        word.byte(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_quote_gives_its_word() {
        for (text, expected) in [
            ("a 'b c' \"d \\\" $e\" f\\ g", vec!["a", "b c", "d \" $e", "f g"]),
            (r"$'it\'s \u0021 \u5343 \ud83d\ude00 \xe5\x8d\x83 \041'", vec!["it's ! 千 😀 千 !"]),
            ("a \\\n  b \\ \n c", vec!["a", "b", "c"]),
            ("'a'\\''b'\"c\"", vec!["a'bc"]),
            ("'' x", vec!["", "x"]),
            ("'a;';b ;c", vec!["a;", "b", "c"]),
            ("'never closed", vec!["never closed"]),
            ("\\", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}
