//! One request from end to end: which models there are, by which route one is asked, and the driver that carries an
//! answer from the upstream to the client.

mod admission;
mod attempt;
mod blame;
mod bookkeeper;
mod check;
mod clock;
mod conversation;
mod counting;
mod intake;
mod janitor;
mod keeper;
mod listing;
mod names;
mod phase;
mod renewal;
mod reply;
mod roster;
mod route;
pub mod settings;
mod summary;
mod trials;
mod watch;

use std::sync::Arc;

use crate::accounts::Registry;
use crate::chat::{AnswerWriter, ChatRequest, Fault};
use crate::config::Limits;
use crate::stages;
use crate::store::Files;
use crate::upstream::Client;

pub use admission::{Admission, Permit};
pub use blame::human;
pub use bookkeeper::Bookkeeper;
pub use check::{Found, check};
pub use intake::{Offer, Refusal, Taken, Understood, checked_name, preview, take_in};
pub use janitor::{Bin, Janitor};
pub use keeper::{Household, keep};
pub use listing::restore as restore_listing;
pub use names::Names;
pub use renewal::{RollBin, Rolls};
pub use reply::Reply;
pub use roster::{Listing, Member, Roster};
pub use route::{AUTO, Route, RouteLeg};

/// What every request needs; shared by all workers.
pub struct Gateway {
    /// Who can be asked.
    pub roster: Arc<Roster>,
    /// In whose name.
    pub registry: Arc<Registry>,
    /// How much may go on at once.
    pub admission: Arc<Admission>,
    /// Removes conversations afterwards.
    pub janitor: Janitor,
    /// Takes over the cookies that upstreams set.
    pub rolls: Rolls,
    /// What was uploaded.
    pub files: Files,
    /// The limits in time.
    pub limits: Limits,
    /// What lies between a provider's events and the client.
    pub stages: &'static [stages::Maker],
}

impl Gateway {
    /// Begins to answer `request`; nothing is sent before the reply is first polled.
    ///
    /// # Errors
    /// If there is no such model, or too much goes on already.
    pub fn reply(
        &self,
        client: &Client,
        request: ChatRequest,
        writer: Box<dyn AnswerWriter>,
        owner: bool,
    ) -> Result<Reply, Fault> {
        let permit = self.admission.enter()?;
        let route = self.roster.route(&request.model)?;
        Ok(Reply::new(self, client.clone(), request, route, writer, owner, permit))
    }
}
