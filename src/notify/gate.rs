//! What is worth a notice: not the same thing again and again, and not too many at once.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::{Notice, NoticeKind};

/// How long the same thing about the same account is not told again.
const AGAIN: Duration = Duration::from_secs(6 * 3600);

/// How many notices an hour brings at most.
const HOURLY: usize = 20;

const HOUR: Duration = Duration::from_secs(3600);

/// What happened to whom.
type Topic = (NoticeKind, Option<String>);

/// Decides which notices go out. It is told the time, so that it can be tested.
#[derive(Debug, Default)]
pub struct Gate {
    /// When a topic was told last, as far as that still matters.
    told: HashMap<Topic, Instant>,
    /// When notices went out within the last hour.
    sent: VecDeque<Instant>,
    /// What the hour had no room for.
    held: HashSet<Topic>,
}

impl Gate {
    /// Whether `notice` goes out now; if so, it counts as told.
    pub fn admit(&mut self, notice: &Notice, now: Instant) -> bool {
        let topic = topic(notice);
        if matches!(notice.kind, NoticeKind::Test | NoticeKind::More) {
            return true;
        }
        self.told.retain(|_, told| now.duration_since(*told) < AGAIN);
        let unheard_of = notice.kind == NoticeKind::Recovered && self.recovers(&notice.account);
        if unheard_of || self.told.contains_key(&topic) {
            return false;
        }
        if !self.has_room(now) {
            self.held.insert(topic);
            return false;
        }
        if notice.kind != NoticeKind::Recovered {
            // The next recovery is news again.
            self.told.remove(&(NoticeKind::Recovered, notice.account.clone()));
        }
        self.held.remove(&topic);
        self.told.insert(topic, now);
        self.sent.push_back(now);
        true
    }

    /// Trouble after this is news again. True if the owner never heard of the trouble that is over.
    fn recovers(&mut self, account: &Option<String>) -> bool {
        let is_trouble = |(kind, of): &Topic| *kind != NoticeKind::Recovered && of == account;
        let (told, held) = (self.told.len(), self.held.len());
        self.told.retain(|topic, _| !is_trouble(topic));
        self.held.retain(|topic| !is_trouble(topic));
        self.held.len() < held && self.told.len() == told
    }

    /// The one notice that stands for all that were held back, once there is room for it.
    pub fn overflow(&mut self, now: Instant) -> Option<Notice> {
        if self.held.is_empty() || !self.has_room(now) {
            return None;
        }
        let count = std::mem::take(&mut self.held).len();
        self.sent.push_back(now);
        let s = if count == 1 { "" } else { "s" };
        let text = format!(
            "{count} more notice{s} did not go out, because {HOURLY} an hour is the most. \
            GET /admin/api/accounts shows how each account is."
        );
        let (kind, title) = (NoticeKind::More, format!("and {count} more notice{s}"));
        Some(Notice { kind, account: None, title, text, at_ms: millis(SystemTime::now()) })
    }

    /// The notice did not arrive: the same may be told again at once.
    pub fn forget(&mut self, notice: &Notice) {
        self.told.remove(&topic(notice));
    }

    /// Notices go to somebody who has heard nothing yet.
    pub fn forget_all(&mut self) {
        self.told.clear();
        self.held.clear();
    }

    fn has_room(&mut self, now: Instant) -> bool {
        while self.sent.front().is_some_and(|sent| now.duration_since(*sent) >= HOUR) {
            self.sent.pop_front();
        }
        self.sent.len() < HOURLY
    }
}

fn topic(notice: &Notice) -> Topic {
    (notice.kind, notice.account.clone())
}

fn millis(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |passed| u64::try_from(passed.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn notice(kind: NoticeKind, account: &str) -> Notice {
        let account = Some(account.to_owned()).filter(|id| !id.is_empty());
        Notice { kind, account, title: String::new(), text: String::new(), at_ms: 0 }
    }

    /// A gate through which twenty notices have just gone.
    fn full(now: Instant) -> Gate {
        let mut gate = Gate::default();
        assert!((0..20).all(|n| gate.admit(&notice(NoticeKind::Expired, &n.to_string()), now)));
        gate
    }

    #[test]
    fn the_same_thing_is_told_again_only_after_six_hours() {
        let (mut gate, start) = (Gate::default(), Instant::now());
        let expired = notice(NoticeKind::Expired, "a");
        assert!(gate.admit(&expired, start));
        assert!(!gate.admit(&expired, start + 359 * MINUTE));
        assert!(gate.admit(&notice(NoticeKind::NeedsOwner, "a"), start + MINUTE), "another kind");
        assert!(gate.admit(&notice(NoticeKind::Expired, "b"), start + MINUTE), "another account");
        assert!(gate.admit(&notice(NoticeKind::AllDown, ""), start + MINUTE), "no account");
        assert!(gate.admit(&expired, start + 360 * MINUTE));
        assert!(!gate.admit(&expired, start + 361 * MINUTE));
    }

    #[test]
    fn a_recovery_makes_trouble_news_again_and_the_other_way_round() {
        let (mut gate, now) = (Gate::default(), Instant::now());
        let (expired, recovered) = (notice(NoticeKind::Expired, "a"), notice(NoticeKind::Recovered, "a"));
        for _ in 0..2 {
            assert!(gate.admit(&expired, now) && !gate.admit(&expired, now));
            assert!(!gate.admit(&expired, now), "somebody else's recovery changes nothing");
            assert!(gate.admit(&recovered, now) && !gate.admit(&recovered, now));
            gate.admit(&notice(NoticeKind::Recovered, "b"), now);
        }
    }

    #[test]
    fn a_recovery_is_news_however_long_ago_the_trouble_was_told() {
        let (mut gate, start) = (Gate::default(), Instant::now());
        assert!(gate.admit(&notice(NoticeKind::Recovered, "a"), start), "from trouble before a restart");
        assert!(gate.admit(&notice(NoticeKind::Expired, "b"), start));
        assert!(gate.admit(&notice(NoticeKind::Recovered, "b"), start + 1000 * MINUTE));
    }

    #[test]
    fn an_hour_brings_twenty_and_then_one_for_the_rest() {
        let start = Instant::now();
        let mut gate = full(start);
        let late = ["x", "y", "z", "x"].map(|id| gate.admit(&notice(NoticeKind::NeedsOwner, id), start + 30 * MINUTE));
        assert_eq!(late, [false; 4]);
        assert!(!gate.admit(&notice(NoticeKind::Recovered, "z"), start + 31 * MINUTE), "nobody heard of the trouble");
        assert_eq!(gate.overflow(start + 59 * MINUTE), None);
        let more = gate.overflow(start + 60 * MINUTE).unwrap();
        assert_eq!((more.kind, more.title.as_str()), (NoticeKind::More, "and 2 more notices"));
        assert_eq!(gate.overflow(start + 61 * MINUTE), None);
        let after = (0..20).filter(|n| gate.admit(&notice(NoticeKind::AllDown, &n.to_string()), start + 61 * MINUTE));
        assert_eq!(after.count(), 19, "the one for the rest counts too");
    }

    #[test]
    fn what_was_held_back_is_told_when_it_comes_again() {
        let start = Instant::now();
        let mut gate = full(start);
        let held = notice(NoticeKind::NeedsOwner, "x");
        assert!(!gate.admit(&held, start + MINUTE));
        assert!(gate.admit(&held, start + 60 * MINUTE));
        assert_eq!(gate.overflow(start + 60 * MINUTE), None);
    }

    #[test]
    fn what_did_not_arrive_may_be_told_again() {
        let (mut gate, now) = (Gate::default(), Instant::now());
        let (a, b) = (notice(NoticeKind::Expired, "a"), notice(NoticeKind::Expired, "b"));
        assert!(gate.admit(&a, now) && gate.admit(&b, now));
        gate.forget(&a);
        assert!(gate.admit(&a, now) && !gate.admit(&b, now));
        gate.forget_all();
        assert!(gate.admit(&a, now) && gate.admit(&b, now));
    }
}
