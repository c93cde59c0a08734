//! Whose a credential is, whether it is still good, and what tests change about it.

use std::io::{ErrorKind, Read};
use std::time::Duration;

use fake_upstream::{FakeUpstream, GUEST_TEXT, OK_TEXT};
use serde_json::{Value, json};

use crate::client::{self, Answer, Client, chat_openai, chat_qianwen, member_info, models};
use crate::{PATIENCE, openai_text, qianwen_texts, start};

fn ask(fake: &FakeUpstream, request: &str) -> Answer {
    Client::connect(fake).send(request).answer()
}

fn info(fake: &FakeUpstream, ticket: &str) -> Answer {
    ask(fake, &member_info(&format!("tongyi_sso_ticket={ticket}")))
}

#[test]
fn the_member_is_the_credentials_user() {
    let fake = start();
    let user = |ticket: &str| info(&fake, ticket).json()["data"]["userId"].as_str().unwrap().to_owned();
    assert_eq!(user("echo"), "user-echo");
    assert_eq!(user("echo~nolist~cut5"), "user-echo");
    assert_eq!((user("ok~user-7"), user("hold~user-7")), ("7".to_owned(), "7".to_owned()));
    for ticket in ["expired", "ex015", "401", "403", "ok~check-expired"] {
        assert_eq!(info(&fake, ticket).json()["errorCode"], "NOT_LOGIN", "{ticket}");
    }
    assert_eq!(user("expired~check-ok"), "user-expired");
}

#[test]
fn the_check_answers_as_told_whatever_the_chat_does() {
    let fake = start();
    let guest = info(&fake, "ok~check-guest");
    assert_eq!((guest.status, guest.json()), (200, json!({"success": true, "data": null})));
    assert!(guest.cookies()[0].starts_with("tongyi_guest_ticket="), "{:?}", guest.cookies());
    assert_eq!(info(&fake, "ok~check-500").status, 500);
    assert!(info(&fake, "ok~check-waf").text().contains("RGV587_ERROR"));
    let of_key = |key: &str| ask(&fake, &models(key));
    assert_eq!(of_key("ok").json()["data"].as_array().unwrap().len(), 2);
    assert_eq!((of_key("401").status, of_key("401~check-ok").status), (401, 200));
    assert_eq!((of_key("ok~check-expired").status, of_key("ok~check-500").status), (401, 500));
    assert_eq!(of_key("ok~check-guest").json()["data"], json!([]));
    assert!(of_key("ok~check-waf").text().contains("<html>"));
    assert_eq!(openai_text(&ask(&fake, &chat_openai("ok~check-expired", true)).body), OK_TEXT);
}

#[test]
fn a_check_may_stall() {
    let fake = start();
    for request in [member_info("tongyi_sso_ticket=ok~check-stall"), models("ok~check-stall")] {
        let mut client = Client::connect(&fake);
        client.send(&request);
        client.stream().set_read_timeout(Some(Duration::from_millis(150))).unwrap();
        let error = client.stream().read(&mut [0]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
    }
    assert_eq!(fake.journal().route("GET /v1/models"), 1);
}

#[test]
fn a_guest_gets_an_answer_and_a_guests_ticket() {
    let fake = start();
    let answer = ask(&fake, &chat_qianwen("guest"));
    assert_eq!(qianwen_texts(&answer.body).last().map(String::as_str), Some(GUEST_TEXT));
    assert!(answer.cookies()[0].starts_with("tongyi_guest_ticket=") && answer.cookies()[0].ends_with("; Path=/"));
    assert!(ask(&fake, &chat_qianwen("ok")).cookies().is_empty());
}

#[test]
fn rolled_cookies_are_told_and_seen_again() {
    let fake = start();
    let rolled = |answer: &Answer| {
        let name = |cookie: &&str| cookie.split(';').next().unwrap().to_owned();
        answer.cookies().iter().map(name).collect::<Vec<_>>()
    };
    assert_eq!(rolled(&ask(&fake, &chat_qianwen("ok~roll"))), ["XSRF-TOKEN=rolled-1", "cna=rolled-1"]);
    assert_eq!(rolled(&info(&fake, "ok~roll")), ["XSRF-TOKEN=rolled-2", "cna=rolled-2"]);
    assert_eq!(rolled(&info(&fake, "echo~roll")), ["XSRF-TOKEN=rolled-1", "cna=rolled-1"]);
    let cookies = "tongyi_sso_ticket=ok~roll; XSRF-TOKEN=rolled-2; cna=rolled-2\r\nX-XSRF-TOKEN: rolled-2";
    ask(&fake, &member_info(cookies));
    let journal = fake.journal();
    let last = journal.requests.back().unwrap();
    assert_eq!((last.cookie("cna"), last.xsrf()), (Some("rolled-2"), Some("rolled-2")));
    let told = &journal.json()["recent"][3];
    assert_eq!((&told["cookies"]["XSRF-TOKEN"], &told["xsrf"]), (&json!("rolled-2"), &json!("rolled-2")));
}

#[test]
fn a_credential_falls_ill_and_recovers() {
    let fake = start();
    let mut client = Client::connect(&fake);
    let mut set = |name: &str, plan: &str| {
        client.send(&client::post(&format!("/__fake/set?name={name}&plan={plan}"), "", "")).answer().status
    };
    assert_eq!(ask(&fake, &chat_openai("alice", true)).status, 500);
    assert_eq!(set("alice", "ok"), 200);
    assert_eq!(openai_text(&ask(&fake, &chat_openai("alice", true)).body), OK_TEXT);
    assert_eq!(set("alice", "expired"), 200);
    assert_eq!(ask(&fake, &chat_openai("alice", true)).status, 401);
    assert_eq!(info(&fake, "alice").json()["errorCode"], "NOT_LOGIN");
    assert_eq!(set("alice", "echo~roll"), 200);
    assert_eq!(ask(&fake, &chat_qianwen("alice")).cookies().len(), 2);
    assert_eq!(info(&fake, "alice").json()["data"]["userId"], "user-alice");
    assert_eq!((set("alice", "okay"), set("", "ok")), (400, 400));
    fake.wait_for(PATIENCE, |journal| journal.scenario("alice").completed == 4).unwrap();
    ask(&fake, "POST /__fake/reset HTTP/1.1\r\n\r\n");
    assert_eq!(ask(&fake, &chat_openai("alice", true)).status, 500);
    assert!(fake.set("alice", "ok") && !fake.set("alice", "okay"));
    assert_eq!(ask(&fake, &chat_openai("alice", true)).status, 200);
}

#[test]
fn a_refresh_token_works_once_and_brings_the_only_good_key() {
    let fake = start();
    let refresh = |token: &str| {
        let body = format!(r#"{{"refresh_token":"{token}"}}"#);
        let answer = ask(&fake, &client::post("/oauth/token", "Content-Type: application/json\r\n", &body));
        (answer.status, answer.json())
    };
    let of_key = |key: &str| ask(&fake, &models(key.strip_prefix("sk-").unwrap())).status;
    assert_eq!(of_key("sk-echo.a0"), 401);
    let (status, first) = refresh("echo.r0");
    assert_eq!((status, &first["access_token"], &first["expires_in"]), (200, &json!("sk-echo.a0"), &json!(900)));
    let answer = ask(&fake, &chat_openai("echo.a0", true));
    assert_eq!(openai_text(&answer.body), "Hi");
    let (_, second) = refresh(first["refresh_token"].as_str().unwrap());
    assert_eq!((of_key("sk-echo.a0"), of_key(second["access_token"].as_str().unwrap())), (401, 200));
    assert_eq!(ask(&fake, &chat_openai("echo.a0", true)).status, 401);
    let (status, again) = refresh("echo.r0");
    assert_eq!((status, &again["error"]), (400, &json!("invalid_grant")));
    assert_eq!(refresh("echo.r9").1["error"], "invalid_grant");
    assert_eq!(refresh("").1["error"], Value::from("invalid_request"));
    let journal = fake.journal();
    assert_eq!((journal.reused_refresh_tokens, journal.route("POST /oauth/token")), (1, 5));
    fake.wait_for(PATIENCE, |journal| journal.scenario("echo").requests == 2).unwrap();
    assert_eq!(refresh("r4").1["refresh_token"], "ok.r5");
}
