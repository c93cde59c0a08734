//! What a file is. Its bytes decide; its name and declared type only choose among kinds whose bytes look alike.

use super::{encoding, office};

/// How far into a file the mark of a PDF may stand, as other readers allow.
const PDF_MARK_WITHIN: usize = 1024;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A picture, which a model that sees is given as it is.
    Picture(Picture),
    /// Anything written in plain text: prose, tables, data, code, logs.
    Text,
    /// A web page.
    Html,
    /// A PDF document.
    Pdf,
    /// A Word document.
    Docx,
    /// An Excel workbook.
    Xlsx,
    /// A PowerPoint presentation.
    Pptx,
    /// None of these.
    Unknown,
}

/// A picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// How it is encoded.
    pub format: Format,
    /// Its width in pixels, if its header says so.
    pub width: Option<u32>,
    /// Its height in pixels, if its header says so.
    pub height: Option<u32>,
}

/// How a picture is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    Webp,
    /// Windows bitmap.
    Bmp,
    /// TIFF.
    Tiff,
    /// HEIC or HEIF, as telephones write it.
    Heic,
    /// AVIF.
    Avif,
}

impl Format {
    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
            Self::Heic => "image/heic",
            Self::Avif => "image/avif",
        }
    }
}

/// Says what a file is.
#[must_use]
pub fn recognise(name: Option<&str>, media_type: Option<&str>, bytes: &[u8]) -> Kind {
    if let Some(format) = picture_format(bytes) {
        let size = imagesize::blob_size(bytes).ok();
        let side = |of: fn(&imagesize::ImageSize) -> usize| size.as_ref().and_then(|size| u32::try_from(of(size)).ok());
        return Kind::Picture(Picture { format, width: side(|size| size.width), height: side(|size| size.height) });
    }
    let declared = Declared::new(name, media_type);
    if is_pdf(bytes, declared) {
        Kind::Pdf
    } else if bytes.starts_with(b"PK\x03\x04") {
        office::recognise(bytes)
    } else if !encoding::is_text(bytes) {
        Kind::Unknown
    } else if declared == Declared::Html || declared == Declared::Nothing && begins_like_html(bytes) {
        Kind::Html
    } else {
        Kind::Text
    }
}

fn picture_format(bytes: &[u8]) -> Option<Format> {
    let brand = bytes.get(4..12).filter(|_| bytes.get(4..8) == Some(b"ftyp")).and_then(|head| head.get(4..8));
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Format::Png),
        [0xff, 0xd8, 0xff, ..] => Some(Format::Jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::Webp),
        [b'I', b'I', 0x2a, 0, ..] | [b'M', b'M', 0, 0x2a, ..] => Some(Format::Tiff),
        // A text may well begin with these two letters: the reserved field and the header's length must fit as well.
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, _, _, _, _, 12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0, ..] => {
            Some(Format::Bmp)
        }
        _ => match brand? {
            b"heic" | b"heix" | b"heim" | b"heis" | b"mif1" | b"msf1" | b"hevc" => Some(Format::Heic),
            b"avif" | b"avis" => Some(Format::Avif),
            _ => None,
        },
    }
}

/// The mark at the very start is enough; further in, where a text may only be speaking of PDF, the client must say so.
fn is_pdf(bytes: &[u8], declared: Declared) -> bool {
    let mark = b"%PDF-";
    let start = &bytes[..bytes.len().min(PDF_MARK_WITHIN)];
    bytes.trim_ascii_start().starts_with(mark)
        || declared == Declared::Pdf && start.windows(mark.len()).any(|window| window == mark)
}

/// What a client says a file is, as far as that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declared {
    Html,
    Pdf,
    Other,
    Nothing,
}

impl Declared {
    fn new(name: Option<&str>, media_type: Option<&str>) -> Self {
        let extension = name.and_then(|name| name.rsplit_once('.')).map(|(_, end)| end.to_ascii_lowercase());
        let essence = media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match (extension.as_deref(), essence.as_str()) {
            (Some("html" | "htm" | "xhtml"), _) => Self::Html,
            (Some("pdf"), _) => Self::Pdf,
            (Some(_), _) => Self::Other,
            (None, "text/html" | "application/xhtml+xml") => Self::Html,
            (None, "application/pdf") => Self::Pdf,
            (None, "" | "application/octet-stream") => Self::Nothing,
            (None, _) => Self::Other,
        }
    }
}

fn begins_like_html(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    ["<!doctype html", "<html"]
        .iter()
        .any(|opener| start.get(..opener.len()).is_some_and(|head| head.eq_ignore_ascii_case(opener.as_bytes())))
}
