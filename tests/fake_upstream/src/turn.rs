//! What a test puts into the fake's mouth, turn by turn.

use serde_json::Value;

use crate::request::Request;
use crate::routes::Context;
use crate::scenario::{Plan, Scenario};
use crate::text::OK_PIECES;

/// One answer of a credential that was told what to say.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    pub text: String,
    pub reasoning: String,
    /// In about how many frames the text comes.
    pub pieces: usize,
    /// Why OpenAI's answer ends; Qianwen's knows no reason.
    pub finish: String,
    /// OpenAI's own calls. The Qianwen chat has none: there a call is a text.
    pub tool_calls: Vec<Value>,
    /// The pages that Qianwen's search found.
    pub sources: Vec<Value>,
    /// A scenario that is played in this turn instead of saying anything.
    pub plan: Option<Plan>,
}

impl Turn {
    /// The turns of a list, or nothing when a test's slip makes it none.
    pub fn list(turns: &Value) -> Option<Vec<Self>> {
        let turns: Vec<_> = turns.as_array()?.iter().map(Self::parse).collect::<Option<_>>()?;
        (!turns.is_empty()).then_some(turns)
    }

    fn parse(value: &Value) -> Option<Self> {
        let mut turn = Self {
            text: String::new(),
            reasoning: String::new(),
            pieces: OK_PIECES,
            finish: String::new(),
            tool_calls: Vec::new(),
            sources: Vec::new(),
            plan: None,
        };
        for (name, value) in value.as_object()? {
            match name.as_str() {
                "text" => turn.text = value.as_str()?.to_owned(),
                "reasoning" => turn.reasoning = value.as_str()?.to_owned(),
                "pieces" => turn.pieces = value.as_u64().filter(|count| *count > 0)? as usize,
                "finish" => turn.finish = value.as_str()?.to_owned(),
                "tool_calls" => turn.tool_calls.clone_from(value.as_array()?),
                "sources" => turn.sources.clone_from(value.as_array()?),
                "plan" => turn.plan = Some(known(value.as_str()?)?),
                _ => return None,
            }
        }
        if turn.finish.is_empty() {
            turn.finish = if turn.tool_calls.is_empty() { "stop" } else { "tool_calls" }.to_owned();
        }
        Some(turn)
    }
}

fn known(name: &str) -> Option<Plan> {
    Some(Scenario::parse(name).plan).filter(|plan| *plan != Plan::Unknown)
}

/// Replaces what a credential does by what it was told to say. OpenAI's `n` takes as many turns at once.
pub fn told(scenario: Scenario, request: &Request, context: &Context) -> Scenario {
    let choices = || {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        body["n"].as_u64().map_or(1, |count| count.clamp(1, 128) as usize)
    };
    let turns = context.credentials.turns(&scenario.name, choices);
    match turns.first() {
        None => scenario,
        Some(Turn { plan: Some(plan), .. }) => Scenario { plan: plan.clone(), ..scenario },
        Some(_) => Scenario { plan: Plan::Say(turns), ..scenario },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_turn_has_defaults() {
        let turns = Turn::list(&json!([{"text": "a"}, {"tool_calls": [{}]}, {"plan": "429-after-1"}])).unwrap();
        assert_eq!((turns[0].text.as_str(), turns[0].finish.as_str(), turns[0].pieces), ("a", "stop", OK_PIECES));
        assert_eq!(turns[1].finish, "tool_calls");
        assert_eq!(turns[2].plan, Some(Plan::Rate { retry_after: Some(1) }));
    }

    #[test]
    fn a_slip_is_no_turn() {
        let slips = [json!([]), json!({}), json!(["a"]), json!([{"test": "a"}]), json!([{"text": 1}])];
        let more = [json!([{"pieces": 0}]), json!([{"plan": "okay"}]), json!([{"text": "a"}, {"sources": "b"}])];
        for slip in slips.iter().chain(&more) {
            assert_eq!(Turn::list(slip), None, "{slip}");
        }
    }
}
