//! The steps that an answer's events pass on their way to the client's dialect, and what is on its way between them.

use tokio::time::Instant;

use crate::chat::{Decoded, Fault};
use crate::stages::{Finish, Flow, Pulse, Stage, Uncounted};

/// The steps of one answer.
pub struct Pipeline {
    /// What stands in for what the provider of this attempt lacks; events pass it first.
    emulators: Vec<Box<dyn Stage>>,
    stages: Vec<Box<dyn Stage>>,
    /// What was decoded and has not passed yet.
    pub decoded: Vec<Decoded>,
    /// What a step has passed on of it.
    passed: Vec<Decoded>,
}

impl Pipeline {
    /// The steps that stay from the first attempt to the last.
    pub fn new(stages: Vec<Box<dyn Stage>>) -> Self {
        // One by one is how events come, and there may be thousands of answers: room for four is not taken in advance.
        let (decoded, passed) = (Vec::with_capacity(1), Vec::with_capacity(1));
        Self { emulators: Vec::new(), stages, decoded, passed }
    }

    /// Another attempt begins, for which these stand in.
    pub fn begin(&mut self, emulators: Vec<Box<dyn Stage>>) {
        self.emulators = emulators;
    }

    /// Nothing of the answer was output yet, so that another one may take its place.
    pub fn restart(&mut self) {
        self.decoded.clear();
        self.passed.clear();
        self.stages.iter_mut().for_each(|stage| stage.restart());
    }

    /// Sends what was decoded through the steps, beginning with step `from`, to `write`. Says whether that was enough of
    /// the answer.
    pub fn pass_on(&mut self, from: usize, now: Instant, write: impl FnMut(Decoded)) -> Result<bool, Fault> {
        let mut enough = false;
        for stage in self.emulators.iter_mut().chain(&mut self.stages).skip(from) {
            for one in self.decoded.drain(..) {
                enough |= stage.push(one, now, &mut self.passed)? == Flow::Enough;
            }
            std::mem::swap(&mut self.decoded, &mut self.passed);
        }
        self.decoded.drain(..).for_each(write);
        Ok(enough)
    }

    /// How many steps there are.
    pub fn len(&self) -> usize {
        self.emulators.len() + self.stages.len()
    }

    /// Tells step `at` that the answer has ended; what it still has to say waits to be passed on.
    pub fn finish(&mut self, at: usize) -> Result<Finish, Fault> {
        let stage = self.emulators.iter_mut().chain(&mut self.stages).nth(at);
        stage.map_or(Ok(Finish::Whole), |stage| stage.finish(&mut self.decoded))
    }

    /// When a step wants to act even if the upstream is silent.
    pub fn due(&self) -> Option<Instant> {
        self.stages.iter().filter_map(|stage| stage.due()).min()
    }

    /// The time has come; each step says what is to be written.
    pub fn tick(&mut self, now: Instant) -> impl Iterator<Item = Pulse> {
        self.stages.iter_mut().map(move |stage| stage.tick(now))
    }

    /// The answer, if its tokens must be counted.
    pub fn uncounted(&mut self) -> Option<Uncounted> {
        self.stages.iter_mut().find_map(|stage| stage.uncounted())
    }
}
