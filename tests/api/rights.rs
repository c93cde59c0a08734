//! What a right opens, and no more; and that what was taken back is taken back, whoever leaves meanwhile.

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
