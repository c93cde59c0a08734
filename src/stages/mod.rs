//! What lies between a provider's events and the client's dialect: small steps that see every event in order.

mod pace;
mod tally;
pub mod tools;

use tokio::time::Instant;

use crate::chat::{ChatRequest, Decoded, Fault};
use crate::config::Limits;

/// Makes the step of one answer, or none where the answer has no need of it.
pub type Maker = fn(&ChatRequest, &Limits, Instant) -> Option<Box<dyn Stage>>;

/// Every step, in the order in which events pass them.
pub const STAGES: &[Maker] = &[tally::stage, pace::stage];

/// One step of an answer's way. A step that changes what is said takes the frame's own bytes away.
pub trait Stage {
    /// Takes what a frame said and passes on what shall be said.
    ///
    /// # Errors
    /// If the answer must not go on.
    fn push(&mut self, decoded: Decoded, now: Instant, out: &mut Vec<Decoded>) -> Result<(), Fault>;

    /// The upstream's answer is whole.
    ///
    /// # Errors
    /// If it is not what was asked for.
    fn finish(&mut self, _out: &mut Vec<Decoded>) -> Result<(), Fault> {
        Ok(())
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
    fn uncounted(&mut self) -> Option<String> {
        None
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
