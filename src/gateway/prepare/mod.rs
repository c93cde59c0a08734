//! Makes a request ready for one provider: what is attached is read or uploaded, what the provider lacks is written in
//! words, and a conversation that is too long is refused or shortened.

mod attachments;
mod load;
mod uploads;
mod window;

use std::sync::Arc;

use super::roster::Member;
use crate::accounts::Account;
use crate::chat::{ChatRequest, Fault, Format, Part};
use crate::providers::Abilities;
use crate::stages::emulation::{self, Needs};
use crate::store::Files;
use crate::upstream::Client;

pub use load::Loads;
pub use uploads::UploadCache;
pub use window::Overflow;

/// How the part at a place (message, part) is named to the client.
fn field((at, n): (usize, usize)) -> String {
    format!("messages[{at}].content[{n}]")
}

/// What requests are made ready with; shared by all workers.
pub struct Desk {
    /// The files that were uploaded here.
    pub files: Files,
    /// The pictures that were uploaded to providers.
    pub uploads: UploadCache,
}

/// What a request is made ready for.
pub struct Preparation<'a> {
    pub client: &'a Client,
    pub desk: &'a Desk,
    pub member: &'a Arc<Member>,
    pub account: &'a Account,
    pub model: &'a str,
    /// What was loaded for an earlier attempt.
    pub loads: Option<&'a Loads>,
    pub needs: Needs,
}

/// A request that is ready.
#[derive(Default)]
pub struct Prepared {
    /// The request, if it is another one than the client's.
    pub request: Option<Arc<ChatRequest>>,
    /// How many of the oldest messages were left out.
    pub dropped: usize,
}

impl Preparation<'_> {
    /// Whether `request` is ready as it is, as most are.
    ///
    /// # Errors
    /// A fault of the request, if it has a form that this provider does not know.
    pub fn nothing_to_do(&self, request: &ChatRequest) -> Result<bool, Fault> {
        self.refuse_unknown(request, &self.member.provider.abilities())?;
        Ok(!self.needs.any() && !request.has_attachments() && !window::may_overflow(request, self.window()))
    }

    /// Makes `request` ready.
    ///
    /// # Errors
    /// A fault of the request, if this provider cannot take it; a fault of the account or the upstream, if an upload
    /// failed.
    pub async fn of(&self, request: &ChatRequest) -> Result<Prepared, Fault> {
        let abilities = self.member.provider.abilities();
        let (attached, window) = (request.has_attachments(), self.window());
        let mut own = request.clone();
        if attached {
            attachments::settle(self, &abilities, &mut own).await?;
        }
        if self.needs.any() {
            emulation::rewrite(&mut own, self.needs);
        }
        self.refuse_lost(&own)?;
        let dropped = window::fit(&mut own, window, &self.member.overflow).await?;
        if attached && let Some(power) = self.member.provider.uploads() {
            uploads::upload(self, power, &mut own).await?;
        }
        Ok(Prepared { request: own.changed.then(|| Arc::new(own)), dropped })
    }

    /// How many tokens the conversation may have, if anybody knows.
    fn window(&self) -> Option<u64> {
        // A service says by itself when it is too much, and counts in its own way: only what is clearly too long is
        // refused here. A site that forgets in silence is asked for no more than it takes.
        let listed = || self.member.listing().find(self.model)?.window.map(|window| window + window / 3);
        self.member.provider.window(self.model).or_else(listed)
    }

    /// Refuses forms that mean nothing to a provider which does not know them itself.
    fn refuse_unknown(&self, request: &ChatRequest, abilities: &Abilities) -> Result<(), Fault> {
        // What is emulated looks at one answer at a time.
        if request.choices > 1 && (!abilities.choices || self.needs.any()) {
            return Err(self.refusal("n", "more than one answer"));
        }
        if abilities.unknown_forms {
            return Ok(());
        }
        if let Format::Other(kind) = &request.format {
            return Err(self.refusal("response_format.type", &format!("`{kind}`")));
        }
        if let Some(at) = request.tools.iter().position(|tool| !tool.function) {
            return Err(self.refusal(&format!("tools[{at}].type"), "a tool that is no function"));
        }
        for (at, message) in request.messages.iter().enumerate() {
            for (n, part) in message.content.parts().iter().enumerate() {
                if let Part::Other(kind) = part {
                    let kind: String =
                        kind.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(32).collect();
                    return Err(self.refusal(&field((at, n)), &format!("a part of type `{kind}`")));
                }
            }
        }
        Ok(())
    }

    /// Refuses what nobody here can write again, in a message that must be written again.
    fn refuse_lost(&self, request: &ChatRequest) -> Result<(), Fault> {
        let lost = |part: &Part| matches!(part, Part::Other(_));
        let mut messages = request.messages.iter().enumerate().filter(|(_, message)| message.origin.is_none());
        match messages.find(|(_, message)| message.content.parts().iter().any(lost)) {
            Some((at, _)) => Err(self.refusal(&format!("messages[{at}]"), "a part that is passed on only as it is")),
            None => Ok(()),
        }
    }

    fn refusal(&self, field: &str, what: &str) -> Fault {
        let name = self.member.provider.name();
        Fault::request(
            field,
            format!("`{field}` holds {what}, which {name} cannot take; use a model of another provider"),
        )
    }
}
