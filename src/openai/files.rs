//! Files as OpenAI's clients know them.

use serde::Serialize;
use utoipa::ToSchema;

/// What a file may be for.
pub const PURPOSES: [&str; 6] = ["assistants", "batch", "fine-tune", "vision", "user_data", "evals"];

/// A file.
#[derive(Debug, Clone, Serialize, ToSchema, PartialEq, Eq)]
pub struct FileObject {
    /// What it is called in requests.
    pub id: String,
    /// Always `file`.
    pub object: &'static str,
    /// How large it is.
    pub bytes: u64,
    /// When it was uploaded, in seconds since 1970.
    pub created_at: i64,
    /// When it vanishes, in seconds since 1970; left out if it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    /// Its name.
    pub filename: String,
    /// What it is for.
    pub purpose: String,
    /// Always `processed`: a file is of use as soon as it is there.
    pub status: &'static str,
    /// Always null.
    pub status_details: Option<String>,
}

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileList {
    /// Always `list`.
    pub object: &'static str,
    /// The files.
    pub data: Vec<FileObject>,
    /// The first one's id.
    pub first_id: Option<String>,
    /// The last one's id: what the next page comes after.
    pub last_id: Option<String>,
    /// Whether there is a next page.
    pub has_more: bool,
}

/// What is said of a file that was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileDeleted {
    /// What it was called.
    pub id: String,
    /// Always `file`.
    pub object: &'static str,
    /// Always true.
    pub deleted: bool,
}

impl FileList {
    /// A page.
    pub fn new(data: Vec<FileObject>, has_more: bool) -> Self {
        let id = |file: Option<&FileObject>| file.map(|file| file.id.clone());
        Self { object: "list", first_id: id(data.first()), last_id: id(data.last()), data, has_more }
    }
}

impl FileDeleted {
    /// The file `id` was deleted.
    pub const fn new(id: String) -> Self {
        Self { id, object: "file", deleted: true }
    }
}
