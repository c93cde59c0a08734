use super::*;
use crate::store::{Contents, Store, Writer};

const START: Millis = 1_800_000_000_000;
const HOUR: Millis = 3_600_000;

/// A database in a folder that nobody can make: what is put is taken and forgotten.
async fn nowhere() -> (Database, Writer, Contents) {
    Database::open(&Store::open(&["/proc/none".into()]), None, 0).await.unwrap()
}

async fn sessions() -> Sessions {
    Sessions::new(nowhere().await.0, Vec::new(), "key", START)
}

fn home() -> Address {
    Address::read("192.0.2.7")
}

#[tokio::test]
async fn a_token_opens_until_its_life_is_over() {
    let sessions = sessions().await;
    let (token, session) = sessions.begin(home(), START);
    let token = token.expose().as_bytes();
    assert!(token.starts_with(b"qqs-") && token.len() == 4 + 48);
    assert_eq!((session.address.as_str(), session.expires()), ("192.0.2.7", START + 12 * HOUR));
    let mut now = START;
    while now < START + LIFE {
        assert_eq!(sessions.find(token, now).map(|found| found.id), Some(session.id.clone()), "{}", now - START);
        now += HOUR;
    }
    assert_eq!(sessions.find(token, START + LIFE), None);
    assert_eq!(sessions.list(START), [], "it is forgotten");
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends_sooner() {
    let sessions = sessions().await;
    let (token, session) = sessions.begin(home(), START);
    let token = token.expose().as_bytes();
    assert!(sessions.find(token, START + IDLE - 1).is_some());
    let end = START + IDLE - 1 + IDLE;
    assert!(sessions.is_live(&session.id, end - 1), "to be looked at is no use");
    assert!(!sessions.is_live(&session.id, end));
    assert!(sessions.find(token, end).is_none());
}

#[tokio::test]
async fn nothing_else_opens() {
    let sessions = sessions().await;
    let (token, session) = sessions.begin(home(), START);
    let token = token.expose().clone();
    let hash = hash(token.as_bytes());
    let (short, long) = (token[..token.len() - 1].to_owned(), format!("{token}0"));
    for wrong in ["", "qqs-", &session.id, &hash, &short, &long, &token.to_uppercase(), &format!("qqs-{hash}")] {
        assert!(sessions.find(wrong.as_bytes(), START).is_none(), "{wrong}");
    }
    assert!(!format!("{session:?}").contains(&token[4..]));
}

#[tokio::test]
async fn sessions_end_one_by_one_or_all_but_the_own() {
    let sessions = sessions().await;
    let made: Vec<_> = (0..4).map(|n| sessions.begin(home(), START + n)).collect();
    let id = |n: usize| made[n].1.id.as_str();
    let listed = || sessions.list(START + 9).into_iter().map(|session| session.id).collect::<Vec<_>>();
    assert_eq!(listed(), [id(3), id(2), id(1), id(0)]);
    assert!(sessions.end(id(1)) && !sessions.end(id(1)) && !sessions.end("none"));
    assert!(sessions.find(made[1].0.expose().as_bytes(), START + 9).is_none());
    sessions.key_changed("another", Some(id(2)));
    assert_eq!(listed(), [id(2)]);
    sessions.end_all();
    assert!(listed().is_empty() && !sessions.is_live(id(2), START + 9));
}

#[tokio::test]
async fn there_are_only_so_many_and_the_oldest_go() {
    let sessions = sessions().await;
    let made: Vec<_> = (0..MOST as Millis + 1).map(|n| sessions.begin(home(), START + n)).collect();
    assert_eq!(sessions.list(START + 99).len(), MOST);
    assert!(sessions.find(made[0].0.expose().as_bytes(), START + 99).is_none());
    assert!(sessions.find(made[1].0.expose().as_bytes(), START + 99).is_some());
}

#[tokio::test]
async fn what_was_kept_holds_again_unless_it_ended_meanwhile() {
    let before = sessions().await;
    let (token, session) = before.begin(home(), START);
    let kept = vec![before.record(&hash(token.expose().as_bytes()), &session)];
    let after = |key, now| Sessions::new(before.database.clone(), kept.clone(), key, now);
    let id = |sessions: Sessions, now| sessions.find(token.expose().as_bytes(), now).map(|found| found.id);
    assert_eq!(id(after("key", START + HOUR), START + HOUR), Some(session.id.clone()));
    assert_eq!(id(after("key", START + IDLE), START), None);
    assert_eq!(id(after("another", START + HOUR), START + HOUR), None, "the owner's key was changed meanwhile");
    before.key_changed("another", Some(&session.id));
    let kept = vec![before.record(&hash(token.expose().as_bytes()), &session)];
    assert_eq!(id(Sessions::new(before.database.clone(), kept, "another", START), START), Some(session.id));
}

#[tokio::test]
async fn a_clock_that_was_days_ahead_makes_no_session_last_longer() {
    let ahead = i64::try_from(START + 400 * 24 * HOUR).unwrap();
    let (id, hash) = ("a".to_owned(), hash(b"qqs-a"));
    let database = nowhere().await.0;
    let key = database.fingerprint("key");
    let kept = SessionRecord { id, hash, created_ms: ahead, seen_ms: ahead, address: String::new(), key };
    let sessions = Sessions::new(database, vec![kept], "key", START);
    assert!(sessions.is_live("a", START) && !sessions.is_live("a", START + IDLE));
    assert_eq!(sessions.list(START).first().map(Session::expires), Some(START + LIFE));
}
