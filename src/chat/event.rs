//! What an upstream answers, piece by piece.

use bytes::Bytes;
use smallvec::SmallVec;

/// One piece of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The upstream has begun: who it says it is. Not output; failing over is still allowed.
    Start {
        /// The upstream's id of this completion.
        id: Option<String>,
        /// Seconds since 1970.
        created: Option<i64>,
        /// The model that the upstream says it is.
        model: Option<String>,
    },
    /// More text of the answer.
    Text(String),
    /// More of the model's thinking.
    Reasoning(String),
    /// More of a tool call.
    ToolCall(ToolDelta),
    /// A picture, by its address.
    Image(String),
    /// A page that the answer draws on.
    Citation(Citation),
    /// The upstream's count of tokens.
    Usage(Usage),
    /// The answer is whole.
    Done(FinishReason),
}

impl Event {
    /// Whether a client that saw this has seen a part of the answer: from then on nothing is retried.
    pub const fn is_output(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Reasoning(_) | Self::ToolCall(_) | Self::Image(_) | Self::Citation(_))
    }
}

/// A piece of a tool call; `id` and `name` come with the call's first piece only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolDelta {
    /// Which of the answer's calls this belongs to.
    pub index: u32,
    /// The call's id.
    pub id: Option<String>,
    /// The function's name.
    pub name: Option<String>,
    /// More of the arguments' JSON text.
    pub arguments: String,
}

/// A page that an answer draws on. Where in the answer is not said: web chats list their sources beside the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Citation {
    /// Its address.
    pub url: String,
    /// Its title; may be empty.
    pub title: String,
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishReason {
    /// The model was done.
    Stop,
    /// A length limit was reached.
    Length,
    /// The model calls tools.
    ToolCalls,
    /// The upstream's content filter took over.
    ContentFilter,
}

/// Token counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the request.
    pub prompt: u64,
    /// Tokens of the answer, thinking included.
    pub completion: u64,
    /// Tokens of the thinking.
    pub reasoning: Option<u64>,
    /// Tokens of the request that the upstream had cached.
    pub cached: Option<u64>,
}

/// The upstream's own bytes, when they already have the form in which the client will read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Native {
    /// One `data: {…}\n\n` frame of an OpenAI chat completion stream.
    OpenAiChunk(Bytes),
    /// A whole OpenAI chat completion; travels with the last of the events that it stands for. A stage that changes
    /// any of them takes it away.
    OpenAiBody(Bytes),
}

/// What one upstream frame said. The frame's own bytes travel beside the events and are used where no rule and no
/// stage needed a change; both forms say the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// Which of the asked answers (`n`) this belongs to.
    pub choice: u32,
    /// The events, in order.
    pub events: SmallVec<[Event; 1]>,
    /// The frame itself, if the client can read it as it is.
    pub native: Option<Native>,
}

impl Decoded {
    /// One event of the first (usually only) answer, without a frame of its own.
    pub fn event(event: Event) -> Self {
        Self { choice: 0, events: smallvec::smallvec![event], native: None }
    }

    /// Whether any of the events is output.
    pub fn is_output(&self) -> bool {
        self.events.iter().any(Event::is_output)
    }
}
