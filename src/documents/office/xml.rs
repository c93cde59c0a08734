//! The XML of office files, piece by piece and without their namespaces. Only the five built-in entities and character
//! numbers are resolved: what a document defines itself stays unknown, so nothing can expand.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::super::Deadline;
use super::super::unreadable::Unreadable;

/// How many pieces go by between two looks at the clock. An attribute may be as long as its part, so they are few.
const PIECES_PER_LOOK: u64 = 64;

/// One piece of a document.
pub(super) enum Piece<'a> {
    /// An element begins; of an empty one, [`Piece::Close`] follows at once.
    Open(Tag<'a>),
    /// An element of this local name ends.
    Close(&'a str),
    /// Text, unescaped.
    Text(&'a str),
}

/// The start of an element.
pub(super) struct Tag<'a>(&'a BytesStart<'a>);

impl Tag<'_> {
    /// The local name.
    pub(super) fn name(&self) -> &str {
        local(self.0.name().0)
    }

    /// An attribute by its local name.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        self.attribute_of(name, false)
    }

    /// An attribute by its local name; with `prefixed` only one in a namespace, as `r:id` beside a plain `id`.
    pub(super) fn attribute_of(&self, name: &str, prefixed: bool) -> Option<String> {
        let found = self
            .0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| local(attribute.key.0) == name && (!prefixed || attribute.key.0.contains(':')))?;
        quick_xml::escape::unescape(&found.value).ok().map(|value| value.into_owned())
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Hands over every piece of a document, as long as there is time.
pub(super) fn each(
    text: &str,
    deadline: Deadline,
    mut take: impl FnMut(Piece<'_>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut pieces = 0_u64;
    loop {
        pieces += 1;
        if pieces.is_multiple_of(PIECES_PER_LOOK) {
            deadline.check()?;
        }
        match reader.read_event().map_err(|_| Unreadable::Broken)? {
            Event::Start(tag) => take(Piece::Open(Tag(&tag)))?,
            Event::Empty(tag) => {
                take(Piece::Open(Tag(&tag)))?;
                take(Piece::Close(local(tag.name().0)))?;
            }
            Event::End(tag) => take(Piece::Close(local(tag.name().0)))?,
            Event::Text(text) => take(Piece::Text(&text.xml10_content()))?,
            Event::CData(text) => take(Piece::Text(&text.xml10_content()))?,
            Event::GeneralRef(reference) => {
                let mut buffer = [0; 4];
                let text = match reference.resolve_char_ref().map_err(|_| Unreadable::Broken)? {
                    Some(letter) => &*letter.encode_utf8(&mut buffer),
                    None => resolve_predefined_entity(&reference.xml10_content()).unwrap_or_default(),
                };
                take(Piece::Text(text))?;
            }
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn no_part_is_read_on_when_the_time_is_over() {
        let part = "<a/>".repeat(100);
        assert_eq!(each(&part, Deadline::after(Duration::ZERO), |_| Ok(())), Err(Unreadable::TooSlow));
        assert_eq!(each(&part, Deadline::after(Duration::from_secs(20)), |_| Ok(())), Ok(()));
    }
}
