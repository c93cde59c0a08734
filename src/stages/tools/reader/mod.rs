//! The push parser: a model's text in, text and calls out.

mod steps;

use std::sync::Arc;

use self::steps::only_ends;
use super::call::{Call, Ending, read};
use super::function::Function;
use super::line::Line;
use super::markers::Watch;
use super::opening::Opening;
use super::payload::Payload;

/// What was found, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Text for the client.
    Text(String),
    /// A call of a known tool.
    Call {
        /// The tool's name.
        name: String,
        /// The text of a JSON object.
        arguments: String,
    },
}

#[derive(Debug)]
enum Mode {
    Text,
    Opening(Opening),
    /// JSON from this byte of `held` on; `bare` if only the answer's end decides whether it is a call.
    Payload {
        payload: Payload,
        from: usize,
        bare: bool,
    },
    Function(Function),
    /// Behind a bare call; how many characters came, blanks not counted, and where they begin in `held`.
    Tail {
        from: usize,
        solid: usize,
    },
    /// In a tool's result that the model made up or repeats: all of it is text.
    Result(Watch),
    /// Nothing more counts.
    Over,
}

/// Finds calls in an answer, wherever its pieces were cut. What it decides depends on the characters alone, each of
/// which is looked at a bounded number of times.
#[derive(Debug)]
pub struct Reader {
    names: Arc<[String]>,
    parallel: bool,
    calls: usize,
    mode: Mode,
    /// What is being decided on.
    held: String,
    /// Blanks that are text only if more text follows.
    blanks: String,
    /// Text that was decided on within this push.
    text: String,
    /// Characters that are read anew, the next one last.
    again: Vec<char>,
    /// Bare calls that count if the answer holds nothing else.
    waiting: Vec<Call>,
    line: Line,
    visible: bool,
    /// Whether a call just ended, so that a bare object is another one.
    more: bool,
    /// Whether the marker that is being read stands within a line, and behind no sentence's end.
    inline: bool,
}

impl Reader {
    /// A reader for one answer of a model that was offered these tools.
    pub fn new(names: Arc<[String]>, parallel: bool) -> Self {
        Self {
            names,
            parallel,
            calls: 0,
            mode: Mode::Text,
            held: String::new(),
            blanks: String::new(),
            text: String::new(),
            again: Vec::new(),
            waiting: Vec::new(),
            line: Line::default(),
            visible: false,
            more: false,
            inline: false,
        }
    }

    /// Takes more of the answer.
    pub fn push(&mut self, text: &str, out: &mut Vec<Found>) {
        if self.names.is_empty() {
            self.text.push_str(text);
        } else {
            for c in text.chars() {
                self.step(c, out);
                self.read_again(out);
            }
        }
        self.flush(out);
    }

    /// The answer is whole.
    pub fn finish(&mut self, out: &mut Vec<Found>) {
        loop {
            self.read_again(out);
            match std::mem::replace(&mut self.mode, Mode::Text) {
                Mode::Opening(_) => self.fail(),
                Mode::Payload { from, bare, .. } => match self.read(from, self.held.len(), Ending::Eof, !bare) {
                    Some(calls) if bare => {
                        self.waiting.extend(calls);
                        self.accept_waiting(out);
                    }
                    Some(calls) => self.accept(calls, out),
                    None => self.refuse(),
                },
                Mode::Function(function) if function.may_end() => self.accept_function(&function, out),
                Mode::Function(_) => self.refuse(),
                Mode::Tail { from, .. } if only_ends(&self.held[from..]) => self.accept_waiting(out),
                Mode::Tail { from, .. } => self.refuse_tail(from),
                Mode::Text | Mode::Result(_) | Mode::Over => break,
            }
        }
        if self.calls == 0 {
            self.text.push_str(&std::mem::take(&mut self.blanks));
        }
        self.flush(out);
    }

    fn read_again(&mut self, out: &mut Vec<Found>) {
        while let Some(c) = self.again.pop() {
            self.step(c, out);
        }
    }

    fn step(&mut self, c: char, out: &mut Vec<Found>) {
        match std::mem::replace(&mut self.mode, Mode::Text) {
            Mode::Text => self.text_step(c),
            Mode::Opening(opening) => self.opening_step(opening, c),
            Mode::Payload { payload, from, bare } => self.payload_step(payload, from, bare, c, out),
            Mode::Function(function) => self.function_step(function, c, out),
            Mode::Tail { from, solid } => self.tail_step(from, solid, c),
            Mode::Result(watch) => self.result_step(watch, c),
            Mode::Over => self.mode = Mode::Over,
        }
    }

    fn text_step(&mut self, c: char) {
        if self.more {
            match c {
                ',' | '}' | ']' | ';' => return,
                '{' => return self.begin_payload(c, false),
                _ => self.more = c.is_whitespace(),
            }
        }
        let bare = !self.visible && self.calls == 0;
        if bare && c == '{' {
            return self.begin_payload(c, true);
        }
        if self.calls == 0 && !bare && self.line.shown(self.visible) {
            return self.plain(c);
        }
        match Opening::new(c, bare) {
            Some(opening) => {
                self.inline = self.calls == 0 && !self.line.at_start() && !self.line.after_sentence();
                self.held.push(c);
                self.mode = Mode::Opening(opening);
            }
            None => self.plain(c),
        }
    }

    fn read(&self, from: usize, to: usize, ending: Ending, marked: bool) -> Option<Vec<Call>> {
        read(&self.held[from..to], &self.names, ending, marked)
    }

    /// The character is text.
    fn plain(&mut self, c: char) {
        self.line.observe(c);
        if self.calls > 0 {
            return;
        }
        if c.is_whitespace() {
            self.blanks.push(c);
        } else {
            self.text.push_str(&self.blanks);
            self.blanks.clear();
            self.text.push(c);
            self.visible = true;
        }
    }

    /// What is held begins no call; something within it may.
    fn fail(&mut self) {
        self.mode = Mode::Text;
        let held = std::mem::take(&mut self.held);
        let mut chars = held.chars();
        if let Some(first) = chars.next() {
            self.plain(first);
        }
        self.again.extend(chars.rev());
        self.waiting.clear();
    }

    /// All that is held is text.
    fn refuse(&mut self) {
        self.mode = Mode::Text;
        for c in std::mem::take(&mut self.held).chars() {
            self.plain(c);
        }
        self.waiting.clear();
    }

    /// The answer did not consist of its bare call alone.
    fn refuse_tail(&mut self, from: usize) {
        self.again.extend(self.held[from..].chars().rev());
        self.held.truncate(from);
        self.refuse();
    }

    fn accept_waiting(&mut self, out: &mut Vec<Found>) {
        let calls = std::mem::take(&mut self.waiting);
        self.accept(calls, out);
    }

    fn accept_function(&mut self, function: &Function, out: &mut Vec<Found>) {
        let call = Call { name: function.name().to_owned(), arguments: function.arguments() };
        self.accept(vec![call], out);
    }

    fn accept(&mut self, calls: Vec<Call>, out: &mut Vec<Found>) {
        self.held.clear();
        self.blanks.clear();
        self.flush(out);
        let most = if self.parallel { usize::MAX } else { 1 };
        for Call { name, arguments } in calls.into_iter().take(most) {
            self.calls += 1;
            out.push(Found::Call { name, arguments });
        }
        self.more = true;
        self.mode = if self.parallel { Mode::Text } else { Mode::Over };
    }

    fn flush(&mut self, out: &mut Vec<Found>) {
        if !self.text.is_empty() {
            out.push(Found::Text(std::mem::take(&mut self.text)));
        }
    }
}
