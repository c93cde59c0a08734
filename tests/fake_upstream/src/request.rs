//! One HTTP request, read from a connection's bytes.

use std::io::{Error, ErrorKind, Result};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

/// The request without its body, shared with the journal.
#[derive(Debug)]
pub struct Line {
    pub method: String,
    pub path: String,
    pub query: String,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    pub keep_alive: bool,
}

pub struct Request {
    pub line: Arc<Line>,
    pub body: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BodyLength {
    Known(usize),
    Chunked,
}

impl Line {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of one query parameter, not decoded: no test needs an escaped one.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.headers.iter().filter(|(key, _)| key == "cookie");
        headers.flat_map(|(_, value)| value.split(';').filter_map(|pair| pair.trim().split_once('=')))
    }

    pub fn body_length(&self) -> Result<BodyLength> {
        let encoding = self.header("transfer-encoding").unwrap_or_default();
        if encoding.eq_ignore_ascii_case("chunked") {
            return Ok(BodyLength::Chunked);
        }
        match self.header("content-length").map(str::parse) {
            None => Ok(BodyLength::Known(0)),
            Some(Ok(length)) => Ok(BodyLength::Known(length)),
            Some(Err(_)) => Err(invalid("content-length")),
        }
    }
}

/// Takes a whole request head off the buffer, or nothing when it is not whole yet.
pub fn take_line(buffer: &mut BytesMut) -> Result<Option<Line>> {
    let mut headers = [httparse::EMPTY_HEADER; 96];
    let mut parsed = httparse::Request::new(&mut headers);
    let status = parsed.parse(buffer).map_err(|_| invalid("request head"))?;
    let httparse::Status::Complete(length) = status else {
        return Ok(None);
    };
    let target = parsed.path.unwrap_or("/");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<_> = parsed.headers.iter().map(owned_header).collect();
    let closes = |(name, value): &(String, String)| name == "connection" && value.eq_ignore_ascii_case("close");
    let line = Line {
        method: parsed.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        keep_alive: parsed.version == Some(1) && !headers.iter().any(closes),
        headers,
    };
    let _ = buffer.split_to(length);
    Ok(Some(line))
}

fn owned_header(header: &httparse::Header<'_>) -> (String, String) {
    let value = String::from_utf8_lossy(header.value);
    (header.name.to_ascii_lowercase(), value.into_owned())
}

/// One step through a chunked body: the next chunk's content (empty at the end), or nothing
/// when it is not whole yet.
pub fn take_chunk(buffer: &mut BytesMut) -> Result<Option<BytesMut>> {
    let size = httparse::parse_chunk_size(buffer).map_err(|_| invalid("chunk size"))?;
    let httparse::Status::Complete((start, size)) = size else {
        return Ok(None);
    };
    let size = size as usize;
    // Trailers are not read: no client of this fake sends them.
    if buffer.len() < start + size + 2 {
        return Ok(None);
    }
    let _ = buffer.split_to(start);
    let chunk = buffer.split_to(size);
    let _ = buffer.split_to(2);
    Ok(Some(chunk))
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("bad {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_taken_only_when_it_is_whole() {
        let mut buffer = BytesMut::from("GET /a?ut=1&x=2 HTTP/1.1\r\nCookie: a=b; t=ok~cut1; c\r\n");
        assert!(take_line(&mut buffer).unwrap().is_none());
        buffer.extend_from_slice(b"\r\nrest");
        let line = take_line(&mut buffer).unwrap().unwrap();
        assert_eq!((line.path.as_str(), line.parameter("x")), ("/a", Some("2")));
        assert_eq!(line.cookie("t"), Some("ok~cut1"));
        assert_eq!(line.cookie("c"), None);
        assert!(line.keep_alive);
        assert_eq!(&buffer[..], b"rest");
    }

    #[test]
    fn chunks_are_joined_and_the_last_is_empty() {
        let mut buffer = BytesMut::from("3\r\nabc\r\n0\r\n\r\nnext");
        assert_eq!(&take_chunk(&mut buffer).unwrap().unwrap()[..], b"abc");
        assert!(take_chunk(&mut buffer).unwrap().unwrap().is_empty());
        assert_eq!(&buffer[..], b"next");
    }
}
