//! Counting tokens with the Qwen vocabulary, for answers whose upstream gives no usage.
//!
//! The vocabulary is Qwen2.5/Qwen3's (151,643 ranks). It takes some 19 MB, so it is loaded on first use, and both
//! loading and counting happen on the blocking pool: a worker thread never waits for them.

use std::sync::atomic::{AtomicBool, Ordering};

use tiktoken::CoreBpe;

/// The encoding's name in the `tiktoken` crate.
const ENCODING: &str = "qwen2";

/// Whether the vocabulary is there.
static LOADED: AtomicBool = AtomicBool::new(false);

/// What the Qwen chat format puts around each message: `<|im_start|>role\n…<|im_end|>\n`.
pub const PER_MESSAGE: u64 = 5;

/// What the Qwen chat format puts before the answer: `<|im_start|>assistant\n`.
pub const ANSWER_OPENER: u64 = 3;

/// Characters per token assumed should the vocabulary be missing; measured on mixed Chinese and English text.
const FALLBACK_CHARS_PER_TOKEN: usize = 3;

/// Loads the vocabulary, off the caller's thread, unless it is there already.
pub async fn load() {
    if LOADED.load(Ordering::Acquire) {
        return;
    }
    // Only a runtime that is shutting down runs nothing any more, and then nothing is counted either.
    let _ = tokio::task::spawn_blocking(|| tiktoken::get_encoding(ENCODING).is_some()).await;
    LOADED.store(true, Ordering::Release);
}

/// Counts the tokens of a short text where it is called. Estimates them while the vocabulary was not loaded.
pub fn count_here(text: &str) -> u64 {
    let encoding = LOADED.load(Ordering::Acquire).then(|| tiktoken::get_encoding(ENCODING)).flatten();
    count_one(encoding, text)
}

/// How many bytes of `text` its first `most` tokens are. Guesses while the vocabulary was not loaded.
pub fn prefix_here(text: &str, most: u64) -> usize {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let Some(encoding) = LOADED.load(Ordering::Acquire).then(|| tiktoken::get_encoding(ENCODING)).flatten() else {
        let guessed = text.char_indices().nth(most.saturating_mul(FALLBACK_CHARS_PER_TOKEN));
        return guessed.map_or(text.len(), |(at, _)| at);
    };
    let tokens = encoding.encode(text);
    // A character may be several tokens, and only whole ones can be written.
    text.floor_char_boundary(encoding.decode(&tokens[..most.min(tokens.len())]).len())
}

/// Counts the tokens of each text, off the caller's thread.
pub async fn count(texts: Vec<String>) -> Vec<u64> {
    let fallback: Vec<u64> = texts.iter().map(|text| estimate(text)).collect();
    let counted = tokio::task::spawn_blocking(move || {
        let encoding = tiktoken::get_encoding(ENCODING);
        texts.iter().map(|text| count_one(encoding, text)).collect::<Vec<u64>>()
    });
    counted.await.unwrap_or(fallback)
}

fn count_one(encoding: Option<&CoreBpe>, text: &str) -> u64 {
    encoding.map_or_else(|| estimate(text), |encoding| encoding.count(text) as u64)
}

fn estimate(text: &str) -> u64 {
    text.chars().count().div_ceil(FALLBACK_CHARS_PER_TOKEN) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn counts_with_the_qwen_vocabulary() {
        let texts = ["", "Hello world", "通义千问"].map(str::to_owned).to_vec();
        // Figures of the published Qwen2.5 vocabulary for these texts.
        assert_eq!(count(texts).await, [0, 2, 4]);
    }
}
