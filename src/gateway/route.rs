//! A model's name → who is asked for it.

use std::sync::Arc;

use super::roster::{Listing, Member, Roster};
use crate::chat::{Fault, FaultKind};

/// The name that is always served: the best working default.
pub const AUTO: &str = "auto";

/// How many near names an error tells.
const NEAR_NAMES: usize = 3;

/// How alike two names must be to be called near, from 0 to 1.
const NEAR: f64 = 0.5;

/// Who is asked for a model: one way after the other.
#[derive(Clone)]
pub struct Route {
    /// The ways, best first; at least one.
    pub legs: Vec<RouteLeg>,
}

/// One way to have a model answered.
#[derive(Clone)]
pub struct RouteLeg {
    /// The provider.
    pub member: Arc<Member>,
    /// The provider's own name for the model; its default one, if there is none.
    pub model: Option<Arc<str>>,
    /// The only account that may answer, by its id, if the model is pinned.
    pub only: Option<Arc<str>>,
}

/// A provider with the models that it had when the search began. Looking twice could miss a list that is being replaced.
struct Seen<'a> {
    member: &'a Arc<Member>,
    listing: Arc<Listing>,
}

impl Roster {
    /// Finds who is asked for `name`: the owner's names and routes, `auto`, pins, then every provider that knows it as
    /// its own or as a familiar name, in the providers' order, then `provider/model`, then a provider that may know more
    /// than it lists.
    ///
    /// # Errors
    /// If nobody serves it; names that are near are told.
    pub fn route(&self, name: &str) -> Result<Route, Fault> {
        let seen: Vec<Seen<'_>> = self.active().map(|member| Seen { member, listing: member.listing() }).collect();
        let names = self.names();
        let meant = names.meant(name);
        let mut legs = match names.route(meant) {
            Some(ways) => ways.iter().filter_map(|way| prefixed(way, &seen)).collect(),
            None => Vec::new(),
        };
        if legs.is_empty() {
            legs = self.legs(meant, &seen);
        }
        legs.iter_mut().for_each(|leg| self.hold_to_its_pin(leg));
        if legs.is_empty() { Err(self.unknown(name)) } else { Ok(Route { legs }) }
    }

    fn legs(&self, name: &str, seen: &[Seen<'_>]) -> Vec<RouteLeg> {
        if name.eq_ignore_ascii_case(AUTO) {
            return seen.iter().filter(|one| one.has_default()).map(|one| one.leg(None)).collect();
        }
        if let Some(pinned) = self.pinned(name, seen) {
            return vec![pinned];
        }
        let known = seen.iter().filter_map(|one| one.known(name).map(|model| one.leg(Some(model))));
        let known: Vec<_> = known.collect();
        if !known.is_empty() {
            return known;
        }
        let one = prefixed(name, seen)
            .or_else(|| seen.iter().find_map(|one| one.unlisted(name).map(|model| one.leg(Some(model)))));
        one.into_iter().collect()
    }

    /// Whether `way` is a `provider/model` that can be asked now.
    pub fn has_way(&self, way: &str) -> bool {
        let seen: Vec<Seen<'_>> = self.active().map(|member| Seen { member, listing: member.listing() }).collect();
        prefixed(way, &seen).is_some()
    }

    /// The account to which a model's name is pinned, however the name is spelled.
    fn pin(&self, name: &str) -> Option<u32> {
        self.pins.iter().find(|(pinned, _)| pinned.eq_ignore_ascii_case(name)).map(|(_, number)| *number)
    }

    /// A pinned model stays with its account by whatever other name it was asked for.
    fn hold_to_its_pin(&self, leg: &mut RouteLeg) {
        if self.pins.is_empty() || leg.only.is_some() {
            return;
        }
        let number = leg.model.as_deref().and_then(|model| self.pin(model));
        leg.only = number.and_then(|number| self.pool.numbered(&leg.member.group, number));
    }

    /// A pinned model never moves to another account.
    fn pinned(&self, name: &str, seen: &[Seen<'_>]) -> Option<RouteLeg> {
        let number = self.pin(name)?;
        seen.iter().find_map(|one| {
            let only = self.pool.numbered(&one.member.group, number)?;
            let model = one.known(name).unwrap_or_else(|| name.to_owned());
            Some(RouteLeg { only: Some(only), ..one.leg(Some(model)) })
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
        for member in self.active() {
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
fn prefixed(name: &str, seen: &[Seen<'_>]) -> Option<RouteLeg> {
    let (id, rest) = name.split_once('/')?;
    let one = seen.iter().find(|one| one.member.provider.id() == id)?;
    if rest == AUTO {
        return Some(one.leg(None));
    }
    let model = one.known(rest).or_else(|| one.unlisted(rest))?;
    Some(one.leg(Some(model)))
}

impl Seen<'_> {
    /// The provider's name for what it knows as its own or as a familiar name.
    fn known(&self, name: &str) -> Option<String> {
        let own = self.listing.find(name).map(|model| model.id.clone());
        own.or_else(|| self.member.provider.alias(name, &self.listing.models))
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

    fn leg(&self, model: Option<String>) -> RouteLeg {
        RouteLeg { member: Arc::clone(self.member), model: model.map(Into::into), only: None }
    }
}
