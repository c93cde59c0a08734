//! Runs the instructions of a page, of which only those matter that place and show text.

use std::collections::HashMap;
use std::rc::Rc;

use hayro_cmap::BfString;
use hayro_syntax::content::{Instruction, UntypedIter};
use hayro_syntax::object::{Array, Dict, Name, ObjRef, Object, ObjectIdentifier, Stream};
use hayro_syntax::page::{Page, Resources};

use super::super::Deadline;
use super::super::transcript::Transcript;
use super::super::unreadable::Unreadable;
use super::font::Font;
use super::layout::{Layout, Run, Seen};
use super::state::{Matrix, State};
use super::stream::Unpacker;

/// How deep drawings may be placed inside each other.
const DEEPEST: usize = 8;

/// The most that the parts of one page may come to, in bytes: a page may name one part any number of times.
const LARGEST_PAGE: usize = 64 << 20;

/// How many states may be set aside.
const MOST_SAVED: usize = 512;

/// How many instructions a document may have, those of drawings counted each time they are placed.
const MOST_STEPS: u64 = 50_000_000;

/// How many instructions go by between two looks at the clock.
const STEPS_PER_LOOK: u64 = 4096;

/// Runs the pages of one document.
pub(super) struct Interpreter<'a> {
    layout: Layout<'a>,
    fonts: HashMap<ObjRef, Rc<Font>>,
    unpacker: Unpacker,
    deadline: Deadline,
    steps: u64,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    /// The drawings that are being drawn, each within the one before.
    drawing: Vec<ObjectIdentifier>,
}

impl<'a> Interpreter<'a> {
    pub(super) fn new(deadline: Deadline, out: &'a mut Transcript) -> Self {
        Self {
            layout: Layout::new(out),
            fonts: HashMap::new(),
            unpacker: Unpacker::new(),
            deadline,
            steps: 0,
            state: State::new(),
            saved: Vec::new(),
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
            drawing: Vec::new(),
        }
    }

    pub(super) fn seen(&self) -> Seen {
        self.layout.seen
    }

    pub(super) fn page(&mut self, page: &Page<'_>) -> Result<(), Unreadable> {
        self.state = State::new();
        self.saved.clear();
        let mut data = Vec::new();
        let parts = page.raw().get::<Array<'_>>("Contents");
        let parts = parts.iter().flat_map(|parts| parts.iter::<Stream<'_>>());
        for part in page.raw().get::<Stream<'_>>("Contents").into_iter().chain(parts) {
            self.deadline.check()?;
            data.extend(self.unpacker.unpack(&part)?.unwrap_or_default());
            // A part may end in the middle of a line, but not of a word.
            data.push(b' ');
            if data.len() > LARGEST_PAGE {
                return Err(Unreadable::TooLarge);
            }
        }
        self.layout.seen.lost_page |= data.is_empty() && page.raw().contains_key("Contents");
        self.run(&data, page.resources(), 0)?;
        self.layout.end_page();
        Ok(())
    }

    fn run(&mut self, data: &[u8], resources: &Resources<'_>, depth: usize) -> Result<(), Unreadable> {
        let mut instructions = UntypedIter::new(data);
        while let Some(instruction) = instructions.next() {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return Err(Unreadable::TooSlow);
            }
            if self.steps.is_multiple_of(STEPS_PER_LOOK) {
                self.deadline.check()?;
            }
            self.step(&instruction, resources, depth)?;
        }
        Ok(())
    }

    fn step(&mut self, it: &Instruction<'_, '_>, resources: &Resources<'_>, depth: usize) -> Result<(), Unreadable> {
        let name = match it.operands().next() {
            Some(Object::Name(name)) => Some(name),
            _ => None,
        };
        match (&**it.operator, name) {
            (b"q", _) if self.saved.len() < MOST_SAVED => self.saved.push(self.state.clone()),
            (b"Q", _) => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            (b"Do", Some(name)) => self.draw(name, resources, depth)?,
            (b"Tf", Some(name)) => {
                self.state.font = self.font(name, resources)?;
                self.state.size = number(it, 1);
            }
            (b"Tj" | b"TJ", _) => self.show_all(it),
            (b"'" | b"\"", _) => {
                self.set(it);
                self.next_line(0.0, -self.state.leading);
                self.show_all(it);
            }
            _ => self.set(it),
        }
        Ok(())
    }

    /// Follows an instruction that only sets where and how text will stand.
    fn set(&mut self, it: &Instruction<'_, '_>) {
        let matrix = || Matrix([0, 1, 2, 3, 4, 5].map(|at| number(it, at)));
        match &**it.operator {
            b"cm" => self.state.page = matrix().then(self.state.page),
            b"BT" => (self.text, self.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            b"Tc" => self.state.letter_spacing = number(it, 0),
            b"Tw" => self.state.word_spacing = number(it, 0),
            b"\"" => (self.state.word_spacing, self.state.letter_spacing) = (number(it, 0), number(it, 1)),
            b"Tz" => self.state.stretch = number(it, 0) / 100.0,
            b"TL" => self.state.leading = number(it, 0),
            b"Ts" => self.state.rise = number(it, 0),
            b"Td" => self.next_line(number(it, 0), number(it, 1)),
            b"TD" => {
                self.state.leading = -number(it, 1);
                self.next_line(number(it, 0), number(it, 1));
            }
            b"Tm" => (self.text, self.line) = (matrix(), matrix()),
            b"T*" => self.next_line(0.0, -self.state.leading),
            _ => {}
        }
    }

    /// Fonts that several pages share are read once.
    fn font(&mut self, name: &Name<'_>, resources: &Resources<'_>) -> Result<Option<Rc<Font>>, Unreadable> {
        let shared = resources.fonts.get_ref(name.as_ref());
        if let Some(font) = shared.and_then(|shared| self.fonts.get(&shared)) {
            return Ok(Some(Rc::clone(font)));
        }
        self.deadline.check()?;
        let Some(dict) = resources.fonts.get::<Dict<'_>>(name.as_ref()) else { return Ok(None) };
        let font = Rc::new(Font::new(&dict, &mut self.unpacker, self.deadline)?);
        if let Some(shared) = shared {
            self.fonts.insert(shared, Rc::clone(&font));
        }
        Ok(Some(font))
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::shift(x, y).then(self.line);
        self.text = self.line;
    }

    /// Places a drawing, in which text may stand as well.
    fn draw(&mut self, name: &Name<'_>, resources: &Resources<'_>, depth: usize) -> Result<(), Unreadable> {
        let Some(form) = resources.x_objects.get::<Stream<'_>>(name.as_ref()).filter(|_| depth < DEEPEST) else {
            return Ok(());
        };
        if form.dict().get::<Name<'_>>("Subtype").is_none_or(|kind| kind.as_ref() != b"Form") {
            return Ok(());
        }
        // What draws itself would be drawn a thousand times before it is too deep.
        if self.drawing.contains(&form.obj_id()) {
            return Ok(());
        }
        self.deadline.check()?;
        let Some(data) = self.unpacker.unpack(&form)? else { return Ok(()) };
        self.drawing.push(form.obj_id());
        let (state, saved) = (self.state.clone(), std::mem::take(&mut self.saved));
        if let Some(matrix) = form.dict().get::<[f64; 6]>("Matrix") {
            self.state.page = Matrix(matrix).then(self.state.page);
        }
        match form.dict().get::<Dict<'_>>("Resources") {
            Some(own) => self.run(&data, &Resources::new(own), depth + 1)?,
            None => self.run(&data, resources, depth + 1)?,
        }
        self.drawing.pop();
        (self.state, self.saved) = (state, saved);
        Ok(())
    }

    /// Shows the strings of an instruction; the numbers between them move what follows.
    fn show_all(&mut self, it: &Instruction<'_, '_>) {
        match it.operands().last() {
            Some(Object::String(string)) => self.show(string.as_bytes()),
            Some(Object::Array(parts)) => {
                for part in parts.iter::<Object<'_>>() {
                    match part {
                        Object::String(string) => self.show(string.as_bytes()),
                        Object::Number(number) => self.advance(-number.as_f64() / 1000.0 * self.state.size),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn show(&mut self, mut bytes: &[u8]) {
        let Some(font) = self.state.font.clone() else { return };
        let start = self.place();
        let mut text = String::new();
        while let Some(shown) = font.next(&mut bytes) {
            match shown.text {
                BfString::Char(letter) => text.push(letter),
                BfString::String(letters) => text.push_str(&letters),
            }
            let space = if shown.is_space { self.state.word_spacing } else { 0.0 };
            let advance = if font.vertical { -1.0 } else { shown.advance };
            let spacing = self.state.letter_spacing + space;
            self.advance(advance * self.state.size + if font.vertical { -spacing } else { spacing });
        }
        let whole = self.text.then(self.state.page);
        let along = if font.vertical { whole.way(0.0, -1.0) } else { whole.way(self.state.size.signum(), 0.0) };
        let length = along.0.hypot(along.1);
        let size = self.state.size.abs() * length;
        // Text without size, or at no place, has no order either.
        if size > 1e-6 && (start.0 + start.1).is_finite() {
            let direction = (along.0 / length, along.1 / length);
            self.layout.put(&Run { text: &text, start, end: self.place(), size, direction });
        }
    }

    fn place(&self) -> (f64, f64) {
        Matrix::shift(0.0, self.state.rise).then(self.text).then(self.state.page).place()
    }

    fn advance(&mut self, by: f64) {
        let vertical = self.state.font.as_ref().is_some_and(|font| font.vertical);
        let (x, y) = if vertical { (0.0, by) } else { (by * self.state.stretch, 0.0) };
        self.text = Matrix::shift(x, y).then(self.text);
    }
}

/// A number that an instruction is given; what is missing counts as zero.
fn number(it: &Instruction<'_, '_>, at: usize) -> f64 {
    match it.operands().nth(at) {
        Some(Object::Number(number)) => number.as_f64(),
        _ => 0.0,
    }
}
