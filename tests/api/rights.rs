//! What a right opens, and no more; and that what was taken back is taken back, whoever leaves meanwhile.

use std::io::Write;
use std::net::TcpStream;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::app::{Answer, KEY, TestApp, start, until};
use crate::console::sign_in;

const MASTER_KEY: &str = "/admin/api/master-key";

/// A service that keeps the owner's key itself, in a folder that goes with it.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("qianqiao-rights-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("master.key"), KEY).unwrap();
        Self(path)
    }

    fn app(&self, more: &[(&str, &str)]) -> TestApp {
        let own = [("DATA_DIR", self.0.to_str().unwrap()), ("API_MASTER_KEY", "")];
        start(&[&own, more].concat())
    }

    /// How many sessions are on disk.
    fn kept_sessions(&self) -> i64 {
        use sqlx::{ConnectOptions, Connection};
        let path = self.0.join("qianqiao.db");
        actix_rt::System::new().block_on(async {
            let mut connection = sqlx::sqlite::SqliteConnectOptions::new().filename(path).connect().await.unwrap();
            let count = sqlx::query_scalar("SELECT count(*) FROM sessions").fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            count
        })
    }

    /// Waits until this many sessions are on disk.
    fn sessions(&self, count: i64) {
        until(|| (self.kept_sessions() == count).then_some(()));
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn by(app: &TestApp, key: &str, method: &str, path: &str, body: &Value) -> Answer {
    app.call(method, path, &[("Authorization", &format!("Bearer {key}"))], &body.to_string())
}

#[test]
fn a_changed_key_ends_the_sessions_even_if_the_client_leaves_at_once() {
    let home = Home::new("leaves");
    let app = home.app(&[]);
    let token = sign_in(&app, true);
    let other = "my-own-key-0123456789";
    let body = json!({"current": KEY, "new": other}).to_string();
    drop(app.send("POST", MASTER_KEY, &[("x-api-key", KEY)], &body));
    until(|| (by(&app, other, "GET", MASTER_KEY, &json!(null)).status == 200).then_some(()));
    until(|| (by(&app, &token, "GET", MASTER_KEY, &json!(null)).status == 401).then_some(()));
}

#[test]
fn a_neighbours_page_reads_nothing_by_the_cookie() {
    let app = start(&[]);
    let cookie = sign_in(&app, false);
    let read = |path: &str, word: &str| app.call("GET", path, &[("Cookie", &cookie), ("Sec-Fetch-Site", word)], "");
    for path in ["/admin/api/keys", "/admin/api/live", "/v1/models", "/metrics"] {
        for word in ["same-site", "cross-site"] {
            let refused = read(path, word);
            assert_eq!((refused.status, &refused.error()["code"]), (403, &json!("csrf")), "{path} {word}");
        }
    }
    assert_eq!(read("/health", "same-site").json()["version"], Value::Null);
    for word in ["same-origin", "none"] {
        assert_eq!(read("/admin/api/keys", word).status, 200, "{word}");
    }
}

#[test]
fn the_cookie_is_for_encrypted_connections_only_where_the_page_came_by_one() {
    let app = start(&[]);
    let is_secure = |headers: &[(&str, &str)]| {
        let answer = app.call("POST", "/admin/api/session", headers, &json!({"key": KEY}).to_string());
        answer.header("set-cookie").unwrap().ends_with("; Secure")
    };
    assert!(!is_secure(&[]));
    assert!(!is_secure(&[("Origin", "http://test")]));
    assert!(is_secure(&[("X-Forwarded-Proto", "https")]));
    assert!(is_secure(&[("Origin", "https://test")]), "not every proxy says what it ended");
}

#[test]
fn who_was_signed_out_is_so_on_disk_when_that_is_answered() {
    let home = Home::new("signed-out");
    let app = home.app(&[]);
    let key = ("x-api-key", KEY);
    let token = sign_in(&app, true);
    home.sessions(1);
    assert_eq!(by(&app, &token, "DELETE", "/admin/api/session", &json!(null)).status, 204);
    assert_eq!(home.kept_sessions(), 0);
    sign_in(&app, true);
    home.sessions(1);
    let id = app.get("/admin/api/sessions").json()["sessions"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(app.call("DELETE", &format!("/admin/api/sessions/{id}"), &[key], "").status, 204);
    assert_eq!(home.kept_sessions(), 0);
    sign_in(&app, true);
    home.sessions(1);
    assert_eq!(app.call("DELETE", "/admin/api/sessions", &[key], "").status, 204);
    assert_eq!(home.kept_sessions(), 0);
    sign_in(&app, true);
    home.sessions(1);
    assert_eq!(by(&app, KEY, "POST", MASTER_KEY, &json!({"current": KEY, "new": null})).status, 200);
    assert_eq!(home.kept_sessions(), 0);
}

#[test]
fn the_present_key_may_be_pasted_with_its_line_break() {
    let home = Home::new("pasted");
    let app = home.app(&[]);
    let changed = by(&app, KEY, "POST", MASTER_KEY, &json!({"current": format!("{KEY}\n"), "new": null}));
    assert_eq!(changed.status, 200, "{}", changed.body);
}

#[test]
fn the_owners_key_is_none_that_opens_less_elsewhere() {
    let home = Home::new("token");
    let app = home.app(&[("METRICS_TOKEN", "scrape-0123456789abcdef")]);
    let refused = by(&app, KEY, "POST", MASTER_KEY, &json!({"current": KEY, "new": "scrape-0123456789abcdef"}));
    assert_eq!((refused.status, &refused.error()["param"]), (400, &json!("new")), "{}", refused.body);
    assert_eq!(by(&app, "scrape-0123456789abcdef", "GET", MASTER_KEY, &json!(null)).status, 401);
    assert_eq!(by(&app, "scrape-0123456789abcdef", "GET", "/metrics", &json!(null)).status, 200);
}

#[test]
fn a_stranger_cannot_write_into_the_audit() {
    let app = start(&[]);
    let word = format!("PAY-ME-{}", "X".repeat(2000));
    app.call(&word, "/admin/api/session", &[], "");
    app.call("PUT", "/admin/api/session", &[], "");
    let told = app.get("/admin/api/audit").json();
    let actions: Vec<&str> =
        told["entries"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["PUT /admin/api/session", "OTHER /admin/api/session"]);
}

#[test]
fn a_secret_that_is_taken_for_an_id_is_not_written_down() {
    let app = start(&[]);
    let made = by(&app, KEY, "POST", "/admin/api/keys", &json!({"name": "friend"})).json();
    let (friend, token) = (made["secret"].as_str().unwrap(), sign_in(&app, true));
    for secret in [friend, token.as_str(), KEY] {
        for (method, path) in [("DELETE", "keys"), ("PATCH", "keys"), ("DELETE", "sessions"), ("DELETE", "accounts")] {
            let answer = by(&app, KEY, method, &format!("/admin/api/{path}/{secret}"), &json!({}));
            assert_eq!(answer.status, 404, "{}", answer.body);
        }
    }
    by(&app, KEY, "DELETE", "/admin/api/keys/key-none", &json!({}));
    let told = app.get("/admin/api/audit").json();
    assert_eq!(told["entries"][0]["subject"], "key-none");
    assert_eq!(told["entries"][1]["subject"], Value::Null);
    for secret in [friend, token.as_str(), KEY] {
        assert!(!told.to_string().contains(secret));
    }
}

#[test]
fn an_upload_that_ends_after_its_key_was_taken_back_is_not_kept() {
    let home = Home::new("upload");
    let app = home.app(&[]);
    let made = by(&app, KEY, "POST", "/admin/api/keys", &json!({"name": "friend"})).json();
    let (id, secret) = (made["key"]["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let form = "--XX\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nuser_data\r\n--XX\r\n\
                Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--XX--\r\n";
    let (begin, end) = form.split_at(form.len() - 12);
    let mut stream = TcpStream::connect(("127.0.0.1", app.port)).unwrap();
    let head = format!(
        "POST /v1/files HTTP/1.1\r\nHost: test\r\nConnection: close\r\nx-api-key: {secret}\r\n\
         Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: {}\r\n\r\n{begin}",
        form.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let used = |name: &str| {
        let keys = by(&app, KEY, "GET", "/admin/api/keys", &json!(null)).json();
        keys["keys"][0]["used"][name].as_u64().unwrap()
    };
    until(|| (used("requests_today") == 1).then_some(()));
    assert_eq!(by(&app, KEY, "DELETE", &format!("/admin/api/keys/{id}"), &json!(null)).status, 204);
    stream.write_all(end.as_bytes()).unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    let contents = || std::fs::read_dir(home.0.join("files")).map_or(0, Iterator::count);
    assert_eq!(contents(), 0, "nobody could see it, and it would take up room for good");
}
