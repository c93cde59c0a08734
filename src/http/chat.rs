//! `POST /v1/chat/completions`.

use actix_web::http::header::{self, ContentType};
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpResponse, Responder};
use futures_util::stream;

use super::auth::Caller;
use super::problem::{self, Refused};
use crate::chat::{AnswerWriter, Fault};
use crate::gateway::Reply;
use crate::openai::answer::Whole;
use crate::openai::chunk::Stream;
use crate::openai::{Identity, request};
use crate::random;
use crate::state::AppState;
use crate::upstream::Client;

/// Answers one completion, whole or as a stream.
pub async fn completions(
    caller: Caller,
    state: Data<AppState>,
    client: Data<Client>,
    body: Result<Bytes, Error>,
) -> Result<impl Responder, Refused> {
    let body = own(body.map_err(|error| Refused::body(&error, state.body_limit))?);
    let answered = match begin(&caller, &state, &client, body) {
        Ok((reply, true)) => streamed(reply).await,
        Ok((reply, false)) => whole(reply).await,
        Err(fault) => Err(fault),
    };
    Ok(answered.unwrap_or_else(|fault| problem::answer(&fault, caller.owner)))
}

/// A small body is a slice of its connection's read buffer, which would live, 32 KB large, as long as the answer.
fn own(body: Bytes) -> Bytes {
    const SMALL: usize = 16 << 10;
    if body.len() < SMALL { Bytes::copy_from_slice(&body) } else { body }
}

fn begin(caller: &Caller, state: &AppState, client: &Client, body: Bytes) -> Result<(Box<Reply>, bool), Fault> {
    let request = request::parse(body)?;
    let streams = request.stream;
    let identity = Identity::new(&request.model, &random::hex(12));
    let writer: Box<dyn AnswerWriter> =
        if streams { Box::new(Stream::new(identity, request.include_usage)) } else { Box::new(Whole::new(identity)) };
    let reply = state.gateway.reply(client, request, writer, caller.owner)?;
    Ok((Box::new(reply), streams))
}

async fn whole(mut reply: Box<Reply>) -> Result<HttpResponse, Fault> {
    let body = reply.next().await.transpose()?.unwrap_or_default();
    Ok(HttpResponse::Ok().insert_header(ContentType::json()).body(body))
}

/// The status waits for the first bytes, which come early by the stages' rule; then the rest follows as it comes.
async fn streamed(mut reply: Box<Reply>) -> Result<HttpResponse, Fault> {
    let first = reply.next().await.transpose()?;
    let body = stream::unfold((first, reply), |(first, mut reply)| async move {
        let next = match first {
            Some(first) => Some(first),
            None => reply.next().await.and_then(Result::ok),
        };
        next.map(|bytes| (Ok::<_, Error>(bytes), (None, reply)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(Box::pin(body)))
}
