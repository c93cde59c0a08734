//! What a provider does by itself. What it cannot do is emulated where that is possible, else refused.

/// What a provider does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// It takes tools, and sends calls as such.
    pub tools: bool,
    /// It takes `json_object` as the answer's form.
    pub json: bool,
    /// It takes a schema as the answer's form.
    pub schema: bool,
    /// It ends answers before given texts.
    pub stop: bool,
    /// It ends answers after a number of tokens.
    pub length: bool,
    /// It makes several answers to one request.
    pub choices: bool,
    /// It takes forms of messages, tools and answers that nobody here knows.
    pub unknown_forms: bool,
    /// It reads files itself.
    pub files: bool,
    /// How it takes pictures.
    pub pictures: Pictures,
}

/// How a provider takes pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pictures {
    /// Not at all.
    None,
    /// In the request, as data or as an address that it fetches itself.
    Inline,
    /// Uploaded beforehand, in the name of the account.
    Uploaded,
}

impl Abilities {
    /// Text in, text out.
    pub const PLAIN: Self = Self {
        tools: false,
        json: false,
        schema: false,
        stop: false,
        length: false,
        choices: false,
        unknown_forms: false,
        files: false,
        pictures: Pictures::None,
    };

    /// Everything that OpenAI's dialect can say, but files: few services read them.
    pub const ALL: Self = Self {
        tools: true,
        json: true,
        schema: true,
        stop: true,
        length: true,
        choices: true,
        unknown_forms: true,
        files: false,
        pictures: Pictures::Inline,
    };
}
