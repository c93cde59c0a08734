//! What is to be written, each thing once.

use std::collections::{BTreeMap, VecDeque};

use super::records::{CallsRecord, EventRecord, Record};
use super::statistics::CALLS_KEPT;

/// How many events are kept for a disk that does not take them. The oldest go first.
const MOST_EVENTS: usize = 10_000;

/// How many bytes of totals are kept for it. The oldest go first.
const MOST_TALLIES: usize = 4 << 20;

/// What a record replaces. The order is that of writing: what is forgotten goes first, and an account or a key stands
/// before whatever belongs to it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Drop(String),
    Account(String),
    Health(String),
    Usage(String, i64),
    Setting(String),
    Models(String),
    File(String),
    DropFile(String),
    Friend(String),
    FriendUse(String),
    Session(String),
    DropSession(String),
    /// By its slot, so that a disk that takes nothing leaves no more of them here than are kept.
    Audit(i64),
    Tally(i64, i64),
}

impl Key {
    /// The account that this belongs to.
    const fn account(&self) -> Option<&String> {
        match self {
            Self::Drop(account) | Self::Account(account) | Self::Health(account) | Self::Usage(account, _) => {
                Some(account)
            }
            Self::Setting(_) | Self::Models(_) | Self::File(_) | Self::DropFile(_) | Self::Tally(..) => None,
            Self::Friend(_) | Self::FriendUse(_) => None,
            Self::Session(_) | Self::DropSession(_) | Self::Audit(_) => None,
        }
    }
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Pending {
    latest: BTreeMap<Key, Record>,
    events: VecDeque<EventRecord>,
    calls: VecDeque<CallsRecord>,
    /// How many calls these are.
    listed: usize,
    /// How many bytes of totals there are.
    tallies: usize,
    /// How many records came, also those that others have replaced.
    pub(super) count: u64,
}

impl Pending {
    /// Adds a record; it takes the place of an earlier one.
    pub(super) fn add(&mut self, record: Record) {
        self.count += 1;
        self.place(record);
    }

    /// Adds what came later.
    pub(super) fn absorb(&mut self, later: Self) {
        self.count += later.count;
        later.latest.into_values().for_each(|record| self.place(record));
        later.events.into_iter().for_each(|event| self.append(event));
        later.calls.into_iter().for_each(|call| self.list(call));
    }

    /// The records, in the order in which they are to be written.
    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.latest.values()
    }

    /// The events, oldest first. They come after the records.
    pub(super) fn events(&self) -> impl Iterator<Item = &EventRecord> {
        self.events.iter()
    }

    /// The calls, oldest first. They come after the records, too.
    pub(super) fn calls(&self) -> impl Iterator<Item = &CallsRecord> {
        self.calls.iter()
    }

    /// Whether there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.latest.is_empty() && self.events.is_empty() && self.calls.is_empty()
    }

    fn place(&mut self, record: Record) {
        let key = match &record {
            Record::Account(account) => Key::Account(account.id.clone()),
            Record::DropAccount(id) => {
                self.forget(id);
                Key::Drop(id.clone())
            }
            Record::Health { account, .. } => Key::Health(account.clone()),
            Record::Usage(usage) => Key::Usage(usage.account.clone(), usage.day),
            Record::Setting { name, .. } => Key::Setting(name.clone()),
            Record::Models(models) => Key::Models(models.provider.clone()),
            Record::File(file) => Key::File(file.id.clone()),
            Record::DropFile(id) => {
                self.latest.remove(&Key::File(id.clone()));
                Key::DropFile(id.clone())
            }
            Record::Session(session) => Key::Session(session.id.clone()),
            Record::DropSession(id) => {
                self.latest.remove(&Key::Session(id.clone()));
                Key::DropSession(id.clone())
            }
            Record::Audit(entry) => Key::Audit(entry.slot()),
            Record::Tally(tally) => Key::Tally(tally.start_ms, tally.hours),
            Record::Key(key) => Key::Friend(key.id.clone()),
            Record::KeyUse(used) => Key::FriendUse(used.key.clone()),
            Record::Event(event) => return self.append(event.clone()),
            Record::Calls(calls) => return self.list(calls.clone()),
        };
        self.tallies += tally_size(Some(&record));
        self.tallies -= tally_size(self.latest.insert(key, record).as_ref());
        self.bound_tallies();
    }

    fn bound_tallies(&mut self) {
        while self.tallies > MOST_TALLIES
            && let Some(oldest) = self.latest.range(Key::Tally(i64::MIN, 0)..).next().map(|(key, _)| key.clone())
        {
            self.tallies -= tally_size(self.latest.remove(&oldest).as_ref());
        }
    }

    /// Those that would be forgotten as soon as they were written need not be.
    fn list(&mut self, calls: CallsRecord) {
        self.listed += calls.count;
        self.calls.push_back(calls);
        while let Some(oldest) = self.calls.front()
            && self.listed - oldest.count >= CALLS_KEPT
        {
            self.listed -= oldest.count;
            self.calls.pop_front();
        }
    }

    fn append(&mut self, event: EventRecord) {
        if self.events.len() == MOST_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    fn forget(&mut self, account: &String) {
        self.latest.retain(|key, _| key.account() != Some(account));
        self.events.retain(|event| event.account != *account);
    }
}

fn tally_size(record: Option<&Record>) -> usize {
    if let Some(Record::Tally(tally)) = record { tally.body.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::TallyRecord;
    use super::super::fixture::{account, event, health, usage};
    use super::super::records::{AUDIT_KEPT, AuditRecord, SessionRecord};
    use super::*;

    fn names(pending: &Pending) -> Vec<String> {
        let name = |record: &Record| match record {
            Record::Account(account) => format!("account {} v{}", account.id, account.version),
            Record::DropAccount(id) => format!("drop {id}"),
            Record::Health { account, body } => format!("health {account} {body}"),
            Record::Usage(usage) => format!("usage {} {}", usage.account, usage.requests),
            Record::Setting { name, .. } => format!("setting {name}"),
            Record::Models(models) => format!("models {}", models.provider),
            Record::File(file) => format!("file {}", file.id),
            Record::DropFile(id) => format!("drop file {id}"),
            Record::Key(key) => format!("key {}", key.id),
            Record::KeyUse(used) => format!("use {}", used.key),
            Record::Session(session) => format!("session {}", session.id),
            Record::DropSession(id) => format!("drop session {id}"),
            Record::Audit(entry) => format!("audit {}", entry.seq),
            Record::Tally(tally) => format!("tally {} {}", tally.start_ms, tally.body.len()),
            Record::Event(_) | Record::Calls(_) => unreachable!("events and calls stand apart"),
        };
        pending.records().map(name).chain(pending.events().map(|event| format!("event {}", event.body))).collect()
    }

    #[test]
    fn the_latest_of_each_key_stays_and_accounts_come_first() {
        let mut pending = Pending::default();
        for record in [health("a-1", "1"), event("a-1", 1), usage("a-1", 5, 1), health("a-1", "2"), event("a-1", 2)] {
            pending.add(record);
        }
        pending.add(Record::Account(account("a-1")));
        pending.add(usage("a-1", 5, 7));
        assert_eq!(names(&pending), ["account a-1 v1", "health a-1 2", "usage a-1 7", "event 1", "event 2"]);
        assert_eq!(pending.count, 7);
    }

    #[test]
    fn a_forgotten_account_takes_everything_along_and_may_come_back() {
        let mut pending = Pending::default();
        for record in [Record::Account(account("a-1")), health("a-1", "1"), event("a-1", 1), event("a-2", 2)] {
            pending.add(record);
        }
        pending.add(Record::DropAccount("a-1".into()));
        assert_eq!(names(&pending), ["drop a-1", "event 2"]);
        let mut later = Pending::default();
        later.add(Record::Account(account("a-1")));
        later.add(event("a-1", 3));
        pending.absorb(later);
        assert_eq!(names(&pending), ["drop a-1", "account a-1 v1", "event 2", "event 3"]);
        assert_eq!(pending.count, 7);
    }

    #[test]
    fn a_session_that_ended_is_not_written_and_audit_entries_are_bounded() {
        let mut pending = Pending::default();
        let none = String::new;
        let (hash, address, key) = (none(), none(), none());
        pending.add(Record::Session(SessionRecord { id: "s".into(), hash, created_ms: 1, seen_ms: 1, address, key }));
        pending.add(Record::DropSession("s".into()));
        assert_eq!(names(&pending), ["drop session s"]);
        let entry = |seq| AuditRecord {
            seq,
            at_ms: 1,
            who: "key".into(),
            address: String::new(),
            action: String::new(),
            subject: None,
            status: 200,
            times: 1,
        };
        (1..=AUDIT_KEPT + 3).for_each(|seq| pending.add(Record::Audit(entry(seq))));
        let names = names(&pending);
        assert_eq!(names.len() as i64, 1 + AUDIT_KEPT);
        assert!(!names.contains(&"audit 3".to_owned()) && names.contains(&"audit 4".to_owned()));
    }

    #[test]
    fn events_are_bounded_and_the_oldest_go() {
        let mut pending = Pending::default();
        (0..MOST_EVENTS as i64 + 5).for_each(|at| pending.add(event("a-1", at)));
        assert_eq!(pending.events().count(), MOST_EVENTS);
        assert_eq!(pending.events().next().map(|event| event.at_ms), Some(5));
    }

    #[test]
    fn calls_and_totals_are_bounded_and_the_oldest_go() {
        let mut pending = Pending::default();
        let tally = |start_ms, size| Record::Tally(TallyRecord { start_ms, hours: 1, body: "x".repeat(size) });
        pending.add(tally(1, MOST_TALLIES / 2));
        pending.add(tally(2, MOST_TALLIES / 2));
        pending.add(tally(2, MOST_TALLIES / 2 - 1));
        pending.add(tally(3, 1));
        assert_eq!(names(&pending).len(), 3);
        pending.add(tally(4, 1));
        assert_eq!(names(&pending), ["tally 2 2097151", "tally 3 1", "tally 4 1"]);
        for seq in 1..=CALLS_KEPT as i64 {
            pending.add(Record::Calls(CallsRecord { seq: seq * 3, count: 3, lines: String::new() }));
        }
        let mut all = Pending::default();
        all.absorb(pending);
        let (first, last) = (all.calls().next().unwrap().seq, all.calls().last().unwrap().seq);
        assert_eq!(
            (last - first + 3, all.listed),
            (2001, 2001),
            "whole rows, and no more than hold as many as are kept"
        );
    }
}
