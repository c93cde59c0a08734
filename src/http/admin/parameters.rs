//! What stands behind the question mark of an address: read once, and what is wrong is named.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use actix_web::web::Query;

use super::problem::No;

/// The parameters of a request, by name.
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Those of `request`, of which only the `known` ones may be there.
    pub fn of(request: &HttpRequest, known: &[&str]) -> Result<Self, No> {
        let pairs = Query::<Vec<(String, String)>>::from_query(request.query_string());
        let pairs = pairs.map_err(|_| No::wrong("query", "it cannot be read"))?.into_inner();
        if let Some((name, _)) = pairs.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            let name: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
            return Err(No::wrong(name, format!("there is no such parameter; there are {}", known.join(", "))));
        }
        Ok(Self(pairs.into_iter().collect()))
    }

    /// A text, if it is there.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A whole number within limits, if it is there.
    pub fn number(&self, name: &str, low: i64, high: i64) -> Result<Option<i64>, No> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if (low..=high).contains(&number) => Ok(Some(number)),
            _ => Err(No::wrong(name, format!("it is not a whole number from {low} to {high}"))),
        }
    }

    /// One of some words, if it is there.
    pub fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, No> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let chosen = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        let words = || choices.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        chosen.map(Some).ok_or_else(|| No::wrong(name, format!("it is none of {}", words())))
    }
}
