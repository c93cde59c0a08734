//! The one driver: carries an answer from upstreams to a client, event by event.
//!
//! Another account is tried only while no output reached the client. From then on a failure ends the answer with an
//! error, never with a second answer's text.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_util::future::LocalBoxFuture;
use tokio::time::Instant;

use super::accounting::Ticket;
use super::attempt::{Attempt, NotOpened};
use super::clock::{Clock, Scope};
use super::cut::cut;
use super::phase::{Phase, Signal};
use super::pipeline::Pipeline;
use super::trials::{Step, Trials};
use super::{Gateway, Permit, Route, Trail, counting};
use crate::chat::{AnswerWriter, ChatRequest, Decoded, Event, Fault};
use crate::providers::Ending;
use crate::stages::{Finish, Pulse};
use crate::upstream::Client;

/// An answer on its way. Dropping it closes the upstream's connection and gives back the lease.
pub struct Reply {
    trials: Trials,
    writer: Box<dyn AnswerWriter>,
    pipeline: Pipeline,
    phase: Phase,
    clock: Clock,
    cut: LocalBoxFuture<'static, Fault>,
    /// Whether a part of the answer was written: nothing is retried any more.
    output: bool,
    /// Whether no other account is tried, whatever happens.
    last: bool,
    /// Whether bytes were handed out: the response's status is settled.
    begun: bool,
    owner: bool,
    /// The fault that the response's status has to say.
    told: Option<Fault>,
    out: BytesMut,
    _permit: Permit,
}

impl Reply {
    pub(super) fn new(
        gateway: &Gateway,
        client: Client,
        request: Arc<ChatRequest>,
        route: Route,
        writer: Box<dyn AnswerWriter>,
        ticket: Ticket,
    ) -> Self {
        let Ticket { permit, asker, line } = ticket;
        let now = Instant::now();
        let stages = gateway.stages.iter().filter_map(|make| make(&request, &gateway.limits, now)).collect();
        let trials = Trials::new(gateway, client, request, route, line);
        Self {
            trials,
            writer,
            pipeline: Pipeline::new(stages),
            phase: Phase::Next,
            clock: Clock::new(now, &gateway.limits),
            cut: cut(&permit, asker.key.as_deref()),
            output: false,
            last: false,
            begun: false,
            owner: asker.owner,
            told: None,
            out: BytesMut::new(),
            _permit: permit,
        }
    }

    /// The next bytes for the client; `None` after the last. Errors behind the first bytes are told in the stream.
    pub async fn next(&mut self) -> Option<Result<Bytes, Fault>> {
        while self.out.is_empty() {
            let result = match &self.phase {
                Phase::Over => return None,
                Phase::Next => {
                    self.begin_attempt();
                    Ok(())
                }
                _ => {
                    let signal = poll_fn(|cx| self.poll_signal(cx)).await;
                    self.handle(signal).await
                }
            };
            if let Err(fault) = result {
                self.fail(fault);
            }
            if let Some(told) = self.told.take() {
                return Some(Err(told));
            }
        }
        self.begun = true;
        Some(Ok(self.out.split().freeze()))
    }

    fn begin_attempt(&mut self) {
        match self.trials.next() {
            Step::Attempt(attempt) => self.open(*attempt),
            Step::Wait(queued) => {
                self.clock.wait();
                self.phase = Phase::Waiting(Box::pin(queued.granted()));
            }
            Step::Over => self.end_in_vain(),
        }
    }

    fn open(&mut self, attempt: Attempt) {
        self.clock.attempt(Instant::now());
        self.pipeline.begin(self.trials.emulators());
        self.phase = Phase::Opening(Box::pin(attempt.open()));
    }

    fn poll_signal(&mut self, cx: &mut Context<'_>) -> Poll<Signal> {
        let polled = self.phase.poll(cx);
        if polled.is_ready() {
            return polled;
        }
        if let Poll::Ready(why) = self.cut.as_mut().poll(cx) {
            return Poll::Ready(Signal::Cut(why));
        }
        self.clock.poll(self.pipeline.due(), cx).map(|()| Signal::Tick)
    }

    async fn handle(&mut self, signal: Signal) -> Result<(), Fault> {
        match signal {
            Signal::Granted(Ok(granted)) => {
                let attempt = self.trials.attempt(granted);
                self.open(attempt);
                Ok(())
            }
            Signal::Granted(Err(denied)) => {
                self.trials.denied(&denied);
                self.end_in_vain();
                Ok(())
            }
            Signal::Opened(Ok(mut opened)) => {
                self.trials.opened(std::mem::take(&mut opened.set_cookies), std::mem::take(&mut opened.prepared));
                self.phase = Phase::Reading(opened);
                Ok(())
            }
            Signal::Opened(Err(NotOpened::Refused(fault))) => {
                self.trials.refused(fault);
                self.phase = Phase::Next;
                Ok(())
            }
            Signal::Opened(Err(NotOpened::Failed(fault))) => Err(fault),
            Signal::Piece(Some(Ok(bytes))) => self.piece(&bytes).await,
            Signal::Piece(None) => self.complete().await,
            // An answer that is whole stays whole, however its connection ends.
            Signal::Piece(Some(Err(_))) if self.clock.is_closing() => self.complete().await,
            Signal::Piece(Some(Err(fault))) => Err(fault),
            Signal::Tick => self.tick().await,
            Signal::Cut(why) => {
                self.last = true;
                Err(why)
            }
        }
    }

    async fn piece(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let Phase::Reading(opened) = &mut self.phase else { return Ok(()) };
        let pushed = opened.decoder.push(bytes, &mut self.pipeline.decoded);
        let ending = opened.decoder.ending();
        let now = Instant::now();
        self.trials.heard(&self.pipeline.decoded, now);
        if self.pass_on(0, now)? {
            return self.conclude(now).await;
        }
        self.clock.heard(now, self.trials.has_spoken());
        pushed?;
        if self.clock.is_over(now) {
            return self.tick().await;
        }
        match ending {
            Ending::Open => self.clock.reopen(now),
            // Of several answers the next may only be about to begin.
            Ending::Closing if self.trials.request().choices > 1 => {}
            Ending::Closing => self.clock.closing(now),
            Ending::Closed => return self.complete().await,
        }
        Ok(())
    }

    /// Sends what was decoded through the steps, beginning with step `from`, to the client. Says whether that was enough
    /// of the answer.
    fn pass_on(&mut self, from: usize, now: Instant) -> Result<bool, Fault> {
        let Self { pipeline, writer, out, output, .. } = self;
        pipeline.pass_on(from, now, |one| {
            // After an end, too, nothing of another upstream may follow.
            *output |= one.is_output() || one.events.iter().any(|event| matches!(event, Event::Done(_)));
            writer.write(one, out);
        })
    }

    async fn complete(&mut self) -> Result<(), Fault> {
        let Phase::Reading(mut opened) = std::mem::replace(&mut self.phase, Phase::Over) else { return Ok(()) };
        let finished = opened.decoder.finish(&mut self.pipeline.decoded);
        let now = Instant::now();
        self.trials.heard(&self.pipeline.decoded, now);
        if !self.pass_on(0, now)? {
            finished?;
            opened.release();
        }
        self.conclude(now).await
    }

    /// Ends an answer of which everything that is wanted has come. What more the upstream has to say is cut off.
    async fn conclude(&mut self, now: Instant) -> Result<(), Fault> {
        self.phase = Phase::Over;
        for at in 0..self.pipeline.len() {
            match self.pipeline.finish(at)? {
                Finish::Whole => drop(self.pass_on(at + 1, now)?),
                Finish::Again(correction) => {
                    self.begin_anew();
                    self.trials.again(correction);
                    return Ok(());
                }
            }
        }
        if let Some(answer) = self.pipeline.uncounted() {
            let usage = Box::pin(counting::usage(self.trials.asked(), answer)).await;
            self.trials.counted(usage);
            self.writer.write(Decoded::event(Event::Usage(usage)), &mut self.out);
        }
        self.writer.finish(&mut self.out);
        self.trials.answered();
        Ok(())
    }

    async fn tick(&mut self) -> Result<(), Fault> {
        let now = Instant::now();
        if let Some((fault, scope)) = self.clock.verdict(now) {
            if self.clock.is_closing() {
                // Seldom: every answer that is read would be larger by this otherwise.
                return Box::pin(self.complete()).await;
            }
            if scope == Scope::Answer {
                self.last = true;
                if self.trials.has_spoken() {
                    self.trials.excuse();
                }
            }
            return Err(fault);
        }
        // What is already whole need not say that it is still there.
        if self.clock.is_closing() {
            return Ok(());
        }
        for pulse in self.pipeline.tick(now) {
            match pulse {
                Pulse::Nothing => {}
                Pulse::Open => self.writer.open(&mut self.out),
                Pulse::Heartbeat => self.writer.heartbeat(&mut self.out),
            }
        }
        Ok(())
    }

    /// Moves on to the next account, or ends the answer.
    fn fail(&mut self, fault: Fault) {
        let moves_on = self.trials.failed(fault) && !self.output && !self.last;
        if moves_on { self.begin_anew() } else { self.end_in_vain() }
    }

    /// Nothing of the answer was output yet, so that another one may take its place.
    fn begin_anew(&mut self) {
        self.pipeline.restart();
        self.phase = Phase::Next;
    }

    /// Ends the answer with what became of all attempts: as the response's status if that can still be said, else in
    /// the stream.
    fn end_in_vain(&mut self) {
        self.phase = Phase::Over;
        if let Some(said) = self.trials.instead(self.output) {
            said.into_iter().for_each(|one| self.writer.write(one, &mut self.out));
            return self.writer.finish(&mut self.out);
        }
        let fault = self.trials.verdict(self.output);
        if !self.begun && self.out.is_empty() {
            self.told = Some(fault);
        } else {
            self.writer.fault(&fault, self.owner, &mut self.out);
        }
    }

    /// Who was asked.
    pub fn trail(&self) -> Trail<'_> {
        self.trials.trail()
    }
}
