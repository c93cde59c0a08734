//! Keys made, changed, taken back, and found again after a restart.

use std::path::PathBuf;

use super::{Draft, Edit, KeyLimits, KeyState, Keyring, NotMade, Refused};
use crate::random;
use crate::store::{Contents, Database, Kept, Store};

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("qianqiao-keys-{}", random::hex(8))))
    }

    /// Whether any file holds `text`.
    fn holds(&self, text: &str) -> bool {
        let files = std::fs::read_dir(&self.0).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        files.into_iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs `work` with a keyring of what `folder` holds, and ends as a service does that is told to.
#[expect(clippy::disallowed_methods, reason = "the writer's end is waited for")]
async fn with<T>(folder: &Folder, work: impl AsyncFnOnce(&Keyring) -> T) -> T {
    let store = Store::open(std::slice::from_ref(&folder.0));
    let (database, writer, contents) = Database::open(&store, None, 20_000).await.unwrap();
    let writer = tokio::spawn(writer.run());
    let Contents { keys, key_use, .. } = contents;
    let keyring = Keyring::new(database.clone(), keys, &key_use, &mut Vec::new());
    let done = work(&keyring).await;
    keyring.keep_use();
    assert_eq!(database.flush().await, Kept::Disk);
    drop((keyring, database));
    writer.await.unwrap();
    done
}

fn draft(name: &str) -> Draft {
    Draft { name: name.to_owned(), ..Draft::default() }
}

#[tokio::test]
async fn a_key_and_its_use_are_found_again_and_its_secret_is_nowhere() {
    let folder = Folder::new();
    let limits = KeyLimits { requests_per_day: Some(2), ..KeyLimits::default() };
    let (secret, id) = with(&folder, async |keyring| {
        let models = vec!["Auto".to_owned(), " auto ".to_owned(), "x/y".to_owned()];
        let made = Draft { models, limits, expires: Some(keyring.now() + 60_000), ..draft(" for a friend ") };
        let (key, secret, kept) = keyring.begin().await.add(made).await.unwrap();
        let secret = secret.expose().clone();
        assert_eq!((kept, key.name.as_str(), secret.len()), (Kept::Disk, "for a friend", 51));
        assert_eq!(key.models, ["Auto", "x/y"]);
        assert!(key.allows("AUTO") && key.allows("X/y") && !key.allows("y"));
        assert!(secret.ends_with(key.hint.strip_prefix("qq-…").unwrap()));
        let found = keyring.find(secret.as_bytes()).unwrap();
        found.touch();
        found.take().unwrap();
        found.spend(9);
        assert!(keyring.find(b"qq-").is_none() && keyring.find(&secret.as_bytes()[..50]).is_none());
        (secret, key.id.clone())
    })
    .await;
    assert!(!folder.holds(&secret) && !folder.holds(&secret[3..]), "only its hash is kept");
    with(&folder, async |keyring| {
        let key = keyring.find(secret.as_bytes()).unwrap();
        assert_eq!((key.id.as_str(), key.state(), key.limits), (id.as_str(), KeyState::Active, limits));
        let used = key.used();
        assert!(used.last.is_some());
        assert_eq!((used.requests_today, used.tokens_today, used.requests_minute), (1, 9, 0));
        assert_eq!(key.take(), Ok(()));
        assert!(matches!(key.take(), Err(Refused::Limit { limit: 2, .. })));
    })
    .await;
}

#[tokio::test]
async fn a_revoked_key_is_gone_for_those_who_hold_it_too_and_stays_gone() {
    let folder = Folder::new();
    let secret = with(&folder, async |keyring| {
        let (held, secret, _) = keyring.begin().await.add(draft("a")).await.unwrap();
        keyring.begin().await.revoke(&held.id).await.unwrap();
        assert_eq!(held.take(), Err(Refused::Closed), "whoever found it before is not let in either");
        assert!(keyring.find(secret.expose().as_bytes()).is_none());
        let changes = keyring.begin().await;
        assert_eq!(changes.change(&held.id, Edit::default()).await.err(), Some(NotMade::Revoked));
        assert!(changes.revoke(&held.id).await.is_ok(), "once more does no harm");
        assert!(changes.add(draft("A")).await.is_ok(), "its name is free again");
        secret
    })
    .await;
    with(&folder, async |keyring| {
        assert!(keyring.find(secret.expose().as_bytes()).is_none());
        let states: Vec<_> = keyring.list().iter().map(|key| key.state()).collect();
        assert_eq!(states, [KeyState::Revoked, KeyState::Active]);
        assert_eq!(keyring.active(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_change_holds_at_once_and_is_kept() {
    let folder = Folder::new();
    let secret = with(&folder, async |keyring| {
        let (held, secret, _) = keyring.begin().await.add(draft("a")).await.unwrap();
        held.take().unwrap();
        let limits = KeyLimits { requests_per_day: Some(1), ..KeyLimits::default() };
        let edit = Edit { name: Some("b".into()), limits: Some(limits), ..Edit::default() };
        keyring.begin().await.change(&held.id, edit).await.unwrap();
        assert!(matches!(held.take(), Err(Refused::Limit { limit: 1, .. })), "what was used before counts");
        let soon = keyring.now() + 1;
        let edit = Edit { expires: Some(Some(soon)), limits: Some(KeyLimits::default()), ..Edit::default() };
        keyring.begin().await.change(&held.id, edit).await.unwrap();
        while keyring.now() < soon {
            std::thread::yield_now();
        }
        assert_eq!(keyring.get(&held.id).unwrap().state(), KeyState::Expired);
        let edit = Edit { expires: Some(None), enabled: Some(false), ..Edit::default() };
        let (key, _) = keyring.begin().await.change(&held.id, edit).await.unwrap();
        assert_eq!((key.state(), key.take()), (KeyState::Paused, Err(Refused::Closed)));
        secret
    })
    .await;
    with(&folder, async |keyring| {
        let key = keyring.find(secret.expose().as_bytes()).unwrap();
        assert_eq!((key.name.as_str(), key.state(), key.take()), ("b", KeyState::Paused, Err(Refused::Closed)));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_its_field() {
    let folder = Folder::new();
    with(&folder, async |keyring| {
        let changes = keyring.begin().await;
        changes.add(draft("Taken")).await.unwrap();
        let now = keyring.now();
        let zero = KeyLimits { tokens_per_minute: Some(0), ..KeyLimits::default() };
        let many = (0..201).map(|n| n.to_string()).collect();
        for (wrong, field) in [
            (draft("  "), "name"),
            (draft("a\nb"), "name"),
            (draft(&"x".repeat(61)), "name"),
            (Draft { models: vec![String::new()], ..draft("b") }, "models"),
            (Draft { models: many, ..draft("b") }, "models"),
            (Draft { limits: zero, ..draft("b") }, "limits.tokens_per_minute"),
            (Draft { expires: Some(now), ..draft("b") }, "expires"),
            (Draft { expires: Some(now + 4000 * 86_400_000), ..draft("b") }, "expires"),
        ] {
            match changes.add(wrong).await {
                Err(NotMade::Wrong(named, _)) => assert_eq!(named, field),
                other => panic!("{field}: {other:?}"),
            }
        }
        assert!(matches!(changes.add(draft("TAKEN")).await, Err(NotMade::Taken(_))));
        assert_eq!(changes.change("key-none", Edit::default()).await.err(), Some(NotMade::Missing));
        assert_eq!(keyring.list().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_lookup_and_a_count_are_cheap() {
    let folder = Folder::new();
    with(&folder, async |keyring| {
        let limits = KeyLimits { requests_per_minute: Some(1 << 30), ..KeyLimits::default() };
        let made = Draft { limits, ..draft("a") };
        let (_, secret, _) = keyring.begin().await.add(made).await.unwrap();
        let start = std::time::Instant::now();
        for _ in 0..10_000 {
            let key = keyring.find(secret.expose().as_bytes()).unwrap();
            key.take().unwrap();
        }
        println!("lookup and count: {:?} each", start.elapsed() / 10_000);
    })
    .await;
}
