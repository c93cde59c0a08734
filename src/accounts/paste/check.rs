//! What no header can carry.

use super::Paste;

/// The longest cookie name that a sentence repeats; what is longer may be something secret that was cut badly.
const LONGEST_NAME: usize = 32;

/// Checks that nothing in `paste` breaks a header, or is invisible and was copied by accident.
///
/// # Errors
/// A sentence that names the place and never the value.
pub fn printable(paste: &Paste) -> Result<(), String> {
    for source in &paste.sources {
        for cookie in &source.cookies {
            one(&cookie.name, || "The name of a cookie".to_owned())?;
            one(&cookie.value, || match cookie.name.as_str() {
                name if name.len() <= LONGEST_NAME => format!("The cookie {name}"),
                _ => "A cookie".to_owned(),
            })?;
        }
        for (name, value) in &source.headers {
            one(name, || "The name of a header".to_owned())?;
            one(value, || match name.as_str() {
                name if name.len() <= LONGEST_NAME => format!("The header {name}"),
                _ => "A header".to_owned(),
            })?;
        }
        one(source.cookie_header.as_deref().unwrap_or(""), || "The cookie header".to_owned())?;
    }
    let text = paste.text.as_deref().unwrap_or("");
    text.lines().try_for_each(|line| one(line, || "The text".to_owned()))
}

fn one(value: &str, what: impl Fn() -> String) -> Result<(), String> {
    let Some(c) = value.chars().find(|c| is_odd(*c)) else { return Ok(()) };
    let point = u32::from(c);
    let kind = match c {
        '\n' | '\r' => "a line break".to_owned(),
        c if c.is_control() => format!("a control character (U+{point:04X})"),
        _ => format!("an invisible character (U+{point:04X})"),
    };
    Err(format!("{} holds {kind}, which no header can carry: copy it again from the browser.", what()))
}

/// A tab is allowed in a header. Invisible are the marks that word processors and messengers add.
fn is_odd(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}
