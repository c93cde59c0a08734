//! The console says what the service says in Chinese by a list (`ui/src/i18n/said/`): a file for each module, from the
//! text as it stands in the sources to the same in Chinese. Here that list is held to the sources, both ways.
//!
//! Every text in `src/` that reads like a sentence is looked at, whatever it is for. It must be in the list, or `silent`
//! must say why no page shows it; so a new sentence cannot be forgotten. What this cannot see is how texts are put
//! together: `frames.json` has the few frames that are no text of their own, and `libraries.json` words of libraries.
//! `tests/e2e/test_console_chinese.py` shows whole messages in a browser.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod literals;
mod silent;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use literals::Literal;

/// What holds texts that stand in no source of ours.
const FOREIGN: [&str; 2] = ["frames", "libraries"];

fn sources() -> Vec<Literal> {
    literals::under(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

/// The list: module → text → Chinese.
fn list() -> BTreeMap<String, BTreeMap<String, String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/i18n/said");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let json = files.filter(|path| path.extension().is_some_and(|kind| kind == "json"));
    json.map(|path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap())
    })
    .collect()
}

/// The module of a file: the first part of its path.
fn module(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

fn none(wrong: &[String], what: &str) {
    assert!(wrong.is_empty(), "{what}\n{}", wrong.join("\n"));
}

#[test]
fn every_sentence_of_the_service_has_its_chinese() {
    let list = list();
    let known = |one: &Literal| list.get(module(&one.file)).is_some_and(|texts| texts.contains_key(&one.text));
    let missing = sources().into_iter().filter(|one| one.is_sentence() && !known(one) && !silent::covers(one));
    let missing: Vec<_> = missing.map(|one| format!("src/{}:{}: {:?}", one.file, one.line, one.text)).collect();
    none(&missing, "say these in ui/src/i18n/said/<module>.json, or in tests/said/silent.rs why no page shows them:");
}

#[test]
fn every_entry_is_a_sentence_of_its_module() {
    let sources = sources();
    let there: HashSet<(&str, &str)> = sources.iter().map(|one| (module(&one.file), one.text.as_str())).collect();
    let list = list();
    let own = list.iter().filter(|(name, _)| !FOREIGN.contains(&name.as_str()));
    let entries = own.flat_map(|(name, texts)| texts.keys().map(move |text| (name.as_str(), text.as_str())));
    let gone: Vec<_> = entries.filter(|entry| !there.contains(entry)).map(|entry| format!("{entry:?}")).collect();
    none(&gone, "nobody says these any more:");
}

#[test]
fn what_is_silent_is_there_and_in_no_list() {
    let (sources, list) = (sources(), list());
    let files: BTreeSet<&str> = sources.iter().map(|one| one.file.as_str()).collect();
    let unused = silent::FILES.iter().filter(|(file, _)| !files.iter().any(|own| own.starts_with(file)));
    let mut wrong: Vec<_> = unused.map(|(file, _)| format!("no text is in src/{file}")).collect();
    for (file, text) in silent::texts() {
        if !sources.iter().any(|one| one.file == file && one.text == text) {
            wrong.push(format!("src/{file} does not say {text:?} any more"));
        }
        if list.get(module(file)).is_some_and(|texts| texts.contains_key(text)) {
            wrong.push(format!("{text:?} is in the list, so it need not be called silent"));
        }
    }
    none(&wrong, "tests/said/silent.rs:");
}

#[test]
fn both_languages_have_the_same_holes() {
    let mut wrong = Vec::new();
    for (english, chinese) in list().values().flatten() {
        let (theirs, ours) = (holes(english), holes(chinese));
        if theirs != ours {
            wrong.push(format!("{english:?} has {theirs:?}, {chinese:?} has {ours:?}"));
        }
    }
    none(&wrong, "each hole must be filled:");
}

/// The names of a text's holes. Those without a name are counted; a mark or a format is no part of a name.
fn holes(text: &str) -> BTreeSet<String> {
    let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
    let mut unnamed = 0..;
    names
        .map(|name| {
            let name = name.split(':').next().unwrap_or(name).trim_end_matches(['!', '?', ',']);
            if name.is_empty() { unnamed.next().unwrap_or(0).to_string() } else { name.to_owned() }
        })
        .collect()
}

#[test]
fn the_same_words_are_the_same_in_chinese_wherever_they_are_said() {
    let list = list();
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let differ: Vec<_> = list
        .values()
        .flatten()
        .filter(|(english, chinese)| seen.insert(english, chinese).is_some_and(|other| other != chinese.as_str()))
        .map(|(english, _)| english.clone())
        .collect();
    none(&differ, "these are said in two ways, and the page knows no difference:");
}
