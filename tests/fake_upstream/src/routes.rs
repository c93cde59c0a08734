//! Which answer a request gets.

use std::path::PathBuf;
use std::sync::Arc;

use crate::answer::{Answer, JSON};
use crate::bench::Bench;
use crate::journal::Journal;
use crate::request::Request;
use crate::scenario::Scenario;
use crate::{fixtures, openai, qianwen};

pub struct Context {
    pub fixtures: PathBuf,
    pub bench: Bench,
    pub journal: Arc<Journal>,
}

impl Context {
    pub fn fixture(&self, provider: &str, name: &str) -> Answer {
        let answer = fixtures::answer(&self.fixtures, provider, name);
        answer.unwrap_or_else(|| {
            let text = format!("fake upstream: no fixture {provider}/{name}\n");
            Answer::body(500, "text/plain", text)
        })
    }
}

pub struct Routed {
    /// The route's name in the journal; control routes have none.
    pub route: Option<&'static str>,
    pub scenario: Scenario,
    pub answer: Answer,
    /// Chat replies are counted, and only they misbehave.
    pub chat: bool,
}

pub fn route(request: &Request, context: &Context) -> Routed {
    let line = &*request.line;
    let (method, path) = (line.method.as_str(), line.path.as_str());
    match (method, path) {
        ("GET", "/__fake/journal") => control(context.journal.snapshot().json().to_string()),
        ("POST", "/__fake/reset") => {
            context.journal.reset();
            control("{}".to_owned())
        }
        // A base URL may have any prefix (`/v1`, `/compatible-mode/v1`, none).
        ("POST", _) if path.ends_with("/chat/completions") => {
            let scenario = openai::scenario(line);
            let answer = openai::chat(request, &scenario, context);
            chat("POST /v1/chat/completions", scenario, answer)
        }
        ("GET", _) if path.ends_with("/models") => {
            let scenario = openai::scenario(line);
            let answer = openai::models(&scenario);
            plain("GET /v1/models", scenario, answer)
        }
        _ => qianwen_route(request, context),
    }
}

fn qianwen_route(request: &Request, context: &Context) -> Routed {
    let line = &*request.line;
    let scenario = qianwen::scenario(line);
    match (line.method.as_str(), line.path.as_str()) {
        ("POST", "/api/v2/chat") => {
            let answer = qianwen::chat(request, &scenario, context);
            chat("POST /api/v2/chat", scenario, answer)
        }
        ("GET", "/api/v1/model/list") => {
            let answer = qianwen::models(line, &scenario);
            plain("GET /api/v1/model/list", scenario, answer)
        }
        ("POST", "/api/v1/session/delete/batch") => {
            let answer = qianwen::delete_sessions(request, &scenario, context);
            plain("POST /api/v1/session/delete/batch", scenario, answer)
        }
        (_, "/growth/user/benefit/user/member/info") => {
            let answer = qianwen::member_info(line, &scenario);
            plain("POST /growth/user/benefit/user/member/info", scenario, answer)
        }
        (method, path) => {
            let text = format!("fake upstream: no route {method} {path}\n");
            plain("other", scenario, Answer::body(404, "text/plain", text))
        }
    }
}

fn chat(route: &'static str, scenario: Scenario, answer: Answer) -> Routed {
    Routed { route: Some(route), scenario, answer, chat: true }
}

fn plain(route: &'static str, scenario: Scenario, answer: Answer) -> Routed {
    Routed { chat: false, ..chat(route, scenario, answer) }
}

fn control(body: String) -> Routed {
    Routed { route: None, scenario: Scenario::parse("ok"), answer: Answer::body(200, JSON, body), chat: false }
}

/// A slip in a test's credential must be seen as one.
pub fn unknown(scenario: &Scenario) -> Answer {
    let text = format!("fake upstream: unknown scenario '{}'\n", scenario.name);
    Answer::body(500, "text/plain", text)
}
