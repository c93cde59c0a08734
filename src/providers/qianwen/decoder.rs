//! The site's stream → events: a push parser that may be fed at any cut.

use serde_json::value::RawValue;

use super::cumulative::Cumulative;
use super::frame::{self, Audit, Extra, Frame, Message, Meta};
use super::sources::Sources;
use super::thinking::Thinking;
use super::trouble;
use crate::chat::{Decoded, Event, Fault, FinishReason, Usage};
use crate::json;
use crate::providers::{Decoder, Ending};
use crate::sse;
use crate::upstream::ResponseHead;

/// How much of a body that is no stream is kept to be explained, in bytes.
const PAGE_LIMIT: usize = 64 << 10;

/// Decodes one answer.
pub struct QianwenDecoder {
    head: ResponseHead,
    form: Form,
    parser: sse::Parser,
    answer: Answer,
}

/// What the body turned out to be; the risk control's answers come where a stream is expected.
enum Form {
    Unknown,
    Stream,
    Page(Vec<u8>),
}

/// What is known of the answer so far.
#[derive(Default)]
struct Answer {
    text: Cumulative,
    thinking: Thinking,
    sources: Sources,
    usage: Option<Usage>,
    said: bool,
    ending: Ending,
    done: bool,
}

impl QianwenDecoder {
    /// A decoder for a response with this head.
    pub fn new(head: &ResponseHead) -> Self {
        let form = if head.status == 200 { Form::Unknown } else { Form::Page(Vec::new()) };
        Self { head: head.clone(), form, parser: sse::Parser::default(), answer: Answer::default() }
    }
}

impl Decoder for QianwenDecoder {
    fn push(&mut self, bytes: &[u8], out: &mut Vec<Decoded>) -> Result<(), Fault> {
        if matches!(self.form, Form::Unknown) {
            let Some(first) = bytes.iter().find(|b| !b.is_ascii_whitespace()) else { return Ok(()) };
            self.form = if matches!(first, b'{' | b'<') { Form::Page(Vec::new()) } else { Form::Stream };
        }
        match &mut self.form {
            Form::Page(page) => {
                let room = PAGE_LIMIT.saturating_sub(page.len()).min(bytes.len());
                page.extend_from_slice(&bytes[..room]);
                Ok(())
            }
            _ => {
                let Self { parser, answer, .. } = self;
                parser.push(bytes, |frame| answer.frame(&frame, out))
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<Decoded>) -> Result<(), Fault> {
        if let Form::Page(page) = &self.form {
            return Err(if page.is_empty() && self.head.status == 200 {
                trouble::empty()
            } else {
                trouble::from_body(&self.head, page)
            });
        }
        let rest = self.parser.rest();
        if let Some(frame) = rest.filter(|_| self.answer.ending == Ending::Open) {
            // The last frame may lack its blank line; one that was cut off inside is a broken connection.
            let whole = self.answer.frame(&frame, out);
            if self.answer.ending == Ending::Open && whole.is_err() {
                return Err(trouble::truncated());
            }
            whole?;
        }
        self.answer.finish(matches!(self.form, Form::Unknown), out)
    }

    fn ending(&self) -> Ending {
        self.answer.ending
    }
}

impl From<sse::TooLong> for Fault {
    fn from(_: sse::TooLong) -> Self {
        Self::new(crate::chat::FaultKind::Protocol, "the upstream's stream holds a frame without an end")
    }
}

impl Answer {
    fn frame(&mut self, frame: &sse::Frame<'_>, out: &mut Vec<Decoded>) -> Result<(), Fault> {
        if self.ending == Ending::Closed {
            return Ok(());
        }
        let data = frame.data.trim_ascii();
        match data {
            b"" | b"[heartbeat]" => {}
            b"true" | b"[DONE]" if frame.event == b"complete" => self.ending = Ending::Closed,
            // Where the site sends no `event:` lines, a bare `true` is all there is of the end.
            b"true" | b"[DONE]" if frame.event.is_empty() && self.said => {
                self.ending = self.ending.max(Ending::Closing)
            }
            _ if data[0] != b'{' => {
                serde_json::from_slice::<serde::de::IgnoredAny>(data)
                    .map_err(|_| trouble::protocol("a broken frame"))?;
            }
            _ if frame.event == b"audit" => self.retracted(out)?,
            _ => {
                let json: Frame<'_> =
                    json::from_bytes(data).map_err(|_| trouble::protocol("a frame of unknown form"))?;
                self.json(&json, out)?;
            }
        }
        if frame.event == b"complete" && self.ending == Ending::Open {
            self.ending = Ending::Closing;
        }
        Ok(())
    }

    fn json(&mut self, frame: &Frame<'_>, out: &mut Vec<Decoded>) -> Result<(), Fault> {
        let code = [frame.error_code, frame.error_name, frame.code].map(frame::as_text);
        if let Some(code) = code.into_iter().find(|code| !code.is_empty()) {
            return Err(trouble::from_code(&code, &frame::as_text(frame.error_msg)));
        }
        if let Some(ret) = frame.ret {
            return Err(trouble::from_code("", ret.get()));
        }
        let Some(data) = &frame.data else { return self.extra(frame.extra_info, frame.audit_info, out) };
        // The verdict first: the text that comes with it only replaces what was taken back.
        self.extra(data.extra_info.or(frame.extra_info), data.audit_info.or(frame.audit_info), out)?;
        if self.done {
            return Ok(());
        }
        self.messages(data.messages.as_deref().unwrap_or_default(), out)?;
        let ends = data.status.as_deref() == Some("complete") || data.sse_end.is_some_and(frame::says_yes);
        if ends && self.ending == Ending::Open {
            self.ending = Ending::Closing;
        }
        Ok(())
    }

    fn messages(&mut self, messages: &[Message<'_>], out: &mut Vec<Decoded>) -> Result<(), Fault> {
        let mut reasoning = String::new();
        let mut answer = None;
        let mut fallback = None;
        for message in messages {
            match message.mime_type.as_deref() {
                Some("multi_load/iframe") => answer = Some(message),
                Some("text/plain") => fallback = Some(message),
                Some("bar/workflow") => {
                    if let Some(meta) = meta(message) {
                        self.thinking.steps(&meta, &mut reasoning);
                    }
                }
                Some("bar/iframe") => {
                    if let Some(raw) = message.meta_data {
                        self.sources.take(raw.get());
                    }
                }
                _ => {}
            }
        }
        let mut text = String::new();
        if let Some(message) = answer.or(fallback) {
            let meta = meta(message);
            if let Some(meta) = &meta {
                self.thinking.thought(meta, &mut reasoning);
            }
            if let Some(raw) = answer_of(message, meta.as_ref()) {
                self.text.update(raw, &mut text).map_err(|_| trouble::protocol("a broken text"))?;
            }
        }
        self.emit(Event::Reasoning, reasoning, out);
        if !self.said && trouble::is_rejection(&text) {
            return Err(trouble::rejected());
        }
        self.emit(Event::Text, text, out);
        // Not before there is an answer: while the site only searches, another account may still take over.
        if self.said {
            self.sources.tell(out);
        }
        Ok(())
    }

    fn emit(&mut self, event: fn(String) -> Event, text: String, out: &mut Vec<Decoded>) {
        if !text.is_empty() {
            self.said = true;
            out.push(Decoded::event(event(text)));
        }
    }

    fn extra(
        &mut self,
        extra: Option<&RawValue>,
        audit: Option<&RawValue>,
        out: &mut Vec<Decoded>,
    ) -> Result<(), Fault> {
        let extra: Extra<'_> = extra.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
        if let Some(total) = extra.chat_odps.and_then(|odps| odps.total_usage) {
            let usage = Usage { prompt: total.prompt_tokens, completion: total.completion_tokens, ..Usage::default() };
            self.usage = Some(usage);
        }
        if extra.sse_end.is_some_and(frame::says_yes) && self.ending == Ending::Open {
            self.ending = Ending::Closing;
        }
        let audit: Option<Audit> = audit.and_then(|raw| serde_json::from_str(raw.get()).ok()).or(extra.audit_info);
        if audit.is_some_and(|audit| audit.blocks()) { self.retracted(out) } else { Ok(()) }
    }

    /// The content filter takes the answer back. What was sent cannot be unsent; the reason for the end says it.
    fn retracted(&mut self, out: &mut Vec<Decoded>) -> Result<(), Fault> {
        if !self.said {
            return Err(trouble::rejected());
        }
        self.ending = Ending::Closed;
        if !std::mem::replace(&mut self.done, true) {
            out.push(Decoded::event(Event::Done(FinishReason::ContentFilter)));
        }
        Ok(())
    }

    fn finish(&mut self, nothing_came: bool, out: &mut Vec<Decoded>) -> Result<(), Fault> {
        if let Some(usage) = self.usage.take() {
            out.push(Decoded::event(Event::Usage(usage)));
        }
        if self.done {
            return Ok(());
        }
        if nothing_came {
            return Err(trouble::empty());
        }
        if self.ending == Ending::Open {
            return Err(if self.said { trouble::truncated() } else { trouble::empty() });
        }
        if self.text.is_contradicted() {
            return Err(trouble::protocol("the end of the answer contradicts what was already sent"));
        }
        let mut rest = String::new();
        self.text.finish(&mut rest);
        self.emit(Event::Text, rest, out);
        if !self.said {
            return Err(trouble::empty());
        }
        self.sources.tell(out);
        out.push(Decoded::event(Event::Done(FinishReason::Stop)));
        self.done = true;
        Ok(())
    }
}

fn meta<'a>(message: &Message<'a>) -> Option<Meta<'a>> {
    message.meta_data.and_then(|raw| serde_json::from_str(raw.get()).ok())
}

/// Where the answer stands: in `content`, or in the first item beside it that is a text.
fn answer_of<'a>(message: &Message<'a>, meta: Option<&Meta<'a>>) -> Option<&'a str> {
    let content = message.content.map(RawValue::get).filter(|raw| raw.starts_with('"') && *raw != "\"\"");
    let beside = || {
        let mut items = meta?.multi_load.iter().flatten().filter_map(|item| item.content.map(RawValue::get));
        items.find(|raw| raw.starts_with('"') && *raw != "\"\"")
    };
    content.or_else(beside)
}

#[cfg(test)]
#[path = "decoder_tests.rs"]
mod tests;
