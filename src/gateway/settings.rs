//! What the owner may change while the service runs: each setting with its value and where that came from. A change is
//! checked whole, kept, and holds at once for everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::names::Names;
use super::roster::Roster;
use super::route::AUTO;
use crate::accounts::{Limits, Pool, Rules, Strategy};
use crate::json_error::sentence;
use crate::store::{Database, Kept, Record};

/// The longest that a request may be told to wait for an account, in seconds.
const LONGEST_WAIT: u64 = 300;

/// Every setting: its name and what it means.
const SETTINGS: [(&str, &str); 7] = [
    (STRATEGY, "By which rule an account is picked: least-busy, round-robin or fill-first."),
    (QUEUE_WAIT, "How long a request waits for an account while all are busy, in seconds (0-300)."),
    (LIMITS, "The limits of accounts that have none of their own."),
    (ALIASES, "Other names for models: name -> model."),
    (HIDDEN, "Models that lists leave out; they are still answered."),
    (OVERFLOW, "What is done with a conversation that is longer than its model can take: refuse or trim."),
    (ROUTES, "Who is asked for a model, in this order: name -> [provider/model, ...]."),
];

const STRATEGY: &str = "pool.strategy";
const QUEUE_WAIT: &str = "pool.queue_wait_s";
const LIMITS: &str = "accounts.limits";
const ALIASES: &str = "models.aliases";
const HIDDEN: &str = "models.hidden";
const ROUTES: &str = "models.routes";
const OVERFLOW: &str = "models.overflow";

/// What may be done with a conversation that is too long: it is refused, or its oldest turns are left out.
const OVERFLOWS: [&str; 2] = ["refuse", TRIM];
const TRIM: &str = "trim";

/// What holds where the owner changed nothing, and whether the environment named it.
pub type Base = BTreeMap<&'static str, (Value, bool)>;

/// One setting as its owner sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Its value.
    pub value: Value,
    /// Where that comes from: `console`, `environment` or `default`.
    pub source: &'static str,
}

/// Why a setting was not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSet {
    /// There is no setting of this name.
    Missing(String),
    /// The value is wrong; a sentence.
    Wrong(String),
}

/// All settings.
pub struct Settings {
    /// What holds where the owner said nothing: the environment's values, and whether it named them.
    base: Base,
    changed: Mutex<BTreeMap<String, Value>>,
    /// One change at a time, so that what is kept is what holds.
    changing: Semaphore,
    database: Database,
    pool: Arc<Pool>,
    roster: Arc<Roster>,
}

impl Settings {
    /// The settings that were kept, over those of the environment. What was kept and is no longer right is left out, and
    /// said so in `warnings`.
    pub fn new(
        base: Base,
        kept: &BTreeMap<String, String>,
        database: Database,
        roster: Arc<Roster>,
        warnings: &mut Vec<String>,
    ) -> Self {
        let pool = Arc::clone(&roster.pool);
        let settings = Self { base, changed: Mutex::default(), changing: Semaphore::new(1), database, pool, roster };
        for (name, text) in kept {
            let value = serde_json::from_str(text).unwrap_or(Value::Null);
            match settings.check(name, &value, false) {
                Ok(()) => {
                    settings.lock().insert(name.clone(), value);
                }
                Err(NotSet::Missing(what) | NotSet::Wrong(what)) => {
                    warnings.push(format!("the setting {name} that was made here is left out: {what}"));
                }
            }
        }
        settings.apply();
        settings
    }

    /// Every setting.
    pub fn list(&self) -> Vec<Setting> {
        let changed = self.lock();
        let one = |(name, meaning): (&'static str, &'static str)| {
            let (value, source) = match (changed.get(name), self.base.get(name)) {
                (Some(value), _) => (value.clone(), "console"),
                (None, Some((value, true))) => (value.clone(), "environment"),
                (None, Some((value, false))) => (value.clone(), "default"),
                (None, None) => (default(name), "default"),
            };
            Setting { name, meaning, value, source }
        };
        SETTINGS.into_iter().map(one).collect()
    }

    /// Changes a setting; `None` brings its default back. Should run in a task that nobody breaks off.
    ///
    /// # Errors
    /// If there is none of this name, or the value is wrong.
    pub async fn set(&self, name: &str, value: Option<Value>) -> Result<Kept, NotSet> {
        match &value {
            Some(value) => self.check(name, value, true)?,
            None => known(name)?,
        }
        // It is never closed, so there always is a turn.
        let _turn = self.changing.acquire().await.ok();
        let text = value.as_ref().map(Value::to_string);
        let kept = self.database.commit(vec![Record::Setting { name: name.to_owned(), value: text }]).await;
        {
            let mut changed = self.lock();
            match value {
                Some(value) => changed.insert(name.to_owned(), value),
                None => changed.remove(name),
            };
        }
        self.apply();
        Ok(kept)
    }

    /// Checks a value; `strictly` also that what it names is there now.
    fn check(&self, name: &str, value: &Value, strictly: bool) -> Result<(), NotSet> {
        known(name)?;
        // A list would pass for an object whose fields are in that order.
        if matches!(name, LIMITS | ALIASES | ROUTES) && !value.is_object() {
            return Err(NotSet::Wrong("it is not an object".to_owned()));
        }
        let checked = match name {
            STRATEGY => text(value).and_then(Strategy::named).map(drop),
            QUEUE_WAIT => match value.as_u64() {
                Some(seconds) if seconds <= LONGEST_WAIT => Ok(()),
                _ => Err(format!("it is not a whole number from 0 to {LONGEST_WAIT}")),
            },
            LIMITS => read::<Limits>(value).and_then(|limits| limits.check()),
            ALIASES => read(value).and_then(|aliases| self.check_aliases(&aliases, strictly)),
            HIDDEN => read::<BTreeSet<String>>(value).map(drop),
            OVERFLOW if value.as_str().is_some_and(|word| OVERFLOWS.contains(&word)) => Ok(()),
            OVERFLOW => Err(format!("it is none of {}", OVERFLOWS.join(", "))),
            _ => read(value).and_then(|routes| self.check_routes(&routes, strictly)),
        };
        checked.map_err(NotSet::Wrong)
    }

    fn check_aliases(&self, aliases: &BTreeMap<String, String>, strictly: bool) -> Result<(), String> {
        for (alias, model) in aliases {
            if alias.trim().is_empty() || alias.eq_ignore_ascii_case(AUTO) {
                return Err(format!("`{alias}` cannot be another name for something"));
            }
            if aliases.keys().any(|other| other.eq_ignore_ascii_case(model)) {
                return Err(format!("`{alias}` means `{model}`, which is an alias itself; name the model"));
            }
            if strictly && let Err(fault) = self.roster.route(model) {
                return Err(format!("`{alias}` means a model that is not there. {}", fault.message));
            }
        }
        Ok(())
    }

    fn check_routes(&self, routes: &BTreeMap<String, Vec<String>>, strictly: bool) -> Result<(), String> {
        for (name, ways) in routes {
            if name.trim().is_empty() || ways.is_empty() {
                return Err(format!("the route of `{name}` leads nowhere; name at least one provider/model"));
            }
            for way in ways {
                if !way.contains('/') {
                    return Err(format!("`{way}` in the route of `{name}` is not a provider/model"));
                }
                if strictly && !self.roster.has_way(way) {
                    return Err(format!(
                        "the route of `{name}` leads to `{way}`, which is not there: no such provider with an account, \
                         or no such model of it"
                    ));
                }
            }
        }
        Ok(())
    }

    /// Lets the settings take effect.
    fn apply(&self) {
        let value = |name: &str| {
            let changed = self.lock().get(name).cloned();
            changed.or_else(|| self.base.get(name).map(|(value, _)| value.clone())).unwrap_or_else(|| default(name))
        };
        self.pool.rule(Rules {
            strategy: text(&value(STRATEGY)).and_then(Strategy::named).unwrap_or_default(),
            limits: read(&value(LIMITS)).unwrap_or_default(),
            patience: Duration::from_secs(value(QUEUE_WAIT).as_u64().unwrap_or_default()),
        });
        self.roster.overflow.set_trims(value(OVERFLOW).as_str() == Some(TRIM));
        self.roster.rename(Names {
            aliases: read(&value(ALIASES)).unwrap_or_default(),
            hidden: read(&value(HIDDEN)).unwrap_or_default(),
            routes: read(&value(ROUTES)).unwrap_or_default(),
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Value>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The environment's values of the settings that it can name.
pub fn base(strategy: Option<&str>, queue_wait: (u64, bool), limits: Limits, trims: Option<bool>) -> Base {
    let strategy = (json!(strategy.unwrap_or(Strategy::default().name())), strategy.is_some());
    let named = limits != Limits::default();
    BTreeMap::from([
        (STRATEGY, strategy),
        (QUEUE_WAIT, (json!(queue_wait.0), queue_wait.1)),
        (LIMITS, (json!(limits), named)),
        (OVERFLOW, (json!(OVERFLOWS[usize::from(trims.unwrap_or(false))]), trims.is_some())),
    ])
}

fn known(name: &str) -> Result<(), NotSet> {
    if SETTINGS.iter().any(|(known, _)| *known == name) {
        return Ok(());
    }
    let names = SETTINGS.map(|(name, _)| name).join(", ");
    let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
    Err(NotSet::Missing(format!("there is no setting `{shown}`; there are {names}")))
}

fn default(name: &str) -> Value {
    if name == HIDDEN { json!([]) } else { json!({}) }
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| "it is not a text".to_owned())
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let what = sentence(error.inner());
        if path == "." { what } else { format!("`{path}`: {what}") }
    })
}
