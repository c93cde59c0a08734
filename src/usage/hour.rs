//! One hour's cells: what the calls of each model, account and key come to.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::name::Name;
use crate::counts::{Counts, MOST_CELLS, OTHER, Whose, lines, write};

/// How many cells of an hour one key has at most that the owner made for somebody else: whoever calls with it may write
/// names in many ways, and what others are counted by is not theirs to fill.
const MOST_CELLS_OF_KEY: usize = 100;

/// What the calls of one model, account and key come to.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    pub(super) model: Name,
    pub(super) account: Name,
    pub(super) key: Name,
    pub(super) counts: Counts,
}

impl Cell {
    pub(super) fn whose(&self) -> Whose<'_> {
        Whose { model: &self.model, account: &self.account, key: &self.key }
    }
}

/// One hour's cells.
#[derive(Debug, Default)]
pub(super) struct Hour {
    cells: Vec<Cell>,
    /// Where each stands, by the hash of its names. Two with the same hash stand at that and the next number.
    places: HashMap<u64, usize>,
    /// How many of them each key has.
    crowd: HashMap<Name, usize>,
    hasher: RandomState,
    /// Where the last one stood that was asked for: the next call is often another of the same.
    last: usize,
}

impl Hour {
    pub(super) fn of(cells: Vec<Cell>) -> Self {
        let mut hour = Self::default();
        for cell in cells {
            let at = hour.place(cell.whose());
            hour.cells[at].counts.add(&cell.counts);
        }
        hour
    }

    /// The cell of these names, found without making names of them. While there are too many, that of all others.
    pub(super) fn cell(&mut self, whose: Whose<'_>) -> &mut Cell {
        if self.cells.get(self.last).is_none_or(|cell| cell.whose() != whose) {
            self.last = match self.find(whose) {
                Ok(at) => at,
                Err(_) if self.is_full(whose.key) => self.place(Whose { model: OTHER, ..whose }),
                Err(_) => self.place(whose),
            };
        }
        &mut self.cells[self.last]
    }

    fn is_full(&self, key: &str) -> bool {
        let of_key = || self.crowd.get(key).is_some_and(|count| *count >= MOST_CELLS_OF_KEY);
        self.cells.len() >= MOST_CELLS || !key.is_empty() && of_key()
    }

    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(super) fn into_cells(self) -> Vec<Cell> {
        self.cells
    }

    fn place(&mut self, whose: Whose<'_>) -> usize {
        match self.find(whose) {
            Ok(at) => at,
            Err(free) => {
                let (model, account, key) = (Name::new(whose.model), Name::new(whose.account), Name::new(whose.key));
                *self.crowd.entry(key.clone()).or_default() += 1;
                self.cells.push(Cell { model, account, key, counts: Counts::default() });
                self.places.insert(free, self.cells.len() - 1);
                self.cells.len() - 1
            }
        }
    }

    /// Where the cell stands, or the number that is free for it.
    fn find(&self, whose: Whose<'_>) -> Result<usize, u64> {
        let mut number = self.hasher.hash_one(whose);
        while let Some(at) = self.places.get(&number) {
            if self.cells[*at].whose() == whose {
                return Ok(*at);
            }
            number = number.wrapping_add(1);
        }
        Err(number)
    }
}

/// Cells as they are kept.
pub(super) fn text(cells: &[Cell]) -> String {
    let mut text = String::new();
    cells.iter().for_each(|cell| write(cell.whose(), &cell.counts, &mut text));
    text
}

/// Cells out of what was kept.
pub(super) fn cells(text: &str) -> Vec<Cell> {
    let cell = |(whose, counts): (Whose<'_>, Counts)| Cell {
        model: Name::new(whose.model),
        account: Name::new(whose.account),
        key: Name::new(whose.key),
        counts,
    };
    lines(text).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_no_more_models_than_may_be() {
        let mut hour = Hour::default();
        for at in 0..MOST_CELLS + 500 {
            let model = format!("m-{at}");
            hour.cell(Whose { model: &model, account: "a", key: "" }).counts.prompt += 1;
        }
        let again = hour.cell(Whose { model: "m-7", account: "a", key: "" });
        assert_eq!((&*again.model, again.counts.prompt), ("m-7", 1));
        let others = hour.cell(Whose { model: "new", account: "a", key: "" });
        assert_eq!((&*others.model, others.counts.prompt), (OTHER, 500));
        assert_eq!(hour.cells().len(), MOST_CELLS + 1);
        let read = cells(&text(hour.cells()));
        assert_eq!((read.len(), &*read[3].model), (MOST_CELLS + 1, "m-3"));
    }

    #[test]
    fn a_key_for_others_does_not_take_the_cells_of_all() {
        let mut hour = Hour::default();
        for at in 0..MOST_CELLS {
            let model = format!("M-{at}");
            hour.cell(Whose { model: &model, account: "a", key: "key-1" }).counts.prompt += 1;
        }
        let mine = hour.cell(Whose { model: "mine", account: "a", key: "" });
        assert_eq!(&*mine.model, "mine");
        assert_eq!(hour.cells().len(), MOST_CELLS_OF_KEY + 2);
        let others = hour.cell(Whose { model: "M-1999", account: "a", key: "key-1" });
        assert_eq!((&*others.model, others.counts.prompt), (OTHER, (MOST_CELLS - MOST_CELLS_OF_KEY) as u64));
        let read = Hour::of(cells(&text(hour.cells())));
        assert_eq!(read.cells().len(), MOST_CELLS_OF_KEY + 2);
    }

    #[test]
    fn names_that_are_kept_alike_are_one_cell() {
        let mut hour = Hour::default();
        for model in ["m", "m\u{7}"] {
            hour.cell(Whose { model, account: "a", key: "" }).counts.prompt += 1;
        }
        let read = Hour::of(cells(&text(hour.cells())));
        assert_eq!((read.cells().len(), read.cells()[0].counts.prompt), (1, 2));
    }
}
