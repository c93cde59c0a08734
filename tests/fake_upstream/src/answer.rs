//! An answer before it is sent: its head, its frames, and the script by which they go out.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::scenario::Plan;

/// One event of a stream, or one part of a body. The three parts let a cumulative answer share
/// one buffer of text among all its frames: no frame of a long benchmark stream is copied.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub lead: Bytes,
    pub body: Bytes,
    pub tail: Bytes,
}

impl Frame {
    pub fn whole(body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }

    pub fn len(&self) -> usize {
        self.lead.len() + self.body.len() + self.tail.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn to_bytes(&self) -> Bytes {
        if self.lead.is_empty() && self.tail.is_empty() {
            return self.body.clone();
        }
        [&self.lead[..], &self.body, &self.tail].concat().into()
    }
}

#[derive(Clone, Debug)]
pub struct Head {
    pub status: u16,
    pub content_type: String,
    pub headers: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Framing {
    /// A stream: the client cannot know where it ends.
    Chunked,
    /// A body of known length.
    Length,
}

pub type Further = Arc<dyn Fn(usize) -> Frame + Send + Sync>;

/// For the answers that no plan makes endless.
pub fn nothing_further() -> Further {
    Arc::new(|_| Frame::default())
}

#[derive(Clone)]
pub struct Answer {
    pub head: Head,
    pub framing: Framing,
    pub frames: Arc<[Frame]>,
    /// How many frames of a stream are "some output" for the scenarios that break off inside.
    pub some: usize,
    /// The n-th further frame of an answer that never ends.
    pub further: Further,
}

pub const EVENT_STREAM: &str = "text/event-stream;charset=UTF-8";
pub const JSON: &str = "application/json";
pub const HTML: &str = "text/html;charset=UTF-8";

impl Answer {
    pub fn stream(frames: impl Into<Arc<[Frame]>>, some: usize, further: Further) -> Self {
        Self {
            head: Head {
                status: 200,
                content_type: EVENT_STREAM.to_owned(),
                headers: vec![("Cache-Control".into(), "no-cache".into())],
            },
            framing: Framing::Chunked,
            frames: frames.into(),
            some,
            further,
        }
    }

    /// A body of known length.
    pub fn body(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            head: Head { status, content_type: content_type.to_owned(), headers: Vec::new() },
            framing: Framing::Length,
            frames: [Frame::whole(body)].into(),
            some: 0,
            further: nothing_further(),
        }
    }

    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::body(status, JSON, body.to_string())
    }

    pub fn retry_after(mut self, seconds: Option<u64>) -> Self {
        let header = seconds.map(|seconds| ("Retry-After".to_owned(), seconds.to_string()));
        self.head.headers.extend(header);
        self
    }

    pub fn cookie(mut self, cookie: &str) -> Self {
        self.head.headers.push(("Set-Cookie".to_owned(), cookie.to_owned()));
        self
    }

    pub fn length(&self) -> usize {
        self.frames.iter().map(Frame::len).sum()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The response head; it leaves together with the first frame, or before a pause.
    Head,
    Frames(Range<usize>),
    /// The first half of a body of known length.
    HalfBody,
    /// Bytes that belong to no frame of the answer.
    Raw(&'static [u8]),
    Wait(Duration),
    /// Silence until the client leaves.
    Hang,
    /// A further frame at every tick, for ever.
    Endless(Duration),
    /// The body's proper end; the connection stays.
    End,
    /// The connection closes, whatever was promised.
    Close,
    /// The connection is reset.
    Reset,
}

/// What was written just before must have left before a reset, which drops what is queued.
const BEFORE_RESET: Step = Step::Wait(Duration::from_millis(30));
const TICK: Duration = Duration::from_millis(20);
const NO_JSON: &[u8] = b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\n\n";

/// The order in which an answer goes out where nothing misbehaves.
pub fn whole(answer: &Answer) -> Vec<Step> {
    vec![Step::Head, Step::Frames(0..answer.frames.len()), Step::End]
}

/// The order in which an answer goes out under a plan.
pub fn script(plan: &Plan, answer: &Answer) -> Vec<Step> {
    let whole = whole(answer);
    let streamed = answer.framing == Framing::Chunked;
    let some = if streamed { Step::Frames(0..answer.some) } else { Step::HalfBody };
    match plan {
        Plan::ResetBefore => vec![Step::Reset],
        Plan::ResetAfterHeaders => vec![Step::Head, BEFORE_RESET, Step::Reset],
        Plan::ResetMid => vec![Step::Head, some, BEFORE_RESET, Step::Reset],
        Plan::StallBefore => vec![Step::Hang],
        Plan::StallHeaders => vec![Step::Head, Step::Hang],
        Plan::Endless if streamed => vec![Step::Head, some, Step::Endless(TICK)],
        Plan::StallMid | Plan::Hold | Plan::Endless => vec![Step::Head, some, Step::Hang],
        Plan::SlowFirst(delay) => [&[Step::Head, Step::Wait(*delay)], &whole[1..]].concat(),
        Plan::Malformed if streamed => vec![Step::Head, some, Step::Raw(NO_JSON), Step::End],
        Plan::Truncated if streamed => vec![Step::Head, some, Step::End],
        Plan::Truncated => vec![Step::Head, some, Step::Close],
        _ => whole,
    }
}
