//! `GET /metrics`: what Prometheus reads; with the owner's key only.

use std::collections::BTreeMap;
use std::fmt::Write;

use actix_web::HttpResponse;
use actix_web::web::Data;

use super::owner::Owner;
use crate::metrics;
use crate::state::AppState;

/// Prometheus' own form of text.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Counters, and how things are at this moment.
#[utoipa::path(get, path = "/metrics", tag = "service", responses((status = 200, description = "Prometheus' form of text.", body = String, content_type = "text/plain")), security(("key" = [])))]
pub async fn show(_: Owner, state: Data<AppState>) -> HttpResponse {
    let mut text = metrics::text();
    let views = state.gateway.roster.views();
    let mut states: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for view in &views {
        *states.entry((view.account.provider.as_str(), view.health.state().name())).or_default() += 1;
    }
    text.push_str("# HELP qianqiao_accounts Accounts by state.\n# TYPE qianqiao_accounts gauge\n");
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
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
    }
    HttpResponse::Ok().insert_header(("content-type", TEXT)).body(text)
}
