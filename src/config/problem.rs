//! What is wrong with the configuration, said all at once.

use std::fmt;

/// One thing the owner must mend: never holds a value, only the variable's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The variable, or the place in `.env`, that is wrong.
    pub name: String,
    /// What is wrong with it.
    pub what: String,
    /// What to do about it.
    pub mend: String,
}

/// Every problem found in one reading of the configuration.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Problems {
    found: Vec<Problem>,
    warnings: Vec<String>,
}

impl Problems {
    /// Notes one problem.
    pub fn add(&mut self, name: impl Into<String>, what: impl Into<String>, mend: impl Into<String>) {
        self.found.push(Problem { name: name.into(), what: what.into(), mend: mend.into() });
    }

    /// Notes something odd that does not keep the service from starting.
    pub fn warn(&mut self, sentence: impl Into<String>) {
        self.warnings.push(sentence.into());
    }

    /// Takes what was odd, for the log, which does not exist yet while the configuration is read.
    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The problems in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.found.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration has {} problem(s):", self.found.len())?;
        for Problem { name, what, mend } in &self.found {
            writeln!(f, "  {name}: {what}; {mend}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
