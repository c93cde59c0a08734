//! A service whose manifest says what it lacks: that is emulated, and everything else is its own affair.

use fake_upstream::{FIXTURES_DIR, FakeUpstream};
use serde_json::{Value, json};

use crate::app::{TestApp, question, start};

/// A folder that is removed with this.
struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn service(fake: &FakeUpstream) -> (TestApp, Folder) {
    let name = format!("qianqiao-lacks-{}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(name));
    std::fs::create_dir_all(folder.0.join("providers")).unwrap();
    let manifest = format!(
        "id = \"plainish\"\nname = \"Plainish\"\nbase_url = \"{}/v1\"\n[models]\nsource = \"static\"\nknown = [\"m\"]\n\
         [dialect]\nlacks = [\"json_object\", \"n\"]\n[evidence]\nsource = \"a test\"\ndated = \"2026-01-01\"\n",
        fake.base_url()
    );
    std::fs::write(folder.0.join("providers/plainish.toml"), manifest).unwrap();
    let app = start(&[("DATA_DIR", folder.0.to_str().unwrap()), ("PLAINISH_API_KEY", "sk-ok")]);
    (app, folder)
}

#[test]
fn only_what_a_service_lacks_is_written_anew() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let (app, _folder) = service(&fake);
    let sent = || -> Value {
        let entry = fake.journal().requests.into_iter().rev().find(|entry| entry.body_bytes > 0).unwrap();
        serde_json::from_str(&entry.body_text()).unwrap()
    };
    let mut body = question("m", "hi");
    body["stop"] = "END".into();
    body["messages"][0]["name"] = "ann".into();
    assert_eq!(app.chat(&body).status, 200);
    assert_eq!(sent(), body, "nothing is lacking");
    body["response_format"] = json!({"type": "json_object"});
    assert_eq!(app.chat(&body).status, 200);
    let asked = sent();
    assert!(asked.get("response_format").is_none() && asked["stop"] == "END", "{asked}");
    assert!(asked["messages"][0]["content"].as_str().unwrap().contains("JSON"), "{asked}");
    let mut several = question("m", "hi");
    several["n"] = 2.into();
    assert_eq!(app.chat(&several).json()["choices"].as_array().unwrap().len(), 2);
    let audio = json!({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}});
    let mut heard = question("m", "hi");
    heard["messages"][0]["content"] = json!([audio]);
    assert_eq!(app.chat(&heard).status, 200, "it passes as it is");
    assert_eq!(sent()["messages"][0]["content"][0], audio);
    heard["response_format"] = json!({"type": "json_object"});
    let refused = app.chat(&heard);
    assert_eq!(refused.status, 400, "nothing is lost in silence: {}", refused.body);
    assert!(refused.error()["param"].as_str().unwrap().starts_with("messages"), "{}", refused.body);
}
