//! The form that Qwen3-Coder was trained on: `<function=f><parameter=k>v</parameter></function>`.

use serde_json::Value;

/// The longest tag that is taken for one, in bytes.
const LONGEST_TAG: usize = 160;

/// What the next character did.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// More is to come.
    More,
    /// The tool's name is known now.
    Named,
    /// The call is whole.
    Done,
    /// It is no call.
    No,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Head,
    Outside,
    Value,
    Over,
}

/// Reads one call, character by character, from `<function` on.
#[derive(Debug, Default)]
pub struct Function {
    state: State,
    name: String,
    parameters: Vec<(String, String)>,
    /// The value that is being read.
    value: String,
    /// Where in `value` the tag that may end it begins.
    tag_at: usize,
    /// The tag that is being read, without its brackets.
    tag: Option<String>,
}

impl Function {
    /// Takes the next character.
    pub fn step(&mut self, c: char) -> Step {
        if c == '<' {
            self.tag_at = self.value.len();
            self.tag = Some(String::new());
            self.keep(c);
            return Step::More;
        }
        self.keep(c);
        let Some(tag) = self.tag.as_mut() else { return Step::More };
        if c != '>' {
            tag.push(c);
            if tag.len() > LONGEST_TAG {
                self.tag = None;
                return if self.state == State::Head { Step::No } else { Step::More };
            }
            return Step::More;
        }
        let tag = self.tag.take().unwrap_or_default();
        match self.state {
            State::Head => match named(&tag, "function") {
                Some(name) => {
                    self.name = name;
                    self.state = State::Outside;
                    Step::Named
                }
                None => Step::No,
            },
            State::Outside => self.outside(&tag),
            State::Value => self.inside(&tag),
            State::Over => Step::Done,
        }
    }

    /// The tool's name, once it is known.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether there are parameters and each one ended, so that the call may count even if the answer ends here.
    pub fn may_end(&self) -> bool {
        self.state == State::Outside && self.tag.is_none() && !self.parameters.is_empty()
    }

    /// The arguments as the text of a JSON object. A value that is no text in JSON is taken as JSON.
    pub fn arguments(&self) -> String {
        let one = |(key, value): &(String, String)| {
            let plain = || Value::from(value.as_str()).to_string();
            let json = match serde_json::from_str::<Value>(value.trim()) {
                Ok(Value::String(_)) | Err(_) => plain(),
                Ok(_) => value.trim().to_owned(),
            };
            format!("{}:{json}", Value::from(key.as_str()))
        };
        format!("{{{}}}", self.parameters.iter().map(one).collect::<Vec<_>>().join(","))
    }

    fn keep(&mut self, c: char) {
        if self.state == State::Value {
            self.value.push(c);
        }
    }

    fn outside(&mut self, tag: &str) -> Step {
        if let Some(key) = named(tag, "parameter") {
            self.parameters.push((key, String::new()));
            self.value.clear();
            self.state = State::Value;
        } else if matches!(tag.trim(), "/function" | "/tool_call") {
            self.state = State::Over;
            return Step::Done;
        }
        Step::More
    }

    fn inside(&mut self, tag: &str) -> Step {
        let own = tag.trim() == "/parameter";
        // A parameter whose end is missing ends where a line begins with what can only follow it.
        let other = self.value[..self.tag_at].ends_with('\n')
            && (matches!(tag.trim(), "/function" | "/tool_call") || named(tag, "parameter").is_some());
        if !(own || other) {
            return Step::More;
        }
        self.value.truncate(self.tag_at);
        let value = self.value.strip_prefix("\r\n").or_else(|| self.value.strip_prefix('\n')).unwrap_or(&self.value);
        let value = value.strip_suffix('\n').unwrap_or(value);
        if let Some(last) = self.parameters.last_mut() {
            last.1 = value.strip_suffix('\r').unwrap_or(value).to_owned();
        }
        self.state = State::Outside;
        if own { Step::More } else { self.outside(tag) }
    }
}

/// The name in `kind=name` or `kind name="name"`.
fn named(tag: &str, kind: &str) -> Option<String> {
    let rest = tag.trim().strip_prefix(kind)?;
    let rest = rest.trim_start().strip_prefix("name").unwrap_or(rest).trim_start();
    let name = rest.strip_prefix('=')?.trim().trim_matches(['"', '\'']);
    (!name.is_empty() && !name.contains(char::is_whitespace)).then(|| name.to_owned())
}
