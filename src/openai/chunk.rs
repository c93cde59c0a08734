//! An answer → `chat.completion.chunk` frames, by rules R11–R20 of the stream contract: one kind of payload per
//! delta, the role first, the finish reason and the usage in chunks of their own, then `[DONE]`; after an error none.

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;
use smallvec::SmallVec;

use super::answer::UsageObject;
use super::delta::{LegacyChunk, Sources, ToolChunk};
use super::error;
use super::identity::Identity;
use crate::chat::{AnswerWriter, Decoded, Event, Fault, FinishReason, Native, Usage};
use crate::sse;

/// How many answers one request may want.
const MOST_CHOICES: u32 = 128;

/// Writes one streamed answer.
pub struct Stream {
    identity: Identity,
    /// Everything of a chunk before its `choices`, made once the identity is settled.
    prefix: Vec<u8>,
    include_usage: bool,
    /// Whether a call is written as the legacy `function_call`.
    legacy: bool,
    /// Whether the identity is the upstream's of this attempt, so that its frames may pass as they are.
    upstreams_own: bool,
    choices: SmallVec<[Choice; 1]>,
    usage: UsageState,
}

enum UsageState {
    Unknown,
    Known(Usage),
    Sent,
}

#[derive(Default)]
struct Choice {
    index: u32,
    opened: bool,
    /// The upstream's role chunk, kept back until there is output: until then another upstream may take over.
    role_frame: Option<Bytes>,
    finished: bool,
    /// How many sources were told.
    sources: u32,
}

impl Stream {
    /// A stream that begins as `identity`, until an upstream says otherwise.
    pub fn new(identity: Identity, include_usage: bool, legacy: bool) -> Self {
        Self {
            identity,
            prefix: Vec::new(),
            include_usage,
            legacy,
            upstreams_own: false,
            choices: SmallVec::new(),
            usage: UsageState::Unknown,
        }
    }

    fn settled(&self) -> bool {
        !self.prefix.is_empty()
    }

    /// From here on every chunk says the same id, creation time and model.
    fn settle(&mut self) {
        let Identity { id, created, model } = &self.identity;
        let mut prefix = b"data: {\"id\":".to_vec();
        json(id, &mut prefix);
        prefix.extend_from_slice(b",\"object\":\"chat.completion.chunk\",\"created\":");
        prefix.extend_from_slice(created.to_string().as_bytes());
        prefix.extend_from_slice(b",\"model\":");
        json(model, &mut prefix);
        if self.include_usage {
            prefix.extend_from_slice(b",\"usage\":null");
        }
        prefix.extend_from_slice(b",\"choices\":[");
        self.prefix = prefix;
    }

    fn choice(&mut self, index: u32) -> &mut Choice {
        let at = self.choices.iter().position(|choice| choice.index == index).unwrap_or_else(|| {
            self.choices.push(Choice { index, ..Choice::default() });
            self.choices.len() - 1
        });
        &mut self.choices[at]
    }

    /// A new upstream has begun. Its identity counts only if the client has seen no other.
    fn start(&mut self, index: u32, event: &Event, native: Option<Native>) {
        if self.settled() {
            // The first choice's identity is everybody's; a role chunk of a later choice may still pass.
            let same =
                self.upstreams_own && matches!(event, Event::Start { id: Some(id), .. } if *id == self.identity.id);
            self.upstreams_own = same;
        } else {
            let before = self.identity.id.clone();
            self.identity.adopt(event);
            if self.identity.id != before {
                self.choices.clear();
            }
            self.upstreams_own = true;
        }
        let own = self.upstreams_own;
        let choice = self.choice(index);
        choice.role_frame = match native {
            Some(Native::OpenAiChunk(frame)) if own && !choice.opened => Some(frame),
            _ => None,
        };
    }

    /// SDKs keep the answers in a list, so that each begins only after those with a lower index.
    fn open_choice(&mut self, index: u32, out: &mut BytesMut) {
        if !self.settled() {
            self.settle();
        }
        (0..index.min(MOST_CHOICES)).for_each(|lower| self.open_one(lower, out));
        self.open_one(index, out);
    }

    fn open_one(&mut self, index: u32, out: &mut BytesMut) {
        let choice = self.choice(index);
        if choice.opened {
            return;
        }
        choice.opened = true;
        match choice.role_frame.take() {
            Some(frame) => out.put_slice(&frame),
            None => self.chunk(index, out, |out| out.put_slice(b"{\"role\":\"assistant\",\"content\":\"\"}")),
        }
    }

    /// Writes a chunk with one delta and no finish reason.
    fn chunk(&self, index: u32, out: &mut BytesMut, delta: impl FnOnce(&mut BytesMut)) {
        self.raw_chunk(index, out, delta, "null");
    }

    fn raw_chunk(&self, index: u32, out: &mut BytesMut, delta: impl FnOnce(&mut BytesMut), finish: &str) {
        out.put_slice(&self.prefix);
        out.put_slice(b"{\"index\":");
        out.put_slice(index.to_string().as_bytes());
        out.put_slice(b",\"delta\":");
        delta(out);
        out.put_slice(b",\"finish_reason\":");
        out.put_slice(finish.as_bytes());
        out.put_slice(b",\"logprobs\":null}]}\n\n");
    }

    fn event(&mut self, index: u32, event: &Event, out: &mut BytesMut) {
        match event {
            Event::Text(text) => self.text(index, "content", text, out),
            Event::Reasoning(text) => self.text(index, "reasoning_content", text, out),
            Event::Image(url) => self.text(index, "content", &super::answer::image(url), out),
            Event::Citation(citation) => {
                let sources = &mut self.choice(index).sources;
                let nth = std::mem::replace(sources, *sources + 1);
                self.chunk(index, out, |out| json(&Sources::of(nth, citation), out));
            }
            // The legacy form has room for one call.
            Event::ToolCall(call) if self.legacy && call.index > 0 => {}
            Event::ToolCall(call) if self.legacy => self.chunk(index, out, |out| json(&LegacyChunk::of(call), out)),
            Event::ToolCall(call) => self.chunk(index, out, |out| json(&ToolChunk::of(call), out)),
            Event::Done(reason) => {
                let finish = format!("\"{}\"", finish_name(*reason, self.legacy));
                self.raw_chunk(index, out, |out| out.put_slice(b"{}"), &finish);
            }
            Event::Usage(_) | Event::Start { .. } => {}
        }
    }

    fn text(&self, index: u32, field: &str, text: &str, out: &mut BytesMut) {
        self.chunk(index, out, |out| {
            out.put_slice(b"{\"");
            out.put_slice(field.as_bytes());
            out.put_slice(b"\":");
            json(text, out);
            out.put_slice(b"}");
        });
    }

    fn usage_chunk(&self, usage: Usage, out: &mut BytesMut) {
        let Identity { id, created, model } = &self.identity;
        let chunk = UsageChunk {
            id,
            object: "chat.completion.chunk",
            created: *created,
            model,
            choices: [],
            usage: usage.into(),
        };
        sse::data_frame(&serde_json::to_vec(&chunk).unwrap_or_default(), out);
    }
}

impl AnswerWriter for Stream {
    fn write(&mut self, decoded: Decoded, out: &mut BytesMut) {
        let Decoded { choice: index, events, native } = decoded;
        let mut native = native.filter(|_| !self.legacy);
        for event in &events {
            match event {
                Event::Start { .. } => self.start(index, event, if events.len() == 1 { native.take() } else { None }),
                Event::Usage(usage) => match (&native, &self.usage) {
                    (_, UsageState::Sent) => native = None,
                    (Some(Native::OpenAiChunk(_)), _) if self.include_usage && self.upstreams_own && self.settled() => {
                        self.usage = UsageState::Sent;
                    }
                    _ => {
                        self.usage = UsageState::Known(*usage);
                        native = None;
                    }
                },
                Event::Done(_) => {
                    self.open_choice(index, out);
                    // A second end of the same answer would be a second finish chunk.
                    if std::mem::replace(&mut self.choice(index).finished, true) {
                        return;
                    }
                }
                _ => self.open_choice(index, out),
            }
        }
        match native {
            Some(Native::OpenAiChunk(frame)) if self.upstreams_own => out.put_slice(&frame),
            _ => events.iter().for_each(|event| self.event(index, event, out)),
        }
    }

    fn open(&mut self, out: &mut BytesMut) {
        self.open_choice(0, out);
    }

    fn heartbeat(&mut self, out: &mut BytesMut) {
        self.open_choice(0, out);
        // What has ended needs no sign of life.
        let index =
            self.choices.iter().find(|choice| choice.opened && !choice.finished).map_or(0, |choice| choice.index);
        self.chunk(index, out, |out| out.put_slice(b"{}"));
    }

    fn finish(&mut self, out: &mut BytesMut) {
        self.open_choice(0, out);
        if let (true, UsageState::Known(usage)) = (self.include_usage, &self.usage) {
            self.usage_chunk(*usage, out);
        }
        out.put_slice(sse::DONE);
    }

    fn fault(&mut self, fault: &Fault, owner: bool, out: &mut BytesMut) {
        sse::data_frame(&error::reply(fault, owner).body, out);
    }
}

#[derive(Serialize)]
struct UsageChunk<'a> {
    id: &'a str,
    object: &'static str,
    created: i64,
    model: &'a str,
    choices: [(); 0],
    usage: UsageObject,
}

/// The dialect's word for why an answer ended.
pub const fn finish_name(reason: FinishReason, legacy: bool) -> &'static str {
    match reason {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls if legacy => "function_call",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::ContentFilter => "content_filter",
    }
}

/// Writes JSON into a buffer that cannot fail.
fn json<T: Serialize + ?Sized>(value: &T, out: &mut impl BufMut) {
    let written = serde_json::to_writer(out.writer(), value);
    debug_assert!(written.is_ok(), "texts and numbers are always JSON");
}

#[cfg(test)]
#[path = "chunk_tests.rs"]
mod tests;
