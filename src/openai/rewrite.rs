//! A [`ChatRequest`] that was changed → the dialect's JSON: what still says what the client wrote keeps its bytes.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::value::RawValue;
use serde_json::{Error, Value, json};

use super::RawObject;
use crate::chat::{Attachment, ChatRequest, Content, Format, Message, Part, Role, Source, Tool, ToolCall, ToolChoice};

/// Brings `object`, the body of `request`, to what `request` says now.
///
/// # Errors
/// If the body is no longer what was read.
pub fn apply(object: &mut RawObject<'_>, request: &ChatRequest) -> Result<(), Error> {
    let messages = messages(object, request)?;
    object.set("messages", messages);
    if request.tools.is_empty() {
        ["tools", "tool_choice", "parallel_tool_calls"].iter().for_each(|name| object.remove(name));
    } else if request.legacy_functions {
        object.set("tools", raw(&Value::Array(request.tools.iter().map(tool).collect()))?);
        object.set("tool_choice", raw(&choice(&request.tool_choice))?);
    }
    ["functions", "function_call"].iter().for_each(|name| object.remove(name));
    if request.format == Format::Text {
        object.remove("response_format");
    }
    if request.stop.is_empty() {
        object.remove("stop");
    }
    if request.max_tokens.is_none() {
        ["max_tokens", "max_completion_tokens"].iter().for_each(|name| object.remove(name));
    }
    if request.choices == 1 {
        object.remove("n");
    }
    Ok(())
}

fn raw(value: &Value) -> Result<Box<RawValue>, Error> {
    RawValue::from_string(value.to_string())
}

fn messages(object: &RawObject<'_>, request: &ChatRequest) -> Result<Box<RawValue>, Error> {
    let written: Vec<&RawValue> = serde_json::from_str(object.get("messages").unwrap_or("[]"))?;
    let one = |message: &Message| match message.origin.and_then(|at| written.get(at as usize)) {
        Some(own) => Ok((*own).to_owned()),
        None => raw(&self::message(message)),
    };
    let all = request.messages.iter().map(one).collect::<Result<Vec<_>, Error>>()?;
    serde_json::value::to_raw_value(&all)
}

fn message(message: &Message) -> Value {
    let role = match message.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    let content = match &message.content {
        Content::None => Value::Null,
        Content::Text(text) => text.as_str().into(),
        Content::Parts(parts) => parts.iter().map(part).collect(),
    };
    let mut object = json!({ "role": role, "content": content });
    if !message.calls.is_empty() {
        object["tool_calls"] = message.calls.iter().map(call).collect();
    }
    if let Some(id) = &message.call_id {
        object["tool_call_id"] = id.as_str().into();
    }
    object
}

fn part(part: &Part) -> Value {
    match part {
        Part::Text(text) => json!({ "type": "text", "text": text }),
        Part::Picture(picture) => json!({ "type": "image_url", "image_url": { "url": address(picture) } }),
        Part::File(file) => {
            let name = file.name.as_deref().unwrap_or("file");
            json!({ "type": "file", "file": { "filename": name, "file_data": address(file) } })
        }
        Part::Other(kind) => json!({ "type": kind }),
    }
}

fn address(attachment: &Attachment) -> String {
    let data = |media_type: &str, base64: &str| format!("data:{media_type};base64,{base64}");
    match &attachment.source {
        Source::Address(url) | Source::Stored(url) => url.clone(),
        Source::Data { media_type, base64 } => data(media_type, &String::from_utf8_lossy(base64)),
        Source::Here { media_type, bytes } => data(media_type, &BASE64_STANDARD.encode(bytes)),
        Source::Uploaded(_) => String::new(),
    }
}

fn call(call: &ToolCall) -> Value {
    json!({ "id": call.id, "type": "function", "function": { "name": call.name, "arguments": call.arguments } })
}

fn tool(tool: &Tool) -> Value {
    let mut function = json!({ "name": tool.name, "description": tool.description });
    if let Ok(schema) = serde_json::from_slice::<Value>(&tool.parameters) {
        function["parameters"] = schema;
    }
    json!({ "type": "function", "function": function })
}

fn choice(choice: &ToolChoice) -> Value {
    match choice {
        ToolChoice::Auto => "auto".into(),
        ToolChoice::None => "none".into(),
        ToolChoice::Required => "required".into(),
        ToolChoice::Named(name) => json!({ "type": "function", "function": { "name": name } }),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::openai::request::parse;

    fn rewritten(body: &str, change: impl FnOnce(&mut ChatRequest)) -> Value {
        let mut request = parse(Bytes::copy_from_slice(body.as_bytes())).unwrap();
        change(&mut request);
        let mut object: RawObject<'_> = serde_json::from_slice(&request.body).unwrap();
        apply(&mut object, &request).unwrap();
        serde_json::from_str(&serde_json::to_string(&object).unwrap()).unwrap()
    }

    #[test]
    fn what_was_not_changed_keeps_its_bytes_and_the_rest_follows() {
        let body = r#"{"model":"m","messages":[{"role":"user","content":"a","cache_control":{"x":1}},
            {"role":"user","content":"b"}],"stop":"x","n":2,"max_tokens":5,"response_format":{"type":"json_object"},
            "temperature":0.50}"#;
        let told = rewritten(body, |request| {
            request.messages[1].content.append("c");
            request.messages[1].origin = None;
            request.format = Format::Text;
            request.stop.clear();
            request.choices = 1;
        });
        let expected = json!({"model": "m", "max_tokens": 5, "temperature": 0.5, "messages": [
            {"role": "user", "content": "a", "cache_control": {"x": 1}}, {"role": "user", "content": "b\n\nc"}]});
        assert_eq!(told, expected);
    }

    #[test]
    fn legacy_functions_become_tools() {
        let body = r#"{"model":"m","messages":[{"role":"user","content":"a"},
            {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
            {"role":"function","name":"f","content":"r"}],
            "functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":{"name":"f"}}"#;
        let told = rewritten(body, |request| request.messages.iter_mut().for_each(|message| message.origin = None));
        assert_eq!(told["tools"][0]["function"]["parameters"], json!({"type": "object"}));
        assert_eq!(told["tool_choice"]["function"]["name"], "f");
        assert_eq!(told["messages"][1]["tool_calls"][0]["id"], told["messages"][2]["tool_call_id"]);
        assert!(told.get("functions").is_none() && told.get("function_call").is_none());
    }
}
