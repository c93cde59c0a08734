//! What a number of calls come to: how they ended, their tokens, and how long they took. And the text in which that is
//! kept.

mod histogram;
mod outcome;
mod text;

pub use histogram::{BOUNDS_MS, Histogram};
pub use outcome::Outcome;
pub use text::{Names, Whose, lines, lines_of, merged, write};

/// How many cells one span of time has at most: names come from clients, and memory is not theirs to fill.
pub const MOST_CELLS: usize = 2000;

/// The model under which everything is counted that no longer finds a cell of its own.
pub const OTHER: &str = "(other)";

/// What calls come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many ended so, in the order of [`Outcome::ALL`].
    pub outcomes: [u64; Outcome::ALL.len()],
    /// Tokens of the questions.
    pub prompt: u64,
    /// Tokens of the answers, thinking included.
    pub completion: u64,
    /// Tokens of the thinking.
    pub reasoning: u64,
    /// How long the first output took, where there was one.
    pub first_token: Histogram,
    /// How long whole answers took. What was refused in a moment says nothing about how fast answers are.
    pub total: Histogram,
}

/// One call, as far as it is counted.
#[derive(Debug, Clone, Copy)]
pub struct One {
    /// How it ended.
    pub outcome: Outcome,
    /// Tokens of the question.
    pub prompt: u64,
    /// Tokens of the answer, thinking included.
    pub completion: u64,
    /// Tokens of the thinking.
    pub reasoning: u64,
    /// How long the first output took, if there was one.
    pub first_token_ms: Option<u64>,
    /// How long everything took.
    pub total_ms: u64,
}

impl Counts {
    /// All of them.
    pub fn requests(&self) -> u64 {
        self.outcomes.iter().sum()
    }

    /// How many ended so.
    pub const fn of(&self, outcome: Outcome) -> u64 {
        self.outcomes[outcome as usize]
    }

    /// How many failed: who left before the end has seen no error.
    pub fn errors(&self) -> u64 {
        Outcome::ALL.into_iter().filter(|outcome| outcome.is_error()).map(|outcome| self.of(outcome)).sum()
    }

    /// Tokens of questions and answers.
    pub const fn tokens(&self) -> u64 {
        self.prompt.saturating_add(self.completion)
    }

    /// Counts one call.
    pub fn count(&mut self, one: &One) {
        let outcome = &mut self.outcomes[one.outcome as usize];
        *outcome = outcome.saturating_add(1);
        self.prompt = self.prompt.saturating_add(one.prompt);
        self.completion = self.completion.saturating_add(one.completion);
        self.reasoning = self.reasoning.saturating_add(one.reasoning);
        if let Some(ms) = one.first_token_ms {
            self.first_token.count(ms);
        }
        if one.outcome == Outcome::Answered {
            self.total.count(one.total_ms);
        }
    }

    /// Adds what others come to.
    pub fn add(&mut self, more: &Self) {
        for (all, more) in self.outcomes.iter_mut().zip(more.outcomes) {
            *all = all.saturating_add(more);
        }
        self.prompt = self.prompt.saturating_add(more.prompt);
        self.completion = self.completion.saturating_add(more.completion);
        self.reasoning = self.reasoning.saturating_add(more.reasoning);
        self.first_token.add(&more.first_token);
        self.total.add(&more.total);
    }
}
