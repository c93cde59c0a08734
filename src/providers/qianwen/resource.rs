//! A picture that the site has: what is kept of its upload, and how a message refers to it.

use std::collections::BTreeMap;

use serde::Serialize;

/// What is kept.
pub const URL: &str = "url";
pub const ID: &str = "id";
pub const FORMAT: &str = "format";
pub const NAME: &str = "name";
pub const SIZE: &str = "size";

/// A reference to a picture, as the site's messages have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Resource<'a> {
    url: &'a str,
    id: &'a str,
    file_format: &'a str,
    file_name: &'a str,
    file_size: &'a str,
}

impl<'a> Resource<'a> {
    /// The reference that was kept; none if it is not ours.
    pub fn of(kept: &'a BTreeMap<String, String>) -> Option<Self> {
        let text = |name| kept.get(name).map(String::as_str);
        let optional = |name| text(name).unwrap_or_default();
        Some(Self {
            url: text(URL)?,
            id: text(ID)?,
            file_format: optional(FORMAT),
            file_name: optional(NAME),
            file_size: optional(SIZE),
        })
    }
}
