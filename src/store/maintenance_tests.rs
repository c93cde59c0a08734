//! The owner's commands, and a schema that grows.

use std::fs;

use sqlx::Connection;

use super::fixture::{COOKIE, Folder, Running, account, connection, contains, event, reread, setting};
use super::key::Keys;
use super::schema::{self, Access, STEPS};
use super::{Kept, Record, Store, backup, maintenance, restore, rotate_key};
use crate::config::Secret;

async fn filled(key: Option<&Secret<String>>) -> Folder {
    let folder = Folder::new();
    let running = Running::with_key(&folder, key).await.unwrap();
    let records = vec![Record::Account(account("a-1")), setting("x", "1")];
    assert_eq!(running.database.commit(records).await, Kept::Disk);
    running.stop().await;
    folder
}

#[tokio::test]
async fn a_backup_of_a_running_service_is_whole_and_holds_neither_key_nor_credential() {
    let folder = filled(None).await;
    let running = Running::start(&folder).await;
    running.database.put(setting("late", "2"));
    let (one, two) = (folder.path("one.bak"), folder.path("two.bak"));
    let bytes = running.database.backup(&one).await.unwrap();
    assert_eq!(bytes, fs::metadata(&one).unwrap().len());
    let sentence = backup(&folder, None, &two).await.unwrap();
    assert!(sentence.contains("two.bak") && sentence.contains("data.key"), "{sentence}");
    assert!(running.database.backup(&one).await.unwrap_err().contains("one.bak"), "it overwrites nothing");
    running.stop().await;
    let key = String::from_utf8(folder.bytes("data.key")).unwrap();
    for name in ["one.bak", "two.bak"] {
        let copy = folder.bytes(name);
        assert!(contains(&copy, "someone") && contains(&copy, "late"));
        assert!(!contains(&copy, COOKIE) && !contains(&copy, &key));
        let mode = fs::metadata(folder.path(name)).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    }
    let three = folder.path("three.bak");
    backup(&folder, None, &three).await.expect("a stopped service can be backed up too");
    let none = Folder::new();
    assert!(backup(&none, None, &folder.path("four.bak")).await.unwrap_err().contains("there is no database"));
    assert!(!folder.path("four.bak").exists());
}

#[tokio::test]
async fn a_restored_backup_brings_the_old_state_back_and_keeps_the_new_one() {
    let folder = filled(None).await;
    let file = folder.path("file.bak");
    let running = Running::start(&folder).await;
    running.database.backup(&file).await.unwrap();
    assert_eq!(running.database.commit(vec![Record::DropAccount("a-1".into()), setting("x", "2")]).await, Kept::Disk);
    let refused = restore(&folder, None, &file).await.unwrap_err();
    assert!(refused.contains("stop it first"), "{refused}");
    running.stop().await;
    let sentence = restore(&folder, None, &file).await.unwrap();
    assert!(sentence.contains("qianqiao.db.before-restore"), "{sentence}");
    let names = ["data.key", "file.bak", "qianqiao.db", "qianqiao.db.before-restore", "qianqiao.lock"];
    assert_eq!(folder.names(), names);
    let contents = reread(&folder).await;
    assert_eq!((contents.accounts, contents.settings["x"].as_str()), (vec![account("a-1")], "1"));
    restore(&folder, None, &folder.path("qianqiao.db.before-restore")).await.unwrap();
    let contents = reread(&folder).await;
    assert_eq!((contents.accounts.len(), contents.settings["x"].as_str()), (0, "2"));
}

#[tokio::test]
async fn the_log_of_a_service_that_was_killed_is_not_mixed_into_the_restored_database() {
    let folder = filled(None).await;
    let file = folder.path("file.bak");
    backup(&folder, None, &file).await.unwrap();
    let running = Running::start(&folder).await;
    assert_eq!(running.database.commit(vec![setting("x", "2")]).await, Kept::Disk);
    // What a kill leaves: the file and its log as they are now.
    let killed = Folder::new();
    for name in ["data.key", "qianqiao.db", "qianqiao.db-wal", "file.bak"] {
        fs::write(killed.path(name), folder.bytes(name)).unwrap();
    }
    running.stop().await;
    assert!(!killed.bytes("qianqiao.db-wal").is_empty());
    restore(&killed, None, &killed.path("file.bak")).await.unwrap();
    assert_eq!(reread(&killed).await.settings["x"], "1");
    restore(&killed, None, &killed.path("qianqiao.db.before-restore")).await.unwrap();
    assert_eq!(reread(&killed).await.settings["x"], "2", "what was in the log is kept with the replaced one");
}

#[tokio::test]
async fn a_damaged_database_is_replaced_and_its_log_is_not_mixed_in() {
    let folder = filled(None).await;
    let file = folder.path("file.bak");
    backup(&folder, None, &file).await.unwrap();
    let running = Running::start(&folder).await;
    assert_eq!(running.database.commit(vec![setting("x", "2")]).await, Kept::Disk);
    let log = folder.bytes("qianqiao.db-wal");
    running.stop().await;
    fs::write(folder.path("qianqiao.db"), "what a failing disk made of it".repeat(999)).unwrap();
    fs::write(folder.path("qianqiao.db-wal"), &log).unwrap();
    restore(&folder, None, &file).await.unwrap();
    assert_eq!(reread(&folder).await.settings["x"], "1");
    assert!(folder.bytes("qianqiao.db.before-restore").starts_with(b"what a failing disk"));
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_refused_with_nothing_changed() {
    let folder = filled(None).await;
    let other = filled(None).await;
    backup(&other, None, &folder.path("other-key")).await.unwrap();
    fs::write(folder.path("text"), "no database at all, but some text".repeat(100)).unwrap();
    fs::write(folder.path("empty"), "").unwrap();
    let mut songs = connection(&folder.path("songs")).await;
    sqlx::query("CREATE TABLE meta (name TEXT, value TEXT)").execute(&mut songs).await.unwrap();
    songs.close().await.unwrap();
    let whole = folder.bytes("qianqiao.db");
    fs::write(folder.path("torn"), &whole[..whole.len() - 4096]).unwrap();
    let before: Vec<_> = folder.names().into_iter().map(|name| (folder.bytes(&name), name)).collect();
    for (name, word) in [
        ("other-key", "the key at hand does not open"),
        ("text", "is damaged or no database"),
        ("empty", "none of qianqiao"),
        ("songs", "none of qianqiao"),
        ("torn", "is damaged"),
        ("missing", "cannot be copied"),
    ] {
        let sentence = restore(&folder, None, &folder.path(name)).await.unwrap_err();
        assert!(sentence.contains(word) && sentence.contains(name), "{sentence}");
        let after: Vec<_> = folder.names().into_iter().map(|name| (folder.bytes(&name), name)).collect();
        assert!(after == before, "{name} changed something");
    }
    assert_eq!(reread(&folder).await.accounts, [account("a-1")]);
}

#[tokio::test]
async fn another_key_seals_everything_anew_and_the_old_one_opens_nothing() {
    let folder = filled(None).await;
    let old = folder.bytes("data.key");
    let running = Running::start(&folder).await;
    let fingerprint = running.database.fingerprint("x");
    assert!(rotate_key(&folder, None).await.unwrap_err().contains("stop it first"));
    running.stop().await;
    let sealed = sealed_credential(&folder).await;
    rotate_key(&folder, None).await.unwrap();
    assert_eq!(folder.names(), ["data.key", "qianqiao.db", "qianqiao.lock"]);
    assert_ne!(folder.bytes("data.key"), old);
    assert!(!contains(&folder.bytes("qianqiao.db"), &sealed), "what the old key opens is gone");
    let running = Running::start(&folder).await;
    assert_eq!(running.contents.accounts, [account("a-1")]);
    assert_eq!(running.database.fingerprint("x"), fingerprint, "no credential seems to have changed");
    running.stop().await;
    fs::write(folder.path("data.key"), old).unwrap();
    assert!(Running::with_key(&folder, None).await.is_err());
}

async fn sealed_credential(folder: &Folder) -> String {
    let mut past = connection(&folder.path("qianqiao.db")).await;
    let sealed = sqlx::query_scalar("SELECT credential FROM accounts").fetch_one(&mut past).await.unwrap();
    past.close().await.unwrap();
    sealed
}

#[tokio::test]
async fn a_change_of_keys_that_was_cut_off_is_finished_or_undone_by_the_next_start() {
    let folder = filled(None).await;
    let old = folder.bytes("data.key");
    // Cut off before anything was sealed anew.
    folder.keep_private_text("data.key.new", &"a".repeat(64)).unwrap();
    assert_eq!(reread(&folder).await.accounts, [account("a-1")]);
    assert_eq!((folder.bytes("data.key"), folder.path("data.key.new").exists()), (old, false));
    // Cut off after that, and before the new key got its name.
    let new = "b".repeat(64);
    maintenance::change(&folder, &Keys::find(&folder, None).unwrap(), &new).await.unwrap();
    assert!(folder.path("data.key.new").exists());
    assert_eq!(reread(&folder).await.accounts, [account("a-1")]);
    assert_eq!((folder.bytes("data.key"), folder.path("data.key.new").exists()), (new.into_bytes(), false));
}

#[tokio::test]
async fn a_named_key_is_changed_by_its_owner_and_nothing_is_lost_until_then() {
    let named = Secret::new("0123456789abcdef".to_owned());
    let folder = filled(Some(&named)).await;
    let sentence = rotate_key(&folder, Some(&named)).await.unwrap();
    let key = sentence.split("DATA_KEY=").nth(1).unwrap().split(' ').next().unwrap();
    let running = Running::with_key(&folder, Some(&named)).await.unwrap();
    assert_eq!(running.contents.accounts, [account("a-1")]);
    assert!(running.contents.warnings[0].contains("DATA_KEY is still the old key"));
    running.stop().await;
    let running = Running::with_key(&folder, Some(&Secret::new(key.to_owned()))).await.unwrap();
    assert_eq!(running.contents.accounts, [account("a-1")]);
    running.stop().await;
    assert_eq!(folder.names(), ["qianqiao.db", "qianqiao.lock"], "the new key lies nowhere any more");
    assert!(Running::with_key(&folder, Some(&named)).await.is_err());
}

#[tokio::test]
async fn a_database_of_an_older_schema_takes_the_steps_that_it_lacks() {
    let folder = filled(None).await;
    let running = Running::start(&folder).await;
    assert_eq!(running.database.commit(vec![event("a-1", 1)]).await, Kept::Disk);
    running.stop().await;
    let path = folder.path("qianqiao.db");
    let later =
        [STEPS, &[(1000, "colour", "ALTER TABLE accounts ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'")]].concat();
    let opened = schema::open(&path, Access::Write, &later).await.unwrap();
    opened.close().await.unwrap();
    let mut opened = schema::open(&path, Access::Write, &later).await.expect("a step is taken once");
    let colours = "SELECT colour FROM accounts JOIN events ON account = id";
    let colours: Vec<String> = sqlx::query_scalar(colours).fetch_all(&mut opened).await.unwrap();
    assert_eq!(colours, ["red"]);
    let broken = [&later[..], &[(1001, "half", "CREATE TABLE half (x TEXT); CREATE TABLE half (x TEXT)")]].concat();
    opened.close().await.unwrap();
    assert!(schema::open(&path, Access::Write, &broken).await.is_err());
    let mut opened = schema::open(&path, Access::Write, &later).await.unwrap();
    let halves = "SELECT count(*) FROM sqlite_master WHERE name = 'half'";
    assert_eq!(sqlx::query_scalar::<_, i64>(halves).fetch_one(&mut opened).await.unwrap(), 0, "all or nothing");
    opened.close().await.unwrap();
}

#[tokio::test]
async fn a_database_of_an_older_schema_that_can_only_be_read_is_read() {
    let folder = filled(None).await;
    let mut older = connection(&folder.path("qianqiao.db")).await;
    for statement in ["DROP TABLE files", "DELETE FROM _sqlx_migrations WHERE version = 2"] {
        sqlx::query(statement).execute(&mut older).await.unwrap();
    }
    older.close().await.unwrap();
    let running = Running::start(&Store::read_only(folder.dir())).await;
    assert_eq!(running.contents.accounts, [account("a-1")]);
    running.stop().await;
}
