//! One answer's deltas → events, and whether a delta can pass as it is.

use smallvec::SmallVec;

use super::dialect::ReasoningForm;
use super::think::Think;
use super::tool_ids::ToolIds;
use super::wire::{Delta, Text};
use crate::chat::{Event, FinishReason};

/// Events of one delta.
pub type Events = SmallVec<[Event; 1]>;

/// What is known of one of the asked answers.
#[derive(Debug, Default)]
pub struct Answer {
    pub index: u32,
    pub started: bool,
    pub finished: bool,
    think: Think,
    tools: ToolIds,
}

/// Which reasoning forms a service uses.
#[derive(Debug, Clone, Copy)]
pub struct Forms(u8);

impl Forms {
    /// The named forms, or all of them.
    pub fn new(named: Option<&[ReasoningForm]>) -> Self {
        named.map_or(Self(u8::MAX), |named| Self(named.iter().fold(0, |all, form| all | Self::bit(*form))))
    }

    const fn bit(form: ReasoningForm) -> u8 {
        1 << form as u8
    }

    const fn has(self, form: ReasoningForm) -> bool {
        self.0 & Self::bit(form) != 0
    }
}

impl Answer {
    /// The answer with this index, of which nothing is known.
    pub fn new(index: u32) -> Self {
        Self { index, ..Self::default() }
    }

    /// Reads one delta. The second value says whether the delta holds one kind of payload in OpenAI's own form.
    pub fn read(&mut self, delta: &Delta<'_>, forms: Forms, events: &mut Events) -> bool {
        let mut kinds = 0;
        let mut clean = true;
        let before = events.len();
        clean &= self.reasoning(delta, forms, events);
        kinds += usize::from(events.len() > before);
        if let Some(content) = &delta.content {
            clean &= self.content(content, forms, events, &mut kinds);
        }
        for call in delta.tool_calls.iter().flatten() {
            // A later piece that repeats id or name would be read as another call.
            let repeats = call.id.is_some() || call.function.as_ref().is_some_and(|f| f.name.is_some());
            clean &= call.index.is_some() && repeats == self.tools.is_first(call) && call.function.is_some();
            kinds += 1;
            events.push(Event::ToolCall(self.tools.delta(call)));
        }
        if let Some(function) = &delta.function_call {
            let arguments = function.arguments.as_ref().map(|text| text.text()).unwrap_or_default();
            let name = function.name.as_deref().map(str::to_owned);
            let id = name.as_ref().map(|_| format!("call_{}", crate::random::hex(12)));
            events.push(Event::ToolCall(crate::chat::ToolDelta { index: 0, id, name, arguments }));
            kinds += 1;
        }
        clean && kinds <= 1 && !(delta.role.is_some() && (kinds > 0 || delta.reasoning_content.is_some()))
    }

    fn reasoning(&mut self, delta: &Delta<'_>, forms: Forms, events: &mut Events) -> bool {
        let said = |text: &Option<Text<'_>>| text.as_ref().map(|text| text.text.as_ref()).unwrap_or("").to_owned();
        let wanted = |form, text: String| (forms.has(form) && !text.is_empty()).then_some(text);
        // Services that send the same thinking in two fields mean it once.
        let own = wanted(ReasoningForm::ReasoningContent, said(&delta.reasoning_content));
        let clean = delta.reasoning.is_none() && delta.reasoning_details.is_none();
        let details = || delta.reasoning_details.iter().flatten().filter_map(|detail| detail.text.as_deref()).collect();
        let text = own
            .or_else(|| wanted(ReasoningForm::Reasoning, said(&delta.reasoning)))
            .or_else(|| wanted(ReasoningForm::ReasoningDetails, details()));
        events.extend(text.map(Event::Reasoning));
        clean
    }

    fn content(&mut self, content: &Text<'_>, forms: Forms, events: &mut Events, kinds: &mut usize) -> bool {
        let mut thinking = content.thinking.clone();
        let mut answer = String::new();
        if self.is_past_thinking(forms) {
            answer.push_str(&content.text);
        } else {
            self.think.push(&content.text, &mut thinking, &mut answer);
        }
        let clean = content.plain && thinking.is_empty() && answer == content.text;
        if !thinking.is_empty() {
            *kinds += 1;
            events.push(Event::Reasoning(thinking));
        }
        if !answer.is_empty() {
            *kinds += 1;
            events.push(Event::Text(answer));
        }
        clean
    }

    /// Whether tags in what follows are certainly text.
    pub const fn is_past_thinking(&self, forms: Forms) -> bool {
        self.think.is_past() || !forms.has(ReasoningForm::ThinkTags)
    }

    /// The answer has ended: what was held back comes out.
    pub fn flush(&mut self, events: &mut Events) {
        let (mut thinking, mut answer) = (String::new(), String::new());
        self.think.finish(&mut thinking, &mut answer);
        let said = |text: String, event: fn(String) -> Event| (!text.is_empty()).then(|| event(text));
        events.extend(said(thinking, Event::Reasoning));
        events.extend(said(answer, Event::Text));
    }
}

/// The neutral reason, and whether the word is one of OpenAI's.
pub fn finish_reason(word: &str) -> (FinishReason, bool) {
    match word {
        "stop" => (FinishReason::Stop, true),
        "length" => (FinishReason::Length, true),
        "tool_calls" | "function_call" => (FinishReason::ToolCalls, true),
        "content_filter" => (FinishReason::ContentFilter, true),
        "max_tokens" | "model_length" => (FinishReason::Length, false),
        "sensitive" => (FinishReason::ContentFilter, false),
        _ => (FinishReason::Stop, false),
    }
}
