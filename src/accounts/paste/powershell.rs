//! "Copy as PowerShell" → sources.

use std::iter::Peekable;
use std::str::Chars;

use super::built::{Built, digits};
use super::request;
use super::source::{self, Cookie, Source};
use super::token::{Language, Token, next_mark, pairs, tokens};

/// What only such a command holds.
const MARKS: [&str; 4] =
    ["Microsoft.PowerShell.Commands.WebRequestSession", "Invoke-WebRequest", "Invoke-RestMethod", "System.Net.Cookie("];

/// Where the first of the marks stands.
pub fn begins(text: &str) -> Option<usize> {
    MARKS.iter().filter_map(|mark| text.find(mark)).min()
}

const SCRIPT: Language = Language {
    is_word: |c| c.is_alphanumeric() || "-_.$:/?&%".contains(c),
    quotes: "\"'",
    text: |chars, quote| if quote == '"' { double(chars) } else { single(chars) },
    // It ends a line that goes on.
    blank: Some('`'),
};

/// Reads the commands. Each begins with a session of its own and ends with the request.
pub fn read(text: &str) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut request = Request::default();
    let mut tokens = tokens(text, &SCRIPT).peekable();
    while let Some(token) = tokens.next() {
        let Token::Word(word) = token else { continue };
        let word = word.to_ascii_lowercase();
        match word.as_str() {
            "microsoft.powershell.commands.webrequestsession" => sources.extend(request.take()),
            "invoke-webrequest" | "invoke-restmethod" if request.url.is_some() => sources.extend(request.take()),
            "system.net.cookie" => request.cookies.extend(cookie(&mut tokens)),
            "-uri" => request.url = text_of(tokens.next()),
            "-headers" => request.headers.extend(pairs(&mut tokens, '=')),
            "-useragent" | "$session.useragent" => {
                next_mark(&mut tokens, '=');
                request.headers.extend(text_of(tokens.next()).map(|agent| ("user-agent".to_owned(), agent)));
            }
            _ => {}
        }
    }
    sources.extend(request.take());
    sources
}

#[derive(Default)]
struct Request {
    url: Option<String>,
    headers: Vec<(String, String)>,
    cookies: Vec<Cookie>,
}

impl Request {
    fn take(&mut self) -> Option<Source> {
        let Self { url, headers, cookies } = std::mem::take(self);
        if url.is_none() && headers.is_empty() && cookies.is_empty() {
            return None;
        }
        let mut source = request::source(url, headers);
        source.host = source.host.or_else(|| cookies.first().and_then(|cookie| cookie.domain.clone()));
        source.cookies.extend(cookies);
        Some(source)
    }
}

fn text_of(token: Option<Token>) -> Option<String> {
    token.and_then(|token| match token {
        Token::Text(text) | Token::Word(text) => Some(text),
        Token::Mark(_) => None,
    })
}

/// `("name", "value", "/", "domain")`, up to the closing bracket.
fn cookie(tokens: &mut Peekable<impl Iterator<Item = Token>>) -> Option<Cookie> {
    let mut parts = Vec::new();
    while let Some(token) = tokens.next_if(|token| !matches!(token, Token::Mark(')'))) {
        if let Token::Text(text) = token {
            parts.push(text);
        }
    }
    let mut parts = parts.into_iter();
    let (name, value) = (parts.next()?, parts.next()?);
    let domain = parts.nth(1).and_then(|domain| source::domain(&domain));
    Some(Cookie { name, value, domain, expires: None })
}

fn single(chars: &mut Peekable<Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\'' if chars.next_if_eq(&'\'').is_none() => break,
            c => text.push(c),
        }
    }
    text
}

/// Chrome writes what is not ASCII as `$([char]1234)`, one for each UTF-16 unit.
fn double(chars: &mut Peekable<Chars<'_>>) -> String {
    let mut text = Built::default();
    while let Some(c) = chars.next() {
        match c {
            '"' if chars.next_if_eq(&'"').is_none() => break,
            '`' => match chars.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some('0') => text.push('\0'),
                Some(c) => text.push(c),
                None => {}
            },
            '$' => match character(chars) {
                Some(unit) => text.unit(unit),
                None => text.push('$'),
            },
            c => text.push(c),
        }
    }
    text.finish()
}

/// `([char]1234)`, of which nothing is taken if it is something else.
fn character(chars: &mut Peekable<Chars<'_>>) -> Option<u32> {
    let mut ahead = chars.clone();
    "([char]".chars().all(|c| ahead.next_if_eq(&c).is_some()).then_some(())?;
    let unit = digits(&mut ahead, 10, 6)?;
    ahead.next_if_eq(&')')?;
    *chars = ahead;
    Some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_has_its_own_session() {
        let one = |host: &str, value: &str| {
            format!(
                "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n\
                 $session.UserAgent = \"Mozilla/5.0\"\n\
                 $session.Cookies.Add((New-Object System.Net.Cookie(\"a\", \"{value}\", \"/\", \".x.example\")))\n\
                 Invoke-WebRequest -UseBasicParsing -Uri \"https://{host}/p\" `\n-WebSession $session `\n\
                 -Headers @{{\n\"accept\"=\"*/*\"\n  \"x-y\"=\"`\"1`\"\"\n}}"
            )
        };
        let sources = read(&format!("{};\n{}", one("a.x.example", "1`$`\"``$([char]21315)"), one("b.x.example", "2")));
        assert_eq!(
            sources.iter().map(|s| s.host.as_deref().unwrap()).collect::<Vec<_>>(),
            ["a.x.example", "b.x.example"]
        );
        assert_eq!(sources[0].cookies[0].value, "1$\"`千");
        assert_eq!(sources[0].cookies[0].domain.as_deref(), Some("x.example"));
        assert_eq!(sources[1].cookies.len(), 1);
        assert_eq!(sources[1].header("x-y").collect::<Vec<_>>(), ["\"1\""]);
    }
}
