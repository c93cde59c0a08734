//! What surrounds a paste: marks of a file's start, foreign line ends, fences and quotes.

use std::borrow::Cow;

/// The longest prose before a fence; what comes later is part of the paste's content.
const LONGEST_PREFACE: usize = 400;

/// What prose before a fence does not hold: there, the fence is part of a request's body.
const PROGRAM: [&str; 5] = ["=", "{", "\"", " '", "$'"];

/// `text` without what surrounds it.
pub fn tidied(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'));
    let text =
        if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { text.into() };
    let text = match unfenced(&text) {
        Some(inside) => Cow::Owned(inside),
        None => text,
    };
    match unquoted(text.trim()) {
        Some(inside) => Cow::Owned(inside),
        None => text,
    }
}

/// What stands inside the fences of a Markdown text.
fn unfenced(text: &str) -> Option<String> {
    const FENCE: &str = "```";
    let at = if text.starts_with(FENCE) { 0 } else { text.find("\n```")? + 1 };
    let preface = &text[..at];
    if preface.len() > LONGEST_PREFACE || PROGRAM.iter().any(|mark| preface.contains(mark)) {
        return None;
    }
    let mut inside = String::new();
    let mut open = false;
    for line in text[at..].lines() {
        if line.starts_with(FENCE) {
            let rest = line.trim_matches('`');
            // A fence that is opened and closed on one line holds its content there.
            if !open && line.len() > FENCE.len() && line.ends_with(FENCE) {
                inside.push_str(rest.trim());
            } else {
                open = !open;
            }
            inside.push('\n');
        } else if open {
            let (line, closes) = line.strip_suffix(FENCE).map_or((line, false), |line| (line, true));
            inside.push_str(line);
            inside.push('\n');
            open = !closes;
        }
    }
    (!inside.trim().is_empty()).then(|| inside.trim().to_owned())
}

/// What stands inside quotes that embrace the whole text.
pub fn unquoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let inside = text.strip_prefix(quote)?.strip_suffix(quote)?.trim();
    Some(match quote {
        '"' => inside.replace("\\\"", "\""),
        '\'' => inside.replace("'\\''", "'"),
        _ => inside.trim_matches('`').to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_surrounds_is_taken_away() {
        for (text, expected) in [
            ("\u{feff} a=1; b=2\r\n", "a=1; b=2"),
            ("```bash\ncurl 'x' \\\n -H 'a: b'\n```", "curl 'x' \\\n -H 'a: b'"),
            ("curl 'x' -d 'a\n```\nb\n```'", "curl 'x' -d 'a\n```\nb\n```'"),
            ("Here's mine:\n```\na=1\n```", "a=1"),
            ("Here it is:\n\n```\na=1\n```\nThanks", "a=1"),
            ("```a=1; b=2```", "a=1; b=2"),
            ("`a=1`", "a=1"),
            ("\"a=\\\"x\\\"; b=2\"", "a=\"x\"; b=2"),
            ("'a=it'\\''s'", "a=it's"),
            ("a=\"x\"", "a=\"x\""),
            ("\"", "\""),
        ] {
            assert_eq!(tidied(text), expected, "{text}");
        }
    }
}
