//! The payloads of chunks that are more than a text.

use serde::Serialize;

use super::answer::Annotation;
use crate::chat::{Citation, ToolDelta};

/// A piece of a call; id, type and name come with the first one only.
#[derive(Serialize)]
pub struct ToolChunk<'a> {
    tool_calls: [ToolCall<'a>; 1],
}

impl<'a> ToolChunk<'a> {
    /// The delta that says `call`.
    pub fn of(call: &'a ToolDelta) -> Self {
        let ToolDelta { index, id, name, arguments } = call;
        let function = Function { name: name.as_deref(), arguments };
        let r#type = id.as_ref().map(|_| "function");
        Self { tool_calls: [ToolCall { index: *index, id: id.as_deref(), r#type, function }] }
    }
}

#[derive(Serialize)]
struct ToolCall<'a> {
    index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arguments: &'a str,
}

/// Sources come in chunks of their own. Each has an index, without which openai-python's stream helper joins no list.
#[derive(Serialize)]
pub struct Sources<'a> {
    annotations: [Indexed<'a>; 1],
}

#[derive(Serialize)]
struct Indexed<'a> {
    index: u32,
    #[serde(flatten)]
    annotation: Annotation<'a>,
}

impl<'a> Sources<'a> {
    /// The delta that tells of `citation`, the answer's `index`th.
    pub fn of(index: u32, citation: &'a Citation) -> Self {
        Self { annotations: [Indexed { index, annotation: Annotation::of(citation) }] }
    }
}

/// A piece of a call, as it was written before there were tools.
#[derive(Serialize)]
pub struct LegacyChunk<'a> {
    function_call: Function<'a>,
}

impl<'a> LegacyChunk<'a> {
    /// The delta that says `call`.
    pub fn of(call: &'a ToolDelta) -> Self {
        Self { function_call: Function { name: call.name.as_deref(), arguments: &call.arguments } }
    }
}
