//! Many requests → one source for each host.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::source::Source;

/// Gathers sources. A recording repeats the same cookies in each of its requests; each pair is kept once.
#[derive(Default)]
pub struct Merge {
    sources: Vec<Source>,
    places: HashMap<Option<String>, usize>,
    headers: HashSet<(usize, String, String)>,
    /// Which cookie of which source has this name and value.
    cookies: HashMap<(usize, String, String), usize>,
}

impl Merge {
    /// Adds what one request says.
    pub fn add(&mut self, source: Source) {
        let at = self.place(source.host.as_ref());
        let Some(known) = self.sources.get_mut(at) else { return };
        if known.url.is_none() {
            known.url = source.url;
        }
        for (name, value) in source.headers {
            if self.headers.insert((at, name.clone(), value.clone())) {
                known.headers.push((name, value));
            }
        }
        for cookie in source.cookies {
            match self.cookies.entry((at, cookie.name.clone(), cookie.value.clone())) {
                Entry::Vacant(new) => {
                    new.insert(known.cookies.len());
                    known.cookies.push(cookie);
                }
                // A header tells no expiry; the list of cookies beside it may.
                Entry::Occupied(same) => {
                    if let Some(same) = known.cookies.get_mut(*same.get()) {
                        same.expires = same.expires.max(cookie.expires);
                        same.domain = same.domain.take().or(cookie.domain);
                    }
                }
            }
        }
        let pairs = |header: &Option<String>| header.as_ref().map_or(0, |header| header.split(';').count());
        if source.cookie_header.is_some() && pairs(&source.cookie_header) >= pairs(&known.cookie_header) {
            known.cookie_header = source.cookie_header;
        }
    }

    /// The gathered sources.
    pub fn finish(self) -> Vec<Source> {
        self.sources
    }

    fn place(&mut self, host: Option<&String>) -> usize {
        match self.places.entry(host.cloned()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let at = self.sources.len();
                self.sources.push(Source { host: host.cloned(), ..Source::default() });
                *new.insert(at)
            }
        }
    }
}
