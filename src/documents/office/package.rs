//! The archive: its parts by name, unpacked one at a time and never beyond a limit.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive};

use super::super::unreadable::Unreadable;
use super::super::{Deadline, encoding};
use super::xml::{self, Piece};

/// More parts than any honest document has.
const MOST_PARTS: usize = 20_000;

/// XML shrinks to a tenth, repetitive tables to a fiftieth; what shrinks further was made to.
const HIGHEST_RATIO: usize = 400;

/// Below this size nobody minds the ratio.
const SMALL: usize = 1 << 20;

/// An open archive.
pub(super) struct Package<'a> {
    archive: ZipSliceArchive<&'a [u8]>,
    parts: HashMap<Vec<u8>, (ZipArchiveEntryWayfinder, CompressionMethod)>,
    /// What may still be unpacked.
    room: usize,
}

/// A slide or a sheet, in the order of the document.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) path: String,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8], room: usize) -> Result<Self, Unreadable> {
        let archive = ZipArchive::from_slice(bytes).map_err(|_| Unreadable::Broken)?;
        let mut parts = HashMap::new();
        let mut entries = archive.entries();
        while let Some(entry) = entries.next_entry().map_err(|_| Unreadable::Broken)? {
            if parts.len() == MOST_PARTS {
                return Err(Unreadable::TooLarge);
            }
            let name = entry.file_path().as_bytes().to_vec();
            parts.entry(name).or_insert((entry.wayfinder(), entry.compression_method()));
        }
        Ok(Self { archive, parts, room })
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.parts.contains_key(path.as_bytes())
    }

    /// A part's text; none if there is no such part.
    pub(super) fn part(&mut self, path: &str) -> Result<Option<String>, Unreadable> {
        let Some((wayfinder, method)) = self.parts.get(path.as_bytes()) else { return Ok(None) };
        let entry = self.archive.get_entry(*wayfinder).map_err(|_| Unreadable::Broken)?;
        let packed = entry.data();
        let allowed = self.room.min(packed.len().saturating_mul(HIGHEST_RATIO).max(SMALL));
        let mut bytes = Vec::new();
        // One byte more than allowed tells the full from the too large.
        let limit = allowed as u64 + 1;
        let unpacked = match *method {
            CompressionMethod::STORE => packed.take(limit).read_to_end(&mut bytes),
            CompressionMethod::DEFLATE => DeflateDecoder::new(packed).take(limit).read_to_end(&mut bytes),
            _ => return Err(Unreadable::Broken),
        };
        if bytes.len() > allowed {
            return Err(Unreadable::TooLarge);
        }
        unpacked.map_err(|_| Unreadable::Broken)?;
        self.room -= bytes.len();
        // UTF-8 nearly always, and then the text need not be copied.
        Ok(Some(String::from_utf8(bytes).unwrap_or_else(|other| encoding::decode(other.as_bytes(), None))))
    }

    /// What a part refers to, by the names it uses: paths inside the archive, or addresses outside.
    pub(super) fn relations(&mut self, of: &str, deadline: Deadline) -> Result<HashMap<String, String>, Unreadable> {
        let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
        let Some(text) = self.part(&format!("{folder}/_rels/{file}.rels"))? else { return Ok(HashMap::new()) };
        let mut relations = HashMap::new();
        xml::each(&text, deadline, |piece| {
            if let Piece::Open(tag) = piece
                && tag.name() == "Relationship"
                && let (Some(id), Some(target)) = (tag.attribute("Id"), tag.attribute("Target"))
            {
                let outside = tag.attribute("TargetMode").is_some_and(|mode| mode == "External");
                relations.insert(id, if outside { target } else { resolve(folder, &target) });
            }
            Ok(())
        })?;
        Ok(relations)
    }

    /// The slides or sheets that a part lists in elements of this name.
    pub(super) fn members(&mut self, of: &str, element: &str, deadline: Deadline) -> Result<Vec<Member>, Unreadable> {
        let text = self.part(of)?.ok_or(Unreadable::Broken)?;
        let relations = self.relations(of, deadline)?;
        let mut members = Vec::new();
        // No two are the same part in an honest document, and a part that is not there need not be remembered.
        let mut seen = HashSet::new();
        xml::each(&text, deadline, |piece| {
            if let Piece::Open(tag) = piece
                && tag.name() == element
                && let Some(path) = tag.attribute_of("id", true).and_then(|id| relations.get(&id))
                && self.has(path)
                && seen.insert(path)
            {
                members.push(Member { name: tag.attribute("name").unwrap_or_default(), path: path.clone() });
            }
            Ok(())
        })?;
        Ok(members)
    }
}

/// The path of a target that is written relative to a folder.
fn resolve(folder: &str, target: &str) -> String {
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn targets_are_relative_to_the_folder_unless_rooted() {
        assert_eq!(resolve("ppt/slides", "../media/a.png"), "ppt/media/a.png");
        assert_eq!(resolve("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolve("xl", "../../../x"), "x");
    }
}
