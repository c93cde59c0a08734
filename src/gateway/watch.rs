//! Sees what no single account shows: that none can answer any more, and that credentials are about to end.

use std::collections::HashSet;

use super::bookkeeper::shown_name;
use super::keeper::Household;
use crate::accounts::clock::{DAY, Millis};
use crate::accounts::paste::day;
use crate::accounts::{EventKind, State, View};
use crate::notify::{Notice, NoticeKind};

/// How many days ahead an end is told, each once.
const AHEAD: [u64; 3] = [1, 3, 7];

/// What was told already.
#[derive(Default)]
pub struct Watch {
    all_down: bool,
    endings: HashSet<(String, String, u64)>,
    looked: Millis,
}

/// How often ends are looked for.
const EVERY: Millis = 60_000;

impl Watch {
    /// Looks, and tells what is new.
    pub fn look(&mut self, household: &Household) {
        let now = household.registry.pool.now();
        let views = household.roster.views();
        self.look_at_all(household, &views, now);
        if now >= self.looked + EVERY {
            self.looked = now;
            for view in &views {
                self.look_at_end(household, view, now);
            }
        }
    }

    fn look_at_all(&mut self, household: &Household, views: &[View], now: Millis) {
        let switched_on = || views.iter().filter(|view| view.health.state() != State::Disabled);
        // Short rests are no news: only what lasts is told.
        let lasting = |view: &View| view.health.opens().is_none_or(|opens| opens > now + EVERY);
        let told = switched_on().next().is_some() && switched_on().all(lasting);
        if told && !self.all_down {
            self.all_down = true;
            log::warn!("no account can answer");
            let states = switched_on().map(|view| format!("{}: {}", view.account.id, view.health.state().name()));
            let text = format!("No account can answer. {}.", states.take(20).collect::<Vec<_>>().join(", "));
            let title = "No account can answer".to_owned();
            household.notifier.send(Notice { kind: NoticeKind::AllDown, account: None, title, text, at_ms: now });
        } else if self.all_down && switched_on().any(|view| view.health.state() == State::Ready) {
            self.all_down = false;
            let title = "Requests are answered again".to_owned();
            let text = "At least one account works again.".to_owned();
            household.notifier.send(Notice { kind: NoticeKind::Recovered, account: None, title, text, at_ms: now });
        }
    }

    fn look_at_end(&mut self, household: &Household, view: &View, now: Millis) {
        let account = &view.account;
        let Some(member) = household.roster.member(&account.provider) else { return };
        // What is renewed by itself ends all the time.
        let end = member.provider.expires(account).filter(|_| member.provider.renewal().is_none());
        let Some(end) = end else { return };
        let left = end.saturating_mul(1000).saturating_sub(now);
        let Some(days) = AHEAD.into_iter().find(|days| left <= days * DAY) else { return };
        let date = day(end);
        if !self.endings.insert((account.id.clone(), date.clone(), days)) {
            return;
        }
        let when = match left.div_ceil(DAY) {
            0 => "has ended by its own date".to_owned(),
            1 => "ends within a day".to_owned(),
            days => format!("ends in {days} days"),
        };
        let message = format!("Its credential {when} ({date}); sign in again and paste the new one.");
        let known = household.registry.events.of(&account.id);
        // A restart does not tell the same again.
        if known.iter().any(|event| event.kind == EventKind::Expiry && event.message == message) {
            return;
        }
        household.registry.note(&account.id, EventKind::Expiry, &message);
        let title = format!("{} expires soon", shown_name(account));
        let (kind, id) = (NoticeKind::ExpiresSoon, Some(account.id.clone()));
        household.notifier.send(Notice { kind, account: id, title, text: message, at_ms: now });
    }
}
