//! One message of the conversation.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};

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
    let mut called = Called::default();
    raw.into_iter().enumerate().map(|(at, one)| message(one, at, &mut called, body)).collect()
}

fn message(raw: RawMessage<'_>, at: usize, called: &mut Called, body: &Bytes) -> Result<Message, Fault> {
    let role = match raw.role {
        RawRole::System | RawRole::Developer => Role::System,
        RawRole::User => Role::User,
        RawRole::Assistant => Role::Assistant,
        RawRole::Tool | RawRole::Function => Role::Tool,
    };
    let call_id = match raw.role {
        RawRole::Tool => Some(called.by_id(raw.tool_call_id).ok_or_else(|| orphan(at, "tool_call_id"))?),
        RawRole::Function => Some(called.by_name(raw.name.as_deref()).ok_or_else(|| orphan(at, "name"))?),
        _ => None,
    };
    let calls = calls(raw.tool_calls.unwrap_or_default(), raw.function_call, at);
    called.add(&calls);
    Ok(Message {
        role,
        content: raw.content.map_or(Content::None, |content| content.neutral(body)),
        calls,
        call_id,
        origin: u32::try_from(at).ok(),
    })
}

fn orphan(at: usize, field: &str) -> Fault {
    let field = format!("messages[{at}].{field}");
    let told = format!("`{field}` answers no call: no assistant's message before it holds that call; send it too");
    Fault::request(field, told)
}

/// The calls so far, kept so that a result's call is found without a look at each message before it.
#[derive(Default)]
struct Called {
    ids: HashSet<String>,
    answered: HashSet<String>,
    /// The ids in their order; those at the front that have a result are taken away.
    open: VecDeque<String>,
    /// The id of the latest call of each function, and of all.
    by_name: HashMap<String, String>,
    latest: Option<String>,
}

impl Called {
    fn add(&mut self, calls: &[ToolCall]) {
        // Of several calls in one message the first one is meant by its name.
        for ToolCall { id, name, .. } in calls.iter().rev() {
            self.by_name.insert(name.clone(), id.clone());
            self.latest = Some(id.clone());
        }
        for ToolCall { id, .. } in calls {
            if self.ids.insert(id.clone()) {
                self.open.push_back(id.clone());
            }
        }
    }

    /// The call that a result answers: the one that it names, else the first one that has no result yet.
    fn by_id(&mut self, id: Option<String>) -> Option<String> {
        let found = match id.filter(|id| !id.is_empty()) {
            Some(id) => self.ids.contains(&id).then_some(id),
            None => {
                while self.open.front().is_some_and(|id| self.answered.contains(id)) {
                    self.open.pop_front();
                }
                self.open.front().cloned()
            }
        };
        self.answer(found)
    }

    /// The legacy form names the function only.
    fn by_name(&mut self, name: Option<&str>) -> Option<String> {
        let found = name.map_or(self.latest.as_ref(), |name| self.by_name.get(name)).cloned();
        self.answer(found)
    }

    fn answer(&mut self, id: Option<String>) -> Option<String> {
        self.answered.extend(id.clone());
        id
    }
}

fn calls(calls: Vec<RawCall<'_>>, legacy: Option<RawFunction<'_>>, at: usize) -> Vec<ToolCall> {
    let own = |n: usize| format!("call_{at}_{n}");
    let read = |(n, call): (usize, RawCall<'_>)| {
        let function = call.function.or(call.custom)?;
        Some(function.neutral(call.id.filter(|id| !id.is_empty()).unwrap_or_else(|| own(n))))
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
