//! The hours that memory holds: the present one, and those that may not be on disk.

use std::collections::{BTreeMap, BTreeSet};

use super::hour::{Cell, Hour};

/// One hour, in milliseconds.
pub(super) const HOUR: u64 = 3_600_000;

/// How many cells of other hours are held where the disk does not take them.
const MOST_HELD: usize = 20_000;

/// For how long an hour is held that was handed to a disk that serves.
const SETTLED: u64 = 10_000;

/// Hours, by their beginnings in milliseconds since 1970.
#[derive(Debug, Default)]
pub(super) struct Hours {
    start: u64,
    present: Hour,
    others: BTreeMap<u64, Vec<Cell>>,
    changed: BTreeSet<u64>,
    /// When an hour was last over, or handed to the disk after that.
    handed: u64,
}

impl Hours {
    /// Takes over what was kept, at `now`.
    pub(super) fn restore(&mut self, now: u64, kept: impl IntoIterator<Item = (u64, Vec<Cell>)>) {
        self.others.extend(kept.into_iter().filter(|(start, _)| *start >= now - now % HOUR));
        self.roll(now);
    }

    /// The hour of `now`. A clock that is set back does not bring back an hour that is over: its totals would be begun
    /// anew, and take the place of those that are kept.
    pub(super) fn at(&mut self, now: u64) -> &mut Hour {
        self.roll(now);
        self.changed.insert(self.start);
        &mut self.present
    }

    fn roll(&mut self, now: u64) {
        let start = now - now % HOUR;
        if start <= self.start {
            return;
        }
        let over = std::mem::take(&mut self.present).into_cells();
        if !over.is_empty() {
            self.others.insert(self.start, over);
            self.handed = now;
        }
        self.start = start;
        // It is there if it was loaded, and the clock was ahead then.
        self.present = Hour::of(self.others.remove(&start).unwrap_or_default());
        self.bound();
    }

    fn bound(&mut self) {
        let mut held: usize = self.others.values().map(Vec::len).sum();
        while held > MOST_HELD
            && let Some((_, oldest)) = self.others.pop_first()
        {
            held -= oldest.len();
        }
    }

    /// The hours that changed since this was last asked, as they are now.
    pub(super) fn take_changed(&mut self, now: u64) -> Vec<(u64, Vec<Cell>)> {
        let changed = std::mem::take(&mut self.changed);
        if changed.iter().any(|start| *start != self.start) {
            self.handed = now;
        }
        changed.into_iter().filter_map(|start| Some((start, self.get(start)?.to_vec()))).collect()
    }

    /// The disk serves: hours that are over and were handed to it a while ago need not be held. They must not be for long
    /// either, because it makes days of them one day, beside which they would be counted twice.
    pub(super) fn settle(&mut self, now: u64) {
        let start = self.start;
        if now >= self.handed + SETTLED && self.changed.iter().all(|changed| *changed == start) {
            self.others.retain(|other, _| *other > start);
        }
    }

    /// What is held of the hours from `from` on.
    pub(super) fn since(&self, from: u64) -> Vec<(u64, Vec<Cell>)> {
        let others = self.others.range(from..).map(|(start, cells)| (*start, cells.clone()));
        let present = (self.start >= from).then(|| (self.start, self.present.cells().to_vec()));
        others.chain(present).collect()
    }

    fn get(&self, start: u64) -> Option<&[Cell]> {
        if start == self.start { Some(self.present.cells()) } else { self.others.get(&start).map(Vec::as_slice) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::Whose;

    fn count(hours: &mut Hours, now: u64, model: &str) {
        hours.at(now).cell(Whose { model, account: "", key: "" }).counts.prompt += 1;
    }

    fn told(hours: &[(u64, Vec<Cell>)]) -> Vec<(u64, u64)> {
        let prompts = |cells: &[Cell]| cells.iter().map(|cell| cell.counts.prompt).sum();
        hours.iter().map(|(start, cells)| (start / HOUR, prompts(cells))).collect()
    }

    #[test]
    fn totals_go_on_after_a_restart_and_each_change_is_told_once() {
        let mut hours = Hours::default();
        count(&mut hours, 5 * HOUR + 1, "m");
        count(&mut hours, 5 * HOUR + 2, "m");
        let kept = hours.take_changed(5 * HOUR + 2);
        assert_eq!((told(&kept), hours.take_changed(5 * HOUR + 3).len()), (vec![(5, 2)], 0));
        let mut hours = Hours::default();
        hours.restore(5 * HOUR + 9, kept);
        count(&mut hours, 5 * HOUR + 9, "m");
        count(&mut hours, 6 * HOUR, "m");
        assert_eq!(told(&hours.take_changed(6 * HOUR)), [(5, 3), (6, 1)]);
    }

    #[test]
    fn a_clock_that_was_wrong_takes_no_totals_away() {
        let mut hours = Hours::default();
        count(&mut hours, 9 * HOUR, "m");
        count(&mut hours, 8 * HOUR, "m");
        let kept = hours.take_changed(9 * HOUR);
        assert_eq!(told(&kept), [(9, 2)]);
        // A start with the clock set right finds an hour that is still to come.
        let mut hours = Hours::default();
        hours.restore(8 * HOUR, kept);
        count(&mut hours, 8 * HOUR + 1, "m");
        count(&mut hours, 9 * HOUR, "m");
        assert_eq!(told(&hours.take_changed(9 * HOUR)), [(8, 1), (9, 3)]);
    }

    #[test]
    fn what_is_on_disk_is_let_go_though_calls_never_pause() {
        let mut hours = Hours::default();
        for now in (HOUR..4 * HOUR).step_by(5000) {
            count(&mut hours, now, "m");
            hours.settle(now);
            hours.take_changed(now);
        }
        // A chart would count them twice as soon as the disk has made days of them.
        assert_eq!(told(&hours.since(0)), [(3, 720)]);
    }

    #[test]
    fn without_a_disk_the_newest_are_held_and_with_one_none() {
        let mut hours = Hours::default();
        for hour in 1..=50 {
            (0..1000).for_each(|model| count(&mut hours, hour * HOUR, &model.to_string()));
        }
        let held = hours.since(0);
        assert_eq!((held.len(), held[0].0 / HOUR, held[20].0 / HOUR), (21, 30, 50));
        hours.settle(50 * HOUR + SETTLED);
        assert_eq!(hours.since(0).len(), 21, "what was not handed over is held");
        hours.take_changed(50 * HOUR);
        hours.settle(50 * HOUR + SETTLED - 1);
        assert_eq!(hours.since(0).len(), 21);
        hours.settle(50 * HOUR + SETTLED);
        assert_eq!(told(&hours.since(0)), [(50, 1000)]);
    }
}
