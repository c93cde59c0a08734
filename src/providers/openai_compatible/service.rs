//! One service as a provider.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;

use super::decoder::CompatibleDecoder;
use super::dialect::Lack;
use super::manifest::{Manifest, Source};
use super::trouble;
use super::{KEY, recognise, request};
use crate::accounts::Account;
use crate::accounts::paste::{self, Paste, Recognition};
use crate::chat::{AccountTrouble, ChatRequest, Fault, FaultKind};
use crate::json;
use crate::providers::{
    Abilities, Alive, Call, Credentials, Decoder, EXPIRES, Encoded, Liveness, ModelInfo, ModelListing, Pictures,
    Provider,
};
use crate::upstream::{HeaderName, HeaderValue, Method, Outgoing, ResponseHead, USER_AGENT, Uri, address, header};

/// A service that speaks OpenAI's dialect.
pub struct Service {
    manifest: Arc<Manifest>,
    chat_url: Result<Uri, Fault>,
    /// Whether requests pass without a change of their body.
    passes: bool,
}

impl Service {
    /// The service of `manifest`, whose address is settled.
    pub fn new(manifest: Manifest) -> Self {
        let passes = request::passes(&manifest.dialect);
        let chat_url = address(&format!("{}/chat/completions", manifest.base_url));
        Self { manifest: Arc::new(manifest), chat_url, passes }
    }

    /// The path that tells whether a key is good.
    fn check_path(&self) -> Option<&str> {
        let listed = (self.manifest.models.source == Source::Endpoint).then_some("/models");
        self.manifest.check.as_deref().or(listed).filter(|path| !path.is_empty())
    }

    fn host(&self) -> &str {
        self.chat_url.as_ref().ok().and_then(Uri::host).unwrap_or_default()
    }

    fn get(&self, path: &str, account: &Account) -> Result<Outgoing, Fault> {
        Ok(Outgoing {
            method: Method::GET,
            url: address(&format!("{}{path}", self.manifest.base_url))?,
            headers: self.headers(account, "application/json")?,
            body: Bytes::new(),
        })
    }

    fn headers(&self, account: &Account, accept: &'static str) -> Result<Vec<(HeaderName, HeaderValue)>, Fault> {
        let mut headers = vec![
            (header::ACCEPT, HeaderValue::from_static(accept)),
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (header::USER_AGENT, HeaderValue::from_static(USER_AGENT)),
            (header::ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        ];
        let key = account.part(KEY);
        if !key.is_empty() {
            let mut value = HeaderValue::try_from(format!("Bearer {key}")).map_err(|_| {
                Fault::new(FaultKind::Account(AccountTrouble::Expired), "The account's key cannot be sent in a header.")
            })?;
            value.set_sensitive(true);
            headers.push((header::AUTHORIZATION, value));
        }
        Ok(headers)
    }
}

impl Provider for Service {
    fn id(&self) -> &str {
        &self.manifest.id
    }

    fn name(&self) -> &str {
        &self.manifest.name
    }

    fn models(&self) -> Vec<ModelInfo> {
        let models = &self.manifest.models;
        let is_default = |name: &String| models.default.as_ref() == Some(name);
        models.known.iter().map(|name| ModelInfo { default: is_default(name), ..ModelInfo::new(name, name) }).collect()
    }

    fn abilities(&self) -> Abilities {
        let mut abilities = Abilities { files: self.manifest.dialect.files, ..Abilities::ALL };
        for lack in &self.manifest.dialect.lacks {
            match lack {
                Lack::Tools => abilities.tools = false,
                Lack::JsonObject => abilities.json = false,
                Lack::JsonSchema => abilities.schema = false,
                Lack::Stop => abilities.stop = false,
                Lack::MaxTokens => abilities.length = false,
                Lack::N => abilities.choices = false,
                Lack::Pictures => abilities.pictures = Pictures::None,
            }
        }
        abilities
    }

    fn encode(&self, request: &ChatRequest, model: &str, account: &Account) -> Result<Encoded, Fault> {
        let accept = if request.stream { "text/event-stream" } else { "application/json" };
        let outgoing = Outgoing {
            method: Method::POST,
            url: self.chat_url.clone()?,
            headers: self.headers(account, accept)?,
            body: request::body(&self.manifest.dialect, self.passes, request, model)?,
        };
        Ok(Encoded { call: Call::Http(outgoing), session: None })
    }

    fn decoder(&self, head: &ResponseHead) -> Result<Box<dyn Decoder>, Fault> {
        Ok(Box::new(CompatibleDecoder::new(&self.manifest, head)))
    }

    fn is_open(&self) -> bool {
        self.manifest.models.source == Source::Endpoint
    }

    fn model_listing(&self) -> Option<&dyn ModelListing> {
        (self.manifest.models.source == Source::Endpoint).then_some(self)
    }

    fn liveness(&self) -> Option<&dyn Liveness> {
        self.check_path().map(|_| self as &dyn Liveness)
    }

    fn credentials(&self) -> Option<&dyn Credentials> {
        Some(self)
    }

    fn expires(&self, account: &Account) -> Option<u64> {
        account.part(EXPIRES).parse().ok().or_else(|| paste::jwt_expiry(account.part(KEY)))
    }
}

impl Liveness for Service {
    fn request(&self, account: &Account) -> Result<Outgoing, Fault> {
        self.get(self.check_path().unwrap_or_default(), account)
    }

    fn read(&self, head: &ResponseHead, body: &[u8]) -> Result<Alive, Fault> {
        match head.status {
            200 => Ok(Alive::default()),
            401 => Err(trouble::from_body(&self.manifest, head, body)),
            // A key that may chat need not be allowed to list.
            status => Err(Fault::new(FaultKind::Protocol, format!("The check was answered with HTTP {status}."))),
        }
    }
}

impl Credentials for Service {
    fn recognise(&self, paste: &Paste, asked: bool, now: u64) -> Recognition {
        recognise::recognise(self.host(), paste, asked, now)
    }

    fn is_same(&self, account: &Account, credential: &BTreeMap<String, String>) -> bool {
        !account.part(KEY).is_empty() && credential.get(KEY).is_some_and(|key| key == account.part(KEY))
    }
}

#[derive(Deserialize)]
struct List {
    data: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
    name: Option<String>,
    /// OpenRouter's name for it.
    #[serde(default, deserialize_with = "json::number")]
    context_length: Option<json::Number>,
    /// Groq's.
    #[serde(default, deserialize_with = "json::number")]
    context_window: Option<json::Number>,
    /// vLLM's. Some services say it in more than one way.
    #[serde(default, deserialize_with = "json::number")]
    max_model_len: Option<json::Number>,
}

impl ModelListing for Service {
    fn request(&self, account: &Account) -> Result<Outgoing, Fault> {
        self.get("/models", account)
    }

    fn read(&self, head: &ResponseHead, body: &[u8]) -> Result<Vec<ModelInfo>, Fault> {
        let list: Option<List> = serde_json::from_slice(body).ok().filter(|_| head.status == 200);
        let list = list.ok_or_else(|| trouble::from_body(&self.manifest, head, body))?;
        let default = self.manifest.models.default.as_deref();
        let info = |listed: Listed| {
            let name = listed.name.unwrap_or_else(|| listed.id.clone());
            let told = listed.context_length.or(listed.context_window).or(listed.max_model_len);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a window is far below 2^53")]
            let window = told.map(|number| number.value as u64).filter(|window| *window > 0);
            ModelInfo { default: default == Some(&listed.id), window, ..ModelInfo::new(listed.id, name) }
        };
        Ok(list.data.into_iter().map(info).collect())
    }
}
