//! Which conversation a request continues.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::accounts::Conversation;
use crate::chat::{ChatRequest, Content, Part, Role, Source};

/// How much of each opening turn is looked at, in bytes: enough to tell conversations apart.
const OPENING: usize = 512;

/// The conversation: the one that the client names, else the one that began with the same turns of the same user. A user
/// alone is none: many clients send the same for everybody.
pub fn of(request: &ChatRequest) -> Option<Conversation> {
    let mut hasher = DefaultHasher::new();
    if let Some(session) = request.session.as_deref().filter(|session| !session.is_empty()) {
        session.hash(&mut hasher);
        return Some(Conversation { key: hasher.finish(), continued: true });
    }
    request.user.hash(&mut hasher);
    let opening = request.messages.iter().position(|message| message.role == Role::User)?;
    for message in &request.messages[..=opening] {
        (message.role == Role::User).hash(&mut hasher);
        beginning(&message.content, &mut hasher);
    }
    let continued = request.messages[opening..].iter().any(|message| message.role == Role::Assistant);
    Some(Conversation { key: hasher.finish(), continued })
}

fn beginning(content: &Content, hasher: &mut DefaultHasher) {
    let text = |text: &str, hasher: &mut DefaultHasher| {
        text.as_bytes()[..text.len().min(OPENING)].hash(hasher);
        text.len().hash(hasher);
    };
    match content {
        Content::None => {}
        Content::Text(one) => text(one, hasher),
        Content::Parts(parts) => {
            for part in parts {
                match part {
                    Part::Text(one) | Part::Other(one) => text(one, hasher),
                    Part::Picture(one) | Part::File(one) => source(&one.source, hasher),
                }
            }
        }
    }
}

/// Attachments are told apart by where they are; of those in the request, by how they begin.
fn source(source: &Source, hasher: &mut DefaultHasher) {
    let bytes = |bytes: &[u8], hasher: &mut DefaultHasher| {
        bytes[..bytes.len().min(OPENING)].hash(hasher);
        bytes.len().hash(hasher);
    };
    match source {
        Source::Address(text) | Source::Stored(text) => bytes(text.as_bytes(), hasher),
        Source::Data { base64: data, .. } | Source::Here { bytes: data, .. } => bytes(data, hasher),
        Source::Uploaded(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Message;

    fn request(turns: &[(Role, &str)]) -> ChatRequest {
        let message = |(role, text): &(Role, &str)| Message::new(*role, *text);
        ChatRequest { messages: turns.iter().map(message).collect(), ..ChatRequest::default() }
    }

    fn asked(turns: &[(Role, &str)]) -> Conversation {
        of(&request(turns)).unwrap()
    }

    #[test]
    fn later_turns_belong_to_the_conversation_that_began_alike() {
        let first = asked(&[(Role::System, "be brief"), (Role::User, "hi")]);
        let second =
            asked(&[(Role::System, "be brief"), (Role::User, "hi"), (Role::Assistant, "ho"), (Role::User, "and?")]);
        assert_eq!((first.key, first.continued, second.continued), (second.key, false, true));
        assert_ne!(first.key, asked(&[(Role::System, "be verbose"), (Role::User, "hi")]).key);
        assert_ne!(first.key, asked(&[(Role::User, "hi")]).key);
    }

    #[test]
    fn users_are_told_apart_and_a_named_session_counts_alone() {
        let of_user =
            |user: &str| of(&ChatRequest { user: Some(user.into()), ..request(&[(Role::User, "hi")]) }).unwrap();
        assert_ne!(of_user("ann").key, of_user("bob").key);
        assert!(!of_user("ann").continued);
        let in_session =
            |text| of(&ChatRequest { session: Some("s".into()), ..request(&[(Role::User, text)]) }).unwrap();
        assert_eq!(in_session("a"), in_session("b"));
        assert!(in_session("a").continued);
    }
}
