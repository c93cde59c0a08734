//! A client over plain sockets, so that chunks and resets can be seen as they are.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use fake_upstream::FakeUpstream;

pub struct Client(BufReader<TcpStream>);

pub struct Answer {
    pub status: u16,
    head: Vec<String>,
    pub body: Vec<u8>,
    /// The sizes of the chunks, none for a body of known length.
    pub chunks: Vec<usize>,
}

pub fn chat_openai(key: &str, stream: bool) -> String {
    let body = format!(r#"{{"model":"fake-large","stream":{stream},"messages":[{{"role":"user","content":"Hi"}}]}}"#);
    post("/v1/chat/completions", &format!("Authorization: Bearer sk-{key}\r\n"), &body)
}

pub fn chat_qianwen(ticket: &str) -> String {
    let headers = format!(
        "Cookie: a=b; tongyi_sso_ticket={ticket}; c=d\r\nOrigin: https://www.qianwen.com\r\n\
         Accept: application/json, text/event-stream, text/plain, */*\r\n"
    );
    let message = r#"{"mime_type":"text/plain","content":"Hi","meta_data":{"ori_query":"Hi"}}"#;
    let body = format!(r#"{{"session_id":"5e55","req_id":"4e9","messages":[{message}]}}"#);
    post("/api/v2/chat?biz_id=ai_qwen&ut=device", &headers, &body)
}

pub fn member_info(cookies: &str) -> String {
    post("/growth/user/benefit/user/member/info?ut=device", &format!("Cookie: {cookies}\r\n"), "{}")
}

pub fn models(key: &str) -> String {
    format!("GET /v1/models HTTP/1.1\r\nAuthorization: Bearer sk-{key}\r\n\r\n")
}

pub fn post(target: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("POST {target} HTTP/1.1\r\nHost: fake\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
}

impl Client {
    pub fn connect(fake: &FakeUpstream) -> Self {
        let stream = TcpStream::connect(fake.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Self(BufReader::new(stream))
    }

    pub fn stream(&mut self) -> &mut TcpStream {
        self.0.get_mut()
    }

    pub fn send(&mut self, request: &str) -> &mut Self {
        self.stream().write_all(request.as_bytes()).unwrap();
        self
    }

    pub fn read_until(&mut self, mark: &str) -> String {
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen).contains(mark) {
            let mut byte = [0];
            self.0.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
        String::from_utf8_lossy(&seen).into_owned()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end_matches("\r\n").to_owned()
    }

    pub fn answer(&mut self) -> Answer {
        let first = self.line();
        let status = first.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no answer: '{first}'"));
        let head = std::iter::repeat_with(|| self.line()).take_while(|line| !line.is_empty()).collect();
        let mut answer = Answer { status, head, body: Vec::new(), chunks: Vec::new() };
        if let Some(length) = answer.header("content-length") {
            answer.body.resize(length.parse().unwrap(), 0);
            self.0.read_exact(&mut answer.body).unwrap();
            return answer;
        }
        loop {
            let size = usize::from_str_radix(&self.line(), 16).unwrap();
            let start = answer.body.len();
            answer.body.resize(start + size, 0);
            self.0.read_exact(&mut answer.body[start..]).unwrap();
            assert_eq!(self.line(), "");
            if size == 0 {
                return answer;
            }
            answer.chunks.push(size);
        }
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut pairs = self.head.iter().filter_map(|line| line.split_once(": "));
        pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub fn cookies(&self) -> Vec<&str> {
        let pairs = self.head.iter().filter_map(|line| line.split_once(": "));
        pairs.filter(|(key, _)| *key == "Set-Cookie").map(|(_, value)| value).collect()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
