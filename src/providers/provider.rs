//! What a provider is. Encoding is pure, decoding is a push parser, and neither does I/O.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::abilities::Abilities;
use super::upload::Uploads;
use crate::accounts::Account;
use crate::accounts::paste::{Paste, Recognition};
use crate::chat::{ChatRequest, Decoded, Fault};
use crate::config::Config;
use crate::upstream::{Outgoing, ResponseHead};

/// A row of the table of providers: makes the providers that there are.
pub trait Kind: Sync {
    /// The providers, each with the accounts that the environment names. One without accounts is off until somebody puts
    /// one in. What is wrong but keeps nothing else from working goes to `warnings`.
    fn configured(&self, setup: &Setup<'_>, warnings: &mut Vec<String>) -> Vec<Configured>;
}

/// What a kind is made from.
pub struct Setup<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The owner's provider files: name and text.
    pub manifests: &'a [(String, String)],
}

/// A provider, with the accounts that the environment names.
pub struct Configured {
    /// The provider.
    pub provider: Box<dyn Provider>,
    /// Its accounts.
    pub accounts: Vec<Account>,
}

/// One service behind the API.
pub trait Provider: Send + Sync {
    /// A short, unique id: lower case letters, digits, `-` and `_`.
    fn id(&self) -> &str;

    /// A name for people.
    fn name(&self) -> &str {
        self.id()
    }

    /// Whether it answers only while no other provider has an account.
    fn stands_in(&self) -> bool {
        false
    }

    /// The models that are served while no list was fetched. May be empty.
    fn models(&self) -> Vec<ModelInfo>;

    /// What it does by itself. The rest is emulated, or refused, before [`Provider::encode`] sees the request.
    fn abilities(&self) -> Abilities {
        Abilities::PLAIN
    }

    /// How many tokens a conversation with `model` may have at most, if the provider knows better than its list.
    fn window(&self, _model: &str) -> Option<u64> {
        None
    }

    /// Writes `request` for the upstream.
    ///
    /// # Errors
    /// A fault of the request, if the provider cannot do what is asked; it names the field.
    fn encode(&self, request: &ChatRequest, model: &str, account: &Account) -> Result<Encoded, Fault>;

    /// A decoder for an answer with this head.
    ///
    /// # Errors
    /// If the head alone already says that there is no answer.
    fn decoder(&self, head: &ResponseHead) -> Result<Box<dyn Decoder>, Fault>;

    /// Familiar names under which models are served too.
    fn aliases(&self) -> &[&str] {
        &[]
    }

    /// The model that the familiar name `alias` stands for, among those that are `listed` now.
    fn alias(&self, _alias: &str, _listed: &[ModelInfo]) -> Option<String> {
        None
    }

    /// Whether the upstream may know models that no list names; then an unknown name is tried there.
    fn is_open(&self) -> bool {
        false
    }

    /// The power to ask the upstream for its models.
    fn model_listing(&self) -> Option<&dyn ModelListing> {
        None
    }

    /// The power to remove the conversations that the API made.
    fn sessions(&self) -> Option<&dyn Sessions> {
        None
    }

    /// The power to take pictures that are uploaded beforehand.
    fn uploads(&self) -> Option<&dyn Uploads> {
        None
    }

    /// The power to find out whether an account is signed in.
    fn liveness(&self) -> Option<&dyn Liveness> {
        None
    }

    /// The power to renew a credential that runs out within hours.
    fn renewal(&self) -> Option<&dyn Renewal> {
        None
    }

    /// The power to recognise a credential in what somebody pasted.
    fn credentials(&self) -> Option<&dyn Credentials> {
        None
    }

    /// The credential after the upstream set these cookies, if that changes it.
    fn rolled(&self, _account: &Account, _set_cookies: &[String]) -> Option<BTreeMap<String, String>> {
        None
    }

    /// When the account's credential says that it ends, in seconds since 1970.
    fn expires(&self, account: &Account) -> Option<u64> {
        account.part(EXPIRES).parse().ok()
    }
}

/// The credential's part that says when it ends, in seconds since 1970.
pub const EXPIRES: &str = "expires";

/// Finds out whether an account is signed in, without using it up.
pub trait Liveness {
    /// The request.
    ///
    /// # Errors
    /// If the account's credential, or the address, cannot be written into one.
    fn request(&self, account: &Account) -> Result<Outgoing, Fault>;

    /// Reads the answer.
    ///
    /// # Errors
    /// If it shows that nobody is signed in, or nothing at all.
    fn read(&self, head: &ResponseHead, body: &[u8]) -> Result<Alive, Fault>;
}

/// An account that is signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alive {
    /// Who it is at the upstream, if the answer says so. Never a secret.
    pub identity: Option<String>,
}

/// Renews credentials that run out within hours. What it renews may be good for one use only, so the gateway sees to it
/// that one renewal goes on at a time and that its result is kept before it is used.
pub trait Renewal {
    /// Whether the account's credential must be renewed before it is used at `now`, in seconds since 1970.
    fn is_due(&self, account: &Account, now: u64) -> bool;

    /// The request.
    ///
    /// # Errors
    /// As [`Liveness::request`].
    fn request(&self, account: &Account) -> Result<Outgoing, Fault>;

    /// Reads the new credential.
    ///
    /// # Errors
    /// If there is none.
    fn read(&self, account: &Account, head: &ResponseHead, body: &[u8]) -> Result<BTreeMap<String, String>, Fault>;
}

/// Recognises credentials.
pub trait Credentials {
    /// Looks for a credential of this provider; `asked` says that the owner named the provider, `now` is in seconds since
    /// 1970.
    fn recognise(&self, paste: &Paste, asked: bool, now: u64) -> Recognition;

    /// Whether `credential` signs in as `account` does, as far as can be seen without asking the upstream.
    fn is_same(&self, account: &Account, credential: &BTreeMap<String, String>) -> bool;
}

/// Asks an upstream for its models.
pub trait ModelListing {
    /// The request.
    ///
    /// # Errors
    /// If the account's credential, or the address, cannot be written into one.
    fn request(&self, account: &Account) -> Result<Outgoing, Fault>;

    /// Reads the answer.
    ///
    /// # Errors
    /// If it holds no list.
    fn read(&self, head: &ResponseHead, body: &[u8]) -> Result<Vec<ModelInfo>, Fault>;
}

/// Removes conversations from an upstream's history.
pub trait Sessions {
    /// The request that removes `sessions`.
    ///
    /// # Errors
    /// As [`ModelListing::request`].
    fn delete(&self, account: &Account, sessions: &[String]) -> Result<Outgoing, Fault>;
}

/// Turns an upstream's bytes into events, wherever they are cut.
pub trait Decoder {
    /// Takes more bytes.
    ///
    /// # Errors
    /// What the upstream says is wrong, or what is wrong with the upstream.
    fn push(&mut self, bytes: &[u8], out: &mut Vec<Decoded>) -> Result<(), Fault>;

    /// The upstream has ended.
    ///
    /// # Errors
    /// As [`Decoder::push`]; also when the answer is not whole.
    fn finish(&mut self, out: &mut Vec<Decoded>) -> Result<(), Fault>;

    /// How near the end is.
    fn ending(&self) -> Ending;
}

/// How near an answer is to its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// More is to come.
    #[default]
    Open,
    /// It is whole, but something small (usage) may follow shortly.
    Closing,
    /// Nothing follows; the connection need not be read any further.
    Closed,
}

/// An encoded request.
pub struct Encoded {
    /// What is to be done.
    pub call: Call,
    /// The conversation that this opens in the upstream's history, if it is to be removed afterwards.
    pub session: Option<String>,
}

/// How an answer is had.
pub enum Call {
    /// By asking an upstream.
    Http(Outgoing),
    /// It is here already.
    Here(Bytes),
}

/// A model that a provider serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// The provider's own id for it.
    pub id: String,
    /// A name for people.
    pub name: String,
    /// Whether the provider takes it when no model is named.
    pub default: bool,
    /// How many tokens a conversation may have, if the list says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<u64>,
    /// Whether it sees pictures, if the list says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sees: Option<bool>,
}

impl ModelInfo {
    /// A model that is not the default.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into(), default: false, window: None, sees: None }
    }
}
