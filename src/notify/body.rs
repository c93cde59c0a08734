//! A notice's bytes in each form, within the length that the service takes.

use std::borrow::Cow;

use bytes::Bytes;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::{Form, Notice};

const JSON: &str = "application/json; charset=utf-8";
const URL_ENCODED: &str = "application/x-www-form-urlencoded";

/// Telegram's longest text; which characters it counts is not said, so that UTF-16, the longer count, is meant here.
const TELEGRAM: usize = 4096;

/// The longest content of a WeCom robot, in bytes.
const WECOM: usize = 2048;

/// Slack cuts longer texts itself, without regard to what it cuts.
const SLACK: usize = 40_000;

/// Apple takes 4 KB with everything around the two; a longer push is not shown shorter but refused.
const BARK_TITLE: usize = 256;
const BARK_BODY: usize = 2800;

/// Server酱's longest title, in characters.
const SERVERCHAN_TITLE: usize = 32;

/// Server酱's longest text, in bytes.
const SERVERCHAN_TEXT: usize = 32 << 10;

/// Under what name a phone gathers our messages.
const GROUP: &str = "qianqiao";

/// Stands where the rest of a text was cut off.
const CUT: char = '…';

/// The content type and the bytes. `chat` is Telegram's.
pub fn of(form: Form, chat: &str, notice: &Notice) -> (&'static str, Bytes) {
    let both = || format!("{}\n{}", notice.title, notice.text);
    let value = match form {
        Form::Json => json!({
            "event": notice.kind.name(), "account": notice.account,
            "title": notice.title, "text": notice.text, "at": notice.at_ms,
        }),
        Form::Telegram => json!({
            "chat_id": chat, "text": fitted(&both(), TELEGRAM, char::len_utf16), "disable_web_page_preview": true,
        }),
        Form::Bark => json!({
            "title": fitted(&notice.title, BARK_TITLE, in_a_push),
            "body": fitted(&notice.text, BARK_BODY, in_a_push), "group": GROUP,
        }),
        Form::WeCom => json!({"msgtype": "text", "text": {"content": fitted(&both(), WECOM, char::len_utf8)}}),
        Form::Slack => json!({"text": for_slack(&fitted(&both(), SLACK, in_slack))}),
        Form::ServerChan => return (URL_ENCODED, serverchan(notice)),
    };
    (JSON, value.to_string().into())
}

/// Its text is Markdown, in which one line break makes no new line.
fn serverchan(notice: &Notice) -> Bytes {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let title = notice.title.replace(['\r', '\n'], " ");
    let text = notice.text.replace('\n', "\n\n");
    let title = encoded(&fitted(&title, SERVERCHAN_TITLE, |_| 1));
    format!("title={title}&desp={}", encoded(&fitted(&text, SERVERCHAN_TEXT, char::len_utf8))).into()
}

/// `text`, cut between two characters if it is longer than `limit`, as `size` measures them.
fn fitted(text: &str, limit: usize, size: impl Fn(char) -> usize) -> Cow<'_, str> {
    if text.chars().map(&size).sum::<usize>() <= limit {
        return Cow::Borrowed(text);
    }
    let mut left = limit - size(CUT);
    let fits = |character: &char| {
        let rest = left.checked_sub(size(*character));
        left = rest.unwrap_or(left);
        rest.is_some()
    };
    let kept: String = text.chars().take_while(fits).collect();
    Cow::Owned(kept + CUT.encode_utf8(&mut [0; 4]))
}

/// Slack gives three characters a meaning of its own.
fn for_slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn in_slack(character: char) -> usize {
    match character {
        '&' => "&amp;".len(),
        '<' | '>' => "&lt;".len(),
        _ => character.len_utf16(),
    }
}

/// How many bytes a character has once the server has written it into JSON.
fn in_a_push(character: char) -> usize {
    match character {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => 6,
        _ if character.is_control() => 6,
        _ => character.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::notify::NoticeKind;

    fn notice(title: &str, text: &str) -> Notice {
        let account = Some("qianwen-1".to_owned());
        Notice {
            kind: NoticeKind::NeedsOwner,
            account,
            title: title.to_owned(),
            text: text.to_owned(),
            at_ms: 1_789_000_000_123,
        }
    }

    fn value(form: Form, notice: &Notice) -> Value {
        let (content_type, bytes) = of(form, "-5", notice);
        assert_eq!(content_type, "application/json; charset=utf-8");
        serde_json::from_slice(&bytes).unwrap()
    }

    #[test]
    fn each_form_has_its_own_fields() {
        let notice = notice("标题 \"T\"", "a < b & c\nline");
        let own = json!({
            "event": "needs_owner", "account": "qianwen-1", "title": "标题 \"T\"", "text": "a < b & c\nline",
            "at": 1_789_000_000_123_u64,
        });
        assert_eq!(value(Form::Json, &notice), own);
        let telegram =
            json!({"chat_id": "-5", "text": "标题 \"T\"\na < b & c\nline", "disable_web_page_preview": true});
        assert_eq!(value(Form::Telegram, &notice), telegram);
        let bark = json!({"title": "标题 \"T\"", "body": "a < b & c\nline", "group": "qianqiao"});
        assert_eq!(value(Form::Bark, &notice), bark);
        let wecom = json!({"msgtype": "text", "text": {"content": "标题 \"T\"\na < b & c\nline"}});
        assert_eq!(value(Form::WeCom, &notice), wecom);
        assert_eq!(value(Form::Slack, &notice), json!({"text": "标题 \"T\"\na &lt; b &amp; c\nline"}));
    }

    #[test]
    fn serverchan_takes_a_form() {
        let (content_type, bytes) = of(Form::ServerChan, "", &notice("标 题\n&", "a=b\nc"));
        assert_eq!(content_type, "application/x-www-form-urlencoded");
        assert_eq!(&bytes[..], b"title=%E6%A0%87%20%E9%A2%98%20%26&desp=a%3Db%0A%0Ac");
    }

    #[test]
    fn texts_are_cut_between_characters_and_as_late_as_may_be() {
        assert_eq!(fitted("千桥千桥", 12, char::len_utf8), "千桥千桥");
        assert_eq!(fitted("千桥千桥", 11, char::len_utf8), "千桥…");
        assert_eq!(fitted("a🚀🚀b", 6, char::len_utf16), "a🚀🚀b");
        assert_eq!(fitted("a🚀🚀b", 5, char::len_utf16), "a🚀…");
        assert_eq!(fitted("abcd", 3, |_| 1), "ab…");
    }

    #[test]
    fn no_form_is_longer_than_its_service_takes() {
        let long = notice(&"题目🚀".repeat(500), &"<桥🚀\"\n".repeat(20_000));
        let text = |form, pointer: &str| value(form, &long).pointer(pointer).unwrap().as_str().unwrap().to_owned();
        let telegram = text(Form::Telegram, "/text").encode_utf16().count();
        assert!((4093..=4096).contains(&telegram), "{telegram}");
        let wecom = text(Form::WeCom, "/text/content").len();
        assert!((2045..=2048).contains(&wecom), "{wecom}");
        let slack = text(Form::Slack, "/text");
        assert!((39_990..=40_000).contains(&slack.encode_utf16().count()));
        assert!(slack.ends_with('…') && !slack.trim_end_matches('…').ends_with("&lt"), "no entity is cut");
        let bark = value(Form::Bark, &long).to_string().replace('<', "\\u003c").len();
        assert!((3000..3300).contains(&bark), "{bark}");
        let (_, bytes) = of(Form::ServerChan, "", &long);
        let decoded = percent_encoding::percent_decode(&bytes).decode_utf8().unwrap();
        let (title, desp) = decoded.split_once("&desp=").unwrap();
        assert_eq!(title.trim_start_matches("title=").chars().count(), 32);
        assert!((32_760..=32_768).contains(&desp.len()), "{}", desp.len());
    }
}
