//! What lies between a provider's events and the client's dialect: small steps that see every event in order.
//!
//! Some stay with an answer from its beginning to its end. Others stand in for what a provider lacks
//! ([`emulation`]): they are made anew for each attempt, and come first.

pub mod emulation;
mod held;
mod json;
mod length;
mod pace;
mod stop;
mod tally;
mod tools;

use tokio::time::Instant;

use crate::chat::{ChatRequest, Decoded, Fault};
use crate::config::Limits;

pub use tally::Uncounted;

/// Makes the step of one answer, or none where the answer has no need of it.
pub type Maker = fn(&ChatRequest, &Limits, Instant) -> Option<Box<dyn Stage>>;

/// Every step that stays with its answer, in the order in which events pass them.
pub const STAGES: &[Maker] = &[tally::stage, pace::stage];

/// One step of an answer's way. A step that changes what is said takes the frame's own bytes away.
pub trait Stage {
    /// Takes what a frame said and passes on what shall be said.
    ///
    /// # Errors
    /// If the answer must not go on.
    fn push(&mut self, decoded: Decoded, now: Instant, out: &mut Vec<Decoded>) -> Result<Flow, Fault>;

    /// The upstream's answer is whole, or there was enough of it.
    ///
    /// # Errors
    /// If it is not what was asked for.
    fn finish(&mut self, _out: &mut Vec<Decoded>) -> Result<Finish, Fault> {
        Ok(Finish::Whole)
    }

    /// Another upstream begins the answer anew; nothing of it was output yet.
    fn restart(&mut self) {}

    /// When the step wants to act even if the upstream is silent.
    fn due(&self) -> Option<Instant> {
        None
    }

    /// The time has come; says what is to be written.
    fn tick(&mut self, _now: Instant) -> Pulse {
        Pulse::Nothing
    }

    /// The answer's text, if its tokens must be counted because the upstream did not.
    fn uncounted(&mut self) -> Option<Uncounted> {
        None
    }
}

/// Whether more of an answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It is.
    On,
    /// It is not: the step has passed on an end, and the upstream need not go on.
    Enough,
}

/// What a step makes of an answer that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// It stands.
    Whole,
    /// It is not what was asked for, and nothing of it was passed on: the model is to be asked once more.
    Again(Correction),
}

/// What the model said, and what it is told about it.
#[derive(Clone, PartialEq, Eq)]
pub struct Correction {
    /// What it said.
    pub said: String,
    /// What is wanted instead.
    pub wanted: String,
    /// What its client is told if nothing better can be had.
    pub instead: String,
}

/// Texts of conversations appear in no log.
impl std::fmt::Debug for Correction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Correction({} bytes)", self.said.len())
    }
}

/// What a silent stream says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulse {
    /// Nothing.
    Nothing,
    /// Its beginning.
    Open,
    /// That it is still there.
    Heartbeat,
}
