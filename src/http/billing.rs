//! The balance that NextChat and one-api ask for. There is none here, so the figures only keep them content.

use actix_web::{HttpResponse, Responder};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;

/// A balance that never ends.
#[derive(Serialize, ToSchema)]
struct Subscription {
    object: &'static str,
    has_payment_method: bool,
    soft_limit_usd: f64,
    hard_limit_usd: f64,
    system_hard_limit_usd: f64,
    access_until: i64,
}

/// What was spent: nothing.
#[derive(Serialize, ToSchema)]
#[schema(as = BillingUsage)]
struct Usage {
    object: &'static str,
    total_usage: f64,
}

/// "Unlimited".
///
/// There is no balance here; the figures only keep clients content that ask for one.
#[utoipa::path(get, path = "/v1/dashboard/billing/subscription", tag = "billing", responses((status = 200, description = "A balance that never ends.", body = Subscription)), security(("key" = [])))]
pub async fn subscription(_: Caller) -> impl Responder {
    const UNLIMITED: f64 = 100_000_000.0;
    HttpResponse::Ok().json(Subscription {
        object: "billing_subscription",
        has_payment_method: true,
        soft_limit_usd: UNLIMITED,
        hard_limit_usd: UNLIMITED,
        system_hard_limit_usd: UNLIMITED,
        access_until: 0,
    })
}

/// "Nothing spent".
#[utoipa::path(get, path = "/v1/dashboard/billing/usage", tag = "billing", responses((status = 200, description = "Nothing.", body = Usage)), security(("key" = [])))]
pub async fn usage(_: Caller) -> impl Responder {
    HttpResponse::Ok().json(Usage { object: "list", total_usage: 0.0 })
}
