//! `/admin/api/requests`: the newest calls, never what was said in them.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::parameters::Parameters;
use super::problem::No;
use crate::http::owner::Owner;
use crate::state::AppState;
use crate::usage::{Call, CallFilter, CallPage, Outcome};

/// How many are listed if nothing is said, and how many at most.
const LIMITS: (usize, i64) = (100, 500);

/// Calls, newest first.
#[derive(Serialize, ToSchema)]
pub struct CallList<'a> {
    #[schema(value_type = Vec<Call>)]
    requests: Vec<&'a Call>,
    /// What to ask for as `before` to get the next ones; null where there are no more.
    #[schema(required = true)]
    next: Option<u64>,
}

/// Lists the newest calls.
#[utoipa::path(
    get,
    path = "/admin/api/requests",
    tag = "usage",
    params(
        ("limit" = Option<u64>, Query, description = "How many at most, up to 500; 100 if left out."),
        ("before" = Option<u64>, Query, description = "Only those with a smaller `seq`."),
        ("key" = Option<String>, Query, description = "The id of the key that called; empty for the owner's."),
        ("model" = Option<String>, Query, description = "The model as it was asked for; empty for those that do not exist."),
        ("account" = Option<String>, Query, description = "The account that was asked last; empty for none."),
        ("outcome" = Option<Outcome>, Query, description = "How they ended."),
    ),
    responses((status = 200, body = CallList), (status = 400)),
    security(("key" = []))
)]
pub async fn list(_: Owner, state: Data<AppState>, request: HttpRequest) -> HttpResponse {
    match page(&state, &request) {
        Ok(page) => {
            let requests = page.calls.iter().map(|call| &**call).collect();
            HttpResponse::Ok().json(CallList { requests, next: page.next })
        }
        Err(no) => no.answer(),
    }
}

fn page(state: &AppState, request: &HttpRequest) -> Result<CallPage, No> {
    let known = ["limit", "before", "key", "model", "account", "outcome"];
    let parameters = Parameters::of(request, &known)?;
    let outcomes = Outcome::ALL.map(|outcome| (outcome.name(), outcome));
    let limit = parameters.number("limit", 1, LIMITS.1)?.and_then(|limit| usize::try_from(limit).ok());
    let filter = CallFilter {
        limit: limit.unwrap_or(LIMITS.0),
        before: parameters.number("before", 0, i64::MAX)?.and_then(|before| u64::try_from(before).ok()),
        key: parameters.text("key"),
        model: parameters.text("model"),
        account: parameters.text("account"),
        outcome: parameters.choice("outcome", &outcomes)?,
    };
    Ok(state.usage.calls(&filter))
}
