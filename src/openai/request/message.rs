//! One message of the conversation.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::part::RawContent;
use crate::chat::{Content, Fault, Message, Role, ToolCall};

#[derive(Deserialize)]
pub struct RawMessage<'a> {
    role: RawRole,
    #[serde(borrow)]
    content: Option<RawContent<'a>>,
    name: Option<String>,
    tool_call_id: Option<String>,
    #[serde(borrow)]
    tool_calls: Option<Vec<RawCall<'a>>>,
    #[serde(borrow)]
    function_call: Option<RawFunction<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawRole {
    System,
    Developer,
    User,
    Assistant,
    Tool,
    Function,
}

#[derive(Deserialize)]
struct RawCall<'a> {
    id: Option<String>,
    #[serde(borrow)]
    function: Option<RawFunction<'a>>,
    #[serde(borrow)]
    custom: Option<RawFunction<'a>>,
}

#[derive(Deserialize)]
struct RawFunction<'a> {
    name: Option<String>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
    /// What a custom tool is called with.
    #[serde(borrow)]
    input: Option<&'a RawValue>,
}

/// The neutral messages; `body` is what they stand in.
///
/// # Errors
/// If a result answers no call.
pub fn messages(raw: Vec<RawMessage<'_>>, body: &Bytes) -> Result<Vec<Message>, Fault> {
    let mut messages: Vec<Message> = Vec::with_capacity(raw.len());
    for (at, one) in raw.into_iter().enumerate() {
        let message = message(one, at, &messages, body)?;
        messages.push(message);
    }
    Ok(messages)
}

fn message(raw: RawMessage<'_>, at: usize, before: &[Message], body: &Bytes) -> Result<Message, Fault> {
    let role = match raw.role {
        RawRole::System | RawRole::Developer => Role::System,
        RawRole::User => Role::User,
        RawRole::Assistant => Role::Assistant,
        RawRole::Tool | RawRole::Function => Role::Tool,
    };
    let call_id = match raw.role {
        RawRole::Tool => Some(answered(raw.tool_call_id, before).ok_or_else(|| orphan(at, "tool_call_id"))?),
        RawRole::Function => Some(answered_function(raw.name.as_deref(), before).ok_or_else(|| orphan(at, "name"))?),
        _ => None,
    };
    Ok(Message {
        role,
        content: raw.content.map_or(Content::None, |content| content.neutral(body)),
        calls: calls(raw.tool_calls.unwrap_or_default(), raw.function_call, at),
        call_id,
        origin: u32::try_from(at).ok(),
    })
}

fn orphan(at: usize, field: &str) -> Fault {
    let field = format!("messages[{at}].{field}");
    let told = format!("`{field}` answers no call: no assistant's message before it holds that call; send it too");
    Fault::request(field, told)
}

/// The call that a result answers: the one that it names, else the first one that has no result yet.
fn answered(id: Option<String>, before: &[Message]) -> Option<String> {
    let mut calls = before.iter().flat_map(|message| &message.calls);
    let is_open = |call: &&ToolCall| !before.iter().any(|message| message.call_id.as_deref() == Some(&call.id));
    match id.filter(|id| !id.is_empty()) {
        Some(id) => calls.any(|call| call.id == id).then_some(id),
        None => calls.find(is_open).map(|call| call.id.clone()),
    }
}

/// The legacy form names the function only.
fn answered_function(name: Option<&str>, before: &[Message]) -> Option<String> {
    let mut calls = before.iter().rev().flat_map(|message| &message.calls);
    calls.find(|call| name.is_none_or(|name| call.name == name)).map(|call| call.id.clone())
}

fn calls(calls: Vec<RawCall<'_>>, legacy: Option<RawFunction<'_>>, at: usize) -> Vec<ToolCall> {
    let own = |n: usize| format!("call_{at}_{n}");
    let read = |(n, call): (usize, RawCall<'_>)| {
        let function = call.function.or(call.custom)?;
        Some(function.neutral(call.id.unwrap_or_else(|| own(n))))
    };
    let mut all: Vec<ToolCall> = calls.into_iter().enumerate().filter_map(read).collect();
    if all.is_empty() {
        all.extend(legacy.map(|function| function.neutral(own(0))));
    }
    all
}

impl RawFunction<'_> {
    fn neutral(self, id: String) -> ToolCall {
        // The arguments are a JSON text; some clients send the object itself.
        let written = self.arguments.or(self.input).map(RawValue::get).unwrap_or_default();
        let arguments: Cow<'_, str> =
            if written.starts_with('"') { serde_json::from_str(written).unwrap_or_default() } else { written.into() };
        ToolCall { id, name: self.name.unwrap_or_default(), arguments: arguments.into_owned() }
    }
}
