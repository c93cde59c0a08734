//! One request → the source it makes.

use super::cookie_header;
use super::source::Source;

/// Builds the source of a request to `url`. `headers` come as they were written; cookies are taken out of them.
pub fn source(url: Option<String>, headers: Vec<(String, String)>) -> Source {
    let mut source = Source { host: url.as_deref().and_then(host), url, ..Source::default() };
    for (name, value) in headers {
        let name = name.trim().to_ascii_lowercase();
        let value = value.trim();
        match name.as_str() {
            "cookie" => add_cookies(&mut source, value),
            ":authority" | "host" if source.host.is_none() => source.host = host(value),
            "" => {}
            _ => source.headers.push((name, value.to_owned())),
        }
    }
    source
}

/// HTTP/2 may split the header; together its parts are one.
fn add_cookies(source: &mut Source, header: &str) {
    if header.is_empty() {
        return;
    }
    source.cookies.extend(cookie_header::pairs(header));
    match &mut source.cookie_header {
        Some(known) => {
            known.push_str("; ");
            known.push_str(header);
        }
        none => *none = Some(header.to_owned()),
    }
}

/// The host of an address, or of what a `Host` header holds.
pub fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next()?,
        None => host.split(':').next()?,
    };
    let host = host.trim_end_matches('.');
    let known = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:".contains(&b));
    known.then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_found_in_every_kind_of_address() {
        for (url, expected) in [
            ("https://Chat.Example.com/api?x=1", Some("chat.example.com")),
            ("http://me:word@localhost:8080", Some("localhost")),
            ("wss://[::1]:9/x", Some("::1")),
            ("example.com:443", Some("example.com")),
            ("https://", None),
            ("a b", None),
        ] {
            assert_eq!(host(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn split_cookie_headers_are_one() {
        let headers = [("Cookie", "a=1"), ("cookie", "b=2"), ("X-Y", " z ")].map(|(n, v)| (n.to_owned(), v.to_owned()));
        let source = source(None, headers.to_vec());
        assert_eq!((source.cookie_header.as_deref(), source.cookies.len()), (Some("a=1; b=2"), 2));
        assert_eq!(source.header("x-y").collect::<Vec<_>>(), ["z"]);
    }
}
