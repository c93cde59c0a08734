//! How much a key may ask for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The highest limit; more would mean none.
const HIGHEST: u64 = 1_000_000_000_000;

/// The owner's limits for one key. What is not said is not limited.
///
/// A request is counted when it is let in, and a minute's window reaches back over the last 60 s, in steps of a second:
/// at no time are there more requests in 60 s than the limit, and one is forgotten up to a second late. What a request
/// comes to in tokens is known only when it ends: a key is refused once what it has spent reaches the limit, and answers
/// that are under way then may go over it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KeyLimits {
    /// Requests within any 60 s, from 1.
    #[schema(minimum = 1)]
    pub requests_per_minute: Option<u64>,
    /// Requests a day (UTC), from 1.
    #[schema(minimum = 1)]
    pub requests_per_day: Option<u64>,
    /// Tokens within any 60 s, questions and answers together, from 1.
    #[schema(minimum = 1)]
    pub tokens_per_minute: Option<u64>,
    /// Tokens a day (UTC), questions and answers together, from 1.
    #[schema(minimum = 1)]
    pub tokens_per_day: Option<u64>,
}

impl KeyLimits {
    /// Checks each limit.
    ///
    /// # Errors
    /// The field that is wrong, and a sentence.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let fields = [
            ("limits.requests_per_minute", self.requests_per_minute),
            ("limits.requests_per_day", self.requests_per_day),
            ("limits.tokens_per_minute", self.tokens_per_minute),
            ("limits.tokens_per_day", self.tokens_per_day),
        ];
        let wrong = |limit: Option<u64>| limit.is_some_and(|limit| !(1..=HIGHEST).contains(&limit));
        match fields.into_iter().find(|(_, limit)| wrong(*limit)) {
            Some((field, _)) => {
                Err((field, format!("a limit is a whole number from 1 to {HIGHEST}, or null for none")))
            }
            None => Ok(()),
        }
    }

    /// Whether anything is limited.
    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}
