//! Keeps the answer's text until the upstream's own count makes it unnecessary.

use tokio::time::Instant;

use super::{Flow, Stage};
use crate::chat::{ChatRequest, Decoded, Event, Fault};
use crate::config::Limits;

/// How much of an answer is kept to be counted, in bytes; what comes behind it is estimated from it. An answer may be
/// as long as it likes, the memory for it may not.
const MOST_KEPT: usize = 1 << 20;

/// For answers whose usage the client wants.
pub fn stage(request: &ChatRequest, _: &Limits, _: Instant) -> Option<Box<dyn Stage>> {
    (!request.stream || request.include_usage).then(|| Box::new(Tally::default()) as Box<dyn Stage>)
}

/// An answer whose tokens nobody has counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uncounted {
    /// Its text, or the beginning of it.
    pub text: String,
    /// How many bytes the whole has.
    pub bytes: usize,
}

#[derive(Debug, Default)]
struct Tally {
    uncounted: Uncounted,
    told: bool,
}

impl Tally {
    fn add(&mut self, more: &str) {
        let Uncounted { text, bytes } = &mut self.uncounted;
        *bytes += more.len();
        if text.len() < MOST_KEPT {
            text.push_str(more);
        }
    }
}

impl Stage for Tally {
    fn push(&mut self, decoded: Decoded, _: Instant, out: &mut Vec<Decoded>) -> Result<Flow, Fault> {
        for event in &decoded.events {
            match event {
                Event::Usage(_) => {
                    self.told = true;
                    self.uncounted = Uncounted::default();
                }
                _ if self.told => {}
                Event::Text(text) | Event::Reasoning(text) => self.add(text),
                Event::ToolCall(call) => {
                    self.add(call.name.as_deref().unwrap_or_default());
                    self.add(&call.arguments);
                }
                Event::Start { .. } | Event::Image(_) | Event::Citation(_) | Event::Done(_) => {}
            }
        }
        out.push(decoded);
        Ok(Flow::On)
    }

    fn restart(&mut self) {
        *self = Self::default();
    }

    fn uncounted(&mut self) -> Option<Uncounted> {
        (!self.told).then(|| std::mem::take(&mut self.uncounted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Usage;

    #[test]
    fn the_upstreams_own_count_wins() {
        let mut tally = Tally::default();
        let mut push = |event| tally.push(Decoded::event(event), Instant::now(), &mut Vec::new()).unwrap();
        push(Event::Text("a".into()));
        push(Event::Reasoning("b".into()));
        assert_eq!(tally.uncounted(), Some(Uncounted { text: "ab".into(), bytes: 2 }));
        let mut push = |event| tally.push(Decoded::event(event), Instant::now(), &mut Vec::new()).unwrap();
        push(Event::Usage(Usage::default()));
        push(Event::Text("c".into()));
        assert_eq!(tally.uncounted(), None);
    }

    #[test]
    fn of_an_endless_answer_only_the_beginning_is_kept() {
        let mut tally = Tally::default();
        let piece = "x".repeat(MOST_KEPT / 2);
        for _ in 0..8 {
            tally.push(Decoded::event(Event::Text(piece.clone())), Instant::now(), &mut Vec::new()).unwrap();
        }
        let uncounted = tally.uncounted().unwrap();
        assert_eq!((uncounted.text.len(), uncounted.bytes), (MOST_KEPT, 4 * MOST_KEPT));
    }
}
