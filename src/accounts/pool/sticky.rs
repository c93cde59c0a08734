//! Which account a conversation was last answered by.

use std::collections::HashMap;

use crate::accounts::clock::Millis;

/// How many conversations are remembered at least; twice as many at most.
const MOST: usize = 4096;

/// For how long a conversation is remembered at least.
const AGE: Millis = 60 * 60 * 1000;

/// Two generations, so that forgetting the oldest costs nothing: conversation → slot and serial.
#[derive(Debug, Default)]
pub struct Sticky {
    young: HashMap<u64, (usize, u64)>,
    old: HashMap<u64, (usize, u64)>,
    since: Millis,
}

impl Sticky {
    pub fn find(&self, conversation: u64) -> Option<(usize, u64)> {
        self.young.get(&conversation).or_else(|| self.old.get(&conversation)).copied()
    }

    pub fn remember(&mut self, conversation: u64, slot: usize, serial: u64, now: Millis) {
        if self.young.len() >= MOST || now >= self.since + AGE {
            self.old = std::mem::take(&mut self.young);
            self.since = now;
        }
        self.young.insert(conversation, (slot, serial));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_remembered_and_the_memory_is_bounded() {
        let mut sticky = Sticky::default();
        for conversation in 0..20_000 {
            sticky.remember(conversation, 1, 2, 0);
        }
        assert_eq!(sticky.find(19_999), Some((1, 2)));
        assert_eq!(sticky.find(20_000 - MOST as u64), Some((1, 2)));
        assert_eq!(sticky.find(0), None);
        assert!(sticky.young.len() + sticky.old.len() <= 2 * MOST);
    }
}
