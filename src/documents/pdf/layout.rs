//! From where pieces of text stand to lines and words: a PDF has neither, only places.

use super::super::transcript::Transcript;

/// All in parts of the size of the text: a gap this wide is a space, …
const SPACE: f64 = 0.18;
/// … between Chinese characters, which are set apart evenly and not by words, this wide, …
const WIDE_SPACE: f64 = 0.9;
/// … this wide is the next column of a table, …
const COLUMN: f64 = 2.5;
/// … this far up or down is another line, …
const LINE: f64 = 0.45;
/// … and this far another paragraph.
const PARAGRAPH: f64 = 1.9;

/// A place on the page, or the way from one to another.
pub(super) type Point = (f64, f64);

/// What there was to read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Whether a page that has content had none that could be found.
    pub(super) lost_page: bool,
    /// Characters, and glyphs of which nothing says which characters they are.
    pub(super) known: u64,
    pub(super) unknown: u64,
}

/// One piece of text that stands together.
pub(super) struct Run<'a> {
    pub(super) text: &'a str,
    pub(super) start: Point,
    pub(super) end: Point,
    /// The size of the text as it shows on the page, and which way it runs, as a way of length one.
    pub(super) size: f64,
    pub(super) direction: Point,
}

/// The text of the pages so far.
pub(super) struct Layout<'a> {
    out: &'a mut Transcript,
    last: Option<(Point, char)>,
    pub(super) seen: Seen,
}

impl<'a> Layout<'a> {
    pub(super) fn new(out: &'a mut Transcript) -> Self {
        Self { out, last: None, seen: Seen::default() }
    }

    pub(super) fn end_page(&mut self) {
        self.out.end_paragraph();
        self.last = None;
    }

    pub(super) fn put(&mut self, run: &Run<'_>) {
        let (Some(first), Some(last)) = (run.text.chars().next(), run.text.chars().next_back()) else { return };
        self.separate(run, first);
        self.last = Some((run.end, last));
        let mut text = String::with_capacity(run.text.len());
        for letter in run.text.chars() {
            if letter == char::REPLACEMENT_CHARACTER {
                self.seen.unknown += 1
            } else {
                self.seen.known += 1
            }
            match letter {
                // Ligatures are a matter of type, not of text.
                'ﬀ' => text.push_str("ff"),
                'ﬁ' => text.push_str("fi"),
                'ﬂ' => text.push_str("fl"),
                'ﬃ' => text.push_str("ffi"),
                'ﬄ' => text.push_str("ffl"),
                '\u{a0}' => text.push(' '),
                '\u{ad}' => text.push('-'),
                _ if letter.is_control() => text.push(' '),
                _ => text.push(letter),
            }
        }
        self.out.push_str(if self.out.at_line_start() { text.trim_start() } else { &text });
    }

    /// Writes what lies between the text before and a run.
    fn separate(&mut self, run: &Run<'_>, first: char) {
        let Some((from, before)) = self.last else { return };
        let way = (run.start.0 - from.0, run.start.1 - from.1);
        let along = (way.0 * run.direction.0 + way.1 * run.direction.1) / run.size;
        let across = ((way.0 * run.direction.1 - way.1 * run.direction.0) / run.size).abs();
        if across > PARAGRAPH {
            self.out.end_paragraph();
        } else if across > LINE || along < -COLUMN {
            self.out.end_line();
        } else if before.is_whitespace() || first.is_whitespace() {
            // The text has a space of its own.
        } else if along > COLUMN {
            self.out.push_str("\t");
        } else if along > if is_wide(before) && is_wide(first) { WIDE_SPACE } else { SPACE } {
            self.out.push_str(" ");
        }
    }
}

/// Characters as wide as high: Chinese, Japanese and Korean ones, and their punctuation.
fn is_wide(letter: char) -> bool {
    matches!(u32::from(letter), 0x2e80..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff | 0xff00..=0xffef | 0x20000..=0x3ffff)
}
