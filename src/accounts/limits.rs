//! How much an account may be used.

use std::num::{NonZeroU32, NonZeroU64};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The owner's limits for one account. What is not said is not limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests at the same time, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    pub concurrent: Option<NonZeroU32>,
    /// Requests within 60 s of the first of them, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>, minimum = 1)]
    pub requests_per_minute: Option<NonZeroU32>,
    /// Requests a day (UTC), from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>, minimum = 1)]
    pub requests_per_day: Option<NonZeroU64>,
    /// Tokens a day (UTC), questions and answers together, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>, minimum = 1)]
    pub tokens_per_day: Option<NonZeroU64>,
    /// Its share of the work beside accounts of the same provider: 1 unless said otherwise, from 1 to 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub weight: Option<NonZeroU32>,
}

/// The largest weight.
pub const HEAVIEST: u32 = 1000;

impl Limits {
    /// These limits, and `default` where they say nothing.
    #[must_use]
    pub fn or(self, default: Self) -> Self {
        Self {
            concurrent: self.concurrent.or(default.concurrent),
            requests_per_minute: self.requests_per_minute.or(default.requests_per_minute),
            requests_per_day: self.requests_per_day.or(default.requests_per_day),
            tokens_per_day: self.tokens_per_day.or(default.tokens_per_day),
            weight: self.weight.or(default.weight),
        }
    }

    /// Checks that the limits do not contradict each other.
    ///
    /// # Errors
    /// A sentence that names both and the mend.
    pub fn check(&self) -> Result<(), String> {
        let (minute, day) = (self.requests_per_minute.map(|n| u64::from(n.get())), self.requests_per_day);
        if let (Some(minute), Some(day)) = (minute, day)
            && minute > day.get()
        {
            return Err(format!(
                "`requests_per_minute` ({minute}) is more than `requests_per_day` ({day}), so it could never be \
                 reached; lower it or raise the other"
            ));
        }
        if let (Some(requests), Some(tokens)) = (self.requests_per_day, self.tokens_per_day)
            && requests > tokens
        {
            return Err(format!(
                "`requests_per_day` ({requests}) is more than `tokens_per_day` ({tokens}), though each request takes \
                 a token at least; lower it or raise the other"
            ));
        }
        if self.weight.is_some_and(|weight| weight.get() > HEAVIEST) {
            return Err(format!("`weight` is not between 1 and {HEAVIEST}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Limits, String> {
        let limits: Limits = serde_json::from_str(text).map_err(|error| error.to_string())?;
        limits.check().map(|()| limits)
    }

    #[test]
    fn contradictions_name_both_sides() {
        let told = read(r#"{"requests_per_minute": 60, "requests_per_day": 50}"#).unwrap_err();
        assert!(told.contains("`requests_per_minute` (60)") && told.contains("`requests_per_day` (50)"), "{told}");
        assert!(read(r#"{"requests_per_day": 60, "tokens_per_day": 50}"#).unwrap_err().contains("tokens_per_day"));
        assert!(read(r#"{"concurrent": 0}"#).is_err());
        assert!(read(r#"{"concurent": 1}"#).unwrap_err().contains("concurent"));
        assert!(read(r#"{"weight": 1001}"#).is_err());
        assert!(read(r#"{"requests_per_minute": 5, "requests_per_day": 50, "tokens_per_day": 1000}"#).is_ok());
    }

    #[test]
    fn what_is_not_said_is_taken_from_the_default() {
        let default = read(r#"{"concurrent": 2, "weight": 3}"#).unwrap();
        let own = read(r#"{"concurrent": 5}"#).unwrap().or(default);
        assert_eq!((own.concurrent.map(NonZeroU32::get), own.weight.map(NonZeroU32::get)), (Some(5), Some(3)));
    }
}
