//! Tools and their choice, in today's form and as the legacy functions.

use std::collections::BTreeSet;
use std::fmt;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::chat::{Fault, Tool, ToolChoice};

/// The longest name of a tool, in characters; OpenAI's limit is 64.
const LONGEST_NAME: usize = 128;

/// One tool. Some clients leave the wrapping `function` out, as OpenAI's newer API does.
#[derive(Deserialize)]
pub struct RawTool<'a> {
    r#type: Option<String>,
    #[serde(borrow)]
    function: Option<RawFunction<'a>>,
    custom: Option<Named>,
    name: Option<String>,
    description: Option<String>,
    #[serde(borrow)]
    parameters: Option<&'a RawValue>,
}

/// What describes a function.
#[derive(Deserialize)]
pub struct RawFunction<'a> {
    name: String,
    description: Option<String>,
    #[serde(borrow)]
    parameters: Option<&'a RawValue>,
}

/// Whether the model has to call a tool, and which.
pub struct RawChoice {
    choice: ToolChoice,
    /// The only tools that may be called.
    allowed: Option<BTreeSet<String>>,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Allowed {
    mode: Option<String>,
    tools: Option<Vec<AllowedTool>>,
}

#[derive(Deserialize)]
struct AllowedTool {
    name: Option<String>,
    #[serde(alias = "custom")]
    function: Option<Named>,
}

/// What a request says of tools.
#[derive(Default)]
pub struct Offer {
    pub tools: Vec<Tool>,
    pub choice: ToolChoice,
    pub legacy: bool,
}

/// Brings both forms together. Where both are there, today's counts.
///
/// # Errors
/// If they contradict one another, or a schema is none.
pub fn offer(
    tools: Vec<RawTool<'_>>,
    functions: Vec<RawFunction<'_>>,
    tool_choice: Option<RawChoice>,
    function_call: Option<RawChoice>,
    body: &Bytes,
) -> Result<Offer, Fault> {
    let legacy = tools.is_empty() && !functions.is_empty();
    let (field, choice) =
        if legacy { ("function_call", function_call) } else { ("tool_choice", tool_choice.or(function_call)) };
    let mut tools: Vec<Tool> = if legacy {
        let read = |(at, raw): (usize, RawFunction<'_>)| raw.neutral(&format!("functions[{at}]"), body);
        functions.into_iter().enumerate().map(read).collect::<Result<_, _>>()?
    } else {
        tools.into_iter().enumerate().map(|(at, raw)| raw.neutral(at, body)).collect::<Result<_, _>>()?
    };
    let list = if legacy { "functions" } else { "tools" };
    distinct(&tools, list)?;
    let RawChoice { choice, allowed } = choice.unwrap_or(RawChoice { choice: ToolChoice::Auto, allowed: None });
    if let Some(allowed) = allowed {
        tools.retain(|tool| allowed.contains(&tool.name));
    }
    if choice.insists() && tools.is_empty() {
        let told = format!("`{field}` asks for a call, but `{list}` offers nothing that may be called");
        return Err(Fault::request(field, told));
    }
    if let ToolChoice::Named(name) = &choice
        && !tools.iter().any(|tool| tool.name == *name)
    {
        return Err(Fault::request(field, format!("`{field}` names a function that is not among `{list}`")));
    }
    Ok(Offer { tools, choice, legacy })
}

fn distinct(tools: &[Tool], list: &str) -> Result<(), Fault> {
    let mut names = BTreeSet::new();
    for (at, tool) in tools.iter().enumerate().filter(|(_, tool)| tool.function) {
        if !names.insert(tool.name.as_str()) {
            let field = format!("{list}[{at}]");
            let told = format!("`{field}` has the name of an earlier one; give each function a name of its own");
            return Err(Fault::request(field, told));
        }
    }
    Ok(())
}

impl RawTool<'_> {
    fn neutral(self, at: usize, body: &Bytes) -> Result<Tool, Fault> {
        let Self { r#type, function, custom, name, description, parameters } = self;
        let kind = r#type.as_deref().unwrap_or("function");
        if kind != "function" {
            let name = custom.and_then(|custom| custom.name).or(name).unwrap_or_else(|| kind.to_owned());
            return Ok(Tool { name, description: String::new(), parameters: Bytes::new(), function: false });
        }
        let flat = name.map(|name| RawFunction { name, description, parameters });
        let missing = || {
            let field = format!("tools[{at}].function");
            Fault::request(field.clone(), format!("`{field}` is missing; describe the function there"))
        };
        function.or(flat).ok_or_else(missing)?.neutral(&format!("tools[{at}].function"), body)
    }
}

impl RawFunction<'_> {
    fn neutral(self, field: &str, body: &Bytes) -> Result<Tool, Fault> {
        let wrong = |part: &str, what: &str| {
            let field = format!("{field}.{part}");
            Err(Fault::request(field.clone(), format!("`{field}` {what}")))
        };
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
            return wrong("name", "is not a name: write letters, digits, _ and -, 64 at most");
        }
        let schema = self.parameters.map(RawValue::get).unwrap_or_default();
        if !schema.is_empty() && !schema.starts_with('{') {
            return wrong("parameters", "is not a JSON Schema; write an object, or leave it out");
        }
        Ok(Tool {
            name: name.to_owned(),
            description: self.description.unwrap_or_default(),
            parameters: body.slice_ref(schema.as_bytes()),
            function: true,
        })
    }
}

impl<'de> Deserialize<'de> for RawChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RawChoice;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`none`, `auto`, `required` or an object that names a function")
            }

            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Self::Value, E> {
                let choice = match word {
                    "auto" => ToolChoice::Auto,
                    "none" => ToolChoice::None,
                    // `any` is Mistral's word for it.
                    "required" | "any" => ToolChoice::Required,
                    _ => return Err(E::custom("x, expected `none`, `auto` or `required`")),
                };
                Ok(RawChoice { choice, allowed: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut named, mut allowed) = (None, None);
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "function" | "custom" => named = map.next_value::<Option<Named>>()?.and_then(|one| one.name),
                        "name" => named = map.next_value::<Option<String>>()?,
                        "allowed_tools" => allowed = map.next_value::<Option<Allowed>>()?,
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                match (named, allowed) {
                    (Some(name), _) => Ok(RawChoice { choice: ToolChoice::Named(name), allowed: None }),
                    (None, Some(allowed)) => Ok(allowed.choice()),
                    (None, None) => Err(A::Error::missing_field("function")),
                }
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Allowed {
    fn choice(self) -> RawChoice {
        let required = self.mode.as_deref() == Some("required");
        let name = |tool: AllowedTool| tool.function.and_then(|function| function.name).or(tool.name);
        RawChoice {
            choice: if required { ToolChoice::Required } else { ToolChoice::Auto },
            allowed: self.tools.map(|tools| tools.into_iter().filter_map(name).collect()),
        }
    }
}
