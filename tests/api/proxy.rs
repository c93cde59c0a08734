//! Everything that goes out goes through the owner's proxy, if there is one.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use fake_upstream::{FIXTURES_DIR, FakeUpstream, OK_TEXT};

use crate::app::{question, start};

/// A proxy that opens tunnels to callers with the right password; keeps what it was asked. Every name is this machine.
fn proxy() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(Mutex::new(Vec::new())));
    let kept = Arc::clone(&asked);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, kept) = (client.unwrap(), Arc::clone(&kept));
            std::thread::spawn(move || tunnel(client, &kept));
        }
    });
    (port, asked)
}

fn tunnel(mut client: TcpStream, kept: &Mutex<Vec<String>>) {
    let lines = BufReader::new(client.try_clone().unwrap()).lines().map(Result::unwrap);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    kept.lock().unwrap().push(head.join("\n"));
    // "owner:p@ss" in base 64.
    if !head.iter().any(|line| line == "Proxy-Authorization: Basic b3duZXI6cEBzcw==") {
        client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").unwrap();
        return;
    }
    let port = head[0].split([' ', ':']).nth(2).unwrap().parse::<u16>().unwrap();
    let target = TcpStream::connect(("127.0.0.1", port)).unwrap();
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
    let (mut from_client, mut to_target) = (client.try_clone().unwrap(), target.try_clone().unwrap());
    std::thread::spawn(move || std::io::copy(&mut from_client, &mut to_target));
    let (mut from_target, mut to_client) = (target, client);
    let _ = std::io::copy(&mut from_target, &mut to_client);
}

#[test]
fn calls_go_through_the_proxy_with_its_password() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let (port, asked) = proxy();
    let origin = fake.base_url().replace("127.0.0.1", "site.invalid");
    let accounts = [("QIANWEN_BASE_URL", origin.as_str()), ("CN_ACCOUNT_1_COOKIE", "tongyi_sso_ticket=ok")];
    let address = format!("http://owner:p%40ss@127.0.0.1:{port}");
    let app = start(&[accounts[0], accounts[1], ("UPSTREAM_PROXY", &address)]);
    assert_eq!(app.chat(&question("auto", "hi")).json()["choices"][0]["message"]["content"], OK_TEXT);
    let target = origin.trim_start_matches("http://");
    assert!(asked.lock().unwrap().iter().all(|head| head.starts_with(&format!("CONNECT {target} HTTP/1.1"))));
    assert!(!asked.lock().unwrap().is_empty());

    let refused = start(&[accounts[0], accounts[1], ("UPSTREAM_PROXY", &format!("http://127.0.0.1:{port}"))]);
    let answer = refused.chat(&question("auto", "hi"));
    assert_eq!(answer.status, 502, "without its password the proxy lets nobody through: {}", answer.body);

    let here = fake.base_url();
    // What it still asks in the background would be counted, too.
    drop(refused);
    let before = asked.lock().unwrap().len();
    let local = start(&[("QIANWEN_BASE_URL", here.as_str()), accounts[1], ("UPSTREAM_PROXY", &address)]);
    assert_eq!(local.chat(&question("auto", "hi")).status, 200);
    assert_eq!(asked.lock().unwrap().len(), before, "what listens on this machine is asked directly");
}
