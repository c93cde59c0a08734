use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::chat::AccountTrouble;
use crate::providers::qianwen::credential::{COOKIE, DEVICE};

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n picture";

fn account() -> Account {
    let parts = [(COOKIE, "tongyi_sso_ticket=TICKET"), (DEVICE, "device")];
    Account::new("qianwen-1", Some(1), parts.map(|(k, v)| (k.to_owned(), v.to_owned())).into())
}

fn begin(stand_in: Option<&str>) -> Box<dyn Upload> {
    let web = Web { hosts: Hosts::new(stand_in), keep_sessions: false };
    let bytes = Bytes::from_static(PICTURE);
    web.begin(&account(), Picture { bytes, media_type: "image/png".into(), name: "picture-1.png".into() })
}

fn token() -> Value {
    json!({"code": 0, "msg": "", "data": {
        "host": "ws.oss-cn-test.aliyuncs.com", "object": "a b/ü.png", "bucket": "ws", "endpoint": "oss-cn-test",
        "authorization": "OSS KEY:SIGNATURE",
        "oss_headers": [{"key": "X-Oss-Security-Token", "value": "TOKEN"}, {"key": "Cookie", "value": "no"},
            {"key": "Content-Type", "value": "no"}, {"key": "Host", "value": "no"}],
    }})
}

fn material() -> Value {
    json!({"code": 0, "data": {"ws_gid": "gid-1", "material_cdn_url": "https://cdn.qianwen.com/1.png",
        "material_url": "https://other/", "file_name": "stored.png", "file_type": "PNG", "file_size": 17}})
}

fn ok() -> ResponseHead {
    ResponseHead { status: 200, ..ResponseHead::default() }
}

/// Answers the first steps well, and the next one with `status` and `body`.
fn after(steps: usize, status: u16, body: &str) -> Result<UploadStep, Fault> {
    let mut upload = begin(None);
    upload.next(None)?;
    let good = [token().to_string(), String::new()];
    for answer in &good[..steps] {
        upload.next(Some((&ok(), answer.as_bytes())))?;
    }
    upload.next(Some((&ResponseHead { status, ..ResponseHead::default() }, body.as_bytes())))
}

fn sent(step: UploadStep) -> Outgoing {
    match step {
        UploadStep::Send(outgoing) | UploadStep::Try(outgoing) => outgoing,
        UploadStep::Done(_) => panic!("nothing is sent"),
    }
}

fn header<'a>(outgoing: &'a Outgoing, name: &str) -> Option<&'a [u8]> {
    outgoing.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_bytes())
}

fn path(outgoing: &Outgoing) -> String {
    outgoing.url.to_string().split('?').next().unwrap_or_default().to_owned()
}

fn fault(result: Result<UploadStep, Fault>) -> Fault {
    result.err().unwrap_or_else(|| panic!("it went on"))
}

fn fields(outgoing: &Outgoing) -> Value {
    serde_json::from_slice(&outgoing.body).unwrap()
}

const MD5: &str = "+06vnQQS6WMkPrXpqiEjHQ==";

#[test]
fn a_picture_is_brought_in_four_steps() {
    let mut upload = begin(None);
    asks(&sent(upload.next(None).unwrap()));
    puts(&sent(upload.next(Some((&ok(), token().to_string().as_bytes()))).unwrap()));
    reports(&sent(upload.next(Some((&ok(), b""))).unwrap()));
    let step = upload.next(Some((&ok(), material().to_string().as_bytes()))).unwrap();
    assert!(matches!(step, UploadStep::Try(_)), "the list of files is not what the picture is for");
    enters(&sent(step));
    let kept = done(&mut *upload, Some((&ResponseHead { status: 500, ..ok() }, b"<html>")));
    assert_eq!(kept, ["format=png", "id=gid-1", "name=stored.png", "size=17", "url=https://cdn.qianwen.com/1.png"]);
    assert!(matches!(fault(upload.next(None)).kind, FaultKind::Internal));
}

fn asks(ask: &Outgoing) {
    assert_eq!((ask.method.as_str(), path(ask).as_str()), ("POST", "https://workspace-res.qianwen.com/1/oss_token"));
    assert_eq!(
        fields(ask),
        json!({"file_name": "picture-1.png", "content_type": "application/octet-stream", "content_md5": MD5, "size": 16})
    );
    assert_eq!(header(ask, "cookie"), Some(&b"tongyi_sso_ticket=TICKET"[..]));
}

fn puts(put: &Outgoing) {
    assert_eq!(put.method.as_str(), "PUT");
    assert_eq!(path(put), "https://ws.oss-cn-test.aliyuncs.com/a%20b%2F%C3%BC.png");
    let query = put.url.query().unwrap();
    assert!(query.starts_with("req_id=") && query.ends_with("&biz_id=ai_qwen"), "{query}");
    assert_eq!(&put.body[..], PICTURE);
    let mut headers: Vec<_> = put.headers.iter().map(|(n, v)| (n.as_str(), v.to_str().unwrap())).collect();
    headers.sort_unstable();
    assert_eq!(
        headers,
        [
            ("authorization", "OSS KEY:SIGNATURE"),
            ("content-md5", MD5),
            ("content-type", "application/octet-stream"),
            ("x-oss-security-token", "TOKEN"),
        ]
    );
    let printed = format!("{:?}", put.headers);
    assert!(!printed.contains("SIGNATURE") && !printed.contains("TOKEN"), "{printed}");
}

fn reports(report: &Outgoing) {
    assert_eq!(path(report), "https://workspace-res.qianwen.com/1/oss/callback");
    assert!(report.url.query().unwrap().starts_with("req_id="));
    assert_eq!(
        fields(report),
        json!({"file_md5": MD5, "file_name": "picture-1.png", "file_type": "PNG", "bucket": "ws",
            "endpoint": "oss-cn-test", "object": "a b/ü.png", "entry": "qwen_pc"})
    );
}

fn enters(enter: &Outgoing) {
    assert_eq!(path(enter), "https://chat-side.qianwen.com/api/v2/file/record/add");
    let mut entry = fields(enter);
    assert_eq!(entry["batchId"].take().as_str().unwrap().len(), 32);
    assert_eq!(
        entry,
        json!({"fileName": "stored.png", "fileType": "image", "resourceKey": "gid-1", "fileSize": 17, "model": "Qwen",
            "resourcePath": "https://cdn.qianwen.com/1.png", "sessionId": "", "batchId": null,
            "resourceInfos": [{"key": "gid-1", "url": "https://cdn.qianwen.com/1.png"}]})
    );
}

fn done(upload: &mut dyn Upload, heard: Option<(&ResponseHead, &[u8])>) -> Vec<String> {
    let UploadStep::Done(kept) = upload.next(heard).unwrap() else { panic!("there is more to do") };
    kept.iter().map(|(key, value)| format!("{key}={value}")).collect()
}

#[test]
fn what_the_site_leaves_out_is_known_here() {
    let mut upload = begin(None);
    upload.next(None).unwrap();
    upload.next(Some((&ok(), token().to_string().as_bytes()))).unwrap();
    upload.next(Some((&ok(), b""))).unwrap();
    let material = json!({"data": {"ws_gid": 7, "material_cdn_url": "", "material_url": "http://m/1"}});
    upload.next(Some((&ok(), material.to_string().as_bytes()))).unwrap();
    let kept = done(&mut *upload, None);
    assert_eq!(kept, ["format=png", "id=7", "name=picture-1.png", "size=16", "url=http://m/1"]);
}

#[test]
fn one_origin_stands_in_for_every_host_and_the_named_one_is_checked_all_the_same() {
    let mut upload = begin(Some("http://127.0.0.1:9"));
    assert_eq!(path(&sent(upload.next(None).unwrap())), "http://127.0.0.1:9/1/oss_token");
    let put = sent(upload.next(Some((&ok(), token().to_string().as_bytes()))).unwrap());
    assert_eq!(path(&put), "http://127.0.0.1:9/a%20b%2F%C3%BC.png");
    let report = sent(upload.next(Some((&ok(), b""))).unwrap());
    assert_eq!(path(&report), "http://127.0.0.1:9/1/oss/callback");
    let enter = sent(upload.next(Some((&ok(), material().to_string().as_bytes()))).unwrap());
    assert_eq!(path(&enter), "http://127.0.0.1:9/api/v2/file/record/add");

    let mut upload = begin(Some("http://127.0.0.1:9"));
    upload.next(None).unwrap();
    let mut elsewhere = token();
    elsewhere["data"]["host"] = json!("169.254.169.254");
    assert_eq!(fault(upload.next(Some((&ok(), elsewhere.to_string().as_bytes())))).kind, FaultKind::Protocol);
}

const WAF_PAGE: &str =
    "<!DOCTYPE html><script>window._config_ = {\"action\":\"captcha\"};</script><!--rgv587_flag:sm-->";
const WAF_JSON: &str = r#"{"ret":["FAIL_SYS_USER_VALIDATE","RGV587_ERROR::SM::x"],"data":{"url":"https://a/punish"}}"#;
const DENIED: &str = "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code>\
    <OSSAccessKeyId>KEY</OSSAccessKeyId><StringToSign>SECRET</StringToSign></Error>";

const NOT_LOGIN: &str = r#"{"errorCode":"NOT_LOGIN","errorMsg":"未登录","failed":true,"success":false}"#;
const BUSY: &str = r#"{"code":50001,"msg":"system busy"}"#;

/// The steps that went well before, the answer to the next one, and the fault that it is.
type Refused = (usize, u16, &'static str, FaultKind, Option<&'static str>);

fn refusals() -> [Refused; 27] {
    use AccountTrouble::{Banned, Expired, NeedsOwner};
    use FaultKind::{Account, ContentFilter, Protocol, Quota, Request, Upstream};
    let (asked, put, reported) = (0, 1, 2);
    [
        (asked, 200, BUSY, Upstream, Some("50001")),
        (asked, 200, NOT_LOGIN, Account(Expired), Some("NOT_LOGIN")),
        (asked, 200, r#"{"code":1003,"msg":"cookie中tongyi_sso_ticket不能为空"}"#, Account(Expired), Some("1003")),
        (asked, 401, "", Account(Expired), None),
        (asked, 403, r#"{"code":"EX015","msg":"signature error"}"#, Upstream, Some("EX015")),
        (asked, 200, r#"{"code":"EX015","msg":"签名错误"}"#, Upstream, Some("EX015")),
        (asked, 200, r#"{"code":"ACCOUNT_BLOCKED","msg":"x"}"#, Account(Banned), Some("ACCOUNT_BLOCKED")),
        (asked, 200, r#"{"code":1,"msg":"ACCOUNT_BLOCKED"}"#, Account(Banned), Some("1")),
        (asked, 200, WAF_PAGE, Account(NeedsOwner), None),
        (asked, 200, WAF_JSON, Account(NeedsOwner), None),
        (asked, 200, r#"{"code":2,"msg":"额度不足"}"#, Quota, Some("2")),
        (asked, 500, "<html>", Upstream, None),
        (asked, 200, "", Protocol, None),
        (asked, 200, "<html>", Protocol, None),
        (asked, 200, r#"{"code":0,"msg":"success"}"#, Protocol, None),
        (asked, 200, r#"{"code":0,"msg":"success","data":{"host":"a.aliyuncs.com"}}"#, Protocol, None),
        (put, 403, DENIED, Upstream, Some("SignatureDoesNotMatch")),
        (put, 400, "<Error><Code>EntityTooLarge</Code></Error>", Request, Some("EntityTooLarge")),
        (put, 503, "", Upstream, None),
        (put, 302, "", Upstream, None),
        (put, 200, WAF_PAGE, Account(NeedsOwner), None),
        (reported, 200, r#"{"code":7,"msg":"安审拒绝"}"#, ContentFilter, Some("7")),
        (reported, 200, NOT_LOGIN, Account(Expired), Some("NOT_LOGIN")),
        (reported, 200, r#"{"errorCode":"NOT_LOGIN","data":{}}"#, Account(Expired), Some("NOT_LOGIN")),
        (reported, 200, WAF_JSON, Account(NeedsOwner), None),
        (reported, 200, r#"{"code":0,"data":{"ws_gid":"g"}}"#, Protocol, None),
        (reported, 200, r#"{"code":0,"data":{"ws_gid":"g","material_url":"file:///etc"}}"#, Protocol, None),
    ]
}

#[test]
fn every_refusal_says_whose_fault_it_is() {
    for (steps, status, body, kind, code) in refusals() {
        let fault = fault(after(steps, status, body));
        assert_eq!((fault.kind, fault.code.as_deref()), (kind, code), "{steps} {status} {body}");
        for secret in ["TICKET", "KEY", "SECRET", "TOKEN", "OSS "] {
            assert!(!fault.message.contains(secret), "{body}: {fault}");
        }
    }
    assert!(fault(after(0, 200, BUSY)).message.contains("system busy"));
    assert!(fault(after(0, 200, WAF_JSON)).for_owner.unwrap().contains("https://a/punish"));
}

#[test]
fn a_guests_answer_is_the_accounts_fault() {
    let mut upload = begin(None);
    upload.next(None).unwrap();
    let head = ResponseHead { set_cookies: vec!["tongyi_guest_ticket=x; Path=/".into()], ..ok() };
    let fault = fault(upload.next(Some((&head, token().to_string().as_bytes()))));
    assert_eq!(fault.kind, FaultKind::Account(AccountTrouble::Expired));
}

#[test]
fn headers_that_cannot_be_sent_and_names_that_are_none_are_refused() {
    let wrong = [
        ("/data/oss_headers/0/key", json!("x oss")),
        ("/data/oss_headers/0/value", json!("a\r\nb: c")),
        ("/data/authorization", json!("a\nb")),
        ("/data/object", json!("///")),
        ("/data/object", json!("x".repeat(2000))),
        ("/data/host", json!("evil.example")),
    ];
    for (place, value) in wrong {
        let mut token = token();
        *token.pointer_mut(place).unwrap() = value;
        let fault = fault(after(0, 200, &token.to_string()));
        assert_eq!(fault.kind, FaultKind::Protocol, "{place}");
    }
}
