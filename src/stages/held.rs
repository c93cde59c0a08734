//! What a step holds back of an answer until it is judged. Thinking waits, too: once it is out, nothing could be asked
//! again.

use crate::chat::Event;

/// What is held back, in the order in which it is told: thinking, text, then pictures and sources.
#[derive(Default)]
pub struct Held {
    thought: String,
    /// The text.
    pub text: String,
    beside: Vec<Event>,
}

impl Held {
    /// Takes what is a part of the answer, and gives back what is not.
    pub fn take(&mut self, event: Event) -> Option<Event> {
        match event {
            Event::Text(more) => self.text.push_str(&more),
            Event::Reasoning(more) => self.thought.push_str(&more),
            Event::Image(_) | Event::Citation(_) => self.beside.push(event),
            other => return Some(other),
        }
        None
    }

    /// Everything that was held back.
    pub fn release(&mut self) -> impl Iterator<Item = Event> {
        let said = |text: String, event: fn(String) -> Event| (!text.is_empty()).then(|| event(text));
        let thought = said(std::mem::take(&mut self.thought), Event::Reasoning);
        let text = said(std::mem::take(&mut self.text), Event::Text);
        thought.into_iter().chain(text).chain(std::mem::take(&mut self.beside))
    }
}
