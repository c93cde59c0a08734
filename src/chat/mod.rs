//! The neutral model between the clients' dialects and the providers: what is asked, what is answered, what went
//! wrong. No JSON, no HTTP.

mod event;
mod fault;
mod part;
mod request;
mod tools;
mod writer;

pub use event::{Citation, Decoded, Event, FinishReason, Native, ToolDelta, Usage};
pub use fault::{AccountTrouble, Fault, FaultKind, snippet};
pub use part::{Attachment, Content, Part, Source};
pub use request::{ChatRequest, Format, Message, Role, Schema};
pub use tools::{Tool, ToolCall, ToolChoice};
pub use writer::AnswerWriter;
