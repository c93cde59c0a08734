//! `name=value; name=value`, as a browser sends it.

use super::source::{Cookie, Source};

/// The longest name that is still taken for a cookie's; real ones are short, a key cut at its `=` is not.
const LONGEST_NAME: usize = 128;

/// The cookies of a header. Pieces without a name are left out.
pub fn pairs(header: &str) -> impl Iterator<Item = Cookie> {
    header.split(';').filter_map(|pair| pair.trim().split_once('=')).filter(|(name, _)| !name.trim().is_empty()).map(
        |(name, value)| Cookie {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            domain: None,
            expires: None,
        },
    )
}

/// What follows `Cookie:`, if the text begins with it and holds no other header.
pub fn without_name(text: &str) -> Option<&str> {
    let bare = text.get(..7).filter(|name| name.eq_ignore_ascii_case("cookie:")).map(|name| &text[name.len()..])?;
    let others = bare.lines().skip(1).any(|line| line.split_once(':').is_some_and(|(name, _)| is_name(name.trim())));
    (!others).then(|| bare.trim())
}

/// Reads a text that is a cookie header without its name; none if it is something else.
///
/// # Errors
/// If a line break stands inside a value, where nobody can know what was lost.
pub fn read(text: &str) -> Result<Option<Source>, String> {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if !lines.first().is_some_and(|line| is_header(line)) {
        return Ok(None);
    }
    // An editor may have wrapped it between two cookies, and a list may have one on each line.
    let whole =
        |line: &&str| line.ends_with(';') || line.split(';').all(|pair| pair.trim().is_empty() || is_pair(pair));
    let header = match lines.as_slice() {
        [one] => (*one).to_owned(),
        many if many.iter().all(whole) => {
            many.iter().map(|line| line.trim_end_matches(';')).collect::<Vec<_>>().join("; ")
        }
        _ => {
            return Err("This looks like a cookie header with a line break inside one of its values: copy it again, \
                        as one line."
                .into());
        }
    };
    let cookies = pairs(&header).collect();
    Ok(Some(Source { cookies, cookie_header: Some(header), ..Source::default() }))
}

/// Whether a line can only be the beginning of a cookie header. A key may end in `=`, which makes no pair.
fn is_header(line: &str) -> bool {
    let (first, rest) = line.split_once(';').unwrap_or((line, ""));
    let is_empty = || first.trim().strip_suffix('=').is_some_and(is_name) && rest.split(';').any(is_pair);
    (is_pair(first) || is_empty()) && !first.contains("://")
}

fn is_pair(pair: &str) -> bool {
    pair.trim().split_once('=').is_some_and(|(name, value)| is_name(name) && !value.trim_matches(['=', ' ']).is_empty())
}

/// Whether a cookie may have this name.
pub fn is_name(name: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Option<String> {
        read(text).unwrap().and_then(|source| source.cookie_header)
    }

    #[test]
    fn keys_and_prose_are_no_cookie_header() {
        for text in [
            "QWxhZGRpbjpvcGVu==",
            "QWxhZGRpbjpvcGVu=",
            "sk-abc",
            "QWxhZGRpbjpvcGVu=;",
            "my word is x=y",
            "https://a.b/?c=d; e=f",
            "",
        ] {
            assert_eq!(header(text), None, "{text}");
        }
    }

    #[test]
    fn wrapped_lines_are_joined_and_broken_values_are_named() {
        assert_eq!(header("a=1;\nb=2; c=3").as_deref(), Some("a=1; b=2; c=3"));
        assert_eq!(header("a=1\nb=2").as_deref(), Some("a=1; b=2"));
        assert_eq!(header("a=\"x\"==; b=c d").as_deref(), Some("a=\"x\"==; b=c d"));
        let what = read("a=SECRET\nREST; b=2").unwrap_err();
        assert!(what.contains("line break") && !what.contains("SECRET") && !what.contains("REST"));
    }
}
