//! Paths, keys, CORS, models: what every client expects before it says a word.

use fake_upstream::{FIXTURES_DIR, FakeUpstream};

use crate::app::{KEY, PATIENCE, question, start};

#[test]
fn every_way_of_writing_the_address_works() {
    let app = start(&[]);
    let (body, key) = (question("auto", "hi").to_string(), format!("Bearer {KEY}"));
    for path in ["/v1/chat/completions", "/chat/completions", "//v1//chat/completions", "/v1/v1/chat/completions/"] {
        assert_eq!(app.call("POST", path, &[("Authorization", &key)], &body).status, 200, "{path}");
    }
    for path in ["/v1/models", "/models/", "/v1//models", "/models/auto", "/v1/models/demo"] {
        assert_eq!(app.get(path).status, 200, "{path}");
    }
}

#[test]
fn all_three_key_headers_are_read() {
    let app = start(&[]);
    for (name, value) in
        [("Authorization", format!("bearer {KEY}")), ("x-api-key", KEY.into()), ("api-key", KEY.into())]
    {
        assert_eq!(app.call("GET", "/v1/models", &[(name, &value)], "").status, 200, "{name}");
    }
    for bearer in ["Bearer ", "Bearer hf_somebody_elses"] {
        let both = [("Authorization", bearer), ("x-api-key", KEY)];
        assert_eq!(app.call("GET", "/v1/models", &both, "").status, 200, "another bearer hides no key");
    }
}

#[test]
fn pages_of_other_origins_may_call() {
    let app = start(&[]);
    let wanted = "authorization, content-type, x-stainless-lang";
    let asked = [
        ("Origin", "https://a.invalid"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", wanted),
    ];
    let preflight = app.call("OPTIONS", "/v1/chat/completions", &asked, "");
    assert_eq!((preflight.status, preflight.header("access-control-allow-headers")), (204, Some(wanted)));
    assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
    let error = app.call("POST", "/v1/chat/completions", &[("Origin", "https://a.invalid")], "");
    assert_eq!((error.status, error.header("access-control-allow-origin")), (401, Some("*")));
    assert!(error.header("access-control-expose-headers").unwrap().contains("retry-after"));
    assert_eq!(app.call("GET", "/", &[], "").header("access-control-allow-origin"), None);
}

#[test]
fn the_request_id_is_taken_over_or_made() {
    let app = start(&[]);
    let id = |given: &str| {
        app.call("GET", "/health", &[("X-Request-Id", given)], "").header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(id("abc-123"), "abc-123");
    assert!(id("not good").starts_with("req_"));
}

#[test]
fn probes_need_no_key_and_learn_nothing() {
    let app = start(&[]);
    for (method, path) in [("HEAD", "/"), ("GET", "/"), ("GET", "/health"), ("HEAD", "/health")] {
        assert_eq!(app.call(method, path, &[], "").status, 200, "{method} {path}");
    }
    let without = app.call("GET", "/health", &[], "").json();
    assert_eq!(without, serde_json::json!({"status": "degraded"}), "DATA_DIR cannot be written here");
    assert!(app.get("/health").json()["warnings"][0].as_str().unwrap().contains("DATA_DIR"));
}

#[test]
fn models_are_fetched_and_served_with_their_familiar_names() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let (origin, address) = (fake.base_url(), format!("{}/v1", fake.base_url()));
    let app = start(&[
        ("QIANWEN_BASE_URL", &origin),
        ("CN_ACCOUNT_1_COOKIE", "tongyi_sso_ticket=ok"),
        ("OPENAI_COMPATIBLE_BASE_URL", &address),
        ("OPENAI_COMPATIBLE_API_KEY", "sk-ok"),
    ]);
    let deadline = std::time::Instant::now() + PATIENCE;
    let ids = loop {
        let list = app.get("/v1/models").json();
        let ids: Vec<String> =
            list["data"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap().into()).collect();
        if ids.iter().any(|id| id == "fake-large") {
            break ids;
        }
        assert!(std::time::Instant::now() < deadline, "{ids:?}");
    };
    for id in ["auto", "Qwen", "Qwen3.8-Max", "qwen-max", "qwen-turbo", "fake-small"] {
        assert!(ids.iter().any(|known| known == id), "{id} is not in {ids:?}");
    }
    assert_eq!(app.chat(&question("openai_compatible/fake-small", "hi")).status, 200);
    assert_eq!(app.chat(&question("qianwen/auto", "hi")).status, 200);
    assert_eq!(app.chat(&question("QWEN-MAX", "hi")).status, 200);
    assert_eq!(app.chat(&question("qianwen/none-such", "hi")).status, 404);
}
