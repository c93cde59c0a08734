//! `POST /v1/chat/completions`.

use actix_web::body::BodyStream;
use actix_web::http::header::{self, ContentType, HeaderName, HeaderValue};
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse, Responder};
use futures_util::stream;

use super::auth::Caller;
use super::description::{ChatCompletionRequest, StreamEvent};
use super::envelope::RequestId;
use super::models;
use super::problem::{self, Refused};
use crate::chat::{AnswerWriter, Fault};
use crate::gateway::{Answering, Trail};
use crate::openai::answer::{Completion, Whole};
use crate::openai::chunk::Stream;
use crate::openai::{Identity, request};
use crate::random;
use crate::state::AppState;
use crate::upstream::Client;
use crate::usage::Receipt;

/// Answers one completion, whole or as a stream.
///
/// With `"stream": true` the answer is server-sent events, each a `ChatCompletionChunk`, then `data: [DONE]`.
#[utoipa::path(
    post,
    path = "/v1/chat/completions",
    tag = "chat",
    params(("x-session-id" = Option<String>, Header, description = "Names the conversation, so that it stays with one account.")),
    request_body = ChatCompletionRequest,
    responses(
        (
            status = 200,
            description = "The answer.",
            content((Completion = "application/json"), (StreamEvent = "text/event-stream")),
            headers(
                ("x-qianqiao-account" = String, description = "The account that answered; told to the owner."),
                ("x-qianqiao-attempts" = u32, description = "How many accounts were asked; told to the owner."),
            )
        ),
        (status = 400, description = "The request is wrong, or the service behind refused it; `param` names the field."),
        (status = 404, description = "There is no such model."),
        (status = 409, description = "The service behind found a conflict."),
        (status = 413, description = "The body is too large."),
        (status = 422, description = "The service behind cannot work with the request."),
        (status = 429, description = "The key's or the accounts' limits are reached, or there are too many requests at once."),
        (status = 503, description = "No account can answer now, or the service is stopping."),
    ),
    security(("key" = []))
)]
pub async fn completions(
    caller: Caller,
    head: HttpRequest,
    state: Data<AppState>,
    client: Data<Client>,
    body: Result<Bytes, Error>,
) -> Result<impl Responder, Refused> {
    let receipt = state.usage.begin(RequestId::of(&head).as_str(), caller.key.clone());
    if let Err(refused) = caller.admit() {
        return Err(refused.counted(receipt));
    }
    let body = match body {
        Ok(body) => own(body),
        Err(error) => {
            let refused = Refused::body(&error, state.body_limit);
            // Whoever left within the question has seen no refusal; the receipt alone tells of a client that left.
            return Err(if problem::has_left(&error) { refused } else { refused.counted(receipt) });
        }
    };
    let conversation = head.headers().get(CONVERSATION).and_then(|value| value.to_str().ok());
    Ok(match begin(&caller, &state, &client, body, conversation, receipt) {
        Ok((reply, true)) => streamed(reply, caller.owner).await,
        Ok((reply, false)) => whole(reply, caller.owner).await,
        Err(fault) => problem::answer(&fault, caller.owner),
    })
}

/// The header by which a client names its conversation, so that it stays with one account.
const CONVERSATION: &str = "x-session-id";

/// Tells how many of the oldest messages were left out; and the owner, which account answered, or was asked last, and
/// how many were asked.
fn signed(mut answer: HttpResponse, reply: &Answering, owner: bool) -> HttpResponse {
    let Trail { account, attempts, dropped } = reply.trail();
    if dropped > 0 {
        answer.headers_mut().insert(HeaderName::from_static("x-qianqiao-dropped-messages"), HeaderValue::from(dropped));
    }
    if owner {
        let headers = answer.headers_mut();
        if let Ok(account) = HeaderValue::from_str(account)
            && !account.is_empty()
        {
            headers.insert(HeaderName::from_static("x-qianqiao-account"), account);
        }
        headers.insert(HeaderName::from_static("x-qianqiao-attempts"), HeaderValue::from(attempts));
    }
    answer
}

/// A small body is a slice of its connection's read buffer, which would live, 32 KB large, as long as the answer.
fn own(body: Bytes) -> Bytes {
    const SMALL: usize = 16 << 10;
    if body.len() < SMALL { Bytes::copy_from_slice(&body) } else { body }
}

fn begin(
    caller: &Caller,
    state: &AppState,
    client: &Client,
    body: Bytes,
    conversation: Option<&str>,
    mut receipt: Receipt,
) -> Result<(Answering, bool), Fault> {
    let mut request = request::parse(body).inspect_err(|fault| receipt.failed(fault))?;
    request.session = conversation.map(str::to_owned);
    caller.files_of().clone_into(&mut request.files_of);
    if !caller.allows(&request.model) {
        let fault = models::unknown(&request.model);
        receipt.asked(&request.model, request.stream);
        receipt.failed(&fault);
        return Err(fault);
    }
    let (streams, legacy) = (request.stream, request.legacy_functions);
    let identity = Identity::new(&request.model, &random::hex(12));
    let writer: Box<dyn AnswerWriter> = if streams {
        Box::new(Stream::new(identity, request.include_usage, legacy))
    } else {
        Box::new(Whole::new(identity, legacy))
    };
    let model = caller.key.as_ref().map(|_| request.model.clone()).unwrap_or_default();
    let begun = state.gateway.reply(client, request, writer, &caller.asker(), receipt);
    Ok((begun.map_err(|fault| models::narrowed(fault, caller, &model))?, streams))
}

async fn whole(mut reply: Answering, owner: bool) -> HttpResponse {
    let answer = match reply.next().await.transpose() {
        Ok(body) => HttpResponse::Ok().insert_header(ContentType::json()).body(body.unwrap_or_default()),
        Err(fault) => problem::answer(&fault, owner),
    };
    signed(answer, &reply, owner)
}

/// The status waits for the first bytes, which come early by the stages' rule; then the rest follows as it comes.
async fn streamed(mut reply: Answering, owner: bool) -> HttpResponse {
    let first = match reply.next().await.transpose() {
        Ok(first) => first,
        Err(fault) => return signed(problem::answer(&fault, owner), &reply, owner),
    };
    let answer = HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header(("x-accel-buffering", "no"))
        .finish();
    let answer = signed(answer, &reply, owner);
    let body = stream::unfold((first, reply), |(first, mut reply)| async move {
        let next = match first {
            Some(first) => Some(first),
            None => reply.next().await.and_then(Result::ok),
        };
        next.map(|bytes| (Ok::<_, Error>(bytes), (None, reply)))
    });
    answer.set_body(BodyStream::new(Box::pin(body))).map_into_boxed_body()
}
