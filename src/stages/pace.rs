//! Keeps a stream from falling silent: an early beginning, then heartbeats.

use std::time::Duration;

use tokio::time::Instant;

use super::{Flow, Pulse, Stage};
use crate::chat::{ChatRequest, Decoded, Fault};
use crate::config::Limits;

/// How long an upstream's fault can still get its own HTTP status. Clients give up when they see no headers: NextChat
/// after 60 s, some edges sooner.
const EARLY_HEAD: Duration = Duration::from_secs(5);

/// For streams only: a whole answer has nothing to say before its end.
pub fn stage(request: &ChatRequest, limits: &Limits, now: Instant) -> Option<Box<dyn Stage>> {
    request.stream.then(|| Box::new(Pace::new(now, limits.heartbeat)) as Box<dyn Stage>)
}

#[derive(Debug)]
struct Pace {
    every: Duration,
    due: Instant,
    opened: bool,
}

impl Pace {
    fn new(now: Instant, every: Duration) -> Self {
        Self { every, due: now + EARLY_HEAD, opened: false }
    }
}

impl Stage for Pace {
    fn push(&mut self, decoded: Decoded, now: Instant, out: &mut Vec<Decoded>) -> Result<Flow, Fault> {
        // What is no output is kept back by the dialect until there is some, so it does not break the silence.
        if decoded.is_output() {
            self.opened = true;
            self.due = now + self.every;
        }
        out.push(decoded);
        Ok(Flow::On)
    }

    fn due(&self) -> Option<Instant> {
        Some(self.due)
    }

    fn tick(&mut self, now: Instant) -> Pulse {
        if now < self.due {
            return Pulse::Nothing;
        }
        self.due = now + self.every;
        if std::mem::replace(&mut self.opened, true) { Pulse::Heartbeat } else { Pulse::Open }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Event;

    #[test]
    fn opens_early_once_then_beats_after_silence_only() {
        let start = Instant::now();
        let at = |secs| start + Duration::from_secs(secs);
        let mut pace = Pace::new(start, Duration::from_secs(12));
        assert_eq!(pace.tick(at(4)), Pulse::Nothing);
        assert_eq!(pace.tick(at(5)), Pulse::Open);
        assert_eq!(pace.tick(at(17)), Pulse::Heartbeat);
        pace.push(Decoded::event(Event::Text("x".into())), at(20), &mut Vec::new()).unwrap();
        assert_eq!(pace.tick(at(29)), Pulse::Nothing);
        assert_eq!((pace.due(), pace.tick(at(32))), (Some(at(32)), Pulse::Heartbeat));
    }
}
