//! What ends an answer from our side, however far it has come.

use futures_util::future::LocalBoxFuture;

use super::Permit;
use crate::chat::{Fault, FaultKind};
use crate::keys::ApiKey;

/// Resolves, once, when an answer has to end now, and says why: the service stops, or the key that asked was taken back.
pub fn cut(permit: &Permit, key: Option<&ApiKey>) -> LocalBoxFuture<'static, Fault> {
    let stopped = permit.cut().cancelled_owned();
    let stopping = || Fault::new(FaultKind::Stopping, "The service is restarting; the answer is not whole.");
    let Some(revoked) = key.map(|key| key.revocation().cancelled_owned()) else {
        return Box::pin(async move {
            stopped.await;
            stopping()
        });
    };
    Box::pin(async move {
        tokio::select! {
            () = stopped => stopping(),
            () = revoked => Fault::new(FaultKind::Revoked, "The API key was taken back; the answer is not whole."),
        }
    })
}
