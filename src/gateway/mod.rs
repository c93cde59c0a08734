//! One request from end to end: which models there are, by which route one is asked, and the driver that carries an
//! answer from the upstream to the client.

mod accounting;
mod admission;
mod answering;
mod attempt;
mod blame;
mod bookkeeper;
mod check;
mod clock;
mod conversation;
mod counting;
mod cut;
mod fan;
mod hearing;
mod instead;
mod intake;
mod janitor;
mod keeper;
mod listing;
mod names;
mod phase;
mod pipeline;
mod prepare;
mod recognising;
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
use crate::config::Limits;
use crate::stages;

pub use admission::{Admission, Permit};
pub use answering::{Answering, Asker, Trail};
pub use blame::human;
pub use bookkeeper::Bookkeeper;
pub use check::{Found, check};
pub use intake::{Offer, Refusal, Taken, Understood, Whose, checked_name, preview, take_in};
pub use janitor::{Bin, Janitor};
pub use keeper::{Household, keep};
pub use listing::restore as restore_listing;
pub use names::Names;
pub use prepare::{Desk, Overflow, UploadCache};
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
    /// What requests are made ready with.
    pub desk: Arc<Desk>,
    /// The limits in time.
    pub limits: Limits,
    /// What lies between a provider's events and the client.
    pub stages: &'static [stages::Maker],
}
