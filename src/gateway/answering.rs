//! How a request begins to be answered: by one reply, or by several where it wants more answers than its provider makes.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;

use super::accounting::{Line, Slip, Ticket};
use super::fan::{Fan, MOST_AT_ONCE};
use super::{Gateway, Reply, Route};
use crate::chat::{AnswerWriter, ChatRequest, Fault};
use crate::keys::ApiKey;
use crate::stages::emulation::{self, Needs};
use crate::upstream::Client;
use crate::usage::Receipt;

/// How many answers one request may want where each is asked for by itself: each takes an account.
const MOST_CHOICES: u32 = 8;

/// How a request came to its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trail<'a> {
    /// The account that answers, or was asked last; empty before the first.
    pub account: &'a str,
    /// How many were asked.
    pub attempts: usize,
    /// How many of the conversation's oldest messages were left out.
    pub dropped: usize,
}

/// Who asks.
#[derive(Debug, Clone, Default)]
pub struct Asker {
    /// Whether it is the owner, who may read everything.
    pub owner: bool,
    /// The key that pays, if it is not the owner's.
    pub key: Option<Arc<ApiKey>>,
}

/// An answer on its way.
pub enum Answering {
    /// From one upstream at a time.
    One(Box<Reply>),
    /// From several at the same time.
    Several(Box<Fan>),
}

impl Answering {
    /// The next bytes for the client; `None` after the last. An error comes only before the first bytes; later ones
    /// are told in the stream itself.
    pub async fn next(&mut self) -> Option<Result<Bytes, Fault>> {
        match self {
            Self::One(reply) => reply.next().await,
            Self::Several(fan) => fan.next().await,
        }
    }

    /// Who was asked.
    pub fn trail(&self) -> Trail<'_> {
        match self {
            Self::One(reply) => reply.trail(),
            Self::Several(fan) => fan.trail(),
        }
    }
}

impl Gateway {
    /// Begins to answer `request`; nothing is sent before the reply is first polled. What becomes of it is noted on the
    /// `receipt`.
    ///
    /// # Errors
    /// If there is no such model, too much goes on already, or the request contradicts itself.
    pub fn reply(
        &self,
        client: &Client,
        request: ChatRequest,
        writer: Box<dyn AnswerWriter>,
        asker: &Asker,
        mut receipt: Receipt,
    ) -> Result<Answering, Fault> {
        receipt.asked(&request.model, request.stream);
        let slip = Rc::new(RefCell::new(receipt));
        let begun = self.begin(client, request, writer, asker, &slip);
        if let Err(fault) = &begun {
            slip.borrow_mut().failed(fault);
        }
        begun
    }

    fn begin(
        &self,
        client: &Client,
        request: ChatRequest,
        writer: Box<dyn AnswerWriter>,
        asker: &Asker,
        slip: &Slip,
    ) -> Result<Answering, Fault> {
        let route = self.roster.route(&request.model);
        if route.is_ok() {
            slip.borrow_mut().exists();
        }
        let permit = self.admission.enter()?;
        emulation::check(&request)?;
        let route = route?;
        if !makes_one_at_a_time(&request, &route) {
            let ticket = Ticket { permit, asker: asker.clone(), line: Line::alone(slip) };
            let reply = Reply::new(self, client.clone(), Arc::new(request), route, writer, ticket);
            return Ok(Answering::One(Box::new(reply)));
        }
        let choices = request.choices;
        if choices > MOST_CHOICES {
            let told = format!("`n` is larger than {MOST_CHOICES}, which is the most that this model can be asked for");
            return Err(Fault::request("n", told));
        }
        // Each answer has a permit of its own.
        drop(permit);
        let one = Arc::new(ChatRequest { choices: 1, changed: true, ..request });
        // What is attached is loaded for each answer; one after the other, they find it uploaded already.
        let at_once = if one.has_attachments() { 1 } else { MOST_AT_ONCE };
        let fan = Fan::new(choices, at_once, writer, asker.owner, Rc::clone(slip), |relay| {
            let permit = self.admission.enter()?;
            let ticket = Ticket { permit, asker: asker.clone(), line: Line::one_of_several(slip) };
            let (request, client, route) = (Arc::clone(&one), client.clone(), route.clone());
            Ok(Reply::new(self, client, request, route, Box::new(relay), ticket))
        })?;
        Ok(Answering::Several(Box::new(fan)))
    }
}

/// Whether the answers must be asked for one by one: what is emulated looks at one answer at a time.
fn makes_one_at_a_time(request: &ChatRequest, route: &Route) -> bool {
    request.choices > 1
        && route.legs.first().is_some_and(|leg| {
            let abilities = leg.member.provider.abilities();
            !abilities.choices || Needs::of(request, &abilities).any()
        })
}
