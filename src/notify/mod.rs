//! Word to the owner: one notice where something needs a person, sent to an address of the owner's choice.

mod body;
mod deliver;
mod form;
mod gate;
mod notice;
mod notifier;
mod target;
mod verdict;

pub use deliver::deliver;
pub use form::Form;
pub use gate::Gate;
pub use notice::{Notice, NoticeKind};
pub use notifier::{Notifier, Outbox};
pub use target::Target;
