//! Whether an account is signed in: the site's own question for the member's data, which costs no allowance.

use bytes::Bytes;
use serde_json::Value;

use super::{Web, encode, rolled, trouble};
use crate::accounts::Account;
use crate::chat::Fault;
use crate::providers::{Alive, Liveness};
use crate::upstream::{Method, Outgoing, ResponseHead};

/// What the site's page sends.
const BODY: &[u8] = br#"{"clientChannel":"PC"}"#;

/// The names under which the answer may say who it is.
const IDENTITY: [&str; 4] = ["userId", "user_id", "uid", "aliyunUid"];

impl Liveness for Web {
    fn request(&self, account: &Account) -> Result<Outgoing, Fault> {
        let endpoint = format!("{}/growth/user/benefit/user/member/info", self.hosts.account);
        encode::call(Method::POST, &endpoint, account, Bytes::from_static(BODY))
    }

    fn read(&self, head: &ResponseHead, body: &[u8]) -> Result<Alive, Fault> {
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        let good = head.status == 200 && value["success"] == true && value["failed"] != true;
        if !good {
            return Err(trouble::from_body(head, body));
        }
        let data = &value["data"];
        // An answer for a guest is friendly, too, but it is about nobody.
        if rolled::is_guest(&head.set_cookies) || data.is_null() || data["isGuest"] == true {
            return Err(trouble::guest());
        }
        let text = |name: &&str| match &data[*name] {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        Ok(Alive { identity: IDENTITY.iter().find_map(text) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{AccountTrouble, FaultKind};
    use crate::providers::qianwen::Hosts;

    fn read(body: &str, cookies: &[&str]) -> Result<Alive, FaultKind> {
        let web = Web { hosts: Hosts::new(None), keep_sessions: false };
        let set_cookies = cookies.iter().map(|line| (*line).to_owned()).collect();
        let head = ResponseHead { status: 200, set_cookies, ..ResponseHead::default() };
        Liveness::read(&web, &head, body.as_bytes()).map_err(|fault| fault.kind)
    }

    #[test]
    fn only_an_answer_about_somebody_is_a_sign_in() {
        let who = read(r#"{"success":true,"data":{"userId":"u1","level":0}}"#, &[]).unwrap();
        assert_eq!(who.identity.as_deref(), Some("u1"));
        assert_eq!(read(r#"{"success":true,"data":{"level":0}}"#, &[]), Ok(Alive::default()));
        let expired = Err(FaultKind::Account(AccountTrouble::Expired));
        assert_eq!(read(r#"{"success":true,"data":null}"#, &[]), expired);
        assert_eq!(read(r#"{"success":true,"data":{"userId":"u"}}"#, &["tongyi_guest_ticket=x"]), expired);
        assert_eq!(read(r#"{"success":false,"errorCode":"NOT_LOGIN"}"#, &[]), expired);
        assert!(matches!(read("<html>", &[]), Err(FaultKind::Protocol)));
    }
}
