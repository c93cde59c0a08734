//! The body of `POST /v1/chat/completions`, described: OpenAI's fields (its API description, version 2.3.0) and those
//! that other services added. What reads a body is `openai::request`; it knows the fields that matter to it, and passes
//! the rest on.

#![expect(dead_code, reason = "these types are only looked at by the macro that describes them")]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::message::{AudioOutput, ChatMessage, Prediction};
use super::tool::{Function, FunctionCallChoice, ResponseFormat, Tool, ToolChoice};

/// What a completion is made of. Unknown fields are accepted and passed on to a service that speaks this dialect; a
/// field that is `null` counts as left out.
#[derive(ToSchema)]
#[schema(example = json!({"model": "auto", "messages": [{"role": "user", "content": "你好"}], "stream": false}))]
pub struct ChatCompletionRequest {
    /// A model of `GET /v1/models`, a name of the owner's, `provider/model`, or `auto`.
    #[schema(example = "auto")]
    model: String,
    /// The conversation so far.
    #[schema(min_items = 1)]
    messages: Vec<ChatMessage>,
    /// Whether the answer comes piece by piece, as server-sent events.
    stream: Option<bool>,
    /// What a stream holds.
    stream_options: Option<StreamOptions>,
    /// How many answers.
    #[schema(minimum = 1, maximum = 128, example = 1)]
    n: Option<u32>,
    /// Where the answer ends: a text, or up to four. They are not part of it.
    stop: Option<Stop>,
    /// The most tokens of the answer, thinking included.
    max_completion_tokens: Option<i64>,
    /// OpenAI's older name of `max_completion_tokens`.
    #[schema(deprecated)]
    max_tokens: Option<i64>,
    /// How freely it is worded.
    #[schema(minimum = 0, maximum = 2)]
    temperature: Option<f64>,
    /// Of which share of the likeliest tokens one is taken.
    #[schema(minimum = 0, maximum = 1)]
    top_p: Option<f64>,
    /// Weighs against what was said already.
    #[schema(minimum = -2, maximum = 2)]
    presence_penalty: Option<f64>,
    /// Weighs against what was said often.
    #[schema(minimum = -2, maximum = 2)]
    frequency_penalty: Option<f64>,
    /// Token → how much likelier it becomes, from -100 to 100.
    logit_bias: Option<BTreeMap<String, i64>>,
    /// Whether the tokens' likelihoods are told.
    logprobs: Option<bool>,
    /// For how many tokens at each place.
    #[schema(minimum = 0, maximum = 20)]
    top_logprobs: Option<u32>,
    /// For the same answer to the same request, as far as possible.
    #[schema(deprecated)]
    seed: Option<i64>,
    /// The form of the answer.
    response_format: Option<ResponseFormat>,
    /// Tools that the model may call.
    tools: Option<Vec<Tool>>,
    /// Whether and which tool is called.
    tool_choice: Option<ToolChoice>,
    /// Whether several may be called at once.
    parallel_tool_calls: Option<bool>,
    /// OpenAI's older form of `tools`.
    #[schema(deprecated)]
    functions: Option<Vec<Function>>,
    /// OpenAI's older form of `tool_choice`.
    #[schema(deprecated)]
    function_call: Option<FunctionCallChoice>,
    /// How much is thought: `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`.
    #[schema(example = "medium")]
    reasoning_effort: Option<String>,
    /// Whether the model thinks before it answers (Qwen's field). The thinking comes as `reasoning_content`.
    enable_thinking: Option<bool>,
    /// Whether the model may search the web (Qwen's field).
    enable_search: Option<bool>,
    /// How long the answer is: `low`, `medium` or `high`.
    verbosity: Option<String>,
    /// In which forms the answer comes: `text`, `audio`.
    modalities: Option<Vec<String>>,
    /// How an answer in sound is made.
    audio: Option<AudioOutput>,
    /// A text that the answer will mostly repeat.
    prediction: Option<Prediction>,
    /// That the web is searched, and how (OpenAI's field).
    web_search_options: Option<WebSearchOptions>,
    /// That question and answer are checked: `{"model": …}`.
    #[schema(value_type = Option<Object>)]
    moderation: Option<Value>,
    /// Whether the service behind keeps the answer.
    store: Option<bool>,
    /// Up to 16 notes.
    metadata: Option<BTreeMap<String, String>>,
    /// `auto`, `default`, `flex`, `scale`, `priority` or `fast`.
    service_tier: Option<String>,
    /// Groups requests that begin alike.
    prompt_cache_key: Option<String>,
    /// How such beginnings are kept.
    #[schema(value_type = Option<Object>)]
    prompt_cache_options: Option<Value>,
    /// How long such beginnings are kept: `in_memory` or `24h`.
    #[schema(deprecated)]
    prompt_cache_retention: Option<String>,
    /// Who asks, in a form that tells nobody's name.
    #[schema(max_length = 64)]
    safety_identifier: Option<String>,
    /// OpenAI's older name of the two before. Requests of one user stay with one account while it is well.
    user: Option<String>,
}

/// What a stream holds.
#[derive(ToSchema)]
pub struct StreamOptions {
    /// Whether a last chunk without choices tells the use.
    include_usage: Option<bool>,
    /// Whether chunks are padded so that their lengths tell nothing.
    include_obfuscation: Option<bool>,
}

/// Where an answer ends.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Stop {
    One(String),
    Several(Vec<String>),
}

/// How the web is searched.
#[derive(ToSchema)]
pub struct WebSearchOptions {
    /// `low`, `medium` or `high`.
    search_context_size: Option<String>,
    /// `{"type": "approximate", "approximate": {"country": …, "region": …, "city": …, "timezone": …}}`.
    #[schema(value_type = Option<Object>)]
    user_location: Option<Value>,
}
