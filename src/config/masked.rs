//! What may be shown of a value that is secret, or holds a secret.

/// From which length on a secret's end is shown, in characters.
const LONG: usize = 16;

/// How much of its end.
const SHOWN: usize = 4;

/// A secret by its end, such as `qq-…3f9a`. Of a short one, and of one that is more than a key (a cookie), nothing is
/// shown.
pub fn masked(secret: &str) -> String {
    let is_key = secret.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if secret.len() < LONG || !is_key {
        return "…".to_owned();
    }
    let prefix = ["qq-", "sk-"].into_iter().find(|prefix| secret.starts_with(prefix)).unwrap_or_default();
    let end = &secret[secret.len() - SHOWN..];
    format!("{prefix}…{end}")
}

/// An address without what opens it: user and password, the query, and parts of the path that look like a key.
pub fn address(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "…".to_owned() };
    let (rest, query) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit_once('@').map_or_else(|| host.to_owned(), |(_, host)| format!("…@{host}"));
    let mut shown = format!("{scheme}://{host}");
    let mut before = "";
    for part in path.split('/').skip(1) {
        let is_key = before.eq_ignore_ascii_case("k") || part.len() >= LONG && part.bytes().any(|b| b.is_ascii_digit());
        shown.push('/');
        shown.push_str(if is_key { "…" } else { part });
        before = part;
    }
    if !query.is_empty() {
        shown.push_str("?…");
    }
    shown
}

/// An address whose path and query are the right to write there: its host only.
pub fn host_only(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "…".to_owned() };
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let hidden = if path.len() > 1 { "/…" } else { path };
    format!("{scheme}://{host}{hidden}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_end_and_a_short_or_manifold_one_by_nothing() {
        for (secret, shown) in [
            ("qq-0123456789abcdef", "qq-…cdef"),
            ("sk-0123456789abcdef", "sk-…cdef"),
            ("0123456789.abcdef", "…cdef"),
            ("short-secret", "…"),
            ("tongyi_sso_ticket=abcdef0123456789", "…"),
            ("пароль-пароль-пароль", "…"),
            ("", "…"),
        ] {
            assert_eq!(masked(secret), shown, "{secret}");
        }
    }

    #[test]
    fn an_address_keeps_what_does_not_open_it() {
        for (url, shown) in [
            ("http://localhost:11434/v1", "http://localhost:11434/v1"),
            ("https://dashscope.example/compatible-mode/v1", "https://dashscope.example/compatible-mode/v1"),
            ("http://me:pa@ss@proxy:3128", "http://…@proxy:3128"),
            ("https://h/v1?token=secret#x", "https://h/v1?…"),
            ("https://h?token=secret", "https://h?…"),
            ("https://h/k/short/v1", "https://h/k/…/v1"),
            ("https://h/bot0123456789abcdef/x", "https://h/…/x"),
            ("no address", "…"),
        ] {
            assert_eq!(address(url), shown, "{url}");
        }
        for (url, shown) in [
            ("https://api.telegram.org/bot12:ab/sendMessage?chat_id=1", "https://api.telegram.org/…"),
            ("https://u:p@bark.example/", "https://bark.example/"),
            ("https://h?key=1", "https://h/…"),
            ("x", "…"),
        ] {
            assert_eq!(host_only(url), shown, "{url}");
        }
    }
}
