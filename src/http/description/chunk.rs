//! A chunk of a stream, described. `openai::chunk` writes it by hand, and an upstream's own chunk may pass as it is.

#![expect(dead_code, reason = "these types are only looked at by the macro that describes them")]

use serde_json::Value;
use utoipa::ToSchema;

use crate::openai::answer::UsageObject;

/// An event of a stream.
#[derive(ToSchema)]
pub struct StreamEvent {
    /// A `ChatCompletionChunk`, written as JSON. The last one is `[DONE]`; after an error, which is `{"error": …}`, there
    /// is none.
    data: String,
}

/// What the data of an event says.
#[derive(ToSchema)]
pub struct ChatCompletionChunk {
    /// The same in every chunk.
    #[schema(example = "chatcmpl-0123456789abcdef01234567")]
    id: String,
    /// Always `chat.completion.chunk`.
    #[schema(example = "chat.completion.chunk")]
    object: String,
    /// When the answer began, in seconds since 1970.
    created: i64,
    /// The model that answers.
    model: String,
    /// Empty in the chunk that tells the use.
    choices: Vec<ChunkChoice>,
    /// The use, in the last chunk, if `stream_options.include_usage` asked for it; `null` before.
    usage: Option<UsageObject>,
}

/// A piece of one of the answers.
#[derive(ToSchema)]
pub struct ChunkChoice {
    /// Which of the answers.
    index: u32,
    /// What is new.
    delta: Delta,
    /// In an answer's last chunk: `stop`, `length`, `tool_calls`, `function_call` or `content_filter`.
    finish_reason: Option<String>,
    /// The tokens' likelihoods, where a service tells them.
    #[schema(value_type = Option<Object>)]
    logprobs: Option<Value>,
}

/// What is new. An empty one only shows that the connection lives.
#[derive(ToSchema)]
pub struct Delta {
    /// `assistant`, in the first chunk.
    role: Option<String>,
    /// Some text.
    content: Option<String>,
    /// Some thinking.
    reasoning_content: Option<String>,
    /// Pieces of calls.
    tool_calls: Option<Vec<ToolCallDelta>>,
    /// A piece of a call in OpenAI's older form, where the request used that.
    function_call: Option<FunctionDelta>,
    /// Pages that the answer draws on, as OpenAI's web search tells them.
    #[schema(value_type = Option<Vec<Object>>)]
    annotations: Option<Vec<Value>>,
}

/// A piece of a call.
#[derive(ToSchema)]
pub struct ToolCallDelta {
    /// Which of the calls.
    index: u32,
    /// Its id, in its first piece.
    id: Option<String>,
    /// `function`, in its first piece.
    r#type: Option<String>,
    /// The function.
    function: Option<FunctionDelta>,
}

/// A piece of a function's call.
#[derive(ToSchema)]
pub struct FunctionDelta {
    /// Its name, in the first piece.
    name: Option<String>,
    /// A piece of its arguments, which together are a text that holds JSON.
    arguments: Option<String>,
}
