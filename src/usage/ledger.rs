//! The place where every call is counted.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{Semaphore, broadcast};

use super::call::Call;
use super::calls::{CallFilter, CallPage, Calls};
use super::draft::{Draft, End, Spent};
use super::hour::{self, Cell};
use super::hours::Hours;
use super::name::Name;
use super::query::MOST_CHARTS;
use super::receipt::Receipt;
use super::ring::{Minute, Now, Ring};
use super::trays::{Ended, Trays};
use crate::accounts::clock::{Clock, DAY};
use crate::counts::{Counts, One, Outcome, Whose};
use crate::keys::ApiKey;
use crate::store::{CallsRecord, Database, TallyRecord};

/// How many calls a listener may be behind before it misses some.
const MOST_UNHEARD: usize = 256;

/// Counts calls. Clones are the same ledger.
#[derive(Clone)]
pub struct Ledger(Arc<Inner>);

struct Inner {
    clock: Clock,
    database: Database,
    trays: Trays,
    books: Mutex<Books>,
    listeners: broadcast::Sender<Arc<Call>>,
    charts: Semaphore,
}

/// What calls came to since the service has started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SinceStart {
    /// The counts.
    pub counts: Counts,
    /// The sum of the times to the first output, in milliseconds.
    pub first_token_ms: u64,
    /// The sum of the times of whole answers, in milliseconds.
    pub total_ms: u64,
}

/// Everything that a call is noted in, behind one lock.
pub(super) struct Books {
    pub(super) hours: Hours,
    pub(super) calls: Calls,
    seconds: Ring,
    minutes: Ring,
    /// The day, and what it has come to so far: calls, failures, tokens.
    today: (u64, [u64; 3]),
    since_start: SinceStart,
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").finish_non_exhaustive()
    }
}

impl Ledger {
    /// A ledger that goes on with what was kept: the counts of this day's hours, and the newest calls, oldest first.
    pub fn open(database: &Database, tallies: &[TallyRecord], calls: &[CallsRecord]) -> Self {
        let clock = Clock::new();
        let now = clock.now();
        let mut books = Books {
            hours: Hours::default(),
            calls: Calls::default(),
            seconds: Ring::new(1000, 60),
            minutes: Ring::new(60_000, 60),
            today: (now / DAY, [0; 3]),
            since_start: SinceStart::default(),
        };
        let hours = tallies.iter().filter(|tally| tally.hours == 1);
        let kept = hours.filter_map(|tally| Some((u64::try_from(tally.start_ms).ok()?, hour::cells(&tally.body))));
        let kept: Vec<(u64, Vec<Cell>)> = kept.collect();
        for cell in kept.iter().filter(|(start, _)| start / DAY == now / DAY).flat_map(|(_, cells)| cells) {
            books.add_today(now, [cell.counts.requests(), cell.counts.errors(), cell.counts.tokens()]);
        }
        books.hours.restore(now, kept);
        // A line that is torn is a call less in a list, and no reason not to start.
        let lines = calls.iter().flat_map(|calls| calls.lines.lines());
        let last = calls.last().and_then(|calls| u64::try_from(calls.seq).ok());
        books.calls.restore(last.unwrap_or_default(), lines.filter_map(|line| serde_json::from_str(line).ok()));
        let (listeners, _) = broadcast::channel(MOST_UNHEARD);
        Self(Arc::new(Inner {
            clock,
            database: database.clone(),
            trays: Trays::default(),
            books: Mutex::new(books),
            listeners,
            charts: Semaphore::new(MOST_CHARTS),
        }))
    }

    /// A call was read; it has the id that its `x-request-id` tells. `key` is whose it is, if it is not the owner's.
    pub fn begin(&self, id: &str, key: Option<Arc<ApiKey>>) -> Receipt {
        Receipt::new(self, id, key)
    }

    /// The calls that end from now on. Who is too slow misses some.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Call>> {
        self.0.listeners.subscribe()
    }

    /// The newest calls that fit.
    pub fn calls(&self, filter: &CallFilter<'_>) -> CallPage {
        self.books().calls.page(filter)
    }

    /// How much goes on at present.
    pub fn now(&self) -> Now {
        let now = self.time();
        let mut books = self.books();
        books.add_today(now, [0; 3]);
        let minute = books.seconds.sum(now);
        let [requests_today, errors_today, tokens_today] = books.today.1;
        Now {
            requests_minute: minute.requests,
            errors_minute: minute.errors,
            tokens_minute: minute.tokens,
            first_token_p50_ms: minute.first_token.percentile(50),
            requests_today,
            errors_today,
            tokens_today,
        }
    }

    /// The last 60 minutes, the present one included, oldest first; those in which nothing ended, too.
    pub fn minutes(&self) -> Vec<Minute> {
        self.books().minutes.each(self.time())
    }

    /// What calls came to since the service has started.
    pub fn since_start(&self) -> SinceStart {
        self.books().since_start
    }

    pub(super) fn database(&self) -> &Database {
        &self.0.database
    }

    /// Who is read a chart for.
    pub(super) fn charts(&self) -> &Semaphore {
        &self.0.charts
    }

    /// The books, with every call in them that has ended.
    pub(super) fn books(&self) -> MutexGuard<'_, Books> {
        let mut books = self.0.books.lock().unwrap_or_else(PoisonError::into_inner);
        for ended in self.0.trays.take() {
            let call = books.note(ended);
            if self.0.listeners.receiver_count() > 0 {
                // Whoever stopped listening meanwhile misses nothing.
                let _ = self.0.listeners.send(call);
            }
        }
        books
    }

    /// The time by which calls are counted, in milliseconds since 1970.
    pub fn time(&self) -> u64 {
        self.0.clock.now()
    }

    pub(super) fn follow_clock(&self) {
        self.0.clock.follow();
    }

    /// The time by which calls are counted at this moment, in milliseconds since 1970.
    pub(super) fn time_of(&self, moment: Instant) -> u64 {
        self.0.clock.at(moment)
    }

    /// Takes a call that has ended.
    pub(super) fn file(&self, ended: Ended) {
        let full = self.0.trays.lay(ended);
        // Who listens wants to hear of it at once.
        if full || self.0.listeners.receiver_count() > 0 {
            drop(self.books());
        }
    }
}

impl Books {
    fn note(&mut self, ended: Ended) -> Arc<Call> {
        let Ended { end, draft, key } = ended;
        let now = end.at;
        let Draft { id, at, model, known, stream, served, first_token_ms, .. } = draft;
        let spent = served.spent;
        let one = one(&end, spent, first_token_ms);
        let End { outcome, status, code, total_ms, .. } = end;
        let whose = Whose { model: if known { &model } else { "" }, account: &served.account, key: &key };
        let cell = self.hours.at(now).cell(whose);
        cell.counts.count(&one);
        let names = (cell.account.clone(), cell.key.clone());
        // What is counted with others, or under no name, is listed by its own all the same.
        let model = if *cell.model == *model { cell.model.clone() } else { Name::new(&model) };
        self.seconds.count(now, &one);
        self.minutes.count(now, &one);
        self.add_today(now, [1, u64::from(outcome.is_error()), one.prompt.saturating_add(one.completion)]);
        self.since_start.add(&one);
        let call = Arc::new(Call {
            seq: self.calls.next_seq(),
            id,
            at,
            key: names.1,
            model,
            served: served.by,
            account: Some(names.0).filter(|account| !account.is_empty()),
            attempts: u32::try_from(served.attempts).unwrap_or(u32::MAX),
            stream,
            status,
            outcome,
            code,
            prompt_tokens: spent.prompt,
            completion_tokens: spent.completion,
            reasoning_tokens: spent.reasoning,
            counted: !spent.estimated,
            first_token_ms,
            total_ms,
        });
        self.calls.push(Arc::clone(&call));
        call
    }

    fn add_today(&mut self, now: u64, more: [u64; 3]) {
        let day = now / DAY;
        if day > self.today.0 {
            self.today = (day, [0; 3]);
        }
        for (all, more) in self.today.1.iter_mut().zip(more) {
            *all = all.saturating_add(more);
        }
    }
}

/// What is counted of a call.
const fn one(end: &End, spent: Spent, first_token_ms: Option<u64>) -> One {
    let Spent { prompt, completion, reasoning, .. } = spent;
    One { outcome: end.outcome, prompt, completion, reasoning, first_token_ms, total_ms: end.total_ms }
}

impl SinceStart {
    fn add(&mut self, one: &One) {
        self.counts.count(one);
        self.first_token_ms = self.first_token_ms.saturating_add(one.first_token_ms.unwrap_or(0));
        if one.outcome == Outcome::Answered {
            self.total_ms = self.total_ms.saturating_add(one.total_ms);
        }
    }
}
