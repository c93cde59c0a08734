//! What the owner says about a key, and whether it can be so.

use super::limits::KeyLimits;
use crate::accounts::clock::{DAY, Millis};

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

/// The longest name of a model, in characters.
const LONGEST_MODEL: usize = 200;

/// The most models that one key may name.
const MOST_MODELS: usize = 200;

/// How far away the end of a key may lie: ten years.
const FARTHEST: Millis = 3653 * DAY;

/// A key to be made.
#[derive(Debug, Default)]
pub struct Draft {
    /// What it is called.
    pub name: String,
    /// The models that it may ask for; all, if none is named.
    pub models: Vec<String>,
    /// How much it may ask for.
    pub limits: KeyLimits,
    /// When it ends.
    pub expires: Option<Millis>,
}

/// What is changed of a key; what is left out stays.
#[derive(Debug, Default)]
pub struct Edit {
    /// Another name.
    pub name: Option<String>,
    /// Other models, whole.
    pub models: Option<Vec<String>>,
    /// Other limits, whole.
    pub limits: Option<KeyLimits>,
    /// Another end, or none.
    pub expires: Option<Option<Millis>>,
    /// Whether it may be used.
    pub enabled: Option<bool>,
}

/// The field that is wrong, and a sentence.
pub type Wrong = (&'static str, String);

pub fn name(name: &str) -> Result<String, Wrong> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(("name", format!("a name has 1 to {LONGEST_NAME} characters and no line breaks")));
    }
    Ok(name.to_owned())
}

/// The models, each once. They need not be served now: lists change, and a key outlasts them.
pub fn models(named: Vec<String>) -> Result<Vec<String>, Wrong> {
    if named.len() > MOST_MODELS {
        return Err(("models", format!("a key names at most {MOST_MODELS} models; an empty list allows all")));
    }
    let mut models: Vec<String> = Vec::with_capacity(named.len());
    for model in named {
        let model = model.trim();
        if model.is_empty() || model.chars().count() > LONGEST_MODEL || model.chars().any(char::is_control) {
            let what = format!("the name of a model has 1 to {LONGEST_MODEL} characters and no line breaks");
            return Err(("models", what));
        }
        if !models.iter().any(|known| known.eq_ignore_ascii_case(model)) {
            models.push(model.to_owned());
        }
    }
    Ok(models)
}

pub fn expires(at: Option<Millis>, now: Millis) -> Result<Option<Millis>, Wrong> {
    match at {
        Some(at) if at <= now => Err(("expires", "it is not in the future; give milliseconds since 1970".to_owned())),
        Some(at) if at > now + FARTHEST => {
            Err(("expires", "it is more than ten years away; leave it out for a key without an end".to_owned()))
        }
        at => Ok(at),
    }
}
