//! Tokens that are good for one use: renewed by one request for all, and kept before they are used.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bytes::Bytes;
use fake_upstream::{FIXTURES_DIR, FakeUpstream, OK_TEXT};
use qianqiao::accounts::Account;
use qianqiao::app::Parts;
use qianqiao::chat::{ChatRequest, Decoded, Event, Fault, FaultKind, FinishReason};
use qianqiao::providers::{
    Call, Configured, Decoder, EXPIRES, Encoded, Ending, Kind, ModelInfo, Provider, Renewal, Setup,
};
use qianqiao::upstream::{HeaderName, HeaderValue, Method, Outgoing, ResponseHead, address, header};
use serde_json::{Value, json};

use crate::app::{TestApp, question, start_with};

/// A provider whose access token must be renewed before its first use.
struct Rotating(String);

struct RotatingKind;

impl Kind for RotatingKind {
    fn configured(&self, setup: &Setup<'_>, _: &mut Vec<String>) -> Vec<Configured> {
        let origin = setup.config.environment.get("ROTATING_URL").unwrap_or_default().to_owned();
        let credential = BTreeMap::from([("refresh".to_owned(), "ok.r1".to_owned())]);
        vec![Configured {
            provider: Box::new(Rotating(origin)),
            accounts: vec![Account::new("rotating-1", None, credential)],
        }]
    }
}

fn post(url: &str, token: &str, body: &Value) -> Result<Outgoing, Fault> {
    let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let bearer: (HeaderName, _) = (header::AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}")).unwrap());
    Ok(Outgoing {
        method: Method::POST,
        url: address(url)?,
        headers: vec![json, bearer],
        body: body.to_string().into(),
    })
}

impl Provider for Rotating {
    fn id(&self) -> &str {
        "rotating"
    }

    fn models(&self) -> Vec<ModelInfo> {
        vec![ModelInfo::new("m", "M")]
    }

    fn encode(&self, _: &ChatRequest, _: &str, account: &Account) -> Result<Encoded, Fault> {
        let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        let outgoing = post(&format!("{}/v1/chat/completions", self.0), account.part("access"), &body)?;
        Ok(Encoded { call: Call::Http(outgoing), session: None })
    }

    fn decoder(&self, head: &ResponseHead) -> Result<Box<dyn Decoder>, Fault> {
        match head.status {
            200 => Ok(Box::new(Whole(Vec::new()))),
            status => Err(Fault::new(FaultKind::Upstream, format!("status {status}"))),
        }
    }

    fn renewal(&self) -> Option<&dyn Renewal> {
        Some(self)
    }
}

impl Renewal for Rotating {
    fn is_due(&self, account: &Account, now: u64) -> bool {
        account.part(EXPIRES).parse::<u64>().map_or(true, |at| at <= now)
    }

    fn request(&self, account: &Account) -> Result<Outgoing, Fault> {
        post(&format!("{}/oauth/token", self.0), "", &json!({"refresh_token": account.part("refresh")}))
    }

    fn read(&self, _: &Account, head: &ResponseHead, body: &[u8]) -> Result<BTreeMap<String, String>, Fault> {
        assert_eq!(head.status, 200, "{}", String::from_utf8_lossy(body));
        let told: Value = serde_json::from_slice(body).unwrap();
        let text = |name: &str| told[name].as_str().unwrap().to_owned();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let expires = (now + told["expires_in"].as_u64().unwrap()).to_string();
        let parts = [("access", text("access_token")), ("refresh", text("refresh_token")), (EXPIRES, expires)];
        Ok(parts.map(|(name, value)| (name.to_owned(), value)).into())
    }
}

struct Whole(Vec<u8>);

impl Decoder for Whole {
    fn push(&mut self, bytes: &[u8], _: &mut Vec<Decoded>) -> Result<(), Fault> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<Decoded>) -> Result<(), Fault> {
        let told: Value = serde_json::from_slice(&Bytes::from(std::mem::take(&mut self.0))).unwrap();
        let text = told["choices"][0]["message"]["content"].as_str().unwrap().to_owned();
        out.extend([Event::Text(text), Event::Done(FinishReason::Stop)].map(Decoded::event));
        Ok(())
    }

    fn ending(&self) -> Ending {
        Ending::Open
    }
}

fn start(fake: &FakeUpstream, dir: &str) -> TestApp {
    let variables = [("ROTATING_URL", &*fake.base_url()), ("DATA_DIR", dir), ("WORKERS", "2")];
    start_with(&variables, Parts { kinds: &[&RotatingKind], ..Parts::default() })
}

#[test]
fn one_request_renews_for_all_and_a_restart_uses_what_was_kept() {
    let dir: PathBuf = std::env::temp_dir().join(format!("qianqiao-renewal-{}", std::process::id()));
    let shown = dir.to_str().unwrap();
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = start(&fake, shown);
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                let answer = app.chat(&question("m", "hi"));
                assert_eq!(answer.json()["choices"][0]["message"]["content"], OK_TEXT, "{}", answer.body);
            });
        }
    });
    drop(app);
    // The environment still names the first refresh token, which is used up.
    let app = start(&fake, shown);
    assert_eq!(app.chat(&question("m", "hi")).status, 200);
    drop(app);
    let journal = fake.journal();
    assert_eq!(journal.reused_refresh_tokens, 0);
    assert_eq!(journal.routes.get("POST /oauth/token").copied(), Some(1), "{:?}", journal.routes);
    std::fs::remove_dir_all(dir).unwrap();
}
