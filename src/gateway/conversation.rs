//! Which conversation a request continues.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::accounts::Conversation;
use crate::chat::{ChatRequest, Content, Part, Role};

/// How much of each opening turn is looked at, in bytes: enough to tell conversations apart.
const OPENING: usize = 512;

/// The conversation: the one that the client names, else the one that began with the same turns.
pub fn of(request: &ChatRequest) -> Option<Conversation> {
    let mut hasher = DefaultHasher::new();
    if let Some(user) = request.user.as_deref().filter(|user| !user.is_empty()) {
        user.hash(&mut hasher);
        return Some(Conversation { key: hasher.finish(), continued: true });
    }
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
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Message;

    fn asked(turns: &[(Role, &str)], user: Option<&str>) -> Conversation {
        let message = |(role, text): &(Role, &str)| Message {
            role: *role,
            content: Content::Text((*text).into()),
            tool_calls: false,
        };
        let messages = turns.iter().map(message).collect();
        of(&ChatRequest { messages, user: user.map(Into::into), ..ChatRequest::default() }).unwrap()
    }

    #[test]
    fn later_turns_belong_to_the_conversation_that_began_alike() {
        let first = asked(&[(Role::System, "be brief"), (Role::User, "hi")], None);
        let second = asked(
            &[(Role::System, "be brief"), (Role::User, "hi"), (Role::Assistant, "ho"), (Role::User, "and?")],
            None,
        );
        assert_eq!((first.key, first.continued, second.continued), (second.key, false, true));
        assert_ne!(first.key, asked(&[(Role::System, "be verbose"), (Role::User, "hi")], None).key);
        assert_ne!(first.key, asked(&[(Role::User, "hi")], None).key);
    }

    #[test]
    fn a_name_counts_more_than_the_turns() {
        let one = asked(&[(Role::User, "a")], Some("ann"));
        assert_eq!(one, asked(&[(Role::User, "b")], Some("ann")));
        assert!(one.continued);
        assert_ne!(one.key, asked(&[(Role::User, "a")], Some("bob")).key);
    }
}
