//! Texts that no page of the console shows.

use super::literals::Literal;

/// Files, or folders of them, and where their texts go instead.
pub const FILES: [(&str, &str); 33] = [
    ("cli.rs", "the command line"),
    ("render.rs", "the command line"),
    ("healthcheck.rs", "the command line"),
    ("opening.rs", "a start that ends at once"),
    ("config/environment.rs", "a start that ends at once"),
    ("config/number.rs", "a start that ends at once"),
    ("config/pool.rs", "a start that ends at once"),
    ("config/problem.rs", "a start that ends at once"),
    ("config/settings.rs", "a start that ends at once"),
    ("documents/kind.rs", "what files are known by"),
    ("documents/office/", "the model"),
    ("documents/transcript.rs", "the model"),
    ("gateway/bookkeeper.rs", "the log, and notices"),
    ("http/billing.rs", "clients"),
    ("http/description", "the description of the API"),
    ("http/docs/", "the description of the API"),
    ("http/envelope.rs", "headers"),
    ("http/files/", "clients: the console uploads nothing"),
    ("http/home/", "headers"),
    ("http/metrics.rs", "metrics"),
    ("metrics.rs", "metrics"),
    ("notify/body.rs", "notices"),
    ("notify/gate.rs", "notices"),
    ("providers/demo/", "the demo's answer"),
    ("json.rs", "libraries repeat it, see `libraries.json`"),
    ("stages/tools/", "the model"),
    ("store/lock.rs", "a start that ends at once"),
    ("store/maintenance.rs", "the command line"),
    ("store/restore.rs", "the command line"),
    ("store/seal.rs", "what keys are derived with"),
    ("upstream/fetcher.rs", "clients: the console sends no addresses to fetch"),
    ("upstream/guard.rs", "clients: the console sends no addresses to fetch"),
    ("upstream/target.rs", "clients: the console sends no addresses to fetch"),
];

/// Single texts of files whose others are shown.
const TEXTS: [(&str, &[&str]); 34] = [
    ("accounts/paste/date.rs", &["a far day"]),
    ("accounts/paste/har.rs", &["a list of entries"]),
    ("accounts/paste/headers.rs", &["Request URL"]),
    ("accounts/pool/made.rs", &["no lease: {other:?}"]),
    (
        "config/accounts.rs",
        &[
            "the part after CN_ACCOUNT_ is not a number from 1",
            "number the accounts 1, 2, 3 …",
            "write a JSON object such as {\"qwen-max\": 2}",
            "it is not a JSON object (column {})",
            "it pins `auto`, which stands for whatever works",
            "pin the models by their names",
            "it pins `{model}` to account {number}, which is not set",
            "set CN_ACCOUNT_{number}_COOKIE or take the model out of the map",
            "the value of `{model}` is not an account number",
            "it holds control characters or a line break",
            "copy the header's value again, on one line",
        ],
    ),
    (
        "config/own_keys.rs",
        &[
            "use a long random text, or leave it out: then only the owner reads /metrics",
            "it is API_MASTER_KEY, and would open everything",
            "use another long random text",
            "use a long random text, or leave it out and one is made in DATA_DIR",
        ],
    ),
    ("gateway/prepare/attachments.rs", &["[File: {name}]\n{}\n[End of file]"]),
    (
        "gateway/settings.rs",
        &[
            "By which rule an account is picked: least-busy, round-robin or fill-first.",
            "How long a request waits for an account while all are busy, in seconds (0-300).",
            "The limits of accounts that have none of their own.",
            "Other names for models: name -> model.",
            "Models that lists leave out; they are still answered.",
            "What is done with a conversation that is longer than its model can take: refuse or trim.",
            "Who is asked for a model, in this order: name -> [provider/model, ...].",
        ],
    ),
    ("gateway/summary.rs", &[" upstream status {status}"]),
    (
        "gateway/watch.rs",
        &[
            "No account can answer. {}.",
            "No account can answer",
            "Requests are answered again",
            "At least one account works again.",
            "{} expires soon",
        ],
    ),
    (
        "http/admin/live.rs",
        &[
            "text/event-stream; charset=utf-8",
            "event: end\ndata: {{\"reason\":\"{reason}\"}}\n\n",
            "event: state\ndata: {}\n\n",
            ": still here\n\n",
            "event: request\ndata: {json}\n\n",
            "event: missed\ndata: {{\"requests\":{count}}}\n\n",
        ],
    ),
    (
        "http/admin/session.rs",
        &["; Secure", "{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"],
    ),
    ("http/admin/store.rs", &["attachment; filename=\"qianqiao-backup.db\""]),
    ("http/admin/usage.rs", &["text/csv; charset=utf-8", "attachment; filename=\"qianqiao-usage.csv\""]),
    ("http/chat.rs", &["text/event-stream; charset=utf-8"]),
    (
        "json_error.rs",
        &[
            "a map",
            "a nonzero",
            "a string",
            "a boolean",
            "a sequence",
            " at line ",
            "unknown field `",
            "one of ",
            "missing field",
            "it lacks the field",
        ],
    ),
    (
        "notify/notifier.rs",
        &["qianqiao: a test", "Notices arrive here. You will hear of an account only when it needs you."],
    ),
    ("openai/answer.rs", &["texts and numbers are always JSON"]),
    ("openai/chunk.rs", &["texts and numbers are always JSON"]),
    ("openai/request/format.rs", &["x, expected a text"]),
    (
        "openai/request/mod.rs",
        &[", expected ", " at line ", "missing field", "duplicate field", "x, expected a string"],
    ),
    ("openai/request/tools.rs", &["x, expected `none`, `auto` or `required`"]),
    ("providers/openai_compatible/manifest.rs", &[" (line {line})", "unknown field", "missing field", ", expected "]),
    ("providers/openai_compatible/service.rs", &["Bearer {key}"]),
    ("providers/openai_compatible/trouble.rs", &["quota exceeded", "exceeded your current quota"]),
    ("providers/openai_compatible/wire.rs", &["a text or a list of parts"]),
    (
        "providers/qianwen/encode.rs",
        &[
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36",
            "application/json, text/event-stream, text/plain, */*",
        ],
    ),
    ("providers/qianwen/mod.rs", &["Qianwen 通义千问"]),
    ("providers/qianwen/trouble.rs", &["input query audit rejected", "Too Many Requests"]),
    (
        "stages/json/mod.rs",
        &[
            "Answer with one JSON value and nothing else: no explanation before or after it, no code fence.",
            "{CONTRACT} It must be an object.",
            "(Answer with the JSON value only.)",
            "It must be valid by this JSON Schema{purpose}:\n{}",
            "it was not valid JSON",
            "at {place}: {told}",
            "it was not an object",
            "That answer cannot be used: {complaint}. {CONTRACT}",
        ],
    ),
    ("stages/mod.rs", &["Correction({} bytes)"]),
    ("store/files/upload.rs", &["; until then"]),
    (
        "store/key.rs",
        &[
            "the data key {} cannot be read ({error}); make it readable for the service",
            "or move {dir}/{} away and enter the accounts again",
            "DATA_KEY does not open the stored credentials, but the key in {dir}/{FILE} does; take DATA_KEY away, {mend}",
            "DATA_KEY does not open the stored credentials; set it to the key with which they were stored, {mend}",
            "the key in {dir}/{FILE} does not open the stored credentials; put the right {FILE} back or set DATA_KEY, {mend}",
            "the key of the stored credentials is missing, so they cannot be opened; put {dir}/{FILE} back or set DATA_KEY, {mend}",
        ],
    ),
    (
        "upstream/connector.rs",
        &[
            "UPSTREAM_PROXY: it is not a proxy's address; write http://host:port",
            "Basic {}",
            "CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n",
            "Proxy-Authorization: {authorization}\r\n",
        ],
    ),
];

/// Each such text with its file.
pub fn texts() -> impl Iterator<Item = (&'static str, &'static str)> {
    TEXTS.iter().flat_map(|(file, texts)| texts.iter().map(move |text| (*file, *text)))
}

/// Whether it is known that no page shows this.
pub fn covers(one: &Literal) -> bool {
    FILES.iter().any(|(file, _)| one.file.starts_with(file))
        || texts().any(|(file, text)| file == one.file && text == one.text)
}
