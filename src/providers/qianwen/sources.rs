//! The pages that an answer draws on, which the site lists beside it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::chat::{Citation, Decoded, Event};

/// Where a page's address may stand. No source shows an entry whole, so whatever is likely is understood.
const ADDRESSES: [&str; 3] = ["url", "link", "href"];

/// Where its title may stand, the best first.
const TITLES: [&str; 5] = ["title", "name", "host_name", "hostName", "host"];

/// The most pages that are told of one answer; the site shows some dozens.
const MOST: usize = 200;

/// The pages of one answer.
#[derive(Debug, Default)]
pub struct Sources {
    /// The last list as it was written: most frames repeat it, and then it is not read again.
    last: String,
    told: BTreeSet<String>,
    waiting: Vec<Citation>,
}

impl Sources {
    /// Takes the list from a message's meta data, as JSON. One that cannot be read says nothing.
    pub fn take(&mut self, meta: &str) {
        if meta == self.last {
            return;
        }
        meta.clone_into(&mut self.last);
        let meta: Value = serde_json::from_str(meta).unwrap_or_default();
        let sources = meta["sources"].as_array().into_iter().flatten();
        let entries = sources.filter_map(|source| source["content"]["list"].as_array()).flatten();
        for citation in entries.filter_map(citation) {
            if self.told.len() < MOST && self.told.insert(citation.url.clone()) {
                self.waiting.push(citation);
            }
        }
    }

    /// Tells of the pages that nobody was told of.
    pub fn tell(&mut self, out: &mut Vec<Decoded>) {
        out.extend(self.waiting.drain(..).map(|citation| Decoded::event(Event::Citation(citation))));
    }
}

/// Reads one entry of a list.
fn citation(entry: &Value) -> Option<Citation> {
    let text = |name: &&str| entry[*name].as_str().map(str::trim).filter(|text| !text.is_empty());
    let url = ADDRESSES.iter().filter_map(text).find(|url| is_address(url))?;
    let title = TITLES.iter().find_map(text).unwrap_or_default();
    Some(Citation { url: url.to_owned(), title: title.to_owned() })
}

/// Whether a text is the address of something on the web.
pub fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_alphanumeric() || c == '[')
            && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
    })
}
