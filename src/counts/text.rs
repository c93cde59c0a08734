//! Counts as they are kept: one text for a span of time, a line for each cell.
//!
//! A chart of a year reads some thousand of these texts. As rows of a table the same would be a hundred thousand, and
//! adding them up would take the database several times as long.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Counts, Histogram, MOST_CELLS, OTHER};

/// Whose calls a cell counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Whose<'a> {
    /// The model as it was asked for; empty if there is no such.
    pub model: &'a str,
    /// The account that was asked last; empty if none was.
    pub account: &'a str,
    /// The key that called; empty for the owner's.
    pub key: &'a str,
}

/// Writes one cell: three names, the outcomes with the tokens, and the two histograms without what is zero.
pub fn write(whose: Whose<'_>, counts: &Counts, out: &mut String) {
    for name in [whose.model, whose.account, whose.key] {
        // A name never holds what parts names here; if one ever did, the others must not suffer.
        out.extend(name.chars().filter(|c| !c.is_control()));
        out.push('\t');
    }
    let tokens = [counts.prompt, counts.completion, counts.reasoning];
    for (at, number) in counts.outcomes.iter().chain(&tokens).enumerate() {
        let _ = write!(out, "{}{number}", if at == 0 { "" } else { " " });
    }
    for histogram in [&counts.first_token, &counts.total] {
        out.push('\t');
        let filled = histogram.0.iter().enumerate().filter(|(_, count)| **count > 0);
        for (nth, (at, count)) in filled.enumerate() {
            let _ = write!(out, "{}{at}:{count}", if nth == 0 { "" } else { " " });
        }
    }
    out.push('\n');
}

/// Reads what [`write()`] wrote; a line that is torn is left out.
pub fn lines(text: &str) -> impl Iterator<Item = (Whose<'_>, Counts)> {
    lines_of(text, |_| true)
}

/// Reads the lines whose names are `wanted`. To pass over a line costs a fraction of reading it.
pub fn lines_of(text: &str, wanted: impl Fn(&Whose<'_>) -> bool) -> impl Iterator<Item = (Whose<'_>, Counts)> {
    text.lines().filter_map(move |line| {
        let (model, rest) = line.split_once('\t')?;
        let (account, rest) = rest.split_once('\t')?;
        let (key, rest) = rest.split_once('\t')?;
        let whose = Whose { model, account, key };
        if wanted(&whose) { Some((whose, counts(rest)?)) } else { None }
    })
}

fn counts(line: &str) -> Option<Counts> {
    let mut fields = line.split('\t');
    let mut counts = Counts::default();
    let mut numbers = Numbers(fields.next()?.as_bytes());
    for outcome in &mut counts.outcomes {
        *outcome = numbers.next()?;
    }
    (counts.prompt, counts.completion, counts.reasoning) = (numbers.next()?, numbers.next()?, numbers.next()?);
    counts.first_token = histogram(fields.next()?)?;
    counts.total = histogram(fields.next()?)?;
    Some(counts)
}

fn histogram(field: &str) -> Option<Histogram> {
    let mut histogram = Histogram::default();
    let mut numbers = Numbers(field.as_bytes());
    while let Some(at) = numbers.next() {
        *histogram.0.get_mut(usize::try_from(at).ok()?)? = numbers.next()?;
    }
    Some(histogram)
}

/// The numbers of a text, whatever stands between them. A year has a million of them, and the usual ways of taking a
/// text apart would take a chart's whole time.
struct Numbers<'a>(&'a [u8]);

impl Iterator for Numbers<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let start = self.0.iter().position(u8::is_ascii_digit)?;
        let mut number = 0_u64;
        let mut at = start;
        while let Some(digit) = self.0.get(at).filter(|byte| byte.is_ascii_digit()) {
            number = number.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
            at += 1;
        }
        self.0 = &self.0[at..];
        Some(number)
    }
}

/// Which names are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// All three.
    All,
    /// Models only.
    Model,
    /// Accounts only.
    Account,
    /// Keys only.
    Key,
}

impl Names {
    /// Each of them.
    pub const EACH: [Self; 4] = [Self::All, Self::Model, Self::Account, Self::Key];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Model => "model",
            Self::Account => "account",
            Self::Key => "key",
        }
    }

    const fn of<'a>(self, whose: Whose<'a>) -> Whose<'a> {
        let Whose { model, account, key } = whose;
        match self {
            Self::All => whose,
            Self::Model => Whose { model, account: "", key: "" },
            Self::Account => Whose { model: "", account, key: "" },
            Self::Key => Whose { model: "", account: "", key },
        }
    }
}

/// Several texts as the one of a longer span, in which only these `names` are told apart. Models beyond [`MOST_CELLS`]
/// are counted as [`OTHER`].
pub fn merged<'a>(texts: impl IntoIterator<Item = &'a str>, names: Names) -> String {
    let mut all: BTreeMap<Whose<'a>, Counts> = BTreeMap::new();
    for (whose, counts) in texts.into_iter().flat_map(lines) {
        let whose = names.of(whose);
        let full = all.len() >= MOST_CELLS && !all.contains_key(&whose);
        let whose = if full { Whose { model: OTHER, ..whose } } else { whose };
        all.entry(whose).or_default().add(&counts);
    }
    let mut text = String::new();
    all.iter().for_each(|(whose, counts)| write(*whose, counts, &mut text));
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OURS: Whose<'_> = Whose { model: "qwen max", account: "a-1", key: "" };

    fn counts() -> impl Strategy<Value = Counts> {
        let histogram = || any::<[u64; 14]>().prop_map(Histogram);
        (any::<[u64; 8]>(), any::<[u64; 3]>(), histogram(), histogram()).prop_map(
            |(outcomes, [prompt, completion, reasoning], first_token, total)| Counts {
                outcomes,
                prompt,
                completion,
                reasoning,
                first_token,
                total,
            },
        )
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_again(counts in counts(), model in ".*", key in ".*") {
            let mut text = String::new();
            write(Whose { model: &model, account: "a-1", key: &key }, &counts, &mut text);
            let read: Vec<_> = lines(&text).collect();
            let clean = |name: &str| name.chars().filter(|c| !c.is_control()).collect::<String>();
            prop_assert_eq!(read.len(), 1);
            prop_assert_eq!(read[0].0.model, clean(&model));
            prop_assert_eq!(read[0].0.key, clean(&key));
            prop_assert_eq!(read[0].1, counts);
        }

        #[test]
        fn a_torn_text_does_no_harm(text in ".*") {
            let _ = lines(&text).count();
        }
    }

    #[test]
    fn only_whole_lines_are_read() {
        let mut text = String::new();
        write(OURS, &Counts { prompt: 7, ..Counts::default() }, &mut text);
        assert_eq!(text, "qwen max\ta-1\t\t0 0 0 0 0 0 0 0 7 0 0\t\t\n");
        for torn in ["", "x", "a\tb\tc\t1 2 3\t\t", "a\tb\tc\t0 0 0 0 0 0 0 0 7 0 0\t99:1\t", &text[..30]] {
            assert_eq!(lines(torn).count(), 0, "{torn:?}");
        }
    }

    #[test]
    fn hours_become_a_day_and_too_many_models_become_one() {
        let one = Counts { outcomes: [1; 8], ..Counts::default() };
        let mut hour = String::new();
        for at in 0..MOST_CELLS + 10 {
            write(Whose { model: &format!("m-{at:04}"), ..OURS }, &one, &mut hour);
        }
        let day = merged([hour.as_str(), hour.as_str()], Names::All);
        let cells: Vec<_> = lines(&day).collect();
        assert_eq!(cells.len(), MOST_CELLS + 1);
        let requests = |model: &str| cells.iter().find(|cell| cell.0.model == model).map(|cell| cell.1.requests());
        assert_eq!((requests("m-0000"), requests(OTHER), requests("m-2005")), (Some(16), Some(160), None));
        let sums = merged([day.as_str()], Names::Account);
        let sums: Vec<_> = lines(&sums).map(|(whose, counts)| (whose, counts.requests())).collect();
        assert_eq!(sums, [(Whose { model: "", account: "a-1", key: "" }, 2010 * 16)]);
        assert_eq!(lines_of(&day, |whose| whose.model == "m-0007").count(), 1);
    }
}
