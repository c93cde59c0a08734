//! A font, as far as text needs it: how bytes fall into codes, which characters these are, and how wide.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, MACINTOSH, SHIFT_JIS, UTF_16BE, WINDOWS_1252};
use hayro_cmap::{BfString, CMap};
use hayro_syntax::object::{Array, Dict, Name, Object, Stream};

use super::super::Deadline;
use super::super::unreadable::Unreadable;
use super::glyphs;
use super::stream::Unpacker;

/// How many widths a font may list: one for each of its glyphs, and they have sixteen bits.
const MOST_WIDTHS: usize = 1 << 17;

/// A font.
pub(super) struct Font {
    coding: Coding,
    to_unicode: Option<CMap>,
    widths: Widths,
    /// Whether its lines run from top to bottom.
    pub(super) vertical: bool,
}

/// How bytes fall into codes, and what they mean without a table of the font's own.
enum Coding {
    /// One byte is one code.
    Simple(Box<[Option<char>; 256]>),
    /// Two bytes are one code that means nothing without a table.
    Glyphs,
    /// The bytes are text in a known encoding.
    Text(&'static Encoding),
}

/// One glyph that is shown.
pub(super) struct Shown {
    pub(super) text: BfString,
    /// How far it moves, in parts of the font's size.
    pub(super) advance: f64,
    /// Whether word spacing is added.
    pub(super) is_space: bool,
}

impl Font {
    pub(super) fn new(dict: &Dict<'_>, unpacker: &mut Unpacker, deadline: Deadline) -> Result<Self, Unreadable> {
        let table = dict.get::<Stream<'_>>("ToUnicode").map(|stream| unpacker.table(&stream)).transpose()?.flatten();
        let to_unicode = table.and_then(|data| CMap::parse(&data, |_| None));
        let composite = dict.get::<Name<'_>>("Subtype").is_some_and(|kind| kind.as_ref() == b"Type0");
        if !composite {
            return Ok(Self {
                coding: simple(dict, unpacker, deadline)?,
                to_unicode,
                widths: Widths::simple(dict),
                vertical: false,
            });
        }
        let name = dict.get::<Name<'_>>("Encoding").map(|name| name.as_str().to_owned()).unwrap_or_default();
        let coding = encoding_of(&name).map_or(Coding::Glyphs, Coding::Text);
        let descendant = dict.get::<Array<'_>>("DescendantFonts").and_then(|fonts| fonts.iter::<Dict<'_>>().next());
        let widths = Widths::composite(&descendant.unwrap_or_default(), matches!(coding, Coding::Glyphs), deadline)?;
        Ok(Self { coding, to_unicode, widths, vertical: name.ends_with("-V") })
    }

    /// Takes the first glyph off the bytes of a string.
    pub(super) fn next(&self, bytes: &mut &[u8]) -> Option<Shown> {
        let first = *bytes.first()?;
        let length = match &self.coding {
            Coding::Simple(_) => 1,
            Coding::Glyphs => 2,
            Coding::Text(encoding) if *encoding == UTF_16BE => 2 + 2 * usize::from((0xd8..0xdc).contains(&first)),
            // Half-width katakana are the exception of Shift JIS.
            Coding::Text(encoding) => {
                let single = first < 0x80 || *encoding == SHIFT_JIS && (0xa0..0xe0).contains(&first);
                2 - usize::from(single)
            }
        };
        let (code, rest) = bytes.split_at(length.min(bytes.len()));
        *bytes = rest;
        let number = code.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
        let text = self.to_unicode.as_ref().and_then(|table| table.lookup_bf_string(number));
        let text = text.unwrap_or_else(|| BfString::Char(self.own_meaning(first, code)));
        let advance = self.widths.of(number, &text);
        Some(Shown { text, advance, is_space: code == b" " })
    }

    fn own_meaning(&self, first: u8, code: &[u8]) -> char {
        let letter = match &self.coding {
            Coding::Simple(table) => table[usize::from(first)],
            Coding::Glyphs => None,
            Coding::Text(encoding) => encoding.decode_without_bom_handling(code).0.chars().next(),
        };
        letter.unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}

/// The encoding that one of the predefined maps for East Asian fonts is written for.
fn encoding_of(name: &str) -> Option<&'static Encoding> {
    let is = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    match name {
        _ if is(&["UCS2-", "UTF16-"]) => Some(UTF_16BE),
        _ if is(&["GBK", "GB-EUC", "GBpc-EUC"]) => Some(GB18030),
        _ if is(&["B5pc", "ETen-B5", "ETenms-B5", "HKscs-B5"]) => Some(BIG5),
        _ if is(&["RKSJ-"]) => Some(SHIFT_JIS),
        _ if is(&["KSC-EUC", "KSCms-UHC", "KSCpc-EUC"]) => Some(EUC_KR),
        "EUC-H" | "EUC-V" => Some(EUC_JP),
        _ => None,
    }
}

fn simple(dict: &Dict<'_>, unpacker: &mut Unpacker, deadline: Deadline) -> Result<Coding, Unreadable> {
    let (base, differences) = match dict.get::<Object<'_>>("Encoding") {
        Some(Object::Name(name)) => (Some(name), None),
        Some(Object::Dict(dict)) => (dict.get("BaseEncoding"), dict.get::<Array<'_>>("Differences")),
        _ => (None, None),
    };
    let truetype = dict.get::<Name<'_>>("Subtype").is_some_and(|kind| kind.as_ref() == b"TrueType");
    let mut table = Box::new([None; 256]);
    for (code, letter) in (0..=u8::MAX).zip(table.iter_mut()) {
        let of = |encoding: &'static Encoding| encoding.decode_without_bom_handling(&[code]).0.chars().next();
        *letter = match base.as_deref() {
            Some(b"MacRomanEncoding") => of(MACINTOSH),
            Some(b"WinAnsiEncoding") => of(WINDOWS_1252),
            _ if truetype => of(WINDOWS_1252),
            _ => glyphs::standard(code),
        };
    }
    let file = dict.get::<Dict<'_>>("FontDescriptor").and_then(|font| font.get::<Stream<'_>>("FontFile"));
    if let Some(file) = file.filter(|_| base.is_none())
        && let Some(program) = unpacker.unpack(&file)?
    {
        glyphs::built_in(&program, &mut table);
    }
    let mut code = 0_usize;
    for entry in differences.iter().flat_map(|array| array.iter::<Object<'_>>()) {
        deadline.check()?;
        match entry {
            Object::Number(number) => code = usize::try_from(number.as_i64()).unwrap_or(usize::MAX),
            Object::Name(name) => {
                if let Some(letter) = table.get_mut(code) {
                    *letter = glyphs::character(name.as_str());
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    Ok(Coding::Simple(table))
}

/// How far glyphs move.
struct Widths {
    /// First code, last code and width; sorted, and the later one counts where several overlap.
    ranges: Vec<(u32, u32, f64)>,
    /// For the rest; none means by the look of the character.
    default: Option<f64>,
}

impl Widths {
    fn simple(dict: &Dict<'_>) -> Self {
        let first = dict.get::<u32>("FirstChar").unwrap_or(0);
        // A font drawn by the document itself measures in units of its own.
        let own_units = dict.get::<Array<'_>>("FontMatrix").and_then(|matrix| matrix.iter::<f64>().next());
        let unit = own_units.map_or(0.001, f64::abs);
        let widths = dict.get::<Array<'_>>("Widths");
        let ranges = (first..first.saturating_add(256))
            .zip(widths.iter().flat_map(|widths| widths.iter::<f64>()))
            .map(|(code, width)| (code, code, width * unit))
            .collect();
        Self { ranges, default: None }
    }

    /// The widths of a composite font go by glyph, which is the code only where no predefined map stands between.
    fn composite(dict: &Dict<'_>, by_code: bool, deadline: Deadline) -> Result<Self, Unreadable> {
        let default = dict.get::<f64>("DW").unwrap_or(1000.0) / 1000.0;
        let mut ranges = Vec::new();
        let mut pending: Vec<f64> = Vec::new();
        let entries = dict.get::<Array<'_>>("W").filter(|_| by_code);
        for entry in entries.iter().flat_map(|array| array.iter::<Object<'_>>()).take(MOST_WIDTHS) {
            // An entry may refer to a list, and any number of entries to the same one.
            deadline.check()?;
            if ranges.len() > MOST_WIDTHS {
                return Err(Unreadable::TooLarge);
            }
            match (entry, pending.as_slice()) {
                (Object::Array(widths), [first]) => {
                    let codes = (*first as u32)..=0xffff;
                    ranges.extend(codes.zip(widths.iter::<f64>()).map(|(code, width)| (code, code, width / 1000.0)));
                    pending.clear();
                }
                (Object::Number(width), [first, last]) => {
                    ranges.push((*first as u32, *last as u32, width.as_f64() / 1000.0));
                    pending.clear();
                }
                (Object::Number(number), _) => pending.push(number.as_f64()),
                _ => pending.clear(),
            }
        }
        ranges.sort_by_key(|(first, _, _)| *first);
        Ok(Self { ranges, default: Some(default) })
    }

    fn of(&self, code: u32, text: &BfString) -> f64 {
        let after = self.ranges.partition_point(|(first, _, _)| *first <= code);
        let known = after.checked_sub(1).and_then(|at| self.ranges.get(at)).filter(|(_, last, _)| code <= *last);
        known.map(|(_, _, width)| *width).or(self.default).unwrap_or_else(|| match text {
            BfString::Char(letter) => typical_width(*letter),
            BfString::String(_) => 1.0,
        })
    }
}

/// About what a sans-serif font gives a letter, for the fourteen fonts that need not say their widths.
fn typical_width(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '\'' | '|' => 0.22,
        ' ' | '.' | ',' | ':' | ';' | '!' | 'f' | 't' | 'I' | '/' | '\\' | '[' | ']' => 0.28,
        '(' | ')' | 'r' | '-' | '`' => 0.33,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.85,
        'A'..='Z' => 0.69,
        _ if letter.is_ascii() => 0.55,
        _ => 0.8,
    }
}
