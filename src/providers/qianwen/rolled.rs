//! Cookies that the site sets while it is used → the credential with which the next request is sent.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use super::credential::{COOKIE, TICKETS, XSRF_TOKEN, percent_decoded, value};
use crate::accounts::Account;
use crate::providers::EXPIRES;

/// What the site gives to somebody whom it takes for a guest.
const GUEST: &str = "tongyi_guest_ticket";

/// Cookies that are taken even if the credential has none of that name: the token against forged requests, and the pass
/// that a solved captcha gives.
const NEW: [&str; 3] = ["XSRF-TOKEN", "x5sec", "x5sectag"];

/// Whether the site took the caller for a guest: a sign-in that is not accepted any more looks like this.
pub fn is_guest(set_cookies: &[String]) -> bool {
    set_cookies.iter().any(|line| line.trim_start().starts_with(GUEST))
}

/// The credential with what the site set in it; `None` if nothing changes.
pub fn rolled(account: &Account, set_cookies: &[String]) -> Option<BTreeMap<String, String>> {
    let mut credential = account.credential.expose().clone();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs());
    for set in set_cookies.iter().filter_map(|line| Set::parse(line, now)) {
        let cookie = account.part(COOKIE);
        // The site signs people out by deleting the ticket; the owner's copy stays until a check has shown that.
        if set.is_deletion || !(NEW.contains(&set.name) || value(cookie, set.name).is_some()) {
            continue;
        }
        credential.entry(COOKIE.to_owned()).and_modify(|cookie| *cookie = replaced(cookie, set.name, set.value));
        if set.name == NEW[0] {
            credential.insert(XSRF_TOKEN.to_owned(), percent_decoded(set.value));
        }
        if let Some(expires) = set.expires.filter(|_| TICKETS.contains(&set.name)) {
            credential.insert(EXPIRES.to_owned(), expires.to_string());
        }
    }
    (credential != *account.credential.expose()).then_some(credential)
}

/// The cookie header with one value put in the place of the old one, every other byte as it was.
fn replaced(cookie: &str, name: &str, value: &str) -> String {
    let mut found = false;
    let pairs = cookie.split(';').map(|pair| match pair.trim_start().split_once('=') {
        Some((key, _)) if key == name => {
            found = true;
            let indent = &pair[..pair.len() - pair.trim_start().len()];
            format!("{indent}{name}={value}")
        }
        _ => pair.to_owned(),
    });
    let mut whole = pairs.collect::<Vec<_>>().join(";");
    if !found {
        whole.push_str(&format!("; {name}={value}"));
    }
    whole
}

struct Set<'a> {
    name: &'a str,
    value: &'a str,
    expires: Option<u64>,
    is_deletion: bool,
}

impl<'a> Set<'a> {
    fn parse(line: &'a str, now: u64) -> Option<Self> {
        let mut parts = line.split(';');
        let (name, value) = parts.next()?.trim().split_once('=')?;
        let mut set = Self { name, value, expires: None, is_deletion: value.is_empty() };
        for (key, value) in parts.filter_map(|part| part.trim().split_once('=')) {
            if key.eq_ignore_ascii_case("max-age") {
                set.is_deletion |= value.trim().parse::<i64>().is_ok_and(|age| age <= 0);
            } else if key.eq_ignore_ascii_case("expires") {
                let at = httpdate::parse_http_date(value.trim()).ok();
                let at = at.map(|at| at.duration_since(UNIX_EPOCH).map_or(0, |at| at.as_secs()));
                // A date in the past deletes; one that cannot be read may be such a date.
                set.is_deletion |= at.is_none_or(|at| at <= now);
                set.expires = at;
            }
        }
        Some(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account {
        let parts = [(COOKIE, r#"cna=a b; tongyi_sso_ticket=T$1"x"=;isg=1"#), (XSRF_TOKEN, "old")];
        Account::new("q-1", None, parts.map(|(n, v)| (n.to_owned(), v.to_owned())).into())
    }

    fn after(lines: &[&str]) -> Option<BTreeMap<String, String>> {
        rolled(&account(), &lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn rolled_values_take_the_place_of_the_old_ones() {
        let new = after(&["XSRF-TOKEN=a%2Fb; Path=/", "isg=2; Secure", "other=9"]).unwrap();
        assert_eq!(new[COOKIE], r#"cna=a b; tongyi_sso_ticket=T$1"x"=;isg=2; XSRF-TOKEN=a%2Fb"#);
        assert_eq!(new[XSRF_TOKEN], "a/b");
        let new = after(&["tongyi_sso_ticket=N; Expires=Wed, 18 Aug 2027 07:28:00 GMT"]).unwrap();
        assert_eq!((new[COOKIE].as_str(), new[EXPIRES].as_str()), ("cna=a b; tongyi_sso_ticket=N;isg=1", "1818574080"));
    }

    #[test]
    fn a_deletion_and_a_guests_ticket_change_nothing() {
        assert_eq!(after(&["tongyi_sso_ticket=; Max-Age=0", "isg=x; Max-Age=0", "tongyi_guest_ticket=g"]), None);
        assert_eq!(after(&["isg=1"]), None);
        for past in ["Thu, 01 Jan 1970 00:00:10 GMT", "Thu, 01-Jan-1970 00:00:10 GMT"] {
            assert_eq!(after(&[&format!("tongyi_sso_ticket=deleted; Expires={past}")]), None);
        }
        assert!(is_guest(&["tongyi_guest_ticket=g; Path=/".to_owned()]));
    }
}
