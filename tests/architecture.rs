//! Holds the code to its own map: the layers, what only one place may do, and that the example of the settings names
//! every setting.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Module → layer, as in ARCHITECTURE.md. A file uses only layers below its own, or its own one way.
const LAYERS: [(&str, u8); 30] = [
    ("json", 0),
    ("json_error", 0),
    ("config", 0),
    ("chat", 0),
    ("sse", 0),
    ("tokens", 0),
    ("metrics", 0),
    ("random", 0),
    ("documents", 0),
    ("counts", 0),
    ("openai", 1),
    ("upstream", 1),
    ("store", 1),
    ("accounts", 2),
    ("console", 2),
    ("keys", 2),
    ("usage", 2),
    ("providers", 3),
    ("notify", 4),
    ("stages", 4),
    ("gateway", 4),
    ("state", 5),
    ("http", 6),
    ("app", 7),
    ("opening", 7),
    ("render", 7),
    ("healthcheck", 7),
    ("cli", 7),
    ("main", 7),
    ("lib", 7),
];

/// What only some modules may name, and why.
const ONLY: [(&str, &[&str], &str); 7] = [
    ("awc::", &["upstream"], "only `upstream` dials out"),
    ("actix_web", &["http", "app"], "actix-web's types live only in `http` and `app`"),
    ("std::env::var", &["config"], "only `config` reads the environment"),
    ("fs::write", &["store"], "only `store` writes to disk"),
    ("File::create", &["store"], "only `store` writes to disk"),
    ("OpenOptions", &["store"], "only `store` writes to disk"),
    ("TcpStream", &["upstream", "healthcheck"], "only `upstream` dials out"),
];

/// Set by the image or the platform, not by the owner.
const NOT_THE_OWNERS: [&str; 2] = ["DATA_DIR_DEFAULTS", "SPACE_ID"];

/// The longest file, tests excepted, in lines.
const LONGEST_FILE: usize = 300;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file: its module, its path and its text.
fn sources() -> Vec<(String, PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inside = path.strip_prefix(root().join("src")).unwrap();
                let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
                let text = fs::read_to_string(&path).unwrap();
                found.push((first.trim_end_matches(".rs").to_owned(), path, text));
            }
        }
    }
    assert!(found.len() > 50, "the sources are found");
    found
}

/// The part of a file that ships: what stands before its tests.
fn shipped<'a>(path: &Path, text: &'a str) -> &'a str {
    let name = path.file_name().unwrap().to_string_lossy();
    if name.ends_with("_tests.rs") || name == "fixture.rs" {
        return "";
    }
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text)
}

#[test]
fn every_module_uses_only_layers_below_its_own() {
    let layers: BTreeMap<&str, u8> = LAYERS.into();
    let mut sideways: BTreeSet<(String, String)> = BTreeSet::new();
    for (module, path, text) in sources() {
        let own = layers.get(module.as_str()).unwrap_or_else(|| panic!("{module} has no layer; add it to the map"));
        for used in text.split("crate::").skip(1) {
            // `use crate::{a, b};` names several at once.
            let names = used.strip_prefix('{').map_or(used, |list| list.split('}').next().unwrap_or(list));
            let names = if used.starts_with('{') { names.split(',').collect() } else { vec![names] };
            for name in names {
                let name: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some(layer) = layers.get(name.as_str()) else { continue };
                assert!(layer <= own, "{}: layer {own} uses crate::{name} of layer {layer}", path.display());
                if layer == own && name != module {
                    sideways.insert((module.clone(), name));
                }
            }
        }
    }
    for (from, to) in &sideways {
        assert!(!sideways.contains(&(to.clone(), from.clone())), "{from} and {to} use each other");
    }
}

#[test]
fn what_only_one_place_may_do_is_done_only_there() {
    for (module, path, text) in sources() {
        for (word, allowed, why) in ONLY {
            let broken =
                shipped(&path, &text).lines().find(|line| line.contains(word) && !line.trim_start().starts_with("//"));
            if let Some(line) = broken.filter(|_| !allowed.contains(&module.as_str())) {
                panic!("{}: {why}: {}", path.display(), line.trim());
            }
        }
    }
}

#[test]
fn files_are_short_and_silence_no_lint() {
    for (_, path, text) in sources() {
        assert!(text.lines().count() <= LONGEST_FILE, "{} is longer than {LONGEST_FILE} lines", path.display());
        assert!(!text.contains("#[allow("), "{}: #[expect(…, reason)] says why, #[allow] does not", path.display());
    }
}

#[test]
fn no_provider_is_named_outside_its_folder() {
    let words = ["\"qianwen\"", "\"demo\"", "\"dashscope\"", "\"ollama\""];
    for (module, path, text) in sources().into_iter().filter(|(module, ..)| module != "providers") {
        let named = words.iter().find(|word| shipped(&path, &text).contains(**word));
        assert!(named.is_none(), "{} ({module}) names the provider {}", path.display(), named.unwrap_or(&""));
    }
}

#[test]
fn the_example_of_the_settings_names_every_setting_and_no_other() {
    let settings = fs::read_to_string(root().join("src/config/settings.rs")).unwrap();
    let raw = settings.split("struct Raw {").nth(1).unwrap().split('}').next().unwrap();
    let mut known: BTreeSet<String> = raw
        .lines()
        .filter_map(|line| line.trim().trim_start_matches("pub(super) ").split_once(':'))
        .map(|(name, _)| name.to_uppercase())
        .collect();
    known.retain(|name| !NOT_THE_OWNERS.contains(&name.as_str()));
    known.extend(["MODEL_TO_ACCOUNT_MAP", "CN_ACCOUNT_1_COOKIE", "CN_ACCOUNT_1_XSRF_TOKEN"].map(str::to_owned));
    let catalogue = fs::read_dir(root().join("src/providers/catalogue")).unwrap().map(|entry| entry.unwrap().path());
    let ids: Vec<String> =
        catalogue.map(|path| path.file_stem().unwrap().to_string_lossy().to_uppercase().replace('-', "_")).collect();
    let example = fs::read_to_string(root().join(".env.example")).unwrap();
    let named: BTreeSet<String> = example
        .lines()
        .filter_map(|line| line.trim_start_matches("# ").split_once('='))
        .map(|(name, _)| name.to_owned())
        .filter(|name| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        })
        .collect();
    for name in &known {
        assert!(named.contains(name), ".env.example does not name {name}");
    }
    for id in &ids {
        let switch = [format!("{id}_API_KEY"), format!("{id}_BASE_URL")];
        assert!(switch.iter().any(|name| named.contains(name)), ".env.example does not say how to switch {id} on");
    }
    let of_provider = |name: &str| {
        ids.iter().any(|id| ["API_KEY", "BASE_URL", "MODELS"].iter().any(|part| *name == format!("{id}_{part}")))
    };
    for name in &named {
        let account = name.starts_with("CN_ACCOUNT_");
        assert!(known.contains(name) || account || of_provider(name), ".env.example names {name}, which nobody reads");
    }
}
