//! Faults by chance, seen from outside.

use std::collections::BTreeSet;
use std::io::{Read, Write};

use fake_upstream::{FakeUpstream, marked_answer};

use crate::client::{Client, chat_openai, chat_qianwen};
use crate::{PATIENCE, openai_text, qianwen_texts, start};

/// What a client gets that reads until the connection ends.
fn bytes(fake: &FakeUpstream, request: &str) -> Vec<u8> {
    let request = request.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let mut stream = std::net::TcpStream::connect(fake.address()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut seen = Vec::new();
    // A reset is one of the faults; what came before it counts.
    let _ = stream.read_to_end(&mut seen);
    seen
}

#[test]
fn an_answer_without_faults_is_marked_with_its_own_id() {
    let fake = start();
    let mut ids = BTreeSet::new();
    for _ in 0..2 {
        let answer = Client::connect(&fake).send(&chat_openai("chaos-1-0", true)).answer();
        ids.insert(marked_answer(&openai_text(&answer.body)).unwrap());
        let answer = Client::connect(&fake).send(&chat_openai("chaos-1-0", false)).answer();
        let said = answer.json()["choices"][0]["message"]["content"].as_str().unwrap().to_owned();
        ids.insert(marked_answer(&said).unwrap());
        let answer = Client::connect(&fake).send(&chat_qianwen("chaos-1-0")).answer();
        let texts = qianwen_texts(&answer.body);
        assert!(texts.iter().all(|text| text.ends_with(']')), "{texts:?}");
        ids.insert(marked_answer(texts.last().unwrap()).unwrap());
    }
    assert_eq!(ids.len(), 6, "{ids:?}");
    assert!(ids.iter().all(|id| id.ends_with("-chaos-1-0")), "{ids:?}");
    assert!(fake.journal().faults.is_empty());
}

#[test]
fn faults_are_drawn_again_for_each_request_and_counted() {
    let fake = start();
    for at in 0..20 {
        let chat = if at % 2 == 0 { chat_openai("chaos-3-100", true) } else { chat_qianwen("chaos-3-100") };
        bytes(&fake, &chat);
    }
    let journal = fake.wait_for(PATIENCE, |journal| journal.total.open == 0).unwrap();
    assert_eq!(journal.faults.values().sum::<u64>(), 20);
    assert!(journal.faults.len() >= 5, "{:?}", journal.faults);
    assert_eq!(journal.json()["faults"].as_object().unwrap().len(), journal.faults.len());
    let one_by_one = |fake: &FakeUpstream| {
        let answers = std::iter::repeat_with(|| {
            let seen = String::from_utf8_lossy(&bytes(fake, &chat_openai("chaos-5-50", true))).into_owned();
            (seen.contains(":end]"), seen.contains("[r"), seen.lines().next().map(str::to_owned))
        });
        answers.take(12).collect::<Vec<_>>()
    };
    assert_eq!(one_by_one(&fake), one_by_one(&start()));
}
