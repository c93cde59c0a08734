//! Paragraphs and tables. Word and PowerPoint name them alike once the namespaces are taken off.

use std::collections::HashMap;

use super::super::Deadline;
use super::super::transcript::Transcript;
use super::super::unreadable::Unreadable;
use super::styles::Headings;
use super::xml::{self, Piece, Tag};

/// The deepest level that is still set in further.
const DEEPEST_INDENT: usize = 8;

/// How much the addresses of links may add to a part, in bytes. A part names an address once and may refer to it a
/// million times.
const ROOM_FOR_LINKS: usize = 1 << 20;

/// What a part needs from the parts around it.
pub(super) struct Surroundings<'a> {
    pub(super) headings: &'a Headings,
    pub(super) links: &'a HashMap<String, String>,
    pub(super) deadline: Deadline,
}

/// Reads the paragraphs of a document, a slide, or the notes of a document.
pub(super) fn read(text: &str, around: &Surroundings<'_>, out: &mut Transcript) -> Result<(), Unreadable> {
    let mut words = Words::new(around, out);
    xml::each(text, around.deadline, |piece| {
        match piece {
            Piece::Open(tag) => words.open(&tag),
            Piece::Close(name) => words.close(name)?,
            Piece::Text(text) if words.in_text && words.skipped == 0 => words.line.push_str(text),
            Piece::Text(_) => {}
        }
        Ok(())
    })?;
    words.end_paragraph();
    Ok(())
}

/// Where the reading of a part stands.
struct Words<'a> {
    around: &'a Surroundings<'a>,
    out: &'a mut Transcript,
    /// How many elements are open within one that is left out, itself included.
    skipped: usize,
    in_text: bool,
    /// The paragraph under way, and what it is.
    line: String,
    heading: Option<usize>,
    item: Option<usize>,
    indent: usize,
    /// Where a link leads, and where in the line its words begin.
    link: Option<(String, usize)>,
    /// What the addresses of further links may still add.
    room_for_links: usize,
    in_title: bool,
    /// The mark of the note that begins here.
    note: Option<String>,
    /// The open cells and rows, of a table and of those around it.
    cells: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl<'a> Words<'a> {
    fn new(around: &'a Surroundings<'a>, out: &'a mut Transcript) -> Self {
        Self {
            around,
            out,
            skipped: 0,
            in_text: false,
            line: String::new(),
            heading: None,
            item: None,
            indent: 0,
            link: None,
            room_for_links: ROOM_FOR_LINKS,
            in_title: false,
            note: None,
            cells: Vec::new(),
            rows: Vec::new(),
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        if self.skipped > 0 {
            self.skipped += 1;
            return;
        }
        match tag.name() {
            // What was moved away or deleted, and what only stands in for something that comes as well.
            "Fallback" | "moveFrom" | "del" => self.skipped = 1,
            "t" => self.in_text = true,
            // A tab stop has the same name as a tab, but a place.
            "tab" if tag.attribute("pos").is_none() => self.line.push('\t'),
            "br" | "cr" => self.line.push('\n'),
            "noBreakHyphen" => self.line.push('-'),
            "hyperlink" => {
                let target = tag.attribute_of("id", true).and_then(|id| self.around.links.get(&id));
                let outward =
                    target.filter(|target| ["http:", "https:", "mailto:"].iter().any(|s| target.starts_with(s)));
                let outward = outward.filter(|target| target.len() <= self.room_for_links);
                self.room_for_links -= outward.map_or(0, String::len);
                self.link = outward.map(|target| (target.clone(), self.line.len()));
            }
            "footnoteReference" => self.refer("", tag),
            "endnoteReference" => self.refer("e", tag),
            "footnote" => self.begin_note("", tag),
            "endnote" => self.begin_note("e", tag),
            "p" | "tbl" | "tr" | "tc" => self.open_block(tag.name()),
            _ => self.describe(tag),
        }
    }

    /// Takes note of what the paragraph under way is.
    fn describe(&mut self, tag: &Tag<'_>) {
        let level = |name| tag.attribute(name).and_then(|level| level.parse::<usize>().ok());
        match tag.name() {
            "pStyle" => {
                self.heading = tag.attribute("val").and_then(|style| self.around.headings.get(&style).copied());
            }
            "outlineLvl" => self.heading = level("val").filter(|level| *level < 9).map(|level| level + 1),
            "numPr" => self.item = Some(0),
            "ilvl" => self.item = Some(level("val").unwrap_or(0).min(DEEPEST_INDENT)),
            // Number zero takes a paragraph out of the list that its style puts it in.
            "numId" if level("val") == Some(0) => self.item = None,
            "pPr" => self.indent = level("lvl").unwrap_or(0).min(DEEPEST_INDENT),
            "sp" => self.in_title = false,
            "ph" => self.in_title = tag.attribute("type").is_some_and(|kind| kind == "title" || kind == "ctrTitle"),
            _ => {}
        }
    }

    fn open_block(&mut self, name: &str) {
        // A text box stands in the middle of a paragraph.
        if !self.line.is_empty() {
            self.end_paragraph();
        }
        match name {
            "p" => (self.heading, self.item, self.indent) = (None, None, 0),
            "tbl" if self.cells.is_empty() => self.out.end_paragraph(),
            "tr" => self.rows.push(Vec::new()),
            "tc" => self.cells.push(String::new()),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) -> Result<(), Unreadable> {
        if self.skipped > 0 {
            self.skipped -= 1;
            return Ok(());
        }
        match name {
            "t" => self.in_text = false,
            "p" => {
                self.around.deadline.check()?;
                self.end_paragraph();
            }
            "hyperlink" => {
                if let Some((target, from)) = self.link.take()
                    && self.line.get(from..).is_some_and(|words| words != target)
                {
                    self.line.push_str(&format!(" ({target})"));
                }
            }
            "tc" => {
                if let (Some(cell), Some(row)) = (self.cells.pop(), self.rows.last_mut()) {
                    row.push(cell);
                }
            }
            "tr" => {
                // A row is written into the cell around it, and that again: as often as tables are nested.
                self.around.deadline.check()?;
                let row = self.rows.pop().unwrap_or_default().join(" | ");
                self.put(&row);
            }
            "tbl" if self.cells.is_empty() => self.out.end_paragraph(),
            _ => {}
        }
        Ok(())
    }

    fn refer(&mut self, series: &str, tag: &Tag<'_>) {
        let id = tag.attribute("id").unwrap_or_default();
        self.line.push_str(&format!("[^{series}{id}]"));
    }

    /// Notes with a type are the lines that Word draws above the others.
    fn begin_note(&mut self, series: &str, tag: &Tag<'_>) {
        if tag.attribute("type").is_some_and(|kind| kind != "normal") {
            self.skipped = 1;
        } else {
            self.note = Some(format!("[^{series}{}]: ", tag.attribute("id").unwrap_or_default()));
        }
    }

    fn end_paragraph(&mut self) {
        let line = std::mem::take(&mut self.line);
        let text = line.trim_end();
        if text.trim_start().is_empty() {
            return;
        }
        let text = self.note.take().map_or_else(|| text.to_owned(), |note| note + text.trim_start());
        let heading = self.heading.or_else(|| self.in_title.then_some(2)).map(|level| level.clamp(1, 6));
        match (heading, self.item) {
            _ if !self.cells.is_empty() => self.put(&text),
            (Some(level), _) => {
                self.out.end_paragraph();
                self.put(&format!("{} {}", &"######"[..level], text.trim_start()));
                self.out.end_paragraph();
            }
            (None, Some(level)) => self.put(&format!("{}- {}", "  ".repeat(level), text.trim_start())),
            (None, None) => self.put(&format!("{}{text}", "  ".repeat(self.indent))),
        }
    }

    /// Writes a line: on the page, or into the cell that is open, where it must not break the row.
    fn put(&mut self, line: &str) {
        let Some(cell) = self.cells.last_mut() else {
            self.out.push_str(line);
            return self.out.end_line();
        };
        for word in line.split(['\n', '\t']).filter(|word| !word.is_empty()) {
            if !cell.is_empty() {
                cell.push(' ');
            }
            cell.push_str(word);
        }
    }
}
