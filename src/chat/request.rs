//! What a client asks.

use std::ops::Range;

use bytes::Bytes;

use super::part::{Content, Part};
use super::tools::{Tool, ToolCall, ToolChoice};

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
    /// The tools that the model may call.
    pub tools: Vec<Tool>,
    /// Whether it has to.
    pub tool_choice: ToolChoice,
    /// Whether it may make one call only.
    pub one_call: bool,
    /// Whether the tools came as `functions`, so that calls go back as `function_call`.
    pub legacy_functions: bool,
    /// The form that the answer must have.
    pub format: Format,
    /// The answer ends before any of these.
    pub stop: Vec<String>,
    /// How many tokens the answer may have, thinking included.
    pub max_tokens: Option<u64>,
    /// Whether the model shall think first; as it sees fit, if nothing is said.
    pub thinking: Option<bool>,
    /// Whether the web shall be searched; as the site sees fit, if nothing is said.
    pub search: Option<bool>,
    /// Who the client says is talking.
    pub user: Option<String>,
    /// Which conversation the client says this is: it stays with one account.
    pub session: Option<String>,
    /// Whose uploaded files it may name; empty for the owner's.
    pub files_of: String,
    /// The request as it came, for providers that speak the same dialect.
    pub body: Bytes,
    /// Where in `body` the model's name stands, quotes included.
    pub model_at: Range<usize>,
    /// Whether something here is no longer what `body` says.
    pub changed: bool,
    /// How many of the last messages are ours: the model is asked once more.
    pub corrections: usize,
}

/// The form that an answer must have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Format {
    /// Any.
    #[default]
    Text,
    /// One JSON object.
    Json,
    /// JSON that a schema describes.
    Schema(Box<Schema>),
    /// A form that some services have, by the name that the client gave it.
    Other(String),
}

/// A description of the JSON that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// What the client calls it; may be empty.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// The JSON Schema, as the client wrote it.
    pub schema: Bytes,
}

/// One message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: Content,
    /// The assistant's calls.
    pub calls: Vec<ToolCall>,
    /// The call whose result this is.
    pub call_id: Option<String>,
    /// Where the message stands in the client's own list, if it says what the client wrote there.
    pub origin: Option<u32>,
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

impl Message {
    /// A text of our own.
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        Self { role, content: Content::Text(text.into()), calls: Vec::new(), call_id: None, origin: None }
    }
}

impl ChatRequest {
    /// Gives the model an instruction of ours behind the client's own, and says it once more in short with the last
    /// question, because models pass over what stands far above.
    pub fn instruct(&mut self, instruction: String, reminder: &str) {
        let own = self.messages.iter().take_while(|message| message.role == Role::System).count();
        self.messages.insert(own, Message::new(Role::System, instruction));
        if let Some(last) = self.messages.iter_mut().rev().find(|message| message.role == Role::User) {
            last.content.append(reminder);
            last.origin = None;
        }
    }

    /// How long the conversation's text is, in bytes.
    pub fn text_len(&self) -> u64 {
        self.messages.iter().map(|message| message.content.len()).sum()
    }

    /// Whether anything but text is attached.
    pub fn has_attachments(&self) -> bool {
        let attached = |part: &Part| !matches!(part, Part::Text(_));
        self.messages.iter().any(|message| message.content.parts().iter().any(attached))
    }
}
