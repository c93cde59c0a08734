//! Word, Excel and PowerPoint files: a ZIP archive of XML parts that refer to each other.

mod package;
mod sheets;
mod styles;
mod words;
mod xml;

use super::kind::Kind;
use super::transcript::Transcript;
use super::unreadable::Unreadable;
use super::{Deadline, MAX_UNPACKED};
use package::Package;

/// Which of the office formats an archive is, by the part that only it has.
pub(super) fn recognise(bytes: &[u8]) -> Kind {
    let kinds =
        [("word/document.xml", Kind::Docx), ("xl/workbook.xml", Kind::Xlsx), ("ppt/presentation.xml", Kind::Pptx)];
    let Ok(package) = Package::open(bytes, MAX_UNPACKED) else { return Kind::Unknown };
    kinds.into_iter().find(|(part, _)| package.has(part)).map_or(Kind::Unknown, |(_, kind)| kind)
}

pub(super) fn read_docx(bytes: &[u8], deadline: Deadline, out: &mut Transcript) -> Result<(), Unreadable> {
    let mut package = Package::open(bytes, MAX_UNPACKED)?;
    let links = package.relations("word/document.xml", deadline)?;
    let headings = styles::headings(package.part("word/styles.xml")?.as_deref().unwrap_or_default(), deadline);
    let document = package.part("word/document.xml")?.ok_or(Unreadable::Broken)?;
    words::read(&document, &words::Surroundings { headings: &headings, links: &links, deadline }, out)?;
    for part in ["word/footnotes.xml", "word/endnotes.xml"] {
        if let Some(notes) = package.part(part)? {
            out.end_paragraph();
            let links = package.relations(part, deadline)?;
            words::read(&notes, &words::Surroundings { headings: &headings, links: &links, deadline }, out)?;
        }
    }
    Ok(())
}

pub(super) fn read_pptx(bytes: &[u8], deadline: Deadline, out: &mut Transcript) -> Result<(), Unreadable> {
    let mut package = Package::open(bytes, MAX_UNPACKED)?;
    let slides = package.members("ppt/presentation.xml", "sldId", deadline)?;
    let headings = styles::Headings::default();
    for (number, slide) in slides.iter().enumerate() {
        let Some(text) = package.part(&slide.path)? else { continue };
        out.end_paragraph();
        out.push_str(&format!("--- Slide {} ---\n", number + 1));
        let links = package.relations(&slide.path, deadline)?;
        words::read(&text, &words::Surroundings { headings: &headings, links: &links, deadline }, out)?;
    }
    Ok(())
}

pub(super) fn read_xlsx(bytes: &[u8], deadline: Deadline, out: &mut Transcript) -> Result<(), Unreadable> {
    let mut package = Package::open(bytes, MAX_UNPACKED)?;
    let sheets = package.members("xl/workbook.xml", "sheet", deadline)?;
    let strings =
        sheets::shared_strings(package.part("xl/sharedStrings.xml")?.as_deref().unwrap_or_default(), deadline)?;
    let dates = styles::date_styles(package.part("xl/styles.xml")?.as_deref().unwrap_or_default(), deadline);
    for sheet in &sheets {
        let Some(text) = package.part(&sheet.path)? else { continue };
        out.end_paragraph();
        out.push_str(&format!("--- Sheet {} ---\n", sheet.name));
        sheets::read(&text, &strings, &dates, deadline, out)?;
    }
    Ok(())
}
