//! Variables that are numbers.

use super::problem::Problems;
use super::variables;

/// A port; its default is in the table.
pub fn port(name: &str, value: Option<&str>, problems: &mut Problems) -> u16 {
    let port = number(name, value, 1, 65535, variables::number(name), problems);
    u16::try_from(port).unwrap_or_default()
}

/// A whole number from `low` to `high`.
pub fn number(name: &str, value: Option<&str>, low: u64, high: u64, default: u64, problems: &mut Problems) -> u64 {
    let Some(value) = value else { return default };
    match value.parse::<u64>() {
        Ok(n) if (low..=high).contains(&n) => n,
        _ => {
            let mend = format!("write a whole number from {low} to {high}, or leave it out for {default}");
            problems.add(name, "it is not a number in range", mend);
            default
        }
    }
}
