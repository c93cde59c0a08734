//! Every variable that the owner may set: its name, its default, and what it means.

use Showing::{Address, Host, Plain, Secret};

/// A variable.
pub struct Known {
    pub name: &'static str,
    /// What holds where it is not set; nothing, where that is no value.
    pub default: Option<&'static str>,
    pub showing: Showing,
    pub meaning: &'static str,
}

/// What may be shown of a variable's value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Showing {
    /// All of it.
    Plain,
    /// It is a secret.
    Secret,
    /// It is an address that may hold a password or a key.
    Address,
    /// It is an address whose path is a secret.
    Host,
}

const fn known(name: &'static str, default: Option<&'static str>, showing: Showing, meaning: &'static str) -> Known {
    Known { name, default, showing, meaning }
}

/// All of them, in the order of `.env.example`.
#[rustfmt::skip]
pub const ALL: &[Known] = &[
    known("API_MASTER_KEY", None, Secret, "The owner's key; made at the first start and kept in DATA_DIR if it is not set."),
    known("METRICS_TOKEN", None, Secret, "Opens /metrics and nothing else, for Prometheus."),
    known("CN_ACCOUNT_1_COOKIE", None, Secret, "The Cookie header of a signed-in Qianwen page."),
    known("CN_ACCOUNT_1_XSRF_TOKEN", None, Secret, "The x-xsrf-token header of the same page; may be left out."),
    known("CN_ACCOUNT_2_COOKIE", None, Secret, "The Cookie header of a signed-in Qianwen page."),
    known("CN_ACCOUNT_2_XSRF_TOKEN", None, Secret, "The x-xsrf-token header of the same page; may be left out."),
    known("MODEL_TO_ACCOUNT_MAP", None, Plain, "JSON: model name to account number; a pinned model never moves to another account."),
    known("QIANWEN_KEEP_SESSIONS", Some("false"), Plain, "Whether the conversations that the API makes stay in the site's history."),
    known("DASHSCOPE_API_KEY", None, Secret, "Switches Alibaba Cloud Model Studio (Beijing) on."),
    known("DASHSCOPE_INTL_API_KEY", None, Secret, "Switches Alibaba Cloud Model Studio (international) on."),
    known("MOONSHOT_API_KEY", None, Secret, "Switches Moonshot (Kimi) on."),
    known("DEEPSEEK_API_KEY", None, Secret, "Switches DeepSeek on."),
    known("ZHIPU_API_KEY", None, Secret, "Switches Zhipu (GLM) on."),
    known("SILICONFLOW_API_KEY", None, Secret, "Switches SiliconFlow on."),
    known("OPENROUTER_API_KEY", None, Secret, "Switches OpenRouter on."),
    known("OLLAMA_BASE_URL", None, Address, "Switches Ollama on: models on a machine of yours."),
    known("OPENAI_COMPATIBLE_BASE_URL", None, Address, "Any one further OpenAI-compatible service."),
    known("OPENAI_COMPATIBLE_API_KEY", None, Secret, "The key of that service; may be left out."),
    known("OPENAI_COMPATIBLE_MODELS", None, Plain, "The models of that service, parted by commas; its own list if it is not set."),
    known("LISTEN_PORT", Some("8082"), Plain, "What nginx listens on."),
    known("APP_PORT", Some("8083"), Plain, "The loopback port of the service behind nginx."),
    known("DATA_DIR", Some("./data"), Plain, "Where the database, the keys and your own provider files lie."),
    known("DATA_KEY", None, Secret, "Seals the credentials that are kept; made at the first start and kept in DATA_DIR if it is not set."),
    known("UPSTREAM_PROXY", None, Address, "A proxy for outbound calls."),
    known("WORKERS", None, Plain, "Threads that serve requests; the number of cores if it is not set."),
    known("RUST_LOG", Some("info"), Plain, "How much is logged: error, warn, info, debug or trace."),
    known("CONTEXT_OVERFLOW", Some("refuse"), Plain, "What is done with a conversation that is too long: refuse or trim."),
    known("POOL_STRATEGY", Some("least-busy"), Plain, "By which rule an account is picked: least-busy, round-robin or fill-first."),
    known("QUEUE_WAIT_S", Some("20"), Plain, "How long a request waits for an account while all are busy, in seconds."),
    known("ACCOUNT_CONCURRENT", None, Plain, "Requests at the same time on each account that has no limit of its own."),
    known("ACCOUNT_REQUESTS_PER_MINUTE", None, Plain, "Requests a minute on each account that has no limit of its own."),
    known("ACCOUNT_REQUESTS_PER_DAY", None, Plain, "Requests a day (UTC) on each account that has no limit of its own."),
    known("ACCOUNT_TOKENS_PER_DAY", None, Plain, "Tokens a day (UTC) on each account that has no limit of its own."),
    known("NOTIFY_WEBHOOK_URL", None, Host, "Where you are told that an account needs you."),
    known("NOTIFY_WEBHOOK_FORM", None, Plain, "What is expected there, if its host does not tell: json, telegram, bark, serverchan, wecom or slack."),
    known("MAX_BODY_MB", Some("48"), Plain, "The largest request body, in MB."),
    known("MAX_CONCURRENT", Some("4096"), Plain, "How many completions may be under way."),
    known("FILES_MAX_MB", Some("512"), Plain, "All uploaded files together, in MB; 0 takes none."),
    known("FIRST_TOKEN_TIMEOUT_S", Some("120"), Plain, "How long the first output may take, in seconds."),
    known("IDLE_TIMEOUT_S", Some("120"), Plain, "How long an upstream may be silent within an answer, in seconds."),
    known("TOTAL_TIMEOUT_S", Some("1800"), Plain, "How long a whole answer may take, in seconds."),
    known("HEARTBEAT_S", Some("12"), Plain, "The longest silence of a stream, in seconds."),
    known("DRAIN_S", Some("25"), Plain, "How long a stopping service lets open answers end, in seconds."),
    known("QIANWEN_BASE_URL", None, Address, "For tests: one origin that stands in for every Qianwen host."),
];

/// The default of a variable, as a text.
pub fn text(name: &str) -> String {
    default(name).unwrap_or_default().to_owned()
}

/// The default of a variable that is a number.
pub fn number(name: &str) -> u64 {
    default(name).and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn default(name: &str) -> Option<&'static str> {
    ALL.iter().find(|known| known.name == name).and_then(|known| known.default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_settings_names_the_same_variables_in_the_same_order() {
        let example = include_str!("../../.env.example");
        let lines = example.lines().filter_map(|line| line.trim_start_matches("# ").split_once('='));
        let is_name = |name: &&str| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        };
        let named: Vec<&str> = lines.map(|(name, _)| name).filter(is_name).collect();
        assert_eq!(ALL.iter().map(|known| known.name).collect::<Vec<_>>(), named);
    }

    #[test]
    fn the_example_prints_the_defaults() {
        let example = include_str!("../../.env.example");
        for known in ALL {
            // DATA_DIR has three defaults; the text above it tells them.
            let Some(default) = known.default.filter(|_| known.name != "DATA_DIR") else { continue };
            assert!(example.contains(&format!("\n# {}={default}\n", known.name)), "{}={default}", known.name);
        }
    }

    #[test]
    fn every_default_of_a_number_is_one() {
        for name in ["LISTEN_PORT", "APP_PORT", "QUEUE_WAIT_S", "MAX_BODY_MB", "FILES_MAX_MB", "DRAIN_S", "HEARTBEAT_S"]
        {
            assert!(number(name) > 0, "{name}");
        }
        assert_eq!((number("none"), text("none")), (0, String::new()));
    }
}
