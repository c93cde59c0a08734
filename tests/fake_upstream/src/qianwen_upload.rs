//! The four calls that bring a picture to the Qianwen chat, and what the chat remembers of them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::qianwen;
use crate::qianwen_frames as frames;
use crate::request::Request;
use crate::routes::Context;
use crate::scenario::{Scenario, UploadTrouble};

/// Where the file store's objects are; a slash would be written `%2F`.
pub const OBJECTS: &str = "/fake-oss-";
/// A store's name as the site has them; whoever lets one origin stand in does not ask for it.
const HOST: &str = "fake.oss-cn-test.aliyuncs.com";
const BINARY: &str = "application/octet-stream";
const SECURITY_TOKEN: &str = "x-oss-security-token";
/// Enough for any test; a slip must not fill the memory.
const KEPT: usize = 10_000;

#[derive(Default)]
pub struct Uploads(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    made: u64,
    /// Number → upload.
    uploads: BTreeMap<u64, Upload>,
}

struct Upload {
    credential: String,
    md5: String,
    size: u64,
    arrived: bool,
    done: bool,
}

impl Uploads {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets every picture. The numbers go on, so that an id from before never is another picture's.
    pub fn reset(&self) {
        self.lock().uploads.clear();
    }

    fn begin(&self, upload: Upload) -> u64 {
        let mut inner = self.lock();
        inner.made += 1;
        let number = inner.made;
        if inner.uploads.len() == KEPT {
            inner.uploads.pop_first();
        }
        inner.uploads.insert(number, upload);
        number
    }

    /// Changes the upload, if there is one that `fits`.
    fn change(&self, number: Option<u64>, fits: impl Fn(&Upload) -> bool, change: impl Fn(&mut Upload)) -> bool {
        let mut inner = self.lock();
        let upload = number.and_then(|number| inner.uploads.get_mut(&number)).filter(|upload| fits(upload));
        upload.map(change).is_some()
    }

    /// Whether the credential has brought the picture with this id.
    fn has(&self, credential: &str, id: &str) -> bool {
        let number = id.strip_prefix("ws-").and_then(|number| number.parse().ok());
        self.change(number, |upload| upload.done && upload.credential == credential, |_| {})
    }
}

pub fn token(request: &Request, scenario: &Scenario, context: &Context) -> Answer {
    if scenario.name.is_empty() || scenario.logged_out() || scenario.upload == Some(UploadTrouble::Expired) {
        return qianwen::not_login();
    }
    match scenario.upload {
        Some(UploadTrouble::Deny) => return refused(50_001, "upload denied"),
        Some(UploadTrouble::Waf) => return qianwen::risk_control(),
        _ => {}
    }
    let body = fields(request);
    let (Some(md5), Some(size)) = (body["content_md5"].as_str(), body["size"].as_u64()) else {
        return refused(400, "content_md5, size");
    };
    if body["content_type"] != BINARY || body["file_name"].as_str().is_none_or(str::is_empty) {
        return refused(400, "content_type, file_name");
    }
    let credential = scenario.name.clone();
    let number = context.uploads.begin(Upload { credential, md5: md5.to_owned(), size, arrived: false, done: false });
    let openers = json!([{"key": SECURITY_TOKEN, "value": format!("token-{number}")}]);
    Answer::json(
        200,
        &json!({"code": 0, "msg": "", "data": {
            "host": HOST, "object": object(number), "bucket": "fake", "endpoint": "oss-cn-test.aliyuncs.com",
            "authorization": authorization(number), "oss_headers": openers,
        }}),
    )
}

/// The store knows no account: the headers alone open it.
pub fn put(request: &Request, context: &Context) -> Answer {
    let line = &*request.line;
    let number = line.path.strip_prefix(OBJECTS).and_then(|number| number.parse().ok());
    let Some(number) = number.filter(|number| context.uploads.lock().uploads.contains_key(number)) else {
        return store_error(404, "NoSuchKey");
    };
    if line.header("cookie").is_some() {
        return store_error(400, "CookieSentToTheStore");
    }
    let opens = line.header("authorization") == Some(&authorization(number))
        && line.header(SECURITY_TOKEN) == Some(&format!("token-{number}"))
        && line.header("content-type") == Some(BINARY);
    let told = line.header("content-md5").unwrap_or_default();
    let denied = Some(UploadTrouble::Oss403);
    let credential = |upload: &Upload| context.credentials.scenario(&upload.credential).upload;
    if !opens || context.uploads.change(Some(number), |upload| credential(upload) == denied, |_| {}) {
        return store_error(403, "SignatureDoesNotMatch");
    }
    let size = request.body.len() as u64;
    let fits = |upload: &Upload| upload.md5 == told && upload.size == size && told == md5(&request.body);
    if !context.uploads.change(Some(number), fits, |upload| upload.arrived = true) {
        return store_error(400, "InvalidDigest");
    }
    Answer::body(200, "application/xml", "")
}

pub fn callback(request: &Request, scenario: &Scenario, context: &Context) -> Answer {
    let body = fields(request);
    let number = body["object"].as_str().and_then(|object| object.strip_prefix(&OBJECTS[1..])?.parse().ok());
    let fits = |upload: &Upload| {
        let place = body["bucket"] == "fake" && body["endpoint"] == "oss-cn-test.aliyuncs.com";
        upload.arrived && upload.credential == scenario.name && body["file_md5"] == *upload.md5 && place
    };
    let Some(number) = number.filter(|_| context.uploads.change(number, fits, |upload| upload.done = true)) else {
        return refused(404, "no such object");
    };
    context.journal.uploaded(&scenario.name);
    Answer::json(
        200,
        &json!({"code": 0, "msg": "", "data": {
            "ws_gid": format!("ws-{number}"), "file_name": body["file_name"], "file_type": body["file_type"],
            "material_cdn_url": format!("https://cdn.fake.invalid/{number}"),
            "material_url": format!("https://material.fake.invalid/{number}"),
        }}),
    )
}

pub fn record(request: &Request, scenario: &Scenario, context: &Context) -> Answer {
    let body = fields(request);
    let id = body["resourceKey"].as_str().unwrap_or_default();
    if !context.uploads.has(&scenario.name, id) || body["resourceInfos"][0]["key"] != id {
        return refused(404, "no such resource");
    }
    Answer::json(200, &json!({"code": 0, "success": true, "msg": ""}))
}

/// The chat's refusal of messages that show what their sender has not uploaded.
pub fn unknown_picture(messages: &[Value], scenario: &Scenario, context: &Context) -> Option<Answer> {
    let shown = messages.iter().filter(|message| message["mime_type"] == "image/url");
    let mut infos = shown.flat_map(|message| message["meta_data"]["resource_infos"].as_array().into_iter().flatten());
    let known = |info: &Value| {
        let id = info["id"].as_str().unwrap_or_default();
        let number = id.strip_prefix("ws-").unwrap_or_default();
        context.uploads.has(&scenario.name, id) && info["url"] == format!("https://cdn.fake.invalid/{number}")
    };
    infos.any(|info| !known(info)).then(|| frames::error(40_401, "no such picture"))
}

fn fields(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap_or_default()
}

fn refused(code: u64, message: &str) -> Answer {
    Answer::json(200, &json!({"code": code, "msg": message, "data": null}))
}

/// As the store writes its errors: with what was sent, so that it shows who repeats it.
fn store_error(status: u16, code: &str) -> Answer {
    let key = "<OSSAccessKeyId>fake-key</OSSAccessKeyId>";
    Answer::body(status, "application/xml", format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code>{key}</Error>"))
}

fn object(number: u64) -> String {
    format!("{}{number}", &OBJECTS[1..])
}

fn authorization(number: u64) -> String {
    format!("OSS fake-key:signature-{number}")
}

fn md5(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Md5::digest(bytes))
}
