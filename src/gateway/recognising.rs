//! What a paste is, and of which provider: asked of every provider, unless the owner says whose it is.

use std::sync::Arc;

use super::intake::Refusal;
use super::roster::{Member, Roster};
use crate::accounts::Registry;
use crate::accounts::paste::{self, Found, Paste, Recognition};

/// Finds the one provider whose credential this is.
pub fn recognise<'a>(
    roster: &'a Roster,
    registry: &Registry,
    text: &str,
    provider: Option<&str>,
) -> Result<(&'a Arc<Member>, &'static str, Box<Found>), Refusal> {
    let members: Vec<&Arc<Member>> = match provider {
        Some(id) => vec![roster.member(id).ok_or_else(|| Refusal::Wrong("provider", no_provider(roster, id)))?],
        None => roster.members.iter().collect(),
    };
    let wrong = |what: String| Refusal::Wrong("paste", what);
    let paste = paste::read(text).map_err(wrong)?;
    let (asked, now) = (provider.is_some(), registry.pool.now() / 1000);
    let mut found = Vec::new();
    let mut unusable = None;
    for member in members {
        match member.provider.credentials().map(|power| power.recognise(&paste, asked, now)) {
            Some(Recognition::Found(one)) => found.push((member, one)),
            Some(Recognition::Unusable(why)) => unusable = unusable.or(Some(why)),
            Some(Recognition::Nothing) | None => {}
        }
    }
    if found.len() > 1 {
        let ids: Vec<_> = found.iter().map(|(member, _)| member.provider.id()).collect();
        let what = format!("It holds credentials for {}; say in `provider` which one is meant.", ids.join(" and "));
        return Err(wrong(what));
    }
    let (member, found) =
        found.pop().ok_or_else(|| wrong(unusable.unwrap_or_else(|| nothing(roster, &paste, provider))))?;
    Ok((member, paste.form.name(), found))
}

fn no_provider(roster: &Roster, id: &str) -> String {
    let shown: String = id.chars().filter(|c| !c.is_control()).take(40).collect();
    format!("there is no provider `{shown}`; there are {}", provider_ids(roster))
}

fn provider_ids(roster: &Roster) -> String {
    let ids = roster.members.iter().filter(|member| member.provider.credentials().is_some());
    ids.map(|member| member.provider.id()).collect::<Vec<_>>().join(", ")
}

/// What is said of a paste that nobody knows what to do with.
fn nothing(roster: &Roster, paste: &Paste, provider: Option<&str>) -> String {
    let form = paste.form.name();
    let mut hosts: Vec<&str> = paste.sources.iter().filter_map(|source| source.host.as_deref()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    match (hosts.as_slice(), provider) {
        ([], Some(id)) => format!("It is {form}, but holds no credential of {id}."),
        ([], None) if paste.sources.is_empty() => {
            format!("It is {form} and could be a key; say in `provider` whose it is: {}.", provider_ids(roster))
        }
        ([], None) => format!(
            "It is {form}, but no cookie or key in it is one that a provider here knows: {}.",
            provider_ids(roster)
        ),
        (hosts, _) => format!(
            "It is {form} of {}, which holds no credential of a provider here: {}.",
            hosts.iter().take(3).copied().collect::<Vec<_>>().join(", "),
            provider.map_or_else(|| provider_ids(roster), str::to_owned)
        ),
    }
}
