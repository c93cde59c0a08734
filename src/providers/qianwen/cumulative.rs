//! A text that arrives as ever longer snapshots → the pieces that are new.
//!
//! Snapshots are compared as they are written in JSON, which costs one comparison of memory; only what is new is
//! unescaped. So the work is linear in the upstream's bytes, however long the answer grows.

use super::markers::Stripper;

/// A snapshot that is no valid JSON text.
#[derive(Debug, PartialEq, Eq)]
pub struct Invalid;

/// One growing text.
#[derive(Debug, Default)]
pub struct Cumulative {
    /// The last snapshot that was taken over, between its quotes, still escaped.
    raw: String,
    stripper: Stripper,
    contradicted: bool,
}

impl Cumulative {
    /// Whether the last snapshot contradicts what was already emitted.
    pub const fn is_contradicted(&self) -> bool {
        self.contradicted
    }

    /// Takes the next snapshot, a JSON text with its quotes, and appends what is new to `out`. A snapshot that is no
    /// extension of what was emitted appends nothing.
    ///
    /// # Errors
    /// If the snapshot is no JSON text.
    pub fn update(&mut self, json: &str, out: &mut String) -> Result<(), Invalid> {
        let inner = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or(Invalid)?;
        if inner.is_empty() {
            // A frame that only says that something else changed.
            return Ok(());
        }
        match inner.strip_prefix(self.raw.as_str()) {
            Some(added) => {
                self.contradicted = false;
                let added = whole_pairs(added);
                let text = unescape(added)?;
                self.raw.push_str(added);
                self.stripper.push(&text, out);
                Ok(())
            }
            None => self.compare_as_text(inner, out),
        }
    }

    /// The slow road: the snapshot is written differently, so both are compared as the reader sees them.
    fn compare_as_text(&mut self, inner: &str, out: &mut String) -> Result<(), Invalid> {
        let inner = whole_pairs(inner);
        let (before, _) = visible(&self.raw)?;
        let (now, stripper) = visible(inner)?;
        match now.strip_prefix(before.as_str()) {
            Some(added) => {
                out.push_str(added);
                inner.clone_into(&mut self.raw);
                self.stripper = stripper;
                self.contradicted = false;
            }
            // Some closing frames lack the white space at the answer's end.
            None => self.contradicted = !(before.starts_with(&now) && before.trim_end() == now.trim_end()),
        }
        Ok(())
    }

    /// The answer is whole: a marker that never ended is text.
    pub fn finish(&mut self, out: &mut String) {
        self.stripper.finish(out);
    }
}

fn visible(raw: &str) -> Result<(String, Stripper), Invalid> {
    let (mut text, mut stripper) = (String::new(), Stripper::default());
    stripper.push(&unescape(raw)?, &mut text);
    Ok((text, stripper))
}

/// Undoes JSON's escapes.
pub fn unescape(raw: &str) -> Result<std::borrow::Cow<'_, str>, Invalid> {
    if !raw.contains('\\') {
        return Ok(raw.into());
    }
    serde_json::from_str::<String>(&format!("\"{raw}\"")).map(Into::into).map_err(|_| Invalid)
}

/// Leaves out half of a surrogate pair at the end: a site that cuts its text between UTF-16 units completes it in
/// the next snapshot.
fn whole_pairs(raw: &str) -> &str {
    const ESCAPE: usize = 6;
    let Some(at) = raw.len().checked_sub(ESCAPE).filter(|at| raw.is_char_boundary(*at)) else { return raw };
    let tail = &raw.as_bytes()[at..];
    let high = tail.starts_with(b"\\u")
        && matches!(tail[2], b'd' | b'D')
        && matches!(tail[3], b'8' | b'9' | b'a' | b'b' | b'A' | b'B')
        && tail[4..].iter().all(u8::is_ascii_hexdigit);
    let backslashes = raw[..at].bytes().rev().take_while(|b| *b == b'\\').count();
    if high && backslashes.is_multiple_of(2) { &raw[..at] } else { raw }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(snapshots: &[&str]) -> (Vec<String>, bool) {
        let mut text = Cumulative::default();
        let pieces = snapshots.iter().map(|snapshot| {
            let mut out = String::new();
            text.update(snapshot, &mut out).unwrap();
            out
        });
        (pieces.collect(), text.is_contradicted())
    }

    #[test]
    fn only_what_is_new_is_emitted() {
        let (pieces, contradicted) = feed(&[r#""ab""#, r#""ab\n""#, r#""ab\n""#, r#""ab\nc""#, r#""""#]);
        assert_eq!(pieces, ["ab", "\n", "", "c", ""]);
        assert!(!contradicted);
    }

    #[test]
    fn spelling_does_not_matter() {
        assert_eq!(feed(&[r#""千""#, r#""\u5343\u6865""#, r#""千桥好""#]).0, ["千", "桥", "好"]);
    }

    #[test]
    fn half_a_surrogate_pair_waits_for_its_other_half() {
        assert_eq!(feed(&[r#""a\ud83d""#, r#""a\ud83d\ude00b""#]).0, ["a", "😀b"]);
        assert_eq!(feed(&[r#""a\\ud83d""#]).0, [r"a\ud83d"]);
    }

    #[test]
    fn a_contradiction_is_silent_until_taken_back() {
        let (pieces, contradicted) = feed(&[r#""abc""#, r#""ab""#, r#""xbcd""#]);
        assert_eq!((pieces, contradicted), (vec!["abc".into(), String::new(), String::new()], true));
        let (pieces, contradicted) = feed(&[r#""abc""#, r#""x""#, r#""abcd""#]);
        assert_eq!((pieces[2].as_str(), contradicted), ("d", false));
        assert!(!feed(&[r#""abc \n""#, r#""abc""#]).1);
    }

    #[test]
    fn a_marker_that_vanishes_is_no_contradiction() {
        let (pieces, contradicted) = feed(&[r#""[(deep_think)]""#, r#""[(deep_think)]a""#, r#""ab""#]);
        assert_eq!((pieces.concat().as_str(), contradicted), ("ab", false));
    }
}
