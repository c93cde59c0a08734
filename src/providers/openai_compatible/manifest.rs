//! A manifest: what one service is and how it deviates, as closed choices. No expressions, no templates.

use serde::Deserialize;

use super::dialect::Dialect;

/// One service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Lower case letters, digits, `-` and `_`. In capitals, `-` as `_`, it begins the names of its variables.
    pub id: String,
    /// A name for people.
    pub name: String,
    /// The whole address before `/chat/completions`; empty if only the owner can know it.
    pub base_url: String,
    /// Whether a key is needed.
    #[serde(default)]
    pub key: Key,
    /// The path that is asked whether a key is good. If left out, it is `/models` where the list comes from there; empty
    /// where nothing tells, such as a list that is open to everybody.
    pub check: Option<String>,
    /// Its models.
    pub models: Models,
    /// How it deviates from OpenAI.
    #[serde(default)]
    pub dialect: Dialect,
    /// Its own error codes.
    #[serde(default)]
    pub errors: Vec<ErrorRule>,
    /// Where all this is known from. It is there for people; the loader only insists that it is there.
    #[serde(rename = "evidence")]
    pub _evidence: Evidence,
}

/// Whether a key is needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// The service is on when its key is set.
    #[default]
    Required,
    /// The service is on when its key or its address is set.
    Optional,
}

impl Key {
    /// Whether an address alone switches the service on.
    pub fn is_optional(self) -> bool {
        self == Self::Optional
    }
}

/// The models of a service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Models {
    /// Where the list comes from.
    pub source: Source,
    /// Models known beforehand: all there are for `static`, those served until a list was fetched for `endpoint`.
    #[serde(default)]
    pub known: Vec<String>,
    /// The model that `auto` stands for; else the first one.
    pub default: Option<String>,
}

/// Where a list of models comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// `GET {base_url}/models`.
    Endpoint,
    /// The manifest.
    Static,
}

impl Models {
    /// Serves these and no others.
    pub fn only(&mut self, names: Vec<String>) {
        self.default = self.default.take().filter(|default| names.contains(default));
        self.source = Source::Static;
        self.known = names;
    }
}

/// What one of the service's error codes means.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorRule {
    /// The code, or the type, as the service writes it (numbers as text).
    pub code: String,
    /// What it means.
    pub class: ErrorClass,
}

/// What an error means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// The key is wrong or may not do this.
    Account,
    /// Too fast.
    Rate,
    /// The allowance or the money is used up.
    Quota,
    /// The request is wrong.
    Request,
    /// The content filter refused.
    ContentFilter,
    /// The service has a fault.
    Upstream,
}

/// Where a manifest's claims come from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// A document, or a repository and commit.
    #[serde(rename = "source")]
    pub _source: String,
    /// The date of that evidence, not of a check against the live service.
    #[serde(rename = "dated")]
    pub _dated: String,
}

impl Manifest {
    /// Reads a manifest strictly: an unknown key is a mistake, not a comment.
    ///
    /// # Errors
    /// A sentence that says what is wrong and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let manifest: Self = toml::from_str(text).map_err(|error| explain(text, &error))?;
        let id_fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if manifest.id.is_empty() || !manifest.id.bytes().all(id_fits) {
            return Err("`id` may hold lower case letters, digits, - and _ only".into());
        }
        if !manifest.base_url.is_empty() && !is_address(&manifest.base_url) {
            return Err("`base_url` is not an http:// or https:// address".into());
        }
        if manifest.models.source == Source::Static && manifest.models.known.is_empty() {
            return Err("`models.source` is static, but `models.known` is empty".into());
        }
        Ok(manifest)
    }

    /// The address to use: the owner's, if there is one. One without a path gets the manifest's, because many people
    /// write only the host.
    ///
    /// # Errors
    /// A sentence, if there is none that can be used.
    pub fn address(&self, own: Option<&str>) -> Result<String, String> {
        let Some(own) = own else {
            let known = self.base_url.trim_end_matches('/');
            return if known.is_empty() { Err("it is not set".into()) } else { Ok(known.to_owned()) };
        };
        if !is_address(own) {
            return Err("it is not an http:// or https:// address".into());
        }
        let own = own.trim_end_matches('/').trim_end_matches("/chat/completions");
        let has_path = after_scheme(own).contains('/');
        let path = after_scheme(&self.base_url).split_once('/').map_or("", |(_, path)| path.trim_end_matches('/'));
        let wants_path = !has_path && !path.is_empty();
        Ok(if wants_path { format!("{own}/{path}") } else { own.to_owned() })
    }
}

fn is_address(text: &str) -> bool {
    let scheme = text.starts_with("http://") || text.starts_with("https://");
    scheme && !after_scheme(text).is_empty() && text.bytes().all(|b| b.is_ascii_graphic())
}

fn after_scheme(address: &str) -> &str {
    address.split_once("://").map_or("", |(_, rest)| rest)
}

/// The parser's message without its picture of the line, which may hold a secret that somebody put there.
fn explain(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map(|span| text[..span.start.min(text.len())].lines().count().max(1));
    let place = line.map_or(String::new(), |line| format!(" (line {line})"));
    // What somebody wrote in the wrong place may be a key, so only names of fields are repeated.
    let told = match error.message() {
        told if told.starts_with("unknown field") || told.starts_with("missing field") => told.to_owned(),
        told => match told.rsplit_once(", expected ") {
            Some((_, expected)) => format!("a value is wrong: expected {expected}"),
            None => "it is not valid TOML".to_owned(),
        },
    };
    format!("{told}{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "id = \"x\"\nname = \"X\"\nbase_url = \"https://x.invalid/v1\"\n[models]\nsource = \"endpoint\"\n\
                        [evidence]\nsource = \"s\"\ndated = \"2026-01-01\"\n";

    #[test]
    fn unknown_keys_and_bad_values_are_named_with_their_line() {
        for (from, to, part) in [
            ("name =", "nmae =", "nmae"),
            ("\"endpoint\"", "\"guess-SECRET\"", "expected `endpoint` or `static`"),
            ("base_url", "key = \"sk-SECRET\"\nbase_url", "expected `required` or `optional`"),
            ("id = \"x\"", "id = \"x\"\nsk-SECRET", "a value is wrong"),
            ("\"endpoint\"", "\"static\"", "models.known"),
            ("\"x\"", "\"X y\"", "`id`"),
            ("https://x.invalid/v1", "x.invalid", "base_url"),
            ("dated", "when", "when"),
        ] {
            let error = Manifest::parse(&GOOD.replacen(from, to, 1)).expect_err(to);
            assert!(error.contains(part) && !error.contains("SECRET"), "{to}: {error}");
        }
        assert!(Manifest::parse(GOOD).is_ok());
    }

    #[test]
    fn an_own_address_without_path_gets_the_known_path() {
        let manifest = Manifest::parse(GOOD).unwrap();
        let address = |own| manifest.address(own).unwrap();
        assert_eq!(address(None), "https://x.invalid/v1");
        assert_eq!(address(Some("http://h:1/")), "http://h:1/v1");
        assert_eq!(address(Some("http://h:1/api/v3/")), "http://h:1/api/v3");
        assert_eq!(address(Some("http://h:1/v1/chat/completions")), "http://h:1/v1");
        assert!(manifest.address(Some("ftp://h")).is_err());
    }
}
