//! What a console hears: how everything is, as it changes.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::time::Instant;

use serde_json::Value;

use crate::app::{KEY, PATIENCE, TestApp, question, start, until};
use crate::console::sign_in;

const LIVE: &str = "/admin/api/live";

/// Somebody who listens. What is read are the lines of the stream; the sizes of its chunks stand between them.
struct Ear(BufReader<TcpStream>);

impl Ear {
    fn open(app: &TestApp, authorization: &str) -> Self {
        let mut ear = Self(BufReader::new(app.send("GET", LIVE, &[("Authorization", authorization)], "")));
        assert!(ear.line().starts_with("HTTP/1.1 200"));
        ear
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Reads on until an event of this name, and returns its data.
    fn event(&mut self, name: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let wanted = format!("event: {name}");
        while self.line() != wanted {
            assert!(Instant::now() < deadline, "no event `{name}` came");
        }
        serde_json::from_str(self.line().strip_prefix("data: ").unwrap()).unwrap()
    }

    /// Reads to the end, which must come.
    fn rest(mut self) -> String {
        let mut rest = String::new();
        self.0.read_to_string(&mut rest).unwrap();
        rest
    }
}

fn key() -> String {
    format!("Bearer {KEY}")
}

#[test]
fn the_state_comes_at_once_and_again_when_an_account_changes() {
    let app = start(&[]);
    let mut ear = Ear::open(&app, &key());
    let first = ear.event("state");
    let overview = app.get("/admin/api/overview").json();
    for field in overview.as_object().unwrap().keys() {
        assert!(first.get(field).is_some(), "{field}");
    }
    assert_eq!((&first["boot"], &first["status"]), (&overview["boot"], &overview["status"]));
    assert_eq!(first["minutes"].as_array().unwrap().len(), 60);
    assert_eq!(first["providers"][0]["accounts"], 1);
    let id = first["accounts"][0]["id"].as_str().unwrap();
    let path = format!("/admin/api/accounts/{id}/disable");
    assert_eq!(app.call("POST", &path, &[("Authorization", &key())], "").status, 200);
    let deadline = Instant::now() + PATIENCE;
    loop {
        let state = ear.event("state");
        if state["accounts"].as_array().unwrap().iter().any(|account| account["state"] == "disabled") {
            break;
        }
        assert!(Instant::now() < deadline, "the change was not told");
    }
}

#[test]
fn each_call_that_ends_is_told() {
    let app = start(&[]);
    let mut ear = Ear::open(&app, &key());
    ear.event("state");
    assert_eq!(app.chat(&question("auto", "hi")).status, 200);
    let call = ear.event("request");
    assert_eq!((&call["model"], &call["outcome"]), (&"auto".into(), &"answered".into()));
}

#[test]
fn a_session_that_is_ended_hears_no_more() {
    let app = start(&[]);
    let bearer = format!("Bearer {}", sign_in(&app, true));
    let mut ear = Ear::open(&app, &bearer);
    ear.event("state");
    assert_eq!(app.call("DELETE", "/admin/api/session", &[("Authorization", &bearer)], "").status, 204);
    assert_eq!(ear.event("end")["reason"], "signed_out");
    assert!(!ear.rest().contains("event:"));
    assert_eq!(app.call("GET", LIVE, &[("Authorization", &bearer)], "").status, 401);
}

#[test]
fn a_stop_is_told_and_is_not_held_up() {
    let mut app = start(&[("DRAIN_S", "60")]);
    let mut ear = Ear::open(&app, &key());
    ear.event("state");
    let deaf = Ear::open(&app, &key());
    app.stop();
    assert_eq!(ear.event("end")["reason"], "stopping");
    assert!(!ear.rest().contains("event:"));
    drop(app);
    drop(deaf);
}

#[test]
fn only_so_many_listen_and_whoever_leaves_makes_room() {
    let app = start(&[]);
    let mut ears: Vec<_> = (0..16).map(|_| Ear::open(&app, &key())).collect();
    let refused = app.get(LIVE);
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("5")));
    assert_eq!(refused.error()["code"], "too_many_listeners");
    ears.pop();
    until(|| {
        let mut stream = app.send("GET", LIVE, &[("Authorization", &key())], "");
        let mut head = [0; 12];
        stream.read_exact(&mut head).unwrap();
        (&head == b"HTTP/1.1 200").then_some(())
    });
}
