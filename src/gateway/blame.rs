//! Between a request's faults and an account's health: which faults blame the account, and what a waiting account means
//! for the request.

use std::time::Duration;

use crate::accounts::clock::Millis;
use crate::accounts::{Account, Blame, Cause, Class, Denied, Pool, State, Waiting};
use crate::chat::{AccountTrouble, Fault, FaultKind};

/// The shortest part of a credential that is looked for in an upstream's words.
const SHORTEST_SECRET: usize = 6;

/// What `fault` says about the account; nothing, if it is the request's fault or ours.
pub fn blame(fault: &Fault, account: &Account) -> Option<Blame> {
    let (class, retry_after) = match fault.kind {
        FaultKind::Account(AccountTrouble::Expired) => (Class::Expired, None),
        FaultKind::Account(AccountTrouble::NeedsOwner) => (Class::NeedsOwner, None),
        FaultKind::Account(AccountTrouble::Banned) => (Class::Banned, None),
        FaultKind::Rate { retry_after } => (Class::Rate, retry_after),
        FaultKind::Quota => (Class::Quota, None),
        FaultKind::Upstream => (Class::Upstream, None),
        FaultKind::Timeout => (Class::Timeout, None),
        FaultKind::Protocol => (Class::Protocol, None),
        FaultKind::Unavailable { .. }
        | FaultKind::Request
        | FaultKind::ModelNotFound
        | FaultKind::ContentFilter
        | FaultKind::Busy
        | FaultKind::Revoked
        | FaultKind::Stopping
        | FaultKind::Internal => return None,
    };
    let Fault { message, for_owner, .. } = redact(fault.clone(), account);
    let (message, remedy) = (String::from(message), for_owner.map(String::from));
    Some(Blame { cause: Cause { class, status: fault.status, message, remedy }, retry_after })
}

/// The fault without what an upstream repeated of the account's credential.
pub fn redact(mut fault: Fault, account: &Account) -> Fault {
    fault.message = redacted(&fault.message, account).into();
    fault.for_owner = fault.for_owner.map(|note| redacted(&note, account).into());
    fault
}

/// An upstream may repeat what it was sent; a credential is not kept or shown because of that.
fn redacted(text: &str, account: &Account) -> String {
    let mut text = text.to_owned();
    for value in account.credential.expose().values() {
        let cookies = value.split(';').filter_map(|pair| pair.trim().split_once('=')).map(|(_, value)| value);
        for secret in cookies.chain([value.as_str()]).filter(|secret| secret.len() >= SHORTEST_SECRET) {
            if text.contains(secret) {
                text = text.replace(secret, "***");
            }
        }
    }
    text
}

/// The faults that waiting accounts answer with: each says why its account waits and until when.
pub fn waiting(denied: &Denied) -> impl Iterator<Item = (String, Fault)> {
    denied.waiting.iter().map(|one| (one.account.id.clone(), reason(one, denied.now)))
}

/// What a request is told that every account that could answer is busy with others, or at a limit of its owner.
pub fn busy(denied: &Denied) -> Fault {
    let (wait, when) = match denied.opens {
        Some(opens) => {
            let wait = Duration::from_millis(opens.saturating_sub(denied.now));
            (Some(wait), format!("the next one may be used in {}", human(wait)))
        }
        None => (None, "try again shortly".to_owned()),
    };
    let accounts = if denied.busy == 1 { "The account is" } else { "All accounts are" };
    let message = format!("{accounts} busy with other requests, or at a limit that the owner has set; {when}.");
    Fault::new(FaultKind::Rate { retry_after: wait }, message)
}

fn reason(waiting: &Waiting, now: Millis) -> Fault {
    let until = waiting.state.until();
    let wait = until.map(|until| Duration::from_millis(until.saturating_sub(now)));
    let kind = match (waiting.state, waiting.cause.as_ref().map(|cause| cause.class)) {
        (State::Disabled, _) => FaultKind::Unavailable { retry_after: None },
        (_, Some(Class::Rate)) => FaultKind::Rate { retry_after: wait },
        (_, Some(Class::Quota)) => FaultKind::Quota,
        (_, Some(Class::Expired)) => FaultKind::Account(AccountTrouble::Expired),
        (_, Some(Class::NeedsOwner)) => FaultKind::Account(AccountTrouble::NeedsOwner),
        (_, Some(Class::Banned)) => FaultKind::Account(AccountTrouble::Banned),
        (_, Some(Class::Upstream | Class::Timeout | Class::Protocol) | None) => {
            FaultKind::Unavailable { retry_after: wait }
        }
    };
    let again = match (waiting.state, wait) {
        (State::Disabled, _) => "Its owner has switched it off.".to_owned(),
        (_, Some(wait)) => format!("It is tried again in {}.", human(wait)),
        (_, None) => "It waits for its owner.".to_owned(),
    };
    let cause = waiting.cause.as_ref().filter(|_| waiting.state != State::Disabled);
    let message = match cause {
        Some(cause) => format!("{} {again}", ended(&cause.message)),
        None => again,
    };
    let fault = Fault::new(kind, message);
    let fault = match cause.and_then(|cause| cause.status) {
        Some(status) => fault.with_status(status),
        None => fault,
    };
    match cause.and_then(|cause| cause.remedy.as_deref()) {
        Some(remedy) => fault.with_owner_note(remedy),
        None => fault,
    }
}

/// Faults of the way there are told without a full stop; behind them another sentence follows.
pub fn ended(text: &str) -> String {
    if text.ends_with(['.', '!', '?', '。', '…']) { text.to_owned() } else { format!("{text}.") }
}

/// A time span as people say it.
pub fn human(span: Duration) -> String {
    let seconds = span.as_secs() + u64::from(span.subsec_millis() > 0);
    match seconds {
        0..=119 => format!("{} s", seconds.max(1)),
        120..=7199 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3600)),
    }
}

/// How long the account with this id rests.
pub fn rest(pool: &Pool, id: &str) -> Option<Duration> {
    let rest = pool.opens(id)?.saturating_sub(pool.now());
    (rest > 0).then(|| Duration::from_millis(rest))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;

    fn account() -> Account {
        let cookie = "a=b; ticket=SECRET99".to_owned();
        Account::new(
            "x-1",
            None,
            BTreeMap::from([("cookie".to_owned(), cookie), ("key".to_owned(), "sk-topsecret".into())]),
        )
    }

    #[test]
    fn requests_faults_and_ours_blame_nobody() {
        for kind in [FaultKind::Request, FaultKind::ContentFilter, FaultKind::Busy, FaultKind::Internal] {
            assert_eq!(blame(&Fault::new(kind, "x"), &account()), None);
        }
        let blamed = blame(&Fault::new(FaultKind::Quota, "x").with_status(402), &account()).unwrap();
        assert_eq!((blamed.cause.class, blamed.cause.status), (Class::Quota, Some(402)));
    }

    #[test]
    fn what_an_upstream_repeats_of_a_credential_is_not_kept() {
        let fault = Fault::new(FaultKind::Upstream, "no: sk-topsecret and SECRET99").with_owner_note("see SECRET99");
        let cause = blame(&fault, &account()).unwrap().cause;
        assert_eq!((cause.message.as_str(), cause.remedy.as_deref()), ("no: *** and ***", Some("see ***")));
    }

    #[test]
    fn a_waiting_account_says_why_and_until_when() {
        let cause = Cause { class: Class::Rate, status: Some(429), message: "Too fast.".into(), remedy: None };
        let one = Waiting { account: Arc::new(account()), state: State::Cooling { until: 9500 }, cause: Some(cause) };
        let fault = reason(&one, 2000);
        assert_eq!(fault.kind, FaultKind::Rate { retry_after: Some(Duration::from_millis(7500)) });
        assert_eq!(&*fault.message, "Too fast. It is tried again in 8 s.");
        let off = Waiting { state: State::Disabled, ..one };
        assert_eq!(&*reason(&off, 0).message, "Its owner has switched it off.");
    }
}
