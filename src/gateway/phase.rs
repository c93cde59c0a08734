//! Where an answer stands, and what it waits for.

use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::LocalBoxFuture;

use super::attempt::{NotOpened, Opened};
use crate::accounts::{Denied, Granted};
use crate::chat::Fault;

/// Where an answer stands.
pub enum Phase {
    Next,
    Waiting(LocalBoxFuture<'static, Result<Granted, Denied>>),
    Opening(LocalBoxFuture<'static, Result<Opened, NotOpened>>),
    Reading(Opened),
    Over,
}

/// What happened to it.
pub enum Signal {
    Granted(Result<Granted, Denied>),
    Opened(Result<Opened, NotOpened>),
    Piece(Option<Result<Bytes, Fault>>),
    Tick,
    Cut(Fault),
}

impl Phase {
    /// What happens next to the upstream; nothing, where none is asked.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Signal> {
        match self {
            Self::Waiting(granted) => granted.as_mut().poll(cx).map(Signal::Granted),
            Self::Opening(opening) => opening.as_mut().poll(cx).map(Signal::Opened),
            Self::Reading(opened) => opened.poll_next(cx).map(Signal::Piece),
            Self::Next | Self::Over => Poll::Pending,
        }
    }
}
