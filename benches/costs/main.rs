//! What single parts cost: `cargo bench --bench costs`, or `cargo bench --bench costs -- pick` for some of them.
//!
//! Each line is the part, a case, and its figures, parted by tabs. One program for all: to link one takes minutes.

mod charts;
mod count;
mod pick;

use std::error::Error;
use std::io::{self, Write};

/// Figures, as they are found.
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Measures one part.
type Part = fn(&mut Lines) -> Outcome;

const PARTS: [(&str, Part); 3] = [("pick", pick::measure), ("count", count::measure), ("charts", charts::measure)];

fn main() -> Outcome {
    // What cargo adds of its own begins with dashes.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    for (part, measure) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|name| name == part) {
            measure(&mut Lines { part })?;
        }
    }
    Ok(())
}

/// Where a part tells its figures.
struct Lines {
    part: &'static str,
}

impl Lines {
    /// Tells the median of what was measured, and the smallest.
    fn tell(&mut self, case: &str, mut measured: Vec<f64>, digits: usize) -> Outcome {
        measured.sort_by(f64::total_cmp);
        let (median, least) = (measured[measured.len() / 2], measured[0]);
        Ok(writeln!(io::stdout(), "{}\t{case}\t{median:.digits$}\t{least:.digits$}", self.part)?)
    }
}
