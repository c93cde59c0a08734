//! The model list: one object that satisfies every client's reading of it.

use serde::Serialize;
use utoipa::ToSchema;

/// One model. OpenAI's and Anthropic's names do not collide, so both are there.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, ToSchema)]
pub struct Model {
    /// The name to ask for.
    pub id: String,
    /// Always `model`.
    pub object: &'static str,
    /// Seconds since 1970; LobeChat needs a number.
    pub created: i64,
    /// The provider's id.
    pub owned_by: String,
    /// A name for people.
    pub name: String,
    /// The same for Anthropic's clients.
    pub display_name: String,
    /// Always `model`, for Anthropic's clients.
    pub r#type: &'static str,
    /// How many tokens a conversation may have, if anybody knows; Chatbox, LangBot and LibreChat read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_length: Option<u64>,
    /// What it takes, if anybody knows; Chatbox reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<Architecture>,
}

/// What a model takes, as OpenRouter tells it.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, ToSchema)]
pub struct Architecture {
    /// `text`, and `image` if it sees pictures.
    #[schema(value_type = Vec<String>)]
    pub input_modalities: &'static [&'static str],
}

/// The list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelList {
    /// Always `list`.
    pub object: &'static str,
    /// The models.
    pub data: Vec<Model>,
    /// For Anthropic's clients: there is no second page.
    pub has_more: bool,
    /// For Anthropic's clients.
    pub first_id: Option<String>,
    /// For Anthropic's clients.
    pub last_id: Option<String>,
}

impl Model {
    /// A model of provider `owner`; `created` is in seconds since 1970.
    pub fn new(id: impl Into<String>, name: impl Into<String>, owner: impl Into<String>, created: i64) -> Self {
        let name = name.into();
        Self {
            id: id.into(),
            object: "model",
            created,
            owned_by: owner.into(),
            display_name: name.clone(),
            name,
            r#type: "model",
            context_length: None,
            architecture: None,
        }
    }

    /// Adds what is known of it: how many tokens a conversation may have, and whether it sees pictures.
    #[must_use]
    pub fn knowing(self, window: Option<u64>, sees: Option<bool>) -> Self {
        let modalities = |sees: bool| if sees { ["text", "image"].as_slice() } else { &["text"] };
        let architecture = sees.map(|sees| Architecture { input_modalities: modalities(sees) });
        Self { context_length: window, architecture, ..self }
    }
}

impl ModelList {
    /// All of `data` on one page.
    pub fn new(data: Vec<Model>) -> Self {
        let id = |model: Option<&Model>| model.map(|model| model.id.clone());
        Self { object: "list", first_id: id(data.first()), last_id: id(data.last()), data, has_more: false }
    }
}
