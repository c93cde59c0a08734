//! The messages of a request, described.

#![expect(dead_code, reason = "these types are only looked at by the macro that describes them")]

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::tool::{FunctionCall, ToolCall};

/// One message of a conversation.
#[derive(Deserialize, ToSchema)]
pub struct ChatMessage {
    /// Who says it. `developer` means the same as `system`; `function` is OpenAI's older word for `tool`.
    role: Role,
    /// What is said. May be left out, or be `null`, where an assistant called tools.
    content: Option<MessageContent>,
    /// A name for this participant.
    name: Option<String>,
    /// An assistant's refusal of an earlier turn.
    refusal: Option<String>,
    /// An assistant's thinking of an earlier turn, as this API gave it out. Where the service behind wants it, it gets it.
    reasoning_content: Option<String>,
    /// The calls that an assistant made.
    tool_calls: Option<Vec<ToolCall>>,
    /// The call that a `tool` message answers.
    tool_call_id: Option<String>,
    /// OpenAI's older form of `tool_calls`.
    #[schema(deprecated)]
    function_call: Option<FunctionCall>,
    /// An earlier answer in sound.
    audio: Option<AudioReference>,
}

/// Who says a message.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    System,
    Developer,
    User,
    Assistant,
    Tool,
    Function,
}

/// A text, or several parts.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum MessageContent {
    Text(String),
    Parts(Vec<ContentPart>),
}

/// One part of a message. Which kinds work depends on the model; what the service behind cannot do is answered with 400.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ContentPart {
    /// A text.
    Text { text: String },
    /// A picture.
    ImageUrl { image_url: ImageUrl },
    /// Sound.
    InputAudio { input_audio: InputAudio },
    /// A file.
    File { file: InputFile },
    /// An assistant's refusal of an earlier turn.
    Refusal { refusal: String },
}

/// Where a picture is.
#[derive(Deserialize, ToSchema)]
pub struct ImageUrl {
    /// An `https:` address, or the picture itself as a `data:` address.
    url: String,
    /// How closely it is looked at: `auto`, `low` or `high`.
    detail: Option<String>,
}

/// Sound.
#[derive(Deserialize, ToSchema)]
pub struct InputAudio {
    /// In base64.
    data: String,
    /// `wav` or `mp3`.
    format: String,
}

/// A file: its content, or the id under which it was uploaded.
#[derive(Deserialize, ToSchema)]
pub struct InputFile {
    /// Its name.
    filename: Option<String>,
    /// Its content, in base64 or as a `data:` address.
    file_data: Option<String>,
    /// The id of an uploaded file.
    file_id: Option<String>,
}

/// An earlier answer in sound.
#[derive(Deserialize, ToSchema)]
pub struct AudioReference {
    /// Its id.
    id: String,
}

/// A text that the answer will mostly repeat.
#[derive(Deserialize, ToSchema)]
pub struct Prediction {
    /// Always `content`.
    #[schema(example = "content")]
    r#type: String,
    /// The text, or its parts.
    content: MessageContent,
}

/// How an answer in sound is made.
#[derive(Deserialize, ToSchema)]
pub struct AudioOutput {
    /// A voice's name, or `{"id": …}`.
    voice: Value,
    /// `wav`, `aac`, `mp3`, `flac`, `opus` or `pcm16`.
    format: String,
}
