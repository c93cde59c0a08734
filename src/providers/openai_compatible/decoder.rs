//! A compatible service's answer → events: a stream, a whole completion, or an error in any of their places.

use std::sync::Arc;

use bytes::Bytes;
use smallvec::SmallVec;

use super::chunk::{Answer, Events, Forms, finish_reason};
use super::dialect::StreamUsage;
use super::manifest::Manifest;
use super::mould::Mould;
use super::wire::{Choice, Completion};
use super::{body, trouble};
use crate::chat::{Decoded, Event, Fault, FaultKind, FinishReason, Native};
use crate::json;
use crate::providers::{Decoder, Ending};
use crate::sse;
use crate::upstream::ResponseHead;

/// The largest whole completion, in bytes.
const BODY_LIMIT: usize = 64 << 20;

/// Decodes one answer.
pub struct CompatibleDecoder {
    form: Form,
    parser: sse::Parser,
    reader: Reader,
}

enum Form {
    Unknown,
    Stream,
    Body(Vec<u8>),
}

/// What is known of a stream so far.
struct Reader {
    manifest: Arc<Manifest>,
    head: ResponseHead,
    forms: Forms,
    answers: SmallVec<[Answer; 1]>,
    done_frame: bool,
    mould: Option<Mould>,
}

impl CompatibleDecoder {
    /// A decoder for a response with this head.
    pub fn new(manifest: &Arc<Manifest>, head: &ResponseHead) -> Self {
        let form = if head.status == 200 { Form::Unknown } else { Form::Body(Vec::new()) };
        let reader = Reader {
            manifest: Arc::clone(manifest),
            head: head.clone(),
            forms: Forms::new(manifest.dialect.reasoning.as_deref()),
            answers: SmallVec::new(),
            done_frame: false,
            mould: None,
        };
        Self { form, parser: sse::Parser::default(), reader }
    }
}

impl Decoder for CompatibleDecoder {
    fn push(&mut self, bytes: &[u8], out: &mut Vec<Decoded>) -> Result<(), Fault> {
        if matches!(self.form, Form::Unknown) {
            let Some(first) = bytes.iter().find(|b| !b.is_ascii_whitespace()) else { return Ok(()) };
            let whole = matches!(first, b'{' | b'[' | b'<' | b'"') && !self.reader.head.is_event_stream();
            self.form = if whole || *first == b'{' { Form::Body(Vec::new()) } else { Form::Stream };
        }
        match &mut self.form {
            Form::Body(held) if held.len() + bytes.len() > BODY_LIMIT => {
                Err(Fault::new(FaultKind::Protocol, "the upstream's answer is unreasonably large"))
            }
            Form::Body(held) => {
                held.extend_from_slice(bytes);
                Ok(())
            }
            _ => {
                let Self { parser, reader, .. } = self;
                parser.push(bytes, |frame| reader.frame(&frame, out))
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<Decoded>) -> Result<(), Fault> {
        match std::mem::replace(&mut self.form, Form::Unknown) {
            Form::Body(held) => self.reader.body(held, out),
            Form::Unknown if self.reader.answers.is_empty() && !self.reader.done_frame => {
                Err(empty(&self.reader.manifest))
            }
            _ => {
                if let Some(frame) = self.parser.rest() {
                    let whole = self.reader.frame(&frame, out);
                    // A frame that the connection's end cut in two is a truncation, not a broken frame.
                    if whole.is_err_and(|fault| fault.kind != FaultKind::Protocol) || self.reader.is_open() {
                        return Err(self.reader.truncated());
                    }
                }
                self.reader.finish(out)
            }
        }
    }

    fn ending(&self) -> Ending {
        if self.reader.done_frame {
            Ending::Closed
        } else if self.reader.is_open() {
            Ending::Open
        } else if self.reader.manifest.dialect.stream_usage == StreamUsage::Never {
            Ending::Closed
        } else {
            Ending::Closing
        }
    }
}

impl Reader {
    /// Whether an answer is still to come or to end.
    fn is_open(&self) -> bool {
        !self.done_frame && (self.answers.is_empty() || !self.answers.iter().all(|answer| answer.finished))
    }

    fn frame(&mut self, frame: &sse::Frame<'_>, out: &mut Vec<Decoded>) -> Result<(), Fault> {
        let data = frame.data.trim_ascii();
        if data.is_empty() || self.done_frame {
            return Ok(());
        }
        if data == b"[DONE]" {
            self.done_frame = true;
            return Ok(());
        }
        if let Some(text) = self.mould.as_ref().filter(|_| frame.is_plain()).and_then(|mould| mould.text(data)) {
            let native = Some(Native::OpenAiChunk(Bytes::copy_from_slice(frame.raw)));
            out.push(Decoded { native, ..Decoded::event(Event::Text(text.to_owned())) });
            return Ok(());
        }
        let chunk: Completion<'_> = json::from_bytes(data)
            .map_err(|_| Fault::new(FaultKind::Protocol, format!("{} sent a broken frame", self.manifest.name)))?;
        if let Some(fault) = self.error(&chunk, data) {
            // What came with the error is not emitted: it may be the error's own text.
            return Err(fault);
        }
        self.chunk(&chunk, frame, out);
        Ok(())
    }

    fn is_past_thinking(&self) -> bool {
        self.answers.iter().all(|answer| answer.is_past_thinking(self.forms))
    }

    fn error(&self, completion: &Completion<'_>, data: &[u8]) -> Option<Fault> {
        if let Some(error) = completion.error.filter(|error| trouble::is_error(error.get())) {
            return Some(trouble::from_json(&self.manifest, &self.head, error.get()));
        }
        let top_level = completion.choices.is_none() && completion.code.is_some() && completion.message.is_some();
        top_level.then(|| trouble::from_body(&self.manifest, &self.head, data))
    }

    fn chunk(&mut self, chunk: &Completion<'_>, frame: &sse::Frame<'_>, out: &mut Vec<Decoded>) {
        let choices = chunk.choices.as_deref().unwrap_or_default();
        let well_formed = frame.is_plain()
            && chunk.object.as_deref() == Some("chat.completion.chunk")
            && chunk.is_well_typed()
            && chunk.error.is_none()
            && !chunk.has_type
            && chunk.x_groq.is_none();
        let passes = well_formed && choices.len() == 1 && chunk.usage.is_none();
        for choice in choices {
            let (decoded, clean) = self.choice(chunk, choice);
            // A chunk that says two things at once has to become two.
            let native = (passes && clean && decoded.events.len() == 1)
                .then(|| Native::OpenAiChunk(Bytes::copy_from_slice(frame.raw)));
            if !decoded.events.is_empty() {
                let content = choice.delta.as_ref().and_then(|delta| delta.content.as_ref());
                self.mould = match (&native, decoded.events.as_slice(), content) {
                    // Only of the first answer, and only past the place where thinking may stand in the text.
                    (Some(_), [Event::Text(_)], Some(content)) if decoded.choice == 0 && self.is_past_thinking() => {
                        Mould::of(&frame.data, &content.text)
                    }
                    _ => None,
                };
                out.push(Decoded { native, ..decoded });
            }
        }
        let groq = chunk.x_groq.as_ref().and_then(|groq| groq.usage.as_ref());
        let beside = choices.iter().find_map(|choice| choice.usage.as_ref());
        if let Some(usage) = chunk.usage.as_ref().or(groq).or(beside) {
            // Only a usage chunk after the end may pass; one that comes earlier would come twice.
            let own = well_formed
                && usage.is_well_typed()
                && choices.is_empty()
                && chunk.choices.is_some()
                && !self.is_open();
            let native = own.then(|| Native::OpenAiChunk(Bytes::copy_from_slice(frame.raw)));
            out.push(Decoded { native, ..Decoded::event(Event::Usage(usage.neutral())) });
        }
    }

    fn choice(&mut self, chunk: &Completion<'_>, choice: &Choice<'_>) -> (Decoded, bool) {
        let index = choice.index.unwrap_or(0);
        let forms = self.forms;
        let answer = self.answer(index);
        let mut events: Events = SmallVec::new();
        let starts = !std::mem::replace(&mut answer.started, true);
        if starts {
            events.extend(body::start_event(chunk));
        }
        let mut clean = choice.index.is_some() && choice.usage.is_none() && choice.message.is_none();
        clean &= choice.finish_reason.as_deref() != Some("");
        if let Some(delta) = choice.delta.as_ref().or(choice.message.as_ref()) {
            clean &= answer.read(delta, forms, &mut events);
            // A later frame with a role would be a second role chunk, a first one without it none.
            clean &= match &delta.role {
                None => !starts,
                Some(role) => starts && role.as_deref() == Some("assistant"),
            };
        }
        if let Some(word) = choice.finish_reason.as_deref().filter(|word| !word.is_empty() && !answer.finished) {
            let (reason, known) = finish_reason(word);
            answer.finished = true;
            answer.flush(&mut events);
            events.push(Event::Done(reason));
            clean &= known;
        }
        (Decoded { choice: index, native: None, events }, clean)
    }

    fn answer(&mut self, index: u32) -> &mut Answer {
        let at = self.answers.iter().position(|answer| answer.index == index).unwrap_or_else(|| {
            self.answers.push(Answer::new(index));
            self.answers.len() - 1
        });
        &mut self.answers[at]
    }

    fn body(&mut self, held: Vec<u8>, out: &mut Vec<Decoded>) -> Result<(), Fault> {
        let name = &self.manifest.name;
        if self.head.status != 200 {
            return Err(trouble::from_body(&self.manifest, &self.head, &held));
        }
        let held = Bytes::from(held);
        let completion: Completion<'_> = json::from_bytes(&held).map_err(|error| {
            if error.is_eof() {
                self.truncated()
            } else {
                let what = "a body that is no completion: check its address";
                Fault::new(FaultKind::Protocol, format!("{name} answered with {what}"))
            }
        })?;
        if let Some(fault) = self.error(&completion, &held) {
            return Err(fault);
        }
        if completion.choices.as_ref().is_none_or(Vec::is_empty) {
            return Err(empty(&self.manifest));
        }
        self.done_frame = true;
        body::read(&completion, held.clone(), self.forms, out);
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<Decoded>) -> Result<(), Fault> {
        if self.answers.is_empty() {
            return Err(empty(&self.manifest));
        }
        if self.is_open() {
            return Err(self.truncated());
        }
        for answer in &mut self.answers {
            // `[DONE]` says that the answer is whole, even where no chunk gave a reason.
            if !std::mem::replace(&mut answer.finished, true) {
                let mut events: Events = SmallVec::new();
                answer.flush(&mut events);
                events.push(Event::Done(FinishReason::Stop));
                out.push(Decoded { choice: answer.index, events, native: None });
            }
        }
        Ok(())
    }

    fn truncated(&self) -> Fault {
        let what = format!("{}'s answer broke off before its end.", self.manifest.name);
        Fault::new(FaultKind::Upstream, what).with_code("truncated_answer")
    }
}

fn empty(manifest: &Manifest) -> Fault {
    Fault::new(FaultKind::Upstream, format!("{} answered with nothing.", manifest.name)).with_code("empty_answer")
}
