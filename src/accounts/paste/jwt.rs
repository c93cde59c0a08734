//! What a JSON web token says about itself. Its signature is for the service to check.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::date;
use crate::json::{self, Text};

#[derive(Deserialize)]
struct Claims<'a> {
    #[serde(borrow, default, deserialize_with = "json::text")]
    exp: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "json::text")]
    sub: Option<Text<'a>>,
}

/// When `token` ends, in unix seconds; none if it is no such token, or does not end.
pub fn jwt_expiry(token: &str) -> Option<u64> {
    with_claims(token, |claims| date::seconds(claims.exp.as_deref()?))
}

/// Whom `token` is for; none if it is no such token, or does not say.
pub fn jwt_subject(token: &str) -> Option<String> {
    with_claims(token, |claims| claims.sub.map(|sub| sub.0.into_owned()).filter(|sub| !sub.is_empty()))
}

fn with_claims<T>(token: &str, read: impl FnOnce(Claims<'_>) -> Option<T>) -> Option<T> {
    let mut parts = token.split('.');
    let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    read(serde_json::from_slice(&claims).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read_and_anything_else_is_no_token() {
        let token = |claims: &str| format!("eyJhbGciOiJIUzI1NiJ9.{}.sig", BASE64_URL_SAFE_NO_PAD.encode(claims));
        let whole = token(r#"{"sub":"千-1","exp":1818756000,"iat":1}"#);
        assert_eq!((jwt_expiry(&whole), jwt_subject(&whole)), (Some(1_818_756_000), Some("千-1".to_owned())));
        assert_eq!(jwt_subject(&token(r#"{"sub":42}"#)).as_deref(), Some("42"));
        for other in [token("{}"), token("no json"), "a.b".into(), "a.b.c.d".into(), "..".into(), String::new()] {
            assert_eq!((jwt_expiry(&other), jwt_subject(&other)), (None, None), "{other}");
        }
    }
}
