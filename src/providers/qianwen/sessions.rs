//! Removes the conversations that the API made from the site's history.

use serde::Serialize;

use super::{Web, encode};
use crate::accounts::Account;
use crate::providers::Sessions;
use crate::upstream::{Method, Outgoing};

#[derive(Serialize)]
struct Batch<'a> {
    session_ids: &'a [String],
}

impl Sessions for Web {
    fn delete(&self, account: &Account, sessions: &[String]) -> Outgoing {
        let body: bytes::Bytes = serde_json::to_vec(&Batch { session_ids: sessions }).unwrap_or_default().into();
        let url = format!("{}/api/v1/session/delete/batch", self.hosts.api);
        encode::call(Method::POST, &url, account, body.clone()).unwrap_or(Outgoing {
            method: Method::POST,
            url,
            headers: Vec::new(),
            body,
        })
    }
}
