//! What a paste says about one host.

use std::fmt;

/// The cookies and headers for one host.
#[derive(Default, Clone, PartialEq, Eq)]
pub struct Source {
    /// The host without its port, in lower case; none if the paste does not tell it.
    pub host: Option<String>,
    /// The address of the first request to it.
    pub url: Option<String>,
    /// The cookies; a name stands more than once if it had several values.
    pub cookies: Vec<Cookie>,
    /// The headers other than the cookies, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The cookie header byte for byte, if there was one: the fullest, and of these the last.
    pub cookie_header: Option<String>,
}

impl Source {
    /// The values of header `name`, which is in lower case.
    pub fn header<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The values of cookie `name`.
    pub fn cookie<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Cookie> {
        self.cookies.iter().filter(move |cookie| cookie.name == name)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Source");
        shown.field("host", &self.host).field("cookies", &self.cookies.len()).field("headers", &self.headers.len());
        shown.finish_non_exhaustive()
    }
}

/// One cookie.
#[derive(Default, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value as the browser would send it.
    pub value: String,
    /// The domain it is for, in lower case and without the leading dot, if the form tells it.
    pub domain: Option<String>,
    /// When it ends, in unix seconds, if the form tells it.
    pub expires: Option<u64>,
}

impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cookie").field("domain", &self.domain).field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// A cookie's domain as it is compared.
pub(super) fn domain(text: &str) -> Option<String> {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.trim().trim_start_matches('.').trim_end_matches(['/', '.']);
    (!text.is_empty()).then(|| text.to_ascii_lowercase())
}

/// One source for each domain, in the order in which they come.
pub(super) fn by_domain(cookies: impl Iterator<Item = Cookie>) -> Vec<Source> {
    cookies.map(|cookie| Source { host: cookie.domain.clone(), cookies: vec![cookie], ..Source::default() }).collect()
}
