//! What an owner pasted → what each request carries.

use std::collections::BTreeMap;

use crate::accounts::Account;
use crate::config::CnAccount;

/// The credential's parts.
pub const COOKIE: &str = "cookie";
pub const XSRF_TOKEN: &str = "xsrf_token";
pub const DEVICE: &str = "device";

/// The cookies that mean "signed in"; the second is that of an aliyun.com sign-in.
pub const TICKETS: [&str; 2] = ["tongyi_sso_ticket", "login_aliyunid_ticket"];

/// The account for one numbered cookie.
pub fn account(cn: &CnAccount, warnings: &mut Vec<String>) -> Account {
    let pasted = cn.cookie.expose().trim();
    let pasted = strip_name(pasted);
    // Who pastes the ticket's value alone, which is all that the site needs, is understood.
    let cookie =
        if pasted.contains('=') && pasted.split(';').any(|pair| pair.trim().split_once('=').is_some_and(is_pair)) {
            pasted.to_owned()
        } else {
            format!("{}={pasted}", TICKETS[0])
        };
    if !TICKETS.iter().any(|ticket| value(&cookie, ticket).is_some()) {
        warnings.push(format!(
            "CN_ACCOUNT_{}_COOKIE holds no {} cookie, without which the site knows nobody: copy the whole Cookie header \
             of a signed-in page",
            cn.number, TICKETS[0]
        ));
    }
    let token = cn.xsrf_token.as_ref().map(|token| token.expose().clone());
    let token = token.or_else(|| value(&cookie, "XSRF-TOKEN").map(percent_decoded)).unwrap_or_default();
    let device = value(&cookie, "b-user-id").map_or_else(|| device_of(&cookie), str::to_owned);
    let parts = [(COOKIE, cookie), (XSRF_TOKEN, token), (DEVICE, device)];
    let credential: BTreeMap<_, _> = parts.map(|(name, value)| (name.to_owned(), value)).into();
    Account::new(format!("{}-{}", super::ID, cn.number), Some(cn.number), credential)
}

/// Some people copy the header with its name.
fn strip_name(pasted: &str) -> &str {
    let name = pasted.get(..7).filter(|name| name.eq_ignore_ascii_case("cookie:"));
    name.map_or(pasted, |name| pasted[name.len()..].trim_start())
}

fn is_pair((name, _): (&str, &str)) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b)) && name.len() < 64
}

/// The cookie that signs in.
pub fn ticket(cookie: &str) -> Option<&str> {
    TICKETS.iter().find_map(|name| value(cookie, name))
}

/// The value of cookie `name`.
pub fn value<'a>(cookie: &'a str, name: &str) -> Option<&'a str> {
    let pairs = cookie.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value).next()
}

/// The same cookie is always the same device, so that a restart does not look like another one.
fn device_of(cookie: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, cookie.as_bytes());
    digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The site accepts any device id that is not empty and binds it to nothing.
pub fn random_device() -> String {
    crate::random::hex(16)
}

/// A text with its percent signs resolved; as it is, if that gives nothing that a header can carry.
pub fn percent_decoded(text: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8().ok();
    let sendable = decoded.filter(|decoded| !decoded.chars().any(char::is_control));
    sendable.map_or_else(|| text.to_owned(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    fn made(cookie: &str) -> (Account, Vec<String>) {
        let mut warnings = Vec::new();
        let cn = CnAccount { number: 3, cookie: Secret::new(cookie.to_owned()), xsrf_token: None };
        (account(&cn, &mut warnings), warnings)
    }

    #[test]
    fn the_cookie_is_sent_as_it_was_pasted() {
        let pasted = r#"cna=a b; tongyi_sso_ticket=T$1"x"=; XSRF-TOKEN=a%2Fb; b-user-id=dev"#;
        let (account, warnings) = made(pasted);
        assert_eq!((account.part(COOKIE), account.part(XSRF_TOKEN), account.part(DEVICE)), (pasted, "a/b", "dev"));
        assert_eq!((account.id.as_str(), account.number, warnings.len()), ("qianwen-3", Some(3), 0));
    }

    #[test]
    fn a_bare_ticket_and_a_header_line_are_understood() {
        assert_eq!(made("abcDEF123").0.part(COOKIE), "tongyi_sso_ticket=abcDEF123");
        assert_eq!(made("Cookie: tongyi_sso_ticket=x").0.part(COOKIE), "tongyi_sso_ticket=x");
        assert_eq!(made("x").0.part(DEVICE).len(), 32);
    }

    #[test]
    fn a_cookie_without_ticket_is_warned_of_by_name_only() {
        let (_, warnings) = made("cna=SECRET; isg=1");
        assert!(warnings[0].contains("CN_ACCOUNT_3_COOKIE") && !warnings[0].contains("SECRET"));
    }
}
