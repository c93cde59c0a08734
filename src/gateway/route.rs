//! A model's name → who is asked for it.

use std::sync::Arc;

use super::roster::{Listing, Member, Roster};
use crate::accounts::Account;
use crate::chat::{Fault, FaultKind};

/// The name that is always served: the best working default.
pub const AUTO: &str = "auto";

/// How many near names an error tells.
const NEAR_NAMES: usize = 3;

/// How alike two names must be to be called near, from 0 to 1.
const NEAR: f64 = 0.5;

/// Who is asked, under which name, and with which accounts in which order.
pub struct Route {
    /// The provider.
    pub member: Arc<Member>,
    /// The provider's own name for the model; its default one, if there is none.
    pub model: Option<String>,
    /// The accounts to try, each once.
    pub accounts: Vec<Arc<Account>>,
}

/// A provider with the models that it had when the search began. Looking twice could miss a list that is being replaced.
struct Seen<'a> {
    member: &'a Arc<Member>,
    listing: Arc<Listing>,
}

impl Roster {
    /// Finds who is asked for `name`: `auto`, then pins, then the providers' own ids, then familiar names, then
    /// `provider/model`, then providers that may know more than they list.
    ///
    /// # Errors
    /// If nobody serves it; names that are near are told.
    pub fn route(&self, name: &str) -> Result<Route, Fault> {
        let seen: Vec<Seen<'_>> =
            self.members.iter().map(|member| Seen { member, listing: member.listing() }).collect();
        let first = |model: &dyn Fn(&Seen<'_>) -> Option<String>| {
            seen.iter().find_map(|one| model(one).map(|model| one.asks_all(Some(model))))
        };
        let found = if name.eq_ignore_ascii_case(AUTO) {
            seen.iter().find(|one| one.has_default()).map(|one| one.asks_all(None))
        } else {
            self.pinned(name, &seen)
                .or_else(|| first(&|one| one.own(name)))
                .or_else(|| first(&|one| one.alias(name)))
                .or_else(|| prefixed(name, &seen))
                .or_else(|| first(&|one| one.unlisted(name)))
        };
        found.map(|route| self.held_to_its_pin(route)).ok_or_else(|| self.unknown(name))
    }

    /// The account to which a model's name is pinned, however the name is spelled.
    fn pin(&self, name: &str) -> Option<u32> {
        self.pins.iter().find(|(pinned, _)| pinned.eq_ignore_ascii_case(name)).map(|(_, number)| *number)
    }

    /// A pinned model stays with its account by whatever other name it was asked for.
    fn held_to_its_pin(&self, mut route: Route) -> Route {
        let number = route.model.as_deref().and_then(|model| self.pin(model));
        if let Some(account) = number.and_then(|number| route.member.pool.numbered(number)) {
            route.accounts.retain(|candidate| candidate.id == account.id);
        }
        route
    }

    /// A pinned model never moves to another account.
    fn pinned(&self, name: &str, seen: &[Seen<'_>]) -> Option<Route> {
        let number = self.pin(name)?;
        seen.iter().find_map(|one| {
            let account = one.member.pool.numbered(number)?;
            let model = one.own(name).or_else(|| one.alias(name)).unwrap_or_else(|| name.to_owned());
            Some(Route { member: Arc::clone(one.member), model: Some(model), accounts: vec![account] })
        })
    }

    fn unknown(&self, name: &str) -> Fault {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
        let near = self.near(name);
        let hint = if near.is_empty() {
            "GET /v1/models lists what is served; `auto` always is.".to_owned()
        } else {
            format!("Near it: {}.", near.join(", "))
        };
        let mut fault =
            Fault::new(FaultKind::ModelNotFound, format!("The model `{shown}` does not exist here. {hint}"));
        fault.param = Some("model".into());
        fault
    }

    fn near(&self, name: &str) -> Vec<String> {
        let wanted = name.to_lowercase();
        let mut scored: Vec<(f64, String)> = Vec::new();
        for member in &self.members {
            let listing = member.listing();
            let ids = listing.models.iter().map(|model| model.id.as_str());
            for id in ids.chain(member.provider.aliases().iter().copied()) {
                let score = strsim::normalized_damerau_levenshtein(&wanted, &id.to_lowercase());
                if score >= NEAR {
                    scored.push((score, format!("`{id}`")));
                }
            }
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        scored.dedup_by(|a, b| a.1 == b.1);
        scored.into_iter().take(NEAR_NAMES).map(|(_, id)| id).collect()
    }
}

/// `provider/model`; ids may themselves hold slashes, so this comes after them.
fn prefixed(name: &str, seen: &[Seen<'_>]) -> Option<Route> {
    let (id, rest) = name.split_once('/')?;
    let one = seen.iter().find(|one| one.member.provider.id() == id)?;
    if rest == AUTO {
        return Some(one.asks_all(None));
    }
    let model = one.own(rest).or_else(|| one.alias(rest)).or_else(|| one.unlisted(rest))?;
    Some(one.asks_all(Some(model)))
}

impl Seen<'_> {
    fn own(&self, name: &str) -> Option<String> {
        self.listing.find(name).map(|model| model.id.clone())
    }

    fn alias(&self, name: &str) -> Option<String> {
        self.member.provider.alias(name, &self.listing.models)
    }

    /// Whether there may be more than is listed: only while the upstream itself has not said what it has.
    fn may_have_more(&self) -> bool {
        self.member.provider.is_open() && !self.listing.fetched
    }

    /// A name that is not listed, where it is worth a try.
    fn unlisted(&self, name: &str) -> Option<String> {
        self.may_have_more().then(|| name.to_owned())
    }

    /// Whether there is a default model, or may be one once the list was fetched.
    fn has_default(&self) -> bool {
        self.listing.default_model().is_some() || self.may_have_more()
    }

    fn asks_all(&self, model: Option<String>) -> Route {
        Route { member: Arc::clone(self.member), model, accounts: self.member.pool.round() }
    }
}
