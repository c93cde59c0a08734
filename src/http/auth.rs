//! Who calls: rights are extractor types, so that a handler cannot be reached without them.

use std::borrow::Cow;
use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use percent_encoding::percent_decode;

use super::limits::Limited;
use super::owner::Owner;
use super::problem::Refused;
use crate::gateway::Asker;
use crate::keys::{ApiKey, KeyState};
use crate::state::AppState;
use crate::store::OWNER;

/// The right to use the API.
pub struct Caller {
    /// Whether the caller may read what only the owner may.
    pub owner: bool,
    /// The key by which somebody else than the owner calls.
    pub key: Option<Arc<ApiKey>>,
}

impl Caller {
    /// Who asks, as the gateway knows it.
    pub fn asker(&self) -> Asker {
        Asker { owner: self.owner, key: self.key.clone() }
    }

    /// Whose files the caller sees: each key has its own.
    pub fn files_of(&self) -> &str {
        self.key.as_ref().map_or(OWNER, |key| &key.id)
    }

    /// Whether the caller may ask for this model.
    pub fn allows(&self, model: &str) -> bool {
        self.key.as_ref().is_none_or(|key| key.allows(model))
    }
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(match Owner::from_request(request, payload).into_inner() {
            Ok(_) => Ok(Self { owner: true, key: None }),
            Err(refused) => friend(request).unwrap_or(Err(refused)),
        })
    }
}

/// Who calls with a key that the owner made, if anybody does. One that may not be used now is told why.
fn friend(request: &HttpRequest) -> Option<Result<Caller, Error>> {
    let state = request.app_data::<Data<AppState>>()?;
    let keys: Vec<Arc<ApiKey>> = presented(request).filter_map(|key| state.keyring.find(&key)).collect();
    let key = keys.iter().find(|key| key.state() == KeyState::Active).or(keys.first())?;
    Some(match key.state() {
        KeyState::Active => {
            key.touch();
            if key.limits.any() {
                request.extensions_mut().insert(Limited(Arc::clone(key)));
            }
            Ok(Caller { owner: false, key: Some(Arc::clone(key)) })
        }
        KeyState::Expired => Err(Refused::key("This API key has expired; ask for a new one where you got it.").into()),
        KeyState::Paused => {
            Err(Refused::key("This API key is paused; ask for it to be switched on where you got it.").into())
        }
        KeyState::Revoked => return None,
    })
}

/// The key that stood in a request's path, as `/k/<key>/v1/…`. `envelope` takes it out of there.
pub struct KeyInPath(pub Vec<u8>);

/// The keys of a request: as OpenAI's, Anthropic's and Azure's clients send them, and as they stand in an address whose
/// client has no other place for them; empty ones left out.
pub fn presented(request: &HttpRequest) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let text = |name: &str| request.headers().get(name).map(|value| value.as_bytes().trim_ascii());
    // Some people paste the key alone, without the scheme's name.
    let bearer = text("authorization").map(|value| match value.split_at_checked(6) {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case(b"bearer") => key.trim_ascii(),
        _ => value,
    });
    let in_headers = [bearer, text("x-api-key"), text("api-key")].into_iter().flatten().map(Cow::Borrowed);
    let in_path = request.extensions().get::<KeyInPath>().map(|key| Cow::Owned(key.0.clone()));
    in_headers.chain(in_path).chain(in_query(request)).filter(|key| !key.is_empty())
}

/// The key in `?key=`. Addresses are kept in histories and shown in bars, so what can change something takes none.
fn in_query(request: &HttpRequest) -> Option<Cow<'_, [u8]>> {
    let fits = request.path().starts_with("/v1/") || request.path() == "/metrics";
    let mut fields = request.query_string().split('&');
    let key = if fits { fields.find_map(|field| field.strip_prefix("key=")) } else { None };
    key.map(|key| percent_decode(key.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn keys(request: TestRequest) -> Vec<String> {
        let request = request.to_http_request();
        presented(&request).map(|key| String::from_utf8(key.into_owned()).unwrap()).collect()
    }

    #[test]
    fn every_key_is_tried_wherever_it_stands() {
        let request = TestRequest::get()
            .uri("/v1/models?a=b&key=in%20query&key=second")
            .insert_header(("authorization", "Bearer hf_somebody"))
            .insert_header(("x-api-key", " in-header "))
            .insert_header(("api-key", ""));
        let with_path = request.to_http_request();
        with_path.extensions_mut().insert(KeyInPath(b"in-path".to_vec()));
        let keys: Vec<_> = presented(&with_path).map(|key| String::from_utf8(key.into_owned()).unwrap()).collect();
        assert_eq!(keys, ["hf_somebody", "in-header", "in-path", "in query"]);
    }

    #[test]
    fn a_query_opens_the_api_and_the_metrics_only() {
        let key = |uri: &str| keys(TestRequest::get().uri(uri));
        for open in ["/v1/models?key=x", "/v1/chat/completions?key=x", "/metrics?key=x"] {
            assert_eq!(key(open), ["x"], "{open}");
        }
        for shut in [
            "/admin/api/accounts?key=x",
            "/%61dmin/api/accounts?key=x",
            "/health?key=x",
            "/?key=x",
            "/v1/models?key=",
            "/v1/models?akey=x",
            "/v1/models?x=key=x",
        ] {
            assert!(key(shut).is_empty(), "{shut}");
        }
    }
}
