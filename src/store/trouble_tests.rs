//! What happens when something is wrong: keys, files, disks.

use std::fs;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sqlx::Connection;

use super::fixture::{COOKIE, Folder, Running, TODAY, account, connection, event, reread, setting};
use super::{Database, Kept, Record, Store};
use crate::config::Secret;

/// A folder with a database in which an account lies.
async fn filled(key: Option<&Secret<String>>) -> Folder {
    let folder = Folder::new();
    let running = Running::with_key(&folder, key).await.unwrap();
    assert_eq!(running.database.commit(vec![Record::Account(account("a-1"))]).await, Kept::Disk);
    running.stop().await;
    folder
}

async fn refusal(folder: &Folder, key: Option<&Secret<String>>) -> String {
    let before = (folder.names(), folder.bytes("qianqiao.db"));
    let sentence = Running::with_key(folder, key).await.err().unwrap();
    assert!(folder.bytes("qianqiao.db") == before.1, "nothing is overwritten");
    // Beside a damaged file SQLite leaves an empty log.
    let after: Vec<_> = folder.names().into_iter().filter(|name| !name.ends_with("-shm")).collect();
    assert!(after.iter().all(|name| before.0.contains(name) || folder.bytes(name).is_empty()), "{after:?}");
    assert!(!sentence.contains(COOKIE) && sentence.contains("qianqiao.db"), "{sentence}");
    sentence
}

#[tokio::test]
async fn a_wrong_key_is_refused_with_the_mend() {
    let (right, wrong) = (Secret::new("0123456789abcdef".to_owned()), Secret::new("0123456789abcdeX".to_owned()));
    let folder = filled(Some(&right)).await;
    assert_eq!(folder.names(), ["qianqiao.db", "qianqiao.lock"], "a named key is kept nowhere");
    let sentence = refusal(&folder, Some(&wrong)).await;
    assert!(sentence.starts_with("DATA_KEY does not open the stored credentials"), "{sentence}");
    assert!(!sentence.contains("0123456789"), "{sentence}");
    let sentence = refusal(&folder, None).await;
    assert!(sentence.contains("is missing") && sentence.contains("data.key"), "{sentence}");
    folder.keep_private_text("data.key", wrong.expose()).unwrap();
    assert!(refusal(&folder, None).await.contains("put the right data.key back"));
    Running::with_key(&folder, Some(&right)).await.unwrap().stop().await;
}

#[tokio::test]
async fn a_lost_key_is_not_replaced_by_another() {
    let folder = filled(None).await;
    let key = folder.bytes("data.key");
    fs::remove_file(folder.path("data.key")).unwrap();
    let sentence = refusal(&folder, None).await;
    assert!(sentence.contains("data.key") && sentence.contains("DATA_KEY"), "{sentence}");
    fs::write(folder.path("data.key"), key).unwrap();
    let named = Secret::new("0123456789abcdef".to_owned());
    assert!(refusal(&folder, Some(&named)).await.contains("take DATA_KEY away"));
    assert_eq!(reread(&folder).await.accounts, [account("a-1")]);
}

/// Puts `bytes` in the database's place.
fn put(folder: &Folder, bytes: &[u8]) {
    for name in ["qianqiao.db-wal", "qianqiao.db-shm"] {
        let _ = fs::remove_file(folder.path(name));
    }
    fs::write(folder.path("qianqiao.db"), bytes).unwrap();
}

#[tokio::test]
async fn a_torn_file_a_foreign_file_and_a_newer_one_are_refused() {
    let folder = filled(None).await;
    let whole = folder.bytes("qianqiao.db");
    let mut torn = whole.clone();
    torn[4096..8192].fill(0x5a);
    let text = b"this is no database, but a text that is long enough to be looked at".repeat(99);
    for bytes in [&whole[..whole.len() / 2], &torn, &text] {
        put(&folder, bytes);
        assert!(refusal(&folder, None).await.contains("is damaged"));
    }
    put(&folder, b"");
    let mut other = connection(&folder.path("qianqiao.db")).await;
    sqlx::query("CREATE TABLE songs (name TEXT)").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    assert!(refusal(&folder, None).await.contains("none of qianqiao"));

    put(&folder, &whole);
    let mut newer = connection(&folder.path("qianqiao.db")).await;
    let later = "INSERT INTO _sqlx_migrations SELECT 99, description, installed_on, success, checksum, 0 \
        FROM _sqlx_migrations WHERE version = 1";
    sqlx::query(later).execute(&mut newer).await.unwrap();
    newer.close().await.unwrap();
    assert!(refusal(&folder, None).await.contains("newer version"));
}

#[tokio::test]
async fn a_credential_that_was_moved_or_changed_is_missing_but_its_account_is_not() {
    let folder = filled(None).await;
    let mut past = connection(&folder.path("qianqiao.db")).await;
    sqlx::query("UPDATE accounts SET id = 'b-2'").execute(&mut past).await.unwrap();
    past.close().await.unwrap();
    let contents = reread(&folder).await;
    assert!(contents.accounts[0].credential.expose().is_empty());
    assert!(contents.warnings.len() == 1 && contents.warnings[0].contains("account b-2"), "{:?}", contents.warnings);
}

/// Waits until `database` is well again, flushing as its users do.
async fn recovered(database: &Database) {
    let well = async { while database.flush().await != Kept::Disk {} };
    tokio::time::timeout(Duration::from_secs(20), well).await.unwrap();
}

#[tokio::test]
async fn on_a_full_disk_changes_wait_in_memory_and_are_written_when_there_is_room() {
    let folder = filled(None).await;
    let (database, writer, contents) = Database::open(&folder, None, TODAY).await.unwrap();
    let pages = writer.disk.as_ref().unwrap().pages.clone();
    let running = Running::run(database, writer, contents);
    pages.store(1, Ordering::Relaxed);
    let large = setting("large", &"x".repeat(1 << 20));
    let Kept::Memory(why) = running.database.commit(vec![large, event("a-1", 1)]).await else {
        panic!("the disk is full");
    };
    assert!(why.contains("the disk is full") && why.contains("free some space"), "{why}");
    running.database.put(setting("small", "1"));
    running.database.put(event("a-1", 2));
    let status = running.database.status();
    assert_eq!((status.on_disk, status.problem, status.pending), (false, Some(why), 4));
    pages.store(0, Ordering::Relaxed);
    recovered(&running.database).await;
    let status = running.database.status();
    assert!(status.on_disk && status.problem.is_none() && status.pending == 0);
    running.stop().await;
    let contents = reread(&folder).await;
    assert_eq!((contents.settings["large"].len(), contents.settings["small"].as_str()), (1 << 20, "1"));
    assert_eq!(contents.events.iter().map(|event| event.at_ms).collect::<Vec<_>>(), [1, 2], "each once");
}

#[tokio::test]
async fn what_was_written_is_not_written_again_because_the_old_could_not_be_forgotten() {
    let folder = filled(None).await;
    let (database, mut writer, contents) = Database::open(&folder, None, TODAY).await.unwrap();
    let disk = writer.disk.as_mut().unwrap();
    disk.batches = u32::MAX - 10;
    let running = Running::run(database, writer, contents);
    let mut past = connection(&folder.path("qianqiao.db")).await;
    let refuse = "CREATE TRIGGER refuse BEFORE DELETE ON tallies BEGIN SELECT RAISE(ABORT, 'no'); END";
    sqlx::query(refuse).execute(&mut past).await.unwrap();
    let old = super::TallyRecord { start_ms: 0, hours: 24, body: String::new() };
    assert_eq!(running.database.commit(vec![Record::Tally(old), event("a-1", 1)]).await, Kept::Disk);
    assert_eq!(running.database.commit(vec![event("a-1", 2)]).await, Kept::Disk);
    assert!(running.database.status().on_disk);
    sqlx::query("DROP TRIGGER refuse").execute(&mut past).await.unwrap();
    past.close().await.unwrap();
    running.stop().await;
    assert_eq!(reread(&folder).await.events.iter().map(|event| event.at_ms).collect::<Vec<_>>(), [1, 2], "each once");
}

#[tokio::test]
async fn it_recovers_by_itself_from_a_lock_that_nobody_gives_back_in_time() {
    let folder = filled(None).await;
    let running = Running::start(&folder).await;
    let mut other = connection(&folder.path("qianqiao.db")).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let asked = std::time::Instant::now();
    let meanwhile = async {
        // The writer has its turns, and now waits for the lock.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        running.database.put(setting("late", "2"));
    };
    let (kept, ()) = tokio::join!(running.database.commit(vec![setting("x", "1")]), meanwhile);
    let Kept::Memory(why) = kept else { panic!("it is locked") };
    assert!(asked.elapsed() < Duration::from_secs(4), "the answer does not wait for the lock");
    assert!(why.contains("locked"), "{why}");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    let well = async {
        while !running.database.status().on_disk {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), well).await.expect("it tries again unasked");
    assert_eq!(running.database.status().pending, 0);
    other.close().await.unwrap();
    running.stop().await;
    let settings = reread(&folder).await.settings;
    assert_eq!((settings["x"].as_str(), settings["late"].as_str()), ("1", "2"));
}

#[tokio::test]
async fn a_file_that_vanished_is_noticed_and_its_end_waits_for_its_return() {
    let folder = filled(None).await;
    let running = Running::start(&folder).await;
    assert_eq!(running.database.commit(vec![setting("x", "1")]).await, Kept::Disk);
    let (here, there) = (folder.path("qianqiao.db"), folder.path("elsewhere.db"));
    for ending in ["", "-wal", "-shm"] {
        let with = |path: &std::path::Path| format!("{}{ending}", path.display());
        fs::rename(with(&here), with(&there)).unwrap();
    }
    let Kept::Memory(why) = running.database.commit(vec![setting("y", "2")]).await else { panic!("it is gone") };
    assert!(why.contains("see that it is there"), "{why}");
    assert!(!here.exists(), "an empty database in its place would hide the loss");
    for ending in ["-wal", ""] {
        let with = |path: &std::path::Path| format!("{}{ending}", path.display());
        if fs::exists(with(&there)).unwrap() {
            fs::rename(with(&there), with(&here)).unwrap();
        }
    }
    // Ending while it is broken writes what is left as soon as that is possible.
    running.stop().await;
    let contents = reread(&folder).await;
    assert_eq!((contents.settings["x"].as_str(), contents.settings["y"].as_str()), ("1", "2"));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_at_the_start_is_read_and_written_once_it_can() {
    let folder = filled(None).await;
    let running = Running::start(&Store::read_only(folder.dir())).await;
    assert_eq!(running.contents.accounts, [account("a-1")]);
    let problem = running.database.status().problem.unwrap();
    assert!(problem.contains("cannot be written") && problem.contains("in memory only"), "{problem}");
    running.database.put(setting("x", "1"));
    recovered(&running.database).await;
    assert!(running.database.status().on_disk);
    running.stop().await;
    assert_eq!(reread(&folder).await.settings["x"], "1");
    fs::remove_file(folder.path("data.key")).unwrap();
    let sentence = Running::with_key(&Store::read_only(folder.dir()), None).await.err().unwrap();
    assert!(sentence.contains("is missing"), "what cannot be opened is not ignored: {sentence}");
}

#[tokio::test]
async fn a_database_that_is_locked_at_the_start_is_read_and_written_later() {
    let folder = filled(None).await;
    let mut other = connection(&folder.path("qianqiao.db")).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    sqlx::query("UPDATE accounts SET name = 'half'").execute(&mut other).await.unwrap();
    let running = Running::start(&folder).await;
    assert_eq!(running.contents.accounts, [account("a-1")]);
    assert!(!running.database.status().on_disk);
    let Kept::Memory(why) = running.database.commit(vec![setting("x", "1")]).await else { panic!("it is locked") };
    assert!(!why.is_empty());
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    running.stop().await;
    let contents = reread(&folder).await;
    assert_eq!((contents.accounts, contents.settings["x"].as_str()), (vec![account("a-1")], "1"));
}

#[tokio::test]
async fn what_cannot_be_read_is_said_not_to_be_known_and_is_left_alone() {
    let folder = filled(None).await;
    let whole = folder.bytes("qianqiao.db");
    fs::remove_file(folder.path("qianqiao.db")).unwrap();
    // In place of a file that belongs to somebody else, which root could read all the same.
    fs::create_dir(folder.path("qianqiao.db")).unwrap();
    let running = Running::start(&folder).await;
    let problem = running.database.status().problem.unwrap();
    assert!(problem.contains("cannot be opened") && problem.contains("what was kept is not known"), "{problem}");
    assert!(matches!(running.database.commit(vec![setting("x", "1")]).await, Kept::Memory(_)));
    running.stop().await;
    fs::remove_dir(folder.path("qianqiao.db")).unwrap();
    put(&folder, &whole);
    assert!(reread(&folder).await.settings.is_empty());
}
