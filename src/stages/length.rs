//! Ends an answer after as many tokens as its client wants, where the provider cannot do that. Thinking counts, as
//! OpenAI counts it.

use smallvec::SmallVec;
use tokio::time::Instant;

use super::{Flow, Stage};
use crate::chat::{Decoded, Event, Fault, FinishReason};
use crate::tokens;

/// How much text is counted again with each piece, in bytes. A token reaches over the border of two pieces, so that
/// pieces cannot be counted one by one.
const WINDOW: usize = 512;

/// How much text is kept at most before it is counted, in bytes, even if it cannot reach the limit yet.
const MOST_UNCOUNTED: usize = 16 << 10;

/// Lets `most` tokens pass. [`tokens::load`] must have ended before, or tokens are estimated.
pub fn stage(most: u64) -> Box<dyn Stage> {
    Box::new(Limit { left: most, recent: String::new(), over: false })
}

#[derive(Debug)]
struct Limit {
    /// How many tokens may come behind `recent`'s beginning.
    left: u64,
    /// The end of what came.
    recent: String,
    over: bool,
}

impl Limit {
    /// As much of `more` as may pass.
    fn take<'a>(&mut self, more: &'a str) -> &'a str {
        let before = self.recent.len();
        self.recent.push_str(more);
        // A token is at least one byte.
        if self.recent.len() as u64 <= self.left {
            if self.recent.len() <= MOST_UNCOUNTED {
                return more;
            }
        } else if tokens::count_here(&self.recent) > self.left {
            self.over = true;
            let passes = tokens::prefix_here(&self.recent, self.left).saturating_sub(before);
            return &more[..more.floor_char_boundary(passes)];
        }
        while self.recent.len() > 2 * WINDOW {
            let border = border(&self.recent, WINDOW);
            self.left = self.left.saturating_sub(tokens::count_here(&self.recent[..border]));
            self.recent.drain(..border);
        }
        more
    }
}

/// Where a text can be parted with little harm to the count: behind the last break before `near`.
fn border(text: &str, near: usize) -> usize {
    let near = text.floor_char_boundary(near);
    let breaks = |c: char| c.is_whitespace() || c.is_ascii_punctuation() || "，。！？；：、".contains(c);
    text[..near].rfind(breaks).filter(|at| *at > 0).unwrap_or(near)
}

impl Stage for Limit {
    fn push(&mut self, decoded: Decoded, _: Instant, out: &mut Vec<Decoded>) -> Result<Flow, Fault> {
        let mut events = SmallVec::new();
        for event in decoded.events {
            let was_over = self.over;
            let passed = match &event {
                Event::Text(text) | Event::Reasoning(text) if !self.over => self.take(text).to_owned(),
                Event::Start { .. } | Event::Usage(_) => String::new(),
                _ if self.over => continue,
                _ => String::new(),
            };
            match event {
                Event::Text(_) if passed.is_empty() => {}
                Event::Reasoning(_) if passed.is_empty() => {}
                Event::Text(_) => events.push(Event::Text(passed)),
                Event::Reasoning(_) => events.push(Event::Reasoning(passed)),
                other => events.push(other),
            }
            events.extend((self.over && !was_over).then_some(Event::Done(FinishReason::Length)));
        }
        out.push(Decoded { events, native: None, ..decoded });
        Ok(if self.over { Flow::Enough } else { Flow::On })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(most: u64, pieces: &[&str]) -> (String, Vec<FinishReason>) {
        let mut stage = stage(most);
        let mut out = Vec::new();
        let texts = pieces.iter().map(|piece| Event::Text((*piece).to_owned()));
        for event in texts.chain([Event::Done(FinishReason::Stop)]) {
            if stage.push(Decoded::event(event), Instant::now(), &mut out).unwrap() == Flow::Enough {
                break;
            }
        }
        let (mut text, mut ends) = (String::new(), Vec::new());
        for event in out.into_iter().flat_map(|one| one.events) {
            match event {
                Event::Text(more) => text.push_str(&more),
                Event::Done(reason) => ends.push(reason),
                _ => {}
            }
        }
        (text, ends)
    }

    #[tokio::test]
    async fn as_many_tokens_pass_as_are_wanted_wherever_they_are_cut() {
        tokens::load().await;
        let text = "Hello world, 通义千问 says: one two three four five six seven.";
        let all = tokens::count_here(text);
        let letters: Vec<String> = text.chars().map(String::from).collect();
        let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
        for most in [0, 1, 2, 5, all - 1] {
            for pieces in [&[text][..], &letters] {
                let (told, ends) = told(most, pieces);
                assert_eq!(ends, [FinishReason::Length], "{most}");
                assert!(tokens::count_here(&told) <= most && text.starts_with(&told), "{most}: {told}");
                assert!(tokens::count_here(&told) + 1 >= most, "no more is left out than must be: {most}: {told}");
            }
        }
        assert_eq!(told(all, &[text]), (text.to_owned(), vec![FinishReason::Stop]));
        assert_eq!(told(all + 40, &letters), (text.to_owned(), vec![FinishReason::Stop]));
    }

    #[tokio::test]
    async fn a_limit_that_is_far_away_keeps_no_more_than_a_near_one() {
        let mut limit = Limit { left: u64::MAX, recent: String::new(), over: false };
        for _ in 0..64 {
            assert_eq!(limit.take(&"word ".repeat(200)).len(), 1000);
            assert!(limit.recent.len() <= MOST_UNCOUNTED + 1000, "{}", limit.recent.len());
        }
    }

    #[tokio::test]
    async fn a_long_answer_is_counted_by_its_end_only() {
        tokens::load().await;
        let line = "The quick brown fox jumps over the lazy dog. 敏捷的棕色狐狸跳过了懒狗。\n";
        let text = line.repeat(200);
        let most = tokens::count_here(&text) / 2;
        let pieces: Vec<&str> = text.split_inclusive(' ').collect();
        let (told, ends) = told(most, &pieces);
        assert_eq!(ends, [FinishReason::Length]);
        let counted = tokens::count_here(&told);
        assert!(counted.abs_diff(most) * 50 <= most, "within 2 %: {counted} of {most}");
    }
}
