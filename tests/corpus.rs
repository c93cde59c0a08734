//! Replays what fuzzing found, and every fixture, as ordinary tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/fuzzed.rs"]
mod fuzzed;

use std::fs;
use std::path::Path;

fn files(folder: &str) -> Vec<Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{folder} holds something");
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// A fixture under every response head, cut in the middle.
fn with_heads(folder: &str, target: fn(&[u8])) {
    for body in files(folder) {
        let cut = u16::try_from(body.len() / 2).unwrap_or(u16::MAX).to_be_bytes();
        for head in 0..16 {
            target(&[&[cut[0], cut[1], head], body.as_slice()].concat());
        }
    }
}

#[test]
fn qianwen_decoder() {
    files("fuzz/corpus/qianwen").iter().for_each(|data| fuzzed::qianwen(data));
    with_heads("tests/fixtures/qianwen", fuzzed::qianwen);
}

#[test]
fn compatible_decoder() {
    files("fuzz/corpus/compatible").iter().for_each(|data| fuzzed::compatible(data));
    with_heads("tests/fixtures/openai_compatible", fuzzed::compatible);
}

#[test]
fn request_parser() {
    files("fuzz/corpus/request").iter().for_each(|data| fuzzed::request(data));
}
