//! How pictures come to the Qianwen chat, and how that goes wrong.

use fake_upstream::FakeUpstream;
use serde_json::{Value, json};

use crate::client::{Answer, Client, post};
use crate::start;

const MD5: &str = "kAFQmDzST7DWlj99KOF/cg==";

fn call(fake: &FakeUpstream, ticket: &str, path: &str, body: &Value) -> Answer {
    let headers = format!("Cookie: tongyi_sso_ticket={ticket}\r\n");
    Client::connect(fake).send(&post(path, &headers, &body.to_string())).answer()
}

fn token(fake: &FakeUpstream, ticket: &str) -> Answer {
    let body = json!({"file_name": "a.png", "content_type": "application/octet-stream", "content_md5": MD5, "size": 3});
    call(fake, ticket, "/1/oss_token", &body)
}

/// The headers that the store wants, those named `without` left out.
fn headers(token: &Value, without: &str) -> String {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let opener = &token["oss_headers"][0];
    let all = [
        ("authorization".to_owned(), text(&token["authorization"])),
        (text(&opener["key"]), text(&opener["value"])),
        ("content-type".to_owned(), "application/octet-stream".to_owned()),
        ("content-md5".to_owned(), MD5.to_owned()),
    ];
    all.iter().filter(|(name, _)| name != without).map(|(name, value)| format!("{name}: {value}\r\n")).collect()
}

fn put(fake: &FakeUpstream, token: &Value, headers: &str, body: &str) -> (u16, String) {
    let object = token["object"].as_str().unwrap();
    let request = format!("PUT /{object}?req_id=1 HTTP/1.1\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len());
    let answer = Client::connect(fake).send(&request).answer();
    (answer.status, answer.text())
}

fn callback(fake: &FakeUpstream, ticket: &str, token: &Value) -> Value {
    let mut body = json!({"file_md5": MD5, "file_name": "a.png", "file_type": "PNG", "entry": "qwen_pc"});
    for name in ["bucket", "endpoint", "object"] {
        body[name] = token[name].clone();
    }
    call(fake, ticket, "/1/oss/callback", &body).json()
}

/// The stream in which `ticket` is told about a picture.
fn shown(fake: &FakeUpstream, ticket: &str, picture: &Value) -> String {
    let info = json!({"id": picture["ws_gid"], "url": picture["material_cdn_url"]});
    let image = json!({"mime_type": "image/url", "content": "", "meta_data": {"resource_infos": [info]}});
    let text = json!({"mime_type": "text/plain", "content": "Hi", "meta_data": {"ori_query": "Hi"}});
    let headers = format!(
        "Cookie: tongyi_sso_ticket={ticket}\r\nOrigin: https://www.qianwen.com\r\nAccept: text/event-stream\r\n"
    );
    let body = json!({"session_id": "5e55", "req_id": "4e9", "messages": [image, text]}).to_string();
    Client::connect(fake).send(&post("/api/v2/chat?ut=device", &headers, &body)).answer().text()
}

#[test]
fn a_picture_is_its_uploaders_alone() {
    let fake = start();
    let token = token(&fake, "ok").json()["data"].take();
    assert_eq!(put(&fake, &token, &headers(&token, ""), "abc").0, 200);
    assert_eq!(callback(&fake, "echo", &token)["code"], 404, "somebody else's");
    let picture = callback(&fake, "ok", &token)["data"].take();
    assert_eq!(picture["file_type"], "PNG");
    let record = json!({"resourceKey": picture["ws_gid"], "resourceInfos": [{"key": picture["ws_gid"]}]});
    assert_eq!(call(&fake, "ok", "/api/v2/file/record/add", &record).json()["code"], 0);
    assert_eq!(call(&fake, "echo", "/api/v2/file/record/add", &record).json()["code"], 404);

    assert!(shown(&fake, "ok", &picture).contains("event:complete"));
    assert!(shown(&fake, "echo", &picture).contains("\"error_code\":40401"));
    assert!(shown(&fake, "ok", &json!({"ws_gid": "ws-99"})).contains("\"error_code\":40401"));
    let journal = fake.journal();
    assert_eq!(journal.uploads, [("ok".to_owned(), 1)].into());
    assert_eq!(journal.json()["uploads"], json!({"ok": 1}));
    assert_eq!(journal.route("PUT /fake-oss"), 1);

    Client::connect(&fake).send(&post("/__fake/reset", "", "")).answer();
    assert!(shown(&fake, "ok", &picture).contains("\"error_code\":40401"), "a reset forgets the pictures");
}

#[test]
fn the_store_takes_only_what_it_was_opened_for() {
    let fake = start();
    let token = token(&fake, "ok").json()["data"].take();
    let with_cookie = format!("{}Cookie: a=b\r\n", headers(&token, ""));
    let other_md5 = headers(&token, "content-md5") + "content-md5: AAAA\r\n";
    let cases = [
        (headers(&token, "authorization"), "abc", 403, "SignatureDoesNotMatch"),
        (headers(&token, "x-oss-security-token"), "abc", 403, "SignatureDoesNotMatch"),
        (headers(&token, "content-type"), "abc", 403, "SignatureDoesNotMatch"),
        (headers(&token, "content-md5"), "abc", 400, "InvalidDigest"),
        (other_md5, "abc", 400, "InvalidDigest"),
        (headers(&token, ""), "abd", 400, "InvalidDigest"),
        (headers(&token, ""), "abcd", 400, "InvalidDigest"),
        (with_cookie, "abc", 400, "CookieSentToTheStore"),
    ];
    for (headers, body, status, code) in cases {
        let (found, text) = put(&fake, &token, &headers, body);
        assert!(found == status && text.contains(code), "{headers} {body}: {found} {text}");
    }
    assert_eq!(callback(&fake, "ok", &token)["code"], 404, "nothing has arrived");
    assert_eq!(put(&fake, &json!({"object": "fake-oss-99"}), "", "abc").0, 404);
    assert!(fake.journal().uploads.is_empty());
}

#[test]
fn uploads_fail_as_the_credential_says() {
    let fake = start();
    let refused = |ticket: &str| token(&fake, ticket).text();
    assert!(refused("ok~upload-deny").contains("50001"));
    for ticket in ["ok~upload-expired", "expired", ""] {
        assert!(refused(ticket).contains("NOT_LOGIN"), "{ticket}");
    }
    assert!(refused("ok~upload-waf").contains("RGV587_ERROR"));
    let token = token(&fake, "ok~upload-oss403").json()["data"].take();
    assert_eq!(put(&fake, &token, &headers(&token, ""), "abc").0, 403);
}
