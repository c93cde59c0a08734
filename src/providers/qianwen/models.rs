//! The site's models: fetched, because they change about monthly, with those of 2026-09 built in.

use serde::Deserialize;
use serde_json::Value;

use super::{Web, encode, trouble};
use crate::accounts::Account;
use crate::chat::Fault;
use crate::providers::{ModelInfo, ModelListing};
use crate::upstream::{Method, Outgoing, ResponseHead};

/// The site's default model.
pub const DEFAULT: &str = "Qwen";

/// Names that people know from the official API and from older gateways.
pub const ALIASES: [&str; 14] = [
    "qwen-max",
    "qwen-max-latest",
    "qwen-plus",
    "qwen-plus-latest",
    "qwen-turbo",
    "qwen-turbo-latest",
    "qwen-flash",
    "qwen-long",
    "qwen3-max",
    "Qwen3-Max-Preview",
    "qwen3-plus",
    "qianwen",
    "tongyi",
    "通义千问",
];

/// The sizes that a familiar name may mean: a word in it → a word in the site's code for that size. The codes change
/// about monthly while these words stay, so an alias means the newest model of its size.
const SIZES: [(&str, &str); 3] = [("max", "max"), ("turbo", "flash"), ("flash", "flash")];

/// The listed model that `alias` stands for; the default one where the size is not there.
pub fn alias(alias: &str, listed: &[ModelInfo]) -> Option<String> {
    let alias = alias.to_lowercase();
    if !ALIASES.iter().any(|known| known.to_lowercase() == alias) {
        return None;
    }
    let size = SIZES.iter().find(|(word, _)| alias.contains(word)).map(|(_, size)| *size);
    let of_size = size.and_then(|size| listed.iter().find(|model| model.id.to_lowercase().contains(size)));
    let default = || listed.iter().find(|model| model.default).or(listed.first());
    of_size.or_else(default).map(|model| model.id.clone())
}

/// What the site listed on 2026-09-06.
pub fn built_in() -> Vec<ModelInfo> {
    let model = |id: &str, name: &str| ModelInfo { default: id == DEFAULT, ..ModelInfo::new(id, name) };
    vec![
        model(DEFAULT, "Qwen3.7-千问"),
        model("Qwen3.8-Max", "Qwen3.8-Max"),
        model("Qwen3.7-Max", "Qwen3.7-Max"),
        model("Qwen3.6-Flash", "Qwen3.6-Flash"),
    ]
}

#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "modelCode")]
    code: String,
    #[serde(rename = "displayModelName")]
    name: Option<String>,
    show: Option<bool>,
    #[serde(rename = "defaultModel")]
    default: Option<bool>,
    #[serde(rename = "supportMultiModal")]
    multi_modal: Option<bool>,
}

impl ModelListing for Web {
    fn request(&self, account: &Account) -> Result<Outgoing, Fault> {
        encode::call(Method::GET, &format!("{}/api/v1/model/list", self.hosts.api), account, bytes::Bytes::new())
    }

    fn read(&self, head: &ResponseHead, body: &[u8]) -> Result<Vec<ModelInfo>, Fault> {
        let value: Option<Value> = serde_json::from_slice(body).ok();
        let data = value.as_ref().and_then(|value| value.get("data")).filter(|_| head.status == 200);
        // What wraps the list is stated nowhere: it may be the data itself or stand under any key of it.
        let lists = data.into_iter().flat_map(|data| {
            let inside = data.as_object().into_iter().flat_map(|object| object.values());
            std::iter::once(data).chain(inside)
        });
        let mut found = lists.filter_map(|list| Vec::<Listed>::deserialize(list).ok()).filter(|list| !list.is_empty());
        let listed = found.next().ok_or_else(|| trouble::from_body(head, body))?;
        let shown = listed.into_iter().filter(|model| model.show != Some(false));
        Ok(shown.map(model_info).collect())
    }
}

fn model_info(listed: Listed) -> ModelInfo {
    let name = listed.name.filter(|name| !name.is_empty()).unwrap_or_else(|| listed.code.clone());
    ModelInfo { default: listed.default == Some(true), sees: listed.multi_modal, ..ModelInfo::new(listed.code, name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::fixture;
    use crate::providers::qianwen::Hosts;

    #[test]
    fn lists_are_read_wherever_they_stand() {
        let web = Web { hosts: Hosts::new(None), keep_sessions: false };
        for fixture in fixture::all("qianwen").iter().filter(|f| f.expected.kind.as_deref() == Some("models")) {
            let models = web.read(&fixture.head(), &fixture.body).unwrap();
            let ids: Vec<_> = models.iter().map(|model| model.id.clone()).collect();
            assert_eq!(Some(ids), fixture.expected.models, "{}", fixture.name);
            let default = models.iter().find(|model| model.default).map(|model| model.id.clone());
            assert_eq!(default, fixture.expected.default_model, "{}", fixture.name);
        }
    }

    #[test]
    fn familiar_names_mean_the_newest_of_their_size() {
        let listed = [ModelInfo::new("QwenX", ""), ModelInfo::new("Qwen9-Max", ""), ModelInfo::new("Qwen9-Flash", "")];
        let meant = |name: &str| alias(name, &listed);
        assert_eq!(meant("qwen-MAX").as_deref(), Some("Qwen9-Max"));
        assert_eq!(meant("Qwen3-Max-Preview").as_deref(), Some("Qwen9-Max"));
        assert_eq!(meant("qwen-turbo").as_deref(), Some("Qwen9-Flash"));
        assert_eq!(meant("qwen-plus").as_deref(), Some("QwenX"));
        assert_eq!(meant("gpt-4"), None);
    }
}
