//! Sends one answer by its script, in the scenario's pace.

use std::fmt::Write as _;
use std::io::Result;
use std::ops::ControlFlow;
use std::time::Duration;

use bytes::{Buf, Bytes};

use crate::answer::{Answer, Frame, Framing, Step};
use crate::connection::Connection;

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// Whole; the connection may carry the next request.
    Completed,
    /// Broken off by the script.
    Aborted,
    /// As aborted, and the connection is to be reset.
    Reset,
    /// The client left before the end.
    Cancelled,
}

pub struct Player<'a> {
    connection: &'a mut Connection,
    answer: &'a Answer,
    cut: Option<usize>,
    drip: Option<Duration>,
    /// The response head until it is sent.
    head: Bytes,
}

type Flow = ControlFlow<Outcome>;
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

impl<'a> Player<'a> {
    pub fn new(connection: &'a mut Connection, answer: &'a Answer) -> Self {
        Self { connection, answer, cut: None, drip: None, head: Bytes::new() }
    }

    pub fn paced(mut self, cut: Option<usize>, drip: Option<Duration>) -> Self {
        self.cut = cut;
        self.drip = drip;
        self
    }

    pub async fn play(mut self, script: &[Step]) -> Outcome {
        for (at, step) in script.iter().enumerate() {
            let ends = script.get(at + 1) == Some(&Step::End);
            match self.step(step, ends).await {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(outcome)) => return outcome,
                // Only the client can make a write on a loopback connection fail.
                Err(_) => return Outcome::Cancelled,
            }
        }
        Outcome::Completed
    }

    async fn step(&mut self, step: &Step, ends: bool) -> Result<Flow> {
        match step {
            Step::Head => self.head = head_bytes(self.answer),
            Step::Frames(range) => return self.frames(range.clone(), ends).await,
            Step::HalfBody => self.half_body().await?,
            Step::Raw(bytes) => self.frame(&Frame::whole(*bytes), ends).await?,
            Step::Wait(pause) => return self.pause(*pause).await,
            Step::Hang => {
                self.flush_head().await?;
                self.connection.client_left().await;
                return Ok(Flow::Break(Outcome::Cancelled));
            }
            Step::Endless(tick) => return self.endless(*tick).await,
            // The end of a body left with its last frame; only the connection's state remains.
            Step::End => self.flush_head().await?,
            Step::Close => return Ok(Flow::Break(Outcome::Aborted)),
            Step::Reset => return Ok(Flow::Break(Outcome::Reset)),
        }
        Ok(Flow::Continue(()))
    }

    async fn frames(&mut self, range: std::ops::Range<usize>, ends: bool) -> Result<Flow> {
        let answer = self.answer;
        let last = range.end.saturating_sub(1);
        if range.is_empty() && ends {
            self.frame(&Frame::default(), true).await?;
        }
        for at in range {
            self.frame(&answer.frames[at], ends && at == last).await?;
            let Some(pause) = self.drip.filter(|_| at != last) else {
                continue;
            };
            if let Flow::Break(outcome) = self.pause(pause).await? {
                return Ok(Flow::Break(outcome));
            }
        }
        Ok(Flow::Continue(()))
    }

    async fn half_body(&mut self) -> Result<()> {
        let body: Vec<u8> = self.answer.frames.iter().flat_map(Frame::to_bytes).collect();
        let half = body[..body.len() / 2].to_vec();
        self.frame(&Frame::whole(half), false).await
    }

    async fn endless(&mut self, tick: Duration) -> Result<Flow> {
        let mut count = 0;
        while let Flow::Continue(()) = self.pause(tick).await? {
            self.frame(&(self.answer.further)(count), false).await?;
            count += 1;
        }
        Ok(Flow::Break(Outcome::Cancelled))
    }

    async fn pause(&mut self, pause: Duration) -> Result<Flow> {
        self.flush_head().await?;
        if self.connection.sleep(pause).await { Ok(Flow::Continue(())) } else { Ok(Flow::Break(Outcome::Cancelled)) }
    }

    async fn flush_head(&mut self) -> Result<()> {
        let head = std::mem::take(&mut self.head);
        self.connection.send(head).await
    }

    async fn frame(&mut self, frame: &Frame, ends: bool) -> Result<()> {
        let end: &[u8] = match self.answer.framing {
            Framing::Chunked if ends => LAST_CHUNK,
            _ => b"",
        };
        let Some(size) = self.cut else {
            return self.piece(frame.clone(), end).await;
        };
        let mut rest = frame.to_bytes();
        while !rest.is_empty() {
            let piece = rest.split_to(size.min(rest.len()));
            self.piece(Frame::whole(piece), b"").await?;
            tokio::task::yield_now().await;
        }
        self.connection.send(end).await
    }

    /// One piece with its framing, in one write, behind the head if that still waits.
    async fn piece(&mut self, frame: Frame, end: &'static [u8]) -> Result<()> {
        let head = std::mem::take(&mut self.head);
        let chunked = self.answer.framing == Framing::Chunked && !frame.is_empty();
        let (size, crlf): (Bytes, &[u8]) =
            if chunked { (format!("{:x}\r\n", frame.len()).into(), b"\r\n") } else { (Bytes::new(), b"") };
        let parts = head.chain(size).chain(frame.lead).chain(frame.body);
        let parts = parts.chain(frame.tail).chain(crlf).chain(end);
        self.connection.send(parts).await
    }
}

fn head_bytes(answer: &Answer) -> Bytes {
    let head = &answer.head;
    let mut text = format!("HTTP/1.1 {} {}\r\n", head.status, reason(head.status));
    let mut line = |name: &str, value: &dyn std::fmt::Display| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{name}: {value}\r\n");
    };
    line("Content-Type", &head.content_type);
    for (name, value) in &head.headers {
        line(name, value);
    }
    match answer.framing {
        Framing::Chunked => line("Transfer-Encoding", &"chunked"),
        Framing::Length => line("Content-Length", &answer.length()),
    }
    text.push_str("\r\n");
    text.into()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
