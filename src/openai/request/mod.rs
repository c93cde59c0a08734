//! A client's `POST /v1/chat/completions` body → [`ChatRequest`].
//!
//! Unknown fields are ignored and `null` means absent everywhere, because clients send both.

mod format;
mod message;
mod part;
mod tools;

use std::ops::Range;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny};
use serde_json::value::RawValue;

use self::format::{ResponseFormat, Stop, thinks};
use self::message::RawMessage;
use self::tools::{Offer, RawChoice, RawFunction, RawTool};
use crate::chat::{ChatRequest, Fault};
use crate::json;

/// OpenAI's limits: <https://platform.openai.com/docs/api-reference/chat/create>.
const MOST_CHOICES: u32 = 128;
const MOST_STOPS: usize = 4;

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    model: Option<Name<'a>>,
    #[serde(borrow)]
    messages: Option<Vec<RawMessage<'a>>>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    n: Option<u32>,
    #[serde(borrow)]
    tools: Option<Vec<RawTool<'a>>>,
    tool_choice: Option<RawChoice>,
    parallel_tool_calls: Option<bool>,
    #[serde(borrow)]
    functions: Option<Vec<RawFunction<'a>>>,
    function_call: Option<RawChoice>,
    #[serde(borrow)]
    response_format: Option<ResponseFormat<'a>>,
    stop: Option<Stop>,
    max_tokens: Option<i64>,
    max_completion_tokens: Option<i64>,
    reasoning_effort: Option<String>,
    enable_thinking: Option<bool>,
    #[serde(borrow)]
    thinking: Option<&'a RawValue>,
    enable_search: Option<bool>,
    web_search_options: Option<IgnoredAny>,
    user: Option<String>,
    // The fields below are only checked for their types here: a provider that has them reads them from the body.
    #[serde(rename = "temperature")]
    _temperature: Option<f64>,
    #[serde(rename = "top_p")]
    _top_p: Option<f64>,
    #[serde(rename = "presence_penalty")]
    _presence_penalty: Option<f64>,
    #[serde(rename = "frequency_penalty")]
    _frequency_penalty: Option<f64>,
}

#[derive(Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

/// The model's name as it is written, so that another can be put in its place.
struct Name<'a>(&'a RawValue, String);

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
    let messages = message::messages(parsed.messages.unwrap_or_default(), &body)?;
    if messages.is_empty() {
        return Err(Fault::request("messages", "`messages` is missing or empty; send at least one message"));
    }
    let Offer { tools, choice: tool_choice, legacy: legacy_functions } = tools::offer(
        parsed.tools.unwrap_or_default(),
        parsed.functions.unwrap_or_default(),
        parsed.tool_choice,
        parsed.function_call,
        &body,
    )?;
    let format = parsed.response_format.map(|format| format.neutral(&body)).transpose()?.unwrap_or_default();
    let max_tokens =
        limit("max_completion_tokens", parsed.max_completion_tokens)?.or(limit("max_tokens", parsed.max_tokens)?);
    Ok(ChatRequest {
        model,
        messages,
        stream: parsed.stream.unwrap_or(false),
        include_usage: parsed.stream_options.and_then(|options| options.include_usage).unwrap_or(false),
        choices: choices(parsed.n)?,
        tools,
        tool_choice,
        one_call: parsed.parallel_tool_calls == Some(false) || legacy_functions,
        legacy_functions,
        format,
        stop: stop(parsed.stop)?,
        max_tokens,
        thinking: thinks(parsed.enable_thinking, parsed.thinking, parsed.reasoning_effort.as_deref()),
        search: parsed.enable_search.or(parsed.web_search_options.map(|_| true)),
        user: parsed.user,
        model_at,
        body,
        ..ChatRequest::default()
    })
}

fn choices(n: Option<u32>) -> Result<u32, Fault> {
    let choices = n.unwrap_or(1);
    if (1..=MOST_CHOICES).contains(&choices) {
        return Ok(choices);
    }
    Err(Fault::request("n", format!("`n` is out of range; it goes from 1 to {MOST_CHOICES}")))
}

fn stop(stop: Option<Stop>) -> Result<Vec<String>, Fault> {
    let Stop(mut all) = stop.unwrap_or_default();
    if all.len() > MOST_STOPS {
        return Err(Fault::request("stop", format!("`stop` holds more than {MOST_STOPS} sequences")));
    }
    all.retain(|one| !one.is_empty());
    Ok(all)
}

fn limit(field: &str, tokens: Option<i64>) -> Result<Option<u64>, Fault> {
    let negative = |_| Fault::request(field, format!("`{field}` is negative; write how many tokens may come"));
    tokens.map(u64::try_from).transpose().map_err(negative)
}

/// Where `part`, a slice of `whole`, stands in it.
fn range_of(part: &str, whole: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - whole.as_ptr().addr();
    start..start + part.len()
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

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        let name = serde_json::from_str(raw.get()).map_err(|_| D::Error::custom("x, expected a string"))?;
        Ok(Self(raw, name))
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
