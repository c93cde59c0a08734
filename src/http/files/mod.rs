//! `/v1/files`: upload once, refer to it by its id afterwards.

mod form;
mod refusal;

use actix_web::body::SizedStream;
use actix_web::http::header::{self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue};
use actix_web::web::{Bytes, Data, Path, Payload, Query};
use actix_web::{Error, HttpRequest, HttpResponse};
use futures_util::stream;
use serde::Deserialize;
use utoipa::ToSchema;

use super::auth::Caller;
use crate::openai::files::{FileDeleted, FileList, FileObject, PURPOSES};
use crate::state::AppState;
use crate::store::{FileQuery, FileReader, FileRecord, is_file_id};
use refusal::No;

/// The most files on one page, and how many there are if nobody says; OpenAI's own number.
const MOST_ON_PAGE: usize = 10_000;

/// The form of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes what `form` reads as it arrives")]
pub struct FileForm {
    /// The file, of at most MAX_BODY_MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// assistants, batch, fine-tune, vision, user_data or evals.
    purpose: String,
    /// created_at, if the file is to vanish.
    #[schema(rename = "expires_after[anchor]")]
    anchor: Option<String>,
    /// For how many seconds it is kept: 3600 to 2592000.
    #[schema(rename = "expires_after[seconds]")]
    seconds: Option<i64>,
}

/// What of the list is wanted. All are texts, so that what is wrong can be named.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only files for this purpose.
    purpose: Option<String>,
    /// From 1 to 10000.
    limit: Option<String>,
    /// desc, the newest first, or asc.
    order: Option<String>,
    /// The last id of the page before.
    after: Option<String>,
}

/// Takes a file in.
#[utoipa::path(post, path = "/v1/files", tag = "files", request_body(content = FileForm, content_type = "multipart/form-data"), responses((status = 200, body = FileObject), (status = 400), (status = 413), (status = 429), (status = 503)), security(("key" = [])))]
pub async fn upload(
    caller: Caller,
    request: HttpRequest,
    state: Data<AppState>,
    payload: Payload,
) -> Result<HttpResponse, No> {
    if let Err(refused) = caller.admit() {
        form::let_in(payload, state.body_limit).await;
        return Err(No::Body(refused));
    }
    let whose = (&state.gateway.desk.files, caller.files_of(), caller.owner);
    let (upload, note) = form::read(&request, payload, whose, state.body_limit).await?;
    let record = upload.finish(note).await.map_err(|trouble| No::trouble(&trouble, caller.owner))?;
    Ok(HttpResponse::Ok().json(object(record)))
}

/// Lists files.
#[utoipa::path(get, path = "/v1/files", tag = "files", params(Wanted), responses((status = 200, body = FileList), (status = 400)), security(("key" = [])))]
pub async fn list(
    caller: Caller,
    state: Data<AppState>,
    wanted: Result<Query<Wanted>, Error>,
) -> Result<HttpResponse, No> {
    let wanted = wanted.map_err(|_| No::wrong("query", "The query of the address cannot be read."))?;
    let (found, more) = state.gateway.desk.files.list(caller.files_of(), &wanted.check()?);
    Ok(HttpResponse::Ok().json(FileList::new(found.into_iter().map(object).collect(), more)))
}

/// Tells what is known of a file.
#[utoipa::path(get, path = "/v1/files/{id}", tag = "files", params(("id" = String, Path)), responses((status = 200, body = FileObject), (status = 404)), security(("key" = [])))]
pub async fn one(caller: Caller, state: Data<AppState>, id: Path<String>) -> Result<HttpResponse, No> {
    let record = state.gateway.desk.files.find(caller.files_of(), &id).ok_or_else(|| No::missing(&id))?;
    Ok(HttpResponse::Ok().json(object(record)))
}

/// Deletes a file.
#[utoipa::path(delete, path = "/v1/files/{id}", tag = "files", params(("id" = String, Path)), responses((status = 200, body = FileDeleted), (status = 404), (status = 503)), security(("key" = [])))]
pub async fn delete(caller: Caller, state: Data<AppState>, id: Path<String>) -> Result<HttpResponse, No> {
    match state.gateway.desk.files.delete(caller.files_of(), &id).await {
        Ok(true) => Ok(HttpResponse::Ok().json(FileDeleted::new(id.into_inner()))),
        Ok(false) => Err(No::missing(&id)),
        Err(trouble) => Err(No::trouble(&trouble, caller.owner)),
    }
}

/// Hands out a file's contents.
#[utoipa::path(get, path = "/v1/files/{id}/content", tag = "files", params(("id" = String, Path)), responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), (status = 404), (status = 503)), security(("key" = [])))]
pub async fn content(caller: Caller, state: Data<AppState>, id: Path<String>) -> Result<HttpResponse, No> {
    let refused = |trouble| No::trouble(&trouble, caller.owner);
    let reader = state.gateway.desk.files.read(caller.files_of(), &id).await.map_err(refused)?;
    let mut reader = reader.ok_or_else(|| No::missing(&id))?;
    // The status waits for the first bytes, so that a file that cannot be read gets a proper error.
    let first = reader.next().await.map_err(refused)?;
    let record = reader.record();
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, record.content_type.as_str()))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header(attachment(&record.name))
        .body(SizedStream::new(record.bytes, Box::pin(pieces(first, reader)))))
}

fn pieces(first: Option<Bytes>, reader: FileReader) -> impl futures_util::Stream<Item = Result<Bytes, Error>> {
    stream::try_unfold((first, reader), |(first, mut reader)| async move {
        let piece = match first {
            Some(first) => Some(first),
            // The client learns of it by an answer that is too short.
            None => reader.next().await.map_err(|_| actix_web::error::ErrorInternalServerError("damaged"))?,
        };
        Ok(piece.map(|piece| (piece, (None, reader))))
    })
}

/// A name that every client can read, and the whole one for those that read RFC 5987.
fn attachment(name: &str) -> ContentDisposition {
    let plain = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let whole = ExtendedValue { charset: Charset::Ext("UTF-8".to_owned()), language_tag: None, value: name.into() };
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(plain), DispositionParam::FilenameExt(whole)],
    }
}

impl Wanted {
    fn check(&self) -> Result<FileQuery<'_>, No> {
        let limit = match self.limit.as_deref().map(str::parse) {
            None => MOST_ON_PAGE,
            Some(Ok(limit)) if (1..=MOST_ON_PAGE).contains(&limit) => limit,
            Some(_) => return Err(No::wrong("limit", format!("`limit` is no whole number from 1 to {MOST_ON_PAGE}."))),
        };
        let ascending = match self.order.as_deref() {
            None | Some("desc") => false,
            Some("asc") => true,
            Some(_) => return Err(No::wrong("order", "`order` is neither asc nor desc.")),
        };
        let (purpose, after) = (self.purpose.as_deref(), self.after.as_deref());
        if purpose.is_some_and(|purpose| !PURPOSES.contains(&purpose)) {
            return Err(No::wrong("purpose", format!("`purpose` is none of {}.", PURPOSES.join(", "))));
        }
        if after.is_some_and(|after| !is_file_id(after)) {
            return Err(No::wrong("after", "`after` is no id of a file; take `last_id` of the page before."));
        }
        Ok(FileQuery { purpose, after, limit, ascending })
    }
}

fn object(record: FileRecord) -> FileObject {
    FileObject {
        id: record.id,
        object: "file",
        bytes: record.bytes,
        created_at: record.created_ms / 1000,
        expires_at: record.expires_at,
        filename: record.name,
        purpose: record.purpose,
        status: "processed",
        status_details: None,
    }
}
