//! The JSON of one frame, borrowed from the stream: only what is needed is unescaped.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::Text;

/// One frame's JSON. Everything is optional, because each generation of the site leaves out something else.
#[derive(Debug, Deserialize)]
pub struct Frame<'a> {
    #[serde(borrow)]
    pub data: Option<Data<'a>>,
    #[serde(borrow)]
    pub error_code: Option<&'a RawValue>,
    #[serde(borrow)]
    pub error_msg: Option<&'a RawValue>,
    #[serde(borrow, rename = "errorCode")]
    pub error_name: Option<&'a RawValue>,
    #[serde(borrow)]
    pub code: Option<&'a RawValue>,
    #[serde(borrow)]
    pub ret: Option<&'a RawValue>,
    #[serde(borrow)]
    pub extra_info: Option<&'a RawValue>,
    #[serde(borrow)]
    pub audit_info: Option<&'a RawValue>,
}

/// What a frame carries.
#[derive(Debug, Deserialize)]
pub struct Data<'a> {
    #[serde(borrow)]
    pub messages: Option<Vec<Message<'a>>>,
    #[serde(borrow)]
    pub status: Option<Text<'a>>,
    #[serde(borrow)]
    pub sse_end: Option<&'a RawValue>,
    #[serde(borrow)]
    pub extra_info: Option<&'a RawValue>,
    #[serde(borrow)]
    pub audit_info: Option<&'a RawValue>,
}

/// One message of a frame. Its own `status` is left out on purpose: a complete thinking message ends no answer.
#[derive(Debug, Deserialize)]
pub struct Message<'a> {
    #[serde(borrow)]
    pub mime_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub content: Option<&'a RawValue>,
    #[serde(borrow)]
    pub meta_data: Option<&'a RawValue>,
}

/// A message's meta data, read only where it may hold thinking or an answer.
#[derive(Debug, Deserialize)]
pub struct Meta<'a> {
    #[serde(borrow)]
    pub multi_load: Option<Vec<Item<'a>>>,
}

/// One item beside a message.
#[derive(Debug, Deserialize)]
pub struct Item<'a> {
    #[serde(borrow)]
    pub r#type: Option<Text<'a>>,
    #[serde(borrow)]
    pub source_seq: Option<&'a RawValue>,
    #[serde(borrow)]
    pub content: Option<&'a RawValue>,
}

/// What a thinking item says.
#[derive(Debug, Deserialize)]
pub struct Thought<'a> {
    #[serde(borrow)]
    pub think_content: Option<&'a RawValue>,
}

/// What one step of the newer thinking form says.
#[derive(Debug, Deserialize)]
pub struct Step<'a> {
    #[serde(borrow)]
    pub title: Option<Text<'a>>,
    #[serde(borrow)]
    pub body: Option<Text<'a>>,
}

/// What may stand in `extra_info`.
#[derive(Debug, Default, Deserialize)]
pub struct Extra<'a> {
    pub chat_odps: Option<Odps>,
    #[serde(borrow)]
    pub sse_end: Option<&'a RawValue>,
    pub audit_info: Option<Audit>,
}

/// The site's statistics.
#[derive(Debug, Deserialize)]
pub struct Odps {
    pub total_usage: Option<TotalUsage>,
}

/// The site's token counts.
#[derive(Debug, Deserialize)]
pub struct TotalUsage {
    #[serde(default)]
    pub prompt_tokens: u64,
    #[serde(default)]
    pub completion_tokens: u64,
}

/// The verdict of the site's content filter; ordinary frames carry one with `error_code` 0.
#[derive(Debug, Deserialize)]
pub struct Audit {
    problem_code: Option<String>,
    error_code: Option<i64>,
}

impl Audit {
    /// Whether the answer is taken back.
    pub fn blocks(&self) -> bool {
        self.problem_code.as_deref() == Some("blocked") || self.error_code.is_some_and(|code| code != 0)
    }
}

/// Whether a raw JSON value says yes: `1`, `"1"` or `true`.
pub fn says_yes(value: &RawValue) -> bool {
    matches!(value.get(), "1" | "\"1\"" | "true" | "\"true\"")
}

/// A raw JSON value as a text, whatever its type; `null` and `0` are empty, as "no error" is written in both ways.
pub fn as_text(value: Option<&RawValue>) -> String {
    let written = value.map_or("", RawValue::get);
    match written {
        "null" | "0" | "\"0\"" | "false" => String::new(),
        _ if written.starts_with('"') => serde_json::from_str(written).unwrap_or_default(),
        _ => written.to_owned(),
    }
}
