//! The hand-written answers in `tests/fixtures/tool_calls/`, each also in pieces.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::reader::{Found, Reader};

#[derive(Deserialize)]
struct Case {
    id: String,
    tools: Vec<String>,
    parallel: bool,
    output: String,
    text: String,
    calls: Vec<Expected>,
    why: String,
}

#[derive(Deserialize, PartialEq)]
struct Expected {
    name: String,
    arguments: Value,
}

fn cases(file: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tool_calls").join(file);
    let text = fs::read_to_string(path).unwrap();
    let cases: Vec<Case> = text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let outputs: BTreeSet<&str> = cases.iter().map(|case| case.output.as_str()).collect();
    assert!(cases.len() >= 220 && outputs.len() == cases.len(), "{file} holds {} answers, no two alike", cases.len());
    cases
}

/// What is found if the answer comes in these pieces; adjacent texts joined.
fn found<'a>(case: &Case, pieces: impl IntoIterator<Item = &'a str>) -> Vec<Found> {
    let mut reader = Reader::new(Arc::from(case.tools.as_slice()), case.parallel);
    let mut out = Vec::new();
    for piece in pieces {
        reader.push(piece, &mut out);
    }
    reader.finish(&mut out);
    out.into_iter().fold(Vec::new(), |mut joined: Vec<Found>, next| {
        match (joined.last_mut(), next) {
            (Some(Found::Text(before)), Found::Text(text)) => before.push_str(&text),
            (_, next) => joined.push(next),
        }
        joined
    })
}

fn is_as_meant(case: &Case, found: &[Found]) -> bool {
    let mut text = String::new();
    let mut calls = Vec::new();
    for one in found {
        match one {
            Found::Text(part) => text.push_str(part),
            Found::Call { name, arguments } => {
                let arguments = serde_json::from_str(arguments).unwrap();
                calls.push(Expected { name: name.clone(), arguments });
            }
        }
    }
    text == case.text && calls == case.calls
}

fn assert_cut_anywhere(case: &Case, whole: &[Found]) {
    let output = case.output.as_str();
    for (cut, _) in output.char_indices() {
        assert_eq!(found(case, [&output[..cut], &output[cut..]]), whole, "{} cut at {cut}", case.id);
    }
    let ends = output.char_indices().map(|(at, c)| &output[at..at + c.len_utf8()]);
    assert_eq!(found(case, ends), whole, "{} character by character", case.id);
}

#[test]
fn calls_are_read_as_they_were_meant() {
    let cases = cases("calls.jsonl");
    let mut missed = Vec::new();
    for case in &cases {
        let whole = found(case, [case.output.as_str()]);
        assert_cut_anywhere(case, &whole);
        if !is_as_meant(case, &whole) {
            missed.push(format!("{} ({}): {whole:?}", case.id, case.why));
        }
    }
    println!("{} of {} as meant; missed:\n{}", cases.len() - missed.len(), cases.len(), missed.join("\n"));
    assert!(missed.len() * 100 <= cases.len() * 2, "more than 2 % missed:\n{}", missed.join("\n"));
}

#[test]
fn ordinary_answers_stay_as_they_are() {
    let mut changed = Vec::new();
    for case in cases("ordinary.jsonl") {
        assert!(case.calls.is_empty() && case.text == case.output, "{}: an ordinary answer has no calls", case.id);
        let whole = found(&case, [case.output.as_str()]);
        assert_cut_anywhere(&case, &whole);
        if !is_as_meant(&case, &whole) {
            changed.push(format!("{} ({}): {whole:?}", case.id, case.why));
        }
    }
    assert!(changed.is_empty(), "changed:\n{}", changed.join("\n"));
}
