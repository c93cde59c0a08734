//! The environment's accounts and those that were kept, brought to agree.
//!
//! An account that the environment names is taken in at the start. What was changed later, by the owner or by the site,
//! holds until the environment's value itself changes. One that the environment names no more goes, unless its owner has
//! given it another credential since.

use std::collections::{BTreeMap, HashMap};

use super::clock::Millis;
use super::{Account, Origin};
use crate::store::AccountRecord;

/// What is to be done so that both agree.
#[derive(Default)]
pub struct Agreement {
    /// The accounts that there are.
    pub accounts: Vec<Account>,
    /// Those of them that are to be kept anew, by id, and why: an event for the owner.
    pub changed: Vec<(String, &'static str)>,
    /// Ids that are to be forgotten.
    pub dropped: Vec<String>,
}

/// The events' words.
const ADDED: &str = "The environment names it.";
const REPLACED: &str = "The environment's credential changed, so it takes the place of the one that was kept.";

/// Brings `named`, the environment's accounts, and `kept` to agree. `fingerprint` digests a credential.
pub fn agree(
    named: Vec<Account>,
    kept: Vec<AccountRecord>,
    fingerprint: impl Fn(&Account) -> String,
    now: Millis,
) -> Agreement {
    let mut agreement = Agreement::default();
    let mut kept: HashMap<String, AccountRecord> = kept.into_iter().map(|one| (one.id.clone(), one)).collect();
    for account in named {
        let print = fingerprint(&account);
        match kept.remove(&account.id) {
            // Its owner deleted it; it stays away until the environment's value changes.
            Some(old) if old.gone && old.fingerprint.as_ref() == Some(&print) => {}
            // A credential that could not be opened is no better than the environment's.
            Some(old) if !old.gone && old.fingerprint.as_ref() == Some(&print) && is_there(&old) => {
                // The number is the environment's to give.
                agreement.accounts.push(Account { number: account.number, ..Account::kept(old) });
            }
            Some(old) => {
                let version = old.version + 1;
                let (base, why) = if old.gone { (account.clone(), ADDED) } else { (Account::kept(old), REPLACED) };
                agreement.changed.push((account.id.clone(), why));
                agreement.accounts.push(Account {
                    credential: account.credential,
                    provider: account.provider,
                    number: account.number,
                    origin: Origin::Environment,
                    fingerprint: Some(print),
                    identity: None,
                    version,
                    changed: now,
                    ..base
                });
            }
            None => {
                agreement.changed.push((account.id.clone(), ADDED));
                agreement.accounts.push(Account { fingerprint: Some(print), created: now, changed: now, ..account });
            }
        }
    }
    let rest: BTreeMap<String, AccountRecord> = kept.into_iter().collect();
    for (id, record) in rest {
        if record.gone || record.origin == Origin::Environment.name() {
            agreement.dropped.push(id);
        } else {
            agreement.accounts.push(Account::kept(record));
        }
    }
    agreement
}

fn is_there(record: &AccountRecord) -> bool {
    !record.credential.expose().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str, secret: &str) -> Account {
        let credential = BTreeMap::from([("key".to_owned(), secret.to_owned())]);
        Account { provider: "p".into(), ..Account::new(id, None, credential) }
    }

    fn print(account: &Account) -> String {
        format!("print of {}", account.part("key"))
    }

    fn keep(agreement: &Agreement) -> Vec<AccountRecord> {
        agreement.accounts.iter().map(Account::record).collect()
    }

    #[test]
    fn what_was_changed_later_holds_until_the_environment_changes() {
        let first = agree(vec![account("a", "env-1")], Vec::new(), print, 1);
        assert_eq!((first.accounts[0].part("key"), first.changed.len()), ("env-1", 1));
        let mut kept = keep(&first);
        kept[0].credential = account("a", "rolled").credential;
        let second = agree(vec![account("a", "env-1")], kept.clone(), print, 2);
        assert_eq!((second.accounts[0].part("key"), second.changed.len()), ("rolled", 0));
        let third = agree(vec![account("a", "env-2")], kept, print, 3);
        assert_eq!((third.accounts[0].part("key"), third.changed.len()), ("env-2", 1));
        assert!(third.accounts[0].version > second.accounts[0].version);
    }

    #[test]
    fn a_credential_that_cannot_be_opened_gives_way() {
        let mut kept = keep(&agree(vec![account("a", "env-1")], Vec::new(), print, 1));
        kept[0].credential = crate::config::Secret::new(BTreeMap::new());
        let agreement = agree(vec![account("a", "env-1")], kept, print, 2);
        assert_eq!((agreement.accounts[0].part("key"), agreement.changed.len()), ("env-1", 1));
    }

    #[test]
    fn a_deleted_account_stays_away_until_the_environment_changes() {
        let mut kept = keep(&agree(vec![account("a", "env-1")], Vec::new(), print, 1));
        kept[0].gone = true;
        assert!(agree(vec![account("a", "env-1")], kept.clone(), print, 2).accounts.is_empty());
        assert_eq!(agree(vec![account("a", "env-2")], kept, print, 3).accounts.len(), 1);
    }

    #[test]
    fn what_the_environment_names_no_more_goes_and_what_the_owner_put_in_stays() {
        let mut kept = keep(&agree(vec![account("a", "1"), account("b", "2")], Vec::new(), print, 1));
        kept[1].origin = Origin::Console.name().to_owned();
        let agreement = agree(Vec::new(), kept, print, 2);
        assert_eq!(agreement.dropped, ["a"]);
        assert_eq!(agreement.accounts.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["b"]);
    }
}
