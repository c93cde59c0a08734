//! A token endpoint whose refresh tokens work once: `NAME.rN` brings the access token `sk-NAME.aN` and `NAME.r(N+1)`.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::credentials::Refresh;
use crate::request::Request;
use crate::routes::Context;
use crate::scenario::Scenario;

/// Whose token the request carries, and the answer to it.
pub fn token(request: &Request, context: &Context) -> (Scenario, Answer) {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let Some((name, number)) = body["refresh_token"].as_str().and_then(refresh_token) else {
        let wrong = json!({"error": "invalid_request", "error_description": "refresh_token is not NAME.rN"});
        return (Scenario::parse(""), Answer::json(400, &wrong));
    };
    let answer = match context.credentials.refresh(name, number) {
        Refresh::Good => Answer::json(
            200,
            &json!({
                "access_token": format!("sk-{name}.a{number}"), "refresh_token": format!("{name}.r{}", number + 1),
                "token_type": "Bearer", "expires_in": 900,
            }),
        ),
        Refresh::Reused => {
            context.journal.reused_refresh_token();
            invalid_grant("it was used before")
        }
        Refresh::Unknown => invalid_grant("it was never given out"),
    };
    (context.credentials.scenario(name), answer)
}

fn invalid_grant(why: &str) -> Answer {
    Answer::json(400, &json!({"error": "invalid_grant", "error_description": why}))
}

/// The scenario of a key's name (`sk-` left out): an access token does what its name does while it is the newest.
pub fn scenario(key: &str, context: &Context) -> Scenario {
    let Some((name, number)) = numbered(key, 'a') else {
        return context.credentials.scenario(key);
    };
    let scenario = context.credentials.scenario(name);
    if context.credentials.is_newest(name, number) {
        return scenario;
    }
    // Refused everywhere, whatever the name's own scenario and its modifiers say.
    Scenario { name: scenario.name, ..Scenario::parse("401") }
}

/// A token without a name is that of `ok`.
fn refresh_token(token: &str) -> Option<(&str, u64)> {
    let bare = token.strip_prefix('r').and_then(|number| number.parse().ok());
    bare.map(|number| ("ok", number)).or_else(|| numbered(token, 'r'))
}

/// `NAME.xN`
fn numbered(token: &str, mark: char) -> Option<(&str, u64)> {
    let (name, number) = token.rsplit_once('.')?;
    let number = number.strip_prefix(mark)?.parse().ok()?;
    (!name.is_empty() && number < u64::MAX).then_some((name, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read() {
        assert_eq!(numbered("fixture-a.b~cut3.a12", 'a'), Some(("fixture-a.b~cut3", 12)));
        assert_eq!(numbered("ok.r1", 'a'), None);
        assert_eq!(numbered(".a1", 'a'), None);
        assert_eq!(refresh_token("r7"), Some(("ok", 7)));
        assert_eq!(refresh_token("alice.r0"), Some(("alice", 0)));
        assert_eq!(refresh_token("alice"), None);
    }
}
