//! The one driver: carries an answer from upstreams to a client, event by event.
//!
//! Another account is tried only while no output reached the client. From then on a failure ends the answer with an
//! error, never with a second answer's text.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec::IntoIter;

use bytes::{Bytes, BytesMut};
use futures_util::future::LocalBoxFuture;
use tokio::time::Instant;
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::attempt::{self, Opened};
use super::clock::{Clock, Scope};
use super::janitor::Janitor;
use super::summary::Tried;
use super::{Gateway, Member, Permit, Route};
use crate::accounts::Account;
use crate::chat::{AnswerWriter, ChatRequest, Decoded, Event, Fault, FaultKind, Usage};
use crate::providers::Ending;
use crate::stages::{Pulse, Stage};
use crate::tokens;
use crate::upstream::Client;

/// An answer on its way. Dropping it closes the upstream's connection and gives back the lease.
pub struct Reply {
    client: Client,
    request: Arc<ChatRequest>,
    member: Arc<Member>,
    model: Option<Arc<str>>,
    accounts: IntoIter<Arc<Account>>,
    account: String,
    janitor: Janitor,
    writer: Box<dyn AnswerWriter>,
    stages: Vec<Box<dyn Stage>>,
    phase: Phase,
    clock: Clock,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
    tried: Tried,
    /// Whether a part of the answer was written: nothing is retried any more.
    output: bool,
    /// Whether bytes were handed out: the response's status is settled.
    begun: bool,
    owner: bool,
    out: BytesMut,
    /// What was decoded and not yet written, and what a stage has passed on of it.
    scratch: Vec<Decoded>,
    passed: Vec<Decoded>,
    _permit: Permit,
}

enum Phase {
    Next,
    Opening(LocalBoxFuture<'static, Result<Opened, Fault>>),
    Reading(Opened),
    Over,
}

enum Signal {
    Opened(Result<Opened, Fault>),
    Piece(Option<Result<Bytes, Fault>>),
    Tick,
    Cut,
}

impl Reply {
    pub(super) fn new(
        gateway: &Gateway,
        client: Client,
        request: ChatRequest,
        route: Route,
        writer: Box<dyn AnswerWriter>,
        owner: bool,
        permit: Permit,
    ) -> Self {
        let now = Instant::now();
        let stages = gateway.stages.iter().filter_map(|make| make(&request, &gateway.limits, now)).collect();
        Self {
            client,
            request: Arc::new(request),
            member: route.member,
            model: route.model.map(Into::into),
            accounts: route.accounts.into_iter(),
            account: String::new(),
            janitor: gateway.janitor.clone(),
            writer,
            stages,
            phase: Phase::Next,
            clock: Clock::new(now, &gateway.limits),
            cut: Box::pin(permit.cut().cancelled_owned()),
            tried: Tried::default(),
            output: false,
            begun: false,
            owner,
            out: BytesMut::new(),
            scratch: Vec::new(),
            passed: Vec::new(),
            _permit: permit,
        }
    }

    /// The next bytes for the client; `None` after the last. An error comes only before the first bytes; later ones
    /// are told in the stream itself.
    pub async fn next(&mut self) -> Option<Result<Bytes, Fault>> {
        while self.out.is_empty() {
            let result = match &self.phase {
                Phase::Over => return None,
                Phase::Next => self.begin_attempt(),
                _ => {
                    let signal = poll_fn(|cx| self.poll_signal(cx)).await;
                    self.handle(signal).await
                }
            };
            if let Err(fault) = result
                && let Some(told) = self.fail(fault)
            {
                return Some(Err(told));
            }
        }
        self.begun = true;
        Some(Ok(self.out.split().freeze()))
    }

    fn begin_attempt(&mut self) -> Result<(), Fault> {
        let Some(account) = self.accounts.next() else {
            return Err(Fault::new(FaultKind::Internal, "No account is left to try."));
        };
        self.account.clone_from(&account.id);
        self.clock.attempt(Instant::now());
        let opening = attempt::open(
            self.client.clone(),
            Arc::clone(&self.member),
            account,
            Arc::clone(&self.request),
            self.model.clone(),
            self.janitor.clone(),
        );
        self.phase = Phase::Opening(Box::pin(opening));
        Ok(())
    }

    fn poll_signal(&mut self, cx: &mut Context<'_>) -> Poll<Signal> {
        let polled = match &mut self.phase {
            Phase::Opening(opening) => opening.as_mut().poll(cx).map(Signal::Opened),
            Phase::Reading(opened) => opened.poll_next(cx).map(Signal::Piece),
            Phase::Next | Phase::Over => Poll::Pending,
        };
        if polled.is_ready() {
            return polled;
        }
        if self.cut.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Signal::Cut);
        }
        let due = self.stages.iter().filter_map(|stage| stage.due()).min();
        self.clock.poll(due, cx).map(|()| Signal::Tick)
    }

    async fn handle(&mut self, signal: Signal) -> Result<(), Fault> {
        match signal {
            Signal::Opened(opened) => {
                self.phase = Phase::Reading(opened?);
                Ok(())
            }
            Signal::Piece(Some(Ok(bytes))) => self.piece(&bytes).await,
            Signal::Piece(None) => self.complete().await,
            // An answer that is whole stays whole, however its connection ends.
            Signal::Piece(Some(Err(_))) if self.clock.is_closing() => self.complete().await,
            Signal::Piece(Some(Err(fault))) => Err(fault),
            Signal::Tick => self.tick().await,
            Signal::Cut => {
                self.accounts = Vec::new().into_iter();
                Err(Fault::new(FaultKind::Stopping, "The service is restarting; the answer is not whole."))
            }
        }
    }

    async fn piece(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let Phase::Reading(opened) = &mut self.phase else { return Ok(()) };
        let pushed = opened.decoder.push(bytes, &mut self.scratch);
        let ending = opened.decoder.ending();
        let now = Instant::now();
        self.pass_on(0, now)?;
        self.clock.heard(now, self.output);
        pushed?;
        if self.clock.is_over(now) {
            return self.tick().await;
        }
        match ending {
            Ending::Open => {
                self.clock.reopen(now);
                Ok(())
            }
            // Of several answers the next may only be about to begin.
            Ending::Closing if self.request.choices > 1 => Ok(()),
            Ending::Closing => {
                self.clock.closing(now);
                Ok(())
            }
            Ending::Closed => self.complete().await,
        }
    }

    /// Sends what was decoded through the stages, beginning with stage `from`, to the client.
    fn pass_on(&mut self, from: usize, now: Instant) -> Result<(), Fault> {
        for stage in &mut self.stages[from..] {
            for one in self.scratch.drain(..) {
                stage.push(one, now, &mut self.passed)?;
            }
            std::mem::swap(&mut self.scratch, &mut self.passed);
        }
        for one in self.scratch.drain(..) {
            // After an end, too, nothing of another upstream may follow.
            self.output |= one.is_output() || one.events.iter().any(|event| matches!(event, Event::Done(_)));
            self.writer.write(one, &mut self.out);
        }
        Ok(())
    }

    async fn complete(&mut self) -> Result<(), Fault> {
        let Phase::Reading(mut opened) = std::mem::replace(&mut self.phase, Phase::Over) else { return Ok(()) };
        let finished = opened.decoder.finish(&mut self.scratch);
        let now = Instant::now();
        self.pass_on(0, now)?;
        finished?;
        opened.release();
        for at in 0..self.stages.len() {
            self.stages[at].finish(&mut self.scratch)?;
            self.pass_on(at + 1, now)?;
        }
        if let Some(answer) = self.stages.iter_mut().find_map(|stage| stage.uncounted()) {
            let usage = self.count(answer).await;
            self.writer.write(Decoded::event(Event::Usage(usage)), &mut self.out);
        }
        self.writer.finish(&mut self.out);
        Ok(())
    }

    async fn count(&self, answer: String) -> Usage {
        let mut texts: Vec<String> = self.request.messages.iter().map(|message| message.content.text()).collect();
        texts.push(answer);
        let mut counts = tokens::count(texts).await;
        let completion = counts.pop().unwrap_or(0);
        let around = tokens::PER_MESSAGE * self.request.messages.len() as u64 + tokens::ANSWER_OPENER;
        Usage { prompt: counts.iter().sum::<u64>() + around, completion, ..Usage::default() }
    }

    async fn tick(&mut self) -> Result<(), Fault> {
        let now = Instant::now();
        if let Some((fault, scope)) = self.clock.verdict(now) {
            if self.clock.is_closing() {
                return self.complete().await;
            }
            if scope == Scope::Answer {
                self.accounts = Vec::new().into_iter();
            }
            return Err(fault);
        }
        // What is already whole need not say that it is still there.
        let stages = if self.clock.is_closing() { &mut [] } else { self.stages.as_mut_slice() };
        for stage in stages {
            match stage.tick(now) {
                Pulse::Nothing => {}
                Pulse::Open => self.writer.open(&mut self.out),
                Pulse::Heartbeat => self.writer.heartbeat(&mut self.out),
            }
        }
        Ok(())
    }

    /// Moves on to the next account, or ends the answer; returns the fault if the response's status can still say it.
    fn fail(&mut self, fault: Fault) -> Option<Fault> {
        self.scratch.clear();
        self.passed.clear();
        let moves_on = fault.moves_on() && !self.output && !self.accounts.as_slice().is_empty();
        self.tried.add(&self.account, fault);
        if moves_on {
            self.stages.iter_mut().for_each(|stage| stage.restart());
            self.phase = Phase::Next;
            return None;
        }
        self.phase = Phase::Over;
        log::warn!("an answer failed: {}", self.tried.log_line());
        let fault = std::mem::take(&mut self.tried).summary();
        if !self.begun && self.out.is_empty() {
            return Some(fault);
        }
        self.writer.fault(&fault, self.owner, &mut self.out);
        None
    }
}
