//! A credential that the owner pasted → an account: what it is, whether it works, and whether it is known already.
//! Nothing is saved before everything is right.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{Found as Checked, look};
use super::recognising::recognise;
use super::roster::{Member, Roster};
use crate::accounts::paste::Found;
use crate::accounts::{Account, Changes, Limits, Origin, Registry};
use crate::chat::FaultKind;
use crate::config::Secret;
use crate::providers::EXPIRES;
use crate::store::Kept;
use crate::upstream::Client;

/// What the owner hands in.
pub struct Offer {
    /// What was pasted.
    pub text: Secret<String>,
    /// Whose it is, as far as the owner says so.
    pub whose: Whose,
    /// The owner's name for the account.
    pub name: Option<String>,
    /// Limits for it.
    pub limits: Option<Limits>,
}

/// Whose credential a paste is, as far as its owner says so; the rest is found out.
#[derive(Debug, Default)]
pub struct Whose {
    /// The provider that it belongs to.
    pub provider: Option<String>,
    /// The account that it is a new sign-in of.
    pub account: Option<String>,
}

/// Why nothing was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A field is wrong: its name and a sentence.
    Wrong(&'static str, String),
    /// The upstream does not accept the credential.
    Dead(String),
    /// It could not be saved.
    Busy(String),
}

/// What was understood of a paste.
#[derive(Debug)]
pub struct Understood {
    /// The provider's id.
    pub provider: String,
    /// In which form it came, for people.
    pub form: &'static str,
    /// What was found.
    pub understood: Vec<String>,
    /// What would be of use but was not there.
    pub missing: Vec<String>,
    /// When it ends, in seconds since 1970, if it says so.
    pub expires: Option<u64>,
    /// The account that it belongs to already.
    pub account: Option<String>,
}

/// What became of an offer.
#[derive(Debug)]
pub struct Taken {
    /// The account's id.
    pub id: String,
    /// Whether it is new; otherwise it was brought up to date.
    pub created: bool,
    /// Whether the upstream confirmed it.
    pub confirmed: bool,
    /// Why not, if it did not.
    pub unconfirmed: Option<String>,
    /// Where it was kept.
    pub kept: Kept,
    /// What was understood.
    pub understood: Understood,
}

impl Whose {
    /// The provider whose credential it must be; that of the account, if the owner names one.
    fn provider(&self, registry: &Registry) -> Result<Option<String>, Refusal> {
        let Some(id) = &self.account else { return Ok(self.provider.clone()) };
        let account = registry.pool.account(id).ok_or_else(|| {
            let shown: String = id.chars().filter(|c| !c.is_control()).take(40).collect();
            Refusal::Wrong("account", format!("there is no account `{shown}`"))
        })?;
        match &self.provider {
            Some(provider) if *provider != account.provider => {
                Err(Refusal::Wrong("provider", format!("`{id}` is an account of {}", account.provider)))
            }
            _ => Ok(Some(account.provider.clone())),
        }
    }

    /// The account that gets the credential: the one that the owner names, else the one that has it already.
    fn renewed(&self, registry: &Registry, member: &Member, found: &Found) -> Result<Option<Arc<Account>>, Refusal> {
        let holder = known(registry, member, &found.credential, found.identity.as_deref());
        let Some(id) = &self.account else { return Ok(holder) };
        match holder {
            Some(other) if other.id != *id => {
                let what = format!("It is the sign-in of {}, not of {id}; sign in as the other one.", other.id);
                Err(Refusal::Wrong("paste", what))
            }
            _ => Ok(registry.pool.account(id)),
        }
    }
}

/// Says what is understood of a paste, and saves nothing.
///
/// # Errors
/// A sentence that says what was understood and what is missing.
pub fn preview(roster: &Roster, registry: &Registry, text: &str, whose: &Whose) -> Result<Understood, Refusal> {
    let (member, form, found) = recognise(roster, registry, text, whose.provider(registry)?.as_deref())?;
    let account = whose.renewed(registry, member, &found)?.map(|one| one.id.clone());
    Ok(understood(member, form, &found, account))
}

/// Takes a paste in: it is understood, tried at the upstream, and saved as a new account or as the new credential of one
/// that is known.
///
/// # Errors
/// As [`preview`]; also if the upstream refuses the credential.
pub async fn take_in(roster: &Roster, registry: &Registry, client: &Client, offer: Offer) -> Result<Taken, Refusal> {
    let Offer { text, whose, name, limits } = offer;
    if let Some(limits) = &limits {
        limits.check().map_err(|what| Refusal::Wrong("limits", what))?;
    }
    let (member, form, mut found) = recognise(roster, registry, text.expose(), whose.provider(registry)?.as_deref())?;
    if let Some(expires) = found.expires {
        found.credential.insert(EXPIRES.to_owned(), expires.to_string());
    }
    let trial = Account::new("pasted", None, found.credential.clone());
    let (confirmed, unconfirmed) = match look(client, member, &trial).await {
        Checked::Alive(alive, set_cookies) => {
            found.credential = member.provider.rolled(&trial, &set_cookies).unwrap_or(found.credential);
            found.identity = alive.identity.or(found.identity);
            (true, None)
        }
        Checked::Fault(fault) if matches!(fault.kind, FaultKind::Account(_)) => {
            let what = found.understood.join(", ");
            return Err(Refusal::Dead(format!("It is {form} with {what}, but it is not accepted. {}", fault.message)));
        }
        Checked::Fault(fault) => (false, Some(fault.message.to_string())),
        Checked::Unknown => (false, Some("This provider has no way to tell.".to_owned())),
    };
    // From here on nobody else changes accounts: the same credential pasted twice at once is one account.
    let changes = registry.begin().await;
    let old = whose.renewed(registry, member, &found)?;
    let name = name.map(|name| checked_name(registry, &name, old.as_deref())).transpose()?;
    let account = old.as_ref().map(|one| one.id.clone());
    let understood = understood(member, form, &found, account);
    let (id, created, kept) = save(&changes, member, old, *found, name, limits).await?;
    Ok(Taken { id, created, confirmed, unconfirmed, kept, understood })
}

async fn save(
    changes: &Changes<'_>,
    member: &Member,
    old: Option<Arc<Account>>,
    found: Found,
    name: Option<String>,
    limits: Option<Limits>,
) -> Result<(String, bool, Kept), Refusal> {
    let Some(old) = old else {
        let id = changes.free_id(member.provider.id());
        let account = Account {
            name: name.unwrap_or_else(|| id.clone()),
            provider: member.provider.id().to_owned(),
            origin: Origin::Console,
            identity: found.identity,
            limits: limits.unwrap_or_default(),
            ..Account::new(id.clone(), None, found.credential)
        };
        let kept = changes.add(account, "Its owner put it in.").await;
        return Ok((id, true, kept));
    };
    let gone = |_| Refusal::Busy(format!("{} was taken out just now; try again.", old.id));
    let renewed = changes.renew(&old.id, found.credential, found.identity, true).await.map_err(gone)?;
    let mut kept = renewed.1;
    if name.is_some() || limits.is_some() {
        let change = |one: Account| Account {
            name: name.unwrap_or_else(|| one.name.clone()),
            limits: limits.unwrap_or(one.limits),
            ..one
        };
        kept = changes.change(&old.id, change).await.map_err(gone)?.1;
    }
    Ok((old.id.clone(), false, kept))
}

/// The account that this credential belongs to already.
fn known(
    registry: &Registry,
    member: &Member,
    credential: &BTreeMap<String, String>,
    identity: Option<&str>,
) -> Option<Arc<Account>> {
    let power = member.provider.credentials()?;
    let own = registry.pool.accounts(&member.group);
    let same = |one: &&Arc<Account>| {
        (identity.is_some() && one.identity.as_deref() == identity) || power.is_same(one, credential)
    };
    own.iter().find(same).cloned()
}

fn understood(member: &Member, form: &'static str, found: &Found, account: Option<String>) -> Understood {
    Understood {
        provider: member.provider.id().to_owned(),
        form,
        understood: found.understood.clone(),
        missing: found.missing.clone(),
        expires: found.expires,
        account,
    }
}

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

/// A name for an account, if it is one and no other account has it.
///
/// # Errors
/// A sentence.
pub fn checked_name(registry: &Registry, name: &str, own: Option<&Account>) -> Result<String, Refusal> {
    let name = name.trim();
    let wrong = |what: String| Refusal::Wrong("name", what);
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(wrong(format!("a name has 1 to {LONGEST_NAME} characters and no line breaks")));
    }
    let own = own.map(|account| account.id.as_str());
    let others = registry.pool.view().into_iter().map(|view| view.account).filter(|one| Some(one.id.as_str()) != own);
    let twin = others.into_iter().find(|one| one.name.eq_ignore_ascii_case(name) || one.id.eq_ignore_ascii_case(name));
    match twin {
        Some(twin) => Err(wrong(format!("`{name}` is what the account {} is called already; take another", twin.id))),
        None => Ok(name.to_owned()),
    }
}
