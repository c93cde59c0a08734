//! What a JSON reader complains of, as a sentence for people that repeats no value: it may be a credential in the wrong
//! place.

/// How the reader names what it expects → how people do.
const EXPECTED: [(&str, &str); 9] = [
    ("struct", "an object"),
    ("a map", "an object"),
    ("a nonzero", "a whole number from 1"),
    ("u64", "a whole number"),
    ("u32", "a whole number"),
    ("a string", "a text"),
    ("a boolean", "true or false"),
    ("a sequence", "a list"),
    ("unit", "nothing"),
];

/// The longest name of a field that is repeated, in characters.
const LONGEST_NAME: usize = 40;

/// The sentence.
pub fn sentence(error: &serde_json::Error) -> String {
    if !error.is_data() {
        return "it is not valid JSON".to_owned();
    }
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    if let Some(rest) = text.strip_prefix("unknown field `") {
        let name: String = rest.chars().take_while(|c| *c != '`').take(LONGEST_NAME).collect();
        let known = rest.split_once("expected ").map_or("", |(_, known)| known);
        return format!("there is no field `{name}`; there are {}", known.trim_start_matches("one of "));
    }
    if text.starts_with("missing field") {
        return text.replacen("missing field", "it lacks the field", 1);
    }
    let expected = text.rsplit_once("expected ").map_or("", |(_, expected)| expected);
    let known = EXPECTED.iter().find(|(word, _)| expected.starts_with(word));
    known.map_or_else(|| "it is not of the right kind".to_owned(), |(_, people)| format!("it is not {people}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::num::NonZeroU32;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its form matters")]
    struct Form {
        name: String,
        most: Option<NonZeroU32>,
        on: Option<bool>,
        map: Option<BTreeMap<String, Vec<String>>>,
    }

    #[test]
    fn a_sentence_names_the_kind_and_no_value() {
        for (text, told) in [
            (r#"{"name": "#, "it is not valid JSON"),
            (r#"["SECRET"]"#, "it is not an object"),
            (r#""SECRET""#, "it is not an object"),
            (r#"{"name": 5}"#, "it is not a text"),
            (r#"{"name": "a", "most": 0}"#, "it is not a whole number from 1"),
            (r#"{"name": "a", "most": "SECRET"}"#, "it is not a whole number from 1"),
            (r#"{"name": "a", "on": "SECRET"}"#, "it is not true or false"),
            (r#"{"name": "a", "map": "SECRET"}"#, "it is not an object"),
            (r#"{"name": "a", "map": {"b": "SECRET"}}"#, "it is not a list"),
            ("{}", "it lacks the field `name`"),
        ] {
            let error = serde_json::from_str::<Form>(text).unwrap_err();
            assert_eq!(sentence(&error), told, "{text}");
        }
        let error = serde_json::from_str::<Form>(r#"{"nme": 1}"#).unwrap_err();
        assert_eq!(sentence(&error), "there is no field `nme`; there are `name`, `most`, `on`, `map`");
    }
}
