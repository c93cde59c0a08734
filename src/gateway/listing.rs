//! Asks an upstream for its models.

use std::time::Duration;

use super::roster::Member;
use crate::chat::{Fault, FaultKind};
use crate::upstream::Client;

/// How long one fetch may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The largest list, in bytes.
const LIMIT: usize = 8 << 20;

/// The provider's default model; asks the upstream for its models first, if none is known yet.
pub async fn default_model(client: &Client, member: &Member) -> Result<String, Fault> {
    let known = || member.listing().default_model().map(|model| model.id.clone());
    if let Some(model) = known() {
        return Ok(model);
    }
    fetch(client, member).await?;
    known().ok_or_else(nothing)
}

/// Fetches the list and takes it over; returns how many models it holds.
pub async fn fetch(client: &Client, member: &Member) -> Result<usize, Fault> {
    let listing = member.provider.model_listing().ok_or_else(nothing)?;
    let mut last = nothing();
    // One account's trouble must not hide the models that all of them have.
    for account in member.pool.all() {
        match client.fetch(listing.request(account)?, LIMIT, PATIENCE).await {
            Ok((head, body)) => match listing.read(&head, &body) {
                Ok(models) if models.is_empty() => last = nothing(),
                Ok(models) => {
                    let count = models.len();
                    member.list(models);
                    return Ok(count);
                }
                Err(fault) => last = fault,
            },
            Err(fault) => last = fault,
        }
    }
    Err(last)
}

fn nothing() -> Fault {
    Fault::new(FaultKind::Protocol, "The upstream lists no models; name one in the request.")
}
