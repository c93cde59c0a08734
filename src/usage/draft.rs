//! What is known of a call before it has ended.

use std::borrow::Cow;

use crate::counts::Outcome;

/// The tokens of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Of the question.
    pub prompt: u64,
    /// Of the answer, thinking included.
    pub completion: u64,
    /// Of the thinking.
    pub reasoning: u64,
    /// Whether they are estimated, all or some.
    pub estimated: bool,
}

impl Spent {
    /// Adds another question and its answer.
    pub const fn and_then(self, more: Self) -> Self {
        let prompt = self.prompt.saturating_add(more.prompt);
        Self { prompt, ..self.beside(more) }
    }

    /// Adds another answer to the same question, which counts once.
    pub const fn beside(self, more: Self) -> Self {
        Self {
            prompt: if self.prompt > more.prompt { self.prompt } else { more.prompt },
            completion: self.completion.saturating_add(more.completion),
            reasoning: self.reasoning.saturating_add(more.reasoning),
            estimated: self.estimated || more.estimated,
        }
    }
}

/// Who was asked for an answer.
#[derive(Debug, Clone, Default)]
pub struct Served {
    /// The account's id; empty if none was asked.
    pub account: String,
    /// The provider and its model, as `provider/model`.
    pub by: Option<Box<str>>,
    /// How many accounts were asked.
    pub attempts: usize,
    /// What the answer came to.
    pub spent: Spent,
}

/// How it ended.
#[derive(Debug, Clone)]
pub(super) struct End {
    pub(super) outcome: Outcome,
    pub(super) status: u16,
    pub(super) code: Option<Cow<'static, str>>,
    pub(super) total_ms: u64,
    /// When, in milliseconds since 1970.
    pub(super) at: u64,
}

/// A call that is under way.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) id: Box<str>,
    pub(super) at: u64,
    pub(super) model: String,
    /// Whether there is such a model: only then it is counted by its name.
    pub(super) known: bool,
    pub(super) stream: bool,
    pub(super) served: Served,
    pub(super) first_token_ms: Option<u64>,
    pub(super) end: Option<End>,
}
