//! Waiting for an account: first come, first served, in bounds, and never longer than a deadline.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use super::Pool;
use super::wanted::{Denied, Granted, Wanted};
use crate::accounts::clock::Millis;

/// Somebody who waits.
#[derive(Debug)]
pub struct Waiter {
    pub id: u64,
    pub wanted: Wanted,
    pub tried: Vec<u64>,
    pub give: oneshot::Sender<Result<Granted, Denied>>,
}

/// A place in the queue; given up when it is dropped.
#[derive(Debug)]
pub struct Queued {
    pub(super) pool: Arc<Pool>,
    pub(super) id: u64,
    pub(super) given: oneshot::Receiver<Result<Granted, Denied>>,
    pub(super) deadline: Instant,
    pub(super) opens: Option<Millis>,
}

impl Queued {
    /// Waits for an account.
    ///
    /// # Errors
    /// If the deadline passes, or no account could answer any more.
    pub async fn granted(mut self) -> Result<Granted, Denied> {
        loop {
            let opens = self.opens.take().map(|at| Duration::from_millis(at.saturating_sub(self.pool.now()).max(1)));
            let wake = opens.map_or(self.deadline, |wait| (Instant::now() + wait).min(self.deadline));
            tokio::select! {
                given = &mut self.given => return given.unwrap_or_else(|_| Err(Denied::default())),
                () = sleep_until(wake) => {}
            }
            if Instant::now() >= self.deadline {
                return match self.pool.leave_queue(self.id) {
                    Some(denied) => Err(denied),
                    // Taken out of the queue just now, so the answer is on its way.
                    None => (&mut self.given).await.unwrap_or_else(|_| Err(Denied::default())),
                };
            }
            self.opens = self.pool.look_again(self.id);
        }
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        self.pool.leave_queue(self.id);
    }
}
