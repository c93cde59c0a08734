//! Where a picture is put: a file store that the site names, and the headers that open it for one upload.
//!
//! Nowhere else is an address followed that comes in an answer, so this one is held to what can be right.

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::trouble;
use crate::chat::{Fault, FaultKind};
use crate::random;
use crate::upstream::{HeaderName, HeaderValue, Method, Outgoing, ResponseHead, address, header};

/// The domains under which the site's file stores are: Aliyun's object store, the site itself, and Alibaba's delivery
/// network. Whatever else an answer names, however it came there, is not sent the owner's pictures, and no answer can
/// make this service talk to a machine beside it.
const STORES: [&str; 3] = [".aliyuncs.com", ".qianwen.com", ".alicdn.com"];

/// How every picture is typed at the store, whatever it is: the type is part of what the site signs.
pub const CONTENT_TYPE: &str = "application/octet-stream";

/// Headers that are ours to set, or that would change whom or what the request is: those in the site's list are left out.
const OURS: [HeaderName; 13] = [
    header::AUTHORIZATION,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    HeaderName::from_static(CONTENT_MD5),
    header::COOKIE,
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

const CONTENT_MD5: &str = "content-md5";

/// The longest name of an object, in bytes, as the store has it.
const LONGEST_OBJECT: usize = 1023;

/// What a browser leaves as it is in a part of an address.
const COMPONENT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A place for one picture.
#[derive(Deserialize)]
pub struct Bucket {
    host: String,
    /// The picture's name there.
    pub object: String,
    /// The store's name.
    #[serde(default)]
    pub bucket: String,
    /// The store's place.
    #[serde(default)]
    pub endpoint: String,
    authorization: String,
    #[serde(default)]
    oss_headers: Option<Vec<Opener>>,
}

/// A header that opens the place.
#[derive(Deserialize)]
struct Opener {
    key: String,
    value: String,
}

impl Bucket {
    /// The request that puts a picture there. The account's cookie is none of the store's business.
    ///
    /// # Errors
    /// If the place cannot be right.
    pub fn put(&self, stand_in: Option<&str>, md5: &str, picture: Bytes) -> Result<Outgoing, Fault> {
        let host = host(&self.host).ok_or_else(|| trouble::protocol("an upload to a host that is not the site's"))?;
        let object = self.object.trim_start_matches('/');
        if object.is_empty() || object.len() > LONGEST_OBJECT {
            return Err(trouble::protocol("an upload without a usable name"));
        }
        let origin = stand_in.map_or_else(|| format!("https://{host}"), str::to_owned);
        let url = format!(
            "{origin}/{object}?req_id={id}&biz_id=ai_qwen",
            object = utf8_percent_encode(object, &COMPONENT),
            id = random::hex(16),
        );
        let mut headers = Vec::new();
        for Opener { key, value } in self.oss_headers.iter().flatten() {
            let name = HeaderName::from_bytes(key.as_bytes()).map_err(|_| unsendable())?;
            if !OURS.contains(&name) {
                headers.push((name, opening(value)?));
            }
        }
        headers.push((header::AUTHORIZATION, opening(&self.authorization)?));
        headers.push((header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE)));
        headers.push((HeaderName::from_static(CONTENT_MD5), HeaderValue::from_str(md5).map_err(|_| unsendable())?));
        Ok(Outgoing { method: Method::PUT, url: address(&url)?, headers, body: picture })
    }
}

/// A header value that lets somebody write to the store, and so is never printed.
fn opening(value: &str) -> Result<HeaderValue, Fault> {
    let mut value = HeaderValue::from_str(value).map_err(|_| unsendable())?;
    value.set_sensitive(true);
    Ok(value)
}

fn unsendable() -> Fault {
    trouble::protocol("an upload with headers that cannot be sent")
}

/// The host that an answer names, with or without `https://`; none if it is an address, has a port or is no store's.
fn host(named: &str) -> Option<&str> {
    let bare = named.strip_prefix("https://").unwrap_or(named).trim_end_matches('/');
    let label = |label: &str| {
        let plain = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        plain && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    let known = STORES.iter().any(|store| bare.ends_with(store));
    (known && bare.len() <= 253 && bare.split('.').all(label)).then_some(bare)
}

/// Reads the store's answer.
///
/// # Errors
/// If the picture is not there now.
pub fn stored(head: &ResponseHead, body: &[u8]) -> Result<(), Fault> {
    if trouble::is_risk_control(body) {
        return Err(trouble::from_body(head, body));
    }
    if (200..300).contains(&head.status) {
        return Ok(());
    }
    let code = code(body).unwrap_or_default();
    let status = head.status;
    let fault = if status == 413 || code == "EntityTooLarge" {
        Fault::request("messages", "Qianwen's file store refuses a picture as too large; send a smaller one.")
    } else {
        let why = if code.is_empty() { String::new() } else { format!(", {code}") };
        Fault::new(FaultKind::Upstream, format!("Qianwen's file store did not take the picture (HTTP {status}{why})."))
    };
    Err(fault.with_status(status).with_code_if_any(&code))
}

/// The code in the store's error. Nothing else of it is repeated: it quotes the request, keys included.
fn code(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let (code, _) = text.split_once("<Code>")?.1.split_once("</Code>")?;
    (code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')).then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_of_the_sites_stores_are_hosts() {
        let good = ["ws-res.oss-cn-hangzhou.aliyuncs.com", "https://a.alicdn.com", "https://up.qianwen.com/"];
        for named in good {
            assert_eq!(host(named), Some(named.trim_start_matches("https://").trim_end_matches('/')), "{named}");
        }
        let bad = [
            "",
            "aliyuncs.com",
            ".aliyuncs.com",
            "evil.com",
            "evilaliyuncs.com",
            "aliyuncs.com.evil.com",
            "http://a.aliyuncs.com",
            "ftp://a.aliyuncs.com",
            "a.aliyuncs.com:8443",
            "user@a.aliyuncs.com",
            "evil.com/.aliyuncs.com",
            "evil.com#.aliyuncs.com",
            "evil.com?.aliyuncs.com",
            "evil.com\\.aliyuncs.com",
            "127.0.0.1",
            "https://100.100.100.200",
            "[::1]",
            "localhost",
            "a..aliyuncs.com",
            "-a.aliyuncs.com",
            "a.aliyuncs.com.",
            "A.aliyuncs.com",
            "a b.aliyuncs.com",
            "ä.aliyuncs.com",
        ];
        for named in bad {
            assert_eq!(host(named), None, "{named}");
        }
    }
}
