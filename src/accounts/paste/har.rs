//! A recording of requests (HAR) → sources. Only what the requests sent is read; the answers, which make up nearly all
//! of such a file, are passed over.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::cookie_json::{Item, broken};
use super::merge::Merge;
use super::request;
use super::source::Source;
use crate::json::{self, Text};

/// Reads a HAR file; none if the JSON is another.
///
/// # Errors
/// If the text is no JSON.
pub fn read(text: &str) -> Result<Option<Vec<Source>>, String> {
    match serde_json::from_str::<File>(text) {
        Ok(file) => Ok(file.log.and_then(|log| log.entries).map(|entries| entries.0.finish())),
        Err(error) if error.is_data() => Ok(None),
        Err(error) => Err(broken(&error)),
    }
}

#[derive(Deserialize)]
struct File {
    log: Option<Log>,
}

#[derive(Deserialize)]
struct Log {
    entries: Option<Entries>,
}

/// The entries, merged while they are read, so that a long recording needs little memory.
struct Entries(Merge);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of entries")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Entries, A::Error> {
                let mut merge = Merge::default();
                while let Some(entry) = entries.next_element::<Entry<'_>>()? {
                    if let Some(request) = entry.request {
                        merge.add(request.source());
                    }
                }
                Ok(Entries(merge))
            }
        }
        deserializer.deserialize_seq(Each)
    }
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    request: Option<Request<'a>>,
}

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow, default, deserialize_with = "json::text")]
    url: Option<Text<'a>>,
    #[serde(borrow)]
    headers: Option<Vec<Header<'a>>>,
    #[serde(borrow)]
    cookies: Option<Vec<Item<'a>>>,
}

#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow, default, deserialize_with = "json::text")]
    name: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "json::text")]
    value: Option<Text<'a>>,
}

impl Request<'_> {
    fn source(self) -> Source {
        let headers = self.headers.unwrap_or_default().into_iter();
        let headers = headers.filter_map(|header| Some((header.name?.0.into_owned(), header.value?.0.into_owned())));
        let mut source = request::source(self.url.map(|url| url.0.into_owned()), headers.collect());
        for cookie in self.cookies.unwrap_or_default().into_iter().filter_map(Item::cookie) {
            // Some browsers decode the values in this list. What the header said was sent.
            match source.cookies.iter_mut().find(|known| known.name == cookie.name) {
                Some(known) if known.value == cookie.value => {
                    known.domain = cookie.domain;
                    known.expires = cookie.expires;
                }
                Some(_) if source.cookie_header.is_some() => {}
                _ => source.cookies.push(cookie),
            }
        }
        source
    }
}
