//! Where notices are handed in.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::mpsc;

use super::deliver::{self, PATIENCE};
use super::{Gate, Notice, NoticeKind, Target};
use crate::upstream::Client;

/// Takes notices from any thread. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Notifier(Arc<Shared>);

/// The receiving end, which [`super::deliver()`] empties.
#[derive(Debug)]
pub struct Outbox {
    pub(super) notices: mpsc::UnboundedReceiver<Notice>,
    pub(super) notifier: Notifier,
}

#[derive(Debug)]
struct Shared {
    /// It needs no bound: the gate lets few through.
    to: mpsc::UnboundedSender<Notice>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    gate: Gate,
    target: Option<Arc<Target>>,
    problem: Option<String>,
}

impl Notifier {
    /// A notifier without a target, and the outbox that it fills.
    pub fn new() -> (Self, Outbox) {
        let (to, notices) = mpsc::unbounded_channel();
        let notifier = Self(Arc::new(Shared { to, state: Mutex::default() }));
        (notifier.clone(), Outbox { notices, notifier })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends notices to `target` from now on, or nowhere.
    pub fn set_target(&self, target: Option<Target>) {
        let mut state = self.state();
        if state.target.as_deref() != target.as_ref() {
            state.gate.forget_all();
            state.problem = None;
            state.target = target.map(Arc::new);
        }
    }

    /// Where notices go.
    pub fn target(&self) -> Option<Arc<Target>> {
        self.state().target.clone()
    }

    /// Hands in a notice and returns at once. It is dropped if there is no target, or if the gate keeps it.
    pub fn send(&self, notice: Notice) {
        self.send_at(notice, Instant::now());
    }

    pub(super) fn send_at(&self, notice: Notice, now: Instant) {
        let mut state = self.state();
        if state.target.is_some() && state.gate.admit(&notice, now) {
            // Nobody listens only while the service stops.
            let _ = self.0.to.send(notice);
        }
    }

    /// Tells `notice` now, once, whatever was told before, and says how that went.
    ///
    /// # Errors
    /// A sentence for the owner that names the host and nothing else of the address.
    pub async fn try_now(&self, client: &Client, notice: &Notice) -> Result<(), String> {
        let target = self.target().ok_or("No address for notices is set.")?;
        match deliver::attempt(client, &target, notice, PATIENCE).await {
            Ok(()) => {
                self.delivered();
                Ok(())
            }
            Err(refusal) => {
                let sentence = deliver::sentence(target.host(), &refusal);
                self.state().problem = Some(sentence.clone());
                Err(sentence)
            }
        }
    }

    /// Why the last notice did not arrive; nothing, if it did.
    pub fn last_problem(&self) -> Option<String> {
        self.state().problem.clone()
    }

    pub(super) fn delivered(&self) {
        self.state().problem = None;
    }

    pub(super) fn failed(&self, notice: &Notice, sentence: String) {
        let mut state = self.state();
        state.gate.forget(notice);
        state.problem = Some(sentence);
    }

    /// The notice that stands for those held back, when it is due.
    pub(super) fn overflow(&self) -> Option<Notice> {
        self.state().gate.overflow(Instant::now())
    }
}

impl Notice {
    /// The notice by which the owner sees that notices arrive.
    pub fn test(at_ms: u64) -> Self {
        Self {
            kind: NoticeKind::Test,
            account: None,
            title: "qianqiao: a test".to_owned(),
            text: "Notices arrive here. You will hear of an account only when it needs you.".to_owned(),
            at_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    fn target(path: &str) -> Option<Target> {
        Some(Target::parse(&Secret::new(format!("https://example.org/{path}")), None).unwrap())
    }

    fn notice(account: &str) -> Notice {
        Notice { kind: NoticeKind::Expired, account: Some(account.to_owned()), ..Notice::test(0) }
    }

    #[test]
    fn notices_wait_for_a_target_and_are_told_once_to_each() {
        let (notifier, mut outbox) = Notifier::new();
        notifier.send(notice("a"));
        assert!(outbox.notices.try_recv().is_err(), "there is no target yet");
        notifier.set_target(target("s3cret"));
        notifier.send(notice("a"));
        notifier.set_target(target("s3cret"));
        notifier.send(notice("a"));
        assert_eq!((outbox.notices.try_recv(), outbox.notices.try_recv().is_err()), (Ok(notice("a")), true));
        notifier.set_target(target("other"));
        notifier.send(notice("a"));
        assert_eq!(outbox.notices.try_recv(), Ok(notice("a")));
        assert!(!format!("{notifier:?} {outbox:?}").contains("other"));
    }

    #[test]
    fn it_may_be_used_from_any_thread() {
        let (notifier, mut outbox) = Notifier::new();
        notifier.set_target(target(""));
        let other = notifier.clone();
        std::thread::spawn(move || other.send(notice("a"))).join().unwrap();
        assert_eq!(outbox.notices.try_recv(), Ok(notice("a")));
        drop(outbox);
        notifier.send(notice("b"));
    }

    #[test]
    fn what_failed_is_remembered_until_something_arrives() {
        let (notifier, mut outbox) = Notifier::new();
        notifier.set_target(target(""));
        notifier.send(notice("a"));
        notifier.failed(&outbox.notices.try_recv().unwrap(), "It failed.".to_owned());
        assert_eq!(notifier.last_problem().as_deref(), Some("It failed."));
        notifier.send(notice("a"));
        assert_eq!(outbox.notices.try_recv(), Ok(notice("a")), "the owner has not heard of it yet");
        notifier.delivered();
        assert_eq!(notifier.last_problem(), None);
    }
}
