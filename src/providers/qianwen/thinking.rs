//! The model's thinking, in the two forms that the site has used.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::cumulative::Cumulative;
use super::frame::{Item, Meta, Step, Thought};

/// To 2026-08: the item types that carry one cumulative text, the preferred one first. Merging both doubles it.
const THOUGHT_TYPES: [&str; 2] = ["deep_think", "multimodal_chat_think"];

/// Since 2026-09: steps in a workflow message, each a full overwrite.
const STEP_TYPE: &str = "bar_thinking";

/// What was emitted of the thinking so far.
#[derive(Debug, Default)]
pub struct Thinking {
    thought: Cumulative,
    steps: BTreeMap<String, String>,
}

impl Thinking {
    /// Takes the older form from an answer message's meta data. A rewrite of thinking is left out silently: unlike an
    /// answer, nobody builds on it.
    pub fn thought(&mut self, meta: &Meta<'_>, out: &mut String) {
        let of_type =
            |wanted: &str| meta.multi_load.iter().flatten().rev().find(|item| item.r#type.as_deref() == Some(wanted));
        let Some(item) = THOUGHT_TYPES.iter().find_map(|wanted| of_type(wanted)) else { return };
        let thought: Option<Thought<'_>> = content(item);
        if let Some(text) = thought.and_then(|thought| thought.think_content) {
            let taken = self.thought.update(text.get(), out);
            log::trace!("thinking taken: {}", taken.is_ok());
        }
    }

    /// Takes the newer form from a workflow message's meta data.
    pub fn steps(&mut self, meta: &Meta<'_>, out: &mut String) {
        for item in meta.multi_load.iter().flatten().filter(|item| item.r#type.as_deref() == Some(STEP_TYPE)) {
            let Some(step) = content::<Step<'_>>(item) else { continue };
            let title = step.title.as_deref().unwrap_or_default();
            let body = step.body.as_deref().unwrap_or_default();
            let text = if title.is_empty() { body.to_owned() } else { format!("{title}\n{body}") };
            self.step(item.source_seq.map_or("", RawValue::get), &text, out);
        }
    }

    fn step(&mut self, key: &str, text: &str, out: &mut String) {
        if text.is_empty() {
            return;
        }
        if let Some(before) = self.steps.get_mut(key) {
            if let Some(added) = text.strip_prefix(before.as_str()) {
                out.push_str(added);
                text.clone_into(before);
            }
        } else {
            if !self.steps.is_empty() {
                out.push_str("\n\n");
            }
            out.push_str(text);
            self.steps.insert(key.to_owned(), text.to_owned());
        }
    }
}

fn content<'a, T: serde::Deserialize<'a>>(item: &Item<'a>) -> Option<T> {
    item.content.and_then(|raw| serde_json::from_str(raw.get()).ok())
}
