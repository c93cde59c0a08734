//! Makes calls of what a model wrote, and asks once more where a call had to come and none did.

use std::sync::Arc;

use smallvec::SmallVec;
use tokio::time::Instant;

use super::contract;
use super::reader::{Found, Reader};
use crate::chat::{ChatRequest, Decoded, Event, Fault, FinishReason, ToolChoice, ToolDelta};
use crate::random;
use crate::stages::held::Held;
use crate::stages::{Correction, Finish, Flow, Stage};

/// Reads calls of the tools of `request`, if it offers any; `last` says that the model was asked again already.
pub fn stage(request: &ChatRequest, last: bool) -> Option<Box<dyn Stage>> {
    if request.tools.is_empty() || request.tool_choice == ToolChoice::None {
        return None;
    }
    let names: Vec<String> = match &request.tool_choice {
        ToolChoice::Named(name) => vec![name.clone()],
        _ => request.tools.iter().map(|tool| tool.name.clone()).collect(),
    };
    Some(Box::new(Calls {
        reader: Reader::new(names.into(), !request.one_call),
        found: Vec::new(),
        calls: 0,
        one: request.one_call,
        over: false,
        insists: (request.tool_choice.insists() && !last).then(|| Arc::new(request.tool_choice.clone())),
        held: Held::default(),
        end: None,
    }))
}

struct Calls {
    reader: Reader,
    /// What the reader has just found.
    found: Vec<Found>,
    calls: u32,
    /// Whether one call is all that is wanted.
    one: bool,
    over: bool,
    /// The choice that a call must satisfy. Until one does nothing is passed on, so that the model can be asked again.
    insists: Option<Arc<ToolChoice>>,
    held: Held,
    end: Option<FinishReason>,
}

type Events = SmallVec<[Event; 1]>;

impl Calls {
    fn waits(&self) -> bool {
        self.insists.is_some() && self.calls == 0
    }

    fn found(&mut self, events: &mut Events) {
        for found in std::mem::take(&mut self.found) {
            match found {
                Found::Text(text) if self.waits() => self.held.text.push_str(&text),
                Found::Text(text) => events.push(Event::Text(text)),
                Found::Call { name, arguments } => {
                    events.extend(self.held.release());
                    let index = self.calls;
                    self.calls += 1;
                    let id = Some(format!("call_{}", random::hex(12)));
                    events.push(Event::ToolCall(ToolDelta { index, id, name: Some(name), arguments: String::new() }));
                    events.push(Event::ToolCall(ToolDelta { index, arguments, ..ToolDelta::default() }));
                }
            }
        }
    }
}

impl Stage for Calls {
    fn push(&mut self, decoded: Decoded, _: Instant, out: &mut Vec<Decoded>) -> Result<Flow, Fault> {
        let mut events = Events::new();
        for event in decoded.events {
            match event {
                // Behind the one call that is wanted, the model need not go on.
                Event::Usage(_) | Event::Start { .. } => events.push(event),
                _ if self.over => {}
                Event::Text(text) => {
                    self.reader.push(&text, &mut self.found);
                    self.found(&mut events);
                    self.over = self.one && self.calls > 0;
                    events.extend(self.over.then_some(Event::Done(FinishReason::ToolCalls)));
                }
                Event::Done(reason) => {
                    self.reader.finish(&mut self.found);
                    self.found(&mut events);
                    if self.waits() {
                        self.end = Some(reason);
                    } else {
                        events.push(Event::Done(if self.calls > 0 { FinishReason::ToolCalls } else { reason }));
                    }
                }
                other if self.waits() => events.extend(self.held.take(other)),
                other => events.push(other),
            }
        }
        // One payload a frame, as every dialect writes it.
        out.extend(events.into_iter().map(|event| Decoded { choice: decoded.choice, ..Decoded::event(event) }));
        Ok(if self.over { Flow::Enough } else { Flow::On })
    }

    fn finish(&mut self, out: &mut Vec<Decoded>) -> Result<Finish, Fault> {
        let Some(end) = self.end.take() else { return Ok(Finish::Whole) };
        // What was cut short, or taken back, would come no better.
        if let Some(choice) = self.insists.as_ref().filter(|_| end == FinishReason::Stop) {
            let wanted = contract::correction(choice);
            let said = std::mem::take(&mut self.held.text);
            return Ok(Finish::Again(Correction { instead: said.clone(), said, wanted }));
        }
        out.extend(self.held.release().chain([Event::Done(end)]).map(Decoded::event));
        Ok(Finish::Whole)
    }
}
