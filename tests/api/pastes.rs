//! A paste that its owner means for one account.

use fake_upstream::{FIXTURES_DIR, FakeUpstream};
use serde_json::{Value, json};

use crate::app::{Answer, KEY, TestApp, start};

fn paste(app: &TestApp, path: &str, more: &Value) -> Answer {
    let mut body = json!({"paste": "tongyi_sso_ticket=ok~user-first"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let path = format!("/admin/api/accounts{path}");
    app.call("POST", &path, &[("x-api-key", KEY)], &body.to_string())
}

#[test]
fn a_new_sign_in_goes_to_the_account_that_its_owner_names() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = start(&[("QIANWEN_BASE_URL", &fake.base_url())]);
    let first = paste(&app, "", &json!({})).json();
    let id = first["account"]["id"].as_str().unwrap();
    let other = json!({"paste": "tongyi_sso_ticket=ok~user-second", "account": id});
    assert_eq!(paste(&app, "/preview", &other).json()["account"], json!(id));
    let renewed = paste(&app, "", &other);
    assert_eq!((renewed.status, &renewed.json()["created"]), (200, &json!(false)), "{}", renewed.body);
    assert_eq!(renewed.json()["account"]["id"], json!(id));
    let accounts = app.get("/admin/api/accounts").json();
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 1);
}

#[test]
fn a_sign_in_of_another_account_changes_nothing() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = start(&[("QIANWEN_BASE_URL", &fake.base_url()), ("DEEPSEEK_API_KEY", "sk-0123456789abcdef")]);
    let first = paste(&app, "", &json!({})).json();
    let second = paste(&app, "", &json!({"paste": "tongyi_sso_ticket=ok~user-second"})).json();
    let (first, second) = (first["account"]["id"].as_str().unwrap(), second["account"]["id"].as_str().unwrap());
    assert_ne!(first, second);
    for (more, field, words) in [
        (json!({"account": second}), "paste", first),
        (json!({"account": "none"}), "account", "none"),
        (json!({"account": first, "provider": "deepseek"}), "provider", "qianwen"),
        (json!({"account": "deepseek"}), "paste", "deepseek"),
    ] {
        for path in ["", "/preview"] {
            let refused = paste(&app, path, &more);
            assert_eq!((refused.status, &refused.error()["param"]), (400, &json!(field)), "{path} {}", refused.body);
            assert!(refused.body.contains(words), "{}", refused.body);
        }
    }
}
