//! Whether a service took a notice.

use serde_json::Value;

use super::Form;

/// Why a notice was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rest of a sentence, in our own words: a service's answer may repeat the key.
    pub why: String,
    /// Whether trying again may help.
    pub passing: bool,
}

/// WeCom's codes for having no time now.
const WECOM_PASSING: [i64; 2] = [-1, 45009];

/// Reads a service's answer.
///
/// # Errors
/// Why the notice was not taken. Some services say it in the body of a 200.
pub fn verdict(form: Form, status: u16, body: &[u8]) -> Result<(), Refusal> {
    if !(200..300).contains(&status) {
        let passing = status == 429 || status >= 500;
        return Err(refusal(format!("it answered HTTP {status}"), passing));
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let code = |name: &str, fine: i64| body[name].as_i64().filter(|code| *code != fine);
    let code = match form {
        Form::Telegram if body["ok"] == false => return Err(refusal("it answered with a no".to_owned(), false)),
        Form::WeCom => code("errcode", 0),
        Form::ServerChan => code("code", 0),
        Form::Bark => code("code", 200),
        Form::Json | Form::Slack | Form::Telegram => None,
    };
    code.map_or(Ok(()), |code| {
        let passing = form == Form::WeCom && WECOM_PASSING.contains(&code);
        Err(refusal(format!("it answered with its code {code}"), passing))
    })
}

fn refusal(what: String, passing: bool) -> Refusal {
    let why = if passing { what } else { format!("{what}; check the address and the key in it") };
    Refusal { why, passing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_inside_a_200_is_seen() {
        let refused = |form, body: &str| verdict(form, 200, body.as_bytes()).err();
        for (form, good, bad) in [
            (Form::Telegram, r#"{"ok":true}"#, r#"{"ok":false,"description":"s3cret"}"#),
            (Form::WeCom, r#"{"errcode":0,"errmsg":"ok"}"#, r#"{"errcode":93000,"errmsg":"s3cret"}"#),
            (Form::ServerChan, r#"{"code":0,"message":""}"#, r#"{"code":40001,"message":"s3cret"}"#),
            (Form::Bark, r#"{"code":200}"#, r#"{"code":400,"message":"s3cret"}"#),
        ] {
            assert_eq!(refused(form, good), None);
            let told = refused(form, bad).unwrap();
            assert!(!told.passing && !told.why.contains("s3cret") && told.why.contains("check"), "{told:?}");
        }
        assert!(refused(Form::WeCom, r#"{"errcode":45009}"#).unwrap().passing);
        assert_eq!(
            (refused(Form::Slack, "ok"), refused(Form::Json, "{\"code\":7}"), refused(Form::Bark, "")),
            (None, None, None)
        );
    }

    #[test]
    fn only_what_passes_is_tried_again() {
        let passing = |status| verdict(Form::Json, status, b"").err().map(|refusal| refusal.passing);
        assert_eq!(
            [200, 204, 301, 404, 429, 503].map(passing),
            [None, None, Some(false), Some(false), Some(true), Some(true)]
        );
    }
}
