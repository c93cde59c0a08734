//! Unpacking the streams of pages and fonts under a limit: the parser itself knows none.

use std::io::Read;

use flate2::bufread::DeflateDecoder;
use hayro_syntax::Filter;
use hayro_syntax::object::Stream;

use super::super::unreadable::Unreadable;

/// The most that one stream may unpack to.
const LARGEST: usize = 32 << 20;

/// The most that all of them together may unpack to, one after the other.
const LARGEST_SUM: usize = 512 << 20;

/// What the packed data may weigh where it can grow a thousandfold and nothing counts along.
const LARGEST_UNCOUNTED: usize = 128 << 10;

/// The tables from codes to characters are small; what is larger was made to be.
const LARGEST_TABLE: usize = 4 << 20;

/// The most that the tables of all fonts together may unpack to: they are kept, and four times as large once read.
const LARGEST_TABLES: usize = 32 << 20;

/// What may still be unpacked.
pub(super) struct Unpacker {
    room: usize,
    /// The same for the tables of fonts.
    tables: usize,
}

impl Unpacker {
    pub(super) fn new() -> Self {
        Self { room: LARGEST_SUM, tables: LARGEST_TABLES }
    }

    /// The table of a font from codes to characters, as [`Unpacker::unpack`]; none if it is too large to be one.
    pub(super) fn table(&mut self, stream: &Stream<'_>) -> Result<Option<Vec<u8>>, Unreadable> {
        let table = self.unpack(stream)?.filter(|data| data.len() <= LARGEST_TABLE);
        let size = table.as_ref().map_or(0, Vec::len);
        self.tables = self.tables.checked_sub(size).ok_or(Unreadable::TooLarge)?;
        Ok(table)
    }

    /// The data of a stream; none if it is broken, an image, or packed in a way that no program for text uses.
    pub(super) fn unpack(&mut self, stream: &Stream<'_>) -> Result<Option<Vec<u8>>, Unreadable> {
        let raw = stream.raw_data();
        let fits = match stream.filters().as_slice() {
            [] | [Filter::Ascii85Decode | Filter::AsciiHexDecode] => raw.len() <= LARGEST,
            [Filter::FlateDecode] => fits(&raw, LARGEST),
            [Filter::Ascii85Decode | Filter::AsciiHexDecode, Filter::FlateDecode | Filter::LzwDecode]
            | [Filter::LzwDecode | Filter::RunLengthDecode] => raw.len() <= LARGEST_UNCOUNTED,
            _ => return Ok(None),
        };
        if !fits {
            return Err(Unreadable::TooLarge);
        }
        let Ok(data) = stream.decoded_data() else { return Ok(None) };
        self.room = self.room.checked_sub(data.len()).ok_or(Unreadable::TooLarge)?;
        Ok(Some(data.into_owned()))
    }
}

/// Whether data packed with zlib unpacks to no more than the limit.
fn fits(raw: &[u8], limit: usize) -> bool {
    // Packed data grows at most so many times: most streams need not be unpacked twice.
    const MOST_GROWTH: usize = 1040;
    if raw.len() <= limit / MOST_GROWTH {
        return true;
    }
    let packed = raw.get(2..).unwrap_or_default();
    let counted = std::io::copy(&mut DeflateDecoder::new(packed).take(limit as u64 + 1), &mut std::io::sink());
    // What is damaged, or has no header, is taken to be as large as it could be.
    counted.map_or(raw.len() <= LARGEST_UNCOUNTED, |size| size <= limit as u64)
}
