//! What goes on in the background, on a thread of its own work: the lists of models, and tidying up.

use std::sync::Arc;
use std::time::Duration;

use super::janitor::{self, Bin};
use super::listing::fetch;
use super::roster::{Member, Roster};
use crate::upstream::Client;

/// How often lists of models are fetched. Sites change theirs about monthly.
const EVERY: Duration = Duration::from_secs(30 * 60);

/// How soon a failed fetch is tried again.
const AGAIN: Duration = Duration::from_secs(60);

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
