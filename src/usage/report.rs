//! What a chart and its table show: counts added up by step and name.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::hours::HOUR;
use super::query::{By, Query, Step};
use crate::accounts::clock::DAY;
use crate::counts::{Counts, Histogram, OTHER, Outcome, Whose, lines_of};
use crate::store::TallyRecord;

/// How many lines a chart has at most; all others are one more.
const MOST_SERIES: usize = 50;

/// How many lines a table has at most; all others are one more.
const MOST_TOTALS: usize = 1000;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Point {
    /// Its beginning, in milliseconds since 1970.
    pub at: u64,
    /// Calls that ended in it.
    pub requests: u64,
    /// How many of them failed.
    pub errors: u64,
    /// Tokens of the questions.
    pub prompt_tokens: u64,
    /// Tokens of the answers, thinking included.
    pub completion_tokens: u64,
    /// Tokens of the thinking.
    pub reasoning_tokens: u64,
    /// How long the first output took, the median.
    #[schema(required = true)]
    pub first_token_p50_ms: Option<u64>,
    /// How long whole answers took, the median.
    #[schema(required = true)]
    pub total_p50_ms: Option<u64>,
}

/// One name's steps; those without calls are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Series {
    /// Whose.
    pub name: String,
    /// The steps, oldest first.
    pub points: Vec<Point>,
}

/// How long most took, about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Percentiles {
    /// Half of them took no longer.
    pub p50: u64,
    /// 95 of 100.
    pub p95: u64,
    /// 99 of 100.
    pub p99: u64,
}

/// One name's calls, all together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Total {
    /// Whose.
    pub name: String,
    /// All of them.
    pub requests: u64,
    /// How many failed.
    pub errors: u64,
    /// Those that were answered.
    pub answered: u64,
    /// Those that were wrong.
    pub refused: u64,
    /// Those that were too many.
    pub rate: u64,
    /// Those for which no account could be used.
    pub account: u64,
    /// Those whose upstream failed.
    pub upstream: u64,
    /// Those that took too long.
    pub timeout: u64,
    /// Those whose client left.
    pub abandoned: u64,
    /// Those that the service itself failed.
    pub internal: u64,
    /// Tokens of the questions.
    pub prompt_tokens: u64,
    /// Tokens of the answers, thinking included.
    pub completion_tokens: u64,
    /// Tokens of the thinking.
    pub reasoning_tokens: u64,
    /// How long the first output took.
    #[schema(required = true)]
    pub first_token_ms: Option<Percentiles>,
    /// How long whole answers took.
    #[schema(required = true)]
    pub total_ms: Option<Percentiles>,
}

/// What a chart and its table show; the names by the number of calls, largest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// By step.
    pub series: Vec<Series>,
    /// All together.
    pub totals: Vec<Total>,
}

/// Adds up what was counted. What is added later is never much older.
pub(super) struct Sum {
    query: Query,
    names: HashMap<String, usize>,
    groups: Vec<Group>,
}

/// One name's counts.
struct Group {
    name: String,
    points: Vec<(u64, Counts)>,
}

impl Sum {
    pub(super) fn new(query: Query) -> Self {
        Self { query, names: HashMap::new(), groups: Vec::new() }
    }

    pub(super) fn add(&mut self, tally: &TallyRecord) {
        let start = u64::try_from(tally.start_ms).unwrap_or_default();
        let Some(at) = self.step(start, tally.hours) else { return };
        let Self { query, names, groups } = self;
        for (whose, counts) in lines_of(&tally.body, |whose| fits(query, whose)) {
            let name = match query.by {
                By::None => "",
                By::Model => whose.model,
                By::Account => whose.account,
                By::Key => whose.key,
            };
            let group = match names.get(name) {
                Some(group) => *group,
                None => {
                    groups.push(Group { name: name.to_owned(), points: Vec::new() });
                    names.insert(name.to_owned(), groups.len() - 1);
                    groups.len() - 1
                }
            };
            groups[group].add(at, &counts);
        }
    }

    /// Where the step begins to which a span belongs; none, if it is not asked for.
    fn step(&self, start: u64, hours: i64) -> Option<u64> {
        let Query { from, to, .. } = self.query;
        if hours == 1 {
            let wanted = start >= from - from % HOUR && start < to;
            let at = match self.query.step {
                Step::Hour => start,
                Step::Day => self.day(start),
            };
            // Where days begin in the middle of an hour, that one belongs to the day before, which nobody asked for.
            let asked = self.query.step == Step::Hour || at >= self.day(from);
            return (wanted && asked).then_some(at);
        }
        // Of a day in UTC only the whole is known: it belongs to the day in which most of it lies.
        let middle = start + DAY / 2 - 1;
        (middle >= from && middle < to).then(|| match self.query.step {
            Step::Hour => start,
            Step::Day => self.day(middle),
        })
    }

    fn day(&self, moment: u64) -> u64 {
        let offset = self.query.offset_min * 60_000;
        let local = moment.saturating_add_signed(offset);
        (local - local % DAY).saturating_add_signed(-offset)
    }

    pub(super) fn report(mut self) -> Report {
        self.groups.sort_by_cached_key(|group| (std::cmp::Reverse(group.all().requests()), group.name.clone()));
        let totals = totals(&self.groups);
        let rest = self.groups.split_off(self.groups.len().min(MOST_SERIES));
        if !rest.is_empty() {
            let known = self.groups.iter().position(|group| group.name == OTHER);
            let mut others = match known {
                Some(at) => self.groups.remove(at),
                None => Group { name: OTHER.to_owned(), points: Vec::new() },
            };
            rest.iter().flat_map(|group| &group.points).for_each(|(at, counts)| others.add(*at, counts));
            self.groups.push(others);
        }
        let series = self.groups.into_iter().map(|group| Series {
            name: group.name,
            points: group.points.iter().map(|(at, counts)| point(*at, counts)).collect(),
        });
        Report { series: series.collect(), totals }
    }
}

fn fits(query: &Query, whose: &Whose<'_>) -> bool {
    let is = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|wanted| wanted == name);
    is(&query.model, whose.model) && is(&query.account, whose.account) && is(&query.key, whose.key)
}

impl Group {
    fn add(&mut self, at: u64, counts: &Counts) {
        let place = match self.points.last() {
            Some((last, _)) if *last == at => Ok(self.points.len() - 1),
            _ => self.points.binary_search_by_key(&at, |(at, _)| *at),
        };
        match place {
            Ok(place) => self.points[place].1.add(counts),
            Err(place) => self.points.insert(place, (at, *counts)),
        }
    }

    fn all(&self) -> Counts {
        let mut all = Counts::default();
        self.points.iter().for_each(|(_, counts)| all.add(counts));
        all
    }
}

/// The groups come with the largest first.
fn totals(groups: &[Group]) -> Vec<Total> {
    let (told, rest) = groups.split_at(groups.len().min(MOST_TOTALS));
    let mut totals: Vec<(&str, Counts)> = told.iter().map(|group| (group.name.as_str(), group.all())).collect();
    if !rest.is_empty() {
        let mut others = Counts::default();
        rest.iter().for_each(|group| others.add(&group.all()));
        match totals.iter_mut().find(|(name, _)| *name == OTHER) {
            Some((_, known)) => known.add(&others),
            None => totals.push((OTHER, others)),
        }
    }
    totals.iter().map(|(name, counts)| total(name, counts)).collect()
}

fn point(at: u64, counts: &Counts) -> Point {
    Point {
        at,
        requests: counts.requests(),
        errors: counts.errors(),
        prompt_tokens: counts.prompt,
        completion_tokens: counts.completion,
        reasoning_tokens: counts.reasoning,
        first_token_p50_ms: counts.first_token.percentile(50),
        total_p50_ms: counts.total.percentile(50),
    }
}

fn total(name: &str, counts: &Counts) -> Total {
    Total {
        name: name.to_owned(),
        requests: counts.requests(),
        errors: counts.errors(),
        answered: counts.of(Outcome::Answered),
        refused: counts.of(Outcome::Refused),
        rate: counts.of(Outcome::Rate),
        account: counts.of(Outcome::Account),
        upstream: counts.of(Outcome::Upstream),
        timeout: counts.of(Outcome::Timeout),
        abandoned: counts.of(Outcome::Abandoned),
        internal: counts.of(Outcome::Internal),
        prompt_tokens: counts.prompt,
        completion_tokens: counts.completion,
        reasoning_tokens: counts.reasoning,
        first_token_ms: percentiles(&counts.first_token),
        total_ms: percentiles(&counts.total),
    }
}

fn percentiles(histogram: &Histogram) -> Option<Percentiles> {
    let at = |percent| histogram.percentile(percent);
    Some(Percentiles { p50: at(50)?, p95: at(95)?, p99: at(99)? })
}
