//! Gives each piece of a tool call its call: the index, and the id and name with the first piece only.

use super::wire::ToolCall;
use crate::chat::ToolDelta;

/// The calls of one answer so far.
#[derive(Debug, Default)]
pub struct ToolIds(Vec<Known>);

/// One call: its place here is the index that clients see.
#[derive(Debug)]
struct Known {
    /// The index that the upstream gives it; several calls may share one.
    upstream: Option<u32>,
    id: Option<String>,
}

impl ToolIds {
    /// The neutral form of one piece.
    pub fn delta(&mut self, call: &ToolCall<'_>) -> ToolDelta {
        let function = call.function.as_ref();
        let arguments = function.and_then(|f| f.arguments.as_ref()).map(|text| text.text()).unwrap_or_default();
        if let Some(at) = self.known(call) {
            return ToolDelta { index: number(at), arguments, ..ToolDelta::default() };
        }
        let id = id_of(call).map(str::to_owned);
        self.0.push(Known { upstream: call.index, id: id.clone() });
        let name = function.and_then(|f| f.name.as_deref()).unwrap_or_default().to_owned();
        // Every client needs an id to answer with, and some services give none.
        let id = id.unwrap_or_else(|| format!("call_{}", crate::random::hex(12)));
        ToolDelta { index: number(self.0.len() - 1), id: Some(id), name: Some(name), arguments }
    }

    /// Whether a piece begins a call under the very index that clients will see.
    pub fn is_first(&self, call: &ToolCall<'_>) -> bool {
        self.known(call).is_none() && call.index == Some(number(self.0.len()))
    }

    /// The call that a piece continues. Some services number every call 0, some number nothing: another id, or another
    /// name without any id, is another call.
    fn known(&self, call: &ToolCall<'_>) -> Option<usize> {
        let named = call.function.as_ref().and_then(|f| f.name.as_deref()).is_some_and(|name| !name.is_empty());
        match (id_of(call), call.index) {
            (Some(id), index) => self.0.iter().position(|known| {
                known.id.as_deref() == Some(id) || (known.id.is_none() && index.is_some() && known.upstream == index)
            }),
            (None, Some(index)) => self.0.iter().rposition(|known| known.upstream == Some(index)),
            (None, None) if named => None,
            (None, None) => self.0.len().checked_sub(1),
        }
    }
}

fn id_of<'a>(call: &'a ToolCall<'_>) -> Option<&'a str> {
    call.id.as_deref().filter(|id| !id.is_empty())
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of pieces, as `index id name arguments`.
    fn told(pieces: &[&str]) -> Vec<String> {
        let mut ids = ToolIds::default();
        let one = |piece: &&str| {
            let delta = ids.delta(&serde_json::from_str(piece).unwrap());
            let id = delta.id.map_or("-".into(), |id| if id.starts_with("call_") { "made".into() } else { id });
            format!("{} {id} {} {}", delta.index, delta.name.unwrap_or("-".into()), delta.arguments)
        };
        pieces.iter().map(one).collect()
    }

    #[test]
    fn calls_that_share_an_index_or_have_none_are_told_apart() {
        let a = r#"{"index":0,"id":"a","function":{"name":"f","arguments":"1"}}"#;
        let b = r#"{"index":0,"id":"b","function":{"name":"g","arguments":"2"}}"#;
        let more = r#"{"index":0,"function":{"arguments":"3"}}"#;
        assert_eq!(told(&[a, b, more]), ["0 a f 1", "1 b g 2", "1 - - 3"]);
        let f = r#"{"function":{"name":"f","arguments":"1"}}"#;
        let g = r#"{"function":{"name":"g","arguments":"2"}}"#;
        let rest = r#"{"function":{"arguments":"3"}}"#;
        assert_eq!(told(&[f, g, rest]), ["0 made f 1", "1 made g 2", "1 - - 3"]);
    }

    #[test]
    fn repeated_ids_begin_no_new_call() {
        let a = r#"{"index":0,"id":"a","function":{"name":"f","arguments":"1"}}"#;
        assert_eq!(told(&[a, a]), ["0 a f 1", "0 - - 1"]);
    }
}
