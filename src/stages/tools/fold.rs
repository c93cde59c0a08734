//! Writes a request with tools as one that a plain chat understands: the tools as instructions, earlier calls and their
//! results as text.

use std::collections::HashMap;

use super::contract;
use crate::chat::{ChatRequest, Content, Part, Role, ToolChoice};

/// Takes the tools out of `request` and says the same in words.
pub fn fold(request: &mut ChatRequest) {
    number_calls(request);
    let tools = std::mem::take(&mut request.tools);
    let choice = std::mem::take(&mut request.tool_choice);
    if tools.is_empty() || choice == ToolChoice::None {
        return;
    }
    let told = contract::contract(&tools, &choice, !request.one_call);
    request.instruct(told, &contract::reminder(&choice, !request.one_call));
}

/// Calls and results become text; each call has a number by which its result refers to it.
fn number_calls(request: &mut ChatRequest) {
    let mut known: HashMap<String, (usize, String)> = HashMap::new();
    // Some models begin with the same ids in each turn.
    let mut count = 0;
    for message in &mut request.messages {
        if !message.calls.is_empty() {
            let calls = std::mem::take(&mut message.calls);
            message.content.append(&contract::call_text(count + 1, &calls));
            message.origin = None;
            for call in calls {
                count += 1;
                known.insert(call.id, (count, call.name));
            }
        }
        if message.role == Role::Tool {
            let (number, name) = message.call_id.take().and_then(|id| known.get(&id).cloned()).unwrap_or_default();
            let text = contract::result_text(&name, number, &message.content.text());
            message.content = with_text(std::mem::replace(&mut message.content, Content::None), text);
            message.role = Role::User;
            message.origin = None;
        }
    }
}

/// `content` with `text` instead of its own; what else is attached stays.
fn with_text(content: Content, text: String) -> Content {
    match content {
        Content::Parts(parts) => {
            let others = parts.into_iter().filter(|part| !matches!(part, Part::Text(_)));
            Content::Parts(std::iter::once(Part::Text(text)).chain(others).collect())
        }
        _ => Content::Text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Message;
    use crate::chat::ToolCall;

    #[test]
    fn calls_are_numbered_through_even_if_their_ids_come_again() {
        let call = |name: &str| {
            let call = ToolCall { id: "0".into(), name: name.into(), arguments: "{}".into() };
            Message { calls: vec![call], content: Content::None, ..Message::new(Role::Assistant, "") }
        };
        let result = || Message { call_id: Some("0".into()), ..Message::new(Role::Tool, "r") };
        let messages = vec![call("a"), result(), call("b"), result(), call("c"), result()];
        let mut request = ChatRequest { messages, ..ChatRequest::default() };
        fold(&mut request);
        let texts: Vec<String> = request.messages.iter().map(|message| message.content.text()).collect();
        assert!(texts[4].starts_with("[TOOL CALL #3]") && texts[5].starts_with("[TOOL RESULT #3: c]"), "{texts:?}");
    }
}
