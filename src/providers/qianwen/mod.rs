//! The domestic Qianwen (通义千问) web chat, third generation of its protocol, unsigned.
//!
//! Sent are the owner's cookie and the plain headers that the protocol needs. Request signatures, TLS fingerprints and
//! device material are not sent; when the site insists on them, or on a person, the account waits for its owner.

mod bucket;
mod credential;
mod cumulative;
mod decoder;
mod encode;
mod frame;
mod liveness;
mod markers;
mod models;
mod recognise;
mod resource;
mod rolled;
mod sessions;
mod sources;
mod thinking;
mod trouble;
mod turns;
mod upload;

use std::collections::BTreeMap;

use crate::accounts::Account;
use crate::accounts::paste::{Paste, Recognition};
use crate::chat::{ChatRequest, Fault};
use crate::providers::{
    Abilities, Call, Configured, Credentials, Decoder, Encoded, Kind, Liveness, ModelInfo, ModelListing, Pictures,
    Provider, Sessions, Setup, Uploads,
};
use crate::upstream::ResponseHead;

/// The provider's id.
const ID: &str = "qianwen";

/// The kind: one provider, if there is at least one account.
pub struct Qianwen;

impl Kind for Qianwen {
    fn configured(&self, setup: &Setup<'_>, warnings: &mut Vec<String>) -> Vec<Configured> {
        let config = setup.config;
        let accounts: Vec<_> = config.cn_accounts.iter().map(|cn| credential::account(cn, warnings)).collect();
        let hosts = Hosts::new(config.settings.qianwen_base_url.as_deref());
        let web = Web { hosts, keep_sessions: config.settings.qianwen_keep_sessions };
        vec![Configured { provider: Box::new(web), accounts }]
    }
}

/// How many tokens of a conversation the site heeds: beyond about 27,000 it forgets silently (BAX, measured in 2026-05 and
/// 06, one source; whether it is so for every model is unproven).
const WINDOW: u64 = 27_000;

/// The site's hosts. One origin may stand in for all of them.
#[derive(Clone)]
struct Hosts {
    chat: String,
    api: String,
    account: String,
    workspace: String,
    side: String,
    /// The origin that stands in, also for hosts that only the site can name.
    stand_in: Option<String>,
}

impl Hosts {
    fn new(stand_in: Option<&str>) -> Self {
        let host = |real: &str| stand_in.unwrap_or(real).to_owned();
        Self {
            chat: host("https://chat2.qianwen.com"),
            api: host("https://chat2-api.qianwen.com"),
            account: host("https://api.qianwen.com"),
            workspace: host("https://workspace-res.qianwen.com"),
            side: host("https://chat-side.qianwen.com"),
            stand_in: stand_in.map(str::to_owned),
        }
    }
}

struct Web {
    hosts: Hosts,
    keep_sessions: bool,
}

impl Provider for Web {
    fn id(&self) -> &str {
        ID
    }

    fn name(&self) -> &str {
        "Qianwen 通义千问"
    }

    fn models(&self) -> Vec<ModelInfo> {
        models::built_in()
    }

    fn abilities(&self) -> Abilities {
        Abilities { pictures: Pictures::Uploaded, ..Abilities::PLAIN }
    }

    fn window(&self, _model: &str) -> Option<u64> {
        Some(WINDOW)
    }

    fn aliases(&self) -> &[&str] {
        &models::ALIASES
    }

    fn alias(&self, alias: &str, listed: &[ModelInfo]) -> Option<String> {
        models::alias(alias, listed)
    }

    fn encode(&self, request: &ChatRequest, model: &str, account: &Account) -> Result<Encoded, Fault> {
        let (outgoing, session) = encode::chat(&self.hosts.chat, request, model, account)?;
        Ok(Encoded { call: Call::Http(outgoing), session: (!self.keep_sessions).then_some(session) })
    }

    fn decoder(&self, head: &ResponseHead) -> Result<Box<dyn Decoder>, Fault> {
        if rolled::is_guest(&head.set_cookies) {
            return Err(trouble::guest());
        }
        Ok(Box::new(decoder::QianwenDecoder::new(head)))
    }

    fn model_listing(&self) -> Option<&dyn ModelListing> {
        Some(self)
    }

    fn sessions(&self) -> Option<&dyn Sessions> {
        Some(self)
    }

    fn uploads(&self) -> Option<&dyn Uploads> {
        Some(self)
    }

    fn liveness(&self) -> Option<&dyn Liveness> {
        Some(self)
    }

    fn credentials(&self) -> Option<&dyn Credentials> {
        Some(self)
    }

    fn rolled(&self, account: &Account, set_cookies: &[String]) -> Option<BTreeMap<String, String>> {
        rolled::rolled(account, set_cookies)
    }
}

impl Credentials for Web {
    fn recognise(&self, paste: &Paste, asked: bool, now: u64) -> Recognition {
        recognise::recognise(paste, asked, now)
    }

    fn is_same(&self, account: &Account, credential: &BTreeMap<String, String>) -> bool {
        let ticket = credential::ticket(account.part(credential::COOKIE));
        ticket.is_some() && credential.get(credential::COOKIE).and_then(|cookie| credential::ticket(cookie)) == ticket
    }
}
