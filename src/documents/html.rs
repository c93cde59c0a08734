//! A web page as text: headings, lists, tables and the words of links remain, scripts and styles do not.
//!
//! It works on the tokens of the page, not on a tree of it: one pass, no recursion, and so no page can be too deep.

use encoding_rs::Encoding;
use html5gum::emitters::default::{DefaultEmitter, StartTag};
use html5gum::{Token, Tokenizer};

use super::encoding;
use super::transcript::Transcript;

/// How far into a page it may declare its encoding, by the standard.
const DECLARATION_WITHIN: usize = 1024;

/// The deepest list that is still set in further.
const DEEPEST_INDENT: usize = 8;

pub(super) fn read(bytes: &[u8], out: &mut Transcript) {
    let text = encoding::decode(bytes, declared_encoding(bytes));
    let mut emitter = DefaultEmitter::default();
    // Without it, what stands inside a script would be taken for tags.
    emitter.naively_switch_states(true);
    let mut page = Page::new(out);
    for token in Tokenizer::new_with_emitter(text.as_str(), emitter) {
        match token {
            Ok(Token::StartTag(tag)) => page.open(&tag),
            Ok(Token::EndTag(tag)) => page.close(&tag.name),
            Ok(Token::String(text)) => page.write(&String::from_utf8_lossy(&text).replace('\u{a0}', " ")),
            _ => {}
        }
    }
}

fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(DECLARATION_WITHIN)].to_ascii_lowercase();
    let at = start.windows(8).position(|window| window == b"charset=")?;
    let label = start[at + 8..].trim_ascii_start();
    let label = label.strip_prefix(b"\"").or_else(|| label.strip_prefix(b"'")).unwrap_or(label);
    let end = label.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"-_".contains(byte));
    Encoding::for_label(&label[..end.unwrap_or(label.len())])
}

/// Where the reading of a page stands.
struct Page<'a> {
    out: &'a mut Transcript,
    /// The element that is being left out, and how many of its name are open.
    skipped: Option<(Vec<u8>, usize)>,
    /// The open lists; of an ordered one the number of its last item.
    lists: Vec<Option<u32>>,
    /// Of each open table, whether its row has a cell yet.
    tables: Vec<bool>,
    in_cell: bool,
    preformatted: usize,
    space: bool,
}

impl<'a> Page<'a> {
    fn new(out: &'a mut Transcript) -> Self {
        Self {
            out,
            skipped: None,
            lists: Vec::new(),
            tables: Vec::new(),
            in_cell: false,
            preformatted: 0,
            space: false,
        }
    }

    fn open(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        if let Some((skipped, depth)) = &mut self.skipped {
            *depth += usize::from(skipped == name);
            return;
        }
        match name {
            b"script" | b"style" | b"noscript" | b"template" | b"iframe" | b"svg" if !tag.self_closing => {
                self.skipped = Some((name.to_vec(), 1));
            }
            b"br" if self.in_cell => self.space = true,
            b"br" => self.break_line(),
            b"hr" => self.set_apart("---", true),
            b"img" => {
                let alt = tag.attributes.get(&b"alt"[..]).map(|alt| String::from_utf8_lossy(alt).trim().to_owned());
                if let Some(alt) = alt.filter(|alt| !alt.is_empty()) {
                    self.write(&format!(" [{alt}] "));
                }
            }
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => {
                self.set_apart(&"######"[..usize::from(name[1] - b'0')], false);
                self.space = true;
            }
            b"ul" => self.open_list(None),
            b"ol" => self.open_list(Some(0)),
            b"li" => self.open_item(),
            b"table" => self.open_table(),
            b"tr" => self.open_row(),
            b"td" | b"th" => self.open_cell(),
            b"pre" => {
                self.out.end_paragraph();
                self.preformatted += 1;
            }
            _ => self.block(name),
        }
    }

    fn close(&mut self, name: &[u8]) {
        if let Some((skipped, depth)) = &mut self.skipped {
            *depth -= usize::from(skipped == name);
            if *depth == 0 {
                self.skipped = None;
            }
            return;
        }
        match name {
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"title" => self.set_apart("", false),
            b"ul" | b"ol" => {
                self.lists.pop();
                self.close_list();
            }
            b"table" => {
                self.tables.pop();
                self.in_cell = false;
                self.set_apart("", false);
            }
            b"tr" | b"li" => self.end_line(),
            b"td" | b"th" => self.in_cell = false,
            b"pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.out.end_paragraph();
            }
            _ => self.block(name),
        }
    }

    /// Begins or ends a block. In the cell of a table it must not break the row.
    fn block(&mut self, name: &[u8]) {
        match name {
            _ if self.in_cell => self.space |= name == b"p" || name == b"div",
            b"p" | b"blockquote" | b"figure" | b"dl" => self.set_apart("", false),
            b"div" | b"section" | b"article" | b"header" | b"footer" | b"main" | b"nav" | b"aside" | b"form"
            | b"fieldset" | b"figcaption" | b"address" | b"details" | b"summary" | b"dt" | b"dd" | b"option"
            | b"caption" | b"center" | b"body" | b"head" => self.end_line(),
            _ => {}
        }
    }

    fn open_list(&mut self, last: Option<u32>) {
        self.close_list();
        self.lists.push(last);
    }

    /// A list inside another one continues it; an outermost one stands apart.
    fn close_list(&mut self) {
        if self.lists.is_empty() { self.set_apart("", false) } else { self.end_line() }
    }

    fn open_item(&mut self) {
        self.end_line();
        let indent = "  ".repeat(self.lists.len().saturating_sub(1).min(DEEPEST_INDENT));
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{indent}{number}. ")
            }
            _ => format!("{indent}- "),
        };
        self.out.push_str(&mark);
    }

    fn open_table(&mut self) {
        if self.tables.is_empty() {
            self.set_apart("", false)
        } else {
            self.end_line()
        }
        self.in_cell = false;
        self.tables.push(false);
    }

    fn open_row(&mut self) {
        self.end_line();
        self.in_cell = false;
        if let Some(has_cell) = self.tables.last_mut() {
            *has_cell = false;
        }
    }

    fn open_cell(&mut self) {
        if let Some(has_cell) = self.tables.last_mut() {
            if *has_cell {
                self.out.push_str(" | ");
            }
            *has_cell = true;
            self.in_cell = true;
        }
        self.space = false;
    }

    fn end_line(&mut self) {
        self.out.end_line();
        self.space = false;
    }

    fn break_line(&mut self) {
        if self.out.at_line_start() {
            self.out.end_paragraph()
        } else {
            self.out.end_line()
        }
        self.space = false;
    }

    /// Leaves a blank line, then begins with `mark`; with `alone`, that is all there is between two blank lines.
    fn set_apart(&mut self, mark: &str, alone: bool) {
        self.out.end_paragraph();
        self.out.push_str(mark);
        if alone {
            self.out.end_paragraph();
        }
        self.space = false;
    }

    fn write(&mut self, text: &str) {
        if self.skipped.is_some() {
            return;
        }
        if self.preformatted > 0 {
            return self.out.push_str(text);
        }
        let blank = |letter: char| letter.is_ascii_whitespace();
        self.space |= text.starts_with(blank);
        for word in text.split(blank).filter(|word| !word.is_empty()) {
            if std::mem::take(&mut self.space) && !self.out.at_line_start() {
                self.out.push_str(" ");
            }
            self.out.push_str(word);
            self.space = true;
        }
        if !text.is_empty() && !text.chars().all(blank) {
            self.space = text.ends_with(blank);
        }
    }
}
