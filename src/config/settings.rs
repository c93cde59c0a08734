//! The fixed settings: envy fills the raw texts, one pass turns them into checked values.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::environment::Environment;
use super::own_keys::{data_key, master_key, metrics_token};
use super::pool::PoolSettings;
use super::problem::Problems;
use super::secret::Secret;
use super::variables;

/// Exactly what was written for each fixed variable. All are texts, so that one bad value hides no other.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Raw {
    listen_port: Option<String>,
    app_port: Option<String>,
    api_master_key: Option<String>,
    data_dir: Option<String>,
    data_dir_defaults: Option<String>,
    upstream_proxy: Option<String>,
    max_body_mb: Option<String>,
    files_max_mb: Option<String>,
    max_concurrent: Option<String>,
    first_token_timeout_s: Option<String>,
    idle_timeout_s: Option<String>,
    total_timeout_s: Option<String>,
    heartbeat_s: Option<String>,
    drain_s: Option<String>,
    qianwen_keep_sessions: Option<String>,
    qianwen_base_url: Option<String>,
    workers: Option<String>,
    data_key: Option<String>,
    metrics_token: Option<String>,
    context_overflow: Option<String>,
    pub(super) pool_strategy: Option<String>,
    pub(super) queue_wait_s: Option<String>,
    pub(super) account_concurrent: Option<String>,
    pub(super) account_requests_per_minute: Option<String>,
    pub(super) account_requests_per_day: Option<String>,
    pub(super) account_tokens_per_day: Option<String>,
    notify_webhook_url: Option<String>,
    notify_webhook_form: Option<String>,
    rust_log: Option<String>,
    space_id: Option<String>,
}

/// Limits that nginx and the service agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// `MAX_BODY_MB` (1–1024), default 48: the largest request body.
    pub body_mb: u64,
    /// `FILES_MAX_MB` (0–1048576), default 512: all uploaded files together; 0 takes none.
    pub files_mb: u64,
    /// `MAX_CONCURRENT` (1–100000), default 4096: completions answered at the same time.
    pub concurrent: u64,
    /// `FIRST_TOKEN_TIMEOUT_S` (1–3600), default 120: from sending a request upstream to its first output.
    pub first_token: Duration,
    /// `IDLE_TIMEOUT_S` (1–3600), default 120: between two pieces of an answer.
    pub idle: Duration,
    /// `TOTAL_TIMEOUT_S` (1–86400), default 1800: a whole answer.
    pub total: Duration,
    /// `HEARTBEAT_S` (1–55), default 12: the longest silence a client hears during a stream.
    pub heartbeat: Duration,
    /// `DRAIN_S` (0–600), default 25: how long a stopping service lets open answers end.
    pub drain: Duration,
}

/// The checked fixed settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `LISTEN_PORT`, default 8082: what nginx listens on.
    pub listen_port: u16,
    /// `APP_PORT`, default 8083: the loopback port of the service.
    pub app_port: u16,
    /// `API_MASTER_KEY`: the owner's key, if given.
    pub master_key: Option<Secret<String>>,
    /// `DATA_DIR`, or the places to try in order: the first that can be written is taken.
    pub data_dirs: Vec<PathBuf>,
    /// Whether the owner named `DATA_DIR`.
    pub data_dir_named: bool,
    /// `UPSTREAM_PROXY`: `http://[user:password@]host:port`, or `https://…`.
    pub upstream_proxy: Option<Secret<String>>,
    /// The limits.
    pub limits: Limits,
    /// `QIANWEN_KEEP_SESSIONS`, default false.
    pub qianwen_keep_sessions: bool,
    /// `QIANWEN_BASE_URL`: one origin that stands in for every Qianwen host (tests).
    pub qianwen_base_url: Option<String>,
    /// `WORKERS`, default the number of cores.
    pub workers: usize,
    /// `DATA_KEY`: seals the credentials that are kept, if given.
    pub data_key: Option<Secret<String>>,
    /// `METRICS_TOKEN`: opens `/metrics` and nothing else, if given.
    pub metrics_token: Option<Secret<String>>,
    /// `CONTEXT_OVERFLOW`: whether a conversation that is too long loses its oldest turns (`trim`) or is refused
    /// (`refuse`), if it was said.
    pub trims: Option<bool>,
    /// The pool of accounts.
    pub pool: PoolSettings,
    /// `NOTIFY_WEBHOOK_URL`: where the owner is told of accounts that need a person.
    pub notify_url: Option<Secret<String>>,
    /// `NOTIFY_WEBHOOK_FORM`: what is expected there, if its host does not tell.
    pub notify_form: Option<String>,
    /// `RUST_LOG`, default `info`.
    pub log_filter: String,
    /// Whether `SPACE_ID` says that this is a Hugging Face Space.
    pub on_space: bool,
}

impl Settings {
    /// Checks every fixed variable of `env` and notes each problem.
    pub fn read(env: &Environment, problems: &mut Problems) -> Self {
        // envy takes names in any spelling, and one that is there twice would undo all the others.
        let named = env.iter().filter(|(name, _)| !name.bytes().any(|b| b.is_ascii_lowercase()));
        let pairs = named.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let raw: Raw = envy::from_iter(pairs).unwrap_or_else(|_| {
            problems.add("the environment", "it cannot be read as settings", "look for a variable that is there twice");
            Raw::default()
        });
        let listen_port = port("LISTEN_PORT", raw.listen_port.as_deref(), problems);
        let app_port = port("APP_PORT", raw.app_port.as_deref(), problems);
        if listen_port == app_port {
            problems.add(
                "APP_PORT",
                "it is the same port as LISTEN_PORT",
                "give nginx and the service different ports",
            );
        }
        Self {
            listen_port,
            app_port,
            master_key: master_key(raw.api_master_key.as_deref(), problems),
            data_dir_named: raw.data_dir.is_some(),
            data_dirs: data_dirs(raw.data_dir.as_deref(), raw.data_dir_defaults.as_deref()),
            upstream_proxy: proxy(raw.upstream_proxy.clone(), problems),
            limits: limits(&raw, problems),
            qianwen_keep_sessions: switch("QIANWEN_KEEP_SESSIONS", raw.qianwen_keep_sessions.as_deref(), problems),
            qianwen_base_url: origin("QIANWEN_BASE_URL", raw.qianwen_base_url.clone(), problems),
            workers: workers(raw.workers.as_deref(), problems),
            data_key: data_key(raw.data_key.clone(), problems),
            metrics_token: metrics_token(raw.metrics_token.as_deref(), problems),
            trims: trims(raw.context_overflow.as_deref(), problems),
            pool: PoolSettings::read(&raw, problems),
            notify_url: raw.notify_webhook_url.clone().map(Secret::new),
            notify_form: raw.notify_webhook_form.clone(),
            log_filter: raw.rust_log.unwrap_or_else(|| variables::text("RUST_LOG")),
            on_space: raw.space_id.is_some(),
        }
    }
}

fn limits(raw: &Raw, problems: &mut Problems) -> Limits {
    let mut read = |name, value: &Option<String>, low, high| {
        number(name, value.as_deref(), low, high, variables::number(name), problems)
    };
    Limits {
        body_mb: read("MAX_BODY_MB", &raw.max_body_mb, 1, 1024),
        files_mb: read("FILES_MAX_MB", &raw.files_max_mb, 0, 1 << 20),
        concurrent: read("MAX_CONCURRENT", &raw.max_concurrent, 1, 100_000),
        first_token: Duration::from_secs(read("FIRST_TOKEN_TIMEOUT_S", &raw.first_token_timeout_s, 1, 3600)),
        idle: Duration::from_secs(read("IDLE_TIMEOUT_S", &raw.idle_timeout_s, 1, 3600)),
        total: Duration::from_secs(read("TOTAL_TIMEOUT_S", &raw.total_timeout_s, 1, 86_400)),
        heartbeat: Duration::from_secs(read("HEARTBEAT_S", &raw.heartbeat_s, 1, 55)),
        drain: Duration::from_secs(read("DRAIN_S", &raw.drain_s, 0, 600)),
    }
}

fn port(name: &str, value: Option<&str>, problems: &mut Problems) -> u16 {
    let port = number(name, value, 1, 65535, variables::number(name), problems);
    u16::try_from(port).unwrap_or_default()
}

fn workers(value: Option<&str>, problems: &mut Problems) -> usize {
    let cores = std::thread::available_parallelism().map_or(2, |n| n.get() as u64);
    usize::try_from(number("WORKERS", value, 1, 256, cores, problems)).unwrap_or(2)
}

pub(super) fn number(
    name: &str,
    value: Option<&str>,
    low: u64,
    high: u64,
    default: u64,
    problems: &mut Problems,
) -> u64 {
    let Some(value) = value else { return default };
    match value.parse::<u64>() {
        Ok(n) if (low..=high).contains(&n) => n,
        _ => {
            let mend = format!("write a whole number from {low} to {high}, or leave it out for {default}");
            problems.add(name, "it is not a number in range", mend);
            default
        }
    }
}

fn switch(name: &str, value: Option<&str>, problems: &mut Problems) -> bool {
    match value.map(str::to_ascii_lowercase).as_deref() {
        None | Some("false" | "0" | "no" | "off") => false,
        Some("true" | "1" | "yes" | "on") => true,
        Some(_) => {
            problems.add(name, "it is neither true nor false", "write true or false");
            false
        }
    }
}

fn trims(value: Option<&str>, problems: &mut Problems) -> Option<bool> {
    match value.map(str::to_ascii_lowercase)?.as_str() {
        "trim" => Some(true),
        "refuse" => Some(false),
        _ => {
            problems.add("CONTEXT_OVERFLOW", "it is neither refuse nor trim", "write refuse or trim");
            None
        }
    }
}

fn data_dirs(named: Option<&str>, defaults: Option<&str>) -> Vec<PathBuf> {
    match (named, defaults) {
        (Some(dir), _) => vec![PathBuf::from(dir)],
        (None, Some(defaults)) => defaults.split(':').filter(|dir| !dir.is_empty()).map(PathBuf::from).collect(),
        (None, None) => vec![PathBuf::from(variables::text("DATA_DIR"))],
    }
}

fn proxy(value: Option<String>, problems: &mut Problems) -> Option<Secret<String>> {
    let value = value?;
    let host = value.strip_prefix("http://").or_else(|| value.strip_prefix("https://"));
    if host.is_some_and(|host| !host.trim_end_matches('/').is_empty()) {
        return Some(Secret::new(value));
    }
    problems.add("UPSTREAM_PROXY", "it is not an http:// or https:// address", "write http://host:port");
    None
}

/// An origin without a trailing slash, so that paths can be appended to it.
pub fn origin(name: &str, value: Option<String>, problems: &mut Problems) -> Option<String> {
    let value = value?;
    let value = value.trim_end_matches('/');
    if value.starts_with("http://") || value.starts_with("https://") {
        return Some(value.to_owned());
    }
    problems.add(name, "it is not an http:// or https:// address", "write the whole address, scheme first");
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> (Settings, Problems) {
        let env = Environment::layered(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())), []);
        let mut problems = Problems::default();
        (Settings::read(&env, &mut problems), problems)
    }

    #[test]
    fn every_problem_is_reported_at_once_by_name() {
        let (_, problems) = read(&[
            ("LISTEN_PORT", "99999"),
            ("MAX_BODY_MB", "many"),
            ("API_MASTER_KEY", "1"),
            ("QIANWEN_KEEP_SESSIONS", "maybe"),
            ("UPSTREAM_PROXY", "socks5://x"),
        ]);
        let names: Vec<_> = problems.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["LISTEN_PORT", "API_MASTER_KEY", "UPSTREAM_PROXY", "MAX_BODY_MB", "QIANWEN_KEEP_SESSIONS"]);
    }

    #[test]
    fn weak_and_printed_keys_are_refused_and_not_shown() {
        for key in ["tiny-key", "your_super_secret_master_key_123", "key with spaces in it", "ключ-длинный-ключ-ключ"]
        {
            let (settings, problems) = read(&[("API_MASTER_KEY", key)]);
            assert!(settings.master_key.is_none());
            assert!(problems.to_string().contains("API_MASTER_KEY"), "{problems}");
            assert!(!problems.to_string().contains(key), "{problems}");
        }
        assert!(read(&[("API_MASTER_KEY", "qq-0123456789abcdef")]).1.is_empty());
    }

    #[test]
    fn another_spelling_of_a_name_undoes_nothing() {
        let (settings, problems) = read(&[("MAX_BODY_MB", "7"), ("max_body_mb", "9"), ("rust_log", "trace")]);
        assert_eq!((settings.limits.body_mb, settings.log_filter.as_str(), problems.is_empty()), (7, "info", true));
    }

    #[test]
    fn data_dirs_are_tried_in_order() {
        assert_eq!(read(&[]).0.data_dirs, [PathBuf::from("./data")]);
        let defaults = ("DATA_DIR_DEFAULTS", "/data:/home/user/data");
        assert_eq!(read(&[defaults]).0.data_dirs.len(), 2);
        assert_eq!(read(&[defaults, ("DATA_DIR", "/x")]).0.data_dirs, [PathBuf::from("/x")]);
    }
}
