//! From bytes to text: the byte order mark decides, then UTF-8 if it is that, then a guess among the older encodings,
//! which Windows in China, Taiwan, Japan and the West still writes.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030, GBK, UTF_8};

/// How much of a text the guess looks at.
const SAMPLE: usize = 1 << 18;

/// How much of a file is looked at for control characters.
const START: usize = 1 << 16;

/// One broken sequence among this many sound ones is damage to UTF-8, not another encoding.
const SOUND_PER_BROKEN: usize = 20;

/// Whether bytes are text rather than something binary: no NUL, hardly any other control characters.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    if let Some((encoding, _)) = Encoding::for_bom(bytes)
        && encoding != UTF_8
    {
        let start = &bytes[..bytes.len().min(START)];
        let text = encoding.decode_with_bom_removal(start).0;
        return !text.contains('\0') && is_mostly_printable(text.chars().map(u32::from));
    }
    let start = &bytes[..bytes.len().min(START)];
    memchr::memchr(0, bytes).is_none() && is_mostly_printable(start.iter().map(|byte| u32::from(*byte)))
}

/// Tabs, line ends, form feeds and the escape of coloured logs are at home in texts; of others one in a hundred may be.
fn is_mostly_printable(codes: impl Iterator<Item = u32>) -> bool {
    let (mut all, mut control) = (0_usize, 0_usize);
    for code in codes {
        all += 1;
        control += usize::from(matches!(code, 0x00..=0x07 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f | 0xfffd));
    }
    control * 100 <= all + 99
}

/// Decodes text, with `\n` as its only line end. `declared` is what the text says of itself, as HTML does.
pub(super) fn decode(bytes: &[u8], declared: Option<&'static Encoding>) -> String {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode_with_bom_removal(bytes).0,
        None if is_utf8(bytes) => String::from_utf8_lossy(bytes),
        None => declared.filter(|encoding| *encoding != UTF_8).unwrap_or_else(|| guess(bytes)).decode(bytes).0,
    };
    // The DOS end-of-file mark is no part of what was written.
    let text = text.trim_end_matches('\u{1a}');
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// UTF-8, if need be with a few broken places.
fn is_utf8(bytes: &[u8]) -> bool {
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        return true;
    }
    let (mut sound, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    sound > broken * SOUND_PER_BROKEN
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(SAMPLE)], bytes.len() <= SAMPLE);
    let guessed = detector.guess(None, Utf8Detection::Deny);
    // GB18030 reads all of GBK, and the characters that came later.
    if guessed == GBK { GB18030 } else { guessed }
}
