//! The benchmark's answers, made once and then only counted up by reference.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use crate::answer::{Answer, Frame, nothing_further};
use crate::openai::{self, Asked};
use crate::qianwen_frames;

/// Twenty characters that JSON leaves as they are.
const UNIT: &str = "cumulative text 春眠不觉";
const PLAIN_UNITS: usize = 16;

#[derive(PartialEq, Eq, Hash)]
struct Key {
    provider: &'static str,
    /// Zero for the plain answer.
    events: usize,
    stream: bool,
    usage: bool,
}

#[derive(Default)]
pub struct Bench(Mutex<HashMap<Key, Answer>>);

impl Bench {
    fn made(&self, key: Key, make: impl FnOnce() -> Answer) -> Answer {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry(key).or_insert_with(make).clone()
    }

    pub fn qianwen(&self, events: usize) -> Answer {
        let key = Key::new("qianwen", events, true, true);
        self.made(key, || {
            let text = Bytes::from(UNIT.repeat(events));
            let ends = (1..=events).map(|count| count * UNIT.len());
            let frames = qianwen_frames::shared(&text, ends);
            Answer::stream(frames, qianwen_frames::SOME, nothing_further())
        })
    }

    /// The whole answer in one frame of text, and the whole stream in one write.
    pub fn qianwen_plain(&self) -> Answer {
        let key = Key::new("qianwen", 0, true, true);
        self.made(key, || {
            let text = Bytes::from(UNIT.repeat(PLAIN_UNITS));
            let frames = qianwen_frames::shared(&text, std::iter::once(text.len()));
            in_one_write(&frames)
        })
    }

    pub fn openai(&self, events: usize, asked: &Asked) -> Answer {
        let key = Key::new("openai", events, asked.stream, asked.usage);
        self.made(key, || {
            let asked = fixed(asked);
            if !asked.stream {
                return openai::plain(&UNIT.repeat(events), &asked);
            }
            let frames = openai::frames(std::iter::repeat_n(UNIT, events), &asked);
            Answer::stream(frames, openai::SOME, nothing_further())
        })
    }

    pub fn openai_plain(&self, asked: &Asked) -> Answer {
        let key = Key::new("openai", 0, asked.stream, asked.usage);
        self.made(key, || {
            let asked = fixed(asked);
            let text = UNIT.repeat(PLAIN_UNITS);
            if !asked.stream {
                return openai::plain(&text, &asked);
            }
            in_one_write(&openai::frames(std::iter::once(text.as_str()), &asked))
        })
    }
}

impl Key {
    fn new(provider: &'static str, events: usize, stream: bool, usage: bool) -> Self {
        Self { provider, events, stream, usage }
    }
}

/// The same bytes for every model asked for, since they are made only once.
fn fixed(asked: &Asked) -> Asked {
    Asked { model: "fake-large".to_owned(), ..*asked }
}

fn in_one_write(frames: &[Frame]) -> Answer {
    let bytes: Vec<u8> = frames.iter().flat_map(Frame::to_bytes).collect();
    Answer::stream([Frame::whole(bytes)], 1, nothing_further())
}
