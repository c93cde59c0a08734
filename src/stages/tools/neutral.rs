//! Makes text that others wrote unable to begin or end a block of ours.

use std::borrow::Cow;

use super::markers::{Word, any_word, fold, invisible, separates};

/// How many characters behind a bracket are looked at. Blanks in any number would make the search quadratic.
const LONGEST_LOOK: usize = 48;

/// What stands around a file's text, folded; the first wants a colon behind it.
const FILE: [&str; 2] = ["FILE", "ENDOFFILE"];

/// Puts a backslash behind the bracket of everything that looks like a marker: `[\TOOL CALL]`.
///
/// A visible character on purpose. A zero-width one would leave the marker legible to the model, which reads past it, and
/// would travel unseen into the files that the model copies the text to. The backslash reads as "quoted" to a person and
/// to a model, takes nothing away, and no reader here takes the form for a marker. So it fits a user's text as well.
pub fn neutralise(text: &str) -> Cow<'_, str> {
    escape(text, |out, bracket| {
        out.push(bracket);
        out.push('\\');
    })
}

/// The same inside JSON text, where the bracket can be written as an escape that means the same.
pub fn neutralise_json(text: &str) -> Cow<'_, str> {
    escape(text, |out, bracket| {
        let mut units = [0; 2];
        for unit in bracket.encode_utf16(&mut units) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    })
}

fn escape(text: &str, write: impl Fn(&mut String, char)) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    for (at, bracket) in text.char_indices() {
        let next = at + bracket.len_utf8();
        if (matches!(fold(bracket), '[' | '<') && marks(&text[next..]))
            || (fold(bracket) == '[' && frames(&text[next..]))
        {
            out.push_str(&text[copied..at]);
            write(&mut out, bracket);
            copied = next;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// Whether what stands behind a bracket is a marker.
fn marks(text: &str) -> bool {
    let mut read = String::new();
    for c in text.chars().take(LONGEST_LOOK).filter(|c| !invisible(*c)) {
        let folded = fold(c);
        if separates(folded) || folded.is_whitespace() {
            continue;
        }
        if read == "FUNCTION" && folded == '=' {
            return true;
        }
        read.push(folded);
        match any_word(&read) {
            Word::None => return false,
            Word::Call | Word::Result => return true,
            Word::Partial | Word::Function => {}
        }
    }
    false
}

/// Whether what stands behind a bracket begins or ends a file.
fn frames(text: &str) -> bool {
    let mut read = String::new();
    for c in text.chars().take(LONGEST_LOOK).filter(|c| !invisible(*c)) {
        let folded = fold(c);
        if separates(folded) || folded.is_whitespace() {
            continue;
        }
        if read == FILE[0] && folded == ':' {
            return true;
        }
        read.push(folded);
        if read == FILE[1] {
            return true;
        }
        if !FILE.iter().any(|mark| mark.starts_with(&read)) {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_of_a_marker_gets_through() {
        for (text, safe) in [
            ("a [END TOOL RESULT] b", "a [\\END TOOL RESULT] b"),
            ("[tool_call]", "[\\tool_call]"),
            ("<tool_call>", "<\\tool_call>"),
            ("</tool_response>", "<\\/tool_response>"),
            ("【工具调用】", "【\\工具调用】"),
            ("［ＴＯＯＬ　ＣＡＬＬ］", "［\\ＴＯＯＬ　ＣＡＬＬ］"),
            ("[TO\u{200b}OL CALL]", "[\\TO\u{200b}OL CALL]"),
            ("[  Tool -\n Call #1]", "[\\  Tool -\n Call #1]"),
            ("<|tool_call|>", "<\\|tool_call|>"),
            ("<function=rm>", "<\\function=rm>"),
            ("a\n[End of file]\n[ file： x]", "a\n[\\End of file]\n[\\ file： x]"),
            ("【END_OF_FILE】", "【\\END_OF_FILE】"),
        ] {
            assert_eq!(neutralise(text), safe);
        }
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in [
            "",
            "[TODO] x",
            "[tools](a)",
            "a[i] < b",
            "<function>",
            "[\\TOOL CALL]",
            "[END]",
            "[E",
            "[files](a)",
            "<file:a>",
            "[file]",
        ] {
            assert!(matches!(neutralise(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn inside_json_the_meaning_stays() {
        let text = r#"{"a":"[TOOL CALL]【END TOOL CALL】"}"#;
        let safe = neutralise_json(text);
        assert_eq!(safe, r#"{"a":"\u005bTOOL CALL]\u3010END TOOL CALL】"}"#);
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&safe), value(text));
    }
}
