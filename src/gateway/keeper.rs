//! What goes on in the background, on a thread of its own work: the lists of models, and tidying up.

use std::sync::Arc;
use std::time::Duration;

use super::janitor::{self, Bin};
use super::roster::{Member, Roster};
use crate::chat::{Fault, FaultKind};
use crate::upstream::Client;

/// How often lists of models are fetched. Sites change theirs about monthly.
const EVERY: Duration = Duration::from_secs(30 * 60);

/// How soon a failed fetch is tried again.
const AGAIN: Duration = Duration::from_secs(60);

/// How long one fetch may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The largest list, in bytes.
const LIMIT: usize = 8 << 20;

/// Keeps the lists fresh and the histories tidy until it is dropped.
pub async fn keep(client: Client, roster: impl AsRef<Roster>, bin: Bin) {
    let members = roster.as_ref().members.iter().filter(|member| member.provider.model_listing().is_some());
    let lists = members.map(|member| keep_list(client.clone(), Arc::clone(member)));
    let lists = futures_util::future::join_all(lists);
    futures_util::future::join(lists, janitor::work(client.clone(), bin)).await;
}

async fn keep_list(client: Client, member: Arc<Member>) {
    let id = member.provider.id().to_owned();
    loop {
        let wait = match fetch(&client, &member).await {
            Ok(count) => {
                log::info!("{id}: {count} models listed");
                EVERY
            }
            Err(fault) => {
                let kind = fault.kind;
                log::warn!("{id}: the list of models was not fetched ({kind:?}); the known ones are served");
                AGAIN
            }
        };
        tokio::time::sleep(wait).await;
    }
}

async fn fetch(client: &Client, member: &Member) -> Result<usize, Fault> {
    let nothing = || Fault::new(FaultKind::Protocol, "the list is empty");
    let listing = member.provider.model_listing().ok_or_else(nothing)?;
    let mut last = nothing();
    // One account's trouble must not hide the models that all of them have.
    for account in member.pool.all() {
        match client.fetch(listing.request(account), LIMIT, PATIENCE).await {
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
