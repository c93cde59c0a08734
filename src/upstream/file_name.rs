//! What a fetched file is called, made harmless: the name comes from a stranger and goes to other strangers.

use percent_encoding::percent_decode_str;

/// The longest name, in characters.
const LONGEST: usize = 120;

/// The longest ending that a name which is cut keeps, in characters.
const LONGEST_ENDING: usize = 16;

/// The name from `Content-Disposition`, or else from the end of the path.
pub(super) fn file_name(disposition: Option<&str>, path: &str) -> Option<String> {
    let last = path.rsplit('/').next().unwrap_or_default();
    disposition.and_then(named).or_else(|| harmless(&percent_decode_str(last).decode_utf8_lossy()))
}

/// The name in a `Content-Disposition`; the extended form, which can hold every letter, goes first.
fn named(disposition: &str) -> Option<String> {
    let (mut plain, mut extended) = (None, None);
    for parameter in parameters(disposition) {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        match name.trim().to_ascii_lowercase().as_str() {
            "filename" => plain = harmless(&unquoted(value.trim())),
            "filename*" => extended = decoded(value.trim()).and_then(|value| harmless(&value)),
            _ => {}
        }
    }
    extended.or(plain)
}

/// Splits at each `;` outside of quotes; the first part is the disposition itself.
fn parameters(disposition: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    disposition
        .split(move |letter| {
            let plain = !std::mem::take(&mut escaped);
            match letter {
                '\\' => escaped = quoted && plain,
                '"' if plain => quoted = !quoted,
                _ => {}
            }
            letter == ';' && !quoted
        })
        .skip(1)
}

fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return value.to_owned() };
    let (mut out, mut letters) = (String::new(), inner.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => out.extend(letters.next()),
            letter => out.push(letter),
        }
    }
    out
}

/// Reads `charset'language'percent-encoded`. Every server of this century writes UTF-8.
fn decoded(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_, text) = rest.split_once('\'')?;
    let utf8 = charset.eq_ignore_ascii_case("utf-8");
    utf8.then(|| percent_decode_str(text).decode_utf8_lossy().into_owned())
}

/// Without folders, control characters and letters that turn the reading direction; not hidden, and not too long.
fn harmless(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .map(|c| if matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?' | '\u{fffd}') { '_' } else { c })
        .collect();
    let trimmed = kept.trim_matches(|c: char| c == '.' || c.is_whitespace());
    (!trimmed.is_empty()).then(|| cut(trimmed))
}

const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Shortens before the ending, by which programs know what a file is.
fn cut(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let ending = name.rfind('.').map_or("", |at| &name[at..]);
    let ending = if ending.chars().count() <= LONGEST_ENDING { ending } else { "" };
    let start = name.chars().take(LONGEST - ending.chars().count());
    start.chain(ending.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_goes_before_the_path() {
        let table = [
            (None, "/a/cat.png", Some("cat.png")),
            (None, "/a/%E7%8C%AB.png", Some("猫.png")),
            (None, "/a/", None),
            (Some("inline"), "/cat.png", Some("cat.png")),
            (Some("attachment; filename=dog.png"), "/cat.png", Some("dog.png")),
            (Some(r#"attachment; FILENAME="a;b \"c\".png"; size=1"#), "/", Some("a;b _c_.png")),
            (Some("attachment; filename=x.png; filename*=UTF-8''%e7%8c%ab.png"), "/", Some("猫.png")),
            (Some("attachment; filename*=latin1''%e7.png; filename=x.png"), "/", Some("x.png")),
            (Some(r#"attachment; filename="""#), "/cat.png", Some("cat.png")),
            (Some(r#"attachment; filename="open"#), "/", Some("open")),
        ];
        for (disposition, path, expected) in table {
            assert_eq!(file_name(disposition, path).as_deref(), expected, "{disposition:?} {path}");
        }
    }

    #[test]
    fn names_are_made_harmless() {
        let table = [
            ("/x/..%2f..%2fetc%2fpasswd", Some("passwd")),
            ("/C:%5Cwindows%5Cwin.ini", Some("win.ini")),
            ("/..", None),
            ("/.htaccess", Some("htaccess")),
            ("/a%00b%0d%0ac.png", Some("abc.png")),
            ("/evil%E2%80%AEgnp.exe", Some("evilgnp.exe")),
            ("/%ff%fe.png", Some("__.png")),
            ("/%20.%20", None),
        ];
        for (path, expected) in table {
            assert_eq!(file_name(None, path).as_deref(), expected, "{path}");
        }
        let long = file_name(None, &format!("/{}.png", "a".repeat(500))).unwrap();
        assert!(long.len() == LONGEST && long.ends_with("a.png"), "{long}");
        let dots = file_name(None, &format!("/a.{}", "b".repeat(500))).unwrap();
        assert_eq!(dots.len(), LONGEST);
    }
}
