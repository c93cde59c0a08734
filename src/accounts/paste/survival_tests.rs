//! Whatever a cookie's value is, each form's quoting gives it back; whatever is pasted, nothing panics.

use std::fmt::Write;

use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, TestRunner};

use super::*;

/// Runs `test` on many values, and leaves no file behind where it fails.
fn many<S: Strategy>(values: &S, test: impl Fn(S::Value) -> Result<(), proptest::test_runner::TestCaseError>) {
    let config = Config { failure_persistence: None, ..Config::with_cases(512) };
    TestRunner::new(config).run(values, test).unwrap();
}

/// Chrome's quoting for bash.
fn bash(text: &str) -> String {
    if text.contains(['\'', '!']) {
        let escaped = text.replace('\\', "\\\\").replace('\'', "\\'").replace('!', "\\u0021");
        return format!("$'{escaped}'");
    }
    format!("'{text}'")
}

/// Chrome's quoting for cmd.
fn cmd(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut quoted = String::from("^\"");
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if !(c.is_ascii_alphanumeric() || c.is_whitespace() || "_-:=+~'/.,?;()*`".contains(c)) {
            quoted.push('^');
        }
        quoted.push(c);
        if c == '%' && chars.peek().is_some_and(|next| next.is_ascii_alphanumeric() || *next == '_') {
            quoted.push('^');
        }
    }
    quoted + "^\""
}

/// Chrome's quoting for PowerShell.
fn powershell(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '`' | '$' | '"' => quoted.extend(['`', c]),
            ' '..='~' => quoted.push(c),
            c => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| write!(quoted, "$([char]{unit})").unwrap()),
        }
    }
    quoted + "\""
}

/// The value in every form.
fn pastes(value: &str) -> [(Form, String); 9] {
    let header = format!("first=1; probe={value}; last=2");
    let json = |text: &str| serde_json::to_string(text).unwrap();
    let url = "https://a.example/p?x=1&y=2";
    let line = format!("cookie: {header}");
    [
        (Form::CookieHeader, header.clone()),
        (Form::RequestHeaders, format!("host: a.example\naccept: */*\n{line}")),
        (Form::CurlBash, format!("curl '{url}' \\\n  -H 'accept: */*' \\\n  -b {} \\\n  --compressed", bash(&header))),
        (Form::CurlCmd, format!("curl {} ^\r\n  -H {} ^\r\n  -H {}", cmd(url), cmd("a: \"b\""), cmd(&line))),
        (
            Form::PowerShell,
            format!(
                "$session.Cookies.Add((New-Object System.Net.Cookie(\"probe\", {}, \"/\", \".a.example\")))\n\
                 Invoke-WebRequest -UseBasicParsing -Uri \"{url}\" `\n-WebSession $session",
                powershell(value)
            ),
        ),
        (Form::Fetch, format!("fetch(\"{url}\", {{\n \"headers\": {{\n \"cookie\": {}\n }}\n}});", json(&header))),
        (
            Form::Har,
            format!(
                "{{\"log\":{{\"entries\":[{{\"request\":{{\"url\":\"{url}\",\"headers\":[],\
                 \"cookies\":[{{\"name\":\"probe\",\"value\":{}}}]}}}}]}}}}",
                json(value)
            ),
        ),
        (Form::CookieJson, format!("[{{\"name\":\"probe\",\"value\":{},\"domain\":\".a.example\"}}]", json(value))),
        (Form::NetscapeCookies, format!("# c\n.a.example\tTRUE\t/\tFALSE\t0\tprobe\t{value}\n")),
    ]
}

fn survives(value: &str) {
    for (form, text) in pastes(value) {
        let paste = read(&text).unwrap_or_else(|what| panic!("{what}: {text}"));
        assert_eq!(paste.form, form, "{text}");
        let found: Vec<_> = paste.sources.iter().flat_map(|s| s.cookie("probe")).map(|c| c.value.as_str()).collect();
        assert_eq!(found, [value], "{text}");
    }
}

#[test]
fn awkward_values_survive_every_form() {
    for value in
        ["\"\"", "a\"", "'", "%", "%%41%^a", "^", "^^a", "^\"", "$'", "$(x)", "`", "=", "a==", "!", "&", "()", "{a}"]
    {
        survives(value);
    }
    survives("千😀é");
}

#[test]
fn any_value_survives_every_form() {
    // What a cookie may hold, and blanks and quotes inside.
    let values = "[!-+\\--:<-\\[\\]-~]([ -+\\--:<-\\[\\]-~]{0,40}[!-+\\--:<-\\[\\]-~])?";
    many(&values, |value| {
        survives(&value);
        Ok(())
    });
}

/// What the readers look for, so that random text reaches deep into them.
const PIECES: &[&str] = &[
    "curl ",
    "'",
    "$'",
    "\"",
    "^\"",
    "^",
    "\\",
    "\\u",
    "\\x4",
    "-H ",
    "-b",
    "cookie: ",
    "a=1; ",
    "=",
    ";",
    "\n",
    "\r\n",
    "\t",
    "fetch(\"",
    "headers",
    ":",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "Invoke-WebRequest ",
    "-Uri ",
    "-Headers @{",
    "System.Net.Cookie(",
    "$([char]55357)",
    "`",
    "```",
    "{\"log\":{\"entries\":[{\"request\":{",
    "\"name\":\"a\"",
    ",",
    "TRUE\t/\tTRUE\t1",
    "#HttpOnly_",
    "export X=",
    "A_COOKIE=",
    "https://a.example",
    "Request URL",
    ":authority",
    "host",
    "千",
    "😀",
    "\u{0}",
    "\u{feff}",
    " ",
];

#[test]
fn nothing_that_is_pasted_panics() {
    let piece = (0..PIECES.len()).prop_map(|n| PIECES[n]);
    many(&proptest::collection::vec(piece, 0..24), |pieces| {
        drop(read(&pieces.concat()));
        Ok(())
    });
    many(&any::<String>(), |text| {
        drop(read(&text));
        Ok(())
    });
}
