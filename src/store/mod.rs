//! The only code that writes to disk: the data directory and what lies in it. The database is read once, when it is
//! opened; from then on one writer takes what is to be kept, so that nobody waits for the disk who need not.

mod database;
mod disk;
mod files;
mod folder;
mod handout;
mod key;
mod keys;
mod lock;
mod maintenance;
mod opening;
mod pending;
mod read;
mod records;
mod restore;
mod schema;
mod seal;
mod statistics;
mod status;
mod trouble;
mod write;
mod writer;

#[cfg(test)]
mod console_tests;
#[cfg(test)]
mod database_tests;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod maintenance_tests;
#[cfg(test)]
mod statistics_tests;
#[cfg(test)]
mod trouble_tests;

pub use database::{Database, Kept};
pub use files::{
    FileNote, FileQuery, FileReader, FileRecord, FileTrouble, Files, OWNER, StoredFile, Upload, is_file_id,
};
pub use folder::Store;
pub use handout::copy;
pub use keys::{KeyRecord, KeyUseRecord};
pub use maintenance::{backup, rotate_key};
pub use records::{
    AUDIT_KEPT, AccountRecord, AuditRecord, CallsRecord, Contents, EventRecord, ModelsRecord, Record, SessionRecord,
    TallyRecord, UsageRecord,
};
pub use restore::restore;
pub use status::Status;
pub use writer::Writer;
