//! What outlasts a restart besides accounts: lists of models, and the owner's settings.

use fake_upstream::{FIXTURES_DIR, FakeUpstream};
use serde_json::{Value, json};

use crate::app::{KEY, TestApp, question, start};

fn service(fake: &FakeUpstream, key: &str, dir: &str) -> TestApp {
    let origin = format!("{}/v1", fake.base_url());
    start(&[("OPENAI_COMPATIBLE_BASE_URL", &origin), ("OPENAI_COMPATIBLE_API_KEY", key), ("DATA_DIR", dir)])
}

fn models(app: &TestApp) -> Vec<String> {
    let listed = app.get("/v1/models").json();
    let ids = listed["data"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap().to_owned());
    ids.collect()
}

fn put(app: &TestApp, setting: &str, value: &Value) -> u16 {
    let path = format!("/admin/api/settings/{setting}");
    let body = json!({"value": value}).to_string();
    app.call("PUT", &path, &[("Authorization", &format!("Bearer {KEY}"))], &body).status
}

#[test]
fn lists_and_settings_outlast_a_restart_even_while_the_provider_is_down() {
    let dir = std::env::temp_dir().join(format!("qianqiao-kept-{}", std::process::id()));
    let shown = dir.to_str().unwrap();
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = service(&fake, "sk-ok", shown);
    let first = crate::app::until(|| Some(models(&app)).filter(|models| models.len() > 1));
    let model = first.iter().find(|model| *model != "auto").unwrap();
    assert_eq!(put(&app, "models.aliases", &json!({"mine": model})), 200);
    assert_eq!(put(&app, "models.hidden", &json!([model])), 200);
    assert_eq!(put(&app, "models.routes", &json!({"x": ["nobody/model"]})), 400);
    assert_eq!(app.chat(&question("mine", "hi")).status, 200);
    drop(app);
    let app = service(&fake, "sk-ok~nolist", shown);
    let second = models(&app);
    assert!(second.contains(&"mine".to_owned()) && !second.contains(model), "{second:?}");
    assert_eq!(second.len(), first.len(), "the same list, with the alias in and the hidden one out: {second:?}");
    assert_eq!(app.chat(&question("mine", "hi")).status, 200);
    drop(app);
    std::fs::remove_dir_all(dir).unwrap();
}
