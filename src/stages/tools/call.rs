//! What a payload's JSON says: which tools are called, with which arguments.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use super::mend::mend;

/// A call of a known tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The tool's name.
    pub name: String,
    /// The arguments: the text of a JSON object.
    pub arguments: String,
}

/// How a payload came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Its brackets closed.
    Closed,
    /// An end marker, or another call, came before they did: the model took it for whole.
    Marked,
    /// The answer ended: it may have been cut off.
    Eof,
}

/// How deep calls may be wrapped in one another: `{"tool_calls":[{"function":{…}}]}`.
const DEEPEST_WRAP: usize = 4;

const NAMES: [&str; 5] = ["name", "tool", "function", "tool_name", "function_name"];
const ARGUMENTS: [&str; 5] = ["arguments", "parameters", "args", "input", "params"];
const WRAPS: [&str; 6] = ["tool_calls", "tool_call", "function_calls", "function_call", "function", "tool"];

/// The first keys by which an object may be a call; any other is known for ordinary JSON at once.
pub fn may_begin(key: &str) -> bool {
    let known = |list: &[&str]| list.contains(&key);
    known(&NAMES) || known(&ARGUMENTS) || known(&WRAPS) || known(&["id", "type", "index", "role", "content"])
}

/// Reads calls of known tools. Without a marker around it, an object must have arguments to be a call.
pub fn read(text: &str, names: &[String], ending: Ending, marked: bool) -> Option<Vec<Call>> {
    let rules = Rules { names, bare: !marked || ending == Ending::Eof };
    if ending == Ending::Closed
        && let Some(raw) = raw(text)
    {
        return rules.calls(raw, 0);
    }
    let mended = mend(text);
    // What was cut off within its arguments must not be carried out: half a file is worse than no file.
    if ending == Ending::Eof && (mended.within_string || mended.missing > 1) {
        return None;
    }
    rules.calls(raw(&mended.json)?, 0)
}

/// A JSON object from a string that a model wrote one into.
fn object_in(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text == "null" {
        return Some("{}".to_owned());
    }
    if !text.starts_with('{') {
        return None;
    }
    if serde_json::from_str::<IgnoredAny>(text).is_ok() {
        return Some(text.to_owned());
    }
    let mended = mend(text).json;
    serde_json::from_str::<IgnoredAny>(&mended).is_ok().then_some(mended)
}

fn raw(text: &str) -> Option<&RawValue> {
    serde_json::from_str(text).ok()
}

struct Rules<'a> {
    names: &'a [String],
    bare: bool,
}

impl Rules<'_> {
    /// The calls of an object, or of a list in which each part is one.
    fn calls(&self, raw: &RawValue, depth: usize) -> Option<Vec<Call>> {
        if depth > DEEPEST_WRAP {
            return None;
        }
        if raw.get().starts_with('[') {
            let parts: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
            let lists: Option<Vec<_>> = parts.into_iter().map(|part| self.calls(part, depth + 1)).collect();
            let calls = lists?.concat();
            return (!calls.is_empty()).then_some(calls);
        }
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(raw.get()).ok()?;
        let within = |key: &&str| fields.get(*key).filter(|value| value.get().starts_with(['{', '[']));
        if let Some(wrapped) = WRAPS.iter().find_map(within) {
            return self.calls(wrapped, depth + 1);
        }
        self.call(&fields).map(|call| vec![call])
    }

    fn call(&self, fields: &BTreeMap<String, &RawValue>) -> Option<Call> {
        let text = |key: &&str| serde_json::from_str::<String>(fields.get(*key)?.get()).ok();
        let name = NAMES.iter().find_map(text)?.trim().to_owned();
        // A tool's own definition has a name and parameters as well.
        if !self.names.contains(&name) || fields.contains_key("description") {
            return None;
        }
        let given = ARGUMENTS.iter().find_map(|key| Some((*key, *fields.get(*key)?)));
        let arguments = match given {
            None if self.bare => return None,
            // Some models write the arguments beside the name. Behind a marker nothing else can be meant by them.
            None => beside(fields),
            Some((key, value)) if key == "parameters" && is_schema(value) => return None,
            Some((_, value)) => match value.get().chars().next()? {
                '{' => value.get().to_owned(),
                '"' => object_in(&serde_json::from_str::<String>(value.get()).ok()?)?,
                'n' => "{}".to_owned(),
                _ => return None,
            },
        };
        Some(Call { name, arguments })
    }
}

/// All fields that do not belong to the call itself, as one object.
fn beside(fields: &BTreeMap<String, &RawValue>) -> String {
    let own = |key: &str| NAMES.contains(&key) || ["id", "type", "index", "call_id"].contains(&key);
    let others = fields.iter().filter(|(key, _)| !own(key));
    let written = others.map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), value.get()));
    format!("{{{}}}", written.collect::<Vec<_>>().join(","))
}

fn is_schema(value: &RawValue) -> bool {
    let fields: Option<BTreeMap<String, &RawValue>> = serde_json::from_str(value.get()).ok();
    fields.is_some_and(|fields| {
        fields.contains_key("properties") && fields.get("type").is_some_and(|kind| kind.get() == "\"object\"")
    })
}
