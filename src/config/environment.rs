//! The snapshot of all settings: the process environment over `.env`, read once.

use std::collections::BTreeMap;
use std::path::Path;

use super::problem::Problems;

/// The settings file beside the process.
const FILE: &str = ".env";

/// Where a variable's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// `.env`.
    File,
    /// The process environment.
    Process,
}

/// Every variable with a value; an empty one counts as not set.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, (String, Layer)>);

impl Environment {
    /// Reads `.env` in the working directory and lays the process environment over it.
    pub fn read(problems: &mut Problems) -> Self {
        let file = match std::fs::read(FILE) {
            Ok(bytes) => parse(&bytes, problems),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            // A Space or a container may have a folder of that name where a mount found no file.
            Err(_) if Path::new(FILE).is_dir() => Vec::new(),
            Err(e) => {
                problems.add(
                    FILE,
                    format!("it is there but cannot be read ({e})"),
                    "make it readable for the user that runs the service, for example `chmod 644 .env`",
                );
                Vec::new()
            }
        };
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
        let process = std::env::vars_os().filter_map(|(name, value)| match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => Some((name, value)),
            (Ok(name), Err(_)) => {
                if name.starts_with("CN_ACCOUNT_") || name.ends_with("_API_KEY") {
                    problems.add(name, "its value is not valid UTF-8", "paste it again as plain text");
                }
                None
            }
            _ => None,
        });
        let process: Vec<_> = process.collect();
        Self::layered(file, process)
    }

    /// Builds a snapshot from `(name, value)` pairs; later layers win, empty values do not.
    pub fn layered(
        below: impl IntoIterator<Item = (String, String)>,
        above: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let mut all = BTreeMap::new();
        let below = below.into_iter().map(|pair| (pair, Layer::File));
        for ((name, value), layer) in below.chain(above.into_iter().map(|pair| (pair, Layer::Process))) {
            let value = unquote(value.trim());
            if !value.is_empty() {
                all.insert(name, (value.to_owned(), layer));
            }
        }
        Self(all)
    }

    /// The value of `name`, if it is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|(value, _)| value.as_str())
    }

    /// Where the value of `name` comes from, if it has one.
    pub fn layer(&self, name: &str) -> Option<Layer> {
        self.0.get(name).map(|(_, layer)| *layer)
    }

    /// Every variable, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, (value, _))| (name.as_str(), value.as_str()))
    }
}

/// Reads `NAME=rest of the line` literally: no escapes, no expansion, no trailing comments, because a cookie may
/// hold `#`, `$`, `;`, `=`, quotes and backslashes and must arrive byte for byte.
fn parse(bytes: &[u8], problems: &mut Problems) -> Vec<(String, String)> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        problems.add(FILE, "it is not valid UTF-8", "save it as UTF-8 text");
        return Vec::new();
    };
    let mut pairs = Vec::new();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let named = line.strip_prefix("export ").unwrap_or(line);
        match named.split_once('=').map(|(name, value)| (name.trim(), value)) {
            Some((name, value)) if is_name(name) => pairs.push((name.to_owned(), value.to_owned())),
            _ => problems.add(
                format!("{FILE} line {}", number + 1),
                "it is not NAME=value",
                "put each variable and its whole value on one line, and `#` before a comment",
            ),
        }
    }
    pairs
}

fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Drops one pair of surrounding quotes. The rule is the same for `.env` and for the process environment, because
/// `docker run --env-file` and a form of secrets hand over the quotes that a person copied along.
fn unquote(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Environment, Problems) {
        let mut problems = Problems::default();
        let pairs = parse(text.as_bytes(), &mut problems);
        (Environment::layered(pairs, []), problems)
    }

    #[test]
    fn cookies_arrive_byte_for_byte() {
        let cookie = r#"a=b; $HOME=${x}; q="in ner"; h=#1; p=100%; b=\n\\; e==; tongyi_sso_ticket=T$1'x'"#;
        for line in [format!("C={cookie}"), format!("C=\"{cookie}\""), format!("C='{cookie}'"), format!("C={cookie}\r")]
        {
            let (env, problems) = read(&line);
            assert!(problems.is_empty());
            assert_eq!(env.get("C"), Some(cookie), "{line}");
        }
    }

    #[test]
    fn process_environment_wins_unless_empty() {
        let pair = |n: &str, v: &str| (n.to_owned(), v.to_owned());
        let env = Environment::layered([pair("A", "file"), pair("B", "file")], [pair("A", "process"), pair("B", "")]);
        assert_eq!((env.get("A"), env.get("B")), (Some("process"), Some("file")));
        assert_eq!((env.layer("A"), env.layer("B"), env.layer("C")), (Some(Layer::Process), Some(Layer::File), None));
    }

    #[test]
    fn a_value_on_two_lines_is_named_by_its_line_and_not_shown() {
        let (_, problems) = read("# c\nexport A=1\nsecret-half; of a cookie\n");
        let text = problems.to_string();
        assert!(text.contains(".env line 3") && !text.contains("secret-half"), "{text}");
    }

    #[test]
    fn empty_quotes_mean_not_set() {
        let (env, _) = read("A=\"\"\nB=''\nC=\nD = x\n");
        assert_eq!((env.get("A"), env.get("B"), env.get("C"), env.get("D")), (None, None, None, Some("x")));
    }
}
