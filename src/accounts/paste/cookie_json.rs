//! Cookies as JSON: what extensions and browser drivers export, and objects of names and values.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::cookie_header;
use super::date;
use super::form::Form;
use super::request;
use super::source::{self, Cookie, Source};
use crate::json::{self, Text};

/// One cookie of an export. Each tool has its own names for the same parts.
#[derive(Deserialize)]
pub struct Item<'a> {
    #[serde(borrow, default, alias = "Name raw", deserialize_with = "json::text")]
    name: Option<Text<'a>>,
    #[serde(borrow, default, alias = "Content raw", deserialize_with = "json::text")]
    value: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "json::text")]
    domain: Option<Text<'a>>,
    #[serde(borrow, default, alias = "Host raw", deserialize_with = "json::text")]
    host: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "json::text")]
    expires: Option<Text<'a>>,
    #[serde(borrow, default, rename = "expirationDate", deserialize_with = "json::text")]
    expiration_date: Option<Text<'a>>,
    #[serde(borrow, default, alias = "Expires raw", deserialize_with = "json::text")]
    expiry: Option<Text<'a>>,
}

impl Item<'_> {
    /// The cookie, if it has a name and a value.
    pub fn cookie(self) -> Option<Cookie> {
        let expires = [self.expires, self.expiration_date, self.expiry];
        Some(Cookie {
            name: self.name.map(|name| name.0.into_owned()).filter(|name| !name.is_empty())?,
            value: self.value?.0.into_owned(),
            domain: self.domain.or(self.host).and_then(|domain| source::domain(&domain)),
            expires: expires.into_iter().flatten().find_map(|text| date::seconds(&text)),
        })
    }
}

/// What is wrong with a text that begins like JSON. The error's own words may quote a value.
pub fn broken(error: &serde_json::Error) -> String {
    if error.is_eof() {
        return "This looks like JSON, but it breaks off: copy or export it again, as a whole.".into();
    }
    format!(
        "This looks like JSON, but it is broken in line {}, column {}: copy or export it again, as a whole.",
        error.line(),
        error.column()
    )
}

/// Reads a list or an object.
///
/// # Errors
/// If it is no JSON, or holds no cookies.
pub fn read(text: &str) -> Result<(Form, Vec<Source>), String> {
    let found = if text.starts_with('[') { list(text, None) } else { object(text) };
    match found {
        Ok(Some(found)) => Ok(found),
        Err(error) if !error.is_data() => Err(broken(&error)),
        Ok(None) | Err(_) => Err(unknown(text)),
    }
}

/// What is of another form may as well be broken further on.
fn unknown(text: &str) -> String {
    const OTHER: &str = "This is JSON, but neither a HAR file nor a list of cookies: copy a request as cURL, or export \
                         the site's cookies as JSON.";
    serde_json::from_str::<IgnoredAny>(text).map_or_else(|error| broken(&error), |_| OTHER.to_owned())
}

type Read = serde_json::Result<Option<(Form, Vec<Source>)>>;

fn list(text: &str, host: Option<&str>) -> Read {
    let items: Vec<Item<'_>> = serde_json::from_str(text)?;
    let cookies = items.into_iter().filter_map(Item::cookie);
    let cookies: Vec<_> =
        cookies.map(|c| Cookie { domain: c.domain.clone().or_else(|| host.map(str::to_owned)), ..c }).collect();
    Ok((!cookies.is_empty()).then(|| (Form::CookieJson, source::by_domain(cookies.into_iter()))))
}

fn object(text: &str) -> Read {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
    let member = |name: &str, opens: char| members.get(name).map(|raw| raw.get()).filter(|raw| raw.starts_with(opens));
    let url = ["url", "host"].iter().find_map(|name| text_of(members.get(*name)?));
    if let Some(cookies) = member("cookies", '[') {
        return list(cookies, url.as_deref().and_then(request::host).as_deref());
    }
    if let Some(headers) = member("headers", '{') {
        return Ok(Some((Form::RequestHeaders, vec![request::source(url, pairs(headers)?)])));
    }
    if member("name", '"').is_some() && members.contains_key("value") {
        let cookie = serde_json::from_str::<Item<'_>>(text)?.cookie();
        return Ok(cookie.map(|cookie| (Form::CookieJson, source::by_domain(std::iter::once(cookie)))));
    }
    Ok(named(pairs(member("cookies", '{').unwrap_or(text))?))
}

/// The members of an object that are texts.
fn pairs(object: &str) -> serde_json::Result<Vec<(String, String)>> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(object)?;
    Ok(members.into_iter().filter_map(|(name, raw)| Some((name, text_of(raw)?))).collect())
}

fn text_of(raw: &RawValue) -> Option<String> {
    json::text(raw).ok().flatten().map(|text| text.0.into_owned())
}

/// An object of names and texts: headers if one of them is a header's, cookies otherwise.
fn named(mut pairs: Vec<(String, String)>) -> Option<(Form, Vec<Source>)> {
    for (name, _) in &mut pairs {
        if name.eq_ignore_ascii_case("cookies") {
            "cookie".clone_into(name);
        }
    }
    let is_header = |name: &str| ["cookie", "authorization"].iter().any(|known| name.eq_ignore_ascii_case(known));
    if pairs.iter().any(|(name, _)| is_header(name)) {
        return Some((Form::RequestHeaders, vec![request::source(None, pairs)]));
    }
    let pairs = pairs.into_iter().filter(|(name, _)| cookie_header::is_name(name));
    let cookies: Vec<_> = pairs.map(|(name, value)| Cookie { name, value, domain: None, expires: None }).collect();
    (!cookies.is_empty()).then(|| (Form::CookieJson, vec![Source { cookies, ..Source::default() }]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tools_names_are_known() {
        for text in [
            r#"[{"domain":".x.example","expirationDate":2000000000.25,"hostOnly":false,"name":"a","path":"/","value":"1","id":1}]"#,
            r#"{"cookies":[{"name":"a","value":"1","domain":"x.example","path":"/","expires":2000000000,"sameSite":"Lax"}],"origins":[]}"#,
            r#"[{"Host raw":"https://.x.example/","Name raw":"a","Path raw":"/","Content raw":"1","Expires":"later","Expires raw":"2000000000"}]"#,
            r#"{"url":"https://x.example/","cookies":[{"name":"a","value":1,"expires":"2033-05-18T03:33:20.000Z"}]}"#,
            r#"{"name":"a","value":"1","domain":".X.example","expiry":2000000000000}"#,
        ] {
            let (form, sources) = read(text).unwrap();
            let expected = Cookie {
                name: "a".into(),
                value: "1".into(),
                domain: Some("x.example".into()),
                expires: Some(2_000_000_000),
            };
            assert!(form == Form::CookieJson && sources[0].cookies == [expected], "{text}");
            assert_eq!(sources[0].host.as_deref(), Some("x.example"));
        }
    }

    #[test]
    fn objects_are_cookies_or_headers() {
        let (form, sources) = read(r#"{"b":"2","a":"1","flag":true}"#).unwrap();
        assert_eq!((form, sources[0].cookies.len()), (Form::CookieJson, 2));
        let (form, sources) = read(r#"{"Cookie":"a=1; b=2","User-Agent":"me"}"#).unwrap();
        assert_eq!((form, sources[0].cookie_header.as_deref()), (Form::RequestHeaders, Some("a=1; b=2")));
        let (_, sources) = read(r#"{"cookies":{"a":"1","b":{"cookies":{}}}}"#).unwrap();
        assert_eq!(sources[0].cookies.len(), 1);
        let (_, sources) = read(r#"{"url":"https://x.example/p","headers":{"cookie":"a=1"}}"#).unwrap();
        assert_eq!((sources[0].host.as_deref(), sources[0].cookies.len()), (Some("x.example"), 1));
    }

    #[test]
    fn what_is_wrong_is_said_without_the_values() {
        for (text, words) in [
            (r#"{"a":"SECRET"#, "breaks off"),
            (r#"{"a":"SECRET"; }"#, "line 1, column 14"),
            (r#"["SECRET"]"#, "neither"),
            ("{}", "neither"),
            (r#"[{"token":"SECRET"}]"#, "neither"),
        ] {
            let what = read(text).unwrap_err();
            assert!(what.contains(words) && !what.contains("SECRET"), "{what}");
        }
    }
}
