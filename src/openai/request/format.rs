//! The form that an answer must have, and what ends it.

use std::fmt;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::chat::{Fault, Format, Schema};

#[derive(Deserialize)]
pub struct ResponseFormat<'a> {
    r#type: Option<String>,
    #[serde(borrow)]
    json_schema: Option<JsonSchema<'a>>,
}

#[derive(Deserialize)]
struct JsonSchema<'a> {
    name: Option<String>,
    description: Option<String>,
    #[serde(borrow)]
    schema: Option<&'a RawValue>,
}

impl ResponseFormat<'_> {
    /// The neutral form; the schema stays where it is in `body`.
    ///
    /// # Errors
    /// If there is a schema that is none.
    pub fn neutral(self, body: &Bytes) -> Result<Format, Fault> {
        match self.r#type.as_deref() {
            None | Some("text") => Ok(Format::Text),
            Some("json_object") => Ok(Format::Json),
            Some("json_schema") => {
                let wrong = |field: &str, what: &str| {
                    let field = format!("response_format.json_schema{field}");
                    Fault::request(field.clone(), format!("`{field}` {what}"))
                };
                let given = self.json_schema.ok_or_else(|| wrong("", "is missing; describe the answer there"))?;
                let Some(schema) = given.schema.map(RawValue::get) else { return Ok(Format::Json) };
                if !schema.starts_with('{') {
                    return Err(wrong(".schema", "is not a JSON Schema; write an object"));
                }
                Ok(Format::Schema(Box::new(Schema {
                    name: given.name.unwrap_or_default(),
                    description: given.description.unwrap_or_default(),
                    schema: body.slice_ref(schema.as_bytes()),
                })))
            }
            Some(other) => Ok(Format::Other(other.chars().filter(|c| !c.is_control()).take(40).collect())),
        }
    }
}

/// What ends an answer: one text, or a list of them.
#[derive(Default)]
pub struct Stop(pub Vec<String>);

impl<'de> Deserialize<'de> for Stop {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Stop;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Stop(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(one) =
                    seq.next_element::<String>().map_err(|_| A::Error::custom("x, expected a text"))?
                {
                    all.push(one);
                }
                Ok(Stop(all))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// What a request says of thinking, in the words of one service or another.
#[derive(Default, Deserialize)]
struct Thinking {
    r#type: Option<String>,
}

/// Whether the model shall think: what is said outright counts more than how hard.
pub fn thinks(outright: Option<bool>, thinking: Option<&RawValue>, effort: Option<&str>) -> Option<bool> {
    // Services have it in several forms; one that is not known here says nothing.
    let thinking: Option<Thinking> = thinking.and_then(|raw| serde_json::from_str(raw.get()).ok());
    let by_type = thinking.and_then(|thinking| match thinking.r#type.as_deref() {
        Some("enabled") => Some(true),
        Some("disabled") => Some(false),
        _ => None,
    });
    let by_effort = effort.map(|effort| !matches!(effort, "none" | "minimal"));
    outright.or(by_type).or(by_effort)
}
