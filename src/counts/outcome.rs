//! How calls end, in few classes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::chat::FaultKind;

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// With an answer.
    Answered,
    /// The request was wrong, or not wanted.
    Refused,
    /// Too much was asked for: a limit, an allowance, or all are busy.
    Rate,
    /// No account could be used.
    Account,
    /// What is behind failed.
    Upstream,
    /// It took too long.
    Timeout,
    /// The client left.
    Abandoned,
    /// The service stopped, or has a defect.
    Internal,
}

impl Outcome {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Self; 8] = [
        Self::Answered,
        Self::Refused,
        Self::Rate,
        Self::Account,
        Self::Upstream,
        Self::Timeout,
        Self::Abandoned,
        Self::Internal,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Rate => "rate",
            Self::Account => "account",
            Self::Upstream => "upstream",
            Self::Timeout => "timeout",
            Self::Abandoned => "abandoned",
            Self::Internal => "internal",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }

    /// Whether whoever called was told of a failure.
    pub const fn is_error(self) -> bool {
        !matches!(self, Self::Answered | Self::Abandoned)
    }

    /// How a call ends that fails so.
    pub const fn of(kind: FaultKind) -> Self {
        match kind {
            FaultKind::Request | FaultKind::ModelNotFound | FaultKind::ContentFilter | FaultKind::Revoked => {
                Self::Refused
            }
            FaultKind::Rate { .. } | FaultKind::Busy | FaultKind::Quota => Self::Rate,
            FaultKind::Account(_) | FaultKind::Unavailable { .. } => Self::Account,
            FaultKind::Upstream | FaultKind::Protocol => Self::Upstream,
            FaultKind::Timeout => Self::Timeout,
            FaultKind::Stopping | FaultKind::Internal => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stands_where_it_is_counted_and_is_found_by_its_name() {
        for (at, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!((outcome as usize, Outcome::named(outcome.name())), (at, Some(outcome)));
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.name());
        }
        assert_eq!(Outcome::ALL.iter().filter(|outcome| !outcome.is_error()).count(), 2);
        assert_eq!(Outcome::named("Answered"), None);
    }
}
