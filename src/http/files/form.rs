//! The form with which a file comes. It is read as it arrives: the file goes to disk, whatever stands before or after it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, Payload};
use futures_util::{Stream, StreamExt, stream};

use super::refusal::No;
use crate::openai::files::PURPOSES;
use crate::store::{FileNote, Files, Upload};

/// The longest value of a field that is no file, in bytes.
const LONGEST_VALUE: usize = 1 << 10;

/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 255;

/// How long a file may be kept that is not kept for good, in seconds; OpenAI's bounds.
const LIFETIMES: std::ops::RangeInclusive<i64> = 3600..=2_592_000;

const ANCHOR: &str = "expires_after[anchor]";
const SECONDS: &str = "expires_after[seconds]";

/// A form, as far as it was read.
#[derive(Default)]
struct Form {
    file: Option<Taken>,
    purpose: Option<String>,
    anchor: Option<String>,
    seconds: Option<String>,
}

/// The file in a form.
struct Taken {
    upload: Upload,
    name: String,
    content_type: String,
}

/// Reads a form whole and returns the file, which is not kept yet. `limit` is the largest body, in bytes.
pub async fn read(
    request: &HttpRequest,
    payload: Payload,
    (files, owner, is_owner): (&Files, &str, bool),
    limit: usize,
) -> Result<(Upload, FileNote), No> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > limit) {
        return Err(No::body(PayloadError::Overflow, limit));
    }
    let too_long = Rc::new(Cell::new(false));
    let body = Rc::new(RefCell::new(Box::pin(bounded(payload, limit, Rc::clone(&too_long)))));
    let form = gather(request.headers(), Rc::clone(&body), (files, is_owner), limit).await;
    if form.is_err() {
        // Who is still sending would not read an answer, so the rest is let in first; but never more than the limit.
        while let Some(Ok(_)) = shared(&body).next().await {}
    }
    form.map_err(|no| if too_long.get() { No::body(PayloadError::Overflow, limit) } else { no })?.check(owner)
}

/// Reads a body that nobody wants, up to its end or `limit`: who is still sending would not read an answer.
pub async fn let_in(payload: Payload, limit: usize) {
    let mut body = Box::pin(bounded(payload, limit, Rc::default()));
    while let Some(Ok(_)) = body.next().await {}
}

type Body<S> = Rc<RefCell<std::pin::Pin<Box<S>>>>;

/// The body, which fails, says so and ends where it becomes longer than `limit`. Its end may be asked for again.
fn bounded(
    payload: Payload,
    limit: usize,
    too_long: Rc<Cell<bool>>,
) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    stream::unfold((payload, 0, too_long), move |(mut payload, length, too_long)| async move {
        if length > limit {
            return None;
        }
        let piece = payload.next().await?;
        let length = length + piece.as_ref().map_or(0, Bytes::len);
        too_long.set(length > limit);
        Some((if length > limit { Err(PayloadError::Overflow) } else { piece }, (payload, length, too_long)))
    })
    .fuse()
}

/// A body that others read on from where this one stops.
fn shared<S: Stream>(body: &Body<S>) -> impl Stream<Item = S::Item> + use<S> {
    let body = Rc::clone(body);
    stream::poll_fn(move |context| body.borrow_mut().as_mut().poll_next(context))
}

async fn gather<S: Stream<Item = Result<Bytes, PayloadError>> + 'static>(
    headers: &HeaderMap,
    body: Body<S>,
    (files, is_owner): (&Files, bool),
    limit: usize,
) -> Result<Form, No> {
    let mut parts = Multipart::new(headers, shared(&body));
    let mut form = Form::default();
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|error| No::form(error, limit))?;
        match part.name().unwrap_or_default() {
            "file" if form.file.is_some() => {
                return Err(No::wrong("file", "`file` came twice; send one file at a time."));
            }
            "file" => form.file = Some(take(&mut part, (files, is_owner), limit).await?),
            "purpose" => form.purpose = Some(value("purpose", &mut part, limit).await?),
            ANCHOR => form.anchor = Some(value(ANCHOR, &mut part, limit).await?),
            SECONDS => form.seconds = Some(value(SECONDS, &mut part, limit).await?),
            // A lifetime that was not understood would be one for good.
            other if other.starts_with("expires_after") => {
                let message = format!("Write `expires_after` as the two fields `{ANCHOR}` and `{SECONDS}`.");
                return Err(No::wrong("expires_after", message));
            }
            _ => {}
        }
    }
    Ok(form)
}

async fn take(part: &mut Field, (files, is_owner): (&Files, bool), limit: usize) -> Result<Taken, No> {
    let refused = |trouble| No::trouble(&trouble, is_owner);
    let mut upload = files.begin().await.map_err(refused)?;
    let name = clean(part.content_disposition().and_then(|head| head.get_filename()).unwrap_or_default());
    let content_type = part.content_type().map_or("application/octet-stream", |kind| kind.essence_str()).to_owned();
    while let Some(bytes) = part.next().await {
        let bytes = bytes.map_err(|error| No::form(error, limit))?;
        upload.write(&bytes).await.map_err(refused)?;
    }
    Ok(Taken { upload, name, content_type })
}

async fn value(name: &'static str, part: &mut Field, limit: usize) -> Result<String, No> {
    let long = || No::wrong(name, format!("`{name}` is too long."));
    let bytes = part.bytes(LONGEST_VALUE).await.map_err(|_| long())?.map_err(|error| No::form(error, limit))?;
    String::from_utf8(bytes.to_vec()).map_err(|_| No::wrong(name, format!("`{name}` is not text in UTF-8.")))
}

impl Form {
    fn check(self, owner: &str) -> Result<(Upload, FileNote), No> {
        let known = PURPOSES.join(", ");
        let Some(Taken { upload, name, content_type }) = self.file else {
            return Err(No::wrong("file", "`file` is missing; send the file in a part of the form with that name."));
        };
        let Some(purpose) = self.purpose else {
            return Err(No::wrong("purpose", format!("`purpose` is missing; it is one of {known}.")));
        };
        if !PURPOSES.contains(&purpose.as_str()) {
            return Err(No::wrong("purpose", format!("`purpose` is none of {known}.")));
        }
        let lifetime = lifetime(self.anchor.as_deref(), self.seconds.as_deref())?;
        if upload.bytes() == 0 {
            return Err(No::wrong("file", "`file` is empty; send a file with contents."));
        }
        Ok((upload, FileNote { owner: owner.to_owned(), name, content_type, purpose, lifetime }))
    }
}

fn lifetime(anchor: Option<&str>, seconds: Option<&str>) -> Result<Option<i64>, No> {
    let (low, high) = (LIFETIMES.start(), LIFETIMES.end());
    match (anchor, seconds) {
        (None, None) => Ok(None),
        (Some("created_at"), Some(seconds)) => match seconds.trim().parse() {
            Ok(seconds) if LIFETIMES.contains(&seconds) => Ok(Some(seconds)),
            _ => Err(No::wrong(SECONDS, format!("`{SECONDS}` is no whole number from {low} to {high}."))),
        },
        (Some("created_at"), None) => {
            Err(No::wrong(SECONDS, format!("`{SECONDS}` is missing; it is a whole number from {low} to {high}.")))
        }
        _ => Err(No::wrong(ANCHOR, format!("`{ANCHOR}` must be `created_at`."))),
    }
}

/// A file's name without the folders before it, and without what cannot be seen or turns the text around.
fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let seen: String = last.chars().filter(|c| !c.is_control() && !turns(*c)).take(LONGEST_NAME).collect();
    match seen.trim() {
        "" | "." | ".." => "file".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_path_and_keeps_its_letters() {
        for (name, cleaned) in [
            ("报告 📄.pdf", "报告 📄.pdf"),
            ("/etc/passwd", "passwd"),
            ("..\\..\\a.txt", "a.txt"),
            ("a/..", "file"),
            ("", "file"),
            (" \u{0} \n", "file"),
            ("a\u{202e}fdp.exe", "afdp.exe"),
        ] {
            assert_eq!(clean(name), cleaned, "{name:?}");
        }
        assert_eq!(clean(&"ü".repeat(300)).chars().count(), LONGEST_NAME);
    }

    #[test]
    fn a_lifetime_is_whole_or_the_field_is_named() {
        let told = |anchor, seconds| match lifetime(anchor, seconds) {
            Ok(lifetime) => Ok(lifetime),
            Err(No::This { param, .. }) => Err(param.unwrap_or_default()),
            Err(No::Body(_)) => Err(""),
        };
        assert_eq!(told(None, None), Ok(None));
        assert_eq!(told(Some("created_at"), Some("3600")), Ok(Some(3600)));
        assert_eq!(told(Some("created_at"), Some("2592000")), Ok(Some(2_592_000)));
        for seconds in ["3599", "2592001", "1e4", "", "4000.0", "-4000"] {
            assert_eq!(told(Some("created_at"), Some(seconds)), Err(SECONDS), "{seconds}");
        }
        assert_eq!(told(Some("created_at"), None), Err(SECONDS));
        assert_eq!(told(None, Some("3600")), Err(ANCHOR));
        assert_eq!(told(Some("last_active_at"), Some("3600")), Err(ANCHOR));
    }
}
