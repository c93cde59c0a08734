//! How many answers may be under way, and whether new ones are taken at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;

use crate::chat::{Fault, FaultKind};

/// The door.
#[derive(Debug)]
pub struct Admission {
    under_way: AtomicU64,
    most: u64,
    stopping: AtomicBool,
    /// Says the same as `stopping` to those who wait for it.
    stop: CancellationToken,
    cut: CancellationToken,
}

impl Admission {
    /// A door that lets `most` answers be under way.
    pub fn new(most: u64) -> Arc<Self> {
        Arc::new(Self {
            under_way: AtomicU64::new(0),
            most,
            stopping: AtomicBool::new(false),
            stop: CancellationToken::new(),
            cut: CancellationToken::new(),
        })
    }

    /// Lets one answer in.
    ///
    /// # Errors
    /// If too many are under way, or the service is stopping.
    pub fn enter(self: &Arc<Self>) -> Result<Permit, Fault> {
        if self.stopping.load(Ordering::Acquire) {
            return Err(Fault::new(FaultKind::Stopping, "The service is restarting; try again in a few seconds."));
        }
        let permit = Permit(Arc::clone(self));
        if self.under_way.fetch_add(1, Ordering::AcqRel) >= self.most {
            let message = "The service answers as many requests as it may (MAX_CONCURRENT); try again shortly.";
            return Err(Fault::new(FaultKind::Busy, message));
        }
        Ok(permit)
    }

    /// How many answers are under way.
    pub fn under_way(&self) -> u64 {
        self.under_way.load(Ordering::Acquire)
    }

    /// Lets nobody in any more.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.stop.cancel();
    }

    /// Resolves when nobody is let in any more.
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Ends every answer that is still under way.
    pub fn cut(&self) {
        self.cut.cancel();
    }
}

/// The right to be under way; given back when dropped.
#[derive(Debug)]
pub struct Permit(Arc<Admission>);

impl Permit {
    /// Resolves when the answer has to end now.
    pub fn cut(&self) -> CancellationToken {
        self.0.cut.clone()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_may_be_under_way() {
        let door = Admission::new(2);
        let (first, _second) = (door.enter().unwrap(), door.enter().unwrap());
        assert_eq!(door.enter().unwrap_err().kind, FaultKind::Busy);
        assert_eq!(door.under_way(), 2);
        drop(first);
        assert!(door.enter().is_ok());
        door.stop();
        assert_eq!(door.enter().unwrap_err().kind, FaultKind::Stopping);
    }
}
