//! What was changed, by which right and from where. No body and no secret is in it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::address::Address;
use crate::accounts::clock::Millis;
use crate::store::{AUDIT_KEPT, AuditRecord, Database, Record};

/// How many entries of strangers there are in an hour; what more they try is counted into the last one. Otherwise
/// whoever knocks often enough could push out what the owner wants to read.
const STRANGERS: usize = 20;

const HOUR: Millis = 3_600_000;

/// By which right something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// By the owner's key.
    Key,
    /// By somebody who is signed in.
    Session,
    /// By none.
    Nobody,
}

impl Who {
    /// As it is told.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Session => "session",
            Self::Nobody => "nobody",
        }
    }
}

/// What is told of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// By which right.
    pub who: Who,
    /// From where.
    pub address: Address,
    /// The method and the route.
    pub action: String,
    /// What it was about.
    pub subject: Option<String>,
    /// The HTTP status.
    pub status: u16,
}

/// The newest entries, in memory and in the store.
pub struct Audit {
    database: Database,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    entries: VecDeque<AuditRecord>,
    /// When strangers were last told of.
    strangers: VecDeque<Millis>,
}

impl Audit {
    /// With what was kept, oldest first.
    pub fn new(database: Database, kept: Vec<AuditRecord>) -> Self {
        let book = Book { entries: kept.into(), strangers: VecDeque::new() };
        Self { database, book: Mutex::new(book) }
    }

    /// Notes an entry, here and in the store.
    pub fn note(&self, entry: Entry, now: Millis) {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = match book.known(&entry, now) {
            Some(known) => {
                known.times = known.times.saturating_add(1);
                known.at_ms = time(now);
                known.clone()
            }
            None => book.add(entry, now),
        };
        // Under the lock, so that a later count is not overtaken by an earlier one.
        self.database.put(Record::Audit(noted));
    }

    /// Up to `limit` entries before the one with the number `before`, the newest first, and whether there are more.
    pub fn page(&self, before: Option<i64>, limit: usize) -> (Vec<AuditRecord>, bool) {
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        let older = || book.entries.iter().rev().filter(|entry| before.is_none_or(|before| entry.seq < before));
        (older().take(limit).cloned().collect(), older().nth(limit).is_some())
    }
}

impl Book {
    /// The entry into which a stranger's next try is counted, if there were too many.
    fn known(&mut self, entry: &Entry, now: Millis) -> Option<&mut AuditRecord> {
        if entry.who != Who::Nobody {
            return None;
        }
        while self.strangers.front().is_some_and(|at| now >= at + HOUR) {
            self.strangers.pop_front();
        }
        if self.strangers.len() < STRANGERS {
            self.strangers.push_back(now);
            return None;
        }
        self.entries.iter_mut().rev().find(|kept| kept.who == Who::Nobody.name())
    }

    fn add(&mut self, entry: Entry, now: Millis) -> AuditRecord {
        let noted = AuditRecord {
            seq: self.entries.back().map_or(1, |last| last.seq + 1),
            at_ms: time(now),
            who: entry.who.name().to_owned(),
            address: entry.address.to_string(),
            action: entry.action,
            subject: entry.subject,
            status: entry.status,
            times: 1,
        };
        if i64::try_from(self.entries.len()).is_ok_and(|count| count >= AUDIT_KEPT) {
            self.entries.pop_front();
        }
        self.entries.push_back(noted.clone());
        noted
    }
}

fn time(now: Millis) -> i64 {
    i64::try_from(now).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    const START: Millis = 1_800_000_000_000;

    async fn audit(kept: Vec<AuditRecord>) -> Audit {
        Audit::new(Database::open(&Store::open(&["/proc/none".into()]), None, 0).await.unwrap().0, kept)
    }

    fn entry(who: Who, status: u16) -> Entry {
        let action = "POST /admin/api/session".to_owned();
        Entry { who, address: Address::read("192.0.2.1"), action, subject: None, status }
    }

    #[tokio::test]
    async fn entries_are_told_in_pages_newest_first_and_go_on_where_they_ended() {
        let audit = audit(Vec::new()).await;
        (0..5).for_each(|n| audit.note(entry(Who::Key, 200), START + n));
        let numbers = |before, limit| {
            let (entries, more) = audit.page(before, limit);
            (entries.into_iter().map(|entry| entry.seq).collect::<Vec<_>>(), more)
        };
        assert_eq!(numbers(None, 2), (vec![5, 4], true));
        assert_eq!(numbers(Some(4), 3), (vec![3, 2, 1], false));
        assert_eq!(numbers(Some(1), 3), (vec![], false));
        let kept = audit.page(None, 9).0.into_iter().rev().collect();
        let next = self::audit(kept).await;
        next.note(entry(Who::Session, 204), START);
        let (entries, _) = next.page(None, 9);
        assert_eq!((entries[0].seq, entries[0].who.as_str(), entries.len()), (6, "session", 6));
    }

    #[tokio::test]
    async fn strangers_cannot_push_the_owners_entries_out() {
        let audit = audit(Vec::new()).await;
        audit.note(entry(Who::Key, 200), START);
        (0..3000).for_each(|n| audit.note(entry(Who::Nobody, 401), START + n));
        let (entries, _) = audit.page(None, 5000);
        assert_eq!(entries.len(), 1 + STRANGERS);
        assert_eq!((entries[0].times, entries[0].at_ms), (3000 - 19, (START + 2999) as i64));
        audit.note(entry(Who::Nobody, 401), START + HOUR);
        assert_eq!(audit.page(None, 1).0[0].times, 1, "the next hour is told of again");
    }

    #[tokio::test]
    async fn only_the_newest_are_kept() {
        let audit = audit(Vec::new()).await;
        (0..AUDIT_KEPT + 10).for_each(|_| audit.note(entry(Who::Key, 200), START));
        let (entries, _) = audit.page(None, 5000);
        assert_eq!((entries.len() as i64, entries.last().unwrap().seq), (AUDIT_KEPT, 11));
    }
}
