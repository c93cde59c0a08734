//! Cookies as rows of columns: a `cookies.txt`, and the browser's own cookie table.

use super::cookie_header;
use super::date;
use super::form::Form;
use super::source::{self, Cookie, Source};

/// What exports put before the domain of a cookie that scripts may not see. It makes the line look like a comment.
const HTTP_ONLY: &str = "#HttpOnly_";

/// Reads rows; none if most lines are none.
pub fn read(text: &str) -> Option<(Form, Vec<Source>)> {
    rows(text, row_of_file)
        .map(|sources| (Form::NetscapeCookies, sources))
        .or_else(|| rows(text, row_of_table).map(|sources| (Form::CookieTable, sources)))
}

fn rows(text: &str, row: fn(&str) -> Option<Cookie>) -> Option<Vec<Source>> {
    let lines = text.lines().map(|line| line.strip_prefix(HTTP_ONLY).unwrap_or(line));
    let lines: Vec<&str> = lines.filter(|line| !line.trim().is_empty() && !line.starts_with('#')).collect();
    let cookies: Vec<Cookie> = lines.iter().copied().filter_map(row).collect();
    let most = !cookies.is_empty() && cookies.len() * 2 >= lines.len();
    most.then(|| source::by_domain(cookies.into_iter()))
}

/// `domain  subdomains  path  secure  expires  name  value`, parted by tabs, which some editors turn into blanks.
fn row_of_file(line: &str) -> Option<Cookie> {
    let mut rest = line;
    let mut columns = Vec::with_capacity(6);
    for _ in 0..6 {
        let (column, after) = if line.contains('\t') {
            rest.split_once('\t').unwrap_or((rest, ""))
        } else {
            let rest = rest.trim_start();
            rest.split_once(char::is_whitespace).unwrap_or((rest, ""))
        };
        columns.push(column);
        rest = after;
    }
    let [domain, subdomains, path, secure, expires, name] = columns.try_into().ok()?;
    let is_flag = |text: &str| text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
    let is_row = is_flag(subdomains) && is_flag(secure) && path.starts_with('/') && !name.is_empty();
    is_row.then(|| Cookie {
        name: name.to_owned(),
        value: rest.trim().to_owned(),
        domain: source::domain(domain),
        expires: date::seconds(expires),
    })
}

/// `Name  Value  Domain  Path  Expires  …`, as it is copied out of the developer tools.
fn row_of_table(line: &str) -> Option<Cookie> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [name, value, domain, path, rest @ ..] = columns.as_slice() else { return None };
    let is_row = cookie_header::is_name(name) && domain.contains('.') && path.starts_with('/');
    is_row.then(|| Cookie {
        name: (*name).to_owned(),
        value: value.trim().to_owned(),
        domain: source::domain(domain),
        expires: rest.first().and_then(|text| date::seconds(text)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_are_read() {
        for (text, form) in [
            (
                "# Netscape HTTP Cookie File\n\n#HttpOnly_.x.example\tTRUE\t/\tTRUE\t2000000000\ta\tb c==\n\
                 .y.example\tTRUE\t/\tFALSE\t0\tempty\t",
                Form::NetscapeCookies,
            ),
            (".x.example  TRUE  /  TRUE  2000000000  a  b c==", Form::NetscapeCookies),
            (
                "Name\tValue\tDomain\tPath\tExpires / Max-Age\tSize\n\
                 a\tb c==\t.x.example\t/\t2033-05-18T03:33:20.000Z\t12\t✓",
                Form::CookieTable,
            ),
        ] {
            let (found, sources) = read(text).unwrap();
            let cookie = &sources[0].cookies[0];
            assert_eq!((found, cookie.name.as_str(), cookie.value.as_str()), (form, "a", "b c=="), "{text}");
            assert_eq!((cookie.domain.as_deref(), cookie.expires), (Some("x.example"), Some(2_000_000_000)));
        }
        assert!(read("a\tb\nc\td").is_none() && read("a=1; b=2").is_none());
    }
}
