//! Asking one upstream in the name of one account.

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;

use super::janitor::{Janitor, Session};
use super::listing;
use super::roster::Member;
use crate::accounts::{Account, Lease};
use crate::chat::{ChatRequest, Fault};
use crate::providers::{Call, Decoder};
use crate::upstream::{Body, Client, ResponseHead};

/// An upstream that answers. The lease lives exactly as long as this.
pub struct Opened {
    /// Turns its bytes into events.
    pub decoder: Box<dyn Decoder>,
    source: Source,
    _lease: Lease,
    _session: Option<Session>,
}

enum Source {
    Upstream(Body),
    Here(Option<Bytes>),
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

/// Encodes and sends `request`, and waits for the answer's head.
pub async fn open(
    client: Client,
    member: Arc<Member>,
    account: Arc<Account>,
    request: Arc<ChatRequest>,
    model: Option<Arc<str>>,
    janitor: Janitor,
) -> Result<Opened, Fault> {
    let lease = account.lease();
    let model = match model {
        Some(model) => model,
        None => listing::default_model(&client, &member).await?.into(),
    };
    let encoded = member.provider.encode(&request, &model, &account)?;
    let session = encoded.session.map(|id| janitor.session(&member, &account, id));
    let (head, source) = match encoded.call {
        Call::Http(outgoing) => {
            let (head, body) = client.send(outgoing).await?;
            (head, Source::Upstream(body))
        }
        Call::Here(bytes) => (ResponseHead { status: 200, ..ResponseHead::default() }, Source::Here(Some(bytes))),
    };
    let decoder = member.provider.decoder(&head)?;
    Ok(Opened { decoder, source, _lease: lease, _session: session })
}
