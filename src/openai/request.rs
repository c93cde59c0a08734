//! A client's `POST /v1/chat/completions` body → [`ChatRequest`].
//!
//! Unknown fields are ignored and `null` means absent everywhere, because clients send both.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::chat::{ChatRequest, Content, Fault, Message, Part, Role};
use crate::json;

/// OpenAI's limits: <https://platform.openai.com/docs/api-reference/chat/create>.
const MOST_CHOICES: u32 = 128;
const MOST_STOPS: usize = 4;

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    model: Option<Name<'a>>,
    messages: Option<Vec<RawMessage>>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    n: Option<u32>,
    tools: Option<Vec<IgnoredAny>>,
    functions: Option<Vec<IgnoredAny>>,
    response_format: Option<ResponseFormat>,
    stop: Option<Stop>,
    // The fields below are only checked for their types here: a provider that has them reads them from the body.
    #[serde(rename = "max_tokens")]
    _max_tokens: Option<i64>,
    #[serde(rename = "max_completion_tokens")]
    _max_completion_tokens: Option<i64>,
    #[serde(rename = "temperature")]
    _temperature: Option<f64>,
    #[serde(rename = "top_p")]
    _top_p: Option<f64>,
    #[serde(rename = "presence_penalty")]
    _presence_penalty: Option<f64>,
    #[serde(rename = "frequency_penalty")]
    _frequency_penalty: Option<f64>,
    user: Option<String>,
}

#[derive(Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

#[derive(Deserialize)]
struct ResponseFormat {
    r#type: Option<String>,
}

struct Stop(usize);

/// The model's name as it is written, so that another can be put in its place.
struct Name<'a>(&'a RawValue, String);

#[derive(Deserialize)]
struct RawMessage {
    role: RawRole,
    content: Option<RawContent>,
    tool_calls: Option<Vec<IgnoredAny>>,
    function_call: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawRole {
    System,
    Developer,
    User,
    Assistant,
    Tool,
    Function,
}

struct RawContent(Content);

#[derive(Deserialize)]
struct RawPart {
    r#type: String,
    text: Option<String>,
    refusal: Option<String>,
}

/// Reads a request.
///
/// # Errors
/// A [`Fault`] of kind `Request` that names the field and never repeats its value.
pub fn parse(body: Bytes) -> Result<ChatRequest, Fault> {
    let parsed: Body<'_> = json::from_bytes(&body).map_err(|_| explain(&body))?;
    let named = parsed.model.map(|Name(raw, name)| (range_of(raw.get(), &body), name.trim().to_owned()));
    let named = named.filter(|(_, name)| !name.is_empty());
    let (model_at, model) =
        named.ok_or_else(|| Fault::request("model", "`model` is missing; name a model, or `auto`"))?;
    let messages = parsed.messages.unwrap_or_default();
    if messages.is_empty() {
        return Err(Fault::request("messages", "`messages` is missing or empty; send at least one message"));
    }
    let choices = parsed.n.unwrap_or(1);
    if !(1..=MOST_CHOICES).contains(&choices) {
        return Err(Fault::request("n", format!("`n` is out of range; it goes from 1 to {MOST_CHOICES}")));
    }
    if parsed.stop.is_some_and(|stop| stop.0 > MOST_STOPS) {
        return Err(Fault::request("stop", format!("`stop` holds more than {MOST_STOPS} sequences")));
    }
    let offered = |list: Option<Vec<IgnoredAny>>| list.is_some_and(|list| !list.is_empty());
    let format = parsed.response_format.and_then(|format| format.r#type);
    let stream = parsed.stream.unwrap_or(false);
    Ok(ChatRequest {
        model,
        messages: messages.into_iter().map(message).collect(),
        stream,
        user: parsed.user,
        session: None,
        include_usage: parsed.stream_options.and_then(|options| options.include_usage).unwrap_or(false),
        choices,
        tools: offered(parsed.tools) || offered(parsed.functions),
        structured: format.is_some_and(|format| format != "text"),
        body,
        model_at,
    })
}

/// Where `part`, a slice of `whole`, stands in it.
fn range_of(part: &str, whole: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
}

fn message(raw: RawMessage) -> Message {
    let role = match raw.role {
        RawRole::System | RawRole::Developer => Role::System,
        RawRole::User => Role::User,
        RawRole::Assistant => Role::Assistant,
        RawRole::Tool | RawRole::Function => Role::Tool,
    };
    let tool_calls = raw.function_call.is_some() || raw.tool_calls.is_some_and(|calls| !calls.is_empty());
    Message { role, content: raw.content.map_or(Content::None, |content| content.0), tool_calls }
}

/// Reads the body again, slowly, to say where it is wrong.
fn explain(body: &[u8]) -> Fault {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let Err(error) = serde_path_to_error::deserialize::<_, Body<'_>>(&mut deserializer) else {
        return Fault::request("body", "the body is not valid JSON: something follows its end");
    };
    let inner = error.inner();
    if !inner.is_data() {
        let place = format!("line {}, column {}", inner.line(), inner.column());
        return Fault::new(
            crate::chat::FaultKind::Request,
            format!("the body is not valid JSON ({place}); send one JSON object"),
        );
    }
    let path = error.path().to_string();
    let field = if path == "." { "body".to_owned() } else { path };
    let told = inner.to_string();
    let what = if let Some((_, expected)) = told.rsplit_once(", expected ") {
        let expected = expected.split(" at line ").next().unwrap_or(expected);
        format!("has the wrong type or value; expected {expected}")
    } else if told.starts_with("missing field") || told.starts_with("duplicate field") {
        format!("is wrong: {}", told.split(" at line ").next().unwrap_or_default())
    } else {
        "has a value that cannot be read".to_owned()
    };
    Fault::request(field.as_str(), format!("`{field}` {what}"))
}

impl<'de> Deserialize<'de> for RawContent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RawContent;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a list of parts or null")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(RawContent(Content::Text(text.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut parts = Vec::new();
                while let Some(raw) = seq.next_element::<RawPart>()? {
                    parts.push(part(raw)?);
                }
                Ok(RawContent(Content::Parts(parts)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

fn part<E: serde::de::Error>(raw: RawPart) -> Result<Part, E> {
    match (raw.r#type.as_str(), raw.text, raw.refusal) {
        ("text" | "input_text" | "output_text", Some(text), _) | ("refusal", _, Some(text)) => Ok(Part::Text(text)),
        ("text" | "input_text" | "output_text", None, _) => Err(E::missing_field("text")),
        _ => Ok(Part::Other(raw.r#type)),
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        let name = serde_json::from_str(raw.get()).map_err(|_| D::Error::custom("x, expected a string"))?;
        Ok(Self(raw, name))
    }
}

impl<'de> Deserialize<'de> for Stop {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Stop;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(Stop(1))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut count = 0;
                while seq.next_element::<String>().map_err(|_| A::Error::custom("x, expected a text"))?.is_some() {
                    count += 1;
                }
                Ok(Stop(count))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
