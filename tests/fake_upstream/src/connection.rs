//! A client's connection: requests in, an answer's script out, and word of the client's leaving.

use std::io::Result;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::request::{self, BodyLength, Line, Request};

pub struct Connection {
    stream: TcpStream,
    inbox: BytesMut,
}

const PAGE: usize = 8 * 1024;
const HEAD_LIMIT: usize = 256 * 1024;

impl Connection {
    pub fn new(stream: TcpStream) -> Self {
        // Pieces must leave as they are written; a failure would only join them.
        let _ = stream.set_nodelay(true);
        Self { stream, inbox: BytesMut::new() }
    }

    /// The next request, or nothing when the client has gone.
    pub async fn request(&mut self) -> Result<Option<Request>> {
        let line = loop {
            if let Some(line) = request::take_line(&mut self.inbox)? {
                break line;
            }
            if self.inbox.len() > HEAD_LIMIT || self.read(PAGE).await? == 0 {
                return Ok(None);
            }
        };
        let Some(body) = self.body(&line).await? else {
            return Ok(None);
        };
        let line = Arc::new(line);
        Ok(Some(Request { line, body }))
    }

    async fn body(&mut self, line: &Line) -> Result<Option<Bytes>> {
        let length = match line.body_length()? {
            BodyLength::Known(length) => length,
            BodyLength::Chunked => return self.chunked_body().await,
        };
        while self.inbox.len() < length {
            let missing = length - self.inbox.len();
            if self.read(missing).await? == 0 {
                return Ok(None);
            }
        }
        Ok(Some(self.inbox.split_to(length).freeze()))
    }

    async fn chunked_body(&mut self) -> Result<Option<Bytes>> {
        let mut body = BytesMut::new();
        loop {
            match request::take_chunk(&mut self.inbox)? {
                Some(chunk) if chunk.is_empty() => return Ok(Some(body.freeze())),
                Some(chunk) => body.extend_from_slice(&chunk),
                None if self.read(PAGE).await? == 0 => return Ok(None),
                None => {}
            }
        }
    }

    async fn read(&mut self, room: usize) -> Result<usize> {
        self.inbox.reserve(room);
        self.stream.read_buf(&mut self.inbox).await
    }

    /// Writes everything, the parts of a chain together in one system call where they fit.
    pub async fn send(&mut self, mut parts: impl Buf) -> Result<()> {
        self.stream.write_all_buf(&mut parts).await
    }

    /// Returns once the client has closed or reset the connection. A client that only sends its
    /// next request early is kept: its bytes wait in the inbox.
    pub async fn client_left(&mut self) {
        while self.inbox.len() < HEAD_LIMIT {
            match self.read(PAGE).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    /// Sleeps, and tells whether the client was still there at the end.
    pub async fn sleep(&mut self, pause: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.client_left() => false,
            () = tokio::time::sleep(pause) => true,
        }
    }

    /// Drops the connection with a reset instead of a farewell.
    pub fn reset(self) {
        let _ = self.stream.set_zero_linger();
    }
}
