//! Where notices go.

use std::fmt;

use percent_encoding::percent_decode_str;

use super::{Form, Notice, body};
use crate::config::Secret;
use crate::upstream::{HeaderValue, Method, Outgoing, Uri, header};

/// The method that Telegram's address ends with.
const SEND_MESSAGE: &str = "sendMessage";

/// The host whose addresses hold a sample message behind the key when they are copied from the app.
const BARK_HOST: &str = "api.day.app";

/// An address and the form that it takes. The address holds the right to write there, and is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    form: Form,
    url: Uri,
    /// Telegram's chat.
    chat: String,
}

impl Target {
    /// Reads an address; without a `form`, its host tells it.
    ///
    /// # Errors
    /// A sentence with the mend, which repeats nothing of the address.
    pub fn parse(url: &Secret<String>, form: Option<&str>) -> Result<Self, String> {
        let no_address =
            || "The address for notices must be a whole one that begins with https:// or http://.".to_owned();
        let url: Uri = url.expose().trim().parse().map_err(|_| no_address())?;
        let whole =
            matches!(url.scheme_str(), Some("https" | "http")) && url.host().is_some_and(|host| !host.is_empty());
        if !whole {
            return Err(no_address());
        }
        if url.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err("The address for notices must hold no user and password before its host.".to_owned());
        }
        let form = match form.map(str::trim).filter(|name| !name.is_empty()) {
            None => Form::of(&url),
            Some(name) => Form::named(name).ok_or_else(unknown_form)?,
        };
        Self::of(form, url)
    }

    fn of(form: Form, url: Uri) -> Result<Self, String> {
        let (url, chat) = match form {
            Form::Telegram => telegram(&url)?,
            Form::Bark if url.host() == Some(BARK_HOST) => (key_only(&url), String::new()),
            _ => (Some(url), String::new()),
        };
        let url = url.ok_or("The address for notices cannot be read; copy it again from the service.")?;
        Ok(Self { form, url, chat })
    }

    /// The form that it takes.
    pub const fn form(&self) -> Form {
        self.form
    }

    /// The host, which is all of the address that may be shown.
    pub fn host(&self) -> &str {
        self.url.host().unwrap_or_default()
    }

    /// The request that tells `notice`.
    pub fn outgoing(&self, notice: &Notice) -> Outgoing {
        let (content_type, body) = body::of(self.form, &self.chat, notice);
        Outgoing {
            method: Method::POST,
            url: self.url.clone(),
            headers: vec![
                (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
                (header::ACCEPT, HeaderValue::from_static("*/*")),
                (header::USER_AGENT, HeaderValue::from_static("qianqiao")),
            ],
            body,
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("form", &self.form).finish_non_exhaustive()
    }
}

fn unknown_form() -> String {
    format!("The form of notices is not known; these are: {}.", Form::names().join(", "))
}

/// The address of the bot's method, and the chat, which stands in the query so that the owner has one thing to set.
fn telegram(url: &Uri) -> Result<(Option<Uri>, String), String> {
    let is_chat = |pair: &&str| pair.split('=').next() == Some("chat_id");
    let (chat, rest): (Vec<&str>, Vec<&str>) = url.query().unwrap_or_default().split('&').partition(is_chat);
    let chat = chat.first().and_then(|pair| pair.split_once('=')).map(|(_, value)| value).unwrap_or_default();
    if chat.is_empty() {
        return Err("Telegram's address needs the chat: \
            https://api.telegram.org/bot<token>/sendMessage?chat_id=<number or @channel>."
            .to_owned());
    }
    let path = url.path().trim_end_matches('/');
    let path = path.strip_suffix(SEND_MESSAGE).map_or(path, |path| path.trim_end_matches('/'));
    let query = rest.join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    let chat = percent_decode_str(chat).decode_utf8_lossy().into_owned();
    Ok((at(url, &format!("{path}/{SEND_MESSAGE}{mark}{query}")), chat))
}

fn key_only(url: &Uri) -> Option<Uri> {
    let key = url.path().split('/').find(|part| !part.is_empty()).unwrap_or_default();
    at(url, &format!("/{key}"))
}

/// The address with another path and query.
fn at(url: &Uri, rest: &str) -> Option<Uri> {
    format!("{}://{}{rest}", url.scheme_str()?, url.authority()?).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::NoticeKind;

    fn parse(url: &str, form: Option<&str>) -> Result<Target, String> {
        Target::parse(&Secret::new(url.to_owned()), form)
    }

    fn sent(url: &str) -> (String, serde_json::Value) {
        let (title, text) = ("T".to_owned(), "t".to_owned());
        let notice = Notice { kind: NoticeKind::Test, account: None, title, text, at_ms: 1 };
        let outgoing = parse(url, None).unwrap().outgoing(&notice);
        assert_eq!(outgoing.method, Method::POST);
        (outgoing.url.to_string(), serde_json::from_slice(&outgoing.body).unwrap())
    }

    #[test]
    fn telegrams_chat_moves_from_the_query_into_the_body() {
        let (url, body) = sent("https://api.telegram.org/bot1:aB/sendMessage?chat_id=-1005");
        assert_eq!((url.as_str(), &body["chat_id"]), ("https://api.telegram.org/bot1:aB/sendMessage", &"-1005".into()));
        let (url, body) = sent(" https://api.telegram.org/bot1:aB/?message_thread_id=7&chat_id=%40room&a=b ");
        assert_eq!(url, "https://api.telegram.org/bot1:aB/sendMessage?message_thread_id=7&a=b");
        assert_eq!(body["chat_id"], "@room");
    }

    #[test]
    fn barks_sample_message_is_left_out() {
        assert_eq!(sent("https://api.day.app/KeY/Sample?group=x").0, "https://api.day.app/KeY");
        let own = parse("http://bark.example:8080/push/KeY", Some("bark")).unwrap();
        assert_eq!((own.url.path(), own.form()), ("/push/KeY", Form::Bark));
    }

    #[test]
    fn a_wrong_address_is_told_without_repeating_it() {
        let wrong = [
            ("ftp://example.org/s3cret", None),
            ("example.org/s3cret", None),
            ("s3cret", None),
            ("/s3cret", None),
            ("", None),
            ("https://", None),
            ("https://a:s3cret@example.org/", None),
            ("https://api.telegram.org/bots3cret/sendMessage", None),
            ("https://api.telegram.org/bots3cret/sendMessage?chat_id=", None),
            ("https://example.org/s3cret?my_chat_id=5", Some("telegram")),
            ("https://example.org/", Some("s3cret")),
        ];
        for (url, form) in wrong {
            let told = parse(url, form).unwrap_err();
            assert!(!told.contains("s3cret") && told.ends_with('.'), "{url}: {told}");
        }
        assert!(parse("https://api.telegram.org/bot1/sendMessage", None).unwrap_err().contains("chat_id"));
        let told = parse("https://example.org/", Some("mail")).unwrap_err();
        assert!(Form::names().iter().all(|name| told.contains(name)), "{told}");
    }

    #[test]
    fn the_form_may_be_named_and_debug_shows_no_address() {
        let target = parse("https://example.org/s3cret", Some(" Slack ")).unwrap();
        assert_eq!((target.form(), target.host()), (Form::Slack, "example.org"));
        assert_eq!(parse("https://example.org/", Some("")).unwrap().form(), Form::Json);
        let debug = format!("{target:?}");
        assert!(debug.contains("Slack") && !debug.contains("s3cret") && !debug.contains("example"), "{debug}");
    }
}
