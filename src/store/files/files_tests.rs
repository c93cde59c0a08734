//! Files as their users see them, in real folders.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use futures_util::future::join_all;

use super::cipher::PIECE;
use super::fixture::{ALL, Service, add, contents, ids, names, note, pattern};
use super::{FileNote, FileQuery, FileRecord, FileTrouble, OWNER};
use crate::store::fixture::{Folder, holds, reread};

#[tokio::test]
async fn a_file_of_any_size_outlasts_a_restart_byte_for_byte() {
    let folder = Folder::new();
    let service = Service::start(&folder, 512).await;
    let sizes = [1, PIECE - 1, PIECE, PIECE + 1, 8 * PIECE, 16 * PIECE, 16 * PIECE + 1, 33 * PIECE + 5];
    let mut kept = Vec::new();
    for size in sizes {
        let record = add(&service.files, &pattern(size), note("报告 📄.txt")).await.unwrap();
        assert_eq!((record.bytes, record.expires_at), (size as u64, None));
        kept.push(record);
    }
    let service = service.restart(&folder).await;
    assert_eq!(service.warnings, Vec::<String>::new());
    for (record, size) in kept.iter().zip(sizes) {
        let file = service.files.get(OWNER, &record.id).await.unwrap().unwrap();
        assert!(file.bytes == pattern(size), "{size}");
        assert_eq!(file.record, *record, "{size}");
    }
    service.stop().await;
}

#[tokio::test]
async fn contents_and_names_lie_sealed_and_are_the_owners_alone() {
    let folder = Folder::new();
    let service = Service::start(&folder, 512).await;
    let record = add(&service.files, b"the very secret contents", note("secret-name.txt")).await.unwrap();
    service.stop().await;
    for part in ["secret contents", "secret-name", "text/plain"] {
        assert!(!holds(folder.dir(), part) && !holds(&folder.path("files"), part), "{part}");
    }
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(folder.path("files")), mode(folder.path("files").join(&record.id))), (0o700, 0o600));
}

#[tokio::test]
async fn an_upload_that_is_given_up_leaves_nothing_and_gives_its_room_back() {
    let folder = Folder::new();
    let service = Service::start(&folder, 3).await;
    let mut upload = service.files.begin().await.unwrap();
    upload.write(&pattern(2 << 20)).await.unwrap();
    assert_eq!(names(&folder).len(), 1, "it lies on disk already");
    assert_eq!(ids(&service.files, &ALL).0.len(), 0, "but nobody sees it");
    drop(upload);
    assert_eq!(names(&folder), Vec::<String>::new());
    add(&service.files, &pattern(3 << 20), note("a")).await.unwrap();
    service.stop().await;
}

#[tokio::test]
async fn the_limit_holds_exactly_while_many_upload() {
    let folder = Folder::new();
    let service = Service::start(&folder, 1).await;
    let upload = async |n: usize| {
        let mut upload = service.files.begin().await?;
        upload.write(&pattern(256 << 10)).await?;
        upload.finish(note(&n.to_string())).await
    };
    let done = join_all((0..8).map(upload)).await;
    let kept: Vec<&FileRecord> = done.iter().filter_map(|done| done.as_ref().ok()).collect();
    assert_eq!(kept.len(), 4);
    assert!(done.iter().all(|done| done.is_ok() || *done == Err(FileTrouble::Full(1))), "{done:?}");
    assert_eq!(add(&service.files, b"x", note("y")).await, Err(FileTrouble::Full(1)));
    assert!(service.files.delete(OWNER, &kept[0].id).await.unwrap());
    add(&service.files, &pattern(256 << 10), note("fits")).await.unwrap();
    assert_eq!(add(&service.files, b"x", note("y")).await, Err(FileTrouble::Full(1)));
    assert_eq!(names(&folder).len(), 4);
    service.stop().await;
}

#[tokio::test]
async fn whoever_reads_a_file_that_is_deleted_reads_it_to_its_end() {
    let folder = Folder::new();
    let service = Service::start(&folder, 512).await;
    let bytes = pattern(40 * PIECE);
    let id = add(&service.files, &bytes, note("a")).await.unwrap().id;
    let mut reader = service.files.read(OWNER, &id).await.unwrap().unwrap();
    let mut read = reader.next().await.unwrap().unwrap().to_vec();
    assert!(read.len() < bytes.len());
    assert_eq!(service.files.delete(OWNER, &id).await, Ok(true));
    assert_eq!(service.files.delete(OWNER, &id).await, Ok(false));
    assert_eq!((contents(&service.files, &id).await, service.files.find(OWNER, &id)), (None, None));
    while let Some(piece) = reader.next().await.unwrap() {
        read.extend_from_slice(&piece);
    }
    assert!(read == bytes);
    assert_eq!(names(&folder), Vec::<String>::new());
    service.stop().await;
    assert_eq!(reread(&folder).await.files, []);
}

#[tokio::test]
async fn what_has_expired_is_not_seen_and_is_swept() {
    let folder = Folder::new();
    let service = Service::start(&folder, 1).await;
    let stays = add(&service.files, b"x", FileNote { lifetime: Some(3600), ..note("a") }).await.unwrap();
    assert_eq!(stays.expires_at, Some(stays.created_ms / 1000 + 3600));
    let over = add(&service.files, &pattern(1 << 19), FileNote { lifetime: Some(0), ..note("b") }).await.unwrap();
    assert_eq!(service.files.find(OWNER, &over.id), None);
    assert_eq!(contents(&service.files, &over.id).await, None);
    assert_eq!(service.files.delete(OWNER, &over.id).await, Ok(false));
    assert_eq!(ids(&service.files, &ALL).0, [&*stays.id]);
    service.files.sweep().await;
    assert_eq!(names(&folder), [&*stays.id]);
    add(&service.files, &pattern((1 << 20) - 1), note("c")).await.expect("its room is free");
    service.stop().await;
}

#[tokio::test]
async fn pages_follow_each_other_in_both_orders_also_after_a_deleted_file() {
    let folder = Folder::new();
    let service = Service::start(&folder, 512).await;
    let mut made = Vec::new();
    for n in 0..5 {
        let purpose = if n == 2 { "vision" } else { "user_data" };
        let note = FileNote { purpose: purpose.to_owned(), ..note("a") };
        made.push(add(&service.files, b"x", note).await.unwrap().id);
    }
    let (all, more) = ids(&service.files, &ALL);
    assert_eq!((&all, more), (&made, false), "in the order in which they were made");
    let page = |after, ascending| ids(&service.files, &FileQuery { after, limit: 2, ascending, ..ALL });
    assert_eq!(page(None, true), (all[..2].to_vec(), true));
    assert_eq!(page(Some(&*all[1]), true), (all[2..4].to_vec(), true));
    assert_eq!(page(Some(&*all[3]), true), (all[4..].to_vec(), false));
    assert_eq!(page(None, false), (vec![all[4].clone(), all[3].clone()], true));
    assert_eq!(page(Some(&*all[1]), false), (vec![all[0].clone()], false));
    assert!(service.files.delete(OWNER, &all[1]).await.unwrap());
    assert_eq!(page(Some(&*all[1]), true), (all[2..4].to_vec(), true), "its place is still known");
    let vision = FileQuery { purpose: Some("vision"), ..ALL };
    assert_eq!(ids(&service.files, &vision), (vec![all[2].clone()], false));
    service.stop().await;
}

#[tokio::test]
async fn nobody_sees_what_is_not_his() {
    let folder = Folder::new();
    let service = Service::start(&folder, 512).await;
    let id = add(&service.files, b"x", FileNote { owner: "friend".to_owned(), ..note("a") }).await.unwrap().id;
    let service = service.restart(&folder).await;
    assert_eq!((contents(&service.files, &id).await, service.files.find(OWNER, &id)), (None, None));
    assert_eq!(service.files.delete(OWNER, &id).await, Ok(false));
    assert_eq!((service.files.list(OWNER, &ALL).0.len(), service.files.list("friend", &ALL).0.len()), (0, 1));
    assert!(service.files.get("friend", &id).await.unwrap().is_some());
    service.stop().await;
}
