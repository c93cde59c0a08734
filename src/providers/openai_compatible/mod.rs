//! Services that speak OpenAI's dialect. What differs between them is data: one manifest each.

mod body;
mod chunk;
mod decoder;
mod dialect;
mod manifest;
mod mould;
mod recognise;
mod request;
mod service;
mod think;
mod tool_ids;
mod trouble;
mod wire;

use std::collections::BTreeMap;

use manifest::Manifest;

use crate::accounts::Account;
use crate::config::{Config, Environment};
use crate::providers::{Configured, Kind, Setup};

/// The credential's part that holds the key.
const KEY: &str = "key";

/// The manifests in the binary, in the order in which a model's name is looked up.
const BUILT_IN: [(&str, &str); 9] = [
    ("dashscope.toml", include_str!("../catalogue/dashscope.toml")),
    ("dashscope-intl.toml", include_str!("../catalogue/dashscope-intl.toml")),
    ("moonshot.toml", include_str!("../catalogue/moonshot.toml")),
    ("deepseek.toml", include_str!("../catalogue/deepseek.toml")),
    ("zhipu.toml", include_str!("../catalogue/zhipu.toml")),
    ("siliconflow.toml", include_str!("../catalogue/siliconflow.toml")),
    ("openrouter.toml", include_str!("../catalogue/openrouter.toml")),
    ("ollama.toml", include_str!("../catalogue/ollama.toml")),
    ("openai_compatible.toml", include_str!("../catalogue/openai_compatible.toml")),
];

/// The kind: one provider for each manifest whose service has an address.
pub struct Catalogue;

impl Kind for Catalogue {
    fn configured(&self, setup: &Setup<'_>, warnings: &mut Vec<String>) -> Vec<Configured> {
        let manifests = load(setup.manifests, warnings);
        manifests.into_iter().filter_map(|manifest| configured(manifest, setup.config, warnings)).collect()
    }
}

/// The built-in manifests, over which the owner's own are laid by id. A bad file disables only itself.
fn load(own: &[(String, String)], warnings: &mut Vec<String>) -> Vec<Manifest> {
    let mut manifests: Vec<Manifest> = Vec::new();
    let built_in = BUILT_IN.iter().map(|(file, text)| (*file, *text));
    let own = own.iter().map(|(file, text)| (file.as_str(), text.as_str()));
    for (file, text) in built_in.chain(own) {
        match Manifest::parse(text) {
            Ok(manifest) => match manifests.iter_mut().find(|known| known.id == manifest.id) {
                Some(known) => *known = manifest,
                None => manifests.push(manifest),
            },
            Err(what) => warnings.push(format!("provider file {file} is left out: {what}")),
        }
    }
    manifests
}

/// The provider of `manifest`, with an account if the owner gave its key, or its address where no key is needed. A
/// service whose address nobody knows is left out.
fn configured(mut manifest: Manifest, config: &Config, warnings: &mut Vec<String>) -> Option<Configured> {
    let env = &config.environment;
    let prefix = manifest.id.to_ascii_uppercase().replace('-', "_");
    let key = env.get(&format!("{prefix}_API_KEY"));
    let address = env.get(&format!("{prefix}_BASE_URL"));
    let named = key.is_some() || (manifest.key.is_optional() && address.is_some());
    match manifest.address(address) {
        Ok(address) => manifest.base_url = address,
        Err(what) => {
            if named {
                warnings.push(format!("{prefix}_BASE_URL: {what}; provider {} is left out", manifest.id));
            }
            return None;
        }
    }
    if let Some(models) = named_models(env, &prefix) {
        manifest.models.only(models);
    }
    let mut accounts = Vec::new();
    if key.is_some_and(|key| !key.bytes().all(|b| b.is_ascii_graphic())) {
        warnings.push(format!(
            "{prefix}_API_KEY: it holds characters that a header cannot carry; provider {} has no account",
            manifest.id
        ));
    } else if named {
        let credential = BTreeMap::from([(KEY.to_owned(), key.unwrap_or_default().to_owned())]);
        accounts.push(Account::new(manifest.id.clone(), None, credential));
    }
    Some(Configured { provider: Box::new(service::Service::new(manifest)), accounts })
}

/// `<ID>_MODELS`: the models to serve, parted by commas.
fn named_models(env: &Environment, prefix: &str) -> Option<Vec<String>> {
    let names = env.get(&format!("{prefix}_MODELS"))?.split(',').map(|name| name.trim().to_owned());
    Some(names.filter(|name| !name.is_empty()).collect())
}

#[cfg(test)]
#[path = "fixture_tests.rs"]
mod fixture_tests;
