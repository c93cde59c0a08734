//! Tools that a model may call, and its calls.

use bytes::Bytes;

/// A tool that the client offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// The name by which the model calls it; unique among a request's tools.
    pub name: String,
    /// What it does, for the model; may be empty.
    pub description: String,
    /// The JSON Schema of its arguments, as the client wrote it; empty if there is none.
    pub parameters: Bytes,
    /// Whether it is a function. Other kinds run at one service or another and mean nothing elsewhere.
    pub function: bool,
}

/// Whether the model has to call a tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ToolChoice {
    /// As it sees fit.
    #[default]
    Auto,
    /// It must not.
    None,
    /// It must call at least one.
    Required,
    /// It must call this one.
    Named(String),
}

impl ToolChoice {
    /// Whether an answer without a call is not what was asked for.
    pub const fn insists(&self) -> bool {
        matches!(self, Self::Required | Self::Named(_))
    }
}

/// A call that the model made earlier in the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// Its id, to which the result refers.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments' JSON text.
    pub arguments: String,
}
