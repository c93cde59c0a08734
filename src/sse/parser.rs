//! The push parser: chunks of bytes in, whole frames out.

use std::borrow::Cow;

/// The longest frame that is held while its end has not come, in bytes. A cumulative answer of a few hundred
/// thousand tokens fits; an upstream that never ends a frame does not eat the memory.
const LONGEST_FRAME: usize = 16 << 20;

/// One frame: what stood between two blank lines.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The `event:` field, empty if there was none.
    pub event: &'a [u8],
    /// The `data:` lines, joined by line feeds; empty if there were none.
    pub data: Cow<'a, [u8]>,
    /// The frame's own bytes, blank line included.
    pub raw: &'a [u8],
}

impl Frame<'_> {
    /// Whether the frame is exactly `data: <data>\n\n`, the only form that OpenAI's clients must understand.
    pub fn is_plain(&self) -> bool {
        self.raw.len() == self.data.len() + 8 && self.raw.starts_with(b"data: ") && self.raw.ends_with(b"\n\n")
    }
}

/// A frame grew beyond what is held.
#[derive(Debug, PartialEq, Eq)]
pub struct TooLong;

/// Cuts a byte stream into frames, wherever the chunks were cut. Each byte is looked at a fixed number of times.
#[derive(Debug, Default)]
pub struct Parser {
    /// The beginning of a frame whose end has not come yet.
    held: Vec<u8>,
    /// How much of `held` is known to hold no frame end.
    scanned: usize,
}

impl Parser {
    /// Takes more bytes and hands each frame that is now whole to `sink`.
    ///
    /// # Errors
    /// What `sink` returns, or [`TooLong`] converted into it.
    pub fn push<E: From<TooLong>>(
        &mut self,
        chunk: &[u8],
        mut sink: impl FnMut(Frame<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.held.is_empty() {
            let used = emit_frames(chunk, &mut self.scanned, &mut sink)?;
            self.held.extend_from_slice(&chunk[used..]);
        } else {
            self.held.extend_from_slice(chunk);
            let used = emit_frames(&self.held, &mut self.scanned, &mut sink)?;
            self.held.drain(..used);
        }
        if self.held.len() > LONGEST_FRAME { Err(TooLong.into()) } else { Ok(()) }
    }

    /// The bytes after the last blank line: at the end of the stream, a last frame without its blank line.
    pub fn rest(&self) -> Option<Frame<'_>> {
        let rest = self.held.as_slice();
        (!rest.iter().all(u8::is_ascii_whitespace)).then(|| parse_frame(rest))
    }
}

/// Emits the frames of `bytes`, returns how many bytes they took, and leaves in `scanned` how far the remainder is
/// known to hold no end.
fn emit_frames<E>(
    bytes: &[u8],
    scanned: &mut usize,
    sink: &mut impl FnMut(Frame<'_>) -> Result<(), E>,
) -> Result<usize, E> {
    let mut start = 0;
    let mut from = *scanned;
    while let Some(end) = frame_end(bytes, from) {
        let frame = parse_frame(&bytes[start..end]);
        if !(frame.data.is_empty() && frame.event.is_empty()) {
            sink(frame)?;
        }
        start = end;
        from = end;
    }
    // The last three bytes may be the beginning of a line end that the next chunk completes.
    *scanned = bytes.len().saturating_sub(3).max(start) - start;
    Ok(start)
}

/// The position after the next blank line, looking for line feeds from `from` on.
fn frame_end(bytes: &[u8], from: usize) -> Option<usize> {
    memchr::memchr_iter(b'\n', &bytes[from..]).find_map(|at| {
        let next = from + at + 1;
        match bytes.get(next..)? {
            [b'\n', ..] => Some(next + 1),
            [b'\r', b'\n', ..] => Some(next + 2),
            _ => None,
        }
    })
}

fn parse_frame(raw: &[u8]) -> Frame<'_> {
    let mut event: &[u8] = b"";
    let mut data: Option<Cow<'_, [u8]>> = None;
    let mut rest = raw;
    while !rest.is_empty() {
        // One search per line: a line of a long answer holds most of the stream's bytes.
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or_default();
        if let Some(value) = field(line, b"data:") {
            data = Some(match data {
                None => Cow::Borrowed(value),
                Some(before) => {
                    let mut joined = before.into_owned();
                    joined.push(b'\n');
                    joined.extend_from_slice(value);
                    Cow::Owned(joined)
                }
            });
        } else if let Some(value) = field(line, b"event:") {
            event = value;
        }
    }
    Frame { event, data: data.unwrap_or_default(), raw }
}

/// The value of a line's field, without the one space that may follow the colon.
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let value = line.strip_prefix(name)?;
    Some(value.strip_prefix(b" ").unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Failed;
    impl From<TooLong> for Failed {
        fn from(_: TooLong) -> Self {
            Self
        }
    }

    fn frames(chunks: &[&[u8]]) -> Vec<(String, String)> {
        let mut parser = Parser::default();
        let mut out = Vec::new();
        let mut keep = |frame: Frame<'_>| {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            out.push((text(frame.event), text(&frame.data)));
        };
        for chunk in chunks {
            parser
                .push(chunk, |frame| -> Result<(), Failed> {
                    keep(frame);
                    Ok(())
                })
                .unwrap();
        }
        if let Some(frame) = parser.rest() {
            keep(frame);
        }
        out
    }

    const STREAM: &str = "\u{feff}event:message\ndata:{\"a\":\"千\"}\n\n: heartbeat\n\ndata: one\r\ndata: two\r\n\r\nid: 3\n\nevent: complete\ndata:true";

    #[test]
    fn every_cut_gives_the_same_frames() {
        let whole = frames(&[STREAM.as_bytes()]);
        assert_eq!(whole.len(), 3);
        assert_eq!(whole[0], ("message".to_owned(), "{\"a\":\"千\"}".to_owned()));
        assert_eq!(whole[1].1, "one\ntwo");
        assert_eq!(whole[2], ("complete".to_owned(), "true".to_owned()));
        for cut in 0..STREAM.len() {
            let (a, b) = STREAM.as_bytes().split_at(cut);
            assert_eq!(frames(&[a, b]), whole, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = STREAM.as_bytes().chunks(1).collect();
        assert_eq!(frames(&bytes), whole);
    }

    #[test]
    fn a_frame_without_end_is_refused() {
        let mut parser = Parser::default();
        let chunk = vec![b'x'; 1 << 20];
        let refused = (0..17).any(|_| parser.push(&chunk, |_| Ok::<_, Failed>(())).is_err());
        assert!(refused);
    }

    #[test]
    fn only_the_plain_form_counts_as_plain() {
        for (text, plain) in [
            ("data: {}\n\n", true),
            ("data:{}\n\n", false),
            ("data: {}\r\n\r\n", false),
            (": c\ndata: {}\n\n", false),
            ("data: a\ndata: b\n\n", false),
        ] {
            assert_eq!(parse_frame(text.as_bytes()).is_plain(), plain, "{text:?}");
        }
    }
}
