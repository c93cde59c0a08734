//! A model's name → who is asked for it.

use std::sync::Arc;

use super::roster::{Member, Roster};
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

impl Roster {
    /// Finds who is asked for `name`: `auto`, then pins, then the providers' own ids, then familiar names, then
    /// `provider/model`, then providers that may know more than they list.
    ///
    /// # Errors
    /// If nobody serves it; names that are near are told.
    pub fn route(&self, name: &str) -> Result<Route, Fault> {
        if name.eq_ignore_ascii_case(AUTO) {
            return self.auto().ok_or_else(|| self.unknown(name));
        }
        let found = self
            .pinned(name)
            .or_else(|| self.first(|member| member.listing().find(name).map(|model| model.id.clone())))
            .or_else(|| self.first(|member| member.provider.alias(name, &member.listing().models)))
            .or_else(|| self.prefixed(name))
            .or_else(|| self.first(|member| takes_unlisted(member).then(|| name.to_owned())));
        found.ok_or_else(|| self.unknown(name))
    }

    fn first(&self, model: impl Fn(&Member) -> Option<String>) -> Option<Route> {
        self.members.iter().find_map(|member| model(member).map(|model| to_all(member, Some(model))))
    }

    /// The first provider that has a default model, or that may have one once its list was fetched.
    fn auto(&self) -> Option<Route> {
        let serves = |member: &&Arc<Member>| member.listing().default_model().is_some() || takes_unlisted(member);
        self.members.iter().find(serves).map(|member| to_all(member, None))
    }

    /// A pinned model never moves to another account.
    fn pinned(&self, name: &str) -> Option<Route> {
        let number = *self.pins.get(name)?;
        self.members.iter().find_map(|member| {
            let account = member.pool.numbered(number)?;
            let listing = member.listing();
            let own = listing.find(name).map(|model| model.id.clone());
            let model = own.or_else(|| member.provider.alias(name, &listing.models)).unwrap_or_else(|| name.to_owned());
            Some(Route { member: Arc::clone(member), model: Some(model), accounts: vec![account] })
        })
    }

    fn prefixed(&self, name: &str) -> Option<Route> {
        let (id, rest) = name.split_once('/')?;
        let member = self.members.iter().find(|member| member.provider.id() == id)?;
        if rest == AUTO {
            return Some(to_all(member, None));
        }
        let listing = member.listing();
        let own = listing.find(rest).map(|model| model.id.clone());
        let alias = || member.provider.alias(rest, &listing.models);
        let model = own.or_else(alias).or_else(|| takes_unlisted(member).then(|| rest.to_owned()))?;
        Some(to_all(member, Some(model)))
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

/// Whether a name that is not listed is tried there: only while the upstream itself has not said what it has.
fn takes_unlisted(member: &Member) -> bool {
    member.provider.is_open() && !member.listing().fetched
}

fn to_all(member: &Arc<Member>, model: Option<String>) -> Route {
    Route { member: Arc::clone(member), model, accounts: member.pool.round() }
}
