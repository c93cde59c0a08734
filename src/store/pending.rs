//! What is to be written, each thing once.

use std::collections::{BTreeMap, VecDeque};

use super::records::{EventRecord, Record};

/// How many events are kept for a disk that does not take them. The oldest go first.
const MOST_EVENTS: usize = 10_000;

/// What a record replaces. The order is that of writing: what is forgotten goes first, and an account stands before
/// whatever belongs to it.
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
    Session(String),
    DropSession(String),
    /// By its slot, so that a disk that takes nothing leaves no more of them here than are kept.
    Audit(i64),
}

impl Key {
    /// The account that this belongs to.
    const fn account(&self) -> Option<&String> {
        match self {
            Self::Drop(account) | Self::Account(account) | Self::Health(account) | Self::Usage(account, _) => {
                Some(account)
            }
            Self::Setting(_) | Self::Models(_) | Self::File(_) | Self::DropFile(_) => None,
            Self::Session(_) | Self::DropSession(_) | Self::Audit(_) => None,
        }
    }
}

/// What is to be written.
#[derive(Default)]
pub(super) struct Pending {
    latest: BTreeMap<Key, Record>,
    events: VecDeque<EventRecord>,
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
    }

    /// The records, in the order in which they are to be written.
    pub(super) fn records(&self) -> impl Iterator<Item = &Record> {
        self.latest.values()
    }

    /// The events, oldest first. They come after the records.
    pub(super) fn events(&self) -> impl Iterator<Item = &EventRecord> {
        self.events.iter()
    }

    /// Whether there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.latest.is_empty() && self.events.is_empty()
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
            Record::Event(event) => return self.append(event.clone()),
        };
        self.latest.insert(key, record);
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

#[cfg(test)]
mod tests {
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
            Record::Session(session) => format!("session {}", session.id),
            Record::DropSession(id) => format!("drop session {id}"),
            Record::Audit(entry) => format!("audit {}", entry.seq),
            Record::Event(_) => unreachable!("events stand apart"),
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
        let seen =
            SessionRecord { id: "s".into(), hash: String::new(), created_ms: 1, seen_ms: 1, address: String::new() };
        pending.add(Record::Session(seen));
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
}
