//! `GET /admin/api/live`: the overview as it changes, and each call that ends, as one stream of events.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BodyStream;
use actix_web::http::header::{self, ContentType};
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpRequest, HttpResponse};
use futures_util::stream;
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::overview::Overview;
use crate::console::{Listener, MOST_LISTENERS};
use crate::http::owner::Owner;
use crate::openai::error::object;
use crate::state::AppState;
use crate::usage::Call;

/// How often a listener looks for a change, and whether its right still holds.
const TICK: Duration = Duration::from_secs(1);

/// After how many ticks without a word one is said, so that the page knows within 5 s that somebody is there.
const QUIET: u32 = 4;

/// When somebody who found no room may ask again, in seconds.
const COME_BACK: u64 = 5;

/// How many calls are told in one piece.
const TOGETHER: usize = 100;

/// Tells how everything is, at once and whenever it changes, and each call that ends.
///
/// `event: state` has an overview, `event: request` a call; `event: missed` how many calls were left out, because they came
/// faster than they were read; `event: end` says why there is no more (`signed_out` or `stopping`). Something comes every 5 s at least.
#[utoipa::path(get, path = "/admin/api/live", tag = "service", responses((status = 200, description = "Events without an end.", body = String, content_type = "text/event-stream"), (status = 429, description = "Too many listen already.")), security(("key" = [])))]
pub async fn live(owner: Owner, request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let Some(place) = state.console.board.listen() else { return no_room() };
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (calls, stopping) = (state.usage.subscribe(), state.gateway.admission.stopping());
    let told = Told { number: 0, quiet: 0, over: false };
    let listening = Listening { owner, request, state, calls, stopping, ticks, told, _place: place };
    let body = stream::unfold(listening, |mut listening| async move {
        let piece = listening.next().await?;
        Some((Ok::<_, Error>(Bytes::from(piece)), listening))
    });
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("x-accel-buffering", "no"))
        .body(BodyStream::new(Box::pin(body)))
}

fn no_room() -> HttpResponse {
    let message = format!("{MOST_LISTENERS} pages listen already; close one of them.");
    HttpResponse::TooManyRequests()
        .insert_header(ContentType::json())
        .insert_header((header::RETRY_AFTER, COME_BACK))
        .body(object(&message, "rate_limit_error", None, Some("too_many_listeners")))
}

/// Somebody who listens.
struct Listening {
    owner: Owner,
    request: HttpRequest,
    state: Data<AppState>,
    calls: Receiver<Arc<Call>>,
    stopping: CancellationToken,
    ticks: Interval,
    told: Told,
    _place: Listener,
}

/// What was told already.
struct Told {
    /// The number of the last overview.
    number: u64,
    /// The ticks since the last word.
    quiet: u32,
    /// That there is no more.
    over: bool,
}

impl Listening {
    /// The next words; none after the end.
    async fn next(&mut self) -> Option<String> {
        while !self.told.over {
            let words = tokio::select! {
                biased;
                () = self.stopping.cancelled() => Some(self.end("stopping")),
                _ = self.ticks.tick() => self.tick(),
                call = self.calls.recv() => tell(call, &mut self.calls),
            };
            if words.is_some() {
                self.told.quiet = 0;
                return words;
            }
        }
        None
    }

    fn end(&mut self, reason: &str) -> String {
        self.told.over = true;
        format!("event: end\ndata: {{\"reason\":\"{reason}\"}}\n\n")
    }

    fn tick(&mut self) -> Option<String> {
        if !self.owner.still_holds(&self.request, &self.state) {
            return Some(self.end("signed_out"));
        }
        let now = self.state.gateway.registry.pool.now();
        let sheet = self.state.console.board.sheet(now, || Overview::of(&self.state).told());
        if sheet.number != self.told.number {
            self.told.number = sheet.number;
            return Some(format!("event: state\ndata: {}\n\n", sheet.text));
        }
        self.told.quiet += 1;
        (self.told.quiet >= QUIET).then(|| ": still here\n\n".to_owned())
    }
}

/// Tells of a call that has ended, and of those that ended meanwhile. Whoever reads too slowly misses some, and is told.
fn tell<T: Serialize>(first: Result<Arc<T>, RecvError>, calls: &mut Receiver<Arc<T>>) -> Option<String> {
    let mut words = String::new();
    let mut first = Some(first.map_err(|missed| match missed {
        RecvError::Lagged(count) => TryRecvError::Lagged(count),
        RecvError::Closed => TryRecvError::Closed,
    }));
    for _ in 0..TOGETHER {
        match first.take().unwrap_or_else(|| calls.try_recv()) {
            Ok(call) => {
                let json = serde_json::to_string(&*call).unwrap_or_default();
                let _ = write!(words, "event: request\ndata: {json}\n\n");
            }
            Err(TryRecvError::Lagged(count)) => {
                let _ = write!(words, "event: missed\ndata: {{\"requests\":{count}}}\n\n");
            }
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
        }
    }
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast;

    use super::*;

    #[tokio::test]
    async fn whoever_reads_too_slowly_hears_that_something_is_missing() {
        let (sender, mut calls) = broadcast::channel(2);
        (1..=5).for_each(|call| drop(sender.send(Arc::new(call))));
        let first = calls.recv().await;
        let told = tell(first, &mut calls).unwrap();
        let events: Vec<_> = told.split("\n\n").collect();
        let wanted =
            ["event: missed\ndata: {\"requests\":3}", "event: request\ndata: 4", "event: request\ndata: 5", ""];
        assert_eq!(events, wanted);
        assert_eq!(tell(Err(RecvError::Closed), &mut calls), None);
    }

    #[tokio::test]
    async fn of_very_many_calls_none_is_lost_between_two_pieces() {
        let (sender, mut calls) = broadcast::channel(256);
        (0..TOGETHER as u64 + 1).for_each(|call| drop(sender.send(Arc::new(call))));
        let first = calls.recv().await;
        assert!(tell(first, &mut calls).unwrap().ends_with("data: 99\n\n"));
        let next = calls.recv().await;
        assert_eq!(tell(next, &mut calls).unwrap(), "event: request\ndata: 100\n\n");
    }
}
