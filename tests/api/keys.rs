//! Keys for friends and apps: what they open, what they do not, and how much.

use std::io::Read;
use std::path::PathBuf;

use fake_upstream::{FIXTURES_DIR, FakeUpstream};
use serde_json::{Value, json};

use crate::app::{Answer, KEY, PATIENCE, TestApp, question, start, stream};
use crate::console::sign_in;

const KEYS: &str = "/admin/api/keys";

/// A folder that goes with the test.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("qianqiao-keys-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn app(&self) -> TestApp {
        // No API_MASTER_KEY: an empty one counts as not set, and the one that is kept holds.
        start(&[("DATA_DIR", self.0.to_str().unwrap())])
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn admin(app: &TestApp, method: &str, path: &str, body: &Value) -> Answer {
    app.call(method, path, &[("x-api-key", KEY)], &body.to_string())
}

/// Makes a key and returns its id and its secret.
fn make(app: &TestApp, more: &Value) -> (String, String) {
    let mut body = json!({"name": format!("friend {more}").chars().take(60).collect::<String>()});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = admin(app, "POST", KEYS, &body);
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.json();
    (made["key"]["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
}

fn as_friend(app: &TestApp, secret: &str, method: &str, path: &str, body: &str) -> Answer {
    app.call(method, path, &[("Authorization", &format!("Bearer {secret}"))], body)
}

fn chat(app: &TestApp, secret: &str, body: &Value) -> Answer {
    as_friend(app, secret, "POST", "/v1/chat/completions", &body.to_string())
}

fn per_day(requests: u64) -> Value {
    json!({"limits": {"requests_per_day": requests}})
}

#[test]
fn a_key_opens_the_api_from_every_place_where_one_may_stand() {
    let app = start(&[]);
    let (_, secret) = make(&app, &json!({}));
    assert_eq!(chat(&app, &secret, &question("auto", "hi")).status, 200);
    let body = question("auto", "hi").to_string();
    for (path, header) in [
        ("/v1/chat/completions".to_owned(), ("x-api-key", &*secret)),
        ("/v1/chat/completions".to_owned(), ("api-key", &*secret)),
        (format!("/k/{secret}/v1/chat/completions"), ("x-none", "")),
        (format!("/v1/chat/completions?key={secret}"), ("authorization", "Bearer hf_somebody")),
    ] {
        assert_eq!(app.call("POST", &path, &[header], &body).status, 200, "{path} {header:?}");
    }
    let answer = chat(&app, &secret, &question("auto", "hi"));
    assert!(answer.headers.iter().all(|(name, _)| !name.starts_with("x-qianqiao-") && !name.contains("ratelimit")));
}

#[test]
fn a_friend_is_not_the_owner() {
    let app = start(&[]);
    let (id, secret) = make(&app, &json!({}));
    let described: Value = serde_json::from_str(&app.get("/openapi.json").body).unwrap();
    let mut tried = 0;
    for (path, item) in described["paths"].as_object().unwrap() {
        if !path.starts_with("/admin/") && path != "/metrics" {
            continue;
        }
        for method in item.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            let open = path == "/admin/api/session";
            let path = path.replace("{id}", &id).replace("{name}", "queue_wait_s");
            let answer = as_friend(&app, &secret, &method, &path, "{}");
            assert!(open || answer.status == 401, "{method} {path}: {}", answer.status);
            tried += 1;
        }
    }
    assert!(tried >= 25, "the routes were found: {tried}");
    assert_eq!(as_friend(&app, &secret, "GET", "/metrics?key=x", "").status, 401);
    let health = as_friend(&app, &secret, "GET", "/health", "").json();
    assert_eq!(health.as_object().unwrap().keys().collect::<Vec<_>>(), ["status"], "{health}");
}

#[test]
fn what_only_the_owner_may_read_stays_with_the_owner() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let origin = fake.base_url();
    let app = start(&[("QIANWEN_BASE_URL", &origin), ("CN_ACCOUNT_1_COOKIE", "tongyi_sso_ticket=waf-html")]);
    let (_, secret) = make(&app, &json!({}));
    let own = app.chat(&question("qwen-max", "hi"));
    let told = chat(&app, &secret, &question("qwen-max", "hi"));
    assert_eq!((own.status, told.status), (503, 503));
    assert!(own.header("x-qianqiao-attempts").is_some() && told.header("x-qianqiao-attempts").is_none());
    assert!(told.header("x-qianqiao-account").is_none());
    let page = "https://www.qianwen.com";
    assert!(own.body.contains(page) && !told.body.contains(page), "{} {}", own.body, told.body);
}

#[test]
fn limits_are_told_and_hold_before_an_account_is_asked() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let origin = fake.base_url();
    let app = start(&[("QIANWEN_BASE_URL", &origin), ("CN_ACCOUNT_1_COOKIE", "tongyi_sso_ticket=ok")]);
    let (id, secret) = make(&app, &per_day(3));
    let first = chat(&app, &secret, &question("auto", "hi"));
    let told = |answer: &Answer| {
        let header = |name: &str| answer.header(&format!("x-ratelimit-{name}-requests")).map(str::to_owned);
        (header("limit").unwrap(), header("remaining").unwrap(), header("reset").unwrap())
    };
    assert_eq!((first.status, told(&first).0, told(&first).1), (200, "3".to_owned(), "2".to_owned()));
    assert!(told(&first).2.ends_with('s'), "{:?}", told(&first));
    assert!(first.header("x-ratelimit-limit-tokens").is_none(), "what is not limited is not told");
    assert_eq!(told(&chat(&app, &secret, &stream("auto", "hi"))).1, "1", "the head of a stream tells it too");
    let reading = as_friend(&app, &secret, "GET", "/v1/models", "");
    assert_eq!((reading.status, told(&reading).1), (200, "1".to_owned()), "to read costs nothing");
    assert_eq!(as_friend(&app, &secret, "POST", "/v1/chat/completions", "{").status, 400, "but a wrong request counts");
    let asked = fake.journal().scenario("ok").requests;
    for body in ["{", "{\"model\": 1}", &question("none", "hi").to_string(), &question("auto", "hi").to_string()] {
        let refused = as_friend(&app, &secret, "POST", "/v1/chat/completions", body);
        assert_eq!((refused.status, told(&refused).1), (429, "0".to_owned()), "{body}");
        let error = refused.error();
        assert_eq!((&error["type"], &error["code"]), (&json!("rate_limit_error"), &json!("rate_limit_exceeded")));
        let (after, should) = (refused.header("retry-after"), refused.header("x-should-retry"));
        let soon = after.is_some_and(|seconds| (1..=60).contains(&seconds.parse::<u64>().unwrap()));
        assert!(soon != (should == Some("false")), "either a short wait or none: {after:?} {should:?}");
    }
    assert_eq!(as_friend(&app, &secret, "POST", "/v1/files", "").status, 429, "an upload counts as well");
    assert_eq!(fake.journal().scenario("ok").requests, asked, "nobody was asked");
    let used = &admin(&app, "GET", KEYS, &json!(null)).json()["keys"][0];
    assert_eq!((&used["id"], &used["used"]["requests_today"]), (&json!(id), &json!(3)));
    assert!(used["last_used"].as_u64() > Some(0), "{used}");
    assert_eq!(app.chat(&question("auto", "hi")).status, 200, "the owner has no limit");
}

#[test]
fn what_is_told_of_a_limit_is_all_of_the_same_one() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let origin = fake.base_url();
    let app = start(&[("QIANWEN_BASE_URL", &origin), ("CN_ACCOUNT_1_COOKIE", "tongyi_sso_ticket=429-after-120")]);
    let (_, secret) = make(&app, &json!({"limits": {"requests_per_minute": 9}}));
    let refused = chat(&app, &secret, &question("auto", "hi"));
    let told = |name: &str| refused.header(&format!("x-ratelimit-{name}-requests"));
    assert_eq!((refused.status, told("reset")), (429, Some("120s")), "{refused:?}");
    assert_eq!((told("limit"), told("remaining")), (None, None), "the key's limit is not what is reached");
}

#[test]
fn a_minute_is_waited_for_and_a_change_holds_at_once() {
    let app = start(&[]);
    let (id, secret) = make(&app, &json!({"limits": {"requests_per_minute": 1}}));
    assert_eq!(chat(&app, &secret, &question("auto", "hi")).status, 200);
    let refused = chat(&app, &secret, &question("auto", "hi"));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!(refused.status == 429 && (1..=60).contains(&wait), "{wait}");
    let change = |body: Value| admin(&app, "PATCH", &format!("{KEYS}/{id}"), &body);
    assert_eq!(change(json!({"limits": {}})).json()["limits"]["requests_per_minute"], Value::Null);
    assert_eq!(chat(&app, &secret, &question("auto", "hi")).status, 200);
    assert_eq!(change(json!({"enabled": false})).json()["state"], "paused");
    let paused = chat(&app, &secret, &question("auto", "hi"));
    assert!(paused.status == 401 && paused.error()["message"].as_str().unwrap().contains("paused"), "{}", paused.body);
    assert_eq!(change(json!({"enabled": true, "expires": null})).json()["state"], "active");
    assert_eq!(admin(&app, "DELETE", &format!("{KEYS}/{id}"), &json!(null)).status, 204);
    let revoked = as_friend(&app, &secret, "GET", "/v1/models", "");
    assert_eq!(revoked.body, as_friend(&app, "qq-unknown", "GET", "/v1/models", "").body, "as a key that nobody made");
    assert_eq!(change(json!({"enabled": true})).status, 409);
}

#[test]
fn a_key_sees_and_asks_for_its_models_only() {
    let app = start(&[]);
    let (_, secret) = make(&app, &json!({"models": ["Demo", "no-such-model"]}));
    let ids = |answer: Answer| -> Vec<String> {
        let listed = answer.json()["data"].as_array().unwrap().clone();
        listed.iter().map(|model| model["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(as_friend(&app, &secret, "GET", "/v1/models", "")), ["demo"]);
    assert!(ids(app.get("/v1/models")).contains(&"auto".to_owned()));
    assert_eq!(as_friend(&app, &secret, "GET", "/v1/models/demo", "").status, 200);
    assert_eq!(chat(&app, &secret, &question("DEMO", "hi")).status, 200);
    for model in ["auto", "demo/demo", "none"] {
        let one = as_friend(&app, &secret, "GET", &format!("/v1/models/{model}"), "");
        for refused in [one, chat(&app, &secret, &question(model, "hi"))] {
            assert_eq!((refused.status, &refused.error()["code"]), (404, &json!("model_not_found")), "{model}");
        }
    }
    let unknown = chat(&app, &secret, &question("no-such-model", "hi"));
    assert!(unknown.status == 404 && !unknown.body.contains("Near"), "{}", unknown.body);
}

#[test]
fn a_key_that_the_console_tries_counts_and_not_its_session() {
    let app = start(&[]);
    let (_, secret) = make(&app, &json!({"models": ["demo"]}));
    let cookie = sign_in(&app, false);
    let bearer = format!("Bearer {secret}");
    let ask = |headers: &[(&str, &str)]| app.call("GET", "/v1/models", headers, "").json()["data"].clone();
    assert_eq!(ask(&[("Authorization", &bearer), ("Cookie", &cookie)]).as_array().unwrap().len(), 1);
    assert!(ask(&[("Cookie", &cookie)]).as_array().unwrap().len() > 1);
}

#[test]
fn each_key_has_files_of_its_own() {
    let dir = Dir::new("files");
    let app = dir.app();
    let (id, one) = make(&app, &json!({}));
    let (_, other) = make(&app, &json!({"name": "other"}));
    let form = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--XX\r\n\
                Content-Disposition: form-data; name=\"purpose\"\r\n\r\nuser_data\r\n--XX--\r\n";
    let headers = [("x-api-key", &*one), ("Content-Type", "multipart/form-data; boundary=XX")];
    let file = app.call("POST", "/v1/files", &headers, form).json()["id"].as_str().unwrap().to_owned();
    let naming = json!({"model": "auto", "messages": [{"role": "user", "content": [
        {"type": "text", "text": "read"}, {"type": "file", "file": {"file_id": file}}
    ]}]});
    assert_eq!(chat(&app, &one, &naming).status, 200);
    for stranger in [&*other, KEY] {
        let status = |method: &str, path: &str| as_friend(&app, stranger, method, path, "").status;
        assert_eq!(status("GET", &format!("/v1/files/{file}")), 404);
        assert_eq!(status("GET", &format!("/v1/files/{file}/content")), 404);
        assert_eq!(status("DELETE", &format!("/v1/files/{file}")), 404);
        assert_eq!(as_friend(&app, stranger, "GET", "/v1/files", "").json()["data"], json!([]));
        assert_eq!(chat(&app, stranger, &naming).error()["code"], "file_not_found");
    }
    let read = as_friend(&app, &one, "GET", &format!("/v1/files/{file}/content"), "");
    assert_eq!((read.status, read.body.as_str()), (200, "hello"));
    let contents = || std::fs::read_dir(dir.0.join("files")).unwrap().count();
    assert_eq!(contents(), 1);
    admin(&app, "DELETE", &format!("{KEYS}/{id}"), &json!(null));
    assert_eq!(contents(), 0, "what nobody can see any more is gone");
}

#[test]
fn what_is_wrong_about_a_key_is_named() {
    let app = start(&[]);
    for (body, status, field) in [
        (json!({}), 400, "body"),
        (json!({"name": " "}), 400, "name"),
        (json!({"name": "a", "colour": 1}), 400, "colour"),
        (json!({"name": "a", "limits": {"requests_per_day": 0}}), 400, "limits.requests_per_day"),
        (json!({"name": "a", "limits": {"rpm": 1}}), 400, "limits.rpm"),
        (json!({"name": "a", "limits": {"requests_per_day": "5"}}), 400, "limits.requests_per_day"),
        (json!({"name": "a", "models": [" "]}), 400, "models"),
        (json!({"name": "a", "expires": 1}), 400, "expires"),
        (json!({"name": "a"}), 201, ""),
        (json!({"name": "A "}), 409, "name"),
    ] {
        let answer = admin(&app, "POST", KEYS, &body);
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        if status >= 400 {
            assert_eq!(answer.error()["param"], field, "{body}: {}", answer.body);
        } else {
            assert_eq!(answer.json()["kept"], false, "there is no disk, and that is said");
        }
    }
    assert_eq!(admin(&app, "PATCH", &format!("{KEYS}/key-none"), &json!({})).status, 404);
    assert_eq!(admin(&app, "DELETE", &format!("{KEYS}/key-none"), &json!(null)).status, 404);
}

#[test]
fn the_owners_key_changes_at_once_and_for_the_next_start() {
    let dir = Dir::new("master");
    let old = "qq-kept-0123456789abcdef";
    std::fs::write(dir.0.join("master.key"), old).unwrap();
    let path = "/admin/api/master-key";
    let call = |app: &TestApp, key: &str, method: &str, body: Value| {
        app.call(method, path, &[("x-api-key", key)], &body.to_string())
    };
    let kept = || start(&[("DATA_DIR", dir.0.to_str().unwrap()), ("API_MASTER_KEY", "")]);
    let app = kept();
    assert_eq!(call(&app, old, "GET", json!(null)).json(), json!({"source": "kept", "hint": "qq-…cdef"}));
    for (body, field) in [
        (json!({"current": "wrong", "new": null}), "current"),
        (json!({"current": old, "new": "short"}), "new"),
        (json!({"current": old, "new": "your_super_secret_master_key_123"}), "new"),
    ] {
        let refused = call(&app, old, "POST", body);
        assert_eq!((refused.status, &refused.error()["param"]), (400, &json!(field)), "{}", refused.body);
        assert!(!refused.body.contains(old), "{}", refused.body);
    }
    let chosen = "my-own-key-0123456789";
    assert_eq!(call(&app, old, "POST", json!({"current": old, "new": chosen})).json(), json!({"secret": null}));
    assert_eq!(call(&app, old, "GET", json!(null)).status, 401);
    let made = call(&app, chosen, "POST", json!({"current": chosen})).json()["secret"].as_str().unwrap().to_owned();
    assert_eq!(call(&app, chosen, "GET", json!(null)).status, 401);
    drop(app);
    let app = kept();
    assert_eq!(call(&app, &made, "GET", json!(null)).status, 200);
    let environment = app.call("GET", "/admin/api/environment", &[("x-api-key", &made)], "").json();
    let own = environment["variables"].as_array().unwrap().iter().find(|one| one["name"] == "API_MASTER_KEY").unwrap();
    assert_eq!((&own["source"], &own["secret"]), (&json!("made"), &json!(true)));
    assert!(made.ends_with(own["value"].as_str().unwrap().strip_prefix("qq-…").unwrap()), "{own}");
    assert!(!environment.to_string().contains(&made));
    let named = start(&[]);
    assert_eq!(call(&named, KEY, "GET", json!(null)).json()["source"], "environment");
    assert_eq!(call(&named, KEY, "POST", json!({"current": KEY, "new": null})).status, 409);
    assert_eq!(call(&named, KEY, "GET", json!(null)).status, 200);
}

#[test]
fn tokens_are_counted_when_an_answer_ends() {
    let app = start(&[]);
    let (_, secret) = make(&app, &json!({"limits": {"tokens_per_day": 1}}));
    let first = chat(&app, &secret, &question("auto", "hi"));
    assert_eq!((first.status, first.header("x-ratelimit-limit-tokens")), (200, Some("1")));
}

#[test]
fn what_a_key_is_being_answered_ends_when_it_is_taken_back_and_not_when_it_is_paused() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let origin = fake.base_url();
    let app = start(&[("QIANWEN_BASE_URL", &origin), ("CN_ACCOUNT_1_COOKIE", "tongyi_sso_ticket=hold")]);
    let ((id, secret), (_, other)) = (make(&app, &json!({})), make(&app, &json!({"models": []})));
    let open = |secret: &str, body: &Value| {
        let bearer = format!("Bearer {secret}");
        app.send("POST", "/v1/chat/completions", &[("Authorization", &bearer)], &body.to_string())
    };
    let (streamed, whole) = (stream("auto", "hi"), question("auto", "hi"));
    let mut ended = [open(&secret, &streamed), open(&secret, &whole)];
    let going_on = [open(&other, &streamed), app.open_chat(&streamed)];
    let open_streams = |count| fake.wait_for(PATIENCE, |journal| journal.scenario("hold").open == count).unwrap();
    open_streams(4);
    let own = format!("{KEYS}/{id}");
    assert_eq!(admin(&app, "PATCH", &own, &json!({"enabled": false})).status, 200);
    assert_eq!(app.get("/health").json()["under_way"], 4, "a pause is for what comes next");
    assert_eq!(admin(&app, "DELETE", &own, &json!(null)).status, 204);
    let told = ended.each_mut().map(|connection| {
        let mut text = String::new();
        connection.read_to_string(&mut text).unwrap();
        text
    });
    assert!(told[0].contains(r#""code":"invalid_api_key""#) && !told[0].contains("[DONE]"), "{}", told[0]);
    assert!(told[1].starts_with("HTTP/1.1 401 ") && told[1].contains("was taken back"), "{}", told[1]);
    open_streams(2);
    app.wait_under_way(2);
    drop(going_on);
}
