//! Environment → one validated [`Config`]. Nothing else in the crate reads the environment.

mod accounts;
mod environment;
mod masked;
mod own_keys;
mod pool;
mod problem;
mod secret;
mod settings;
mod shown;
mod variables;

use std::collections::BTreeMap;

pub use accounts::CnAccount;
pub use environment::{Environment, Layer};
pub use masked::masked;
pub use own_keys::check_key;
pub use pool::{PoolSettings, STRATEGIES};
pub use problem::{Problem, Problems};
pub use secret::Secret;
pub use settings::{Limits, Settings};
pub use shown::Variable;

/// Everything the service was told at its start.
#[derive(Clone)]
pub struct Config {
    /// The fixed settings.
    pub settings: Settings,
    /// `CN_ACCOUNT_<n>_COOKIE` and `CN_ACCOUNT_<n>_XSRF_TOKEN`.
    pub cn_accounts: Vec<CnAccount>,
    /// `MODEL_TO_ACCOUNT_MAP`: model name → account number.
    pub pins: BTreeMap<String, u32>,
    /// The snapshot in which provider manifests look up the variables that they name.
    pub environment: Environment,
    /// What is odd but does not keep the service from starting.
    pub warnings: Vec<String>,
}

impl Config {
    /// Reads the process environment over `.env`.
    ///
    /// # Errors
    /// All problems together, each with the variable's name and the mend.
    pub fn read() -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let environment = Environment::read(&mut problems);
        Self::checked(environment, problems)
    }

    /// Checks a snapshot that the caller made (tests).
    ///
    /// # Errors
    /// As [`Config::read`].
    pub fn from_environment(environment: Environment) -> Result<Self, Problems> {
        Self::checked(environment, Problems::default())
    }

    fn checked(environment: Environment, mut problems: Problems) -> Result<Self, Problems> {
        let settings = Settings::read(&environment, &mut problems);
        let cn_accounts = accounts::cn_accounts(&environment, &mut problems);
        let pins = accounts::pins(&environment, &cn_accounts, &mut problems);
        let warnings = problems.take_warnings();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self { settings, cn_accounts, pins, environment, warnings })
    }
}
