//! What is left of a key's limits.

use crate::accounts::clock::Millis;

/// What is left of one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// The limit.
    pub limit: u64,
    /// What is left of it.
    pub remaining: u64,
    /// How long it is until all of it is there again.
    pub reset: Millis,
}

/// What is left of the tighter limit of each kind: of those for a minute and for a day, the one that has less left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rooms {
    /// Requests.
    pub requests: Option<Room>,
    /// Tokens.
    pub tokens: Option<Room>,
}

impl Room {
    /// What is left of `limit` when `used` of it is; nothing, if there is no limit.
    pub(super) fn of(limit: Option<u64>, used: u64, reset: Millis) -> Option<Self> {
        limit.map(|limit| Self { limit, remaining: limit.saturating_sub(used), reset })
    }

    /// The tighter one of two. Where as much is left of both, the one that takes longer to be whole again.
    pub(super) fn tighter(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let (Some(a), Some(b)) = (one, other) else { return one.or(other) };
        let first = (a.remaining, std::cmp::Reverse(a.reset)) <= (b.remaining, std::cmp::Reverse(b.reset));
        Some(if first { a } else { b })
    }
}
