//! Who can be asked: the providers, their accounts and their models.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::names::Names;
use super::prepare::Overflow;
use crate::accounts::{Group, Pool, View};
use crate::metrics::Outcomes;
use crate::providers::{ModelInfo, Provider};

/// Words in the ids of models that do not chat; lists mix them with those that do.
const OTHER_TRADES: [&str; 14] = [
    "embed",
    "rerank",
    "tts",
    "whisper",
    "asr",
    "speech",
    "audio",
    "image",
    "dall-e",
    "video",
    "ocr",
    "moderation",
    "realtime",
    "bge-",
];

/// One provider with its accounts and its current list of models.
pub struct Member {
    /// The provider.
    pub provider: Box<dyn Provider>,
    /// Its accounts; it is switched on while it has any.
    pub group: Group,
    /// What is done with conversations that are too long for its models.
    pub overflow: Arc<Overflow>,
    /// What became of attempts at it.
    pub outcomes: Outcomes,
    /// Replaced as a whole; the lock is held for the time of one copy of the pointer.
    listing: RwLock<Arc<Listing>>,
}

/// The models of one provider at one time.
#[derive(Debug, Default)]
pub struct Listing {
    /// The models, as the provider orders them.
    pub models: Vec<ModelInfo>,
    /// Whether the upstream itself named them.
    pub fetched: bool,
    /// Where the model stands that is taken when none is named.
    default: Option<usize>,
}

impl Listing {
    /// The model with this id; exact first, then without regard to case.
    pub fn find(&self, id: &str) -> Option<&ModelInfo> {
        let exact = self.models.iter().find(|model| model.id == id);
        exact.or_else(|| self.models.iter().find(|model| model.id.eq_ignore_ascii_case(id)))
    }

    /// The model to take when none is named: the provider's own choice, else the first one that chats.
    pub fn default_model(&self) -> Option<&ModelInfo> {
        self.models.get(self.default?)
    }

    fn new(models: Vec<ModelInfo>, fetched: bool) -> Self {
        let chats = |model: &ModelInfo| !OTHER_TRADES.iter().any(|word| model.id.to_lowercase().contains(word));
        let chosen = models.iter().position(|model| model.default);
        let default = chosen.or_else(|| models.iter().position(chats)).or((!models.is_empty()).then_some(0));
        Self { models, fetched, default }
    }
}

impl Member {
    fn new(provider: Box<dyn Provider>, pool: &Pool, overflow: &Arc<Overflow>) -> Self {
        let listing = Listing::new(provider.models(), false);
        let group = pool.group(provider.id());
        let outcomes = Outcomes::of(provider.id());
        let overflow = Arc::clone(overflow);
        Self { provider, group, overflow, outcomes, listing: RwLock::new(Arc::new(listing)) }
    }

    /// The models now.
    pub fn listing(&self) -> Arc<Listing> {
        Arc::clone(&self.listing.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes over what the upstream names, or named before the last restart.
    pub fn list(&self, models: Vec<ModelInfo>, fetched: bool) {
        let listing = Arc::new(Listing::new(models, fetched));
        *self.listing.write().unwrap_or_else(PoisonError::into_inner) = listing;
    }
}

/// Everybody who can be asked, in the order in which a model's name is looked up.
pub struct Roster {
    /// The providers, those without accounts included.
    pub members: Vec<Arc<Member>>,
    /// All accounts.
    pub pool: Arc<Pool>,
    /// What is done with conversations that are too long.
    pub overflow: Arc<Overflow>,
    /// Models that only one account may answer: name → the account's number.
    pub(super) pins: BTreeMap<String, u32>,
    /// What the owner calls models; replaced as a whole.
    names: RwLock<Arc<Names>>,
}

impl Roster {
    /// A roster of `providers`.
    pub fn new(providers: Vec<Box<dyn Provider>>, pool: Arc<Pool>, pins: BTreeMap<String, u32>) -> Self {
        let overflow = Arc::default();
        let members = providers.into_iter().map(|one| Arc::new(Member::new(one, &pool, &overflow))).collect();
        Self { members, pool, overflow, pins, names: RwLock::default() }
    }

    /// The providers that are switched on. One that stands in is so only while there is no other.
    pub fn active(&self) -> impl Iterator<Item = &Arc<Member>> {
        let real = self.members.iter().any(|member| !member.provider.stands_in() && member.group.size() > 0);
        self.members.iter().filter(move |member| member.group.size() > 0 && !(real && member.provider.stands_in()))
    }

    /// The accounts of the providers that are switched on: one that stands in answers nothing of what was asked for.
    pub fn views(&self) -> Vec<View> {
        let mut views = self.pool.view();
        views.retain(|view| self.active().any(|member| member.provider.id() == view.account.provider));
        views
    }

    /// The provider with this id.
    pub fn member(&self, id: &str) -> Option<&Arc<Member>> {
        self.members.iter().find(|member| member.provider.id() == id)
    }

    /// What the owner calls models.
    pub fn names(&self) -> Arc<Names> {
        Arc::clone(&self.names.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what models are called, at once for everybody.
    pub fn rename(&self, names: Names) {
        *self.names.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(names);
    }
}
