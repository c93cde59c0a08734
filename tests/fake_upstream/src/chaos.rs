//! Faults by chance, and a text in which every piece says whose it is.

use std::time::Duration;

use crate::routes::Context;
use crate::scenario::{Plan, Scenario};

/// How many pieces a marked answer has.
const PIECES: usize = 12;

/// Replaces chaos by what this request draws; other scenarios stay as they are.
pub fn drawn(scenario: Scenario, context: &Context) -> Scenario {
    let Plan::Chaos { seed, percent } = scenario.plan else {
        return scenario;
    };
    let draw = context.credentials.draw(&scenario.name);
    // The seed is scattered first, so that neighbouring seeds do not draw the same one request later.
    let (plan, fault) = plan(Dice(Dice(seed).next().wrapping_add(draw)), percent);
    if let Some(fault) = fault {
        context.journal.fault(fault);
    }
    let pieces = pieces(&format!("{}-{}", context.credentials.answer(), scenario.name));
    Scenario { plan, pieces, ..scenario }
}

fn plan(mut dice: Dice, percent: u64) -> (Plan, Option<&'static str>) {
    if dice.below(100) >= percent {
        return (Plan::Ok, None);
    }
    let late = Plan::SlowFirst(Duration::from_millis(300 + dice.below(701)));
    let faults = [
        ("reset-before", Plan::ResetBefore),
        ("reset-after-headers", Plan::ResetAfterHeaders),
        ("reset-mid", Plan::ResetMid),
        ("truncated", Plan::Truncated),
        ("malformed", Plan::Malformed),
        ("500", Plan::Status(500)),
        ("503", Plan::Status(503)),
        ("429-after-1", Plan::Rate { retry_after: Some(1) }),
        ("empty", Plan::Empty),
        ("stall", late),
    ];
    let which = dice.below(faults.len() as u64) as usize;
    let (name, plan) = faults[which].clone();
    (plan, Some(name))
}

fn pieces(id: &str) -> Vec<String> {
    let last = PIECES - 1;
    (0..PIECES).map(|at| if at == last { format!("[r{id}:end]") } else { format!("[r{id}:{at}]") }).collect()
}

/// The id of the one answer that `text` is, whole and in order; else what is wrong with it.
pub fn marked_answer(text: &str) -> Result<String, String> {
    let id = text.strip_prefix("[r").and_then(|rest| rest.split_once(":0]"));
    let id = id.map(|(id, _)| id).ok_or_else(|| format!("no marked beginning: '{text}'"))?;
    if text == pieces(id).concat() { Ok(id.to_owned()) } else { Err(format!("not the whole answer {id}: '{text}'")) }
}

/// SplitMix64: the same numbers everywhere for the same seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn faults(seed: u64, percent: u64, draws: u64) -> Vec<Option<&'static str>> {
        (1..=draws).map(|draw| plan(Dice(Dice(seed).next().wrapping_add(draw)), percent).1).collect()
    }

    #[test]
    fn the_same_seed_draws_the_same_faults_about_as_often_as_told() {
        assert_eq!(faults(7, 30, 200), faults(7, 30, 200));
        assert_ne!(faults(7, 30, 200), faults(8, 30, 200));
        let drawn = faults(7, 30, 2000);
        let count = drawn.iter().flatten().count();
        assert!((500..700).contains(&count), "{count}");
        let kinds: BTreeMap<_, _> = drawn.iter().flatten().map(|kind| (*kind, ())).collect();
        assert_eq!(kinds.len(), 10, "{kinds:?}");
        assert!(faults(7, 0, 100).iter().all(Option::is_none));
        assert!(faults(7, 100, 100).iter().all(Option::is_some));
    }

    #[test]
    fn only_one_whole_answer_passes() {
        let (one, other) = (pieces("1-a").concat(), pieces("2-b").concat());
        assert_eq!(marked_answer(&one), Ok("1-a".to_owned()));
        let spliced = format!("{}{}", pieces("1-a")[..4].concat(), pieces("2-b")[4..].concat());
        let repeated = pieces("1-a")[..4].concat() + &one;
        for wrong in [spliced, repeated, format!("{one}{other}"), one.replace(":end]", ""), String::new()] {
            assert!(marked_answer(&wrong).is_err(), "{wrong}");
        }
    }
}
