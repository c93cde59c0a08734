//! How long things took, in few buckets that can be added up.

/// The buckets' upper bounds, in milliseconds; what took longer than the last one falls into one more. They are kept by
/// their places, so they never change.
pub const BOUNDS_MS: [u64; 13] = [50, 100, 200, 400, 700, 1200, 2000, 3500, 6000, 12_000, 30_000, 60_000, 120_000];

/// How many took so long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Histogram(pub [u64; BOUNDS_MS.len() + 1]);

impl Histogram {
    /// Counts one.
    pub fn count(&mut self, ms: u64) {
        let at = BOUNDS_MS.partition_point(|bound| *bound < ms);
        self.0[at] = self.0[at].saturating_add(1);
    }

    /// Adds what others took.
    pub fn add(&mut self, more: &Self) {
        for (all, more) in self.0.iter_mut().zip(more.0) {
            *all = all.saturating_add(more);
        }
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// How long the fastest `percent` of them took at most, about: within a bucket they count as evenly spread. Of those
    /// beyond the last bound only that is known.
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let total = self.total();
        if total == 0 {
            return None;
        }
        let wanted = (total.saturating_mul(percent)).div_ceil(100).max(1);
        let mut before = 0;
        let mut low = 0;
        for (count, high) in self.0.iter().zip(BOUNDS_MS) {
            if before + count >= wanted {
                return Some(low + (high - low) * (wanted - before) / count);
            }
            before += count;
            low = high;
        }
        Some(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_near_what_was_measured() {
        let mut spread = Histogram::default();
        assert_eq!(spread.percentile(50), None);
        (1..=1000).for_each(|ms| spread.count(ms));
        for (percent, wanted) in [(50, 500), (95, 950), (99, 990)] {
            let found = spread.percentile(percent).unwrap();
            assert!(found.abs_diff(wanted) <= wanted / 5, "p{percent}: {found}");
        }
        let mut one = Histogram::default();
        one.count(0);
        assert_eq!((one.0[0], one.percentile(99)), (1, Some(50)));
    }

    #[test]
    fn a_bound_belongs_to_its_own_bucket_and_what_is_beyond_all_is_told_as_the_last() {
        let mut spread = Histogram::default();
        [50, 51, 120_000, 120_001, u64::MAX].into_iter().for_each(|ms| spread.count(ms));
        assert_eq!((spread.0[0], spread.0[1], spread.0[12], spread.0[13]), (1, 1, 1, 2));
        assert_eq!(spread.percentile(99), Some(120_000));
    }
}
