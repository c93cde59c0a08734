//! Asking one upstream in the name of one account.

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;

use super::janitor::{Janitor, Session};
use super::listing;
use super::renewal;
use super::roster::Member;
use crate::accounts::{Account, Registry};
use crate::chat::{ChatRequest, Fault};
use crate::providers::{Call, Decoder};
use crate::upstream::{Body, Client, ResponseHead};

/// An upstream that answers.
pub struct Opened {
    /// Turns its bytes into events.
    pub decoder: Box<dyn Decoder>,
    /// The cookies that came with its answer.
    pub set_cookies: Vec<String>,
    source: Source,
    _session: Option<Session>,
}

enum Source {
    Upstream(Body),
    Here(Option<Bytes>),
}

/// Why there is no answer.
pub enum NotOpened {
    /// The provider cannot do what is asked; nothing was sent.
    Refused(Fault),
    /// It was tried in vain.
    Failed(Fault),
}

impl Opened {
    /// The next piece of the body; `None` at its end.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Fault>>> {
        match &mut self.source {
            Source::Upstream(body) => body.poll_next(cx),
            Source::Here(bytes) => Poll::Ready(bytes.take().map(Ok)),
        }
    }

    /// The answer is whole: what is left of the body is not needed.
    pub fn release(self) {
        if let Source::Upstream(body) = self.source {
            body.release();
        }
    }
}

/// What an attempt is made with.
pub struct Attempt {
    pub client: Client,
    pub registry: Arc<Registry>,
    pub member: Arc<Member>,
    pub account: Arc<Account>,
    pub request: Arc<ChatRequest>,
    pub model: Option<Arc<str>>,
    pub janitor: Janitor,
}

impl Attempt {
    /// Encodes and sends the request, and waits for the answer's head.
    pub async fn open(self) -> Result<Opened, NotOpened> {
        let Self { client, registry, member, account, request, model, janitor } = self;
        let account = renewal::fresh(&client, &registry, &member, account).await.map_err(NotOpened::Failed)?;
        let model = match model {
            Some(model) => model,
            None => listing::default_model(&client, &member, &account).await.map_err(NotOpened::Failed)?.into(),
        };
        let encoded = member.provider.encode(&request, &model, &account).map_err(not_encoded)?;
        let session = encoded.session.map(|id| janitor.session(&member, &account, id));
        let (mut head, source) = match encoded.call {
            Call::Http(outgoing) => {
                let (head, body) = client.send(outgoing).await.map_err(NotOpened::Failed)?;
                (head, Source::Upstream(body))
            }
            Call::Here(bytes) => (ResponseHead { status: 200, ..ResponseHead::default() }, Source::Here(Some(bytes))),
        };
        let decoder = member.provider.decoder(&head).map_err(NotOpened::Failed)?;
        let set_cookies = std::mem::take(&mut head.set_cookies);
        Ok(Opened { decoder, set_cookies, source, _session: session })
    }
}

/// A credential that cannot be sent is the account's trouble; another account may do.
fn not_encoded(fault: Fault) -> NotOpened {
    if fault.needs_owner() { NotOpened::Failed(fault) } else { NotOpened::Refused(fault) }
}
