//! What must hold for any bytes at all. The fuzz targets and the replay of their corpus share this.
//!
//! An input for a decoder begins with three bytes: where the rest is cut (two bytes), and which response head it has.

use std::sync::OnceLock;

use bytes::Bytes;
use qianqiao::chat::{Decoded, Event, Fault};
use qianqiao::config::{Config, Environment};
use qianqiao::providers::{Configured, Decoder, Ending, KINDS, Provider, Setup};
use qianqiao::upstream::ResponseHead;

const STATUSES: [u16; 4] = [200, 403, 429, 500];
const TYPES: [&str; 4] = ["text/event-stream", "application/json", "text/html", ""];

/// The web chat's decoder.
pub fn qianwen(data: &[u8]) {
    static PROVIDER: OnceLock<Vec<Configured>> = OnceLock::new();
    let variables = [("CN_ACCOUNT_1_COOKIE", "tongyi_sso_ticket=x")];
    decode_twice(PROVIDER.get_or_init(|| configured(0, &variables))[0].provider.as_ref(), data);
}

/// The decoder of compatible services.
pub fn compatible(data: &[u8]) {
    static PROVIDER: OnceLock<Vec<Configured>> = OnceLock::new();
    let variables = [("OPENAI_COMPATIBLE_BASE_URL", "http://127.0.0.1:9/v1")];
    decode_twice(PROVIDER.get_or_init(|| configured(1, &variables))[0].provider.as_ref(), data);
}

/// The request parser: an error names something, and what is read has messages.
pub fn request(data: &[u8]) {
    match qianqiao::openai::request::parse(Bytes::copy_from_slice(data)) {
        Ok(request) => assert!(!request.messages.is_empty() && !request.model.is_empty()),
        Err(fault) => assert!(!fault.message.is_empty()),
    }
}

fn configured(kind: usize, variables: &[(&str, &str)]) -> Vec<Configured> {
    let pairs = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let Ok(config) = Config::from_environment(Environment::layered(pairs, [])) else { return Vec::new() };
    KINDS[kind].configured(&Setup { config: &config, manifests: &[] }, &mut Vec::new())
}

/// Decodes the bytes whole and cut in two; both must say the same.
fn decode_twice(provider: &dyn Provider, data: &[u8]) {
    let [high, low, head, body @ ..] = data else { return };
    let head = ResponseHead {
        status: STATUSES[usize::from(head & 3)],
        content_type: TYPES[usize::from(head >> 2 & 3)].to_owned(),
        retry_after: None,
        ..ResponseHead::default()
    };
    let cut = usize::from(u16::from_be_bytes([*high, *low])).min(body.len());
    let decode = |pieces: &[&[u8]]| provider.decoder(&head).map(|decoder| run(decoder, pieces));
    let (whole, parted) = (decode(&[body]), decode(&[&body[..cut], &body[cut..]]));
    assert_eq!(whole, parted, "cut at {cut}");
}

/// What was said, all in all: text, thinking, how often it ended, and the fault.
type Said = (String, String, usize, Option<Fault>);

fn run(mut decoder: Box<dyn Decoder>, pieces: &[&[u8]]) -> Said {
    let mut out = Vec::new();
    let mut result = Ok(());
    for piece in pieces {
        result = decoder.push(piece, &mut out);
        if result.is_err() || decoder.ending() == Ending::Closed {
            break;
        }
    }
    let result = result.and_then(|()| decoder.finish(&mut out));
    let mut said: Said = (String::new(), String::new(), 0, result.err());
    for event in out.into_iter().flat_map(|Decoded { events, .. }| events) {
        match event {
            Event::Text(text) => said.0.push_str(&text),
            Event::Reasoning(text) => said.1.push_str(&text),
            Event::Done(_) => said.2 += 1,
            _ => {}
        }
    }
    said
}
