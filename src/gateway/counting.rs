//! Counts tokens where the upstream does not.

use crate::chat::{ChatRequest, Usage};
use crate::stages::Uncounted;
use crate::tokens;

/// How many bytes of text a token stands for, where nobody counts: English has four, Chinese about three.
const BYTES_PER_TOKEN: u64 = 3;

/// How many tokens so many bytes of text are, about.
pub const fn estimate(bytes: u64) -> u64 {
    bytes.div_ceil(BYTES_PER_TOKEN)
}

/// The usage of a request with this answer, counted with the Qwen vocabulary.
pub async fn usage(request: &ChatRequest, answer: Uncounted) -> Usage {
    let mut texts = texts(request);
    let Uncounted { text, bytes } = answer;
    let kept = text.len();
    texts.push(text);
    let mut counts = tokens::count(texts).await;
    let completion = counts.pop().unwrap_or(0);
    // What was not kept has as many tokens for each byte as what was.
    let completion = if bytes > kept { completion * bytes as u64 / kept.max(1) as u64 } else { completion };
    Usage { prompt: prompt(&counts), completion, ..Usage::default() }
}

/// How many tokens each message has, its frame included.
pub async fn messages(request: &ChatRequest) -> Vec<u64> {
    tokens::count(texts(request)).await.into_iter().map(|count| count + tokens::PER_MESSAGE).collect()
}

/// The tokens of a conversation whose messages have so many each.
fn prompt(counts: &[u64]) -> u64 {
    counts.iter().sum::<u64>() + tokens::PER_MESSAGE * counts.len() as u64 + tokens::ANSWER_OPENER
}

/// What each message says, calls included.
fn texts(request: &ChatRequest) -> Vec<String> {
    let one = |message: &crate::chat::Message| {
        let mut text = message.content.text();
        for call in &message.calls {
            text.push_str(&call.name);
            text.push_str(&call.arguments);
        }
        text
    };
    request.messages.iter().map(one).collect()
}
