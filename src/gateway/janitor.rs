//! Removes the conversations that answers leave in an upstream's history: in batches, off every request's path.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::roster::Member;
use crate::accounts::Account;
use crate::upstream::Client;

/// How long conversations are gathered before they are removed together.
const GATHER: Duration = Duration::from_secs(2);

/// How many are removed with one call.
const BATCH: usize = 50;

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where ended conversations are handed in. Cheap to clone.
#[derive(Clone)]
pub struct Janitor(mpsc::UnboundedSender<Ended>);

/// The receiving end, which the keeper empties.
pub struct Bin(mpsc::UnboundedReceiver<Ended>);

struct Ended {
    member: Arc<Member>,
    account: Arc<Account>,
    id: String,
}

/// A conversation that is removed some time after this is dropped.
pub struct Session {
    ended: Option<Ended>,
    to: Janitor,
}

impl Janitor {
    /// A janitor and the bin that it empties.
    pub fn new() -> (Self, Bin) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), Bin(receiver))
    }

    /// Watches over the conversation `id`.
    pub fn session(&self, member: &Arc<Member>, account: &Arc<Account>, id: String) -> Session {
        let ended = Ended { member: Arc::clone(member), account: Arc::clone(account), id };
        Session { ended: Some(ended), to: self.clone() }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(ended) = self.ended.take() {
            // Nobody listens only while the service stops; then the conversation stays in the history.
            let _ = self.to.0.send(ended);
        }
    }
}

/// Removes conversations for ever.
pub async fn work(client: Client, mut bin: Bin) {
    while let Some(first) = bin.0.recv().await {
        let mut batch = vec![first];
        let gathering = async {
            while batch.len() < BATCH {
                match bin.0.recv().await {
                    Some(ended) => batch.push(ended),
                    None => break,
                }
            }
        };
        let _ = timeout(GATHER, gathering).await;
        while !batch.is_empty() {
            remove(&client, &mut batch).await;
        }
    }
}

/// Removes what the first one's account left; the others stay in `batch`.
async fn remove(client: &Client, batch: &mut Vec<Ended>) {
    let account = Arc::clone(&batch[0].account);
    let member = Arc::clone(&batch[0].member);
    let ids: Vec<String> = batch.extract_if(.., |ended| ended.account.id == account.id).map(|ended| ended.id).collect();
    let Some(power) = member.provider.sessions() else { return };
    let result = match power.delete(&account, &ids) {
        Ok(outgoing) => client.fetch(outgoing, 64 << 10, PATIENCE).await,
        Err(fault) => Err(fault),
    };
    match result {
        Ok((head, _)) if head.status < 300 => log::debug!("{}: {} conversations removed", account.id, ids.len()),
        Ok((head, _)) => log::warn!("{}: {} conversations stay: HTTP {}", account.id, ids.len(), head.status),
        Err(fault) => log::warn!("{}: {} conversations stay: {:?}", account.id, ids.len(), fault.kind),
    }
}
