//! `GET /metrics`: what Prometheus reads; with the owner's key, or with a token that opens nothing else.

use std::collections::BTreeMap;
use std::fmt::Write;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;
use subtle::ConstantTimeEq;

use super::auth::presented;
use super::owner::Owner;
use crate::metrics;
use crate::state::AppState;

/// Prometheus' own form of text.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The right to read the metrics.
pub struct Watcher;

impl FromRequest for Watcher {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if has_token(request) {
            return Box::pin(async { Ok(Self) });
        }
        let owner = Owner::from_request(request, payload);
        Box::pin(async { owner.await.map(|_| Self) })
    }
}

fn has_token(request: &HttpRequest) -> bool {
    let state = request.app_data::<Data<AppState>>();
    let Some(token) = state.and_then(|state| state.metrics_token.as_ref()) else { return false };
    presented(request).any(|key| token.expose().as_bytes().ct_eq(&key).into())
}

/// Counters, and how things are at this moment.
#[utoipa::path(get, path = "/metrics", tag = "service", responses((status = 200, description = "Prometheus' form of text.", body = String, content_type = "text/plain")), security(("key" = [])))]
pub async fn show(_: Watcher, state: Data<AppState>) -> HttpResponse {
    let mut text = metrics::text();
    metrics::about(&mut text);
    let calls = state.usage.since_start();
    metrics::calls(&mut text, &calls.counts, calls.first_token_ms, calls.total_ms);
    let views = state.gateway.roster.views();
    let mut states: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for view in &views {
        *states.entry((view.account.provider.as_str(), view.health.state().name())).or_default() += 1;
    }
    metrics::family(&mut text, "qianqiao_accounts", "gauge", "Accounts by state.");
    for ((provider, state), count) in states {
        let _ = writeln!(text, "qianqiao_accounts{{provider=\"{provider}\",state=\"{state}\"}} {count}");
    }
    let status = state.database.status();
    let gauges = [
        ("qianqiao_requests_under_way", "Completions under way.", state.gateway.admission.under_way()),
        ("qianqiao_leases", "Accounts in use, once for each request.", state.gateway.registry.pool.in_flight()),
        ("qianqiao_queue_length", "Requests that wait for an account.", state.gateway.registry.pool.waiting() as u64),
        ("qianqiao_store_on_disk", "Whether what is kept reaches the disk.", u64::from(status.on_disk)),
        ("qianqiao_store_pending", "Records that are not on disk yet.", status.pending),
        ("qianqiao_store_bytes", "How large the database is.", status.bytes),
    ];
    for (name, help, value) in gauges {
        metrics::gauge(&mut text, name, help, value);
    }
    HttpResponse::Ok().insert_header(("content-type", TEXT)).body(text)
}
