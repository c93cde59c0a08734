//! Keeps the answer's text until the upstream's own count makes it unnecessary.

use tokio::time::Instant;

use super::Stage;
use crate::chat::{ChatRequest, Decoded, Event, Fault};
use crate::config::Limits;

/// For answers whose usage the client wants.
pub fn stage(request: &ChatRequest, _: &Limits, _: Instant) -> Option<Box<dyn Stage>> {
    (!request.stream || request.include_usage).then(|| Box::new(Tally::default()) as Box<dyn Stage>)
}

#[derive(Debug, Default)]
struct Tally {
    text: String,
    told: bool,
}

impl Stage for Tally {
    fn push(&mut self, decoded: Decoded, _: Instant, out: &mut Vec<Decoded>) -> Result<(), Fault> {
        for event in &decoded.events {
            match event {
                Event::Usage(_) => {
                    self.told = true;
                    self.text = String::new();
                }
                _ if self.told => {}
                Event::Text(text) | Event::Reasoning(text) => self.text.push_str(text),
                Event::ToolCall(call) => {
                    self.text.push_str(call.name.as_deref().unwrap_or_default());
                    self.text.push_str(&call.arguments);
                }
                Event::Start { .. } | Event::Image(_) | Event::Done(_) => {}
            }
        }
        out.push(decoded);
        Ok(())
    }

    fn restart(&mut self) {
        *self = Self::default();
    }

    fn uncounted(&mut self) -> Option<String> {
        (!self.told).then(|| std::mem::take(&mut self.text))
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
        assert_eq!(tally.uncounted().as_deref(), Some("ab"));
        let mut push = |event| tally.push(Decoded::event(event), Instant::now(), &mut Vec::new()).unwrap();
        push(Event::Usage(Usage::default()));
        push(Event::Text("c".into()));
        assert_eq!(tally.uncounted(), None);
    }
}
