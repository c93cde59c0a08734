//! What a provider lacks and its client wants is emulated: the request is rewritten so that a plain chat can serve it,
//! and steps make of the plain answer what was asked for. This is the one place for it, whatever the dialect.

use super::{Correction, Stage, json, length, stop, tools};
use crate::chat::{ChatRequest, Fault, Format, Message, Role};
use crate::providers::Abilities;

pub use super::tools::{RESULT, neutralise};

/// What has to be emulated for one request at one provider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// Tools, or calls in the conversation.
    pub tools: bool,
    /// The answer's form.
    pub json: bool,
    /// The texts that end it.
    pub stop: bool,
    /// Its length.
    pub length: bool,
    /// Legacy functions are written as tools.
    pub functions: bool,
}

impl Needs {
    /// What `abilities` lack for `request`.
    pub fn of(request: &ChatRequest, abilities: &Abilities) -> Self {
        let calls = || request.messages.iter().any(|message| !message.calls.is_empty() || message.role == Role::Tool);
        let tools = !abilities.tools && (!request.tools.is_empty() || calls());
        let json = match request.format {
            Format::Text | Format::Other(_) => false,
            Format::Json => !abilities.json,
            Format::Schema(_) => !abilities.schema,
        };
        Self {
            tools,
            json,
            stop: !abilities.stop && !request.stop.is_empty(),
            length: !abilities.length && request.max_tokens.is_some(),
            functions: abilities.tools && request.legacy_functions,
        }
    }

    /// Whether the request must be rewritten.
    pub fn any(self) -> bool {
        self != Self::default()
    }
}

/// Checks what no provider could be asked for.
///
/// # Errors
/// A fault of the request that names the field.
pub fn check(request: &ChatRequest) -> Result<(), Fault> {
    json::check(request)
}

/// The steps that stand in for what is needed, in the order in which events pass them; `last` says that the model was
/// asked again already.
pub fn stages(request: &ChatRequest, needs: Needs, last: bool) -> Vec<Box<dyn Stage>> {
    let mut stages = Vec::new();
    if let Some(most) = request.max_tokens.filter(|_| needs.length) {
        stages.push(length::stage(most));
    }
    if needs.stop {
        stages.push(stop::stage(&request.stop));
    }
    if needs.tools {
        stages.extend(tools::stage(request, last));
    }
    if needs.json {
        stages.push(json::stage(&request.format, last));
    }
    stages
}

/// The request as a plain chat can serve it.
pub fn rewrite(request: &mut ChatRequest, needs: Needs) {
    request.changed = true;
    if needs.functions {
        let with_calls = |message: &&mut Message| !message.calls.is_empty() || message.role == Role::Tool;
        request.messages.iter_mut().filter(with_calls).for_each(|message| message.origin = None);
    }
    if needs.json {
        json::ask(request);
    }
    if needs.tools {
        tools::fold(request);
    }
    if needs.stop {
        request.stop.clear();
    }
    if needs.length {
        request.max_tokens = None;
    }
}

/// The request with which the model is asked once more.
pub fn corrected(request: &ChatRequest, correction: Correction) -> ChatRequest {
    let mut again = request.clone();
    again.changed = true;
    again.corrections = 1 + usize::from(!correction.said.is_empty());
    if !correction.said.is_empty() {
        again.messages.push(Message::new(Role::Assistant, correction.said));
    }
    again.messages.push(Message::new(Role::User, correction.wanted));
    again
}
