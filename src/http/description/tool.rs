//! Tools, calls and forms of answers, described.

#![expect(dead_code, reason = "these types are only looked at by the macro that describes them")]

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A tool that the model may call.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Tool {
    /// A function.
    Function { function: Function },
    /// A tool whose input is a text.
    Custom { custom: CustomTool },
}

/// A function that the model may call.
#[derive(Deserialize, ToSchema)]
pub struct Function {
    /// Its name: letters, digits, `_` and `-`, 64 at most.
    #[schema(example = "get_weather")]
    name: String,
    /// What it does; the model decides by this when to call it.
    description: Option<String>,
    /// Its arguments, as a JSON Schema. Left out: it has none.
    #[schema(value_type = Option<Object>)]
    parameters: Option<Value>,
    /// Whether the arguments must follow that schema exactly.
    strict: Option<bool>,
}

/// A tool whose input is a text.
#[derive(Deserialize, ToSchema)]
pub struct CustomTool {
    /// Its name.
    name: String,
    /// What it does.
    description: Option<String>,
    /// `{"type": "text"}`, or `{"type": "grammar", "grammar": {"definition": …, "syntax": "lark" or "regex"}}`.
    #[schema(value_type = Option<Object>)]
    format: Option<Value>,
}

/// Whether and which tool is called.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ToolChoice {
    Mode(ToolMode),
    Named(NamedTool),
}

/// `none`: no tool; `auto`: the model decides; `required`: one at least.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ToolMode {
    None,
    Auto,
    Required,
}

/// This tool, or some tools of those that are there.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NamedTool {
    /// This function.
    Function { function: ToolName },
    /// This custom tool.
    Custom { custom: ToolName },
    /// Some of the tools.
    AllowedTools { allowed_tools: AllowedTools },
}

/// A tool's name.
#[derive(Deserialize, ToSchema)]
pub struct ToolName {
    name: String,
}

/// Some of the tools.
#[derive(Deserialize, ToSchema)]
pub struct AllowedTools {
    /// `auto` or `required`.
    mode: String,
    /// Which, such as `{"type": "function", "function": {"name": …}}`.
    #[schema(value_type = Vec<Object>)]
    tools: Vec<Value>,
}

/// OpenAI's older form of `tool_choice`: `none`, `auto` or a function's name.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum FunctionCallChoice {
    Mode(String),
    Named(ToolName),
}

/// A call that an assistant made in an earlier turn.
#[derive(Deserialize, ToSchema)]
pub struct ToolCall {
    /// Its id, which the tool's answer names.
    #[schema(example = "call_1")]
    id: String,
    /// `function` or `custom`.
    #[schema(example = "function")]
    r#type: String,
    /// The function that was called.
    function: Option<FunctionCall>,
    /// The custom tool that was called: `{"name": …, "input": …}`.
    #[schema(value_type = Option<Object>)]
    custom: Option<Value>,
}

/// A function's call.
#[derive(Deserialize, ToSchema)]
pub struct FunctionCall {
    /// The function's name.
    name: String,
    /// Its arguments, as a text that holds JSON.
    #[schema(example = "{\"city\": \"Hangzhou\"}")]
    arguments: String,
}

/// The form of the answer.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ResponseFormat {
    /// A text.
    Text,
    /// Some JSON object; the messages must ask for JSON, too.
    JsonObject,
    /// JSON that follows a schema.
    JsonSchema { json_schema: JsonSchema },
}

/// The schema that an answer follows.
#[derive(Deserialize, ToSchema)]
pub struct JsonSchema {
    /// Its name.
    name: String,
    /// What it is for.
    description: Option<String>,
    /// The schema itself.
    #[schema(value_type = Option<Object>)]
    schema: Option<Value>,
    /// Whether it is followed exactly.
    strict: Option<bool>,
}
