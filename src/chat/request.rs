//! What a client asks.

use std::ops::Range;

use bytes::Bytes;

/// One completion as asked by a client, whatever its dialect.
#[derive(Debug, Clone, Default)]
pub struct ChatRequest {
    /// The model's name as the client wrote it.
    pub model: String,
    /// The conversation, oldest first; never empty.
    pub messages: Vec<Message>,
    /// Whether the answer is streamed.
    pub stream: bool,
    /// Whether a stream ends with a usage chunk.
    pub include_usage: bool,
    /// How many answers are wanted, at least 1.
    pub choices: u32,
    /// Whether the client offers tools (or legacy functions) that the model may call.
    pub tools: bool,
    /// Whether the client asks for a format other than plain text.
    pub structured: bool,
    /// Who the client says is talking.
    pub user: Option<String>,
    /// Which conversation the client says this is: it stays with one account.
    pub session: Option<String>,
    /// The request as it came, for providers that speak the same dialect.
    pub body: Bytes,
    /// Where in `body` the model's name stands, quotes included.
    pub model_at: Range<usize>,
}

/// One message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: Content,
    /// Whether the message carries tool calls of the assistant.
    pub tool_calls: bool,
}

/// Who speaks. `developer` is `System`, the legacy `function` is `Tool`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Instructions.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// The result of a tool call.
    Tool,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing (`null`), as beside tool calls.
    None,
    /// One text.
    Text(String),
    /// Several parts.
    Parts(Vec<Part>),
}

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text.
    Text(String),
    /// Anything else, by the `type` that the client gave it: `image_url`, `input_audio`, `file` …
    Other(String),
}

impl Content {
    /// How long its text is, in bytes.
    pub fn len(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::Text(text) => text.len() as u64,
            Self::Parts(parts) => {
                let one = |part: &Part| if let Part::Text(text) = part { text.len() as u64 } else { 0 };
                parts.iter().map(one).sum()
            }
        }
    }

    /// Whether it has no text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All text of the content, parts joined by line breaks.
    pub fn text(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Text(text) => text.clone(),
            Self::Parts(parts) => {
                let texts = parts.iter().filter_map(|part| match part {
                    Part::Text(text) => Some(text.as_str()),
                    Part::Other(_) => None,
                });
                texts.collect::<Vec<_>>().join("\n")
            }
        }
    }
}
