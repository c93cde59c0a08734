//! Why a file could not be turned into text, in words for the client. None of them holds anything of the file.

use std::fmt;

/// Why a file could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Of a kind that is not read.
    Unsupported,
    /// It opens only with a password, or its protection is one that is not known here.
    Encrypted,
    /// Pages, but no text on them.
    NoText,
    /// Text, but without the tables that say which characters it is made of.
    NoCharacters,
    /// Damaged, cut off, or not what it claims to be.
    Broken,
    /// It would unpack to more than is allowed.
    TooLarge,
    /// It was not done in time.
    TooSlow,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Unsupported => {
                "files of this type are not read: attach plain text (txt, md, csv, json, yaml, xml, code, logs), HTML, \
                 PDF, DOCX, XLSX, PPTX, or a picture"
            }
            Self::Encrypted => "the PDF is encrypted: save a copy without a password and attach that",
            Self::NoText => {
                "the PDF holds no text, only pictures of its pages: run text recognition (OCR) over it first, or attach \
                 the pages as pictures"
            }
            Self::NoCharacters => {
                "the PDF does not say which characters its glyphs stand for: attach the document it was made from, or \
                 its pages as pictures"
            }
            Self::Broken => "the file is damaged or incomplete: open it, save it again, and attach the new copy",
            Self::TooLarge => "the file unpacks to more than can be read: attach only the part that matters",
            Self::TooSlow => {
                "the file could not be read in time: attach a smaller part of it, or try again when less is going on"
            }
        })
    }
}

impl std::error::Error for Unreadable {}
