//! What one attempt's upstream has said so far, as far as the pool has to know.

use std::time::Duration;

use tokio::time::Instant;

use super::counting;
use crate::chat::{ChatRequest, Decoded, Event};

/// What was heard of one attempt.
pub struct Hearing {
    sent: Instant,
    /// How long the first output took.
    pub first_token: Option<Duration>,
    said: u64,
    counted: Option<u64>,
}

impl Hearing {
    /// The request is sent now.
    pub fn new() -> Self {
        Self { sent: Instant::now(), first_token: None, said: 0, counted: None }
    }

    /// Takes note of what was said at `now`. Says whether that was the first output.
    pub fn hear(&mut self, decoded: &[Decoded], now: Instant) -> bool {
        let silent = self.first_token.is_none();
        for event in decoded.iter().flat_map(|one| &one.events) {
            match event {
                Event::Text(text) | Event::Reasoning(text) => self.said += text.len() as u64,
                Event::ToolCall(call) => self.said += call.arguments.len() as u64,
                Event::Usage(usage) => self.counted = Some(usage.prompt + usage.completion),
                Event::Start { .. } | Event::Image(_) | Event::Citation(_) | Event::Done(_) => {}
            }
            if self.first_token.is_none() && event.is_output() {
                self.first_token = Some(now.duration_since(self.sent));
            }
        }
        silent && self.first_token.is_some()
    }

    /// How many tokens `asked` and its answer come to; estimated where the upstream did not count.
    pub fn tokens(&self, asked: &ChatRequest) -> u64 {
        self.counted.unwrap_or_else(|| {
            let question = if self.said == 0 { 0 } else { asked.text_len() };
            counting::estimate(self.said + question)
        })
    }
}
