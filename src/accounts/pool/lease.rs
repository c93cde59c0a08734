//! The use of an account by one request.

use std::sync::Arc;
use std::time::Duration;

use super::Pool;
use crate::accounts::clock::Millis;
use crate::accounts::{Account, Outcome};

/// The use of an account by one request. It ends when it is dropped, however the request ends.
#[derive(Debug)]
pub struct Lease {
    pub(super) pool: Arc<Pool>,
    pub(super) account: Arc<Account>,
    pub(super) slot: usize,
    pub(super) serial: u64,
    pub(super) probe: bool,
    pub(super) began: Millis,
    pub(super) end: End,
}

/// How a request ended, as far as the account is concerned. Nothing, if it was broken off.
#[derive(Debug, Default)]
pub struct End {
    /// What it tells about the account's health.
    pub outcome: Option<Outcome>,
    /// From sending the request to the first output.
    pub first_token: Option<Duration>,
    /// Tokens used, question and answer together.
    pub tokens: u64,
}

/// A lease that is given back.
#[derive(Debug, Clone, Copy)]
pub struct Returned<'a> {
    pub account: &'a Account,
    pub slot: usize,
    pub serial: u64,
    pub probe: bool,
    pub began: Millis,
}

impl Lease {
    /// The account as it was when the lease began.
    pub const fn account(&self) -> &Arc<Account> {
        &self.account
    }

    /// The account's number in the pool, which tells it from others.
    pub const fn serial(&self) -> u64 {
        self.serial
    }

    /// There is output: a probe need not end before others may use the account, too.
    pub fn prove(&self) {
        if self.probe {
            self.pool.prove(self.slot, self.serial);
        }
    }

    /// Says how the request ended; takes effect when the lease is dropped.
    pub const fn end(&mut self) -> &mut End {
        &mut self.end
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let end = std::mem::take(&mut self.end);
        let Self { account, slot, serial, probe, began, .. } = self;
        let returned = Returned { account, slot: *slot, serial: *serial, probe: *probe, began: *began };
        self.pool.release(&returned, end);
    }
}
