//! Finds the JSON in what a model wrote around it.

use serde_json::Value;
use serde_json::value::RawValue;

/// How many places of a text are tried as the beginning of its JSON.
const MOST_TRIES: usize = 64;

/// The JSON object or list in `text`, as it was written: all of it, what stands in a fence, else the longest one that
/// begins somewhere in it.
pub fn extract(text: &str) -> Option<&str> {
    let whole = text.trim();
    whole_value(whole).or_else(|| fenced(whole)).or_else(|| within(whole))
}

fn whole_value(text: &str) -> Option<&str> {
    (text.starts_with(['{', '[']) && serde_json::from_str::<&RawValue>(text).is_ok()).then_some(text)
}

/// What stands between the first two fences, if that is JSON.
fn fenced(text: &str) -> Option<&str> {
    let (_, behind) = text.split_once("```")?;
    let (inside, _) = behind.rsplit_once("```")?;
    let inside = inside.split_once('\n').map_or(inside, |(_, body)| body).trim();
    whole_value(inside)
}

fn within(text: &str) -> Option<&str> {
    let starts = text.match_indices(['{', '[']).map(|(at, _)| at);
    let mut best: Option<&str> = None;
    let mut end = 0;
    // What begins inside of a value that was found already is a part of it.
    for at in starts.take(MOST_TRIES) {
        if at < end {
            continue;
        }
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<&RawValue>();
        let Some(Ok(value)) = values.next() else { continue };
        end = at + value.get().len();
        if best.is_none_or(|best| value.get().len() > best.len()) && says_something(value.get()) {
            best = Some(value.get());
        }
    }
    best
}

/// A footnote such as `[1]` is a list, too, but not the answer.
fn says_something(json: &str) -> bool {
    json.starts_with('{') || serde_json::from_str::<Vec<Value>>(json).is_ok_and(|all| all.iter().any(Value::is_object))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_is_found_in_what_surrounds_it() {
        for (text, json) in [
            ("{\"a\": 1}", Some("{\"a\": 1}")),
            ("  [1, 2]\n", Some("[1, 2]")),
            ("```json\n{\"a\":\"`b`\"}\n```", Some("{\"a\":\"`b`\"}")),
            ("Here it is:\n```\n{\"a\":1}\n```\nDone.", Some("{\"a\":1}")),
            ("当然！{\"a\":{\"b\":\"}\"}} 希望有帮助 {x}", Some("{\"a\":{\"b\":\"}\"}}")),
            ("as said [1], {\"a\":[1,{}]} and {\"b\":2}", Some("{\"a\":[1,{}]}")),
            ("see [1] and [2]", None),
            ("[{\"a\":1}] it is", Some("[{\"a\":1}]")),
            ("{\"a\": 1", None),
            ("no json", None),
            ("", None),
        ] {
            assert_eq!(extract(text), json, "{text}");
        }
    }

    #[test]
    fn a_hostile_text_costs_no_more_than_its_length() {
        let deep = "{".repeat(1 << 20);
        assert_eq!(extract(&deep), None);
        assert_eq!(extract(&"[".repeat(1 << 20)), None);
    }
}
