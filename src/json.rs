//! JSON texts that are borrowed from the bytes they stand in, wherever they hold no escape.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};
use serde_json::value::RawValue;

/// A text. serde borrows a plain `Cow` only outside of an `Option`, and nearly all texts here are optional.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    /// Whether it stands in the bytes as it reads: as a text, and without an escape.
    pub const fn is_borrowed(&self) -> bool {
        matches!(self.0, Cow::Borrowed(_))
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Any)
    }
}

/// A number that may have been written as a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// Its value.
    pub value: f64,
    /// Whether it was written as a whole, not negative number, as everybody can read it.
    pub proper: bool,
}

/// Reads a field that only helps if it is a number: one written as a text counts, anything else is left out.
///
/// # Errors
/// If it is no JSON.
pub fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Number>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?.get();
    let proper = raw.bytes().all(|b| b.is_ascii_digit());
    Ok(raw.trim_matches('"').parse().ok().map(|value| Number { value, proper }))
}

/// Reads a field that only helps if it is a text: a number counts by how it is written, anything else is left out.
///
/// # Errors
/// If it is no JSON.
pub fn text<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Text<'a>>, D::Error> {
    let raw = <&'a RawValue>::deserialize(deserializer)?.get();
    match raw.as_bytes().first() {
        Some(b'"') => Ok(serde_json::from_str(raw).ok()),
        Some(b'-' | b'0'..=b'9') => Ok(Some(Text(Cow::Owned(raw.to_owned())))),
        _ => Ok(None),
    }
}

/// Reads JSON from bytes. One fast check that all of them are UTF-8 costs less than serde's own check of each text: in
/// a long cumulative answer that check was most of the work.
///
/// # Errors
/// If they are no UTF-8, or no JSON of this form.
pub fn from_bytes<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> serde_json::Result<T> {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => serde_json::from_str(text),
        // serde's own error names the place.
        Err(_) => serde_json::from_slice(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Both<'a> {
        #[serde(borrow)]
        plain: Option<Text<'a>>,
        #[serde(borrow)]
        escaped: Option<Text<'a>>,
        #[serde(borrow)]
        none: Option<Text<'a>>,
    }

    #[test]
    fn only_escapes_cost_a_copy() {
        let both: Both<'_> = from_bytes("{\"plain\":\"千\",\"escaped\":\"a\\n\",\"none\":null}".as_bytes()).unwrap();
        assert!(matches!(both.plain, Some(Text(Cow::Borrowed("千")))));
        assert!(matches!(both.escaped, Some(Text(Cow::Owned(text))) if text == "a\n"));
        assert!(both.none.is_none());
    }
}
