//! Counts tokens where the upstream does not.

use crate::chat::{ChatRequest, Usage};
use crate::tokens;

/// The usage of a request with this answer, counted with the Qwen vocabulary.
pub async fn usage(request: &ChatRequest, answer: String) -> Usage {
    let mut texts: Vec<String> = request.messages.iter().map(|message| message.content.text()).collect();
    texts.push(answer);
    let mut counts = tokens::count(texts).await;
    let completion = counts.pop().unwrap_or(0);
    let around = tokens::PER_MESSAGE * request.messages.len() as u64 + tokens::ANSWER_OPENER;
    Usage { prompt: counts.iter().sum::<u64>() + around, completion, ..Usage::default() }
}
