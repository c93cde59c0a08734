//! How a request's answers come onto its receipt.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use tokio::time::Instant;

use super::admission::Permit;
use super::roster::Member;
use super::route::RouteLeg;
use super::{AUTO, Asker};
use crate::chat::Fault;
use crate::usage::{Receipt, Served, Spent};

/// A receipt that several answers may be on; it is filed when the last of them is gone.
pub type Slip = Rc<RefCell<Receipt>>;

/// What an answer is begun with.
pub struct Ticket {
    /// The right to be under way.
    pub permit: Permit,
    /// Who reads it.
    pub asker: Asker,
    /// Where it is counted.
    pub line: Line,
}

/// One answer's line on the receipt.
pub struct Line {
    slip: Slip,
    /// Whether the request has no other answer, so that the end of this one is the request's.
    alone: bool,
    /// Who was asked last.
    asked: Option<(Arc<Member>, Option<Arc<str>>)>,
    spent: Spent,
}

impl Line {
    /// The line of a request's only answer.
    pub fn alone(slip: &Slip) -> Self {
        Self { slip: Rc::clone(slip), alone: true, asked: None, spent: Spent::default() }
    }

    /// The line of one answer of several.
    pub fn one_of_several(slip: &Slip) -> Self {
        Self { alone: false, ..Self::alone(slip) }
    }

    /// An attempt begins.
    pub fn ask(&mut self, way: &RouteLeg) {
        self.asked = Some((Arc::clone(&way.member), way.model.clone()));
    }

    /// The first output of an attempt was heard.
    pub fn heard(&self, now: Instant) {
        self.slip.borrow_mut().heard(now);
    }

    /// An attempt has ended, and came to this.
    pub const fn spend(&mut self, spent: Spent) {
        self.spent = self.spent.and_then(spent);
    }

    /// The answer is whole.
    pub fn answered(&self) {
        if self.alone {
            self.slip.borrow_mut().answered();
        }
    }

    /// The answer failed for good.
    pub fn failed(&self, fault: &Fault) {
        if self.alone {
            self.slip.borrow_mut().failed(fault);
        }
    }

    /// No more attempt is made; the account with this id was asked last.
    pub fn close(&mut self, account: &str, attempts: usize) {
        let asked = self.asked.take().filter(|_| attempts > 0);
        let account = if asked.is_some() { account.to_owned() } else { String::new() };
        let by = asked.map(|(member, model)| by(&member, model.as_deref()));
        let spent = std::mem::take(&mut self.spent);
        self.slip.borrow_mut().served(Served { account, by, attempts, spent });
    }
}

/// The provider and its model.
fn by(member: &Member, model: Option<&str>) -> Box<str> {
    let provider = member.provider.id();
    let named = |model: &str| [provider, "/", model].concat().into();
    if let Some(model) = model {
        return named(model);
    }
    named(member.listing().default_model().map_or(AUTO, |model| &model.id))
}
