//! The console's side of the service: the page, who is signed in, and what is written down of changes.

use std::path::PathBuf;

use fake_upstream::{FIXTURES_DIR, FakeUpstream};
use serde_json::{Value, json};

use crate::app::{Answer, KEY, TestApp, question, start};

const SESSION: &str = "/admin/api/session";
const SETTING: &str = "/admin/api/settings/pool.strategy";
const CONSOLE: (&str, &str) = ("x-qianqiao-console", "1");

/// Signs in; a cookie as it is sent back, or a bearer's token.
pub fn sign_in(app: &TestApp, bearer: bool) -> String {
    let answer = app.call("POST", SESSION, &[], &json!({"key": KEY, "bearer": bearer}).to_string());
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    assert!(body["expires"].as_u64().unwrap() > 1_700_000_000_000);
    if bearer {
        assert_eq!(answer.header("set-cookie"), None);
        return body["token"].as_str().unwrap().to_owned();
    }
    assert_eq!(body["token"], Value::Null);
    let cookie = answer.header("set-cookie").unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status, answer.error()["code"].as_str().unwrap_or_default().to_owned())
}

fn wrong_key(app: &TestApp, from: &str) -> Answer {
    app.call("POST", SESSION, &[("X-Real-IP", from)], r#"{"key":"wrong"}"#)
}

#[test]
fn a_cookie_changes_nothing_unless_this_sites_own_page_sent_it() {
    let app = start(&[]);
    let cookie = sign_in(&app, false);
    let cookie = ("Cookie", cookie.as_str());
    let put = |headers: &[(&str, &str)]| app.call("PUT", SETTING, headers, r#"{"value":"round-robin"}"#);
    for refused in [
        vec![cookie],
        vec![cookie, ("x-qianqiao-console", "0")],
        vec![cookie, CONSOLE, ("Origin", "https://evil.example")],
        vec![cookie, CONSOLE, ("Origin", "null")],
        vec![cookie, CONSOLE, ("Origin", "http://test"), ("Sec-Fetch-Site", "cross-site")],
        vec![cookie, CONSOLE, ("Sec-Fetch-Site", "same-site")],
    ] {
        assert_eq!(code(&put(&refused)), (403, "csrf".to_owned()), "{refused:?}");
    }
    assert_eq!(put(&[]).status, 401);
    for taken in
        [vec![cookie, CONSOLE], vec![cookie, CONSOLE, ("Origin", "http://test"), ("Sec-Fetch-Site", "same-origin")]]
    {
        assert_eq!(put(&taken).status, 200, "{taken:?}");
    }
    assert_eq!(app.call("GET", "/admin/api/settings", &[cookie], "").status, 200, "reading needs no more");
    let chat = question("auto", "hi").to_string();
    let ask = |headers: &[(&str, &str)]| app.call("POST", "/v1/chat/completions", headers, &chat);
    assert_eq!(code(&ask(&[cookie])), (403, "csrf".to_owned()), "the same holds for the API");
    assert_eq!(ask(&[cookie, CONSOLE]).status, 200);
}

#[test]
fn a_bearer_is_a_session_without_a_cookie() {
    let app = start(&[]);
    let token = sign_in(&app, true);
    let bearer = format!("Bearer {token}");
    let bearer = ("Authorization", bearer.as_str());
    assert_eq!(app.call("PUT", SETTING, &[bearer], r#"{"value":"round-robin"}"#).status, 200);
    assert_eq!(app.call("GET", "/health", &[bearer], "").json()["version"], env!("CARGO_PKG_VERSION"));
    let chat = question("auto", "hi").to_string();
    let foreign = [bearer, ("Origin", "https://huggingface.co"), ("Sec-Fetch-Site", "cross-site")];
    assert_eq!(app.call("POST", "/v1/chat/completions", &foreign, &chat).status, 200);
    // Beside a token of somebody else's it may stand in a cookie.
    let cookie = sign_in(&app, false);
    let both = [("Authorization", "Bearer hf_other"), ("Cookie", cookie.as_str())];
    assert_eq!(app.call("GET", "/admin/api/accounts", &both, "").status, 200);
}

#[test]
fn a_token_opens_nothing_from_an_address_or_a_keys_header() {
    let app = start(&[]);
    let token = sign_in(&app, true);
    for path in [
        format!("/v1/models?key={token}"),
        format!("/metrics?key={token}"),
        format!("/k/{token}/v1/models"),
        format!("/admin/api/accounts?key={token}"),
        format!("/admin/api/accounts?token={token}&qianqiao_session={token}"),
    ] {
        let answer = app.call("GET", &path, &[], "");
        assert_eq!(answer.status, 401, "{path}");
        assert!(!answer.body.contains(&token), "{path}");
    }
    assert_eq!(app.call("GET", "/admin/api/accounts", &[("x-api-key", &token)], "").status, 401);
}

#[test]
fn signing_out_ends_this_session_and_no_other() {
    let app = start(&[]);
    let (one, two) = (sign_in(&app, false), sign_in(&app, false));
    let (one, two) = (("Cookie", one.as_str()), ("Cookie", two.as_str()));
    let state = |cookie| app.call("GET", SESSION, &[cookie], "").json();
    assert_eq!(state(one)["signed_in"], true);
    assert_eq!(code(&app.call("DELETE", SESSION, &[one], "")), (403, "csrf".to_owned()));
    let out = app.call("DELETE", SESSION, &[one, CONSOLE], "");
    assert_eq!((out.status, out.body.as_str()), (204, ""));
    assert!(out.header("set-cookie").unwrap().starts_with("qianqiao_session=; Path=/; Max-Age=0; HttpOnly"));
    assert_eq!(state(one), json!({"signed_in": false, "expires": null}));
    assert_eq!(code(&app.call("GET", "/admin/api/accounts", &[one], "")), (401, "invalid_api_key".to_owned()));
    assert_eq!(app.call("DELETE", SESSION, &[one, CONSOLE], "").status, 204, "twice is no mistake");
    assert_eq!(state(two)["signed_in"], true);
    assert_eq!(app.call("GET", SESSION, &[], "").json()["signed_in"], false);
}

#[test]
fn sessions_are_listed_and_ended_by_the_owner() {
    let app = start(&[]);
    let (one, two, three) = (sign_in(&app, false), sign_in(&app, true), sign_in(&app, true));
    let cookie = ("Cookie", one.as_str());
    let listed = app.call("GET", "/admin/api/sessions", &[cookie], "").json()["sessions"].clone();
    let sessions = listed.as_array().unwrap();
    assert_eq!(sessions.len(), 3);
    assert_eq!(sessions.iter().filter(|session| session["current"] == true).count(), 1);
    assert!(![&one, &two, &three].iter().any(|token| listed.to_string().contains(&token[token.len() - 40..])));
    let other = sessions.iter().find(|session| session["current"] == false).unwrap()["id"].as_str().unwrap();
    let path = format!("/admin/api/sessions/{other}");
    assert_eq!(app.call("DELETE", &path, &[cookie, CONSOLE], "").status, 204);
    assert_eq!(app.call("DELETE", &path, &[cookie, CONSOLE], "").status, 404);
    let open =
        |token: &str| app.call("GET", "/admin/api/store", &[("Authorization", &format!("Bearer {token}"))], "").status;
    let mut still = [open(&two), open(&three)];
    still.sort_unstable();
    assert_eq!(still, [200, 401]);
    assert_eq!(app.call("DELETE", "/admin/api/sessions", &[cookie, CONSOLE], "").status, 204);
    assert_eq!((open(&two), open(&three)), (401, 401));
    assert_eq!(app.call("GET", "/admin/api/sessions", &[cookie], "").status, 401);
}

fn folder(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("qianqiao-console-{name}-{}", std::process::id()))
}

#[test]
fn a_session_and_the_audit_outlast_a_restart_but_not_the_sessions_time() {
    let dir = folder("restart");
    let variables = [("DATA_DIR", dir.to_str().unwrap())];
    let app = start(&variables);
    let token = sign_in(&app, true);
    drop(app);
    let app = start(&variables);
    let bearer = format!("Bearer {token}");
    let store = |app: &TestApp| app.call("GET", "/admin/api/store", &[("Authorization", &bearer)], "").status;
    assert_eq!(store(&app), 200);
    assert_eq!(audit(&app)[0]["action"], "POST /admin/api/session");
    drop(app);
    age(&dir.join("qianqiao.db"));
    let app = start(&variables);
    assert_eq!(store(&app), 401);
    drop(app);
    let database = std::fs::read(dir.join("qianqiao.db")).unwrap();
    assert!(!database.windows(20).any(|bytes| bytes == &token.as_bytes()[4..24]), "the token is not kept");
    std::fs::remove_dir_all(dir).unwrap();
}

/// Makes every session half a day older.
fn age(database: &std::path::Path) {
    use sqlx::{ConnectOptions, Connection};
    actix_rt::System::new().block_on(async {
        let mut connection = sqlx::sqlite::SqliteConnectOptions::new().filename(database).connect().await.unwrap();
        let older = "UPDATE sessions SET created_ms = created_ms - 43200000";
        assert_eq!(sqlx::query(older).execute(&mut connection).await.unwrap().rows_affected(), 1);
        connection.close().await.unwrap();
    });
}

#[test]
fn wrong_keys_are_counted_by_address_and_the_right_one_waits_too() {
    let app = start(&[]);
    for _ in 0..5 {
        assert_eq!(code(&wrong_key(&app, "2001:db8::1")), (401, "invalid_api_key".to_owned()));
    }
    let right = |from: &str| app.call("POST", SESSION, &[("X-Real-IP", from)], &json!({"key": KEY}).to_string());
    for answer in [wrong_key(&app, "2001:db8::2"), right("2001:db8::3")] {
        assert_eq!(code(&answer), (429, "too_many_sign_ins".to_owned()));
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
    }
    assert_eq!(right("2001:db8:0:1::1").status, 200, "another network does not wait");
    assert_eq!(app.get("/admin/api/store").status, 200, "nor does the key itself");
}

#[test]
fn another_site_cannot_make_its_visitors_fail_here() {
    let app = start(&[]);
    for _ in 0..9 {
        let answer = app.call("POST", SESSION, &[("Origin", "https://evil.example")], r#"{"key":"wrong"}"#);
        assert_eq!(code(&answer), (403, "csrf".to_owned()));
    }
    sign_in(&app, false);
}

#[test]
fn what_signs_in_must_be_small_and_whole() {
    let app = start(&[]);
    for body in ["", "[]", "{}", r#"{"key":1}"#, r#"{"key":"x","more":1}"#, &"x".repeat(5000)] {
        let answer = app.call("POST", SESSION, &[], body);
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.error()["code"], "invalid_value", "{body}");
    }
    assert_eq!(wrong_key(&app, "").status, 401, "none of these counted as a try");
}

fn audit(app: &TestApp) -> Vec<Value> {
    app.get("/admin/api/audit").json()["entries"].as_array().unwrap().clone()
}

/// Who did what to whom, and how it ended.
fn told_of(entry: &Value) -> (&str, &str, Option<&str>, u64) {
    let text = |name: &str| entry[name].as_str();
    (text("who").unwrap(), text("action").unwrap(), text("subject"), entry["status"].as_u64().unwrap())
}

#[test]
fn every_change_is_written_down_without_what_was_sent() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = start(&[("QIANWEN_BASE_URL", &fake.base_url())]);
    let cookie = sign_in(&app, false);
    wrong_key(&app, "192.0.2.9");
    let key = format!("Bearer {KEY}");
    let own = [("Authorization", key.as_str()), ("X-Real-IP", "192.0.2.1")];
    let paste = json!({"paste": "tongyi_sso_ticket=ok~SECRETPASTE"}).to_string();
    let taken = app.call("POST", "/admin/api/accounts", &own, &paste).json();
    let id = taken["account"]["id"].as_str().unwrap();
    let page = [("Cookie", cookie.as_str()), CONSOLE];
    app.call("POST", &format!("/admin/api/accounts/{id}/disable"), &page, "");
    app.call("PUT", SETTING, &own, r#"{"value":"SECRETVALUE"}"#);
    app.call("DELETE", "/admin/api/accounts/SECRETNAME", &[], "");
    app.get("/admin/api/accounts");
    let entries = audit(&app);
    let told: Vec<_> = entries.iter().rev().map(told_of).collect();
    assert_eq!(
        told,
        [
            ("key", "POST /admin/api/session", None, 200),
            ("nobody", "POST /admin/api/session", None, 401),
            ("key", "POST /admin/api/accounts", Some(id), 201),
            ("session", "POST /admin/api/accounts/{id}/disable", Some(id), 200),
            ("key", "PUT /admin/api/settings/{name}", Some("pool.strategy"), 400),
            ("nobody", "DELETE /admin/api/accounts/{id}", None, 401),
        ]
    );
    assert_eq!((&entries[4]["address"], &entries[3]["address"]), (&json!("192.0.2.9"), &json!("192.0.2.1")));
    assert!(!json!(entries).to_string().contains("SECRET"));
    let part = app.get("/admin/api/audit?limit=2").json();
    assert_eq!(part["next"], part["entries"][1]["seq"]);
    let rest = app.get(&format!("/admin/api/audit?before={}&limit=4", part["next"])).json();
    assert_eq!((rest["entries"].as_array().unwrap().len(), &rest["next"]), (4, &Value::Null));
    for wrong in ["limit=-1", "before=x", "more=1"] {
        assert_eq!(code(&app.get(&format!("/admin/api/audit?{wrong}"))), (400, "invalid_value".to_owned()), "{wrong}");
    }
    assert_eq!(app.call("GET", "/admin/api/audit", &[], "").status, 401);
}

#[test]
fn the_page_has_its_headers_and_is_known_again_by_its_tag() {
    let app = start(&[]);
    let page = app.call("GET", "/", &[("Origin", "https://other.example")], "");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    for (name, value) in [
        ("cache-control", "no-cache"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("vary", "Accept-Encoding"),
    ] {
        assert_eq!(page.header(name), Some(value), "{name}");
    }
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'self' https://huggingface.co")
    );
    assert!(page.header("permissions-policy").unwrap().contains("camera=()"));
    assert_eq!(page.header("access-control-allow-origin"), None);
    let tag = page.header("etag").unwrap();
    let again = app.call("GET", "/", &[("If-None-Match", tag)], "");
    assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", Some(tag)));
    assert_eq!(app.call("GET", "/", &[("If-None-Match", "\"other\"")], "").status, 200);
    let missing = app.call("GET", "/assets/none.js", &[("Origin", "https://other.example")], "");
    assert_eq!(code(&missing), (404, "unknown_url".to_owned()));
    assert_eq!(missing.header("access-control-allow-origin"), None);
    for path in ["/assets/../index.html", "/assets/index.html", "/assets/%2e%2e/index.html", "/index.html"] {
        assert_eq!(app.call("GET", path, &[], "").status, 404, "{path}");
    }
}

#[test]
fn what_the_page_loads_is_there_for_good() {
    let app = start(&[]);
    let page = app.call("GET", "/", &[], "").body;
    // A binary that was built without the console has a page that loads nothing.
    let loaded = page.split(['"', '\'']).filter(|part| part.starts_with("/assets/"));
    for path in loaded {
        let answer = app.call("HEAD", path, &[("Accept-Encoding", "gzip, br")], "");
        assert_eq!((answer.status, answer.header("content-encoding")), (200, Some("br")), "{path}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"), "{path}");
        let kinds = [("js", "text/javascript"), ("css", "text/css"), ("svg", "image/svg+xml")];
        let kind = kinds.iter().find(|(ending, _)| path.ends_with(ending)).unwrap().1;
        assert!(answer.header("content-type").unwrap().starts_with(kind), "{path}");
        let plain = app.call("GET", path, &[], "");
        assert_eq!(plain.header("content-encoding"), None, "{path}");
        assert!(!plain.body.is_empty(), "{path}");
    }
}
