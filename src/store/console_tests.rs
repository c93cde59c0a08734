//! What the console keeps: who is signed in, and what was changed.

use super::fixture::{Folder, Running, reread};
use super::{AUDIT_KEPT, AuditRecord, Kept, Record, SessionRecord, restore};

fn session(id: &str, seen_ms: i64) -> SessionRecord {
    SessionRecord {
        id: id.into(),
        hash: format!("hash of {id}"),
        created_ms: 1,
        seen_ms,
        address: "192.0.2.1".into(),
        key: "k".into(),
    }
}

fn entry(seq: i64, times: u32) -> AuditRecord {
    AuditRecord {
        seq,
        at_ms: seq,
        who: "key".into(),
        address: "192.0.2.1".into(),
        action: "PATCH /x/{id}".into(),
        subject: (seq % 2 == 0).then(|| "x-1".into()),
        status: 200,
        times,
    }
}

#[tokio::test]
async fn sessions_and_the_newest_audit_entries_outlast_a_restart() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    let put = |record| running.database.put(record);
    put(Record::Session(session("a", 1)));
    put(Record::Session(session("b", 1)));
    assert_eq!(running.database.flush().await, Kept::Disk);
    put(Record::Session(session("a", 7)));
    put(Record::DropSession("b".into()));
    (1..=AUDIT_KEPT + 2).for_each(|seq| put(Record::Audit(entry(seq, 1))));
    assert_eq!(running.database.flush().await, Kept::Disk);
    put(Record::Audit(entry(AUDIT_KEPT + 2, 9)));
    running.stop().await;
    let kept = reread(&folder).await;
    assert_eq!(kept.sessions, [session("a", 7)]);
    assert_eq!(kept.audit.len() as i64, AUDIT_KEPT);
    assert_eq!((kept.audit[0].clone(), kept.audit.last()), (entry(3, 1), Some(&entry(AUDIT_KEPT + 2, 9))));
}

#[tokio::test]
async fn a_restored_backup_signs_nobody_in() {
    let folder = Folder::new();
    let running = Running::start(&folder).await;
    running.database.put(Record::Session(session("a", 1)));
    let file = folder.path("file.bak");
    running.database.backup(&file).await.unwrap();
    running.stop().await;
    restore(&folder, None, &file).await.unwrap();
    assert_eq!(reread(&folder).await.sessions, []);
}
