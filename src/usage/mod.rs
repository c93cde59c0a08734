//! Who used how much, and how it went: every call is counted once, when it has ended for whatever reason.
//!
//! The counts of the present hour lie in memory as totals, and are written behind as totals that replace what was
//! written before. So nothing on a request's path waits for the disk, and a count that is written twice does no harm.

mod call;
mod calls;
mod draft;
mod hour;
mod hours;
mod keeping;
mod ledger;
mod name;
mod query;
mod receipt;
mod report;
mod ring;
mod trays;

#[cfg(test)]
mod ledger_tests;

pub use crate::counts::Outcome;
pub use call::Call;
pub use calls::{CallFilter, CallPage};
pub use draft::{Served, Spent};
pub use ledger::{Ledger, SinceStart};
pub use name::Name;
pub use query::{By, Query, Step};
pub use receipt::Receipt;
pub use report::{Percentiles, Point, Report, Series, Total};
pub use ring::{Minute, Now};
