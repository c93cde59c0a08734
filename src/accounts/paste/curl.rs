//! "Copy as cURL": one command or many → sources.

use super::form::Form;
use super::request;
use super::source::Source;
use super::{cmd, shell};

/// The options other than those read here that take the next word with them.
const WITH_VALUE: [&str; 27] = [
    "-X",
    "--request",
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-ascii",
    "--data-urlencode",
    "--json",
    "-F",
    "--form",
    "--form-string",
    "-o",
    "--output",
    "-u",
    "--user",
    "-x",
    "--proxy",
    "-m",
    "--max-time",
    "--connect-timeout",
    "--resolve",
    "-T",
    "--upload-file",
    "-w",
    "-c",
    "--cookie-jar",
];

/// Where the first command begins.
pub fn begins(text: &str) -> Option<usize> {
    text.match_indices("curl").map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        let after = &text[*at + "curl".len()..];
        let after = after.strip_prefix(".exe").unwrap_or(after);
        let argument = after.trim_start();
        before.is_none_or(|c| c.is_whitespace() || matches!(c, '$' | '>' | '#' | '/' | '\\'))
            && argument.len() < after.len()
            && (argument.starts_with(['\'', '"', '^', '$', '-', '\\']) || argument.starts_with("http"))
    })
}

/// Reads the commands, of which the first begins at the start.
pub fn read(text: &str) -> (Form, Vec<Source>) {
    let (form, words) =
        if cmd::is_meant(text) { (Form::CurlCmd, cmd::words(text)) } else { (Form::CurlBash, shell::words(text)) };
    let commands = words.split(|word| matches!(word.as_str(), "curl" | "curl.exe"));
    (form, commands.filter(|words| !words.is_empty()).map(command).collect())
}

/// Reads one command's words, without its name.
fn command(words: &[String]) -> Source {
    let mut url = None;
    let mut headers = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (option, joined) = split(word);
        let mut value = || joined.map(str::to_owned).or_else(|| words.next().cloned()).unwrap_or_default();
        match option {
            "-H" | "--header" => headers.extend(header(&value())),
            // Without a `=` it names a file of cookies.
            "-b" | "--cookie" => {
                headers.extend(Some(value()).filter(|v| v.contains('=')).map(|v| ("cookie".into(), v)))
            }
            "-A" | "--user-agent" => headers.push(("user-agent".to_owned(), value())),
            "-e" | "--referer" => headers.push(("referer".to_owned(), value())),
            "--url" => url = Some(value()),
            option if WITH_VALUE.contains(&option) => drop(value()),
            _ if url.is_none() && is_address(word) => url = Some(word.clone()),
            _ => {}
        }
    }
    request::source(url, headers)
}

/// An option and the value that is joined to it: `-Hname: value`, `--header=…`.
fn split(word: &str) -> (&str, Option<&str>) {
    if word.starts_with("--") {
        return word.split_once('=').map_or((word, None), |(option, value)| (option, Some(value)));
    }
    let joined = word.starts_with('-') && word.len() > 2 && word.is_char_boundary(2);
    match joined.then(|| word.split_at(2)) {
        Some((option @ ("-H" | "-b" | "-A" | "-e" | "-X" | "-d"), value)) => (option, Some(value)),
        _ => (word, None),
    }
}

fn header(text: &str) -> Option<(String, String)> {
    // HTTP/2's own names begin with the colon at which the others end.
    let end = text.get(1..)?.find(':')? + 1;
    Some((text[..end].to_owned(), text[end + 1..].to_owned()))
}

fn is_address(word: &str) -> bool {
    word.starts_with("http://") || word.starts_with("https://") || (!word.starts_with('-') && word.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_found_where_it_begins() {
        for (text, at) in [
            ("curl 'https://a'", Some(0)),
            ("$ curl -s https://a", Some(2)),
            ("C:\\>curl.exe \"https://a\"", Some(4)),
            ("a=curl; b=2", None),
            ("libcurl 'x'", None),
            ("use curl for it", None),
        ] {
            assert_eq!(begins(text), at, "{text}");
        }
    }

    #[test]
    fn options_take_their_values_and_bodies_are_no_addresses() {
        let (form, sources) = read(
            "curl -X POST --data-raw 'https://body.example' -Ha:b --header='C: d' --cookie=x=1 -A me --compressed \
             https://a.example/p ; curl 'b.example' -b jar.txt",
        );
        assert_eq!((form, sources.len()), (Form::CurlBash, 2));
        assert_eq!(sources[0].url.as_deref(), Some("https://a.example/p"));
        assert_eq!(sources[0].cookie_header.as_deref(), Some("x=1"));
        assert_eq!(sources[0].headers.len(), 3);
        assert_eq!((sources[1].host.as_deref(), sources[1].cookies.len()), (Some("b.example"), 0));
    }
}
