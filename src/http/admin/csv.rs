//! Figures for a spreadsheet, as RFC 4180 has it.

use std::fmt::Write;

use time::{OffsetDateTime, UtcOffset};

use crate::usage::Series;

/// Without it Excel reads a text in the computer's own code page, and a name in Chinese is none any more.
const UTF_8: char = '\u{feff}';

/// A line for each step and name, under a line that says what is what; `by` says what the names are of.
pub fn table(series: &[Series], by: &str, offset_min: i64) -> String {
    let mut text = format!(
        "{UTF_8}at,{by},requests,errors,prompt_tokens,completion_tokens,reasoning_tokens,first_token_p50_ms,total_p50_ms\r\n",
        by = if by == "none" { "name" } else { by },
    );
    for one in series {
        let name = cell(&one.name);
        for point in &one.points {
            let moment = moment(point.at, offset_min);
            let _ = write!(text, "{moment},{name},{},{}", point.requests, point.errors);
            let _ = write!(text, ",{},{},{}", point.prompt_tokens, point.completion_tokens, point.reasoning_tokens);
            for measured in [point.first_token_p50_ms, point.total_p50_ms] {
                let _ = write!(text, ",{}", measured.map_or_else(String::new, |ms| ms.to_string()));
            }
            text.push_str("\r\n");
        }
    }
    text
}

/// What a formula begins with; spreadsheets in Chinese and Japanese take the wide forms, too.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];

/// A text as a cell. A spreadsheet would run what begins like a formula, and some part their cells by semicolons.
fn cell(text: &str) -> String {
    let formula = text.starts_with(FORMULA);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', ';', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// A moment as it is written where days begin so many minutes east of UTC.
fn moment(ms: u64, offset_min: i64) -> String {
    let offset = i32::try_from(offset_min * 60).ok().and_then(|seconds| UtcOffset::from_whole_seconds(seconds).ok());
    let seconds = i64::try_from(ms / 1000).unwrap_or_default();
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let at = at.to_offset(offset.unwrap_or(UtcOffset::UTC));
    let (year, month, day) = at.to_calendar_date();
    let (hours, minutes, _) = at.offset().as_hms();
    let sign = if offset_min < 0 { '-' } else { '+' };
    format!(
        "{year:04}-{:02}-{day:02}T{:02}:{:02}:00{sign}{:02}:{:02}",
        u8::from(month),
        at.hour(),
        at.minute(),
        hours.unsigned_abs(),
        minutes.unsigned_abs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::Point;

    #[test]
    fn a_name_neither_breaks_a_line_nor_runs() {
        for (name, written) in [
            ("qwen-max", "qwen-max"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=1+1", "'=1+1"),
            ("@x,\"y\"", "\"'@x,\"\"y\"\"\""),
            ("-2", "'-2"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("a\r\nb", "\"a\r\nb\""),
            ("＝1+1", "'＝1+1"),
            ("＠x", "'＠x"),
            ("a;=1+1", "\"a;=1+1\""),
        ] {
            assert_eq!(cell(name), written);
        }
    }

    #[test]
    fn each_step_is_a_line_in_the_readers_own_time() {
        let point = Point {
            at: 1_795_017_600_000,
            requests: 3,
            errors: 1,
            prompt_tokens: 4,
            completion_tokens: 5,
            reasoning_tokens: 0,
            first_token_p50_ms: None,
            total_p50_ms: Some(70),
        };
        let series = [Series { name: "m".to_owned(), points: vec![point] }];
        let text = table(&series, "model", 480);
        let text = text.strip_prefix(UTF_8).unwrap();
        let lines: Vec<_> = text.split("\r\n").collect();
        assert_eq!(lines[0].split(',').count(), 9);
        assert_eq!(lines[1..], ["2026-11-19T00:00:00+08:00,m,3,1,4,5,0,,70", ""]);
        assert!(table(&series, "none", -210).contains("\r\n2026-11-18T12:30:00-03:30,m,"));
    }
}
