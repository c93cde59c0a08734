//! A conversation → turns of person and model, each with what was said in it and the pictures that were shown.

use super::resource::Resource;
use crate::chat::{Attachment, ChatRequest, Fault, Message, Part, Role, Source};

/// What is asked when the conversation ends with the model's own words.
pub const CONTINUE: &str = "请继续。";

/// What is asked where somebody shows a picture without a word: the site wants a question.
pub const LOOK: &str = "请看图片。";

/// Everything that one side says before the other does.
#[derive(Default)]
pub struct Turn<'a> {
    /// Whether it is the person's; else it is the model's.
    pub person: bool,
    /// What is said.
    pub text: String,
    /// The pictures that are shown.
    pub pictures: Vec<Resource<'a>>,
}

impl<'a> Turn<'a> {
    fn add(&mut self, text: &str, pictures: Vec<Resource<'a>>) {
        if !self.text.is_empty() && !text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(text);
        self.pictures.extend(pictures);
    }

    /// Puts a question to pictures that came without one.
    fn ask(&mut self) {
        if self.person && self.text.is_empty() && !self.pictures.is_empty() {
            LOOK.clone_into(&mut self.text);
        }
    }
}

/// Folds a conversation into turns; the last one is the person's.
///
/// # Errors
/// A fault of the request, if it says nothing or holds what the site does not take.
pub fn turns(request: &ChatRequest) -> Result<Vec<Turn<'_>>, Fault> {
    let mut instructions = Turn { person: true, ..Turn::default() };
    let mut turns: Vec<Turn<'_>> = Vec::with_capacity(request.messages.len());
    for (at, message) in request.messages.iter().enumerate() {
        let (text, pictures) = (message.content.text(), pictures(at, message)?);
        if text.is_empty() && pictures.is_empty() {
            continue;
        }
        let person = message.role != Role::Assistant;
        match turns.last_mut() {
            _ if message.role == Role::System => instructions.add(&text, pictures),
            Some(last) if last.person == person => last.add(&text, pictures),
            _ => turns.push(Turn { person, text, pictures }),
        }
    }
    turns.iter_mut().for_each(Turn::ask);
    instruct(&mut turns, instructions);
    match turns.last() {
        None => {
            return Err(Fault::request(
                "messages",
                "`messages` holds no text; write something in at least one message",
            ));
        }
        Some(last) if !last.person => {
            turns.push(Turn { person: true, text: CONTINUE.to_owned(), pictures: Vec::new() })
        }
        Some(_) => {}
    }
    Ok(turns)
}

/// The site has no place for instructions, so they stand before the first thing that the person said.
fn instruct<'a>(turns: &mut Vec<Turn<'a>>, mut instructions: Turn<'a>) {
    if instructions.text.is_empty() && instructions.pictures.is_empty() {
        return;
    }
    if let Some(first) = turns.iter_mut().find(|turn| turn.person) {
        let said = std::mem::take(first);
        instructions.add(&said.text, said.pictures);
        *first = instructions;
    } else {
        instructions.ask();
        turns.insert(0, instructions);
    }
}

/// The pictures of a message. Whatever else is attached should have been refused, or turned into text, before.
fn pictures(at: usize, message: &Message) -> Result<Vec<Resource<'_>>, Fault> {
    let attached = message.content.parts().iter().filter(|part| !matches!(part, Part::Text(_)));
    let resource = |part| match part {
        &Part::Picture(Attachment { source: Source::Uploaded(ref map), .. }) => Resource::of(map),
        _ => None,
    };
    attached.map(|part| resource(part).ok_or_else(|| not_taken(at, message))).collect()
}

fn not_taken(at: usize, message: &Message) -> Fault {
    let at = message.origin.map_or(at, |origin| origin as usize);
    Fault::request(
        format!("messages[{at}].content"),
        format!(
            "`messages[{at}].content` holds a part that Qianwen's web chat does not take; send text and pictures only"
        ),
    )
}
