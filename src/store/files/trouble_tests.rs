//! Kills, disks that do not serve, and contents that were changed.

use std::fs;
use std::sync::atomic::Ordering;

use sqlx::Connection;

use super::cipher::{PIECE, TAG};
use super::fixture::{ALL, Service, add, contents, ids, names, note, pattern};
use super::{FileTrouble, Files, OWNER};
use crate::store::fixture::{Folder, Running, TODAY, connection, contains, reread};
use crate::store::{Database, Store, restore, rotate_key};

#[tokio::test]
async fn what_a_kill_left_half_done_is_gone_after_the_next_start() {
    let folder = Folder::new();
    let service = Service::start(&folder, 512).await;
    let whole = add(&service.files, b"whole", note("a")).await.unwrap();
    let bare = add(&service.files, b"bare", note("b")).await.unwrap();
    let mut half = service.files.begin().await.unwrap();
    half.write(&pattern(2 << 20)).await.unwrap();
    // Neither its file nor its row is cleared away by whoever is killed.
    std::mem::forget(half);
    fs::remove_file(folder.path("files").join(&bare.id)).unwrap();
    fs::write(folder.path("files").join("file-orphan"), "x").unwrap();
    fs::write(folder.path("files").join("notes.txt"), "mine").unwrap();
    service.running.database.close();
    service.running.task.await.unwrap();

    let service = Service::start(&folder, 512).await;
    assert_eq!(service.warnings, Vec::<String>::new(), "nothing must be mended");
    assert_eq!(ids(&service.files, &ALL).0, [&*whole.id]);
    let mut left = names(&folder);
    left.sort();
    assert_eq!(left, [whole.id.clone(), "notes.txt".to_owned()], "what is not ours stays");
    service.stop().await;
    assert_eq!(reread(&folder).await.files, std::slice::from_ref(&whole), "the row is gone, too");
    let service = Service::start(&folder, 512).await;
    assert_eq!(contents(&service.files, &whole.id).await.unwrap(), b"whole");
    service.stop().await;
}

#[tokio::test]
async fn no_room_at_all_takes_nothing_but_gives_what_is_there() {
    let folder = Folder::new();
    let service = Service::start(&folder, 1).await;
    let kept = add(&service.files, b"kept", note("a")).await.unwrap();
    service.stop().await;
    let service = Service::start(&folder, 0).await;
    assert_eq!(service.files.begin().await.err(), Some(FileTrouble::Off));
    assert_eq!(contents(&service.files, &kept.id).await.unwrap(), b"kept");
    service.stop().await;
}

#[tokio::test]
async fn contents_that_are_not_what_was_stored_are_given_to_nobody() {
    let folder = Folder::new();
    let service = Service::start(&folder, 512).await;
    let bytes = pattern(3 * PIECE);
    let id = add(&service.files, &bytes, note("a")).await.unwrap().id;
    let other = add(&service.files, &bytes, note("b")).await.unwrap().id;
    let path = |id: &str| folder.path("files").join(id);
    let sealed = fs::read(path(&id)).unwrap();
    let (first, rest) = sealed.split_at(PIECE + TAG);
    let mut flipped = sealed.clone();
    flipped[2 * PIECE] ^= 1;
    for wrong in [flipped, rest.to_vec(), [rest, first].concat(), fs::read(path(&other)).unwrap()] {
        fs::write(path(&id), wrong).unwrap();
        assert_eq!(service.files.get(OWNER, &id).await.err(), Some(FileTrouble::Damaged));
    }
    fs::write(path(&id), sealed).unwrap();
    assert!(contents(&service.files, &id).await.unwrap() == bytes);
    service.stop().await;
}

#[tokio::test]
async fn a_disk_that_does_not_keep_a_file_refuses_it_and_nothing_stays() {
    let folder = Folder::new();
    let (database, writer, known) = Database::open(&folder, None, TODAY).await.unwrap();
    let pages = writer.disk.as_ref().unwrap().pages.clone();
    let running = Running::run(database, writer, known);
    let files = Files::open(&folder, &running.database, Vec::new(), 512, &mut Vec::new());
    pages.store(1, Ordering::Relaxed);
    let large = "x".repeat(1 << 20);
    let Err(FileTrouble::Disk(why)) = add(&files, b"x", note(&large)).await else { panic!("the disk is full") };
    assert!(why.contains("free some space") && !why.contains("memory"), "{why}");
    assert_eq!((names(&folder).len(), ids(&files, &ALL).0.len()), (0, 0));
    pages.store(0, Ordering::Relaxed);
    let kept = add(&files, b"x", note("fits")).await.unwrap();
    let service = Service { running, files, warnings: Vec::new() }.restart(&folder).await;
    assert_eq!((ids(&service.files, &ALL).0, service.warnings.len()), (vec![kept.id], 0));
    service.stop().await;

    let service = Service::start(&Store::open(&["/proc/none".into()]), 512).await;
    let Some(FileTrouble::Disk(why)) = service.files.begin().await.err() else { panic!("there is no disk") };
    assert!(why.contains("DATA_DIR"), "{why}");
    service.stop().await;
}

#[tokio::test]
async fn a_database_that_is_not_known_costs_no_file() {
    let folder = Folder::new();
    let service = Service::start(&folder, 512).await;
    let id = add(&service.files, b"x", note("a")).await.unwrap().id;
    service.stop().await;
    let database = folder.bytes("qianqiao.db");
    fs::remove_file(folder.path("qianqiao.db")).unwrap();
    let service = Service::start(&Store::read_only(folder.dir()), 512).await;
    assert_eq!((ids(&service.files, &ALL).0.len(), names(&folder).len()), (0, 1));
    service.stop().await;
    fs::write(folder.path("qianqiao.db"), database).unwrap();
    let service = Service::start(&folder, 512).await;
    assert_eq!(contents(&service.files, &id).await.unwrap(), b"x");
    service.stop().await;
}

#[tokio::test]
async fn another_data_key_opens_the_files_and_the_old_one_does_not() {
    let folder = Folder::new();
    let service = Service::start(&folder, 512).await;
    let record = add(&service.files, b"contents", note("name")).await.unwrap();
    service.stop().await;
    let before = fs::read(folder.path("files").join(&record.id)).unwrap();
    rotate_key(&folder, None).await.unwrap();
    let service = Service::start(&folder, 512).await;
    let file = service.files.get(OWNER, &record.id).await.unwrap().unwrap();
    assert_eq!((file.record, &file.bytes[..]), (record.clone(), b"contents".as_slice()));
    service.stop().await;
    assert_eq!(fs::read(folder.path("files").join(&record.id)).unwrap(), before, "the contents need no sealing anew");
    assert!(!contains(&folder.bytes("qianqiao.db"), record.key.expose()));
}

#[tokio::test]
async fn a_restored_backup_costs_no_file_that_came_after_it() {
    let folder = Folder::new();
    let service = Service::start(&folder, 512).await;
    let (stays, goes) = (add(&service.files, b"a", note("a")).await, add(&service.files, b"b", note("b")).await);
    let copy = folder.path("copy.bak");
    service.running.database.backup(&copy).await.unwrap();
    assert!(service.files.delete(OWNER, &goes.unwrap().id).await.unwrap());
    let came = add(&service.files, b"c", note("c")).await.unwrap();
    service.stop().await;
    restore(&folder, None, &copy).await.unwrap();
    let service = Service::start(&folder, 512).await;
    assert_eq!(ids(&service.files, &ALL).0, [stays.unwrap().id, came.id.clone()]);
    assert_eq!(contents(&service.files, &came.id).await.unwrap(), b"c");
    service.stop().await;
}

#[tokio::test]
async fn a_file_whose_key_was_torn_is_said_to_be_gone_and_the_others_stay() {
    let folder = Folder::new();
    let service = Service::start(&folder, 512).await;
    let stays = add(&service.files, b"a", note("a")).await.unwrap();
    let torn = add(&service.files, b"b", note("b")).await.unwrap();
    service.stop().await;
    let mut database = connection(&folder.path("qianqiao.db")).await;
    // As good as torn: what is sealed for one file opens at no other.
    let swapped = sqlx::query("UPDATE files SET sealed = (SELECT sealed FROM files WHERE id = $1) WHERE id = $2");
    swapped.bind(&stays.id).bind(&torn.id).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let service = Service::start(&folder, 512).await;
    assert!(service.warnings[0].starts_with("1 uploaded files are gone"), "{:?}", service.warnings);
    assert_eq!((ids(&service.files, &ALL).0, names(&folder)), (vec![stays.id.clone()], vec![stays.id]));
    let service = service.restart(&folder).await;
    assert_eq!(service.warnings, Vec::<String>::new());
    service.stop().await;
}
