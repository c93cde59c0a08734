//! The body of an answer, read piece by piece.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use awc::error::PayloadError;
use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt, Stream, StreamExt};

use crate::chat::{Fault, FaultKind};

/// How long the end of an answer that is already whole is waited for, so that its connection can be used again.
const DRAIN_PATIENCE: Duration = Duration::from_secs(2);

/// What is read at most meanwhile, in bytes.
const DRAIN_LIMIT: usize = 64 << 10;

/// The body. Dropping it unread closes the connection.
pub struct Body {
    stream: Box<dyn Stream<Item = Result<Bytes, PayloadError>> + Unpin>,
    /// Whether the end was seen; the stream must not be asked again after it.
    ended: bool,
}

impl Body {
    pub(super) fn new(response: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin + 'static) -> Self {
        Self { stream: Box::new(response), ended: false }
    }

    /// The next piece; `None` at the end.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Fault>>> {
        let polled = Pin::new(&mut self.stream).poll_next(cx).map_err(|_| cut());
        self.ended |= matches!(polled, Poll::Ready(None | Some(Err(_))));
        polled
    }

    /// All of it.
    ///
    /// # Errors
    /// If the upstream cuts it, or if it is larger than `limit` bytes.
    pub async fn collect(mut self, limit: usize) -> Result<Bytes, Fault> {
        let mut whole = BytesMut::new();
        while let Some(piece) = self.stream.next().await {
            whole.extend_from_slice(&piece.map_err(|_| cut())?);
            if whole.len() > limit {
                return Err(Fault::new(FaultKind::Protocol, "the upstream's answer is unreasonably large"));
            }
        }
        Ok(whole.freeze())
    }

    /// Gives the connection back for the next request once the upstream has ended a body that nobody needs any more.
    pub fn release(mut self) {
        if self.ended || matches!(self.stream.next().now_or_never(), Some(None)) {
            return;
        }
        let rest = async move {
            let mut read = 0;
            while let Some(Ok(piece)) = self.stream.next().await {
                read += piece.len();
                if read > DRAIN_LIMIT {
                    break;
                }
            }
        };
        #[expect(clippy::disallowed_methods, reason = "it ends by itself and a stopping service loses nothing by it")]
        actix_rt::spawn(async move { drop(tokio::time::timeout(DRAIN_PATIENCE, rest).await) });
    }
}

fn cut() -> Fault {
    Fault::new(FaultKind::Upstream, "the upstream's connection broke before the answer was whole")
}
