//! Asks an upstream for its models.

use std::sync::Arc;
use std::time::Duration;

use super::roster::Member;
use crate::accounts::Account;
use crate::accounts::clock::Millis;
use crate::chat::{Fault, FaultKind};
use crate::providers::ModelInfo;
use crate::store::{Database, ModelsRecord, Record};
use crate::upstream::Client;

/// How long one fetch may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The largest list, in bytes.
const LIMIT: usize = 8 << 20;

/// The provider's default model; asks the upstream for its models first, if none is known yet.
pub async fn default_model(client: &Client, member: &Member, account: &Arc<Account>) -> Result<String, Fault> {
    let known = || member.listing().default_model().map(|model| model.id.clone());
    if let Some(model) = known() {
        return Ok(model);
    }
    fetch(client, member, &[Arc::clone(account)]).await?;
    known().ok_or_else(nothing)
}

/// Fetches the list and takes it over; returns how many models it holds.
pub async fn fetch(client: &Client, member: &Member, accounts: &[Arc<Account>]) -> Result<usize, Fault> {
    let listing = member.provider.model_listing().ok_or_else(nothing)?;
    let mut last = nothing();
    // One account's trouble must not hide the models that all of them have.
    for account in accounts {
        match client.fetch(listing.request(account)?, LIMIT, PATIENCE).await {
            Ok((head, body)) => match listing.read(&head, &body) {
                Ok(models) if models.is_empty() => last = nothing(),
                Ok(models) => {
                    let count = models.len();
                    member.list(models, true);
                    return Ok(count);
                }
                Err(fault) => last = fault,
            },
            Err(fault) => last = fault,
        }
    }
    Err(last)
}

/// Keeps the list, so that it is served after a restart even while the provider is down.
pub fn keep(database: &Database, member: &Member, now: Millis) {
    let body = serde_json::to_string(&member.listing().models).unwrap_or_default();
    let provider = member.provider.id().to_owned();
    let at_ms = i64::try_from(now).unwrap_or(i64::MAX);
    database.put(Record::Models(ModelsRecord { provider, body, at_ms }));
}

/// Takes over a list that was kept, if it is still of use.
pub fn restore(member: &Member, kept: &ModelsRecord) {
    if let Ok(models) = serde_json::from_str::<Vec<ModelInfo>>(&kept.body)
        && !models.is_empty()
        && member.provider.model_listing().is_some()
    {
        member.list(models, true);
    }
}

fn nothing() -> Fault {
    Fault::new(FaultKind::Protocol, "The upstream lists no models; name one in the request.")
}
