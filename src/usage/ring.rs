//! The last minute, by the second, and the last hour, by the minute.

use std::collections::VecDeque;

use serde::Serialize;
use utoipa::ToSchema;

use crate::counts::{Histogram, One};

/// How much goes on at present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Now {
    /// Calls that ended within the last 60 seconds.
    pub requests_minute: u64,
    /// How many of them failed.
    pub errors_minute: u64,
    /// What they came to.
    pub tokens_minute: u64,
    /// How long their first output took, the median.
    #[schema(required = true)]
    pub first_token_p50_ms: Option<u64>,
    /// Calls that ended today; days are UTC.
    pub requests_today: u64,
    /// How many of them failed.
    pub errors_today: u64,
    /// What they came to.
    pub tokens_today: u64,
}

/// One minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Minute {
    /// Its beginning, in milliseconds since 1970.
    pub at: u64,
    /// Calls that ended in it.
    pub requests: u64,
    /// How many of them failed.
    pub errors: u64,
    /// What they came to.
    pub tokens: u64,
    /// How long their first output took, the median.
    #[schema(required = true)]
    pub first_token_p50_ms: Option<u64>,
}

/// What ended in one span of time.
#[derive(Debug, Clone, Default)]
pub(super) struct Bucket {
    /// Its number, counted from 1970.
    number: u64,
    pub(super) requests: u64,
    pub(super) errors: u64,
    pub(super) tokens: u64,
    pub(super) first_token: Histogram,
}

impl Bucket {
    fn count(&mut self, one: &One) {
        self.requests += 1;
        self.errors += u64::from(one.outcome.is_error());
        self.tokens = self.tokens.saturating_add(one.prompt).saturating_add(one.completion);
        if let Some(ms) = one.first_token_ms {
            self.first_token.count(ms);
        }
    }

    fn add(&mut self, more: &Self) {
        self.requests += more.requests;
        self.errors += more.errors;
        self.tokens = self.tokens.saturating_add(more.tokens);
        self.first_token.add(&more.first_token);
    }
}

/// The last spans of one length, those left out in which nothing ended.
#[derive(Debug)]
pub(super) struct Ring {
    length: u64,
    count: u64,
    buckets: VecDeque<Bucket>,
}

impl Ring {
    /// The last `count` spans of `length` milliseconds.
    pub(super) const fn new(length: u64, count: u64) -> Self {
        Self { length, count, buckets: VecDeque::new() }
    }

    pub(super) fn count(&mut self, now: u64, one: &One) {
        let number = now / self.length;
        match self.buckets.back_mut() {
            Some(last) if last.number >= number => last.count(one),
            _ => {
                self.forget(number);
                let mut bucket = Bucket { number, ..Bucket::default() };
                bucket.count(one);
                self.buckets.push_back(bucket);
            }
        }
    }

    /// Forgets what is too old in the span `number`.
    fn forget(&mut self, number: u64) {
        while self.buckets.front().is_some_and(|first| first.number + self.count <= number) {
            self.buckets.pop_front();
        }
    }

    /// All of them together.
    pub(super) fn sum(&self, now: u64) -> Bucket {
        let oldest = (now / self.length + 1).saturating_sub(self.count);
        let mut sum = Bucket::default();
        self.buckets.iter().filter(|bucket| bucket.number >= oldest).for_each(|bucket| sum.add(bucket));
        sum
    }

    /// Each of them, oldest first, the empty ones too.
    pub(super) fn each(&self, now: u64) -> Vec<Minute> {
        let last = now / self.length;
        let mut known = self.buckets.iter().peekable();
        let minute = |number| {
            while known.next_if(|bucket| bucket.number < number).is_some() {}
            let bucket = known.next_if(|bucket| bucket.number == number).cloned().unwrap_or_default();
            Minute {
                at: number * self.length,
                requests: bucket.requests,
                errors: bucket.errors,
                tokens: bucket.tokens,
                first_token_p50_ms: bucket.first_token.percentile(50),
            }
        };
        ((last + 1).saturating_sub(self.count)..=last).map(minute).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::Outcome;

    fn one(outcome: Outcome) -> One {
        One { outcome, prompt: 3, completion: 4, reasoning: 0, first_token_ms: Some(60), total_ms: 100 }
    }

    #[test]
    fn each_span_is_told_also_those_in_which_nothing_ended_and_what_is_old_is_forgotten() {
        let mut ring = Ring::new(1000, 5);
        for (now, outcome) in [(1000, Outcome::Answered), (1999, Outcome::Timeout), (4000, Outcome::Abandoned)] {
            ring.count(now, &one(outcome));
        }
        let told = |ring: &Ring, now| {
            ring.each(now).iter().map(|one| (one.at, one.requests, one.errors, one.tokens)).collect::<Vec<_>>()
        };
        let wanted = [(1000, 2, 1, 14), (2000, 0, 0, 0), (3000, 0, 0, 0), (4000, 1, 0, 7), (5000, 0, 0, 0)];
        assert_eq!(told(&ring, 5999), wanted);
        assert_eq!(ring.each(5999)[0].first_token_p50_ms, Some(75));
        assert_eq!((ring.sum(5999).requests, ring.sum(6000).requests, ring.sum(9000).requests), (3, 1, 0));
        ring.count(9000, &one(Outcome::Answered));
        assert_eq!(ring.buckets.len(), 1);
        ring.count(8000, &one(Outcome::Answered));
        assert_eq!(ring.sum(9000).requests, 2, "a clock that goes back loses nothing");
    }
}
