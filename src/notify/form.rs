//! The forms in which services take a message.

use crate::upstream::Uri;

/// The form of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Our own: every field of the notice.
    Json,
    /// A Telegram bot.
    Telegram,
    /// Bark, for iPhones.
    Bark,
    /// Server酱, both generations.
    ServerChan,
    /// A group robot of WeCom (企业微信).
    WeCom,
    /// An incoming webhook of Slack, or of what imitates it.
    Slack,
}

/// Every form, and what it is called in a setting.
const NAMES: [(&str, Form); 6] = [
    ("json", Form::Json),
    ("telegram", Form::Telegram),
    ("bark", Form::Bark),
    ("serverchan", Form::ServerChan),
    ("wecom", Form::WeCom),
    ("slack", Form::Slack),
];

impl Form {
    /// The form called `name`.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, form)| *form)
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, form)| *form == self).map_or("json", |(name, _)| *name)
    }

    /// Every form's name.
    pub fn names() -> [&'static str; NAMES.len()] {
        NAMES.map(|(name, _)| name)
    }

    /// The form that the host of `url` takes; our own, if it is none that we know.
    pub fn of(url: &Uri) -> Self {
        let host = url.host().unwrap_or_default().to_ascii_lowercase();
        match host.as_str() {
            "api.telegram.org" => Self::Telegram,
            "api.day.app" => Self::Bark,
            "sctapi.ftqq.com" => Self::ServerChan,
            "qyapi.weixin.qq.com" => Self::WeCom,
            "hooks.slack.com" => Self::Slack,
            _ if host.ends_with(".push.ft07.com") => Self::ServerChan,
            _ => Self::Json,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_tells_the_form() {
        let of = |url: &str| Form::of(&url.parse().unwrap());
        assert_eq!(of("https://API.telegram.org/bot1:a/sendMessage?chat_id=5"), Form::Telegram);
        assert_eq!(of("https://api.day.app/key/"), Form::Bark);
        assert_eq!(of("https://sctapi.ftqq.com/SCT1.send"), Form::ServerChan);
        assert_eq!(of("https://17.push.ft07.com/send/sctp17t.send"), Form::ServerChan);
        assert_eq!(of("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"), Form::WeCom);
        assert_eq!(of("https://hooks.slack.com/services/T/B/x"), Form::Slack);
        assert_eq!(of("https://example.org/api.telegram.org"), Form::Json);
        assert_eq!(of("https://hooks.slack.com.example.org/"), Form::Json);
    }

    #[test]
    fn each_form_is_found_by_its_name() {
        for name in Form::names() {
            assert_eq!(Form::named(name).map(Form::name), Some(name));
        }
        assert_eq!((Form::named("Telegram"), Form::named("mail")), (Some(Form::Telegram), None));
    }
}
