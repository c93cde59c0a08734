//! When a cookie ends, in every spelling that exports use.

use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// From here on a number counts milliseconds, or microseconds: as seconds it would be thousands of years ahead.
const MILLISECONDS: f64 = 1e11;
const MICROSECONDS: f64 = 1e14;

/// Unix seconds of a number or a date; none for the marks of a session cookie (0, -1, `Session`).
pub fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        let number = if number >= MICROSECONDS {
            number / 1e6
        } else if number >= MILLISECONDS {
            number / 1e3
        } else {
            number
        };
        // A cast of what is not finite would give the end of time.
        return (number.is_finite() && number >= 1.0).then_some(number as u64);
    }
    let date = OffsetDateTime::parse(text, &Rfc3339).or_else(|_| OffsetDateTime::parse(text, &Rfc2822)).ok()?;
    u64::try_from(date.unix_timestamp()).ok().filter(|seconds| *seconds > 0)
}

/// The day of `seconds`, as in `2027-08-20`.
pub fn day(seconds: u64) -> String {
    let date = i64::try_from(seconds).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    date.map_or_else(|| "a far day".to_owned(), |date| date.date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_one_moment_are_equal() {
        for text in [
            "1818756000",
            "1818756000.75",
            "1818756000000",
            "1818756000000000",
            "2027-08-20T10:00:00.000Z",
            "2027-08-20T18:00:00+08:00",
            "Fri, 20 Aug 2027 10:00:00 GMT",
        ] {
            assert_eq!(seconds(text), Some(1_818_756_000), "{text}");
        }
        for text in ["0", "-1", "Session", "", "NaN", "inf", "1601-01-01T00:00:00Z"] {
            assert_eq!(seconds(text), None, "{text}");
        }
        assert_eq!(day(1_818_756_000), "2027-08-20");
        assert_eq!(day(u64::MAX), "a far day");
    }
}
