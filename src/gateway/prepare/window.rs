//! What becomes of a conversation that is longer than its model can take. A web chat forgets in silence; nothing is
//! forgotten here without a word.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::chat::{ChatRequest, Fault, Message, Role};
use crate::gateway::counting;

/// What is done with a conversation that is too long: it is refused, unless the owner wants its oldest turns left out.
#[derive(Debug, Default)]
pub struct Overflow(AtomicBool);

impl Overflow {
    /// From now on the oldest turns are left out, or not.
    pub fn set_trims(&self, trims: bool) {
        self.0.store(trims, Ordering::Relaxed);
    }

    fn trims(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Whether counting is worth its while: a token is at least one byte, so that a short conversation always fits.
pub fn may_overflow(request: &ChatRequest, window: Option<u64>) -> bool {
    window.is_some_and(|window| request.messages.iter().map(bytes).sum::<u64>() > window)
}

fn bytes(message: &Message) -> u64 {
    let calls: usize = message.calls.iter().map(|call| call.name.len() + call.arguments.len()).sum();
    // Around each message stand a few tokens more.
    message.content.len() + calls as u64 + 8
}

/// Brings `request` below `window`, or refuses it. Returns how many messages were left out.
///
/// # Errors
/// A fault of the request with the counted and the allowed number of tokens.
pub async fn fit(request: &mut ChatRequest, window: Option<u64>, overflow: &Overflow) -> Result<usize, Fault> {
    let Some(window) = window.filter(|_| may_overflow(request, window)) else { return Ok(0) };
    let counts = counting::messages(request).await;
    let total = counts.iter().sum::<u64>();
    if total <= window {
        return Ok(0);
    }
    let dropped = if overflow.trims() { oldest(request, &counts, total - window) } else { Vec::new() };
    if dropped.is_empty() {
        return Err(too_long(total, window));
    }
    let mut at = 0;
    request.messages.retain(|_| {
        at += 1;
        dropped.binary_search(&(at - 1)).is_err()
    });
    request.changed = true;
    Ok(dropped.len())
}

fn too_long(total: u64, window: u64) -> Fault {
    let told = format!(
        "This model's maximum context length is {window} tokens, but the messages come to {total} tokens. Shorten \
         them, or begin a new conversation."
    );
    let note = "With CONTEXT_OVERFLOW=trim the oldest turns are left out instead.";
    Fault::request("messages", told).with_code("context_length_exceeded").with_owner_note(note)
}

/// The oldest turns that must go so that `excess` tokens are gone: never instructions, never the last question and what
/// follows it. Nothing, if that is not enough.
fn oldest(request: &ChatRequest, counts: &[u64], excess: u64) -> Vec<usize> {
    let messages = &request.messages[..request.messages.len().saturating_sub(request.corrections)];
    let last = messages.iter().rposition(|message| message.role == Role::User && !is_result(message)).unwrap_or(0);
    let mut gone = 0;
    let mut dropped = Vec::new();
    for (at, message) in messages[..last].iter().enumerate().filter(|(_, message)| message.role != Role::System) {
        // A conversation begins with a person's words; what answers words that are gone goes with them.
        if gone >= excess && message.role == Role::User && !is_result(message) {
            break;
        }
        gone += counts[at];
        dropped.push(at);
    }
    if gone >= excess { dropped } else { Vec::new() }
}

/// Whether a message is a tool's result that was written as text: it belongs to the call before it.
fn is_result(message: &Message) -> bool {
    message.origin.is_none()
        && message.content.texts().next().is_some_and(|text| text.starts_with(crate::stages::emulation::RESULT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{Content, Part};

    fn request(turns: &[(Role, &str)]) -> ChatRequest {
        let messages = turns.iter().map(|(role, text)| Message::new(*role, text.repeat(50))).collect();
        ChatRequest { messages, ..ChatRequest::default() }
    }

    const TURNS: [(Role, &str); 6] = [
        (Role::System, "system "),
        (Role::User, "first "),
        (Role::Assistant, "answer "),
        (Role::User, "second "),
        (Role::Assistant, "answer "),
        (Role::User, "third "),
    ];

    #[tokio::test]
    async fn what_is_too_long_is_refused_with_both_figures() {
        let mut long = request(&TURNS);
        let total: u64 = counting::messages(&long).await.iter().sum();
        let fault = fit(&mut long, Some(total - 1), &Overflow::default()).await.unwrap_err();
        assert_eq!(fault.code.as_deref(), Some("context_length_exceeded"));
        assert!(fault.message.contains(&total.to_string()) && fault.message.contains(&(total - 1).to_string()));
        assert_eq!(fit(&mut long, Some(total), &Overflow::default()).await, Ok(0));
        assert_eq!(fit(&mut long, None, &Overflow::default()).await, Ok(0));
    }

    #[tokio::test]
    async fn the_oldest_turns_go_whole_and_the_instructions_stay() {
        let overflow = Overflow::default();
        overflow.set_trims(true);
        let mut long = request(&TURNS);
        let total: u64 = counting::messages(&long).await.iter().sum();
        assert_eq!(fit(&mut long, Some(total - 1), &overflow).await, Ok(2));
        let roles: Vec<Role> = long.messages.iter().map(|message| message.role).collect();
        assert_eq!(roles, [Role::System, Role::User, Role::Assistant, Role::User]);
        assert!(long.messages[1].content.text().starts_with("second"));
        // The last question alone is too long: nothing helps.
        assert!(fit(&mut request(&TURNS), Some(20), &overflow).await.is_err());
    }

    /// A result that came in parts belongs to its call just as one that came as a text.
    #[tokio::test]
    async fn a_call_never_loses_its_result() {
        let overflow = Overflow::default();
        overflow.set_trims(true);
        let text = format!("{}1: f]\n{}", crate::stages::emulation::RESULT, "result ".repeat(50));
        let result = Message { content: Content::Parts(vec![Part::Text(text)]), ..Message::new(Role::User, "") };
        let mut long = request(&[(Role::User, "first "), (Role::Assistant, "call "), (Role::User, "last ")]);
        long.messages.insert(2, result);
        let total: u64 = counting::messages(&long).await.iter().sum();
        assert_eq!(fit(&mut long, Some(total - 1), &overflow).await, Ok(3));
        assert_eq!(long.messages.len(), 1);
    }
}
