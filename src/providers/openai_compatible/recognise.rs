//! What a paste holds of a service that wants a key.

use std::collections::BTreeMap;

use super::KEY;
use crate::accounts::paste::{Found, Paste, Recognition, day, fingerprint, jwt_expiry};

/// How pages and messengers show a key that they do not show.
const MASKS: [&str; 4] = ["…", "...", "***", "•"];

/// Searches `paste` for a key of the service at `host_of_service`. `asked` says that the owner named this service, so
/// that a key on its own counts too.
pub fn recognise(host_of_service: &str, paste: &Paste, asked: bool, now: u64) -> Recognition {
    let host = host_of_service.to_ascii_lowercase();
    let mut sources = paste.sources.iter().filter(|s| s.host.as_ref().map_or(asked, |own| *own == host)).peekable();
    let is_here = sources.peek().is_some();
    let mut keys: Vec<&str> = Vec::new();
    for key in sources.flat_map(|source| source.header("authorization")).map(without_scheme) {
        if !key.is_empty() && !keys.contains(&key) {
            keys.push(key);
        }
    }
    match (keys.as_slice(), &paste.text) {
        ([key], _) => with_key(&host, key, now),
        ([], Some(text)) if asked => with_key(&host, without_scheme(text), now),
        ([], _) => without_key(&host, paste, is_here, asked),
        _ => Recognition::Unusable(format!("These are several keys for {host} at once: paste one at a time.")),
    }
}

fn without_scheme(value: &str) -> &str {
    let value = value.trim();
    let scheme = value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("bearer "));
    scheme.map_or(value, |scheme| value[scheme.len()..].trim())
}

fn with_key(host: &str, key: &str, now: u64) -> Recognition {
    if MASKS.iter().any(|mask| key.contains(mask)) {
        return Recognition::Unusable(format!(
            "This is a key for {host} as a page shows it, with its middle left out: copy the whole key, or make a new one."
        ));
    }
    if key.contains(char::is_whitespace) {
        return Recognition::Unusable(format!(
            "This is a text of several words, not a key for {host}: paste the key alone."
        ));
    }
    if !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Recognition::Unusable(format!(
            "The key for {host} holds characters that a header cannot carry: copy it again."
        ));
    }
    let expires = jwt_expiry(key);
    if let Some(end) = expires.filter(|end| *end <= now) {
        return Recognition::Unusable(format!("The key for {host} expired on {}: make a new one.", day(end)));
    }
    let mut understood = vec![format!("the key for {host}")];
    understood.extend(expires.map(|end| format!("the day on which it ends ({})", day(end))));
    Recognition::Found(Box::new(Found {
        credential: BTreeMap::from([(KEY.to_owned(), key.to_owned())]),
        identity: Some(fingerprint(key)),
        expires,
        understood,
        missing: Vec::new(),
    }))
}

fn without_key(host: &str, paste: &Paste, is_here: bool, asked: bool) -> Recognition {
    let form = paste.form.name();
    let named = paste.hosts().any(|own| own == host);
    if named {
        return Recognition::Unusable(format!(
            "This is {form} with a request to {host}, but without a key (Authorization: Bearer …): paste the key itself."
        ));
    }
    if !asked {
        return Recognition::Nothing;
    }
    let other = paste.hosts().next().filter(|_| !is_here);
    let of = other.map_or_else(String::new, |other| format!(" of {other}"));
    Recognition::Unusable(format!("This is {form}{of}, but {host} wants a key: paste the key itself."))
}

#[cfg(test)]
#[path = "recognise_tests.rs"]
mod recognise_tests;
