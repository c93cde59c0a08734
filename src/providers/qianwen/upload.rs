//! Pictures are brought to the site before they are talked about, in four steps (NAR, read from the site's own page in
//! 2026-09; CZG, 2026-06): ask for a place in its file store, put the picture there, say that it is there, and enter it
//! into the account's list of files. Whether the site accepts this without request signatures is unproven.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::bucket::{self, Bucket};
use super::resource::{FORMAT, ID, NAME, SIZE, URL};
use super::{Hosts, Web, encode, frame, rolled, sources, trouble};
use crate::accounts::Account;
use crate::chat::{Fault, FaultKind};
use crate::providers::{Picture, Upload, UploadLimits, UploadStep, Uploads};
use crate::random;
use crate::upstream::{Method, Outgoing, ResponseHead};

/// The largest picture, in bytes, mirrored from the web client (NAR, 2026-09).
const LARGEST: usize = 10 << 20;

/// The most pictures of one turn, mirrored from the web client (NAR, 2026-09).
const MOST: usize = 10;

/// The pictures that the web client offers to send.
const MEDIA_TYPES: [&str; 5] = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp"];

/// Who uploads, as the site's page says it.
const ENTRY: &str = "qwen_pc";

/// The site's code for a request without a good signature.
const UNSIGNED: &str = "EX015";

impl Uploads for Web {
    fn limits(&self) -> UploadLimits {
        UploadLimits { bytes: LARGEST, count: MOST, media_types: &MEDIA_TYPES }
    }

    fn begin(&self, account: &Account, picture: Picture) -> Box<dyn Upload> {
        Box::new(PictureUpload {
            hosts: self.hosts.clone(),
            account: account.clone(),
            md5: BASE64_STANDARD.encode(Md5::digest(&picture.bytes)),
            size: picture.bytes.len(),
            picture,
            stage: Stage::New,
        })
    }
}

/// One picture on its way.
struct PictureUpload {
    hosts: Hosts,
    account: Account,
    picture: Picture,
    md5: String,
    size: usize,
    stage: Stage,
}

/// What was sent last.
enum Stage {
    New,
    Asked,
    Put(Bucket),
    Reported,
    Entered(BTreeMap<String, String>),
    Over,
}

/// The shape that the site's answers share.
#[derive(serde::Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow, rename = "errorCode")]
    error_name: Option<&'a RawValue>,
    #[serde(borrow)]
    ret: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

impl Answer<'_> {
    fn is_good(&self) -> bool {
        let unsaid = |code| frame::as_text(code).is_empty();
        unsaid(self.code) && unsaid(self.error_name) && self.ret.is_none()
    }
}

impl Upload for PictureUpload {
    fn next(&mut self, heard: Option<(&ResponseHead, &[u8])>) -> Result<UploadStep, Fault> {
        match (std::mem::replace(&mut self.stage, Stage::Over), heard) {
            (Stage::New, None) => {
                self.stage = Stage::Asked;
                self.ask().map(UploadStep::Send)
            }
            (Stage::Asked, Some((head, body))) => {
                let bucket: Bucket = read(head, body)?;
                let picture = std::mem::take(&mut self.picture.bytes);
                let put = bucket.put(self.hosts.stand_in.as_deref(), &self.md5, picture)?;
                self.stage = Stage::Put(bucket);
                Ok(UploadStep::Send(put))
            }
            (Stage::Put(bucket), Some((head, body))) => {
                bucket::stored(head, body)?;
                self.stage = Stage::Reported;
                self.report(&bucket).map(UploadStep::Send)
            }
            (Stage::Reported, Some((head, body))) => {
                let kept = self.kept(&read(head, body)?)?;
                let entry = self.enter(&kept)?;
                self.stage = Stage::Entered(kept);
                Ok(UploadStep::Try(entry))
            }
            (Stage::Entered(kept), _) => Ok(UploadStep::Done(kept)),
            _ => Err(Fault::new(FaultKind::Internal, "the steps of an upload are out of order")),
        }
    }
}

#[derive(Serialize)]
struct Ask<'a> {
    file_name: &'a str,
    content_type: &'static str,
    content_md5: &'a str,
    size: usize,
}

#[derive(Serialize)]
struct Report<'a> {
    file_md5: &'a str,
    file_name: &'a str,
    file_type: String,
    bucket: &'a str,
    endpoint: &'a str,
    object: &'a str,
    entry: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    file_name: &'a str,
    file_type: &'static str,
    resource_key: &'a str,
    resource_path: &'a str,
    file_size: u64,
    model: &'static str,
    session_id: &'static str,
    batch_id: String,
    resource_infos: [Key<'a>; 1],
}

#[derive(Serialize)]
struct Key<'a> {
    key: &'a str,
    url: &'a str,
}

impl PictureUpload {
    fn ask(&self) -> Result<Outgoing, Fault> {
        let Self { picture, md5, size, .. } = self;
        let body = Ask { file_name: &picture.name, content_type: bucket::CONTENT_TYPE, content_md5: md5, size: *size };
        self.call(&self.hosts.workspace, "/1/oss_token", &body)
    }

    fn report(&self, place: &Bucket) -> Result<Outgoing, Fault> {
        let body = Report {
            file_md5: &self.md5,
            file_name: &self.picture.name,
            file_type: self.format().to_ascii_uppercase(),
            bucket: &place.bucket,
            endpoint: &place.endpoint,
            object: &place.object,
            entry: ENTRY,
        };
        self.call(&self.hosts.workspace, "/1/oss/callback", &body)
    }

    /// Enters the picture into the account's files. No conversation is named: the picture may be used in several, and
    /// the first does not exist yet.
    fn enter(&self, kept: &BTreeMap<String, String>) -> Result<Outgoing, Fault> {
        let text = |name| kept.get(name).map_or("", String::as_str);
        let body = Entry {
            file_name: text(NAME),
            file_type: "image",
            resource_key: text(ID),
            resource_path: text(URL),
            file_size: text(SIZE).parse().unwrap_or_default(),
            model: super::models::DEFAULT,
            session_id: "",
            batch_id: random::hex(16),
            resource_infos: [Key { key: text(ID), url: text(URL) }],
        };
        self.call(&self.hosts.side, "/api/v2/file/record/add", &body)
    }

    fn call(&self, host: &str, path: &str, body: &impl Serialize) -> Result<Outgoing, Fault> {
        let body =
            serde_json::to_vec(body).map_err(|_| Fault::new(FaultKind::Internal, "an upload cannot be written"))?;
        let endpoint = format!("{host}{path}?req_id={}", random::hex(16));
        encode::call(Method::POST, &endpoint, &self.account, body.into())
    }

    /// The picture's format by its media type: `png`.
    fn format(&self) -> &str {
        self.picture.media_type.strip_prefix("image/").unwrap_or("png")
    }

    /// What is kept: what the site says of the picture, and what we know where it says nothing.
    fn kept(&self, data: &Value) -> Result<BTreeMap<String, String>, Fault> {
        let text = |name: &str| match &data[name] {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) if number.as_u64() != Some(0) => Some(number.to_string()),
            _ => None,
        };
        let url =
            ["material_cdn_url", "material_url"].into_iter().filter_map(text).find(|url| sources::is_address(url));
        let (Some(id), Some(url)) = (text("ws_gid"), url) else {
            return Err(trouble::protocol("an upload without the picture's id or address"));
        };
        let format = text("file_type").map_or_else(|| self.format().to_owned(), |format| format.to_ascii_lowercase());
        let name = text("file_name").unwrap_or_else(|| self.picture.name.clone());
        let size = text("file_size").unwrap_or_else(|| self.size.to_string());
        let parts = [(URL, url), (ID, id), (FORMAT, format), (NAME, name), (SIZE, size)];
        Ok(parts.map(|(key, value)| (key.to_owned(), value)).into())
    }
}

/// In the chat this means that the ticket is not valid. Uploads were seen working with signatures only (CZG), so here it
/// may as well mean their lack, and a picture must not put an account to rest that chats well.
fn unsigned(status: u16) -> Fault {
    let message = "Qianwen refuses the picture as unsigned: the account's sign-in has ended, or the site wants uploads signed, \
                   which is not done here; if the account answers text, leave the picture out.";
    Fault::new(FaultKind::Upstream, message).with_status(status).with_code(UNSIGNED)
}

/// Reads the data of an answer; what is none is a refusal of one of the forms that the chat knows, too.
fn read<T: DeserializeOwned>(head: &ResponseHead, body: &[u8]) -> Result<T, Fault> {
    if rolled::is_guest(&head.set_cookies) {
        return Err(trouble::guest());
    }
    let answer: Option<Answer<'_>> = serde_json::from_slice(body).ok();
    let good = answer.filter(|answer| head.status == 200 && answer.is_good());
    let data = good.and_then(|answer| answer.data).and_then(|raw| serde_json::from_str(raw.get()).ok());
    data.ok_or_else(|| {
        let fault = trouble::from_body(head, body);
        if fault.code.as_deref() == Some(UNSIGNED) {
            return unsigned(head.status);
        }
        // A friendly answer without what it is for says nothing of what is wrong.
        let friendly = fault.kind == FaultKind::Upstream && fault.code.is_none() && head.status == 200;
        if friendly { trouble::protocol("an upload without a place") } else { fault }
    })
}

#[cfg(test)]
#[path = "upload_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "upload_wire_tests.rs"]
mod wire_tests;
