//! One request's attempts: whose turn it is, what became of each, and what the pool learns from it.

mod settle;

use std::rc::Rc;
use std::sync::Arc;

use tokio::time::Instant;

use super::accounting::Line;
use super::attempt::Attempt;
use super::blame;
use super::conversation;
use super::hearing::Hearing;
use super::instead::Instead;
use super::prepare::{Desk, Loads, Prepared};
use super::renewal::Rolls;
use super::route::RouteLeg;
use super::summary::Tried;
use super::{Gateway, Janitor, Route, Trail};
use crate::accounts::{Account, Denied, Granted, Lease, Leg, Outcome, Queued, Registry, Taken, Wanted};
use crate::chat::{ChatRequest, Decoded, Fault, FaultKind};
use crate::metrics::Attempt as CameTo;
use crate::stages::Stage;
use crate::stages::emulation::{self, Needs};
use crate::upstream::Client;

/// How many accounts one request tries at most.
const MOST_ATTEMPTS: usize = 8;

/// What is to be done next.
pub enum Step {
    /// Ask this one.
    Attempt(Box<Attempt>),
    /// Wait for an account.
    Wait(Queued),
    /// There is nobody to ask any more.
    Over,
}

/// One request's attempts.
pub struct Trials {
    client: Client,
    registry: Arc<Registry>,
    request: Arc<ChatRequest>,
    janitor: Janitor,
    rolls: Rolls,
    desk: Arc<Desk>,
    /// What was loaded of the attachments, if there are any.
    loads: Option<Rc<Loads>>,
    legs: Vec<RouteLeg>,
    wanted: Wanted,
    /// The serials of the accounts that were tried.
    serials: Vec<u64>,
    tried: Tried,
    refusal: Option<Fault>,
    attempts: usize,
    /// Whether the next one is the last one's, which asks for its answer once more.
    again: bool,
    lease: Option<Lease>,
    leg: usize,
    account: Option<Arc<Account>>,
    hearing: Hearing,
    excused: bool,
    needs: Needs,
    instead: Instead,
    /// What was asked in the end, if it is not what the client wrote.
    asked: Option<Arc<ChatRequest>>,
    dropped: usize,
    line: Line,
}

impl Trials {
    /// No attempt was made yet.
    pub fn new(gateway: &Gateway, client: Client, request: Arc<ChatRequest>, route: Route, line: Line) -> Self {
        let way = |leg: &RouteLeg| Leg { group: leg.member.group.clone(), only: leg.only.clone() };
        let legs: Vec<Leg> = route.legs.iter().map(way).collect();
        // Where there is no choice, nothing needs to be remembered.
        let choice = legs.iter().map(|leg| leg.group.size()).sum::<usize>() > 1;
        let loads = request.has_attachments().then(Rc::default);
        let conversation = if choice { conversation::of(&request) } else { None };
        Self {
            client,
            registry: Arc::clone(&gateway.registry),
            request,
            janitor: gateway.janitor.clone(),
            rolls: gateway.rolls.clone(),
            desk: Arc::clone(&gateway.desk),
            loads,
            legs: route.legs,
            wanted: Wanted { legs, conversation },
            serials: Vec::new(),
            tried: Tried::default(),
            refusal: None,
            attempts: 0,
            again: false,
            lease: None,
            leg: 0,
            account: None,
            hearing: Hearing::new(),
            excused: false,
            needs: Needs::default(),
            instead: Instead::default(),
            asked: None,
            dropped: 0,
            line,
        }
    }

    /// Who was asked.
    pub fn trail(&self) -> Trail<'_> {
        Trail { account: self.id(), attempts: self.attempts, dropped: self.dropped }
    }

    /// The id of the account that was asked last; empty before the first.
    fn id(&self) -> &str {
        self.account.as_deref().map_or("", |account| &account.id)
    }

    /// What the client wants.
    pub fn request(&self) -> &ChatRequest {
        &self.request
    }

    /// What was asked of the upstream.
    pub fn asked(&self) -> &ChatRequest {
        self.asked.as_ref().unwrap_or(&self.request)
    }

    /// The steps that stand in for what the provider of this attempt lacks.
    pub fn emulators(&self) -> Vec<Box<dyn Stage>> {
        if self.needs.any() { emulation::stages(&self.request, self.needs, self.instead.is_kept()) } else { Vec::new() }
    }

    /// Whose turn it is.
    pub fn next(&mut self) -> Step {
        if self.attempts >= MOST_ATTEMPTS && !self.again {
            return Step::Over;
        }
        match self.registry.pool.take(&self.wanted, &self.serials) {
            Taken::Granted(granted) => Step::Attempt(Box::new(self.attempt(granted))),
            Taken::Queued(queued) => Step::Wait(queued),
            Taken::Denied(denied) => {
                self.denied(&denied);
                Step::Over
            }
        }
    }

    /// The attempt that a lease allows.
    pub fn attempt(&mut self, granted: Granted) -> Attempt {
        let Granted { lease, leg } = granted;
        let again = std::mem::take(&mut self.again);
        self.attempts += usize::from(!again);
        self.leg = leg;
        self.serials.push(lease.serial());
        let account = Arc::clone(lease.account());
        self.account = Some(Arc::clone(&account));
        self.lease = Some(lease);
        self.hearing = Hearing::new();
        let way = &self.legs[leg];
        self.line.ask(way);
        self.needs = Needs::of(&self.request, &way.member.provider.abilities());
        (self.asked, self.dropped) = (None, 0);
        if self.attempts > 1 && !again {
            way.member.outcomes.failover();
        }
        Attempt {
            client: self.client.clone(),
            registry: Arc::clone(&self.registry),
            member: Arc::clone(&way.member),
            account,
            request: Arc::clone(&self.request),
            model: way.model.clone(),
            janitor: self.janitor.clone(),
            desk: Arc::clone(&self.desk),
            loads: self.loads.clone(),
            needs: self.needs,
        }
    }

    /// Nobody is free: notes why.
    pub fn denied(&mut self, denied: &Denied) {
        for (account, fault) in blame::waiting(denied) {
            self.tried.add(&account, fault);
        }
        if denied.busy > 0 {
            self.tried.add("", blame::busy(denied));
        }
    }

    /// An upstream answers to what was `prepared`; what it set as cookies is handed on.
    pub fn opened(&mut self, set_cookies: Vec<String>, prepared: Prepared) {
        (self.asked, self.dropped) = (prepared.request, prepared.dropped);
        if let Some(lease) = self.lease.as_ref().filter(|_| !set_cookies.is_empty()) {
            self.rolls.hand_in(&self.legs[self.leg].member, lease.account(), set_cookies);
        }
    }

    /// What an upstream said.
    pub fn heard(&mut self, decoded: &[Decoded], now: Instant) {
        if self.hearing.hear(decoded, now)
            && let Some(lease) = &self.lease
        {
            lease.prove();
            self.line.heard(now);
            // Seldom is anybody else asked from now on; then it is loaded again.
            self.loads = None;
        }
    }

    /// Whether the upstream has begun to answer.
    pub const fn has_spoken(&self) -> bool {
        self.hearing.first_token.is_some()
    }

    /// The attempt failed. Says whether another account may do better.
    pub fn failed(&mut self, fault: Fault) -> bool {
        let moves_on = fault.moves_on();
        let mut fault = match &self.lease {
            Some(lease) => blame::redact(fault, lease.account()),
            None => fault,
        };
        // A model that this provider does not have may be had from the next one.
        if fault.kind == FaultKind::ModelNotFound && self.legs.len() > 1 && self.lease.is_some() {
            self.refused(fault);
            return true;
        }
        let blamed = self.lease.as_ref().and_then(|lease| blame::blame(&fault, lease.account()));
        let blamed = blamed.filter(|_| !self.excused);
        if self.lease.is_some() {
            let came_to = if blamed.is_some() { CameTo::Failed } else { CameTo::Refused };
            self.settle(blamed.map(Outcome::Failed), came_to);
            if fault.kind == (FaultKind::Rate { retry_after: None }) {
                fault.kind = FaultKind::Rate { retry_after: blame::rest(&self.registry.pool, self.id()) };
            }
            self.tried.add(self.account.as_deref().map_or("", |account| &account.id), fault);
        } else {
            self.tried.add("", fault);
        }
        moves_on
    }

    /// What ends the attempt is our own rule, and blames no account.
    pub const fn excuse(&mut self) {
        self.excused = true;
    }

    /// The provider cannot do what is asked, whichever account it is asked with.
    pub fn refused(&mut self, fault: Fault) {
        self.settle(None, CameTo::Refused);
        // An attempt whose answer was asked for once more was one all the same.
        self.attempts -= usize::from(!self.instead.is_kept());
        self.legs.remove(self.leg);
        self.wanted.legs.remove(self.leg);
        self.refusal.get_or_insert(fault);
    }
}
