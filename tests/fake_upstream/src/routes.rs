//! Which answer a request gets.

use std::path::PathBuf;
use std::sync::Arc;

use crate::answer::{self, Answer, JSON, Step};
use crate::bench::Bench;
use crate::credentials::Credentials;
use crate::hooks::{self, Hook};
use crate::journal::Journal;
use crate::request::Request;
use crate::scenario::{Check, Scenario};
use crate::turn::Turn;
use crate::{chaos, fixtures, oauth, openai, qianwen, qianwen_member, turn};

pub struct Context {
    pub fixtures: PathBuf,
    pub bench: Bench,
    pub journal: Arc<Journal>,
    pub credentials: Arc<Credentials>,
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
    pub script: Vec<Step>,
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
            context.credentials.reset();
            control("{}".to_owned())
        }
        ("POST", "/__fake/set") => set(request, context),
        ("POST", "/__fake/say") => say(request, context),
        ("GET", "/__fake/last") => last(request, context),
        (_, _) if path.starts_with(hooks::PREFIX) => {
            context.journal.hook(Hook::of(request));
            answered(None, Scenario::parse("ok"), hooks::answer(path))
        }
        ("POST", "/oauth/token") => {
            let (scenario, answer) = oauth::token(request, context);
            plain("POST /oauth/token", scenario, answer)
        }
        // A base URL may have any prefix (`/v1`, `/compatible-mode/v1`, none).
        ("POST", _) if path.ends_with("/chat/completions") => {
            let scenario = chaos::drawn(turn::told(openai::scenario(line, context), request, context), context);
            let answer = openai::chat(request, &scenario, context);
            chat("POST /v1/chat/completions", scenario, answer)
        }
        ("GET", _) if path.ends_with("/models") => {
            let scenario = openai::scenario(line, context);
            let answer = openai::models(&scenario);
            check("GET /v1/models", scenario, answer)
        }
        _ => qianwen_route(request, context),
    }
}

fn qianwen_route(request: &Request, context: &Context) -> Routed {
    let line = &*request.line;
    let scenario = qianwen::scenario(line, context);
    match (line.method.as_str(), line.path.as_str()) {
        ("POST", "/api/v2/chat") => {
            let scenario = chaos::drawn(turn::told(scenario, request, context), context);
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
            let answer = qianwen_member::info(line, &scenario, context);
            check("POST /growth/user/benefit/user/member/info", scenario, answer)
        }
        (method, path) => {
            let text = format!("fake upstream: no route {method} {path}\n");
            plain("other", scenario, Answer::body(404, "text/plain", text))
        }
    }
}

fn set(request: &Request, context: &Context) -> Routed {
    let parameter = |name| request.line.parameter(name).unwrap_or_default();
    if context.credentials.set(parameter("name"), parameter("plan")) {
        return control("{}".to_owned());
    }
    let text = "fake upstream: /__fake/set?name=NAME&plan=SCENARIO, with a scenario of the README\n";
    answered(None, Scenario::parse("ok"), Answer::body(400, "text/plain", text))
}

fn say(request: &Request, context: &Context) -> Routed {
    let name = request.line.parameter("name").unwrap_or_default();
    let turns = serde_json::from_slice(&request.body).ok().as_ref().and_then(Turn::list);
    if turns.is_some_and(|turns| context.credentials.say(name, turns)) {
        return control("{}".to_owned());
    }
    let text = "fake upstream: /__fake/say?name=NAME with a list of turns, as the README has them\n";
    answered(None, Scenario::parse("ok"), Answer::body(400, "text/plain", text))
}

/// The body as it came, which may be none.
fn last(request: &Request, context: &Context) -> Routed {
    let name = request.line.parameter("name").unwrap_or_default();
    let answer = match context.journal.last(name) {
        Some(body) => Answer::body(200, JSON, body),
        None => Answer::body(404, "text/plain", format!("fake upstream: {name} asked for nothing\n")),
    };
    answered(None, Scenario::parse("ok"), answer)
}

fn chat(route: &'static str, scenario: Scenario, answer: Answer) -> Routed {
    let script = answer::script(&scenario.plan, &answer);
    Routed { script, chat: true, ..plain(route, scenario, answer) }
}

/// An answer that tells whether the credential is good.
fn check(route: &'static str, scenario: Scenario, answer: Answer) -> Routed {
    let stalls = scenario.check == Check::Stall;
    let routed = plain(route, scenario, answer);
    if stalls { Routed { script: vec![Step::Hang], ..routed } } else { routed }
}

fn plain(route: &'static str, scenario: Scenario, answer: Answer) -> Routed {
    answered(Some(route), scenario, answer)
}

fn control(body: String) -> Routed {
    answered(None, Scenario::parse("ok"), Answer::body(200, JSON, body))
}

fn answered(route: Option<&'static str>, scenario: Scenario, answer: Answer) -> Routed {
    Routed { route, scenario, script: answer::whole(&answer), answer, chat: false }
}

/// A slip in a test's credential must be seen as one.
pub fn unknown(scenario: &Scenario) -> Answer {
    let text = format!("fake upstream: unknown scenario '{}'\n", scenario.name);
    Answer::body(500, "text/plain", text)
}
