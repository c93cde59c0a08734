//! The domestic Qianwen (通义千问) web chat, third generation of its protocol, unsigned.
//!
//! Sent are the owner's cookie and the plain headers that the protocol needs. Request signatures, TLS fingerprints and
//! device material are not sent; when the site insists on them, or on a person, the account waits for its owner.

mod credential;
mod cumulative;
mod decoder;
mod encode;
mod frame;
mod markers;
mod models;
mod sessions;
mod thinking;
mod trouble;

use crate::accounts::Account;
use crate::chat::{ChatRequest, Fault};
use crate::providers::{
    Call, Configured, Decoder, Encoded, Kind, ModelInfo, ModelListing, Provider, Sessions, Setup, unsupported,
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
        if accounts.is_empty() {
            return Vec::new();
        }
        let hosts = Hosts::new(config.settings.qianwen_base_url.as_deref());
        let web = Web { hosts, keep_sessions: config.settings.qianwen_keep_sessions };
        vec![Configured { provider: Box::new(web), accounts }]
    }
}

/// The site's hosts. One origin may stand in for all of them.
struct Hosts {
    chat: String,
    api: String,
}

impl Hosts {
    fn new(stand_in: Option<&str>) -> Self {
        let host = |real: &str| stand_in.unwrap_or(real).to_owned();
        Self { chat: host("https://chat2.qianwen.com"), api: host("https://chat2-api.qianwen.com") }
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

    fn models(&self) -> Vec<ModelInfo> {
        models::built_in()
    }

    fn aliases(&self) -> &[&str] {
        &models::ALIASES
    }

    fn alias(&self, alias: &str, listed: &[ModelInfo]) -> Option<String> {
        models::alias(alias, listed)
    }

    fn encode(&self, request: &ChatRequest, model: &str, account: &Account) -> Result<Encoded, Fault> {
        unsupported(request, "the Qianwen web chat")?;
        let (outgoing, session) = encode::chat(&self.hosts.chat, request, model, account)?;
        Ok(Encoded { call: Call::Http(outgoing), session: (!self.keep_sessions).then_some(session) })
    }

    fn decoder(&self, head: &ResponseHead) -> Result<Box<dyn Decoder>, Fault> {
        Ok(Box::new(decoder::QianwenDecoder::new(head)))
    }

    fn model_listing(&self) -> Option<&dyn ModelListing> {
        Some(self)
    }

    fn sessions(&self) -> Option<&dyn Sessions> {
        Some(self)
    }
}
