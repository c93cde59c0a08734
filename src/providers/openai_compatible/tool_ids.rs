//! Gives each piece of a tool call its call: the index, and the id and name with the first piece only.

use super::wire::ToolCall;
use crate::chat::ToolDelta;

/// The calls of one answer so far, by the ids that the upstream gave them.
#[derive(Debug, Default)]
pub struct ToolIds(Vec<(u32, Option<String>)>);

impl ToolIds {
    /// The neutral form of one piece.
    pub fn delta(&mut self, call: &ToolCall<'_>) -> ToolDelta {
        let id = call.id.as_deref().filter(|id| !id.is_empty());
        let index = call.index.unwrap_or_else(|| self.index_of(id));
        let known = self.0.iter().any(|(at, _)| *at == index);
        let function = call.function.as_ref();
        let arguments = function.and_then(|f| f.arguments.as_ref()).map(|text| text.text()).unwrap_or_default();
        if known {
            return ToolDelta { index, arguments, ..ToolDelta::default() };
        }
        self.0.push((index, id.map(str::to_owned)));
        let name = function.and_then(|f| f.name.as_deref()).unwrap_or_default().to_owned();
        // Every client needs an id to answer with, and some services give none.
        let id = id.map_or_else(|| format!("call_{}", crate::random::hex(12)), str::to_owned);
        ToolDelta { index, id: Some(id), name: Some(name), arguments }
    }

    /// Whether this is the first piece of its call, as the upstream numbers it.
    pub fn is_first(&self, call: &ToolCall<'_>) -> bool {
        !self.0.iter().any(|(at, _)| Some(*at) == call.index)
    }

    /// Some services number nothing: a new id is a new call, no id belongs to the last one.
    fn index_of(&self, id: Option<&str>) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        match id {
            None => next.saturating_sub(1),
            Some(id) => self.0.iter().find(|(_, known)| known.as_deref() == Some(id)).map_or(next, |(index, _)| *index),
        }
    }
}
