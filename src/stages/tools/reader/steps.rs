//! What the next character decides, in each of the reader's states.

use super::super::call::Ending;
use super::super::function::{Function, Step as FunctionStep};
use super::super::markers::{Watch, Word, fold};
use super::super::opening::{Opening, Verdict};
use super::super::payload::{Payload, Step};
use super::{Found, Mode, Reader};

/// The longest payload that is held, in bytes.
const LONGEST_PAYLOAD: usize = 1 << 20;

/// How many characters may follow an answer that is nothing but a bare call: closing fences, end markers.
const LONGEST_TAIL: usize = 64;

impl Reader {
    pub(super) fn begin_payload(&mut self, c: char, bare: bool) {
        let mut payload = Payload::default();
        payload.step(c);
        self.held.push(c);
        self.mode = Mode::Payload { payload, from: 0, bare };
    }

    pub(super) fn opening_step(&mut self, mut opening: Opening, c: char) {
        self.held.push(c);
        match opening.step(c) {
            Verdict::Open => self.mode = Mode::Opening(opening),
            Verdict::No => self.fail(),
            Verdict::Json(_) | Verdict::Function(_) if self.inline && !opening.broken => self.fail(),
            Verdict::Json(from) => {
                let mut payload = Payload::default();
                let fits = self.held[from..].chars().all(|c| payload.step(c) == Step::More);
                let bare = opening.fenced || !opening.marked;
                self.mode = Mode::Payload { payload, from, bare };
                if !fits {
                    self.fail();
                }
            }
            Verdict::Function(_) if opening.fenced => self.fail(),
            Verdict::Function(from) => {
                let mut function = Function::default();
                self.held[from..].chars().for_each(|c| {
                    function.step(c);
                });
                self.mode = Mode::Function(function);
            }
            Verdict::Result if self.calls > 0 => {
                self.held.clear();
                self.mode = Mode::Over;
            }
            Verdict::Result if self.line.at_start() => {
                self.refuse();
                self.mode = Mode::Result(Watch::default());
            }
            Verdict::Result => self.fail(),
        }
    }

    pub(super) fn payload_step(
        &mut self,
        mut payload: Payload,
        from: usize,
        bare: bool,
        c: char,
        out: &mut Vec<Found>,
    ) {
        self.held.push(c);
        match payload.step(c) {
            Step::More if self.held.len() > LONGEST_PAYLOAD => self.refuse(),
            Step::More => self.mode = Mode::Payload { payload, from, bare },
            Step::No => self.fail(),
            Step::Done => match self.read(from, self.held.len(), Ending::Closed, !bare) {
                Some(calls) if bare => {
                    self.waiting.extend(calls);
                    self.mode = Mode::Tail { from: self.held.len(), solid: 0 };
                }
                Some(calls) => self.accept(calls, out),
                None => self.refuse(),
            },
            Step::Cut { at, within } => {
                let end = from + at;
                match self.read(from, end, Ending::Marked, true) {
                    Some(calls) if !bare => {
                        self.again.extend(self.held[end..].chars().rev());
                        self.accept(calls, out);
                    }
                    _ if within => self.mode = Mode::Payload { payload, from, bare },
                    _ => {
                        self.again.extend(self.held[end..].chars().rev());
                        self.held.truncate(end);
                        self.refuse();
                    }
                }
            }
        }
    }

    pub(super) fn function_step(&mut self, mut function: Function, c: char, out: &mut Vec<Found>) {
        self.held.push(c);
        match function.step(c) {
            FunctionStep::No => self.fail(),
            FunctionStep::Named if !self.names.iter().any(|name| name == function.name()) => self.fail(),
            FunctionStep::Done => self.accept_function(&function, out),
            FunctionStep::More | FunctionStep::Named if self.held.len() > LONGEST_PAYLOAD => self.refuse(),
            FunctionStep::More | FunctionStep::Named => self.mode = Mode::Function(function),
        }
    }

    pub(super) fn tail_step(&mut self, from: usize, solid: usize, c: char) {
        self.held.push(c);
        let begins = solid == 0 && c == '{';
        let solid = solid + usize::from(!c.is_whitespace() && c != ',');
        if begins {
            let mut payload = Payload::default();
            payload.step(c);
            self.mode = Mode::Payload { payload, from: self.held.len() - 1, bare: true };
        } else if solid > LONGEST_TAIL || self.held.len() > LONGEST_PAYLOAD {
            self.refuse_tail(from);
        } else {
            self.mode = Mode::Tail { from, solid };
        }
    }

    pub(super) fn result_step(&mut self, mut watch: Watch, c: char) {
        self.plain(c);
        let folded = fold(c);
        if matches!(folded, '[' | '<') {
            watch.begin();
        } else if watch.step(folded) == Some((Word::Result, true)) {
            return;
        }
        self.mode = Mode::Result(watch);
    }
}

/// Whether nothing stands here but what ends a call.
pub fn only_ends(tail: &str) -> bool {
    let folded: String = tail.chars().map(fold).filter(|c| c.is_alphabetic() || "[]<>/`},;".contains(*c)).collect();
    let mut rest = folded.as_str();
    let ends = ["[ENDTOOLCALL]", "[/TOOLCALL]", "</TOOLCALL>", "</TOOLCALLS>", "```", "}", "]", ",", ";"];
    while let Some(next) = ends.iter().find_map(|end| rest.strip_prefix(end)) {
        rest = next;
    }
    rest.is_empty()
}
