//! The variables as their owner may see them: with where each value comes from, and without secrets.

use super::Config;
use super::accounts::is_placeholder;
use super::environment::Layer;
use super::masked::{address, host_only, masked};
use super::variables::{ALL, Known, Showing};

/// A variable as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value, if it has one; what is secret of it is masked.
    pub value: Option<String>,
    /// `environment`, `.env`, `default`, or `made` if the service made the value itself.
    pub source: &'static str,
    /// Whether it is a secret.
    pub secret: bool,
    /// What it means.
    pub meaning: &'static str,
}

/// What is said of a variable that nobody here can explain.
const UNEXPLAINED: &str = "A variable of your own, such as one that a provider file names.";

/// The parts of the names of providers' variables, and how their values are shown.
const OF_PROVIDERS: [(&str, Showing, &str); 3] = [
    ("_API_KEY", Showing::Secret, "The key of a provider."),
    ("_BASE_URL", Showing::Address, "Another address of a provider."),
    ("_MODELS", Showing::Plain, "The models of a provider, parted by commas; its own list if it is not set."),
];

impl Config {
    /// Every variable that the owner may set, and every other that concerns the service. `data_dir` is the folder in use.
    pub fn variables(&self, data_dir: &str) -> Vec<Variable> {
        let mut all: Vec<Variable> = Vec::with_capacity(ALL.len());
        for known in ALL {
            all.push(self.known(known, data_dir));
            if known.name == "CN_ACCOUNT_2_XSRF_TOKEN" {
                all.extend(self.others().filter(|(name, _)| is_of_account(name)).map(|(name, _)| self.other(name)));
            }
        }
        all.extend(self.others().filter(|(name, _)| !is_of_account(name)).map(|(name, _)| self.other(name)));
        all
    }

    /// Those that are set and not in the table, but are meant for the service: what `.env` says, the accounts, and the
    /// providers' addresses and models.
    fn others(&self) -> impl Iterator<Item = (&str, &str)> {
        let ids = || ALL.iter().filter_map(|known| id_of(known.name));
        let concerns = move |name: &str| {
            is_of_account(name)
                || self.environment.layer(name) == Some(Layer::File)
                || id_of(name).is_some_and(|id| ids().any(|known| known == id))
        };
        self.environment.iter().filter(move |(name, _)| ALL.iter().all(|known| known.name != *name) && concerns(name))
    }

    fn known(&self, known: &Known, data_dir: &str) -> Variable {
        let set = self.environment.get(known.name).filter(|value| !is_placeholder(value));
        let made = matches!(known.name, "API_MASTER_KEY" | "DATA_KEY");
        let default = match known.name {
            // Which of the folders it is, is found out at the start.
            "DATA_DIR" => Some(data_dir.to_owned()),
            "WORKERS" => Some(self.settings.workers.to_string()),
            _ => known.default.map(str::to_owned),
        };
        Variable {
            name: known.name.to_owned(),
            value: set.map(|value| shown(value, known.showing)).or(default),
            source: if set.is_some() {
                self.source(known.name)
            } else if made {
                "made"
            } else {
                "default"
            },
            secret: matches!(known.showing, Showing::Secret | Showing::Host),
            meaning: known.meaning,
        }
    }

    fn other(&self, name: &str) -> Variable {
        let of_account = is_of_account(name).then_some((Showing::Secret, "The sign-in of a Qianwen account."));
        let of_provider = OF_PROVIDERS.iter().find(|(part, ..)| name.ends_with(part));
        let of_provider = of_provider.map(|(_, showing, meaning)| (*showing, *meaning));
        let (showing, meaning) = of_account.or(of_provider).unwrap_or((Showing::Secret, UNEXPLAINED));
        Variable {
            name: name.to_owned(),
            value: self.environment.get(name).map(|value| shown(value, showing)),
            source: self.source(name),
            secret: showing == Showing::Secret,
            meaning,
        }
    }

    fn source(&self, name: &str) -> &'static str {
        match self.environment.layer(name) {
            Some(Layer::Process) => "environment",
            Some(Layer::File) => ".env",
            None => "default",
        }
    }
}

fn is_of_account(name: &str) -> bool {
    name.starts_with("CN_ACCOUNT_")
}

/// The provider's part of the name of a provider's variable.
fn id_of(name: &str) -> Option<&str> {
    OF_PROVIDERS.iter().find_map(|(part, ..)| name.strip_suffix(part))
}

fn shown(value: &str, showing: Showing) -> String {
    match showing {
        Showing::Plain => value.to_owned(),
        Showing::Secret => masked(value),
        Showing::Address => address(value),
        Showing::Host => host_only(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Environment;

    fn config(file: &[(&str, &str)], process: &[(&str, &str)]) -> Config {
        let pairs = |all: &[(&str, &str)]| -> Vec<(String, String)> {
            all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        Config::from_environment(Environment::layered(pairs(file), pairs(process))).unwrap()
    }

    fn find<'a>(all: &'a [Variable], name: &str) -> (Option<&'a str>, &'static str) {
        let found = all.iter().find(|variable| variable.name == name).unwrap_or_else(|| panic!("{name} is missing"));
        (found.value.as_deref(), found.source)
    }

    #[test]
    fn each_value_says_where_it_comes_from() {
        let file = [("LISTEN_PORT", "9000"), ("RUST_LOG", "debug"), ("CN_ACCOUNT_1_COOKIE", "在这里粘贴你的Cookie")];
        let all = config(&file, &[("RUST_LOG", "warn"), ("PATH", "/bin")]).variables("/data");
        assert_eq!(find(&all, "LISTEN_PORT"), (Some("9000"), ".env"));
        assert_eq!(find(&all, "RUST_LOG"), (Some("warn"), "environment"));
        assert_eq!(find(&all, "APP_PORT"), (Some("8083"), "default"));
        assert_eq!(find(&all, "DATA_DIR"), (Some("/data"), "default"));
        assert_eq!(find(&all, "DATA_KEY"), (None, "made"));
        assert_eq!(find(&all, "CN_ACCOUNT_1_COOKIE"), (None, "default"), "the example's text is no cookie");
        assert!(find(&all, "WORKERS").0.is_some());
        assert!(all.iter().all(|variable| variable.name != "PATH"), "what is not meant for the service is not shown");
    }

    #[test]
    fn no_secret_is_shown() {
        let secret = "abcdef-SECRET-0123456789";
        let address = format!("http://u:{secret}@proxy:1/k/{secret}?t={secret}");
        let cookie = format!("a={secret}; b=SECRET");
        let all = config(
            &[("OWN_TOKEN", secret), ("MOONSHOT_BASE_URL", &address), ("CN_ACCOUNT_7_COOKIE", &cookie)],
            &[
                ("API_MASTER_KEY", secret),
                ("DATA_KEY", secret),
                ("UPSTREAM_PROXY", &address),
                ("NOTIFY_WEBHOOK_URL", &address),
                ("DEEPSEEK_API_KEY", secret),
                ("OPENROUTER_MODELS", "a,b"),
            ],
        )
        .variables("/data");
        assert!(!format!("{all:?}").contains("SECRET"), "{all:?}");
        assert_eq!(find(&all, "API_MASTER_KEY"), (Some("…6789"), "environment"));
        assert_eq!(find(&all, "UPSTREAM_PROXY"), (Some("http://…@proxy:1/k/…?…"), "environment"));
        assert_eq!(find(&all, "NOTIFY_WEBHOOK_URL"), (Some("http://proxy:1/…"), "environment"));
        assert_eq!(find(&all, "MOONSHOT_BASE_URL"), (Some("http://…@proxy:1/k/…?…"), ".env"));
        assert_eq!(find(&all, "CN_ACCOUNT_7_COOKIE"), (Some("…"), ".env"));
        assert_eq!(find(&all, "OWN_TOKEN"), (Some("…6789"), ".env"));
        assert_eq!(find(&all, "OPENROUTER_MODELS"), (Some("a,b"), "environment"));
    }
}
