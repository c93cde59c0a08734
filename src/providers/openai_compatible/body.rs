//! A whole completion → events.

use bytes::Bytes;
use smallvec::SmallVec;

use super::chunk::{Answer, Events, Forms, finish_reason};
use super::wire::{Choice, Completion, WireUsage};
use crate::chat::{Decoded, Event, FinishReason, Native};

/// Reads a completion that is no error. `body` is its own text, which passes as it is where nothing has to change.
pub fn read(completion: &Completion<'_>, body: Bytes, forms: Forms, out: &mut Vec<Decoded>) {
    let mut clean = completion.object.as_deref() == Some("chat.completion")
        && completion.is_well_typed()
        && completion.error.is_none()
        && completion.usage.as_ref().is_some_and(WireUsage::is_well_typed);
    // First, because then nobody need keep the text to count it.
    if let Some(usage) = &completion.usage {
        out.push(Decoded::event(Event::Usage(usage.neutral())));
    }
    let mut start = start_event(completion);
    for choice in completion.choices.iter().flatten() {
        let mut events: Events = SmallVec::new();
        events.extend(start.take());
        clean &= read_choice(choice, forms, &mut events);
        out.push(Decoded { choice: choice.index.unwrap_or(0), events, native: None });
    }
    if let Some(last) = out.last_mut().filter(|_| clean) {
        last.native = Some(Native::OpenAiBody(body));
    }
}

/// Who the upstream says it is.
pub fn start_event(completion: &Completion<'_>) -> Option<Event> {
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970, which some services write as a float")]
    let created = completion.created.map(|seconds| seconds.value as i64);
    Some(Event::Start {
        id: completion.id.as_deref().map(str::to_owned),
        created,
        model: completion.model.as_deref().map(str::to_owned),
    })
}

fn read_choice(choice: &Choice<'_>, forms: Forms, events: &mut Events) -> bool {
    let mut answer = Answer::default();
    let mut clean = true;
    if let Some(message) = choice.message.as_ref().or(choice.delta.as_ref()) {
        answer.read(message, forms, events);
        answer.flush(events);
        let text = message.content.as_ref();
        let calls = message.tool_calls.as_ref().is_some_and(|calls| !calls.is_empty());
        let thinking = events.iter().filter(|event| matches!(event, Event::Reasoning(_))).count();
        let own_form = usize::from(message.reasoning_content.as_ref().is_some_and(|text| !text.text.is_empty()));
        // Clients read `content` as a text, and thinking from `reasoning_content` only.
        clean = text.map_or(calls, |text| text.plain)
            && message.reasoning.is_none()
            && message.reasoning_details.is_none()
            && thinking == own_form
            && choice.message.is_some();
    }
    let (reason, known) = choice
        .finish_reason
        .as_deref()
        .filter(|word| !word.is_empty())
        .map_or((FinishReason::Stop, false), finish_reason);
    events.push(Event::Done(reason));
    clean && known && choice.index.is_some()
}
