//! An answer → one `chat.completion` body: the same stream, folded.

use bytes::{BufMut, Bytes, BytesMut};
use serde::Serialize;
use utoipa::ToSchema;

use super::chunk::finish_name;
use super::error;
use super::identity::Identity;
use crate::chat::{AnswerWriter, Citation, Decoded, Event, Fault, FinishReason, Native, ToolDelta, Usage};

/// Folds one answer.
pub struct Whole {
    identity: Identity,
    /// Whether a call is written as the legacy `function_call`.
    legacy: bool,
    choices: Vec<Choice>,
    usage: Option<Usage>,
    /// The upstream's own body, if that was all it said and it can be read as it is.
    native: Option<Bytes>,
}

#[derive(Default)]
struct Choice {
    index: u32,
    text: String,
    reasoning: String,
    calls: Vec<ToolDelta>,
    citations: Vec<Citation>,
    finish: Option<FinishReason>,
}

impl Whole {
    /// A completion that is `identity`, unless an upstream says otherwise.
    pub const fn new(identity: Identity, legacy: bool) -> Self {
        Self { identity, legacy, choices: Vec::new(), usage: None, native: None }
    }

    fn choice(&mut self, index: u32) -> &mut Choice {
        let at = self.choices.iter().position(|choice| choice.index == index).unwrap_or_else(|| {
            self.choices.push(Choice { index, ..Choice::default() });
            self.choices.len() - 1
        });
        &mut self.choices[at]
    }

    fn event(&mut self, index: u32, event: Event) {
        match event {
            Event::Start { .. } => self.identity.adopt(&event),
            Event::Text(text) => append(&mut self.choice(index).text, text),
            Event::Image(url) => self.choice(index).text.push_str(&image(&url)),
            Event::Reasoning(text) => append(&mut self.choice(index).reasoning, text),
            Event::ToolCall(delta) => add_call(&mut self.choice(index).calls, delta),
            Event::Citation(citation) => self.choice(index).citations.push(citation),
            Event::Usage(usage) => self.usage = Some(usage),
            Event::Done(reason) => {
                self.choice(index).finish.get_or_insert(reason);
            }
        }
    }
}

/// A picture, as clients show one that stands in a text.
pub fn image(url: &str) -> String {
    format!("![image]({url})\n")
}

/// An answer that comes in one piece is moved, not copied.
fn append(all: &mut String, piece: String) {
    if all.is_empty() {
        *all = piece;
    } else {
        all.push_str(&piece);
    }
}

fn add_call(calls: &mut Vec<ToolDelta>, delta: ToolDelta) {
    match calls.iter_mut().find(|call| call.index == delta.index) {
        Some(call) => {
            call.arguments.push_str(&delta.arguments);
            call.id = call.id.take().or(delta.id);
            call.name = call.name.take().or(delta.name);
        }
        None => calls.push(delta),
    }
}

impl AnswerWriter for Whole {
    fn write(&mut self, decoded: Decoded, _: &mut BytesMut) {
        // The upstream's body stands for all that was said so far; whatever is said later, such as a usage counted
        // by us, is not in it.
        self.native = match decoded.native {
            Some(Native::OpenAiBody(body)) if !self.legacy => Some(body),
            _ => None,
        };
        for event in decoded.events {
            self.event(decoded.choice, event);
        }
    }

    fn finish(&mut self, out: &mut BytesMut) {
        if let Some(body) = self.native.take() {
            out.put_slice(&body);
            return;
        }
        if self.choices.is_empty() {
            self.choice(0);
        }
        self.choices.sort_by_key(|choice| choice.index);
        let completion = Completion {
            id: &self.identity.id,
            object: "chat.completion",
            created: self.identity.created,
            model: &self.identity.model,
            choices: self.choices.iter().map(|choice| choice_object(choice, self.legacy)).collect(),
            usage: self.usage.unwrap_or_default().into(),
        };
        let written = serde_json::to_writer(out.writer(), &completion);
        debug_assert!(written.is_ok(), "texts and numbers are always JSON");
    }

    fn fault(&mut self, fault: &Fault, owner: bool, out: &mut BytesMut) {
        out.clear();
        out.put_slice(&error::reply(fault, owner).body);
    }
}

fn choice_object(choice: &Choice, legacy: bool) -> ChoiceObject<'_> {
    let mut calls: Vec<_> = choice.calls.iter().map(call_object).collect();
    let content = if choice.text.is_empty() && !calls.is_empty() { None } else { Some(choice.text.as_str()) };
    let function_call = if legacy && !calls.is_empty() { Some(calls.swap_remove(0).function) } else { None };
    if legacy {
        calls.clear();
    }
    let message = MessageObject {
        role: "assistant",
        content,
        refusal: None,
        reasoning_content: (!choice.reasoning.is_empty()).then_some(choice.reasoning.as_str()),
        tool_calls: (!calls.is_empty()).then_some(calls),
        function_call,
        annotations: choice.citations.iter().map(Annotation::of).collect(),
    };
    let finish_reason = finish_name(choice.finish.unwrap_or(FinishReason::Stop), legacy);
    ChoiceObject { index: choice.index, message, logprobs: None, finish_reason }
}

fn call_object(call: &ToolDelta) -> CallObject<'_> {
    let arguments = if call.arguments.is_empty() { "{}" } else { &call.arguments };
    CallObject {
        id: call.id.as_deref().unwrap_or_default(),
        r#type: "function",
        function: FunctionObject { name: call.name.as_deref().unwrap_or_default(), arguments },
    }
}

/// A whole answer. An upstream's own body may pass as it is: then fields that are optional here may be missing, and
/// there may be more.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatCompletion)]
pub struct Completion<'a> {
    #[schema(example = "chatcmpl-0123456789abcdef01234567")]
    id: &'a str,
    /// Always `chat.completion`.
    #[schema(example = "chat.completion")]
    object: &'static str,
    /// When it began, in seconds since 1970.
    created: i64,
    /// The model that answered.
    model: &'a str,
    choices: Vec<ChoiceObject<'a>>,
    usage: UsageObject,
}

/// One of the answers.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatChoice)]
pub struct ChoiceObject<'a> {
    index: u32,
    message: MessageObject<'a>,
    /// The tokens' likelihoods, where a service tells them.
    #[schema(value_type = Option<Object>)]
    logprobs: Option<()>,
    /// `stop`, `length`, `tool_calls` or `content_filter`.
    #[schema(example = "stop")]
    finish_reason: &'static str,
}

/// What an assistant says.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatAnswer)]
pub struct MessageObject<'a> {
    /// Always `assistant`.
    #[schema(example = "assistant")]
    role: &'static str,
    /// The text; `null` where only tools are called.
    content: Option<&'a str>,
    #[schema(value_type = Option<String>)]
    refusal: Option<()>,
    /// What the model thought before it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<Vec<CallObject<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_call: Option<FunctionObject<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<Annotation<'a>>,
}

/// A page that an answer draws on, as OpenAI's web search tells it.
#[derive(Serialize, ToSchema)]
pub struct Annotation<'a> {
    r#type: &'static str,
    url_citation: UrlCitation<'a>,
}

/// Where in the text a page was used is not known, so both indexes are 0.
#[derive(Serialize, ToSchema)]
struct UrlCitation<'a> {
    start_index: u32,
    end_index: u32,
    url: &'a str,
    title: &'a str,
}

impl<'a> Annotation<'a> {
    /// The annotation that tells of `citation`.
    pub fn of(citation: &'a Citation) -> Self {
        let Citation { url, title } = citation;
        Self { r#type: "url_citation", url_citation: UrlCitation { start_index: 0, end_index: 0, url, title } }
    }
}

/// A call of a tool.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatToolCall)]
pub struct CallObject<'a> {
    id: &'a str,
    /// Always `function`.
    #[schema(example = "function")]
    r#type: &'static str,
    function: FunctionObject<'a>,
}

/// A call of a function.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatFunctionCall)]
pub struct FunctionObject<'a> {
    name: &'a str,
    /// A text that holds JSON.
    arguments: &'a str,
}

/// OpenAI's usage object.
#[derive(Serialize, ToSchema)]
#[schema(as = Usage)]
pub struct UsageObject {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_tokens_details: Option<PromptDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_tokens_details: Option<CompletionDetails>,
}

/// More about the question's tokens.
#[derive(Serialize, ToSchema)]
pub struct PromptDetails {
    /// Of those, known already.
    cached_tokens: u64,
}

/// More about the answer's tokens.
#[derive(Serialize, ToSchema)]
pub struct CompletionDetails {
    /// Of those, thought.
    reasoning_tokens: u64,
}

impl From<Usage> for UsageObject {
    fn from(usage: Usage) -> Self {
        Self {
            prompt_tokens: usage.prompt,
            completion_tokens: usage.completion,
            total_tokens: usage.prompt + usage.completion,
            prompt_tokens_details: usage.cached.map(|cached_tokens| PromptDetails { cached_tokens }),
            completion_tokens_details: usage.reasoning.map(|reasoning_tokens| CompletionDetails { reasoning_tokens }),
        }
    }
}
