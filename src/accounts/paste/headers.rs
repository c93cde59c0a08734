//! The headers of a request as the browser shows them, one or two lines each.

use super::request;
use super::source::Source;

/// Names by which a header is known even without its colon. Some browsers leave it out when headers are copied.
const KNOWN: [&str; 19] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "authorization",
    "cache-control",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "dnt",
    "host",
    "origin",
    "pragma",
    "priority",
    "referer",
    "te",
    "user-agent",
    "x-requested-with",
    "x-xsrf-token",
];

/// Reads a block of headers; none if the text is something else.
///
/// # Errors
/// If the cookies are broken over two lines, where nobody can know what was lost.
pub fn read(text: &str) -> Result<Option<Source>, String> {
    let mut block = Block::default();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    while let Some(line) = lines.next() {
        // The address stands among the general facts of a request.
        let (name, value) = match line.strip_prefix("Request URL") {
            Some(rest) => ("url", rest.trim_start_matches(':').trim()),
            None => match parted(line) {
                Some(parted) => parted,
                None => {
                    block.odd(line)?;
                    continue;
                }
            },
        };
        let value = if value.is_empty() { lines.next_if(|next| !is_title(next)).unwrap_or("") } else { value };
        block.add(name, value);
    }
    Ok(block.source())
}

/// A header's name and what stands behind it on its line.
fn parted(line: &str) -> Option<(&str, &str)> {
    // HTTP/2's own names begin with a colon.
    let end = line.get(1..).and_then(|rest| rest.find(':')).map(|at| at + 1);
    match end {
        Some(end) if is_name(&line[..end]) => {
            let value = line[end + 1..].trim();
            (!value.starts_with("//")).then_some((&line[..end], value))
        }
        _ => is_known(line).then_some((line, "")),
    }
}

fn is_name(name: &str) -> bool {
    let name = name.strip_prefix(':').unwrap_or(name);
    !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

fn is_known(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    KNOWN.contains(&name.as_str())
        || matches!(name.as_str(), ":authority" | ":method" | ":path" | ":scheme")
        || (name.starts_with("sec-") && is_name(&name))
}

/// Whether a line holds the next header's name and nothing else.
fn is_title(line: &str) -> bool {
    is_known(line.strip_suffix(':').unwrap_or(line)) || parted(line).is_some_and(|(name, _)| is_known(name))
}

#[derive(Default)]
struct Block {
    url: Option<String>,
    headers: Vec<(String, String)>,
    known: usize,
    odd: usize,
}

impl Block {
    fn add(&mut self, name: &str, value: &str) {
        if name == "url" {
            self.url = Some(value.to_owned());
        } else {
            self.known += usize::from(is_known(name));
            self.headers.push((name.to_owned(), value.to_owned()));
        }
    }

    /// A line that is no header: a title of the browser, or the rest of a broken line.
    fn odd(&mut self, line: &str) -> Result<(), String> {
        let after_cookie = self.headers.last().is_some_and(|(name, _)| name.eq_ignore_ascii_case("cookie"));
        if after_cookie && line.contains(['=', ';']) {
            return Err("These look like a request's headers with a line break inside the cookies: copy them again, \
                        each header as one line."
                .into());
        }
        self.odd += 1;
        Ok(())
    }

    fn source(self) -> Option<Source> {
        let is_block = self.known > 0 && (self.known > 1 || self.headers.len() == 1) && self.odd <= self.headers.len();
        is_block.then(|| request::source(self.url, self.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_to_copy_headers_are_read() {
        for text in [
            "POST /api HTTP/1.1\nHost: x.example\nAccept: */*\nCookie: a=1; b=2:3",
            ":authority: x.example\n:method: GET\naccept: */*\ncookie: a=1; b=2:3",
            "Request Headers\n:authority:\nx.example\n:method:\nPOST\naccept:\n*/*\ncookie:\na=1; b=2:3",
            ":authority\nx.example\n:method\nPOST\naccept\n*/*\ncookie\na=1; b=2:3\nsec-ch-ua-mobile\n?0",
            "Request URL: https://x.example/api\naccept: */*\ncookie: a=1; b=2:3",
        ] {
            let source = read(text).unwrap().unwrap();
            assert_eq!(source.host.as_deref(), Some("x.example"), "{text}");
            assert_eq!(source.cookie_header.as_deref(), Some("a=1; b=2:3"), "{text}");
            assert_eq!(source.header("accept").collect::<Vec<_>>(), ["*/*"], "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_headers_and_broken_cookies_are_refused() {
        for text in ["a=1; b=2", "https://x.example", "note: call me\nand more", "sk-abc", "host"] {
            assert!(read(text).unwrap().is_none_or(|source| source.headers.is_empty()), "{text}");
        }
        let what = read("accept: */*\ncookie: a=SECRET\nREST; b=2").unwrap_err();
        assert!(what.contains("line break") && !what.contains("SECRET") && !what.contains("REST"));
    }
}
