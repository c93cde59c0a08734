//! Reads one HTTP/1 answer from a connection that carries no other. `awc` takes a body that breaks off for a whole one,
//! and sees none where its end is the connection's end; for a file both matter.

use std::io;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The longest head, and the longest lines between chunks, in bytes.
const LONGEST_HEAD: usize = 32 << 10;
const LONGEST_LINE: usize = 4 << 10;

/// How many header lines a head may have.
const MOST_HEADERS: usize = 100;

/// How many lines may follow the last chunk.
const MOST_TRAILERS: usize = 100;

/// How much is read at once, in bytes.
const ROOM: usize = 16 << 10;

/// How an answer tells where its body ends.
#[derive(Debug, PartialEq, Eq)]
enum Framing {
    /// After so many more bytes.
    Length(u64),
    /// In a chunk, with so many more bytes.
    Chunk(u64),
    /// Before a chunk's size; whether a chunk's line end must come first.
    BetweenChunks(bool),
    /// With the connection.
    Connection,
    Ended,
}

/// An answer whose head was read.
pub(super) struct Answer<R> {
    pub(super) status: u16,
    headers: Vec<(String, Vec<u8>)>,
    framing: Framing,
    buffer: BytesMut,
    io: R,
}

impl<R: AsyncRead + Unpin> Answer<R> {
    /// Reads the head.
    pub(super) async fn read(mut io: R) -> io::Result<Self> {
        let (mut buffer, mut passed) = (BytesMut::new(), 0);
        loop {
            match head(&buffer)? {
                // What comes before the answer proper, such as hints at what to load.
                Some((length, status, _)) if (100..200).contains(&status) && status != 101 => {
                    buffer.advance(length);
                    passed += length;
                    continue;
                }
                Some((length, status, headers)) => {
                    buffer.advance(length);
                    let framing = framing(&headers)?;
                    return Ok(Self { status, headers, framing, buffer, io });
                }
                None if buffer.len() + passed > LONGEST_HEAD => return Err(invalid()),
                None => more(&mut io, &mut buffer).await?,
            }
        }
    }

    /// A header's first value.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    }

    /// How long the body says it is.
    pub(super) const fn declared(&self) -> Option<u64> {
        if let Framing::Length(length) = self.framing { Some(length) } else { None }
    }

    /// The body's next piece; `None` at its proper end.
    pub(super) async fn piece(&mut self) -> io::Result<Option<BytesMut>> {
        loop {
            match &mut self.framing {
                Framing::Ended | Framing::Length(0) => return Ok(None),
                Framing::Chunk(0) => self.framing = Framing::BetweenChunks(true),
                Framing::BetweenChunks(inner) => {
                    let inner = *inner;
                    self.framing = self.next_chunk(inner).await?;
                }
                Framing::Length(rest) | Framing::Chunk(rest) => {
                    if self.buffer.is_empty() {
                        more(&mut self.io, &mut self.buffer).await?;
                    }
                    let length = usize::try_from(*rest).unwrap_or(usize::MAX).min(self.buffer.len());
                    *rest -= length as u64;
                    return Ok(Some(self.buffer.split_to(length)));
                }
                Framing::Connection if self.buffer.is_empty() => {
                    self.buffer.reserve(ROOM);
                    if self.io.read_buf(&mut self.buffer).await? == 0 {
                        self.framing = Framing::Ended;
                    }
                }
                Framing::Connection => return Ok(Some(self.buffer.split())),
            }
        }
    }

    /// Reads a chunk's size; behind the last one also the lines that may follow it.
    async fn next_chunk(&mut self, inner: bool) -> io::Result<Framing> {
        if inner && !self.line().await?.is_empty() {
            return Err(invalid());
        }
        let line = self.line().await?;
        let size = line[..].split(|b| *b == b';').next().unwrap_or_default().trim_ascii();
        let digits = !size.is_empty() && size.len() <= 16 && size.iter().all(u8::is_ascii_hexdigit);
        let text = std::str::from_utf8(size).ok().filter(|_| digits).ok_or_else(invalid)?;
        let size = u64::from_str_radix(text, 16).map_err(|_| invalid())?;
        if size > 0 {
            return Ok(Framing::Chunk(size));
        }
        for _ in 0..MOST_TRAILERS {
            if self.line().await?.is_empty() {
                return Ok(Framing::Ended);
            }
        }
        Err(invalid())
    }

    async fn line(&mut self) -> io::Result<BytesMut> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.buffer) {
                let mut line = self.buffer.split_to(end + 1);
                line.truncate(end);
                if line.last() == Some(&b'\r') {
                    line.truncate(end - 1);
                }
                return if line.len() > LONGEST_LINE { Err(invalid()) } else { Ok(line) };
            }
            if self.buffer.len() > LONGEST_LINE {
                return Err(invalid());
            }
            more(&mut self.io, &mut self.buffer).await?;
        }
    }
}

/// Its length, status and headers, once it is whole.
type Head = (usize, u16, Vec<(String, Vec<u8>)>);

fn head(buffer: &[u8]) -> io::Result<Option<Head>> {
    let mut room = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut response = httparse::Response::new(&mut room);
    let httparse::Status::Complete(length) = response.parse(buffer).map_err(|_| invalid())? else { return Ok(None) };
    let headers = response.headers.iter().map(|header| (header.name.to_owned(), header.value.to_owned())).collect();
    Ok(Some((length, response.code.unwrap_or_default(), headers)))
}

/// An answer that says several things about its length is not believed.
fn framing(headers: &[(String, Vec<u8>)]) -> io::Result<Framing> {
    let all = |name: &'static str| {
        headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_ascii())
    };
    let (mut encodings, mut lengths) = (all("transfer-encoding"), all("content-length"));
    let (encoding, length) = (encodings.next(), lengths.next());
    if encodings.next().is_some() || lengths.any(|other| Some(other) != length) {
        return Err(invalid());
    }
    match (encoding, length) {
        (Some(encoding), None) if encoding.eq_ignore_ascii_case(b"chunked") => Ok(Framing::BetweenChunks(false)),
        (Some(_), _) => Err(invalid()),
        (None, Some(length)) => {
            let digits = length.iter().all(u8::is_ascii_digit);
            let text = std::str::from_utf8(length).ok().filter(|_| digits).ok_or_else(invalid)?;
            text.parse().map(Framing::Length).map_err(|_| invalid())
        }
        (None, None) => Ok(Framing::Connection),
    }
}

/// Reads on where the end would come too early.
async fn more(io: &mut (impl AsyncRead + Unpin), buffer: &mut BytesMut) -> io::Result<()> {
    buffer.reserve(ROOM);
    if io.read_buf(buffer).await? == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

fn invalid() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use futures_util::FutureExt;
    use tokio::io::ReadBuf;

    use super::*;

    /// What arrives, piece by piece; then the end.
    struct Pieces(VecDeque<Vec<u8>>);

    impl AsyncRead for Pieces {
        fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            if let Some(piece) = self.0.pop_front() {
                let (now, later) = piece.split_at(piece.len().min(buf.remaining()));
                buf.put_slice(now);
                if !later.is_empty() {
                    self.0.push_front(later.to_owned());
                }
            }
            Poll::Ready(Ok(()))
        }
    }

    fn read(pieces: &[&[u8]]) -> io::Result<(u16, Vec<u8>)> {
        let pieces = Pieces(pieces.iter().filter(|piece| !piece.is_empty()).map(|piece| piece.to_vec()).collect());
        let whole = async {
            let mut answer = Answer::read(pieces).await?;
            let mut body = Vec::new();
            while let Some(piece) = answer.piece().await? {
                body.extend_from_slice(&piece);
            }
            Ok((answer.status, body))
        };
        whole.now_or_never().unwrap()
    }

    const WHOLE: [&str; 7] = [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\ncontent-length: 11\r\nContent-Length: 11\r\n\r\nhello world and more",
        "HTTP/1.1 200 OK\r\n\r\nhello world",
        "HTTP/1.0 200 OK\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n06 ; x=y\r\n world\r\n0\r\nA: b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nB\nhello world\n0\n\nmore",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200\r\nContent-Length: 11\r\n\r\nhello world",
    ];

    #[test]
    fn every_framing_is_read_wherever_it_is_cut() {
        for answer in WHOLE {
            let bytes = answer.as_bytes();
            for cut in 0..=bytes.len() {
                let (status, body) = read(&[&bytes[..cut], &bytes[cut..]]).unwrap();
                assert_eq!((status, &*body), (200, &b"hello world"[..]), "{answer} cut at {cut}");
            }
            let each: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(read(&each).unwrap().1, b"hello world", "{answer}");
        }
    }

    #[test]
    fn what_breaks_off_is_not_whole() {
        for answer in [WHOLE[0], WHOLE[4]] {
            for end in 0..answer.len() {
                let error = read(&[&answer.as_bytes()[..end]]).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{answer} up to {end}");
            }
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let table = [
            "SSH-2.0-OpenSSH\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx".to_owned(),
            "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx".to_owned(),
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nx".to_owned(),
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n".to_owned(),
            format!("{chunked}x\r\n"),
            format!("{chunked}\r\n"),
            format!("{chunked}-5\r\nhello"),
            format!("{chunked}5\r\nhellooo\r\n0\r\n\r\n"),
            format!("{chunked}11111111111111111\r\n"),
            format!("{chunked}1;{}", "x".repeat(9000)),
            format!("{chunked}0\r\n{}", "a: b\r\n".repeat(200)),
            format!("HTTP/1.1 200 OK\r\n{}", "a: b\r\n".repeat(200)),
            format!("HTTP/1.1 200 OK\r\na: {}", "b".repeat(99_000)),
            "HTTP/1.1 103 Early\r\n\r\n".repeat(9000),
        ];
        for answer in table {
            let error = read(&[answer.as_bytes()]).unwrap_err();
            let start: String = answer.chars().take(80).collect();
            assert!(error.kind() == io::ErrorKind::InvalidData, "{start}: {error}");
        }
    }
}
