//! What is fetched, by which way, and where it ends.

use std::io;
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::fixture::{Internet, PATIENCE, PUBLIC, Wire, proxy, run, site, tls_site};
use super::{FetchLimits, Fetched, USER_AGENT};
use crate::chat::Fault;

const PICTURE: &str = "HTTP/1.1 200 OK\r\nContent-Type: Image/PNG; x=y\r\nContent-Length: 5\r\n\r\nhello";

fn small() -> FetchLimits {
    FetchLimits { bytes: 100_000, ..FetchLimits::default() }
}

fn fetch(port: u16, address: &str, limits: &FetchLimits) -> Result<Fetched, Fault> {
    run(async { Internet::new(port).client(None).fetch_public(address, limits).await })
}

fn message(outcome: Result<Fetched, Fault>) -> String {
    outcome.map(|fetched| fetched.bytes.len()).unwrap_err().message.into()
}

/// Waits until the other side has gone.
fn await_end(wire: &mut dyn Wire) {
    while wire.read(&mut [0; 64]).is_ok_and(|read| read > 0) {}
}

#[test]
fn a_picture_comes_with_its_type_and_name_and_only_what_must_be_is_said() {
    let (port, heads) = site(|_, wire| wire.write_all(PICTURE.as_bytes()).unwrap());
    let fetched = fetch(port, "http://PICTURES.test.:8080/a/%E7%8C%AB.png?key=hush#part", &FetchLimits::default());
    let fetched = fetched.unwrap();
    assert_eq!(fetched.bytes, "hello");
    assert_eq!((fetched.media_type.as_str(), fetched.name.as_deref()), ("image/png", Some("猫.png")));
    let head = heads.lock().unwrap()[0].to_ascii_lowercase();
    let mut lines: Vec<&str> = head.trim_end().split("\r\n").collect();
    lines.sort_unstable();
    let agent = format!("user-agent: {USER_AGENT}");
    let first = "get /a/%e7%8c%ab.png?key=hush http/1.1";
    let rest = ["accept-encoding: identity", "accept: */*", "connection: close"];
    assert_eq!(lines, [&rest[..], &[first, "host: pictures.test:8080", &agent]].concat());
}

#[test]
fn a_name_is_asked_once_and_its_checked_address_is_dialled() {
    let (port, _) = site(|_, wire| wire.write_all(PICTURE.as_bytes()).unwrap());
    let internet = Internet::new(port);
    run(async { internet.client(None).fetch_public("http://rebind.test/", &small()).await.unwrap() });
    assert_eq!(*internet.asked.lock().unwrap(), ["rebind.test"]);
    assert_eq!(*internet.dialled.lock().unwrap(), [format!("{PUBLIC}:80").parse().unwrap()]);
}

#[test]
fn redirects_are_followed_to_other_hosts_too() {
    let (port, heads) = site(|path, wire| {
        let location = match path {
            "/x/a" => "b?key=1",
            "/x/b?key=1" => "http://other.test:8443/c",
            "/c" => "/d.jpg",
            _ => return wire.write_all(PICTURE.as_bytes()).unwrap(),
        };
        write!(wire, "HTTP/1.1 307 Moved\r\nLocation: {location}\r\nContent-Length: 9\r\n\r\nlook away").unwrap();
    });
    let internet = Internet::new(port);
    let fetched =
        run(async { internet.client(None).fetch_public("http://pictures.test/x/a", &small()).await.unwrap() });
    assert_eq!((&*fetched.bytes, fetched.name.as_deref()), (&b"hello"[..], Some("d.jpg")));
    let dialled: Vec<String> = internet.dialled.lock().unwrap().iter().map(ToString::to_string).collect();
    let other = "[2606:4700::6810:84e5]:8443";
    assert_eq!(dialled, ["93.184.216.34:80", "93.184.216.34:80", other, other]);
    assert_eq!(heads.lock().unwrap().len(), 4);
    let none = FetchLimits { redirects: 0, ..small() };
    assert!(message(fetch(port, "http://pictures.test/x/a", &none)).contains("more than 0 times"));
}

#[test]
fn odd_answers_are_refused_in_words() {
    let table = [
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "pictures.test answered with HTTP 404"),
        ("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "HTTP 302"),
        ("HTTP/1.1 204 No Content\r\n\r\n", "HTTP 204"),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx", "compressed"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello", "broke off"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "broke off"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n", "larger than 100000 bytes"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999\r\n\r\n", "larger than 100000 bytes"),
        ("SSH-2.0-OpenSSH\r\n\r\n", "no valid HTTP"),
        ("", "no valid HTTP"),
    ];
    for (answer, word) in table {
        let (port, _) = site(move |_, wire| wire.write_all(answer.as_bytes()).unwrap());
        let message = message(fetch(port, "http://pictures.test/?key=hush", &small()));
        assert!(message.contains(word) && !message.contains("hush"), "{answer}: {message}");
    }
}

#[test]
fn bodies_of_every_framing_are_counted_as_they_come() {
    let table = [
        ("HTTP/1.1 200 OK\r\n\r\nhello", &b"hello"[..]),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello world", b"hello"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", b"hello"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
    ];
    for (answer, body) in table {
        let (port, _) = site(move |_, wire| wire.write_all(answer.as_bytes()).unwrap());
        assert_eq!(&*fetch(port, "http://pictures.test/", &small()).unwrap().bytes, body, "{answer}");
    }
    for head in ["", "Transfer-Encoding: chunked\r\n"] {
        let (port, _) = site(move |_, wire| {
            write!(wire, "HTTP/1.1 200 OK\r\n{head}\r\n").unwrap();
            let piece = format!("3e8\r\n{}\r\n", "x".repeat(1000));
            // It would go on for ever.
            while wire.write_all(piece.as_bytes()).is_ok() {}
        });
        assert!(message(fetch(port, "http://pictures.test/", &small())).contains("larger than 100000 bytes"));
    }
    let exact = "x".repeat(100_000);
    let (port, _) = site(move |_, wire| write!(wire, "HTTP/1.1 200 OK\r\n\r\n{exact}").unwrap());
    assert_eq!(fetch(port, "http://pictures.test/", &small()).unwrap().bytes.len(), 100_000);
}

#[test]
fn time_is_counted_for_everything_together() {
    let quick = FetchLimits { patience: Duration::from_millis(200), ..small() };
    let (silent, _) = site(|_, wire| await_end(wire));
    let (dripping, _) = site(|_, wire| {
        wire.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        while wire.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    let (dripping_head, _) = site(|_, wire| {
        wire.write_all(b"HTTP/1.1 200 OK\r\nX: ").unwrap();
        while wire.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    for port in [silent, dripping, dripping_head] {
        let begun = Instant::now();
        assert!(message(fetch(port, "http://pictures.test/", &quick)).contains("took longer than 0.2 s"));
        assert!(begun.elapsed() < PATIENCE);
    }
}

#[test]
fn a_caller_that_leaves_closes_the_connection() {
    let ((begun, has_begun), (gone, has_gone)) = (tokio::sync::oneshot::channel(), mpsc::channel());
    let begun = Mutex::new(Some(begun));
    let (port, _) = site(move |_, wire| {
        wire.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel").unwrap();
        begun.lock().unwrap().take().unwrap().send(()).unwrap();
        // Closed or reset it is, and not only silent until the test's patience ended.
        let silent = |error: io::Error| matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut);
        gone.send(!wire.read(&mut [0; 1]).is_err_and(silent)).unwrap();
    });
    run(async {
        let client = Internet::new(port).client(None);
        let limits = small();
        tokio::select! {
            _ = client.fetch_public("http://pictures.test/", &limits) => panic!("the body never ends"),
            begun = has_begun => begun.unwrap(),
        }
        assert!(has_gone.recv_timeout(PATIENCE).unwrap());
    });
}

#[test]
fn certificates_must_bear_the_addresses_name_and_https_stays_https() {
    let (port, _) = tls_site(|path, wire| {
        let down = "HTTP/1.1 302 Found\r\nLocation: http://pictures.test/\r\nContent-Length: 0\r\n\r\n";
        wire.write_all(if path == "/down" { down } else { PICTURE }.as_bytes()).unwrap();
        wire.flush().unwrap();
        await_end(wire);
    });
    assert_eq!(fetch(port, "https://pictures.test/", &small()).unwrap().bytes, "hello");
    assert!(message(fetch(port, "https://wrong.test/", &small())).contains("wrong.test has no valid certificate"));
    assert!(message(fetch(port, "https://93.184.216.34/", &small())).contains("no valid certificate"));
    assert!(message(fetch(port, "https://pictures.test/down", &small())).contains("from https down to http"));
}

#[test]
fn a_proxy_is_given_the_checked_address_and_no_name() {
    let (port, _) = site(|_, wire| wire.write_all(PICTURE.as_bytes()).unwrap());
    let (tls_port, _) = tls_site(|_, wire| {
        wire.write_all(PICTURE.as_bytes()).unwrap();
        wire.flush().unwrap();
        await_end(wire);
    });
    let table = [
        (port, "http://rebind.test:8080/", "CONNECT 93.184.216.34:8080 HTTP/1.1"),
        (port, "http://other.test/", "CONNECT [2606:4700::6810:84e5]:80 HTTP/1.1"),
        (tls_port, "https://pictures.test/", "CONNECT 93.184.216.34:443 HTTP/1.1"),
    ];
    for (port, address, line) in table {
        let (proxy, heads) = proxy(port);
        let internet = Internet::new(port);
        let client = |way: &str| internet.client(Some(way));
        let way = format!("http://127.0.0.1:{proxy}");
        let fetched = run(async { client(&way).fetch_public(address, &small()).await.unwrap() });
        assert_eq!(fetched.bytes, "hello");
        assert_eq!(internet.asked.lock().unwrap().len(), 1, "{address}");
        assert!(internet.dialled.lock().unwrap().is_empty(), "nothing goes round the proxy");
        let heads = heads.lock().unwrap();
        assert!(heads.len() == 1 && heads[0].starts_with(line) && !heads[0].contains(".test"), "{heads:?}");
    }
}
