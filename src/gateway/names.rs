//! What the owner calls models: names of their own, models that are not shown, and who is asked in which order.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The owner's names. All are compared without regard to case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Names {
    /// Another name → the model that it means.
    pub aliases: BTreeMap<String, String>,
    /// Models that lists leave out; they are still answered.
    pub hidden: BTreeSet<String>,
    /// A model's name → who is asked for it, in this order, as `provider/model`.
    pub routes: BTreeMap<String, Vec<String>>,
}

impl Names {
    /// The model that `name` means.
    pub fn meant<'a>(&'a self, name: &'a str) -> &'a str {
        find(&self.aliases, name).map_or(name, String::as_str)
    }

    /// Who is asked for `name`, if the owner said so.
    pub fn route(&self, name: &str) -> Option<&[String]> {
        find(&self.routes, name).map(Vec::as_slice)
    }

    /// Whether lists leave `name` out.
    pub fn hides(&self, name: &str) -> bool {
        self.hidden.iter().any(|hidden| hidden.eq_ignore_ascii_case(name))
    }
}

/// Most owners give no names, so the common case is an empty map.
fn find<'a, T>(map: &'a BTreeMap<String, T>, name: &str) -> Option<&'a T> {
    map.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
