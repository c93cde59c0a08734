//! How many faults are forgiven, and how long an account then rests.

use super::clock::Millis;
use super::state::Class;

const SECOND: Millis = 1000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;

/// The longest wait that an upstream may ask for.
pub const LONGEST_WAIT: Millis = 24 * HOUR;

/// How long an account rests while it is not clear whether it is ill.
pub const SUSPICION: Millis = 15 * SECOND;

/// How many faults in a row change the state. One is enough where the upstream itself states how things are.
pub const fn threshold(class: Class) -> u32 {
    match class {
        Class::Rate | Class::Quota => 1,
        Class::Expired | Class::NeedsOwner | Class::Banned | Class::Timeout => 2,
        Class::Upstream | Class::Protocol => 3,
    }
}

/// The wait after `level` probes in vain: it doubles up to its limit.
pub const fn step(class: Class, level: u32) -> Millis {
    let (first, most) = match class {
        Class::Rate => (5 * SECOND, 10 * MINUTE),
        Class::Quota => (30 * MINUTE, 6 * HOUR),
        Class::Expired | Class::NeedsOwner | Class::Banned => (10 * MINUTE, 6 * HOUR),
        Class::Upstream | Class::Protocol => (2 * SECOND, MINUTE),
        Class::Timeout => (30 * SECOND, 10 * MINUTE),
    };
    let doublings = if level > 16 { 16 } else { level };
    let wait = first << doublings;
    if wait < most { wait } else { most }
}

/// Up to a fifth shorter, so that accounts that fell ill together are not tried together. Never longer: a client that was
/// told the wait comes back when it is over.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a wait of at most days, in milliseconds"
)]
pub fn spread(wait: Millis, chance: f64) -> Millis {
    wait - (wait as f64 * 0.2 * chance.clamp(0.0, 1.0)) as Millis
}

/// Whether it passes by itself and says nothing about the account.
pub const fn passes(class: Class) -> bool {
    matches!(class, Class::Upstream | Class::Timeout | Class::Protocol)
}

/// Whether two faults in a row are two of one sort.
pub fn kin(one: Class, other: Class) -> bool {
    one == other || (passes(one) && passes(other))
}
