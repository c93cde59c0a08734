//! The sink for webhooks.

use crate::client::{Client, post};
use crate::start;

#[test]
fn hook_calls_are_kept_as_they_came() {
    let fake = start();
    let mut client = Client::connect(&fake);
    let call = post("/hook/bot1/sendMessage?a=b", "Content-Type: application/json\r\n", r#"{"text":"你好"}"#);
    let answer = client.send(&call).answer();
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"ok":true}"#));
    assert_eq!(client.send("GET /hook/v1/models?x=1 HTTP/1.1\r\n\r\n").answer().text(), r#"{"ok":true}"#);
    assert_eq!(client.send(&post("/hook/status-503/x", "", "")).answer().status, 503);
    let journal = fake.journal();
    let first = &journal.hooks[0];
    assert_eq!((first.path.as_str(), first.query.as_str()), ("/hook/bot1/sendMessage", "a=b"));
    assert_eq!((first.content_type.as_str(), first.body.as_str()), ("application/json", r#"{"text":"你好"}"#));
    assert_eq!((journal.hooks[1].method.as_str(), journal.hooks[1].query.as_str()), ("GET", "x=1"));
    assert_eq!(journal.json()["hooks"][2]["path"], "/hook/status-503/x");
    assert!(journal.requests.is_empty() && journal.routes.is_empty());
    for _ in 0..200 {
        client.send("GET /hook/again HTTP/1.1\r\n\r\n").answer();
    }
    let hooks = fake.journal().hooks;
    assert_eq!((hooks.len(), hooks[0].path.as_str()), (200, "/hook/again"));
}
