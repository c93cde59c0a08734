//! What no user can make the service connect to.

use std::io::ErrorKind;
use std::net::TcpListener;

use super::fixture::{Internet, Wire, proxy, run, site};
use super::{Client, FetchLimits, Fetched, Settings};
use crate::chat::{Fault, FaultKind};

/// Addresses, and the word by which the refusal says why.
const REFUSED: [(&str, &str); 71] = [
    ("file:///etc/passwd", "only http and https"),
    ("ftp://pictures.test/a", "only http and https"),
    ("data:image/png;base64,AAAA", "only http and https"),
    ("gopher://pictures.test/_x", "only http and https"),
    ("javascript:alert(1)", "only http and https"),
    ("ws://pictures.test/", "only http and https"),
    ("unix:/run/docker.sock", "only http and https"),
    ("http+unix://%2frun%2fdocker.sock/", "only http and https"),
    ("blob:http://pictures.test/x", "only http and https"),
    ("", "not whole"),
    ("//pictures.test/a", "not whole"),
    ("pictures.test/a.png", "not whole"),
    ("http://", "not valid"),
    ("http://.", "no valid host"),
    ("http://256.1.1.1/", "not valid"),
    ("http://1.2.3.4.5/", "not valid"),
    ("http://[fe80::1%25eth0]/", "not valid"),
    ("http://[fe80::1%eth0]/", "not valid"),
    ("http://[::1/", "not valid"),
    ("http://pictures.test:99999/", "not valid"),
    ("http://a b/", "not valid"),
    ("http://user@pictures.test/", "user name"),
    ("http://user:hush@pictures.test/", "user name"),
    ("http://8.8.8.8@127.0.0.1/", "user name"),
    ("http://pictures.test:0/", "port 0"),
    ("http://pictures.test:22/", "port 22"),
    ("https://pictures.test:25/", "port 25"),
    ("http://pictures.test:1023/", "port 1023"),
    ("http://127.0.0.1/", "loopback"),
    ("http://127.0.0.1:8080/", "loopback"),
    ("http://127.0.0.1./", "loopback"),
    ("http://127.0.0.1../", "no valid host"),
    ("http://127.1/", "loopback"),
    ("http://2130706433/", "loopback"),
    ("http://0x7f000001/", "loopback"),
    ("http://0x7f.1/", "loopback"),
    ("http://0177.0.0.1/", "loopback"),
    ("http://017700000001/", "loopback"),
    ("http://%31%32%37.0.0.1/", "loopback"),
    ("http://①②⑦.⓪.⓪.①/", "loopback"),
    ("http://１２７。０。０。１/", "loopback"),
    ("http:127.0.0.1/", "loopback"),
    ("http:\\\\127.0.0.1\\a", "loopback"),
    ("ht\ntp://127.0.0.1/", "loopback"),
    (" HTTP://127.0.0.1/", "loopback"),
    ("http://127.0.0.1#@pictures.test/", "loopback"),
    ("http://127.0.0.1\\@pictures.test/", "loopback"),
    ("http://127.0.0.1?@pictures.test/", "loopback"),
    ("http://0/", "unspecified"),
    ("http://[::]/", "unspecified"),
    ("http://[::1]/", "loopback"),
    ("http://[0:0:0:0:0:0:0:1]/", "loopback"),
    ("http://[::ffff:127.0.0.1]/", "wraps"),
    ("http://[::ffff:7f00:1]/", "wraps"),
    ("http://[::127.0.0.1]/", "wraps"),
    ("http://[64:ff9b::127.0.0.1]/", "loopback"),
    ("http://[fd00:ec2::254]/", "metadata"),
    ("http://169.254.169.254/latest/meta-data", "metadata"),
    ("http://metadata.google.internal/", "metadata"),
    ("http://localhost/", "loopback"),
    ("https://LOCALHOST./", "loopback"),
    ("http://lo%63alhost/", "loopback"),
    ("http://ｌｏｃａｌｈｏｓｔ/", "loopback"),
    ("http://a.localhost/", "loopback"),
    ("http://localtest.me/", "loopback"),
    ("http://six.test/", "loopback"),
    ("http://redis:6379/", "private"),
    ("http://ula.test/", "private"),
    ("http://mapped.test/", "wraps"),
    ("http://mixed.test/", "private"),
    ("http://fake-ip.test/", "benchmarks"),
];

fn check(outcome: Result<Fetched, Fault>, address: &str, word: &str) {
    let fault = outcome.map(drop).expect_err(address);
    assert_eq!((fault.kind, fault.param), (FaultKind::Request, None), "{address}");
    assert!(fault.message.contains(word), "{address} is refused for {word}, not because {}", fault.message);
    assert!(!fault.message.contains("hush"), "{address}: {}", fault.message);
}

#[test]
fn every_refused_form_is_refused_before_anything_is_dialled() {
    let (site, heads) = site(|_, _| {});
    let (proxy, tunnels) = proxy(site);
    let internet = Internet::new(site);
    run(async {
        for way in [None, Some(format!("http://127.0.0.1:{proxy}"))] {
            let client = internet.client(way.as_deref());
            for (address, word) in REFUSED {
                check(client.fetch_public(address, &FetchLimits::default()).await, address, word);
                let (before, after) = address.split_once('#').unwrap_or((address, ""));
                let address = format!("{before}?key=hush#{after}");
                let outcome = client.fetch_public(&address, &FetchLimits::default()).await;
                check(outcome, &address, if before.contains("://") && word == "not whole" { "" } else { word });
            }
        }
    });
    assert!(internet.dialled.lock().unwrap().is_empty());
    assert!(heads.lock().unwrap().is_empty() && tunnels.lock().unwrap().is_empty());
}

#[test]
fn a_long_address_a_name_without_an_address_and_a_second_loopback_are_refused() {
    let internet = Internet::new(0);
    run(async {
        let client = internet.client(None);
        let long = [
            (format!("http://pictures.test/{}", "a".repeat(9000)), "longer than 8 KiB"),
            (format!("data:image/png;base64,{}", "A".repeat(9000)), "only http and https"),
            (format!("http://{}.test/", "a.".repeat(200)), "no valid host"),
            ("http://nowhere.test/hush".to_owned(), "nowhere.test does not resolve"),
            ("http://empty.test/".to_owned(), "does not resolve"),
            ("http://mixed6.test/".to_owned(), "loopback"),
        ];
        for (address, word) in long {
            check(client.fetch_public(&address, &FetchLimits::default()).await, &address, word);
        }
    });
    assert!(internet.dialled.lock().unwrap().is_empty());
}

#[test]
fn this_machines_own_resolver_is_guarded_too() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = format!("http://localhost:{}/", listener.local_addr().unwrap().port());
    run(async {
        let client = Client::new(&Settings::new(None).unwrap());
        check(
            client.fetch_public(&address, &FetchLimits::default()).await,
            &address,
            "localhost leads to this machine",
        );
    });
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody came");
}

fn lead(path: &str, wire: &mut dyn Wire) {
    let location = match path {
        "/private" => "http://10.0.0.1/",
        "/name" => "//localtest.me:8080/x",
        "/metadata" => "http://[::ffff:169.254.169.254]/latest",
        "/file" => "file:///etc/passwd",
        "/port" => "http://pictures.test:22/",
        "/user" => "http://user:hush@pictures.test/",
        "/rebind" => "/private",
        "/loop" => "/loop",
        "/odd" => "http://[",
        _ => "/private",
    };
    let head = format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
    wire.write_all(head.as_bytes()).unwrap();
}

#[test]
fn each_redirect_is_guarded_anew() {
    let (port, heads) = site(lead);
    let table = [
        ("http://pictures.test/private", "10.0.0.1 leads to a private", 1),
        ("http://pictures.test/name", "localtest.me leads to this machine", 1),
        ("http://pictures.test/metadata", "wraps", 1),
        ("http://pictures.test/file", "only http and https", 1),
        ("http://pictures.test/port", "pictures.test redirects to where nobody may go: the address names port 22", 1),
        ("http://pictures.test/user", "user name", 1),
        ("http://pictures.test/odd", "not valid", 1),
        // The second answer of this name is this machine.
        ("http://rebind.test/rebind", "rebind.test leads to this machine", 1),
        ("http://pictures.test/loop", "more than 3 times", 4),
    ];
    for (address, word, requests) in table {
        let internet = Internet::new(port);
        heads.lock().unwrap().clear();
        let outcome = run(async { internet.client(None).fetch_public(address, &FetchLimits::default()).await });
        check(outcome, address, word);
        assert_eq!(internet.dialled.lock().unwrap().len(), requests, "{address}");
        assert_eq!(heads.lock().unwrap().len(), requests, "{address}");
    }
}
