//! Lines of an environment file: `NAME_COOKIE='…'`, `export X=…`.

use super::merge::Merge;
use super::source::Source;
use super::{Form, Paste, formed, tidy};

/// What stands before a name in the shells that people use.
const PREFIXES: [&str; 4] = ["export ", "set ", "ENV ", "$env:"];

/// What a name ends with that holds something of use here.
const OF_USE: [&str; 5] = ["_COOKIE", "_COOKIES", "_KEY", "_TICKET", XSRF];
const XSRF: &str = "_XSRF_TOKEN";

/// One line.
pub struct Setting {
    name: String,
    value: String,
}

/// The lines of use; none if the text is something else.
pub fn lines(text: &str) -> Option<Vec<Setting>> {
    let mut found = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let line = line.strip_prefix("- ").unwrap_or(line).trim();
        let bare = PREFIXES.iter().find_map(|prefix| line.strip_prefix(prefix));
        let (name, value) = parted(bare.unwrap_or(line))?;
        let setting = Setting { name: name.to_owned(), value: value.to_owned() };
        if bare.is_some() || setting.is_of_use() {
            found.push(setting);
        }
    }
    (!found.is_empty()).then_some(found)
}

fn parted(line: &str) -> Option<(&str, &str)> {
    // `set "X=…"` has its quotes around both.
    let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
    let (name, value) =
        line.split_once('=').filter(|(name, _)| !name.contains(':')).or_else(|| line.split_once(": "))?;
    let (name, value) = (name.trim(), value.trim());
    let upper = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    (!name.is_empty() && name.bytes().all(upper)).then_some((name, value))
}

impl Setting {
    /// Whether the name says so, and the line is not a cookie header whose first cookie has such a name.
    fn is_of_use(&self) -> bool {
        let quoted = self.value.starts_with(['"', '\'']);
        let first = self.value.split(';').next().unwrap_or("");
        OF_USE.iter().any(|end| self.name.ends_with(end))
            && (quoted || !self.value.contains(';') || first.contains('='))
    }
}

/// Reads the values.
///
/// # Errors
/// As [`super::read`].
pub fn read(settings: &[Setting]) -> Result<Paste, String> {
    let mut merge = Merge::default();
    let (mut form, mut text) = (None, None);
    for setting in settings {
        let value = tidy::unquoted(&setting.value).unwrap_or_else(|| setting.value.clone());
        if setting.name.ends_with(XSRF) {
            merge.add(Source { headers: vec![("x-xsrf-token".to_owned(), value)], ..Source::default() });
            continue;
        }
        if value.is_empty() {
            continue;
        }
        let paste = formed(&value)?;
        paste.sources.into_iter().for_each(|source| merge.add(source));
        form = form.filter(|form| *form != Form::Text).or(Some(paste.form));
        text = text.or(paste.text);
    }
    let form = form.ok_or("These are lines of an environment file, but their values are empty.")?;
    // A mere text beside cookies is another setting.
    let text = text.filter(|_| form == Form::Text);
    Ok(Paste { form, sources: merge.finish(), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_shell_are_read() {
        for text in [
            "CN_ACCOUNT_1_COOKIE=a=1; b=2",
            "# mine\nPORT=8082\nCN_ACCOUNT_1_COOKIE='a=1; b=2'\n",
            "export X=\"a=1; b=2\"",
            "set \"MY_COOKIE=a=1; b=2\"",
            "$env:SITE_COOKIE = 'a=1; b=2'",
            "- CN_ACCOUNT_1_COOKIE=a=1; b=2",
            "CN_ACCOUNT_1_COOKIE: \"a=1; b=2\"",
        ] {
            let paste = read(&lines(text).unwrap()).unwrap();
            assert_eq!(paste.form, Form::CookieHeader, "{text}");
            assert_eq!(paste.sources[0].cookie_header.as_deref(), Some("a=1; b=2"), "{text}");
        }
        let paste = read(&lines("SERVICE_API_KEY=sk-1").unwrap()).unwrap();
        assert_eq!((paste.form, paste.text.as_deref()), (Form::Text, Some("sk-1")));
    }

    #[test]
    fn cookies_in_capitals_are_no_settings() {
        for text in ["SID=a; HSID=b", "SITE_COOKIE=a; b=2", "SID=a\nHSID=b", "a=1", "XSRF-TOKEN=a"] {
            assert!(lines(text).is_none(), "{text}");
        }
    }
}
