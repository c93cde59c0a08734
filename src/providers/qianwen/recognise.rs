//! What a paste holds of this site: the sign-in ticket, or what is there in its place.

use std::collections::BTreeMap;

use super::credential::{COOKIE, DEVICE, TICKETS, XSRF_TOKEN, percent_decoded, random_device, value};
use crate::accounts::paste::{Cookie, Form, Found, Paste, Recognition, Source, day, fingerprint};
use crate::providers::EXPIRES;

/// The domains that know the owner, the chat's own first: a ticket of another may be an older one.
const SITES: [&str; 3] = ["qianwen.com", "tongyi.com", "aliyun.com"];

/// The host whose requests carry everything, such as the pass of a captcha.
const CHAT_HOST: &str = "chat2.qianwen.com";

const GUEST: &str = "tongyi_guest_ticket";
const HASH: &str = "tongyi_sso_ticket_hash";

/// What the hash's value begins with, and the ticket's does not.
const HASH_MARK: &str = "tytk_hash";

/// How short a text cannot be a ticket.
const SHORTEST_TICKET: usize = 16;

/// How to come by what is needed.
const MEND: &str =
    "sign in on www.qianwen.com, send a message there, and copy the request to chat2.qianwen.com as cURL";

/// Searches `paste` for an account. `asked` says that the owner named this site, so that a bare value counts too.
pub fn recognise(paste: &Paste, asked: bool, now: u64) -> Recognition {
    let mine: Vec<Mine<'_>> = paste.sources.iter().filter_map(Mine::of).collect();
    for site in 0..SITES.len() {
        let sources: Vec<&Source> = mine.iter().filter(|m| m.site == site).map(|m| m.source).collect();
        for name in TICKETS {
            let tickets: Vec<&Cookie> = sources
                .iter()
                .flat_map(|source| source.cookie(name))
                .filter(|cookie| !cookie.value.is_empty())
                .collect();
            if !tickets.is_empty() {
                return with_tickets(&sources, name, tickets, now);
            }
        }
    }
    match &paste.text {
        Some(text) if asked => bare(text),
        _ => without_ticket(paste, &mine, asked),
    }
}

/// A source that may be this site's.
struct Mine<'a> {
    source: &'a Source,
    /// Which of [`SITES`]; a source that names no host may be the first.
    site: usize,
}

impl<'a> Mine<'a> {
    fn of(source: &'a Source) -> Option<Self> {
        let is_in =
            |host: &str, site: &str| host.strip_suffix(site).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'));
        let site = match &source.host {
            Some(host) => SITES.iter().position(|site| is_in(host, site))?,
            None => 0,
        };
        Some(Self { source, site })
    }
}

fn with_tickets(sources: &[&Source], name: &str, tickets: Vec<&Cookie>, now: u64) -> Recognition {
    let (alive, ended): (Vec<_>, Vec<_>) = tickets.into_iter().partition(|t| t.expires.is_none_or(|end| end > now));
    let Some(ticket) = alive.first() else {
        let end = ended.iter().filter_map(|ticket| ticket.expires).max().unwrap_or(now);
        return Recognition::Unusable(format!("The sign-in ticket ({name}) expired on {}: {MEND}.", day(end)));
    };
    if alive.iter().any(|other| other.value != ticket.value) {
        return Recognition::Unusable(format!(
            "These are two accounts at once (different values of {name}): paste one at a time."
        ));
    }
    if let Some(what) = unfit(&ticket.value) {
        return Recognition::Unusable(format!("The sign-in ticket ({name}) {what}: {MEND}."));
    }
    let expires = alive.iter().filter_map(|ticket| ticket.expires).max();
    let cookie = header(sources, ticket).unwrap_or_else(|| rebuilt(sources, ticket));
    found(sources, cookie, ticket, expires)
}

/// Why a value cannot be a ticket.
fn unfit(value: &str) -> Option<&'static str> {
    if value.starts_with(HASH_MARK) {
        Some("is only its hash, with which nobody is signed in")
    } else if value.contains(['…', ';', '\u{2022}']) || value.ends_with("...") {
        Some("is not whole, because the page it was copied from shows long values shortened")
    } else {
        None
    }
}

/// The cookie header that holds `ticket`, byte for byte; of several the chat's own, then the fullest.
fn header(sources: &[&Source], ticket: &Cookie) -> Option<String> {
    let holds = |header: &str| {
        header.split(';').any(|pair| pair.trim().split_once('=') == Some((ticket.name.as_str(), ticket.value.as_str())))
    };
    let fit = sources.iter().filter_map(|source| Some((source, source.cookie_header.as_deref().filter(|h| holds(h))?)));
    let best =
        fit.max_by_key(|(source, header)| (source.host.as_deref() == Some(CHAT_HOST), header.split(';').count()));
    best.map(|(_, header)| header.to_owned())
}

/// A cookie header of all that the site may be sent. Of several values of one name the last one counts.
fn rebuilt(sources: &[&Source], ticket: &Cookie) -> String {
    let mut kept: Vec<&Cookie> = Vec::new();
    let fit = |cookie: &&Cookie| !cookie.value.contains(';') && !cookie.name.contains(['=', ';', ' ']);
    for cookie in sources.iter().flat_map(|source| &source.cookies).filter(fit) {
        let cookie = if cookie.name == ticket.name { ticket } else { cookie };
        match kept.iter_mut().find(|known| known.name == cookie.name) {
            Some(known) => *known = cookie,
            None => kept.push(cookie),
        }
    }
    kept.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ")
}

fn found(sources: &[&Source], cookie: String, ticket: &Cookie, expires: Option<u64>) -> Recognition {
    let mut understood = vec![format!("the sign-in ticket ({})", ticket.name)];
    let mut missing = Vec::new();
    let mut credential = BTreeMap::new();
    let token = value(&cookie, "XSRF-TOKEN").map(decoded);
    // A request says it once more, already decoded.
    let token =
        token.or_else(|| sources.iter().find_map(|source| source.header("x-xsrf-token").next()).map(str::to_owned));
    match token.filter(|token| !token.is_empty()) {
        Some(token) => {
            understood.push("the XSRF token (XSRF-TOKEN)".to_owned());
            credential.insert(XSRF_TOKEN.to_owned(), token);
        }
        None => missing.push("the XSRF token (XSRF-TOKEN), which the site rarely asks for".to_owned()),
    }
    let device = match value(&cookie, "b-user-id") {
        Some(device) => {
            understood.push("the device (b-user-id)".to_owned());
            device.to_owned()
        }
        None => {
            missing.push("the device (b-user-id); a random one is used".to_owned());
            random_device()
        }
    };
    if let Some(end) = expires {
        understood.push(format!("the day on which the ticket ends ({})", day(end)));
        credential.insert(EXPIRES.to_owned(), end.to_string());
    }
    credential.extend([(COOKIE.to_owned(), cookie), (DEVICE.to_owned(), device)]);
    let identity = Some(fingerprint(&ticket.value));
    Recognition::Found(Box::new(Found { credential, identity, expires, understood, missing }))
}

/// The token as a request carries it. One that would break the header is left as it is written.
fn decoded(token: &str) -> String {
    Some(percent_decoded(token))
        .filter(|decoded| !decoded.contains(char::is_control))
        .unwrap_or_else(|| token.to_owned())
}

/// A text on its own, of which the owner says that it is this site's.
fn bare(text: &str) -> Recognition {
    let unusable = |what: &str| Recognition::Unusable(format!("This {what}: {MEND}."));
    if text.starts_with(HASH_MARK) {
        return unusable(
            "is only the hash of a sign-in ticket (tongyi_sso_ticket_hash), with which nobody is signed in",
        );
    }
    if text.starts_with("sk-") {
        return unusable("looks like a key of an API, not like a sign-in ticket of this site");
    }
    if text.starts_with("eyJ") && text.matches('.').count() == 2 {
        return unusable("is a token of another site, such as chat.qwen.ai, not a sign-in ticket of this one");
    }
    let whole = text.bytes().all(|b| b.is_ascii_graphic() && !b";,\"\\".contains(&b)) && !text.contains("://");
    if !whole || text.len() < SHORTEST_TICKET || text.ends_with("...") {
        return unusable("is a text in which no sign-in ticket (tongyi_sso_ticket) can be found");
    }
    let ticket = Cookie { name: TICKETS[0].to_owned(), value: text.to_owned(), ..Cookie::default() };
    found(&[], format!("{}={text}", TICKETS[0]), &ticket, None)
}

fn without_ticket(paste: &Paste, mine: &[Mine<'_>], asked: bool) -> Recognition {
    let holds = |name: &str| mine.iter().any(|m| m.source.cookie(name).next().is_some());
    if holds(GUEST) {
        return Recognition::Unusable(format!("This is a guest's page ({GUEST}), nobody is signed in there: {MEND}."));
    }
    if holds(HASH) {
        return Recognition::Unusable(format!(
            "This holds only the hash of the sign-in ticket ({HASH}), not the ticket ({}), which scripts on the page \
             cannot see: {MEND}.",
            TICKETS[0]
        ));
    }
    let host = mine.iter().find_map(|m| m.source.host.as_deref());
    let own_cookie = mine.iter().flat_map(|m| &m.source.cookies).any(|cookie| cookie.name.starts_with("tongyi_"));
    if host.is_none() && !own_cookie && (!asked || mine.is_empty()) {
        return Recognition::Nothing;
    }
    let form = paste.form.name();
    let of = host.map_or_else(String::new, |host| format!(" of {host}"));
    let cookies = mine.iter().any(|m| !m.source.cookies.is_empty());
    Recognition::Unusable(match paste.form {
        _ if cookies => format!("This is {form}{of}, but without a sign-in ticket ({}): {MEND}.", TICKETS[0]),
        Form::Fetch => format!(
            "This is {form}{of}, but in the browser's form, which holds no cookies: choose \"Copy as fetch (Node.js)\" \
             or \"Copy as cURL\" instead."
        ),
        Form::Har => format!(
            "This is {form} with requests{of}, but without any cookies: export it \"with sensitive data\", or copy one \
             request as cURL."
        ),
        _ => format!("This is {form}{of}, but it holds no cookies: {MEND}."),
    })
}

#[cfg(test)]
#[path = "recognise_tests.rs"]
mod recognise_tests;
