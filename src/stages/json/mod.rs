//! Answers in JSON from a model that writes prose: asks for it, finds it in what came, and asks once more if it is not
//! what was wanted.

mod cost;
mod extract;

use jsonschema::Validator;
use serde_json::Value;
use smallvec::SmallVec;
use tokio::time::Instant;

use self::cost::Cost;
use self::extract::extract;
use super::held::Held;
use super::{Correction, Finish, Flow, Stage};
use crate::chat::{ChatRequest, Decoded, Event, Fault, FinishReason, Format, Schema};

/// The longest complaint about a wrong answer that is told to the model, in characters.
const LONGEST_COMPLAINT: usize = 300;

/// What the model is told, before its schema if there is one.
const CONTRACT: &str = "Answer with one JSON value and nothing else: no explanation before or after it, no code fence.";

/// Sees to the form of an answer; `last` says that the model was asked again already.
pub fn stage(format: &Format, last: bool) -> Box<dyn Stage> {
    let schema = if let Format::Schema(schema) = format { validator(schema).ok() } else { None };
    Box::new(Form { schema, last, held: Held::default(), end: None, calls: false })
}

/// Checks the schema of `request`, if there is one.
///
/// # Errors
/// If it is none.
pub fn check(request: &ChatRequest) -> Result<(), Fault> {
    const FIELD: &str = "response_format.json_schema.schema";
    let Format::Schema(schema) = &request.format else { return Ok(()) };
    validator(schema).map(drop).map_err(|why| {
        let why = if why.is_empty() { why } else { format!(" ({why})") };
        Fault::request(FIELD, format!("`{FIELD}` is not a JSON Schema that can be used{why}"))
    })
}

/// The schema made ready; else what is wrong with it. Nothing that it refers to is fetched.
fn validator(schema: &Schema) -> Result<(Validator, Cost), String> {
    let value: Value = serde_json::from_slice(&schema.schema).map_err(|_| String::new())?;
    let cost = Cost::of(&value);
    if cost.is_too_high() {
        return Err("its references stand for too many checks".to_owned());
    }
    let short = |place: String| place.chars().take(80).collect::<String>();
    let told = |place: String| if place.is_empty() { place } else { format!("at `{place}`") };
    let built = jsonschema::options().build(&value);
    built.map(|built| (built, cost)).map_err(|error| told(short(error.instance_path().to_string())))
}

/// Writes into `request` what the model has to know.
pub fn ask(request: &mut ChatRequest) {
    let format = std::mem::take(&mut request.format);
    let contract = match &format {
        Format::Schema(schema) => format!("{CONTRACT} {}", described(schema)),
        _ => format!("{CONTRACT} It must be an object."),
    };
    request.instruct(contract, "(Answer with the JSON value only.)");
}

/// The schema in words for the model.
fn described(schema: &Schema) -> String {
    let Schema { name, description, schema } = schema;
    let purpose = [name, description].map(|text| text.trim()).into_iter().filter(|text| !text.is_empty());
    let purpose = purpose.collect::<Vec<_>>().join(": ");
    let purpose = if purpose.is_empty() { purpose } else { format!(" ({purpose})") };
    format!("It must be valid by this JSON Schema{purpose}:\n{}", String::from_utf8_lossy(schema))
}

struct Form {
    schema: Option<(Validator, Cost)>,
    last: bool,
    held: Held,
    end: Option<FinishReason>,
    /// Whether the model calls tools instead of answering.
    calls: bool,
}

impl Form {
    /// What is wrong with `json`, in words for the model; nothing, if it is what was wanted.
    fn complaint(&self, json: Option<&str>) -> Option<String> {
        let Some(value) = json.and_then(|json| serde_json::from_str::<Value>(json).ok()) else {
            return Some("it was not valid JSON".to_owned());
        };
        match &self.schema {
            Some((_, cost)) if cost.is_too_high_for(&value) => None,
            Some((schema, _)) => schema.validate(&value).err().map(|error| {
                let place = error.instance_path().to_string();
                let told: String = error.to_string().chars().take(LONGEST_COMPLAINT).collect();
                if place.is_empty() { told } else { format!("at {place}: {told}") }
            }),
            None => (!value.is_object()).then(|| "it was not an object".to_owned()),
        }
    }

    fn release(&mut self, out: &mut Vec<Decoded>) {
        out.extend(self.held.release().map(Decoded::event));
    }
}

impl Stage for Form {
    fn push(&mut self, decoded: Decoded, _: Instant, out: &mut Vec<Decoded>) -> Result<Flow, Fault> {
        let mut events = SmallVec::new();
        for event in decoded.events {
            match event {
                _ if self.calls => events.push(event),
                Event::ToolCall(_) => {
                    self.calls = true;
                    self.release(out);
                    events.push(event);
                }
                Event::Done(reason) => self.end = Some(reason),
                other => events.extend(self.held.take(other)),
            }
        }
        if !events.is_empty() {
            out.push(Decoded { events, native: None, ..decoded });
        }
        Ok(Flow::On)
    }

    fn finish(&mut self, out: &mut Vec<Decoded>) -> Result<Finish, Fault> {
        let Some(end) = self.end.take() else { return Ok(Finish::Whole) };
        let text = std::mem::take(&mut self.held.text);
        let json = extract(&text);
        // An answer that was cut short is what it is.
        let complaint = if end == FinishReason::Stop { self.complaint(json) } else { None };
        if let Some(complaint) = complaint.filter(|_| !self.last) {
            let wanted = format!("That answer cannot be used: {complaint}. {CONTRACT}");
            let instead = json.unwrap_or(&text).to_owned();
            return Ok(Finish::Again(Correction { said: text, wanted, instead }));
        }
        self.held.text = json.map(str::to_owned).unwrap_or(text);
        self.release(out);
        out.push(Decoded::event(Event::Done(end)));
        Ok(Finish::Whole)
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
