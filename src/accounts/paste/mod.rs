//! What an owner pasted → cookies and headers per host. Names no provider, and asks nobody.
//!
//! People copy what their browser offers: a header, a command, an exported file. Every form ends as the same
//! [`Source`]s, which a provider's own recogniser then searches for what it needs.

mod built;
mod check;
mod cmd;
mod cookie_header;
mod cookie_json;
mod curl;
mod date;
mod fetch;
mod form;
mod har;
mod headers;
mod jwt;
mod merge;
mod netscape;
mod powershell;
mod recognition;
mod request;
mod settings;
mod shell;
mod source;
mod tidy;
mod token;

use std::fmt;

pub use date::day;
pub use form::Form;
pub use jwt::{jwt_expiry, jwt_subject};
pub use recognition::{Found, Recognition, fingerprint};
pub use source::{Cookie, Source};

use merge::Merge;

/// The longest paste that is read, in bytes: a long HAR file has its place, a disk image has not.
pub const LONGEST: usize = 64 * 1024 * 1024;

/// The longest paste of any other form than a recording, which alone is read without copying most of it.
const LONGEST_BUT_HAR: usize = 8 * 1024 * 1024;

/// What was pasted, by host.
pub struct Paste {
    /// In which form it came.
    pub form: Form,
    /// The cookies and headers, one entry for each host. Empty if the paste is a mere text.
    pub sources: Vec<Source>,
    /// The text itself, if it has no other form: a key or a ticket, perhaps.
    pub text: Option<String>,
}

impl fmt::Debug for Paste {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paste").field("form", &self.form).field("sources", &self.sources).finish_non_exhaustive()
    }
}

impl Paste {
    /// The hosts that it names, for a sentence such as "these are another site's".
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().filter_map(|source| source.host.as_deref())
    }
}

/// Reads a paste of any known form.
///
/// # Errors
/// One sentence for the owner if it is empty, too long, broken off, or holds what no header can carry. The sentence
/// never repeats a value.
pub fn read(text: &str) -> Result<Paste, String> {
    within(text, LONGEST)?;
    let text = tidy::tidied(text);
    let text = text.trim();
    if text.is_empty() {
        return Err(
            "Nothing was pasted: copy a request of the signed-in site, or its cookies, and paste it here.".into()
        );
    }
    let paste = match settings::lines(text) {
        Some(settings) => settings::read(&settings)?,
        None => formed(text)?,
    };
    check::printable(&paste)?;
    Ok(paste)
}

fn within(text: &str, longest: usize) -> Result<(), String> {
    let megabytes = longest / (1024 * 1024);
    let what =
        || format!("The paste is longer than {megabytes} MB: copy a single request instead of a whole recording.");
    (text.len() <= longest).then_some(()).ok_or_else(what)
}

/// Reads a text that is wrapped in nothing.
fn formed(text: &str) -> Result<Paste, String> {
    if text.starts_with('{')
        && let Some(sources) = har::read(text)?
    {
        return Ok(Paste { form: Form::Har, sources, text: None });
    }
    within(text, LONGEST_BUT_HAR)?;
    if text.starts_with(['{', '[']) {
        let (form, sources) = cookie_json::read(text)?;
        return Ok(gathered(form, sources));
    }
    let command = [
        (curl::begins(text), Form::CurlBash),
        (powershell::begins(text), Form::PowerShell),
        (fetch::begins(text), Form::Fetch),
    ];
    // A command's body may hold another command; the first is meant.
    let first = command.into_iter().filter_map(|(at, form)| Some((at?, form))).min_by_key(|(at, _)| *at);
    let (form, sources) = match first {
        Some((_, Form::PowerShell)) => (Form::PowerShell, powershell::read(text)),
        Some((at, Form::Fetch)) => (Form::Fetch, fetch::read(&text[at..])),
        Some((at, _)) => curl::read(&text[at..]),
        None => return plain(text),
    };
    Ok(gathered(form, sources))
}

fn plain(text: &str) -> Result<Paste, String> {
    if let Some((form, sources)) = netscape::read(text) {
        return Ok(gathered(form, sources));
    }
    let bare = cookie_header::without_name(text);
    if bare.is_none()
        && let Some(source) = headers::read(text)?
    {
        return Ok(gathered(Form::RequestHeaders, vec![source]));
    }
    match cookie_header::read(bare.unwrap_or(text))? {
        Some(source) => Ok(gathered(Form::CookieHeader, vec![source])),
        None => Ok(Paste { form: Form::Text, sources: Vec::new(), text: Some(text.to_owned()) }),
    }
}

fn gathered(form: Form, sources: Vec<Source>) -> Paste {
    let mut merge = Merge::default();
    sources.into_iter().for_each(|source| merge.add(source));
    Paste { form, sources: merge.finish(), text: None }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod read_tests;

#[cfg(test)]
#[path = "survival_tests.rs"]
mod survival_tests;
