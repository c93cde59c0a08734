//! How large a PDF is when unpacked, before the parser unpacks what it needs to find its way: the streams that hold
//! objects and cross-references. It unpacks those whole and by itself, so their size must be known first. All other
//! streams are unpacked under a limit, in [`super::stream`].

use std::io::{Read, sink};

use flate2::bufread::DeflateDecoder;
use memchr::memmem;

use super::super::unreadable::Unreadable;

/// How far before its data the dictionary of a stream is looked for.
const DICTIONARY: usize = 2048;

/// The most that streams of objects may unpack to, all together.
const MOST_OBJECTS: usize = 32 << 20;

/// The same for cross-references, of which each few bytes become an entry ten times their size.
const MOST_REFERENCES: usize = 4 << 20;

/// What both may weigh in an encrypted file, where nobody can tell from outside what they unpack to.
const MOST_ENCRYPTED: usize = 256 << 10;

/// How often the parser may have to walk the whole file in search of the ends of streams.
const MOST_WALKS: usize = 16;

/// Refuses a file whose objects would take too much memory, or too much time to find.
pub(super) fn check(bytes: &[u8]) -> Result<(), Unreadable> {
    let encrypted = memmem::find(bytes, b"/Encrypt").is_some();
    let (mut objects, mut references, mut opaque) = (MOST_OBJECTS, MOST_REFERENCES, MOST_ENCRYPTED);
    let mut steps = (bytes.len() + (1 << 20)) * MOST_WALKS;
    let mut ends = memmem::find_iter(bytes, b"endstream").chain([bytes.len()]).peekable();
    for at in memmem::find_iter(bytes, b"stream") {
        let from = at + b"stream".len();
        if !matches!(bytes.get(from), Some(b'\n' | b'\r')) || bytes[..at].ends_with(b"end") {
            continue;
        }
        while ends.next_if(|end| *end < from).is_some() {}
        let data = bytes.get(from..ends.peek().copied().unwrap_or(bytes.len())).unwrap_or_default();
        steps = steps.checked_sub(data.len()).ok_or(Unreadable::Broken)?;
        let before = &bytes[at.saturating_sub(DICTIONARY)..at];
        let begin = memmem::rfind(before, b"obj");
        let dictionary = unescaped(&before[begin.unwrap_or(0)..]);
        let room = match contents(&dictionary) {
            Some(Contents::Objects) => &mut objects,
            Some(Contents::References) => &mut references,
            // A dictionary whose beginning is out of sight may say anything there.
            None if begin.is_none() && before.contains(&b'>') => &mut objects,
            None => continue,
        };
        if !is_simple(&dictionary) {
            return Err(Unreadable::Broken);
        }
        if encrypted {
            opaque = opaque.checked_sub(data.len()).ok_or(Unreadable::Encrypted)?;
        } else {
            *room = room.checked_sub(unpacked(data, *room)).ok_or(Unreadable::TooLarge)?;
        }
    }
    Ok(())
}

/// What the parser needs from a stream to find its way.
enum Contents {
    Objects,
    References,
}

/// Streams of objects name their first one, streams of cross-references the widths of their columns.
fn contents(dictionary: &[u8]) -> Option<Contents> {
    if memmem::find(dictionary, b"/First").is_some() {
        return Some(Contents::Objects);
    }
    // An array, or a reference to one; `/Width` and the like go on with a letter.
    let is_widths = |at: usize| {
        let next = dictionary.get(at + 2..).and_then(|rest| rest.trim_ascii_start().first());
        next.is_some_and(|byte| !byte.is_ascii_alphabetic())
    };
    memmem::find_iter(dictionary, b"/W").any(is_widths).then_some(Contents::References)
}

/// Names may be written with the numbers of their letters: `/F#69rst`.
fn unescaped(dictionary: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut plain = Vec::with_capacity(dictionary.len());
    let mut rest = dictionary;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let code = digit(after.first()).zip(digit(after.get(1))).filter(|_| *first == b'#');
        plain.push(code.and_then(|(high, low)| u8::try_from(high * 16 + low).ok()).unwrap_or(*first));
        if code.is_some() {
            rest = &rest[2..];
        }
    }
    plain
}

/// Whether a stream is packed once or not at all, as every program does that writes streams of objects.
fn is_simple(dictionary: &[u8]) -> bool {
    let filters =
        memmem::find_iter(dictionary, b"Decode").count() - memmem::find_iter(dictionary, b"DecodeParms").count();
    let known = memmem::find_iter(dictionary, b"FlateDecode").count();
    filters == known && known <= 1
}

/// What the data of a stream unpacks to, counted no further than `room` and one.
fn unpacked(data: &[u8], room: usize) -> usize {
    let data = data.trim_ascii_start();
    // The two bytes that zlib puts before the packed data; a parser of PDF does not insist on them.
    let has_header = matches!(data, [first, second, ..]
        if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0);
    let packed = if has_header { &data[2..] } else { data };
    let mut counted = Counted(0);
    // Damage ends the count where it ends the unpacking.
    let _ = std::io::copy(&mut DeflateDecoder::new(packed).take(room as u64 + 1), &mut counted);
    counted.0.max(data.len())
}

/// Counts what is written to it.
struct Counted(usize);

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        sink().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
