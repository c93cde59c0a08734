//! Asking one upstream in the name of one account.

use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;

use super::janitor::{Janitor, Session};
use super::listing;
use super::prepare::{Desk, Loads, Preparation, Prepared};
use super::renewal;
use super::roster::Member;
use crate::accounts::{Account, Registry};
use crate::chat::{ChatRequest, Fault, FaultKind};
use crate::providers::{Call, Decoder};
use crate::stages::emulation::Needs;
use crate::tokens;
use crate::upstream::{Body, Client, ResponseHead};

/// An upstream that answers.
pub struct Opened {
    /// Turns its bytes into events.
    pub decoder: Box<dyn Decoder>,
    /// The cookies that came with its answer.
    pub set_cookies: Vec<String>,
    /// What was asked.
    pub prepared: Prepared,
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
    pub desk: Arc<Desk>,
    pub loads: Option<Rc<Loads>>,
    pub needs: Needs,
}

impl Attempt {
    /// Encodes and sends the request, and waits for the answer's head.
    pub async fn open(self) -> Result<Opened, NotOpened> {
        let Self { client, registry, member, account, request, model, janitor, desk, loads, needs } = self;
        let account = renewal::fresh(&client, &registry, &member, account).await.map_err(NotOpened::Failed)?;
        let model = match model {
            Some(model) => model,
            None => {
                Box::pin(listing::default_model(&client, &member, &account)).await.map_err(NotOpened::Failed)?.into()
            }
        };
        let work = Preparation {
            client: &client,
            desk: &desk,
            member: &member,
            account: &account,
            model: &model,
            loads: loads.as_deref(),
            needs,
        };
        // What is seldom needed is kept out of this future: a thousand of them may be under way at the same time.
        let prepared = match work.nothing_to_do(&request).map_err(not_sent)? {
            true => Prepared::default(),
            false => Box::pin(work.of(&request)).await.map_err(not_sent)?,
        };
        if needs.length {
            tokens::load().await;
        }
        let asked = prepared.request.as_ref().unwrap_or(&request);
        let encoded = member.provider.encode(asked, &model, &account).map_err(not_sent)?;
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
        Ok(Opened { decoder, set_cookies, prepared, source, _session: session })
    }
}

/// What a provider cannot take, another one may. Everything else, such as a credential that cannot be sent or an upload
/// that failed, is the account's or the upstream's trouble.
fn not_sent(fault: Fault) -> NotOpened {
    match fault.kind {
        FaultKind::Request | FaultKind::Internal => NotOpened::Refused(fault),
        _ => NotOpened::Failed(fault),
    }
}
