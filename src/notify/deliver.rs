//! Brings notices to their target, in the background.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::verdict::{Refusal, verdict};
use super::{Notice, Notifier, Outbox, Target};
use crate::upstream::Client;

/// How long one try may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// How long the rest of an answer is waited for.
const BODY_PATIENCE: Duration = Duration::from_secs(5);

/// The largest answer that is read, in bytes.
const ANSWER_LIMIT: usize = 64 << 10;

/// How long is waited between tries, and how often it is looked whether held-back notices are due.
struct Pace {
    pauses: [Duration; 2],
    look: Duration,
}

const PACE: Pace = Pace { pauses: [Duration::from_secs(2), Duration::from_secs(10)], look: Duration::from_secs(60) };

/// Delivers notices for ever, one after another.
pub async fn deliver(client: Client, outbox: Outbox) {
    run(&client, outbox, &PACE).await;
}

async fn run(client: &Client, mut outbox: Outbox, pace: &Pace) {
    loop {
        match timeout(pace.look, outbox.notices.recv()).await {
            Ok(Some(notice)) => carry(client, &outbox.notifier, &notice, pace).await,
            Ok(None) => return,
            Err(_) => {}
        }
        // What stands for the rest comes last.
        if outbox.notices.is_empty()
            && let Some(more) = outbox.notifier.overflow()
        {
            carry(client, &outbox.notifier, &more, pace).await;
        }
    }
}

/// Tries up to three times; each try goes to the target that is set by then.
async fn carry(client: &Client, notifier: &Notifier, notice: &Notice, pace: &Pace) {
    let mut pauses = pace.pauses.iter();
    loop {
        let Some(target) = notifier.target() else { return };
        let Err(refusal) = attempt(client, &target, notice, PATIENCE).await else {
            return notifier.delivered();
        };
        match pauses.next().filter(|_| refusal.passing) {
            Some(pause) => sleep(*pause).await,
            None => {
                let sentence = sentence(target.host(), &refusal);
                log::warn!("a notice ({}) was not delivered: {sentence}", notice.kind.name());
                return notifier.failed(notice, sentence);
            }
        }
    }
}

pub(super) async fn attempt(
    client: &Client,
    target: &Target,
    notice: &Notice,
    patience: Duration,
) -> Result<(), Refusal> {
    let again = |why: String| Refusal { why, passing: true };
    let late = |_| again(format!("it did not answer within {} s", patience.as_secs()));
    let answer = timeout(patience, client.send(target.outgoing(notice))).await.map_err(late)?;
    // The connector's sentences name no address.
    let (head, body) = answer.map_err(|fault| again(fault.message.trim_end_matches('.').to_owned()))?;
    // A notice that was taken must not be sent again because the rest of the answer is odd.
    let body = timeout(BODY_PATIENCE, body.collect(ANSWER_LIMIT)).await;
    verdict(target.form(), head.status, &body.ok().and_then(Result::ok).unwrap_or_default())
}

/// What the owner reads; of the address it holds the host alone.
pub(super) fn sentence(host: &str, refusal: &Refusal) -> String {
    format!("{host} did not take the notice: {}.", refusal.why)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use fake_upstream::{FIXTURES_DIR, FakeUpstream};
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    use super::*;
    use crate::config::Secret;
    use crate::notify::NoticeKind;
    use crate::upstream::{Settings, install_crypto};

    const FAST: Pace = Pace { pauses: [Duration::from_millis(1); 2], look: Duration::from_millis(1) };
    const TEST_PATIENCE: Duration = Duration::from_secs(10);

    fn notice(account: &str) -> Notice {
        Notice { kind: NoticeKind::Expired, account: Some(account.to_owned()), ..Notice::test(7) }
    }

    fn target(base: &str, path: &str) -> Option<Target> {
        Some(Target::parse(&Secret::new(format!("{base}/hook/{path}")), None).unwrap())
    }

    /// Runs `test` beside a delivery to a stand-in, until the test ends.
    fn with_delivery<F: Future<Output = ()>>(test: impl FnOnce(FakeUpstream, Notifier, Client) -> F) {
        install_crypto();
        actix_rt::System::new().block_on(async {
            let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
            let client = Client::new(&Settings::new(None).unwrap());
            let (notifier, outbox) = Notifier::new();
            tokio::select! {
                () = run(&client, outbox, &FAST) => panic!("delivery never ends"),
                () = test(fake, notifier, client.clone()) => {}
            }
        });
    }

    async fn until(what: impl Fn() -> bool) {
        let looking = async {
            while !what() {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(TEST_PATIENCE, looking).await.unwrap();
    }

    #[test]
    fn a_notice_arrives() {
        with_delivery(|fake, notifier, _| async move {
            notifier.set_target(target(&fake.base_url(), "x?a=b"));
            notifier.send(notice("qianwen-1"));
            until(|| fake.journal().hooks.len() == 1).await;
            let hook = fake.journal().hooks.remove(0).unwrap();
            assert_eq!((hook.method.as_str(), hook.path.as_str(), hook.query.as_str()), ("POST", "/hook/x", "a=b"));
            assert_eq!(hook.content_type, "application/json; charset=utf-8");
            let told: serde_json::Value = serde_json::from_str(&hook.body).unwrap();
            assert_eq!(
                (&told["event"], &told["account"], &told["at"]),
                (&"expired".into(), &"qianwen-1".into(), &7.into())
            );
        });
    }

    #[test]
    fn three_tries_are_made_and_the_problem_lasts_until_one_arrives() {
        with_delivery(|fake, notifier, _| async move {
            notifier.set_target(target(&fake.base_url(), "status-503/s3cret"));
            notifier.send(notice("a"));
            until(|| notifier.last_problem().is_some()).await;
            assert_eq!(fake.journal().hooks.len(), 3);
            let problem = notifier.last_problem().unwrap();
            assert_eq!(problem, "127.0.0.1 did not take the notice: it answered HTTP 503.");
            notifier.send(notice("a"));
            until(|| fake.journal().hooks.len() == 6).await;
            notifier.set_target(target(&fake.base_url(), "good"));
            notifier.failed(&notice("b"), problem);
            notifier.send(notice("a"));
            until(|| notifier.last_problem().is_none()).await;
        });
    }

    #[test]
    fn what_cannot_pass_is_not_tried_again() {
        with_delivery(|fake, notifier, client| async move {
            notifier.set_target(target(&fake.base_url(), "status-404/s3cret"));
            notifier.send(notice("a"));
            until(|| notifier.last_problem().is_some()).await;
            assert_eq!(fake.journal().hooks.len(), 1);
            let told = notifier.try_now(&client, &Notice::test(1)).await.unwrap_err();
            assert!(told.contains("HTTP 404; check the address") && !told.contains("s3cret"), "{told}");
        });
    }

    #[test]
    fn the_rest_of_a_full_hour_is_counted() {
        with_delivery(|fake, notifier, _| async move {
            notifier.set_target(target(&fake.base_url(), "x"));
            let hour_ago = Instant::now().checked_sub(Duration::from_secs(3600)).unwrap();
            (0..25).for_each(|n| notifier.send_at(notice(&n.to_string()), hour_ago));
            until(|| fake.journal().hooks.len() == 21).await;
            let last = fake.journal().hooks.pop_back().unwrap().body;
            assert!(last.contains("\"event\":\"more\"") && last.contains("and 5 more notices"), "{last}");
        });
    }

    #[test]
    fn an_answer_that_is_too_long_is_an_answer() {
        with_delivery(|_, notifier, client| async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            notifier.set_target(target(&format!("http://{}", listener.local_addr().unwrap()), ""));
            let serving = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n").await.unwrap();
                stream.write_all(&[b' '; 90_000]).await.unwrap();
                stream
            };
            let test = Notice::test(1);
            let (told, _open) = tokio::join!(notifier.try_now(&client, &test), serving);
            assert_eq!(told, Ok(()));
        });
    }

    #[test]
    fn a_trial_is_told_at_once_how_it_went() {
        with_delivery(|fake, notifier, client| async move {
            let told = notifier.try_now(&client, &Notice::test(1)).await;
            assert_eq!(told, Err("No address for notices is set.".to_owned()));
            notifier.set_target(target("http://127.0.0.1:1", "s3cret"));
            let told = notifier.try_now(&client, &Notice::test(1)).await.unwrap_err();
            assert!(told.starts_with("127.0.0.1 did not take") && !told.contains("s3cret"), "{told}");
            assert_eq!(notifier.last_problem(), Some(told));
            notifier.set_target(target(&fake.base_url(), "x"));
            for _ in 0..2 {
                assert_eq!(notifier.try_now(&client, &Notice::test(1)).await, Ok(()));
            }
            assert_eq!((fake.journal().hooks.len(), notifier.last_problem()), (2, None));
        });
    }
}
