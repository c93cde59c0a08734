//! What is told where a model was to be asked once more, and could not be: its first answer, such as it is.

use super::counting;
use crate::chat::{ChatRequest, Decoded, Event, FinishReason, Usage};
use crate::tokens;

/// The first answer, while the model is asked once more.
#[derive(Default)]
pub struct Instead(Option<String>);

impl Instead {
    /// Keeps the first answer.
    pub fn keep(&mut self, said: String) {
        self.0 = Some(said);
    }

    /// Whether the model was asked once more.
    pub const fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    /// The first answer, if the second did not come and none of it has reached the client.
    pub fn tell(&mut self, output: bool, asked: &ChatRequest) -> Option<[Decoded; 3]> {
        let said = self.0.take().filter(|_| !output)?;
        let (prompt, completion) = (counting::estimate(asked.text_len()), tokens::count_here(&said));
        let usage = Usage { prompt, completion, ..Usage::default() };
        Some([Event::Text(said), Event::Done(FinishReason::Stop), Event::Usage(usage)].map(Decoded::event))
    }
}
