//! What the fake saw and how its answers ended: what tests assert on.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::{Value, json};

use crate::hooks::Hook;
use crate::player::Outcome;
use crate::request::{Line, Request};

const RECENT: usize = 50;
const BODY_KEPT: usize = 4096;
/// A benchmark makes a session per request; the lists must not grow with it.
const SESSIONS_KEPT: usize = 10_000;
const HOOKS_KEPT: usize = 200;

/// Chat replies by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    pub requests: u64,
    pub open: u64,
    pub completed: u64,
    /// The client left before the end.
    pub cancelled: u64,
    /// The scenario broke the reply off.
    pub aborted: u64,
}

/// One request as the journal keeps it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub route: &'static str,
    pub scenario: String,
    pub line: Arc<Line>,
    pub body_bytes: usize,
    /// The first 4 KB.
    pub body: Bytes,
}

#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Requests by route, control routes left out.
    pub routes: BTreeMap<&'static str, u64>,
    pub connections: u64,
    pub total: Counts,
    /// The same counts by credential.
    pub scenarios: BTreeMap<String, Counts>,
    pub created_sessions: VecDeque<String>,
    pub deleted_sessions: VecDeque<String>,
    /// The last requests, oldest first.
    pub requests: VecDeque<Entry>,
    /// The faults that chaos drew, by kind.
    pub faults: BTreeMap<&'static str, u64>,
    pub reused_refresh_tokens: u64,
    /// The last webhook calls, oldest first.
    pub hooks: VecDeque<Hook>,
    /// The whole body of each credential's last chat request.
    pub last: BTreeMap<String, Bytes>,
}

#[derive(Default)]
pub struct Journal(Mutex<Snapshot>);

impl Journal {
    fn lock(&self) -> MutexGuard<'_, Snapshot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn snapshot(&self) -> Snapshot {
        self.lock().clone()
    }

    /// Forgets everything but what is still open.
    pub fn reset(&self) {
        let mut inner = self.lock();
        let fresh = |old: &Counts| Counts { open: old.open, ..Counts::default() };
        let total = fresh(&inner.total);
        let open = inner.scenarios.iter().filter(|(_, counts)| counts.open > 0);
        let scenarios = open.map(|(name, old)| (name.clone(), fresh(old))).collect();
        *inner = Snapshot { total, scenarios, ..Snapshot::default() };
    }

    pub fn connected(&self) {
        self.lock().connections += 1;
    }

    pub fn record(&self, route: &'static str, scenario: &str, request: &Request) {
        let kept = &request.body[..request.body.len().min(BODY_KEPT)];
        let entry = Entry {
            route,
            scenario: scenario.to_owned(),
            line: request.line.clone(),
            body_bytes: request.body.len(),
            // A copy, so that a large body is not kept alive by its beginning.
            body: Bytes::copy_from_slice(kept),
        };
        let mut inner = self.lock();
        *inner.routes.entry(route).or_default() += 1;
        push_bounded(&mut inner.requests, entry, RECENT);
    }

    pub fn session_created(&self, id: &str) {
        let mut inner = self.lock();
        push_bounded(&mut inner.created_sessions, id.to_owned(), SESSIONS_KEPT);
    }

    pub fn session_deleted(&self, id: &str) {
        let mut inner = self.lock();
        push_bounded(&mut inner.deleted_sessions, id.to_owned(), SESSIONS_KEPT);
    }

    pub fn fault(&self, kind: &'static str) {
        *self.lock().faults.entry(kind).or_default() += 1;
    }

    pub fn reused_refresh_token(&self) {
        self.lock().reused_refresh_tokens += 1;
    }

    pub fn hook(&self, hook: Hook) {
        push_bounded(&mut self.lock().hooks, hook, HOOKS_KEPT);
    }

    /// The whole body of the credential's last chat request.
    pub fn last(&self, scenario: &str) -> Option<Bytes> {
        self.lock().last.get(scenario).cloned()
    }

    /// Keeps a chat request's body, and counts its reply as open until the returned guard is dropped.
    pub fn open(self: &Arc<Self>, scenario: &str, body: &Bytes) -> OpenReply {
        self.lock().last.insert(scenario.to_owned(), body.clone());
        self.count(scenario, |counts| {
            counts.requests += 1;
            counts.open += 1;
        });
        OpenReply { journal: self.clone(), scenario: scenario.to_owned(), outcome: None }
    }

    fn count(&self, scenario: &str, change: impl Fn(&mut Counts)) {
        let mut inner = self.lock();
        change(&mut inner.total);
        match inner.scenarios.get_mut(scenario) {
            Some(counts) => change(counts),
            None => change(inner.scenarios.entry(scenario.to_owned()).or_default()),
        }
    }
}

fn push_bounded<T>(list: &mut VecDeque<T>, item: T, bound: usize) {
    if list.len() == bound {
        list.pop_front();
    }
    list.push_back(item);
}

pub struct OpenReply {
    journal: Arc<Journal>,
    scenario: String,
    outcome: Option<Outcome>,
}

impl OpenReply {
    pub fn ended(mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
    }
}

impl Drop for OpenReply {
    fn drop(&mut self) {
        let outcome = self.outcome;
        self.journal.count(&self.scenario, |counts| {
            counts.open = counts.open.saturating_sub(1);
            match outcome {
                Some(Outcome::Completed) => counts.completed += 1,
                Some(Outcome::Cancelled) => counts.cancelled += 1,
                Some(Outcome::Aborted | Outcome::Reset) => counts.aborted += 1,
                // The fake itself was stopped.
                None => {}
            }
        });
    }
}

impl Counts {
    fn json(self) -> Value {
        json!({
            "requests": self.requests,
            "open_streams": self.open,
            "completed": self.completed,
            "cancelled": self.cancelled,
            "aborted": self.aborted,
        })
    }
}

impl Entry {
    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of one cookie that the request carried.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.line.cookie(name)
    }

    /// The value of the header that repeats the cookie `XSRF-TOKEN`.
    pub fn xsrf(&self) -> Option<&str> {
        self.line.header("x-xsrf-token")
    }

    fn json(&self) -> Value {
        json!({
            "cookies": self.line.cookies().collect::<BTreeMap<_, _>>(),
            "xsrf": self.xsrf(),
            "route": self.route,
            "scenario": self.scenario,
            "method": self.line.method,
            "path": self.line.path,
            "query": self.line.query,
            "headers": self.line.headers,
            "body_bytes": self.body_bytes,
            "body": self.body_text(),
        })
    }
}

impl Snapshot {
    /// The counts of one credential, zeros when it never came.
    pub fn scenario(&self, name: &str) -> Counts {
        self.scenarios.get(name).copied().unwrap_or_default()
    }

    pub fn route(&self, name: &str) -> u64 {
        self.routes.get(name).copied().unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        let mut value = self.total.json();
        let by_name = |(name, counts): (&String, &Counts)| (name.clone(), counts.json());
        let scenarios: serde_json::Map<_, _> = self.scenarios.iter().map(by_name).collect();
        value["routes"] = json!(self.routes);
        value["connections"] = json!(self.connections);
        value["scenarios"] = Value::Object(scenarios);
        value["created_sessions"] = json!(self.created_sessions);
        value["deleted_sessions"] = json!(self.deleted_sessions);
        value["faults"] = json!(self.faults);
        value["reused_refresh_tokens"] = json!(self.reused_refresh_tokens);
        value["hooks"] = self.hooks.iter().map(Hook::json).collect();
        value["recent"] = self.requests.iter().map(Entry::json).collect();
        value
    }
}
