//! What styles say that text needs: which paragraphs are headings, which numbers are dates.

use std::collections::{HashMap, HashSet};

use super::super::Deadline;
use super::xml::{self, Piece};

/// Paragraph styles that are headings, with their level.
pub(super) type Headings = HashMap<String, usize>;

/// Reads Word's styles. A style is a heading if its name says so, which is English in every language's Word, or by its
/// outline level. Styles that cannot be read leave only the text plain.
pub(super) fn headings(text: &str, deadline: Deadline) -> Headings {
    let mut headings = Headings::new();
    let mut style = String::new();
    let _ = xml::each(text, deadline, |piece| {
        let Piece::Open(tag) = piece else { return Ok(()) };
        match tag.name() {
            "style" => style = tag.attribute("styleId").unwrap_or_default(),
            "name" => {
                let name = tag.attribute("val").unwrap_or_default().to_ascii_lowercase();
                let level = name.strip_prefix("heading ").and_then(|level| level.parse().ok());
                let level = level.or_else(|| (name == "title").then_some(1));
                headings.extend(level.map(|level| (style.clone(), level)));
            }
            "outlineLvl" => {
                let level = tag.attribute("val").and_then(|level| level.parse::<usize>().ok());
                // Nine is Word's "body text".
                if let Some(level) = level.filter(|level| *level < 9) {
                    headings.entry(style.clone()).or_insert(level + 1);
                }
            }
            _ => {}
        }
        Ok(())
    });
    headings
}

/// Which of the cell styles of a workbook show a number as a date or a time.
pub(super) fn date_styles(text: &str, deadline: Deadline) -> HashSet<usize> {
    let mut own_formats: HashSet<u32> = HashSet::new();
    let mut dates = HashSet::new();
    let mut in_cell_styles = false;
    let mut index = 0;
    let _ = xml::each(text, deadline, |piece| {
        match piece {
            Piece::Open(tag) => match tag.name() {
                "numFmt" => {
                    let id = tag.attribute("numFmtId").and_then(|id| id.parse::<u32>().ok());
                    let is_date = tag.attribute("formatCode").is_some_and(|code| shows_date(&code));
                    own_formats.extend(id.filter(|_| is_date));
                }
                "cellXfs" => in_cell_styles = true,
                "xf" if in_cell_styles => {
                    let id = tag.attribute("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    // The built-in formats for dates and times, those of East Asian Excel included.
                    if matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58) || own_formats.contains(&id) {
                        dates.insert(index);
                    }
                    index += 1;
                }
                _ => {}
            },
            Piece::Close("cellXfs") => in_cell_styles = false,
            _ => {}
        }
        Ok(())
    });
    dates
}

/// Whether a number format is one for dates: it has a letter of them outside quotes and brackets.
fn shows_date(code: &str) -> bool {
    let (mut quoted, mut bracketed) = (false, false);
    code.chars().any(|letter| {
        match letter {
            '"' => quoted = !quoted,
            '[' => bracketed = true,
            ']' => bracketed = false,
            _ => {}
        }
        !quoted && !bracketed && matches!(letter, 'y' | 'Y' | 'm' | 'd' | 'D' | 'h' | 'H')
    })
}

#[cfg(test)]
mod tests {
    use super::shows_date;

    #[test]
    fn tells_dates_from_other_number_formats() {
        assert!(shows_date("yyyy\"年\"m\"月\"") && shows_date("[$-804]h:mm"));
        assert!(!shows_date("0.00\" days\"") && !shows_date("[Red]#,##0"));
    }
}
