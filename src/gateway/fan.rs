//! Several answers to one request, where a provider makes one at a time: each is asked for by itself, under a lease of
//! its own, and all are written as one.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;

use super::accounting::Slip;
use super::{Reply, Trail};
use crate::chat::{AnswerWriter, Decoded, Event, Fault, Usage};

/// How many answers of one request are under way at the same time; the others wait for their turn.
pub const MOST_AT_ONCE: usize = 4;

/// What the answers have said and is not written yet.
type Heard = Rc<RefCell<VecDeque<Said>>>;

enum Said {
    Decoded(Decoded),
    /// What the answer of this index has used; of several counts of one answer the last one holds.
    Usage(u32, Usage),
    Open,
    Heartbeat,
    Fault(Fault),
}

/// Hands on what one answer says, as that of choice `index`.
pub struct Relay {
    index: u32,
    heard: Heard,
}

/// One of the answers.
struct Lane {
    index: usize,
    reply: Reply,
}

type Came = (Lane, Option<Result<Bytes, Fault>>);

/// Several answers on their way. Dropping it ends them all.
pub struct Fan {
    writer: Box<dyn AnswerWriter>,
    running: FuturesUnordered<LocalBoxFuture<'static, Came>>,
    waiting: VecDeque<Lane>,
    heard: Heard,
    /// What each has used, as far as it was counted.
    usages: BTreeMap<u32, Usage>,
    /// Who answers each, and after how many attempts.
    trails: Vec<(String, usize)>,
    dropped: usize,
    owner: bool,
    begun: bool,
    over: bool,
    out: BytesMut,
    slip: Slip,
}

impl Fan {
    /// Asks for `count` answers, `at_once` at the same time; `reply` makes the one that speaks into a relay.
    ///
    /// # Errors
    /// If one of them cannot be begun.
    pub fn new(
        count: u32,
        at_once: usize,
        writer: Box<dyn AnswerWriter>,
        owner: bool,
        slip: Slip,
        mut reply: impl FnMut(Relay) -> Result<Reply, Fault>,
    ) -> Result<Self, Fault> {
        let heard = Heard::default();
        let lane = |index: u32| {
            let relay = Relay { index, heard: Rc::clone(&heard) };
            Ok(Lane { index: index as usize, reply: reply(relay)? })
        };
        let waiting = (0..count).map(lane).collect::<Result<VecDeque<_>, Fault>>()?;
        let mut fan = Self {
            writer,
            running: FuturesUnordered::new(),
            trails: vec![(String::new(), 0); waiting.len()],
            waiting,
            heard,
            usages: BTreeMap::new(),
            dropped: 0,
            owner,
            begun: false,
            over: false,
            out: BytesMut::new(),
            slip,
        };
        (0..at_once).for_each(|_| fan.start_next());
        Ok(fan)
    }

    fn start_next(&mut self) {
        if let Some(lane) = self.waiting.pop_front() {
            self.go_on(lane);
        }
    }

    fn go_on(&self, mut lane: Lane) {
        self.running.push(Box::pin(async move {
            let came = lane.reply.next().await;
            (lane, came)
        }));
    }

    /// The next bytes for the client; as [`Reply::next`].
    pub async fn next(&mut self) -> Option<Result<Bytes, Fault>> {
        while self.out.is_empty() {
            if self.over {
                return None;
            }
            let result = match self.running.next().await {
                Some(came) => self.came(came),
                None => {
                    self.finish();
                    Ok(())
                }
            };
            if let Err(fault) = result {
                self.slip.borrow_mut().failed(&fault);
                self.end();
                if !self.begun {
                    return Some(Err(fault));
                }
                self.writer.fault(&fault, self.owner, &mut self.out);
            }
        }
        self.begun = true;
        Some(Ok(self.out.split().freeze()))
    }

    fn came(&mut self, (lane, came): Came) -> Result<(), Fault> {
        let trail = lane.reply.trail();
        self.trails[lane.index] = (trail.account.to_owned(), trail.attempts);
        self.dropped = self.dropped.max(trail.dropped);
        match came.transpose()? {
            Some(_) => {
                self.go_on(lane);
                self.write()
            }
            None => {
                self.start_next();
                Ok(())
            }
        }
    }

    fn write(&mut self) -> Result<(), Fault> {
        let heard = std::mem::take(&mut *self.heard.borrow_mut());
        for said in heard {
            match said {
                Said::Decoded(decoded) => self.writer.write(decoded, &mut self.out),
                Said::Usage(index, usage) => drop(self.usages.insert(index, usage)),
                Said::Open => self.writer.open(&mut self.out),
                Said::Heartbeat => self.writer.heartbeat(&mut self.out),
                Said::Fault(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    fn finish(&mut self) {
        self.over = true;
        if let Some(usage) = std::mem::take(&mut self.usages).into_values().reduce(together) {
            self.writer.write(Decoded::event(Event::Usage(usage)), &mut self.out);
        }
        self.writer.finish(&mut self.out);
        self.slip.borrow_mut().answered();
    }

    /// Ends all of them; their accounts are free again.
    fn end(&mut self) {
        self.over = true;
        self.running.clear();
        self.waiting.clear();
    }

    /// The account of the first answer, and how many attempts all took.
    pub fn trail(&self) -> Trail<'_> {
        let known = self.trails.iter().find(|(account, _)| !account.is_empty());
        let account = known.map_or("", |(account, _)| account);
        let attempts = self.trails.iter().map(|(_, attempts)| attempts).sum();
        Trail { account, attempts, dropped: self.dropped }
    }
}

/// The question counts once, the answers together.
fn together(all: Usage, more: Usage) -> Usage {
    let sum = |a: Option<u64>, b: Option<u64>| a.map_or(b, |a| Some(a.saturating_add(b.unwrap_or(0))));
    Usage {
        prompt: all.prompt.max(more.prompt),
        completion: all.completion.saturating_add(more.completion),
        reasoning: sum(all.reasoning, more.reasoning),
        cached: all.cached.max(more.cached),
    }
}

impl Relay {
    /// A byte says that something was heard; what it was stands in the list.
    fn say(&self, said: Said, out: &mut BytesMut) {
        self.heard.borrow_mut().push_back(said);
        out.put_u8(b'.');
    }
}

impl AnswerWriter for Relay {
    fn write(&mut self, decoded: Decoded, out: &mut BytesMut) {
        for event in decoded.events {
            match event {
                // All answers are one completion, and the first one says which.
                Event::Start { .. } if self.index > 0 => {}
                Event::Usage(usage) => self.say(Said::Usage(self.index, usage), out),
                event => self.say(Said::Decoded(Decoded { choice: self.index, ..Decoded::event(event) }), out),
            }
        }
    }

    fn open(&mut self, out: &mut BytesMut) {
        self.say(Said::Open, out);
    }

    fn heartbeat(&mut self, out: &mut BytesMut) {
        self.say(Said::Heartbeat, out);
    }

    fn finish(&mut self, _: &mut BytesMut) {}

    fn fault(&mut self, fault: &Fault, _: bool, out: &mut BytesMut) {
        self.say(Said::Fault(fault.clone()), out);
    }
}
