//! Ends an answer before a text at which its client wants it to end, where the provider cannot do that.

use smallvec::SmallVec;
use tokio::time::Instant;

use super::{Flow, Stage};
use crate::chat::{Decoded, Event, Fault, FinishReason};

/// Looks for `stops`, which are not empty.
pub fn stage(stops: &[String]) -> Box<dyn Stage> {
    Box::new(StopAt { stops: stops.to_vec(), held: String::new(), over: false })
}

#[derive(Debug)]
struct StopAt {
    stops: Vec<String>,
    /// The end of what came, as far as a stop may begin in it.
    held: String,
    over: bool,
}

impl StopAt {
    /// Takes more text and gives out what certainly stands before every stop.
    fn text(&mut self, more: &str) -> String {
        self.held.push_str(more);
        let found = self.stops.iter().filter_map(|stop| self.held.find(stop.as_str())).min();
        self.over = found.is_some();
        let certain = found.unwrap_or_else(|| self.held.len() - self.begun());
        let rest = self.held.split_off(certain);
        std::mem::replace(&mut self.held, if self.over { String::new() } else { rest })
    }

    /// How long the longest end of `held` is with which a stop begins.
    fn begun(&self) -> usize {
        let begins = |stop: &String| {
            let longest = self.held.len().min(stop.len() - 1);
            (1..=longest).rev().find(|n| stop.as_bytes().starts_with(&self.held.as_bytes()[self.held.len() - n..]))
        };
        self.stops.iter().filter_map(begins).max().unwrap_or(0)
    }
}

impl Stage for StopAt {
    fn push(&mut self, decoded: Decoded, _: Instant, out: &mut Vec<Decoded>) -> Result<Flow, Fault> {
        let mut events = SmallVec::new();
        for event in decoded.events {
            match event {
                Event::Text(text) if !self.over => {
                    let certain = self.text(&text);
                    events.extend((!certain.is_empty()).then_some(Event::Text(certain)));
                    events.extend(self.over.then_some(Event::Done(FinishReason::Stop)));
                }
                Event::Done(reason) if !self.over => {
                    let rest = std::mem::take(&mut self.held);
                    events.extend((!rest.is_empty()).then_some(Event::Text(rest)));
                    events.push(Event::Done(reason));
                }
                Event::Start { .. } | Event::Usage(_) => events.push(event),
                _ if self.over => {}
                _ => events.push(event),
            }
        }
        out.push(Decoded { events, native: None, ..decoded });
        Ok(if self.over { Flow::Enough } else { Flow::On })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(stops: &[&str], pieces: &[&str]) -> (String, bool) {
        let stops: Vec<String> = stops.iter().map(|stop| (*stop).to_owned()).collect();
        let mut stage = stage(&stops);
        let mut out = Vec::new();
        let mut enough = false;
        let texts = pieces.iter().map(|piece| Event::Text((*piece).to_owned()));
        for event in texts.chain([Event::Done(FinishReason::Length)]) {
            enough |= stage.push(Decoded::event(event), Instant::now(), &mut out).unwrap() == Flow::Enough;
        }
        let mut text = String::new();
        let mut ends = Vec::new();
        for event in out.into_iter().flat_map(|one| one.events) {
            match event {
                Event::Text(more) => text.push_str(&more),
                Event::Done(reason) => ends.push(reason),
                _ => {}
            }
        }
        let expected = if enough { FinishReason::Stop } else { FinishReason::Length };
        assert_eq!(ends, [expected]);
        (text, enough)
    }

    #[test]
    fn the_first_stop_ends_the_answer_wherever_it_is_cut() {
        let text = "千桥 aab aabc END more";
        for (stops, before) in [
            (&["aabc"][..], Some("千桥 aab ")),
            (&["END", "bc"], Some("千桥 aab aa")),
            (&["nothing", "mores", "千桥桥"], None),
            (&["桥 a"], Some("千")),
        ] {
            let expected = (before.unwrap_or(text).to_owned(), before.is_some());
            assert_eq!(told(stops, &[text]), expected, "{stops:?}");
            let letters: Vec<String> = text.chars().map(String::from).collect();
            assert_eq!(told(stops, &letters.iter().map(String::as_str).collect::<Vec<_>>()), expected, "{stops:?}");
        }
    }

    #[test]
    fn what_may_become_a_stop_is_held_back_and_nothing_else() {
        let mut stage = StopAt { stops: vec!["END".into()], held: String::new(), over: false };
        assert_eq!(stage.text("an EN"), "an ");
        assert_eq!(stage.text("E"), "EN");
        assert_eq!(stage.text("x"), "Ex");
    }
}
