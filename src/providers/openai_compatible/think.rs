//! Thinking that a service leaves inside the answer, between tags at its very beginning.

/// The tags that are known: `<think>` of most open models, `<mm:think>` of MiniMax M3.
const TAGS: [(&str, &str); 2] = [("<think>", "</think>"), ("<mm:think>", "</mm:think>")];

/// Parts a text that arrives in pieces into thinking and answer.
#[derive(Debug, Default)]
pub struct Think {
    state: State,
    held: String,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    /// Nothing but white space came; a tag may follow.
    #[default]
    Start,
    /// Inside, up to this closing tag.
    Inside(&'static str),
    /// A tag just ended: the line breaks behind it belong to it. What follows is thinking (a closing tag is named)
    /// or the answer.
    AfterTag(Option<&'static str>),
    /// In the answer; from here on tags are text.
    Answer,
}

impl Think {
    /// Whether the next piece is certainly answer, whatever it is.
    pub const fn is_past(&self) -> bool {
        matches!(self.state, State::Answer)
    }

    /// Takes the next piece and appends what is certain.
    pub fn push(&mut self, piece: &str, thinking: &mut String, answer: &mut String) {
        self.held.push_str(piece);
        while self.step(thinking, answer) {}
    }

    /// The end has come: what was held back is what it seemed to be.
    pub fn finish(&mut self, thinking: &mut String, answer: &mut String) {
        let held = std::mem::take(&mut self.held);
        match self.state {
            State::Inside(_) | State::AfterTag(Some(_)) => thinking.push_str(&held),
            State::Start | State::Answer | State::AfterTag(None) => answer.push_str(&held),
        }
    }

    /// Takes one step; returns whether another may be possible.
    fn step(&mut self, thinking: &mut String, answer: &mut String) -> bool {
        match self.state {
            State::Start => self.open(),
            State::Inside(close) => self.inside(close, thinking),
            State::AfterTag(close) => {
                let rest = self.held.trim_start_matches(['\n', '\r']).to_owned();
                let more = !rest.is_empty();
                self.held = rest;
                if more {
                    self.state = close.map_or(State::Answer, State::Inside);
                }
                more
            }
            State::Answer => {
                answer.push_str(&std::mem::take(&mut self.held));
                false
            }
        }
    }

    fn open(&mut self) -> bool {
        let text = self.held.trim_start();
        if let Some((open, close)) = TAGS.iter().find(|(open, _)| text.starts_with(open)) {
            self.held = text[open.len()..].to_owned();
            self.state = State::AfterTag(Some(close));
            return true;
        }
        let perhaps = TAGS.iter().any(|(open, _)| open.starts_with(text));
        if !perhaps {
            self.state = State::Answer;
        }
        !perhaps
    }

    fn inside(&mut self, close: &'static str, thinking: &mut String) -> bool {
        if let Some(at) = self.held.find(close) {
            thinking.push_str(&self.held[..at]);
            self.held.drain(..at + close.len());
            self.state = State::AfterTag(None);
            return true;
        }
        let keep = (1..close.len()).rev().find(|n| self.held.ends_with(&close[..*n])).unwrap_or(0);
        let sure = self.held.len() - keep;
        thinking.push_str(&self.held[..sure]);
        self.held.drain(..sure);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pieces: &[&str]) -> (String, String) {
        let (mut think, mut thinking, mut answer) = (Think::default(), String::new(), String::new());
        pieces.iter().for_each(|piece| think.push(piece, &mut thinking, &mut answer));
        think.finish(&mut thinking, &mut answer);
        (thinking, answer)
    }

    #[test]
    fn every_cut_gives_the_same_parts() {
        for (text, thinking, answer) in [
            ("<think>\na < b</thin</think>\n\nc <think>d</think>", "a < b</thin", "c <think>d</think>"),
            ("<mm:think>想</mm:think>好", "想", "好"),
            ("<thing>x", "", "<thing>x"),
            ("plain", "", "plain"),
            ("<think>never closed</", "never closed</", ""),
            ("  <think>x</think>", "x", ""),
        ] {
            let expected = (thinking.to_owned(), answer.to_owned());
            assert_eq!(split(&[text]), expected, "{text}");
            for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
                assert_eq!(split(&[&text[..cut], &text[cut..]]), expected, "{text} at {cut}");
            }
        }
    }
}
