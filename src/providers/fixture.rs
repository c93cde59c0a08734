//! Feeds the fixtures of `tests/fixtures` to a decoder, whole and cut at every byte, and compares what comes out with
//! what the facts say must come out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::chat::{AccountTrouble, Citation, Decoded, Event, Fault, FaultKind, FinishReason, Native, ToolDelta, Usage};
use crate::providers::{Decoder, Ending};
use crate::upstream::ResponseHead;

/// `NAME.expected.json`.
#[derive(Debug, Deserialize)]
pub struct Expected {
    #[serde(rename = "fact")]
    _fact: String,
    pub kind: Option<String>,
    pub status: Option<u16>,
    pub content_type: Option<String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub reasoning: String,
    #[serde(default)]
    pub text: String,
    pub finish: Option<String>,
    pub usage: Option<ExpectedUsage>,
    pub fault: Option<String>,
    pub tool_calls: Option<Vec<ExpectedCall>>,
    pub choices: Option<Vec<ExpectedChoice>>,
    #[serde(default)]
    pub citations: Vec<ExpectedCitation>,
    pub model: Option<String>,
    pub owner_page: Option<String>,
    pub retry_after_s: Option<u64>,
    pub models: Option<Vec<String>>,
    pub default_model: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct ExpectedUsage {
    prompt_tokens: u64,
    completion_tokens: u64,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct ExpectedCall {
    id: String,
    name: String,
    arguments: String,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct ExpectedChoice {
    index: u32,
    text: String,
    finish: String,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct ExpectedCitation {
    url: String,
    title: String,
}

/// One fixture.
pub struct Fixture {
    pub name: String,
    pub body: Vec<u8>,
    pub expected: Expected,
}

/// What came out of a decoder.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    choices: BTreeMap<u32, Choice>,
    usage: Option<Usage>,
    model: Option<String>,
    pub fault: Option<Fault>,
}

#[derive(Debug, Default, PartialEq)]
struct Choice {
    text: String,
    reasoning: String,
    calls: Vec<ToolDelta>,
    citations: Vec<Citation>,
    finish: Option<FinishReason>,
}

/// All fixtures of a folder that hold a chat answer.
pub fn chats(folder: &str) -> Vec<Fixture> {
    all(folder).into_iter().filter(|fixture| fixture.expected.kind.is_none()).collect()
}

/// All fixtures of a folder.
pub fn all(folder: &str) -> Vec<Fixture> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let bodies = paths.iter().filter(|path| !path.to_string_lossy().ends_with(".expected.json"));
    let fixtures: Vec<_> = bodies.map(|path| read(path)).collect();
    assert!(fixtures.len() > 50, "{folder} holds its fixtures");
    fixtures
}

fn read(path: &Path) -> Fixture {
    let expected = fs::read(path.with_extension("expected.json")).unwrap();
    Fixture {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        body: fs::read(path).unwrap(),
        expected: serde_json::from_slice(&expected).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    }
    .with_type(path)
}

impl Fixture {
    fn with_type(mut self, path: &Path) -> Self {
        let by_extension = match path.extension().and_then(|extension| extension.to_str()) {
            Some("sse") => "text/event-stream",
            Some("html") => "text/html",
            _ => "application/json",
        };
        self.expected.content_type.get_or_insert_with(|| by_extension.to_owned());
        self
    }

    pub fn head(&self) -> ResponseHead {
        let content_type = self.expected.content_type.as_deref().unwrap_or_default();
        let retry_after = self.expected.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
        ResponseHead {
            status: self.expected.status.unwrap_or(200),
            content_type: content_type.split(';').next().unwrap_or_default().to_owned(),
            retry_after: retry_after.map(|(_, secs)| std::time::Duration::from_secs(secs.parse().unwrap())),
            ..ResponseHead::default()
        }
    }

    /// Decodes the body whole and in every way of cutting it, and checks each outcome.
    pub fn check(&self, decoder: &dyn Fn(&ResponseHead) -> Box<dyn Decoder>) {
        let whole = decode(decoder(&self.head()), &[&self.body]);
        self.compare(&whole);
        for size in [1, 7] {
            let pieces: Vec<&[u8]> = self.body.chunks(size).collect();
            assert_eq!(decode(decoder(&self.head()), &pieces), whole, "{}: pieces of {size}", self.name);
        }
        for cut in 1..self.body.len() {
            let (first, second) = self.body.split_at(cut);
            assert_eq!(decode(decoder(&self.head()), &[first, second]), whole, "{}: cut at {cut}", self.name);
        }
    }

    fn compare(&self, outcome: &Outcome) {
        let (name, expected) = (&self.name, &self.expected);
        let fault = outcome.fault.as_ref().map(fault_name);
        assert_eq!(fault, expected.fault.as_deref(), "{name}: fault {:?}", outcome.fault);
        let first = outcome.choices.get(&0);
        assert_eq!(first.map_or("", |choice| &choice.text), expected.text, "{name}: text");
        assert_eq!(first.map_or("", |choice| &choice.reasoning), expected.reasoning, "{name}: reasoning");
        let finish =
            first.and_then(|choice| choice.finish).map(|reason| crate::openai::chunk::finish_name(reason, false));
        assert_eq!(finish, expected.finish.as_deref(), "{name}: finish");
        if fault.is_none() {
            let usage =
                outcome.usage.map(|u| ExpectedUsage { prompt_tokens: u.prompt, completion_tokens: u.completion });
            assert_eq!(usage, expected.usage, "{name}: usage");
        }
        let citations: Vec<_> = first.into_iter().flat_map(|choice| &choice.citations).map(citation).collect();
        assert_eq!(citations, expected.citations, "{name}: citations");
        self.compare_details(outcome);
    }

    fn compare_details(&self, outcome: &Outcome) {
        let (name, expected) = (&self.name, &self.expected);
        if let Some(calls) = &expected.tool_calls {
            let found: Vec<_> = outcome.choices.get(&0).map(|choice| choice.calls.iter().map(call).collect()).unwrap();
            assert_eq!(&found, calls, "{name}: tool calls");
        }
        if let Some(choices) = &expected.choices {
            let found: Vec<_> = outcome.choices.iter().map(|(index, choice)| one_choice(*index, choice)).collect();
            assert_eq!(&found, choices, "{name}: choices");
        }
        if let Some(model) = &expected.model {
            assert_eq!(outcome.model.as_ref(), Some(model), "{name}: model");
        }
        if let Some(page) = &expected.owner_page {
            let fault = outcome.fault.as_ref().unwrap();
            assert!(fault.for_owner.as_ref().is_some_and(|note| note.contains(page)), "{name}: {:?}", fault.for_owner);
            assert!(!fault.message.contains(page), "{name}: the page is the owner's alone");
        }
        if let Some(seconds) = expected.retry_after_s {
            let FaultKind::Rate { retry_after } = outcome.fault.as_ref().unwrap().kind else { panic!("{name}: rate") };
            assert_eq!(retry_after.map(|wait| wait.as_secs()), Some(seconds), "{name}: retry after");
        }
    }
}

fn call(delta: &ToolDelta) -> ExpectedCall {
    ExpectedCall {
        id: delta.id.clone().unwrap_or_default(),
        name: delta.name.clone().unwrap_or_default(),
        arguments: delta.arguments.clone(),
    }
}

fn citation(citation: &Citation) -> ExpectedCitation {
    ExpectedCitation { url: citation.url.clone(), title: citation.title.clone() }
}

fn one_choice(index: u32, choice: &Choice) -> ExpectedChoice {
    let finish =
        choice.finish.map(|reason| crate::openai::chunk::finish_name(reason, false)).unwrap_or_default().to_owned();
    ExpectedChoice { index, text: choice.text.clone(), finish }
}

/// Decodes `pieces` as the driver does: it stops at a fault and once nothing follows any more.
pub fn decode(mut decoder: Box<dyn Decoder>, pieces: &[&[u8]]) -> Outcome {
    let mut outcome = Outcome::default();
    let mut out = Vec::new();
    let mut result = Ok(());
    for piece in pieces {
        result = decoder.push(piece, &mut out);
        if result.is_err() || decoder.ending() == Ending::Closed {
            break;
        }
    }
    let result = result.and_then(|()| decoder.finish(&mut out));
    for decoded in out {
        outcome.take(decoded);
    }
    outcome.fault = result.err();
    outcome
}

impl Outcome {
    fn take(&mut self, decoded: Decoded) {
        if let Some(Native::OpenAiChunk(frame)) = &decoded.native {
            assert!(frame.starts_with(b"data: {") && frame.ends_with(b"}\n\n"), "{frame:?}");
        }
        for event in decoded.events {
            let choice = self.choices.entry(decoded.choice).or_default();
            match event {
                Event::Start { model, .. } => self.model = model,
                Event::Text(text) => choice.text.push_str(&text),
                Event::Reasoning(text) => choice.reasoning.push_str(&text),
                Event::ToolCall(delta) => match choice.calls.iter_mut().find(|call| call.index == delta.index) {
                    Some(call) => call.arguments.push_str(&delta.arguments),
                    None => choice.calls.push(delta),
                },
                Event::Usage(usage) => self.usage = Some(usage),
                Event::Done(reason) => {
                    assert!(choice.finish.replace(reason).is_none(), "one answer ends once");
                }
                Event::Citation(citation) => choice.citations.push(citation),
                Event::Image(_) => {}
            }
        }
    }
}

fn fault_name(fault: &Fault) -> &'static str {
    match (fault.kind, fault.code.as_deref()) {
        (FaultKind::Account(AccountTrouble::Expired), _) => "account_expired",
        (FaultKind::Account(_), _) => "needs_owner",
        (FaultKind::Rate { .. }, _) => "rate",
        (FaultKind::Quota, _) => "quota",
        (FaultKind::Request | FaultKind::ModelNotFound, _) => "request",
        (FaultKind::ContentFilter, _) => "content_filter",
        (FaultKind::Upstream, Some("truncated_answer")) => "truncated",
        (FaultKind::Upstream, Some("empty_answer")) => "empty",
        (FaultKind::Upstream, _) => "upstream",
        (FaultKind::Protocol, _) => "protocol",
        _ => "other",
    }
}
