//! What the pool's lock guards.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::lease::{End, Returned};
use super::picked::{Busy, Opening, Pick, soonest};
use super::queue::Waiter;
use super::slot::{Gate, Slot};
use super::sticky::Sticky;
use super::wanted::{Conversation, Denied, Leg, Waiting, Wanted};
use super::{News, Rules};
use crate::accounts::clock::{Millis, day};
use crate::accounts::{Account, Class, Health, Outcome, State};

/// How much busier than the least busy one a conversation's own account may be before the conversation moves.
const LOYALTY: u32 = 2;

pub struct Inner {
    pub rules: Rules,
    pub slots: Vec<Slot>,
    pub groups: Vec<(String, Arc<AtomicUsize>)>,
    pub queue: VecDeque<Waiter>,
    pub waiters: u64,
    sticky: Sticky,
    serials: u64,
    turn: u64,
}

impl Inner {
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            slots: Vec::new(),
            groups: Vec::new(),
            queue: VecDeque::new(),
            waiters: 0,
            sticky: Sticky::default(),
            serials: 0,
            turn: 0,
        }
    }

    pub fn rule(&mut self, rules: Rules) {
        self.rules = rules;
        for slot in self.slots.iter_mut().filter(|slot| slot.serial != 0) {
            slot.limit(slot.cold.account.limits.or(rules.limits));
        }
    }

    /// Puts an account in and says where.
    pub fn insert(&mut self, group: u16, account: Arc<Account>, health: Health) -> usize {
        self.serials += 1;
        let limits = account.limits.or(self.rules.limits);
        let mut slot = Slot::new(self.serials, group, account, health, limits);
        // A newcomer does not have to make up for what the others did before.
        let others = self.slots.iter().filter(|other| other.serial != 0 && other.group == group);
        slot.served = others.map(|other| other.served).reduce(f64::min).unwrap_or_default();
        self.groups[usize::from(group)].1.fetch_add(1, Ordering::Relaxed);
        // A place whose leases are still out is not given away.
        match self.slots.iter().position(|place| place.serial == 0 && place.in_flight == 0) {
            Some(at) => {
                self.slots[at] = slot;
                at
            }
            None => {
                self.slots.push(slot);
                self.slots.len() - 1
            }
        }
    }

    pub fn remove(&mut self, id: &str) -> Option<Arc<Account>> {
        let at = self.find(id)?;
        let slot = &mut self.slots[at];
        slot.serial = 0;
        self.groups[usize::from(slot.group)].1.fetch_sub(1, Ordering::Relaxed);
        Some(Arc::clone(&slot.cold.account))
    }

    pub fn find(&self, id: &str) -> Option<usize> {
        self.slots.iter().position(|slot| slot.serial != 0 && slot.cold.account.id == id)
    }

    /// Finds a place and takes it.
    pub fn pick(&mut self, wanted: &Wanted, tried: &[u64], now: Millis) -> Pick {
        let picked = self.pick_dry(wanted, tried, now);
        let Pick::Got { slot, leg, .. } = picked else { return picked };
        self.turn += 1;
        let probe = self.slots[slot].reserve(now, self.turn);
        if let Some(conversation) = wanted.conversation {
            self.sticky.remember(conversation.key, slot, self.slots[slot].serial, now);
        }
        Pick::Got { slot, leg, probe }
    }

    /// Finds a place without taking it.
    pub fn pick_dry(&mut self, wanted: &Wanted, tried: &[u64], now: Millis) -> Pick {
        let (mut busy, mut rests) = (Busy::default(), None);
        let today = day(now);
        for (leg, way) in wanted.legs.iter().enumerate() {
            let mut best: Option<((f64, u64), usize)> = None;
            let strategy = self.rules.strategy;
            for (at, slot) in self.slots.iter_mut().enumerate() {
                if !is_of(slot, way) || tried.contains(&slot.serial) {
                    continue;
                }
                let rank = match slot.gate(now, today) {
                    Gate::Open => (slot.rank(strategy, at, now), slot.last_used),
                    // A probe comes before everything else: only so does an account that was ill come back.
                    Gate::Probe => (-1.0, slot.last_used),
                    Gate::Full(until) => {
                        busy.add(until);
                        continue;
                    }
                    Gate::Shut(until) => {
                        rests = soonest(rests, until);
                        continue;
                    }
                };
                if best.is_none_or(|(least, _)| rank < least) {
                    best = Some((rank, at));
                }
            }
            if let Some((_, slot)) = best {
                let slot = self.own(wanted.conversation, way, tried, slot, now).unwrap_or(slot);
                return Pick::Got { slot, leg, probe: false };
            }
        }
        if busy.count == 0 {
            return Pick::Shut;
        }
        Pick::Full(Opening { wake: soonest(rests, busy.soonest), earliest: busy.earliest() })
    }

    /// The account that the conversation had before, if it is well and not much busier than `best`.
    fn own(
        &mut self,
        conversation: Option<Conversation>,
        way: &Leg,
        tried: &[u64],
        best: usize,
        now: Millis,
    ) -> Option<usize> {
        let conversation = conversation.filter(|one| one.continued)?;
        let (at, serial) = self.sticky.find(conversation.key)?;
        let least = self.slots[best].in_flight;
        let slot = self.slots.get_mut(at).filter(|slot| slot.serial == serial && is_of(slot, way))?;
        let open = slot.gate(now, day(now)) == Gate::Open;
        let fits = open && slot.in_flight <= least + LOYALTY && !tried.contains(&serial);
        fits.then_some(at)
    }

    /// Whether an outcome that was had with `account` says something about the one that is here now. That an older
    /// credential is refused says nothing about the new one.
    pub fn concerns(&self, at: usize, account: &Account, outcome: &Outcome) -> bool {
        let of_credential = match outcome {
            Outcome::Failed(blame) | Outcome::CheckFailed(blame) => {
                matches!(blame.cause.class, Class::Expired | Class::NeedsOwner | Class::Banned)
            }
            _ => false,
        };
        !of_credential || self.slots[at].cold.account.sign_in == account.sign_in
    }

    pub fn release(&mut self, returned: &Returned<'_>, end: End, now: Millis) -> Option<News> {
        let Returned { account, slot: at, serial, probe, began } = *returned;
        let slot = self.slots.get_mut(at)?;
        if slot.serial != serial {
            // The account was taken out meanwhile; its place is free once nobody uses it any more.
            slot.in_flight = slot.in_flight.saturating_sub(u32::from(slot.serial == 0));
            return None;
        }
        slot.release(probe);
        if end.tokens > 0 {
            slot.turn_day(day(now));
            slot.day_tokens = slot.day_tokens.saturating_add(end.tokens);
            slot.cold.dirty = true;
        }
        let outcome = end.outcome.filter(|outcome| self.concerns(at, account, outcome))?;
        let slot = &mut self.slots[at];
        let failed = matches!(outcome, Outcome::Failed(_));
        let first = end.first_token.map(|wait| wait.as_secs_f32() * 1000.0);
        slot.measure(failed, first, now);
        if failed {
            slot.cold.failures += 1;
        } else {
            slot.cold.answers += 1;
            slot.cold.last_answer = Some(now);
            // An answer that began before the account fell ill does not show that it is well again.
            if slot.cold.health.is_spotless() || began <= slot.cold.health.blamed() {
                return None;
            }
        }
        self.take_in(at, outcome, now, super::chance())
    }

    /// Lets an account's health take in what happened.
    pub fn take_in(&mut self, at: usize, outcome: Outcome, now: Millis, chance: f64) -> Option<News> {
        let slot = self.slots.get_mut(at)?;
        let before = slot.cold.health.clone();
        let change = slot.cold.health.take(outcome, now, chance);
        if slot.cold.health == before {
            return None;
        }
        slot.settle();
        let (group, opened) = (slot.group, change.as_ref().is_some_and(|change| change.to == State::Ready));
        // A doubt about the sign-in is looked into soon; a check finds out nothing else.
        if !slot.cold.health.is_spotless()
            && slot.cold.health.cause().is_some_and(|cause| cause.class == Class::Expired)
        {
            slot.cold.check_at = slot.cold.check_at.min(now);
        }
        if opened {
            self.catch_up(at, group);
        }
        let slot = &self.slots[at];
        let (account, health) = (Arc::clone(&slot.cold.account), slot.cold.health.clone());
        Some(News { account, change, health })
    }

    /// Who comes back has not to make up for what the others did meanwhile.
    fn catch_up(&mut self, at: usize, group: u16) {
        let is_open = |slot: &&Slot| slot.serial != 0 && slot.group == group && slot.cold.health.opens() == Some(0);
        let others = self.slots.iter().enumerate().filter(|(other, slot)| *other != at && is_open(slot));
        let least = others.map(|(_, slot)| slot.served).reduce(f64::min).unwrap_or_default();
        let slot = &mut self.slots[at];
        slot.served = slot.served.max(least);
    }

    /// What is known of a request's success before its end: a probe has shown that the account is well.
    pub fn prove(&mut self, at: usize, serial: u64, now: Millis) -> Option<News> {
        let slot = self.slots.get(at).filter(|slot| slot.serial == serial)?;
        if slot.cold.health.is_spotless() {
            return None;
        }
        self.take_in(at, Outcome::Answered, now, super::chance())
    }

    /// Whether somebody waits for what this request wants, too; how many do.
    pub fn rivals(&self, wanted: &Wanted) -> usize {
        let shared = |other: &Wanted| {
            other.legs.iter().any(|theirs| wanted.legs.iter().any(|own| own.group.index == theirs.group.index))
        };
        self.queue.iter().filter(|waiter| shared(&waiter.wanted)).count()
    }

    /// Why there is nothing for this request.
    pub fn denied(&mut self, wanted: &Wanted, tried: &[u64], now: Millis) -> Denied {
        let (mut denied, mut busy) = (Denied { now, ..Denied::default() }, Busy::default());
        for slot in self.slots.iter_mut().filter(|slot| !tried.contains(&slot.serial)) {
            if !wanted.legs.iter().any(|way| is_of(slot, way)) {
                continue;
            }
            match slot.gate(now, day(now)) {
                Gate::Shut(_) => denied.waiting.push(Waiting {
                    account: Arc::clone(&slot.cold.account),
                    state: slot.cold.health.state(),
                    cause: slot.cold.health.cause().cloned(),
                }),
                Gate::Full(until) => busy.add(until),
                Gate::Open | Gate::Probe => busy.add(None),
            }
        }
        (denied.busy, denied.opens) = (busy.count, busy.earliest());
        denied
    }
}

fn is_of(slot: &Slot, way: &Leg) -> bool {
    slot.serial != 0 && slot.group == way.group.index && way.only.as_deref().is_none_or(|id| slot.cold.account.id == id)
}
