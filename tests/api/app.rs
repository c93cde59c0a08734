//! A running service, and a client that shows every byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use qianqiao::app::{App, Parts};
use qianqiao::config::{Config, Environment};
use serde_json::Value;

pub const KEY: &str = "qq-test-0123456789abcdef";

/// How long anything may take before it counts as hanging.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A service that stops when this is dropped.
pub struct TestApp {
    pub port: u16,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// Starts the service with these variables.
pub fn start(variables: &[(&str, &str)]) -> TestApp {
    start_with(variables, Parts::default())
}

/// Starts the service from these parts.
pub fn start_with(variables: &[(&str, &str)], parts: Parts) -> TestApp {
    let common = [("API_MASTER_KEY", KEY), ("DATA_DIR", "/proc/none"), ("WORKERS", "1")];
    // One that is named empty is not set, so that a test can leave out what is common.
    let left_out = |name: &str| variables.iter().any(|(n, value)| *n == name && value.is_empty());
    let common = common.iter().filter(|(name, _)| !left_out(name));
    let pairs = common.chain(variables).map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
    let config = Config::from_environment(Environment::layered(pairs, [])).unwrap();
    let (ready, is_ready) = mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let thread = std::thread::spawn(move || {
        qianqiao::upstream::install_crypto();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        actix_rt::System::new().block_on(async {
            let app = App::build_with(&config, listener, parts).await.unwrap();
            ready.send(app.port).unwrap();
            app.run(async { drop(stopped.await) }).await.unwrap();
        });
    });
    TestApp { port: is_ready.recv_timeout(PATIENCE).unwrap(), stop: Some(stop), thread: Some(thread) }
}

/// What `look` finds, as soon as it finds something.
pub fn until<T>(look: impl Fn() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "nothing was found in time");
        std::thread::yield_now();
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            let joined = thread.join();
            assert!(joined.is_ok() || std::thread::panicking(), "the service ends without a panic");
        }
    }
}

/// An answer, with its body's chunks put together.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// Whether the body came to its proper end.
    pub whole: bool,
}

impl TestApp {
    /// Tells the service to stop, without waiting for it.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Sends a request and leaves the connection open.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        stream.write_all(head.as_bytes()).unwrap();
        stream
    }

    /// Sends a request and reads the answer to its end.
    pub fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut bytes = Vec::new();
        let read = self.send(method, path, headers, body).read_to_end(&mut bytes);
        assert!(read.is_ok() || !bytes.is_empty(), "an answer came: {read:?}");
        parse(&bytes)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[("Authorization", &format!("Bearer {KEY}"))], "")
    }

    /// Asks for a completion.
    pub fn chat(&self, body: &Value) -> Answer {
        self.call("POST", "/v1/chat/completions", &[("Authorization", &format!("Bearer {KEY}"))], &body.to_string())
    }

    /// Asks for a completion and leaves the connection open.
    pub fn open_chat(&self, body: &Value) -> TcpStream {
        let key = format!("Bearer {KEY}");
        self.send("POST", "/v1/chat/completions", &[("Authorization", &key)], &body.to_string())
    }

    /// Waits until the service says that this many answers are under way.
    pub fn wait_under_way(&self, count: u64) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = self.get("/health").json()["under_way"].as_u64();
            if now == Some(count) {
                return;
            }
            assert!(Instant::now() < deadline, "{now:?} answers are under way, not {count}");
            std::thread::yield_now();
        }
    }
}

fn parse(bytes: &[u8]) -> Answer {
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(bytes[..at].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> =
        lines.filter_map(|line| line.split_once(": ")).map(|(n, v)| (n.to_lowercase(), v.to_owned())).collect();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let rest = &bytes[at + 4..];
    let (body, whole) = if chunked { join_chunks(rest) } else { (rest.to_vec(), true) };
    Answer { status, headers, body: String::from_utf8(body).unwrap(), whole }
}

fn join_chunks(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return (body, true);
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    (body, false)
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn error(&self) -> Value {
        let error = self.json()["error"].clone();
        for field in ["message", "type", "param", "code"] {
            assert!(error.get(field).is_some(), "{field} is missing: {}", self.body);
        }
        error
    }

    /// The stream's frames, after a check of what holds for every stream.
    pub fn frames(&self) -> Vec<String> {
        assert_eq!((self.status, self.whole), (200, true), "{self:?}");
        assert_eq!(self.header("content-type"), Some("text/event-stream; charset=utf-8"));
        assert_eq!((self.header("cache-control"), self.header("x-accel-buffering")), (Some("no-cache"), Some("no")));
        assert!(self.body.ends_with("\n\n") && !self.body.contains('\r'), "{:?}", self.body);
        let frames = self.body.trim_end().split("\n\n");
        frames.map(|frame| frame.strip_prefix("data: ").expect("only data lines").to_owned()).collect()
    }

    /// The chunks of a stream that ended whole.
    pub fn chunks(&self) -> Vec<Value> {
        let mut frames = self.frames();
        assert_eq!(frames.pop().as_deref(), Some("[DONE]"), "{}", self.body);
        frames.iter().map(|frame| serde_json::from_str(frame).unwrap()).collect()
    }

    /// The text, and the reasoning, of a stream's first answer.
    pub fn said(&self) -> (String, String) {
        let all = |field: &str| {
            let chunks = self.frames().into_iter().filter(|frame| frame != "[DONE]");
            let texts = chunks.filter_map(|frame| {
                let chunk: Value = serde_json::from_str(&frame).unwrap();
                chunk["choices"][0]["delta"][field].as_str().map(str::to_owned)
            });
            texts.collect::<String>()
        };
        (all("content"), all("reasoning_content"))
    }
}

/// A question to `model`.
pub fn question(model: &str, text: &str) -> Value {
    serde_json::json!({"model": model, "messages": [{"role": "user", "content": text}]})
}

/// The same as a stream, with usage.
pub fn stream(model: &str, text: &str) -> Value {
    let mut body = question(model, text);
    body["stream"] = true.into();
    body["stream_options"] = serde_json::json!({"include_usage": true});
    body
}
