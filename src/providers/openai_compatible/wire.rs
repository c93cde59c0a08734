//! What compatible services send, read liberally: `null` is absent, numbers may be texts, fields may be missing.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::chat::Usage;
use crate::json;

/// One chunk of a stream, or one whole completion.
#[derive(Default, Deserialize)]
pub struct Completion<'a> {
    #[serde(borrow, default, deserialize_with = "json::text")]
    pub id: Option<json::Text<'a>>,
    #[serde(borrow, default, deserialize_with = "json::text")]
    pub object: Option<json::Text<'a>>,
    #[serde(default, deserialize_with = "json::number")]
    pub created: Option<json::Number>,
    #[serde(borrow, default, deserialize_with = "json::text")]
    pub model: Option<json::Text<'a>>,
    #[serde(borrow)]
    pub choices: Option<Vec<Choice<'a>>>,
    pub usage: Option<WireUsage>,
    pub x_groq: Option<Groq>,
    /// Present even when it is `null`, because some clients take the mere key for an error.
    #[serde(borrow, default, deserialize_with = "present")]
    pub error: Option<&'a RawValue>,
    #[serde(borrow)]
    pub code: Option<&'a RawValue>,
    #[serde(borrow)]
    pub message: Option<&'a RawValue>,
    #[serde(default, rename = "type", deserialize_with = "is_present")]
    pub has_type: bool,
}

#[derive(Deserialize)]
pub struct Choice<'a> {
    pub index: Option<u32>,
    #[serde(borrow)]
    pub delta: Option<Delta<'a>>,
    #[serde(borrow)]
    pub message: Option<Delta<'a>>,
    #[serde(borrow)]
    pub finish_reason: Option<json::Text<'a>>,
    /// Moonshot's place for it.
    pub usage: Option<WireUsage>,
}

/// A delta, or a whole message: their fields have the same names.
#[derive(Default, Deserialize)]
pub struct Delta<'a> {
    /// `None` if the key is not there, `Some(None)` if it is there as `null`: a repeated key is a repeated role.
    #[serde(borrow, default, deserialize_with = "key")]
    pub role: Option<Option<json::Text<'a>>>,
    #[serde(borrow)]
    pub content: Option<Text<'a>>,
    #[serde(borrow)]
    pub reasoning_content: Option<Text<'a>>,
    #[serde(borrow)]
    pub reasoning: Option<Text<'a>>,
    #[serde(borrow)]
    pub reasoning_details: Option<Vec<Detail<'a>>>,
    #[serde(borrow)]
    pub tool_calls: Option<Vec<ToolCall<'a>>>,
    #[serde(borrow)]
    pub function_call: Option<Function<'a>>,
}

#[derive(Deserialize)]
pub struct Detail<'a> {
    #[serde(borrow)]
    pub text: Option<json::Text<'a>>,
}

#[derive(Deserialize)]
pub struct ToolCall<'a> {
    pub index: Option<u32>,
    #[serde(borrow)]
    pub id: Option<json::Text<'a>>,
    #[serde(borrow)]
    pub function: Option<Function<'a>>,
}

#[derive(Deserialize)]
pub struct Function<'a> {
    #[serde(borrow)]
    pub name: Option<json::Text<'a>>,
    #[serde(borrow)]
    pub arguments: Option<Arguments<'a>>,
}

/// Arguments are a JSON text; some services send the object itself.
#[derive(Deserialize)]
pub struct Arguments<'a>(#[serde(borrow)] &'a RawValue);

impl Arguments<'_> {
    pub fn text(&self) -> String {
        let raw = self.0.get();
        if raw.starts_with('"') { serde_json::from_str(raw).unwrap_or_default() } else { raw.to_owned() }
    }
}

#[derive(Deserialize)]
pub struct Groq {
    pub usage: Option<WireUsage>,
}

#[derive(Deserialize)]
pub struct WireUsage {
    #[serde(default, deserialize_with = "json::number")]
    prompt_tokens: Option<json::Number>,
    #[serde(default, deserialize_with = "json::number")]
    completion_tokens: Option<json::Number>,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Deserialize)]
struct PromptDetails {
    #[serde(default, deserialize_with = "json::number")]
    cached_tokens: Option<json::Number>,
}

#[derive(Deserialize)]
struct CompletionDetails {
    #[serde(default, deserialize_with = "json::number")]
    reasoning_tokens: Option<json::Number>,
}

impl Completion<'_> {
    /// Whether id, time and model are there in the types that clients expect.
    pub fn is_well_typed(&self) -> bool {
        let text = |field: &Option<json::Text<'_>>| field.as_ref().is_some_and(json::Text::is_borrowed);
        text(&self.id) && text(&self.model) && self.created.is_some_and(|created| created.proper)
    }
}

impl WireUsage {
    /// Whether the counts that everybody reads are whole numbers.
    pub fn is_well_typed(&self) -> bool {
        [self.prompt_tokens, self.completion_tokens].iter().all(|count| count.is_some_and(|count| count.proper))
    }

    pub fn neutral(&self) -> Usage {
        Usage {
            prompt: self.prompt_tokens.map_or(0, count),
            completion: self.completion_tokens.map_or(0, count),
            reasoning: self.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens).map(count),
            cached: self.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens).map(count),
        }
    }
}

/// The most tokens that are believed: sums of them, too, are numbers that every client can read.
const MOST_TOKENS: u64 = 1 << 50;

/// Tokens come in whole and not negative numbers; a number that is neither is cut to one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from float cuts, as is wanted")]
fn count(tokens: json::Number) -> u64 {
    (tokens.value as u64).min(MOST_TOKENS)
}

/// A text that may come as a list of parts, some of which are thinking.
#[derive(Default)]
pub struct Text<'a> {
    pub text: Cow<'a, str>,
    pub thinking: String,
    /// Whether it came as one plain text.
    pub plain: bool,
}

fn present<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

#[expect(clippy::option_option, reason = "a key that is there as null is neither there nor not")]
fn key<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<json::Text<'a>>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn is_present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of parts")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text { text: Cow::Borrowed(text), plain: true, ..Text::default() })
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text { text: Cow::Owned(text.to_owned()), plain: true, ..Text::default() })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut all = Text::default();
                while let Some(part) = seq.next_element::<Part<'de>>()? {
                    all.text.to_mut().push_str(part.text.as_ref().map_or("", |text| &text.text));
                    all.thinking.push_str(part.thinking.as_ref().map_or("", |text| &text.text));
                }
                Ok(all)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Text::default())
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    thinking: Option<Text<'a>>,
}
