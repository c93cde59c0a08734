//! The owner's key, the key that seals what is kept, and the one of whoever reads the metrics, if the environment gives
//! them.

use super::problem::Problems;
use super::secret::Secret;

/// Values that documents print as an example: whoever reads them would own the service.
const EXAMPLE_KEYS: [&str; 9] = [
    "your_super_secret_master_key_123",
    "your-super-secret-master-key",
    "your_api_master_key",
    "change-me-please-change-me",
    "replace-with-a-long-random-key",
    "sk-your-own-long-random-key",
    "qq-your-own-long-random-key",
    "sk-1234567890abcdef",
    "1234567890123456",
];

/// The shortest key that is accepted, in characters.
const SHORTEST_KEY: usize = 16;

/// Reads `API_MASTER_KEY`.
pub fn master_key(value: Option<&str>, problems: &mut Problems) -> Option<Secret<String>> {
    let value = value?;
    match weakness(value) {
        Some((what, mend)) => problems.add("API_MASTER_KEY", what, mend),
        None => return Some(Secret::new(value.to_owned())),
    }
    None
}

/// Reads `METRICS_TOKEN`.
pub fn metrics_token(value: Option<&str>, problems: &mut Problems) -> Option<Secret<String>> {
    const NAME: &str = "METRICS_TOKEN";
    let value = value?;
    if value.chars().count() < SHORTEST_KEY {
        let what = format!("it is shorter than {SHORTEST_KEY} characters");
        problems.add(NAME, what, "use a long random text, or leave it out: then only the owner reads /metrics");
    } else if !value.bytes().all(|b| b.is_ascii_graphic()) {
        problems.add(NAME, "it holds characters that a header cannot carry", "use letters, digits, - and _ only");
    } else {
        return Some(Secret::new(value.to_owned()));
    }
    None
}

/// Whether a text may be the owner's key.
///
/// # Errors
/// What is wrong with it, and the mend.
pub fn check_key(value: &str) -> Result<(), String> {
    weakness(value).map_or(Ok(()), |(what, mend)| Err(format!("{what}; {mend}")))
}

/// What keeps a text from being the owner's key, and the mend.
fn weakness(value: &str) -> Option<(String, &'static str)> {
    const MEND: &str = "use a long random text, or leave it out and one is made";
    if EXAMPLE_KEYS.contains(&value.to_ascii_lowercase().as_str()) {
        Some(("it is a value that documents print as an example".to_owned(), MEND))
    } else if value.chars().count() < SHORTEST_KEY {
        Some((format!("it is shorter than {SHORTEST_KEY} characters"), MEND))
    } else if !value.bytes().all(|b| b.is_ascii_graphic()) {
        let what = "it holds characters that a header cannot carry";
        Some((what.to_owned(), "use letters, digits, - and _ only"))
    } else {
        None
    }
}

/// Any text will do, if it is long enough not to be guessed.
pub fn data_key(value: Option<String>, problems: &mut Problems) -> Option<Secret<String>> {
    let value = value?;
    if value.chars().count() < SHORTEST_KEY {
        let what = format!("it is shorter than {SHORTEST_KEY} characters");
        problems.add("DATA_KEY", what, "use a long random text, or leave it out and one is made in DATA_DIR");
        return None;
    }
    Some(Secret::new(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_for_the_metrics_is_long_and_is_not_shown() {
        for token in ["short-SECRET", "has a space in it SECRET"] {
            let mut problems = Problems::default();
            assert!(metrics_token(Some(token), &mut problems).is_none());
            let told = problems.to_string();
            assert!(told.contains("METRICS_TOKEN") && !told.contains("SECRET"), "{told}");
        }
        assert!(metrics_token(Some("scrape-0123456789"), &mut Problems::default()).is_some());
    }
}
