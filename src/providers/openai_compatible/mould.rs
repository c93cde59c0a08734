//! The chunks of a stream differ in their text only. What stands around it is compared instead of being read again,
//! which saves most of the work of a stream that passes as it is.

/// What stood before and behind the text of the last chunk that could pass.
#[derive(Debug)]
pub struct Mould {
    before: Vec<u8>,
    behind: Vec<u8>,
}

impl Mould {
    /// The mould of a chunk's JSON whose text is `text`, a slice of it. None, if it is not: then it held an escape.
    pub fn of(json: &[u8], text: &str) -> Option<Self> {
        let start = text.as_ptr().addr().checked_sub(json.as_ptr().addr())?;
        let (before, rest) = json.split_at_checked(start)?;
        let behind = rest.strip_prefix(text.as_bytes())?;
        let quoted = before.ends_with(b"\"") && behind.starts_with(b"\"");
        quoted.then(|| Self { before: before.to_owned(), behind: behind.to_owned() })
    }

    /// The text of a chunk that has the same form. None, if it has another, or if its text holds an escape.
    pub fn text<'a>(&self, json: &'a [u8]) -> Option<&'a str> {
        let text = json.strip_prefix(self.before.as_slice())?.strip_suffix(self.behind.as_slice())?;
        let plain = !text.is_empty() && text.iter().all(|b| *b >= b' ' && *b != b'"' && *b != b'\\');
        if plain { simdutf8::basic::from_utf8(text).ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mould() -> Mould {
        let json = "{\"a\":[{\"content\":\"Hi\"}],\"b\":1}";
        let at = json.find("Hi").unwrap();
        Mould::of(json.as_bytes(), &json[at..at + 2]).unwrap()
    }

    #[test]
    fn only_the_text_may_differ() {
        let text = |json: &str| mould().text(json.as_bytes()).map(str::to_owned);
        assert_eq!(text("{\"a\":[{\"content\":\"千桥 \"}],\"b\":1}").as_deref(), Some("千桥 "));
        for other in [
            "{\"a\":[{\"content\":\"\"}],\"b\":1}",
            "{\"a\":[{\"content\":\"x\"}],\"b\":2}",
            "{\"a\":[{\"content\":\"x\\n\"}],\"b\":1}",
            "{\"a\":[{\"content\":\"x\",\"role\":\"y\"}],\"b\":1}",
            "{\"a\":[{\"content\":\"x\u{1}\"}],\"b\":1}",
            "\"}],\"b\":1}",
        ] {
            assert_eq!(text(other), None, "{other}");
        }
        assert_eq!(mould().text(b"{\"a\":[{\"content\":\"\xff\"}],\"b\":1}"), None);
    }

    #[test]
    fn a_text_from_elsewhere_makes_no_mould() {
        assert!(Mould::of(b"{\"content\":\"Hi\"}", "Hi").is_none());
    }
}
