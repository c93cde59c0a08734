//! `/v1/files`: what an upload becomes, and what a wrong one gets.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::app::{Answer, KEY, TestApp, start};

/// A folder that goes with the test.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("qianqiao-files-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn app(&self, more: &[(&str, &str)]) -> TestApp {
        start(&[&[("DATA_DIR", self.0.to_str().unwrap())], more].concat())
    }

    /// What lies in the folder of the contents.
    fn contents(&self) -> usize {
        std::fs::read_dir(self.0.join("files")).map_or(0, Iterator::count)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A part of a form: its name, its file's name, its text.
type Part<'a> = (&'a str, Option<&'a str>, &'a str);

fn form(parts: &[Part<'_>]) -> String {
    let part = |(name, file, text): &Part<'_>| {
        let file = file.map_or_else(String::new, |file| format!("; filename=\"{file}\"\r\nContent-Type: text/html"));
        format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n")
    };
    parts.iter().map(part).chain(["--XX--\r\n".to_owned()]).collect()
}

fn post(app: &TestApp, path: &str, body: &str) -> Answer {
    let headers = [("Authorization", &*format!("Bearer {KEY}")), ("Content-Type", "multipart/form-data; boundary=XX")];
    app.call("POST", path, &headers, body)
}

fn upload(app: &TestApp, parts: &[Part<'_>]) -> Answer {
    post(app, "/v1/files", &form(parts))
}

fn delete(app: &TestApp, id: &str) -> Answer {
    app.call("DELETE", &format!("/v1/files/{id}"), &[("x-api-key", KEY)], "")
}

const PURPOSE: Part<'_> = ("purpose", None, "user_data");

#[test]
fn a_file_is_uploaded_listed_read_and_deleted() {
    let dir = Dir::new("round");
    let app = dir.app(&[]);
    let made = upload(&app, &[("file", Some("dir/报告.html"), "<b>hello</b>"), PURPOSE]);
    assert_eq!(made.status, 200, "{}", made.body);
    let file = made.json();
    let id = file["id"].as_str().unwrap();
    assert!(id.starts_with("file-") && id.len() == 29, "{id}");
    let created = file["created_at"].as_i64().unwrap();
    assert!(created > 1_700_000_000, "{created}");
    let whole = json!({
        "id": id, "object": "file", "bytes": 12, "created_at": created, "filename": "报告.html",
        "purpose": "user_data", "status": "processed", "status_details": null
    });
    assert_eq!(file, whole);
    assert_eq!(app.get(&format!("/v1/files/{id}")).json(), file);
    let listed = json!({"object": "list", "data": [file], "first_id": id, "last_id": id, "has_more": false});
    assert_eq!(app.get("/files").json(), listed);
    let read = app.get(&format!("/v1/files/{id}/content"));
    assert_eq!((read.status, read.body.as_str(), read.header("content-length")), (200, "<b>hello</b>", Some("12")));
    assert_eq!(
        (read.header("content-type"), read.header("x-content-type-options")),
        (Some("text/html"), Some("nosniff"))
    );
    let named = read.header("content-disposition").unwrap();
    assert_eq!(named, "attachment; filename=\"__.html\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A.html");
    assert_eq!(delete(&app, id).json(), json!({"id": id, "object": "file", "deleted": true}));
    for gone in [delete(&app, id), app.get(&format!("/v1/files/{id}")), app.get(&format!("/files/{id}/content"))] {
        let told = json!({
            "message": format!("No such File object: {id}"), "type": "invalid_request_error", "param": "id", "code": null
        });
        assert_eq!((gone.status, gone.error()), (404, told));
    }
    assert_eq!(app.get("/v1/files").json()["data"], json!([]));
    assert_eq!(dir.contents(), 0);
}

#[test]
fn the_order_of_the_fields_does_not_matter_and_others_are_let_pass() {
    let dir = Dir::new("order");
    let app = dir.app(&[]);
    let (file, anchor, seconds) = (
        ("file", Some("a"), "x"),
        ("expires_after[anchor]", None, "created_at"),
        ("expires_after[seconds]", None, "3600"),
    );
    for parts in [
        [file, PURPOSE, seconds, anchor, ("other", None, "x")],
        [anchor, ("other", Some("o"), "x"), seconds, PURPOSE, file],
    ] {
        let answer = upload(&app, &parts);
        let made = answer.json();
        let lives = made["created_at"].as_i64().zip(made["expires_at"].as_i64()).map(|(from, to)| to - from);
        assert_eq!((answer.status, lives), (200, Some(3600)), "{made}");
    }
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_kept() {
    let dir = Dir::new("wrong");
    let app = dir.app(&[]);
    let file = ("file", Some("a"), "x");
    let (anchor, seconds) = ("expires_after[anchor]", "expires_after[seconds]");
    for (parts, param) in [
        (vec![PURPOSE], "file"),
        (vec![file], "purpose"),
        (vec![file, ("purpose", None, "fun")], "purpose"),
        (vec![("purpose", None, &"x".repeat(2000)), file], "purpose"),
        (vec![PURPOSE, ("file", Some("a"), "")], "file"),
        (vec![PURPOSE, file, file], "file"),
        (vec![PURPOSE, file, (anchor, None, "created_at")], seconds),
        (vec![PURPOSE, file, (anchor, None, "now"), (seconds, None, "3600")], anchor),
        (vec![PURPOSE, file, (anchor, None, "created_at"), (seconds, None, "1")], seconds),
        (vec![PURPOSE, file, ("expires_after", None, "{}")], "expires_after"),
    ] {
        let answer = upload(&app, &parts);
        let error = answer.error();
        assert_eq!((answer.status, &error["param"]), (400, &json!(param)), "{error}");
        assert!(error["message"].as_str().unwrap().contains(&format!("`{param}`")), "{error}");
    }
    let whole = form(&[file, PURPOSE]);
    for body in ["", "--XX", "no form", &whole[..whole.len() - 8], "--XX\r\n\r\nx\r\n--XX--\r\n"] {
        let answer = post(&app, "/v1/files", body);
        assert_eq!((answer.status, &answer.error()["type"]), (400, &json!("invalid_request_error")), "{body}");
    }
    // Far below MAX_BODY_MB, so that nobody is told of a size.
    let other =
        post(&app, "/v1/files", &form(&[PURPOSE, ("file", Some("a"), &"x".repeat(1 << 20))]).replace("XX", "YY"));
    assert_eq!(other.status, 400, "{}", other.body);
    assert!(other.error()["message"].as_str().unwrap().contains("boundary"), "{}", other.body);
    let plain = app.call("POST", "/v1/files", &[("x-api-key", KEY), ("Content-Type", "application/json")], "{}");
    assert!(plain.error()["message"].as_str().unwrap().contains("multipart/form-data"), "{}", plain.body);
    assert_eq!((app.get("/v1/files").json()["data"].as_array().unwrap().len(), dir.contents()), (0, 0));
}

#[test]
fn the_query_of_the_list_is_checked_and_pages_follow_each_other() {
    let dir = Dir::new("pages");
    let app = dir.app(&[]);
    let ids: Vec<Value> =
        (0..3).map(|_| upload(&app, &[PURPOSE, ("file", Some("a"), "x")]).json()["id"].clone()).collect();
    let page = |query: &str| app.get(&format!("/v1/files?{query}")).json();
    let of = |page: &Value| page["data"].as_array().unwrap().iter().map(|file| file["id"].clone()).collect::<Vec<_>>();
    let first = page("limit=2");
    assert_eq!((of(&first), &first["has_more"]), (vec![ids[2].clone(), ids[1].clone()], &json!(true)));
    let second = page(&format!("limit=2&after={}", first["last_id"].as_str().unwrap()));
    assert_eq!((of(&second), &second["has_more"]), (vec![ids[0].clone()], &json!(false)));
    assert_eq!(of(&page("order=asc")), ids);
    assert_eq!(of(&page("purpose=vision")), Vec::<Value>::new());
    for (query, param) in [
        ("limit=0", "limit"),
        ("limit=10001", "limit"),
        ("limit=x", "limit"),
        ("order=up", "order"),
        ("purpose=fun", "purpose"),
        ("after=obj_foo", "after"),
    ] {
        let answer = app.get(&format!("/v1/files?{query}"));
        assert_eq!((answer.status, &answer.error()["param"]), (400, &json!(param)), "{query}");
    }
}

#[test]
fn limits_are_told_by_their_names() {
    let dir = Dir::new("limits");
    let app = dir.app(&[("MAX_BODY_MB", "2"), ("FILES_MAX_MB", "1")]);
    let large = "x".repeat(2 << 20);
    let answer = upload(&app, &[PURPOSE, ("file", Some("a"), &large)]);
    assert_eq!((answer.status, &answer.error()["code"]), (413, &json!("request_too_large")));
    let answer = upload(&app, &[PURPOSE, ("file", Some("a"), &large[..(1 << 20) + 1])]);
    let error = answer.error();
    assert_eq!((answer.status, &error["code"], &error["param"]), (400, &json!("storage_full"), &json!("file")));
    assert!(error["message"].as_str().unwrap().contains("1 MB large (FILES_MAX_MB)"), "{error}");
    assert_eq!(dir.contents(), 0);
    assert_eq!(upload(&app, &[PURPOSE, ("file", Some("a"), &large[..1 << 20])]).status, 200);
    drop(app);
    let app = dir.app(&[("FILES_MAX_MB", "0")]);
    let answer = upload(&app, &[PURPOSE, ("file", Some("a"), "x")]);
    assert_eq!((answer.status, &answer.error()["code"]), (400, &json!("files_off")));
    assert_eq!(app.get("/v1/files").json()["data"][0]["bytes"], 1 << 20, "what is there is still given");
}

#[test]
fn a_body_that_grows_past_the_limit_without_saying_so_is_refused() {
    use std::io::{Read, Write};
    let dir = Dir::new("chunked");
    let app = dir.app(&[("MAX_BODY_MB", "1")]);
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", app.port)).unwrap();
    stream.set_read_timeout(Some(crate::app::PATIENCE)).unwrap();
    let whole = form(&[PURPOSE, ("file", Some("a"), &"x".repeat(1 << 20))]);
    let head = format!(
        "POST /v1/files HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-api-key: {KEY}\r\nTransfer-Encoding: chunked\r\n\
         Content-Type: multipart/form-data; boundary=XX\r\n\r\n{:x}\r\n",
        whole.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(whole.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    drop(app);
    assert_eq!(dir.contents(), 0);
}

#[test]
fn without_a_disk_uploads_are_refused_and_not_kept_in_memory() {
    let app = start(&[]);
    let answer = upload(&app, &[PURPOSE, ("file", Some("a"), "x")]);
    assert_eq!((answer.status, &answer.error()["code"]), (503, &json!("storage_unavailable")));
    assert_eq!(answer.header("x-should-retry"), Some("false"));
    assert!(answer.error()["message"].as_str().unwrap().contains("DATA_DIR"), "{}", answer.body);
    assert_eq!(app.get("/v1/files").json()["data"], json!([]));
}

#[test]
fn files_want_a_key_and_answer_like_everything_else() {
    let app = start(&[]);
    let paths =
        [("POST", "/v1/files"), ("GET", "/files"), ("DELETE", "/v1/files/file-a"), ("GET", "/files/file-a/content")];
    for (method, path) in paths {
        let answer = app.call(method, path, &[("x-api-key", "wrong")], "");
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (401, Some("*")), "{method} {path}");
    }
    for (method, path) in [("PUT", "/v1/files"), ("POST", "/v1/files/file-a"), ("DELETE", "/files/file-a/content")] {
        let answer = app.call(method, path, &[("x-api-key", KEY)], "");
        assert_eq!((answer.status, &answer.error()["code"]), (405, &json!("method_not_allowed")), "{method} {path}");
    }
    let head = app.call("HEAD", "/v1/files/", &[("x-api-key", KEY)], "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    let described = app.get("/openapi.json").json();
    assert!(described["paths"]["/v1/files/{id}/content"]["get"].is_object());
    assert!(described["components"]["schemas"]["FileObject"].is_object());
}
