//! The limits of a friend's key: one place is taken of them, and every answer says what is left.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use super::auth::Caller;
use super::problem::Refused;
use crate::gateway::human;
use crate::keys::{self, ApiKey, KeyState, Keyring, Room};
use crate::openai::error::{LONGEST_RETRY_AFTER, Retry};

/// What is said of a key that may be used no more.
const CLOSED: &str = "The API key was taken back or paused.";

/// The key whose limits an answer tells of.
pub struct Limited(pub Arc<ApiKey>);

impl Caller {
    /// Counts one request of a key that is limited. To be called before anything is done for the request; one that turns
    /// out to be wrong afterwards has been counted.
    ///
    /// # Errors
    /// If a limit is reached, or the key was taken back since the request came in.
    pub fn admit(&self) -> Result<(), Refused> {
        let Some(key) = &self.key else { return Ok(()) };
        key.take().map_err(|refused| match refused {
            keys::Refused::Closed => Refused::key(CLOSED),
            keys::Refused::Limit { limit, what, wait } => over(limit, what, wait),
        })
    }

    /// Looks once more, at the end of what took long, whether the key was taken back meanwhile.
    ///
    /// # Errors
    /// If it was.
    pub fn is_not_revoked(&self, keyring: &Keyring) -> Result<(), Refused> {
        let now = self.key.as_ref().and_then(|key| keyring.get(&key.id));
        if now.is_some_and(|key| key.state() == KeyState::Revoked) { Err(Refused::key(CLOSED)) } else { Ok(()) }
    }
}

fn over(limit: u64, what: &str, wait: u64) -> Refused {
    // None too few: who comes back too early is refused once more.
    let seconds = wait.div_ceil(1000).max(1);
    let when = human(Duration::from_secs(seconds));
    let message = format!("This key may make no more than {limit} {what}, and has; try again in {when}.");
    let retry = if seconds <= LONGEST_RETRY_AFTER { Retry::After(seconds) } else { Retry::Never(None) };
    Refused::limit(message, retry)
}

/// Says on an answer what is left of its caller's limits, unless an account's own limit is told there already.
pub fn tell<B>(response: &mut ServiceResponse<B>) {
    let key = response.request().extensions().get::<Limited>().map(|limited| Arc::clone(&limited.0));
    let Some(key) = key else { return };
    let rooms = key.rooms();
    let headers = response.headers_mut();
    if let Some(requests) = rooms.requests {
        let names = ["x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"];
        write(headers, names, &requests);
    }
    if let Some(tokens) = rooms.tokens {
        let names = ["x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"];
        write(headers, names, &tokens);
    }
}

fn write(headers: &mut HeaderMap, [limit, remaining, reset]: [&'static str; 3], room: &Room) {
    let reset = HeaderName::from_static(reset);
    // The three belong together: beside an account's wait what is left of the key would explain nothing.
    if headers.contains_key(&reset) {
        return;
    }
    headers.insert(HeaderName::from_static(limit), HeaderValue::from(room.limit));
    headers.insert(HeaderName::from_static(remaining), HeaderValue::from(room.remaining));
    if let Ok(span) = HeaderValue::try_from(span(room.reset)) {
        headers.insert(reset, span);
    }
}

/// A time span in the form that OpenAI's headers have, in whole seconds: `12s`, `6m0s`, `7h3m0s`.
fn span(milliseconds: u64) -> String {
    let seconds = milliseconds.div_ceil(1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_openais_form() {
        for (milliseconds, text) in
            [(0, "0s"), (11_001, "12s"), (60_000, "1m0s"), (360_000, "6m0s"), (25_380_000, "7h3m0s")]
        {
            assert_eq!(span(milliseconds), text);
        }
    }
}
