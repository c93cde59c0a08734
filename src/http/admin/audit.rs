//! `GET /admin/api/audit`: what was changed. Every route of the admin API passes through [`keep`], which writes it down.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::Subject;
use super::master_key::opens_less;
use super::parameters::Parameters;
use super::problem::No;
use crate::console::{Entry, TOKEN_PREFIX, Who};
use crate::http::owner::{Owner, address};
use crate::state::AppState;
use crate::store::AuditRecord;

/// The status of a request whose client left before the answer. What it asked for may have been done.
const LEFT: u16 = 499;

/// How long the name may be of what a change is about.
const LONGEST_SUBJECT: usize = 60;

/// How many entries are told at once, if nobody says otherwise.
const USUAL: i64 = 100;

/// How many at most.
const MOST: i64 = 500;

/// A part of the audit.
#[derive(Serialize, ToSchema)]
pub struct AuditPage {
    /// The newest first.
    entries: Vec<EntryView>,
    /// What to ask `before` for the next part, if there is one.
    #[schema(required = true)]
    next: Option<i64>,
}

/// What somebody changed, or tried to.
#[derive(Serialize, ToSchema)]
pub struct EntryView {
    seq: i64,
    /// When, in milliseconds since 1970; the last time, if it was more than one.
    at: i64,
    /// By which right: `key`, `session`, or `nobody`, whose request was refused.
    who: String,
    address: String,
    /// The method and the route.
    action: String,
    /// What it was about, such as an account's id.
    #[schema(required = true)]
    subject: Option<String>,
    /// The HTTP status; 499 if the client left before the answer.
    status: u16,
    /// How many refused requests this stands for: of strangers' only some are told one by one.
    times: u32,
}

impl From<AuditRecord> for EntryView {
    fn from(entry: AuditRecord) -> Self {
        let AuditRecord { seq, at_ms, who, address, action, subject, status, times } = entry;
        Self { seq, at: at_ms, who, address, action, subject, status, times }
    }
}

/// Tells what was changed, the newest first.
#[utoipa::path(get, path = "/admin/api/audit", tag = "session", params(("before" = Option<u64>, Query, description = "Only entries before the one with this number."), ("limit" = Option<u64>, Query, description = "How many, up to 500; 100 if it is left out.")), responses((status = 200, body = AuditPage), (status = 400)), security(("key" = [])))]
pub async fn list(_: Owner, request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    match asked(&request) {
        Ok((before, limit)) => {
            let (entries, more) = state.console.audit.page(before, limit);
            let next = entries.last().map(|entry| entry.seq).filter(|_| more);
            HttpResponse::Ok().json(AuditPage { entries: entries.into_iter().map(EntryView::from).collect(), next })
        }
        Err(no) => no.answer(),
    }
}

fn asked(request: &HttpRequest) -> Result<(Option<i64>, usize), No> {
    let parameters = Parameters::of(request, &["before", "limit"])?;
    let limit = parameters.number("limit", 1, MOST)?.unwrap_or(USUAL);
    Ok((parameters.number("before", 0, i64::MAX)?, usize::try_from(limit).unwrap_or_default()))
}

/// Writes down what a request changes, whatever becomes of it.
///
/// # Errors
/// Those of the handler.
pub async fn keep<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    if request.method().is_safe() {
        return next.call(request).await;
    }
    let mut note = Note { request: Some(request.request().clone()) };
    let answered = next.call(request).await;
    match &answered {
        Ok(answer) => {
            let subject = answer.response().extensions().get::<Subject>().map(|subject| subject.0.clone());
            note.write(answer.status().as_u16(), subject);
        }
        Err(error) => note.write(error.as_response_error().status_code().as_u16(), None),
    }
    answered
}

/// An entry that is written even if the client leaves.
struct Note {
    request: Option<HttpRequest>,
}

impl Note {
    fn write(&mut self, status: u16, subject: Option<String>) {
        let Some(request) = self.request.take() else { return };
        let Some(state) = request.app_data::<Data<AppState>>() else { return };
        let who = request.extensions().get::<Who>().copied().unwrap_or(Who::Nobody);
        let pattern = request.match_pattern().unwrap_or_default();
        let named = || ["id", "name"].iter().find_map(|name| request.match_info().get(name)).map(str::to_owned);
        // What a stranger writes is not repeated to the owner.
        let subject = subject.or_else(named).filter(|subject| who != Who::Nobody && !is_secret(subject, state));
        let short = |text: String| text.chars().filter(|c| !c.is_control()).take(LONGEST_SUBJECT).collect();
        let entry = Entry {
            who,
            address: address(request.headers()),
            action: format!("{} {pattern}", method(&request)),
            subject: subject.map(short),
            status,
        };
        state.console.audit.note(entry, state.gateway.registry.pool.now());
    }
}

/// Whether somebody took a secret for the id of what it belongs to. It may still open something.
fn is_secret(text: &str, state: &AppState) -> bool {
    text.starts_with(TOKEN_PREFIX) || state.master_key.is(text.as_bytes()) || opens_less(text, state)
}

/// The method, if it is a usual one; any other is a stranger's words, and as long as they like.
fn method(request: &HttpRequest) -> &str {
    const USUAL: [Method; 4] = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    if USUAL.contains(request.method()) { request.method().as_str() } else { "OTHER" }
}

impl Drop for Note {
    fn drop(&mut self) {
        self.write(LEFT, None);
    }
}
