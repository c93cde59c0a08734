//! What one attempt's upstream has said so far, as far as the pool has to know.

use std::time::Duration;

use tokio::time::Instant;

use super::counting;
use crate::chat::{ChatRequest, Decoded, Event, Usage};
use crate::usage::Spent;

/// What was heard of one attempt.
pub struct Hearing {
    sent: Instant,
    /// How long the first output took.
    pub first_token: Option<Duration>,
    said: u64,
    /// How much of it was thinking.
    thought: u64,
    /// What it came to, if that was counted.
    pub counted: Option<Usage>,
}

impl Hearing {
    /// The request is sent now.
    pub fn new() -> Self {
        Self { sent: Instant::now(), first_token: None, said: 0, thought: 0, counted: None }
    }

    /// Takes note of what was said at `now`. Says whether that was the first output.
    pub fn hear(&mut self, decoded: &[Decoded], now: Instant) -> bool {
        let silent = self.first_token.is_none();
        for event in decoded.iter().flat_map(|one| &one.events) {
            match event {
                Event::Text(text) => self.said += text.len() as u64,
                Event::Reasoning(text) => {
                    self.said += text.len() as u64;
                    self.thought += text.len() as u64;
                }
                Event::ToolCall(call) => self.said += call.arguments.len() as u64,
                Event::Usage(usage) => self.counted = Some(*usage),
                Event::Start { .. } | Event::Image(_) | Event::Citation(_) | Event::Done(_) => {}
            }
            if self.first_token.is_none() && event.is_output() {
                self.first_token = Some(now.duration_since(self.sent));
            }
        }
        silent && self.first_token.is_some()
    }

    /// What `asked` and its answer come to; estimated where nobody counted, or not to the end because it is not `whole`.
    pub fn spent(&self, asked: &ChatRequest, whole: bool) -> Spent {
        let thought = counting::estimate(self.thought);
        if let Some(Usage { prompt, completion: counted, reasoning, .. }) = self.counted {
            let completion = if whole { counted } else { counted.max(counting::estimate(self.said)) };
            let reasoning = reasoning.unwrap_or_else(|| thought.min(completion));
            return Spent { prompt, completion, reasoning, estimated: completion > counted };
        }
        if self.said == 0 {
            return Spent::default();
        }
        let (prompt, completion) = (counting::estimate(asked.text_len()), counting::estimate(self.said));
        Spent { prompt, completion, reasoning: thought, estimated: true }
    }
}
