//! Removes the conversations that the API made from the site's history.

use serde::Serialize;

use super::{Web, encode};
use crate::accounts::Account;
use crate::chat::Fault;
use crate::providers::Sessions;
use crate::upstream::{Method, Outgoing};

#[derive(Serialize)]
struct Batch<'a> {
    session_ids: &'a [String],
}

impl Sessions for Web {
    fn delete(&self, account: &Account, sessions: &[String]) -> Result<Outgoing, Fault> {
        let body = serde_json::to_vec(&Batch { session_ids: sessions }).unwrap_or_default();
        encode::call(Method::POST, &format!("{}/api/v1/session/delete/batch", self.hosts.api), account, body.into())
    }
}
