//! Sheets of a workbook: a line for each row, its cells set apart by tabs.

use std::collections::HashSet;

use super::super::Deadline;
use super::super::transcript::Transcript;
use super::super::unreadable::Unreadable;
use super::xml::{self, Piece, Tag};

/// The last column that a workbook can have.
const LAST_COLUMN: usize = 16_384;

/// The days from Excel's day zero to 1970-01-01.
const DAYS_TO_EPOCH: i64 = 25_569;

/// The texts that cells refer to by number.
pub(super) fn shared_strings(text: &str, deadline: Deadline) -> Result<Vec<String>, Unreadable> {
    let mut strings: Vec<String> = Vec::new();
    let (mut in_text, mut in_reading) = (false, false);
    xml::each(text, deadline, |piece| {
        match piece {
            Piece::Open(tag) => match tag.name() {
                "si" => strings.push(String::new()),
                "t" => in_text = true,
                // How a Chinese or Japanese word is pronounced, written above it.
                "rPh" => in_reading = true,
                _ => {}
            },
            Piece::Close("t") => in_text = false,
            Piece::Close("rPh") => in_reading = false,
            Piece::Text(text) if in_text && !in_reading => {
                if let Some(last) = strings.last_mut() {
                    last.push_str(text);
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(strings)
}

/// Reads one sheet.
pub(super) fn read(
    text: &str,
    strings: &[String],
    dates: &HashSet<usize>,
    deadline: Deadline,
    out: &mut Transcript,
) -> Result<(), Unreadable> {
    // Where the line being written stands, and which column comes next.
    let (mut column, mut next) = (0, 0);
    let mut cell = Cell::default();
    let mut in_value = false;
    xml::each(text, deadline, |piece| {
        match piece {
            Piece::Open(tag) => match tag.name() {
                "row" => (column, next) = (0, 0),
                "c" => {
                    cell = Cell::new(&tag, next);
                    next = cell.column + 1;
                }
                "v" | "t" => in_value = true,
                _ => {}
            },
            Piece::Text(text) if in_value => cell.value.push_str(text),
            Piece::Close("v" | "t") => in_value = false,
            Piece::Close("c") => {
                deadline.check()?;
                let value = cell.shown(strings, dates);
                if !value.is_empty() {
                    out.push_str(&"\t".repeat(cell.column.saturating_sub(column)));
                    out.push_str(&value);
                    column = cell.column;
                }
            }
            Piece::Close("row") => out.end_line(),
            _ => {}
        }
        Ok(())
    })
}

/// A cell under way.
#[derive(Default)]
struct Cell {
    column: usize,
    kind: String,
    style: Option<usize>,
    value: String,
}

impl Cell {
    fn new(tag: &Tag<'_>, next: usize) -> Self {
        let place = tag.attribute("r").and_then(|place| column_of(&place));
        Self {
            column: place.unwrap_or(next),
            kind: tag.attribute("t").unwrap_or_default(),
            style: tag.attribute("s").and_then(|style| style.parse().ok()),
            value: String::new(),
        }
    }

    /// What the cell shows, on one line.
    fn shown(&self, strings: &[String], dates: &HashSet<usize>) -> String {
        let value = self.value.trim();
        let text = match self.kind.as_str() {
            "s" => value.parse::<usize>().ok().and_then(|index| strings.get(index)).map_or("", String::as_str),
            "b" if value == "1" => "TRUE",
            "b" => "FALSE",
            "" | "n" if self.style.is_some_and(|style| dates.contains(&style)) => {
                return value.parse().ok().and_then(date).unwrap_or_else(|| value.to_owned());
            }
            _ => value,
        };
        text.replace(['\t', '\n', '\r'], " ")
    }
}

/// The column that a place such as `AB12` is in, counted from zero.
fn column_of(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_uppercase).take(4);
    let column = letters.fold(0, |column, letter| column * 26 + usize::from(letter - b'A') + 1);
    column.checked_sub(1).filter(|column| *column < LAST_COLUMN)
}

/// The date and time of a serial number, which counts days; without a part that is zero.
fn date(serial: f64) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    // Rounding to seconds first, or 12:00 becomes 11:59:59.
    let seconds = (serial * 86_400.0).round() as i64;
    let (days, clock) = (seconds / 86_400, seconds % 86_400);
    let time = format!("{:02}:{:02}:{:02}", clock / 3600, clock / 60 % 60, clock % 60);
    if days == 0 {
        return Some(time);
    }
    let day = civil(days - DAYS_TO_EPOCH);
    Some(if clock == 0 { day } else { format!("{day} {time}") })
}

/// The day that lies so many days after 1970-01-01, by the calendar whose years begin in March.
fn civil(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, carried) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", year + era * 400 + carried)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_become_dates() {
        assert_eq!(date(45_292.0).as_deref(), Some("2024-01-01"));
        assert_eq!(date(45_351.5).as_deref(), Some("2024-02-29 12:00:00"));
        assert_eq!(date(0.25).as_deref(), Some("06:00:00"));
        assert_eq!(date(-1.0).or(date(f64::NAN)), None);
    }

    #[test]
    fn places_have_columns() {
        assert_eq!(["A1", "Z9", "AB12", "XFD1"].map(column_of), [Some(0), Some(25), Some(27), Some(16_383)]);
        assert_eq!(["XFE1", "ZZZZZ1", "12", ""].map(column_of), [None; 4]);
    }
}
