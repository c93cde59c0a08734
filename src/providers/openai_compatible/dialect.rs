//! How one service deviates from OpenAI's dialect, as closed choices.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How a service deviates from OpenAI.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dialect {
    /// In which fields thinking may come; all of them if left out.
    pub reasoning: Option<Vec<ReasoningForm>>,
    /// How a stream's usage is had.
    #[serde(default)]
    pub stream_usage: StreamUsage,
    /// Request fields that have another name there.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// Request fields that the service refuses.
    #[serde(default)]
    pub drop: Vec<String>,
    /// Request fields that are always set.
    #[serde(default)]
    pub set: BTreeMap<String, toml::Value>,
    /// How thinking is switched on and off there, if it can be.
    pub thinking: Option<ThinkingSwitch>,
    /// Whether `enable_search` switches web search there.
    #[serde(default)]
    pub search: bool,
    /// Whether the service reads parts of type `file` itself.
    #[serde(default)]
    pub files: bool,
    /// What the service cannot do; it is emulated.
    #[serde(default)]
    pub lacks: Vec<Lack>,
}

/// How a service is told whether to think.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThinkingSwitch {
    /// `enable_thinking`, true or false.
    EnableThinking,
    /// `thinking`, an object whose `type` is `enabled` or `disabled`.
    TypeObject,
}

/// What a service may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// Tools.
    Tools,
    /// `response_format` of type `json_object`.
    JsonObject,
    /// `response_format` of type `json_schema`.
    JsonSchema,
    /// `stop`.
    Stop,
    /// `max_tokens`.
    MaxTokens,
    /// `n`.
    N,
    /// Pictures, with all of its models.
    Pictures,
}

/// A form in which services send thinking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasoningForm {
    /// `delta.reasoning_content`.
    ReasoningContent,
    /// `delta.reasoning`.
    Reasoning,
    /// `delta.reasoning_details[].text`.
    ReasoningDetails,
    /// Parts of type `thinking` in `delta.content`.
    ContentParts,
    /// `<think>…</think>` at the beginning of the answer.
    ThinkTags,
}

/// How a stream's usage is had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamUsage {
    /// By `stream_options`, as OpenAI has it.
    #[default]
    StreamOptions,
    /// It comes unasked, and `stream_options` is refused.
    Unasked,
    /// It does not come, and `stream_options` is refused.
    Never,
}
