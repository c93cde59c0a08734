//! What must hold for any text at all.

use std::sync::Arc;

use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::reader::{Found, Reader};

fn read<'a>(names: &[&str], pieces: impl IntoIterator<Item = &'a str>) -> (String, Vec<(String, String)>) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut reader = Reader::new(Arc::from(names), true);
    let mut out = Vec::new();
    for piece in pieces {
        reader.push(piece, &mut out);
    }
    reader.finish(&mut out);
    let mut text = String::new();
    let mut calls = Vec::new();
    for one in out {
        match one {
            Found::Text(part) => text.push_str(&part),
            Found::Call { name, arguments } => calls.push((name, arguments)),
        }
    }
    (text, calls)
}

/// Texts made of what the reader knows, so that chance finds its corners.
fn answers() -> impl Strategy<Value = String> {
    let parts = [
        "[TOOL CALL]",
        "[tool_call #2]",
        "【TOOL CALL】",
        "[END TOOL CALL]",
        "[TOOL RESULT #1: f]",
        "[END TOOL RESULT]",
        "<tool_call>",
        "</tool_call>",
        "<tool_call\n>",
        "<function=f>",
        "<parameter=k>",
        "</parameter>",
        "</function>",
        "{\"name\":\"f\",\"arguments\":{\"a\":1}}",
        "{\"name\":\"f\"",
        "\"arguments\":",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        "'",
        ",",
        ":",
        "```",
        "```json\n",
        "`",
        "\n",
        " ",
        "> ",
        "f",
        "千",
        "🧪",
        "{\"tool_calls\":[",
        "\"name\":\"f\"",
    ];
    let part = prop_oneof![8 => (0..parts.len()).prop_map(move |at| parts[at].to_owned()), 1 => any::<String>()];
    prop_oneof![3 => proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat()), 1 => any::<String>(), 1 => Just(String::new())]
}

proptest! {
    #[test]
    fn no_cut_changes_what_is_found(answer in answers(), cut in any::<proptest::sample::Index>()) {
        let whole = read(&["f"], [answer.as_str()]);
        let ends: Vec<usize> = answer.char_indices().map(|(at, _)| at).chain([answer.len()]).collect();
        let at = ends[cut.index(ends.len())];
        prop_assert_eq!(&read(&["f"], [&answer[..at], &answer[at..]]), &whole);
        let single = ends.windows(2).map(|pair| &answer[pair[0]..pair[1]]);
        prop_assert_eq!(&read(&["f"], single), &whole);
    }

    #[test]
    fn without_calls_the_text_is_the_answer(answer in answers()) {
        prop_assert_eq!(read(&[], [answer.as_str()]), (answer.clone(), Vec::new()));
        let (text, calls) = read(&["f"], [answer.as_str()]);
        if calls.is_empty() {
            prop_assert_eq!(text, answer);
        } else {
            prop_assert!(answer.starts_with(text.as_str()));
            for (name, arguments) in calls {
                prop_assert_eq!(name, "f");
                let object: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(&arguments);
                prop_assert!(object.is_ok(), "{}", arguments);
            }
        }
    }
}

/// Were the cost to grow with the square of the length, these would take hours.
#[test]
fn hostile_answers_cost_in_proportion_to_their_length() {
    let many = 1 << 18;
    for part in [
        "[",
        "{",
        "<",
        "`",
        "```\n",
        "[TOOL CALL]",
        "[TOOL CALL]{",
        "[TOOL CALL]\n{\"name\":",
        "<tool_call",
        "<tool_call>{\"",
        "[TOOL RESULT",
        "{\"name\":\"f\"",
        "[ ",
        " ",
        "<function=f>",
        "<function=f><parameter=k>\n<",
        "\"",
        "'",
        "\\",
        "【",
        "[END TOOL CALL]",
        "[TOOL CALL]\n[",
        "[{",
        "[TOOL CALL]\n{\"name\":\"g\",\"a\":\"\n[END TOOL CALL]",
    ] {
        let answer = part.repeat(many / part.len());
        let (text, calls) = read(&["f"], [answer.as_str()]);
        assert!(calls.is_empty() && text == answer, "{part:?}");
        for lead in
            ["[TOOL CALL]\n{\"name\":\"f\",\"arguments\":{\"a\":\"x\" ", "```json\n{\"name\":\"f\",\"arguments\":["]
        {
            let answer = format!("{lead}{answer}");
            let (text, _) = read(&["f"], [answer.as_str()]);
            assert!(answer.starts_with(text.as_str()), "{part:?}");
        }
    }
}

#[test]
fn a_payload_beyond_the_cap_is_text() {
    let answer = format!("[TOOL CALL]\n{{\"name\":\"f\",\"arguments\":{{\"a\":\"{}\"}}}}", "x".repeat(1 << 20));
    let (text, calls) = read(&["f"], [answer.as_str()]);
    assert!(calls.is_empty() && text == answer);
}

#[test]
fn text_is_not_held_longer_than_needed() {
    let mut reader = Reader::new(Arc::from(["f".to_owned()]), true);
    for (piece, seen) in
        [("Hello", "Hello"), (" [TOOL", ""), (" kit]", " [TOOL kit]"), (" {\"a\"", " {\"a\""), ("\n", "")]
    {
        let mut out = Vec::new();
        reader.push(piece, &mut out);
        let text: String =
            out.iter().map(|one| if let Found::Text(text) = one { text.as_str() } else { "?" }).collect();
        assert_eq!(text, seen, "{piece:?}");
    }
    let mut reader = Reader::new(Arc::from(["f".to_owned()]), true);
    let mut out = Vec::new();
    reader.push("{\"city\": ", &mut out);
    assert_eq!(out, [Found::Text("{\"city\":".to_owned())], "ordinary JSON is known by its first key");
}
