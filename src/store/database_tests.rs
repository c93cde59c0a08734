//! The database as its users see it, in real files.

use std::os::unix::fs::PermissionsExt;

use super::fixture::{COOKIE, Folder, Running, TODAY, account, contains, event, health, holds, reread, setting, usage};
use super::{Kept, ModelsRecord, Record, Store};
use crate::config::Secret;

#[tokio::test]
async fn everything_that_was_kept_is_there_after_a_restart() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    assert!(running.contents.accounts.is_empty() && running.contents.warnings.is_empty());
    let mut second = account("b-2");
    (second.number, second.enabled, second.gone) = (None, false, true);
    (second.fingerprint, second.identity) = (Some("f".into()), None);
    let models = ModelsRecord { provider: "web".into(), body: "[]".into(), at_ms: 9 };
    let committed = vec![Record::Account(account("a-1")), Record::Account(second.clone()), health("b-2", "{\"x\":1}")];
    assert_eq!(running.database.commit(committed).await, Kept::Disk);
    for record in
        [event("a-1", 7), event("b-2", 5), event("a-1", 6), usage("a-1", TODAY, 3), usage("a-1", TODAY - 1, 4)]
    {
        running.database.put(record);
    }
    running.database.put(setting("theme", "\"dark\""));
    running.database.put(Record::Models(models.clone()));
    running.stop().await;

    let contents = reread(&folder).await;
    assert_eq!(contents.accounts, [account("a-1"), second]);
    let events: Vec<_> = contents.events.iter().map(|event| (event.account.as_str(), event.at_ms)).collect();
    assert_eq!(events, [("a-1", 7), ("b-2", 5), ("a-1", 6)], "in the order in which they were put");
    assert_eq!(contents.usage.iter().map(|usage| (usage.day, usage.requests)).collect::<Vec<_>>(), [(TODAY, 3)]);
    assert_eq!(contents.usage[0].tokens, 30);
    assert_eq!(contents.health, [("b-2".to_owned(), "{\"x\":1}".to_owned())]);
    assert_eq!(contents.settings, [("theme".to_owned(), "\"dark\"".to_owned())].into());
    assert_eq!(contents.models, [models]);
}

#[tokio::test]
async fn later_records_replace_earlier_ones_and_a_setting_goes_back_to_its_default() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    let first = vec![Record::Account(account("a-1")), health("a-1", "1"), usage("a-1", TODAY, 1), setting("x", "1")];
    assert_eq!(running.database.commit(first).await, Kept::Disk);
    let mut changed = account("a-1");
    (changed.name, changed.version) = ("renamed".into(), 2);
    changed.credential = Secret::new([("key".to_owned(), "other".to_owned())].into());
    let unset = Record::Setting { name: "x".into(), value: None };
    let later = vec![Record::Account(changed.clone()), health("a-1", "2"), usage("a-1", TODAY, 2), unset];
    assert_eq!(running.database.commit(later).await, Kept::Disk);
    running.stop().await;
    let contents = reread(&folder).await;
    assert_eq!(contents.accounts, [changed]);
    assert_eq!(contents.health, [("a-1".to_owned(), "2".to_owned())], "changing an account keeps its health");
    assert_eq!(contents.usage[0].requests, 2);
    assert!(contents.settings.is_empty());
}

#[tokio::test]
async fn a_dropped_account_takes_along_what_belongs_to_it_also_what_comes_late() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    let of = |id| vec![Record::Account(account(id)), health(id, "1"), event(id, 1), usage(id, TODAY, 1)];
    assert_eq!(running.database.commit([of("a-1"), of("b-2")].concat()).await, Kept::Disk);
    assert_eq!(running.database.commit(vec![Record::DropAccount("a-1".into())]).await, Kept::Disk);
    let late = vec![health("a-1", "2"), event("a-1", 2), usage("a-1", TODAY, 2)];
    assert_eq!(running.database.commit(late).await, Kept::Disk);
    assert_eq!(running.database.commit(vec![Record::Account(account("a-1"))]).await, Kept::Disk);
    running.stop().await;
    let contents = reread(&folder).await;
    assert_eq!(contents.accounts.len(), 2);
    assert!(contents.health.iter().all(|(id, _)| id == "b-2") && contents.health.len() == 1);
    assert!(contents.events.iter().all(|event| event.account == "b-2") && contents.events.len() == 1);
    assert!(contents.usage.iter().all(|usage| usage.account == "b-2") && contents.usage.len() == 1);
}

#[tokio::test]
async fn credentials_are_in_no_file_and_all_files_are_the_owners_alone() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    assert_eq!(running.database.commit(vec![Record::Account(account("a-1"))]).await, Kept::Disk);
    assert!(contains(&folder.bytes("qianqiao.db-wal"), "someone"), "the log holds the account, so there is a log");
    assert!(!holds(folder.dir(), COOKIE));
    for name in folder.names() {
        let mode = std::fs::metadata(folder.path(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    running.stop().await;
    assert_eq!(folder.names(), ["data.key", "qianqiao.db", "qianqiao.lock"]);
    assert!(holds(folder.dir(), "someone") && !holds(folder.dir(), COOKIE));
    let key = folder.bytes("data.key");
    assert!(key.len() == 64 && key.iter().all(u8::is_ascii_hexdigit));
}

#[tokio::test]
async fn old_events_and_old_usage_are_forgotten() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    running.database.put(Record::Account(account("a-1")));
    running.database.put(Record::Account(account("b-2")));
    running.database.put(event("b-2", -1));
    (0..700).for_each(|at| running.database.put(event("a-1", at)));
    running.database.put(usage("a-1", TODAY - 401, 1));
    running.database.put(usage("a-1", TODAY - 400, 1));
    running.stop().await;
    let contents = reread(&folder).await;
    assert_eq!(contents.events.len(), 101, "the newest hundred of each account are read");
    assert_eq!((contents.events[0].at_ms, contents.events[1].at_ms, contents.events[100].at_ms), (-1, 600, 699));
    let mut connection = super::fixture::connection(&folder.path("qianqiao.db")).await;
    let count = |sql| sqlx::query_scalar::<_, i64>(sql);
    assert_eq!(count("SELECT count(*) FROM events").fetch_one(&mut connection).await.unwrap(), 501);
    assert_eq!(count("SELECT min(at_ms) FROM events WHERE at_ms >= 0").fetch_one(&mut connection).await.unwrap(), 200);
    assert_eq!(count("SELECT count(*) FROM usage").fetch_one(&mut connection).await.unwrap(), 1);
}

#[tokio::test]
async fn fingerprints_last_and_tell_changes_apart() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    let before = running.database.fingerprint("cookie");
    assert_ne!(before, running.database.fingerprint("cookie2"));
    assert!(!before.contains("cookie"));
    running.stop().await;
    let running = Running::start(&folder).await;
    assert_eq!(running.database.fingerprint("cookie"), before);
    running.stop().await;
}

#[tokio::test]
async fn what_was_put_is_written_soon_and_the_status_says_so() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    let before = running.database.status();
    assert!(before.on_disk && before.problem.is_none() && before.bytes > 0 && before.last_write_ms == 0);
    running.database.put(setting("x", "1"));
    running.database.put(setting("x", "2"));
    assert_eq!(running.database.status().pending, 2);
    let written = async {
        while running.database.status().pending > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), written).await.unwrap();
    assert!(running.database.status().last_write_ms > 0);
    assert_eq!(running.database.flush().await, Kept::Disk);
    running.stop().await;
}

#[tokio::test]
async fn a_second_service_is_refused_and_may_start_when_the_first_has_ended() {
    let folder = Folder::new();
    let first = Running::start(&folder).await;
    let refused = Running::with_key(&folder, None).await.err().unwrap();
    assert!(refused.contains("another qianqiao uses") && refused.contains("DATA_DIR"), "{refused}");
    let (second, ()) = tokio::join!(Running::with_key(&folder, None), first.stop());
    second.unwrap().stop().await;
}

#[tokio::test]
async fn without_a_folder_everything_works_but_nothing_lasts() {
    let store = Store::open(&["/proc/none".into()]);
    let running = Running::start(&store).await;
    let Kept::Memory(why) = running.database.commit(vec![Record::Account(account("a-1"))]).await else {
        panic!("there is no disk");
    };
    assert!(why.contains("DATA_DIR") && why.contains("/proc/none") && why.contains("restart"), "{why}");
    running.database.put(health("a-1", "1"));
    assert_eq!(running.database.flush().await, Kept::Memory(why.clone()));
    let status = running.database.status();
    assert_eq!((status.on_disk, status.problem, status.pending), (false, Some(why), 0));
    assert_eq!(running.database.fingerprint("x"), running.database.fingerprint("x"));
    assert!(running.database.backup(&std::env::temp_dir().join("never")).await.is_err());
    running.stop().await;
}
