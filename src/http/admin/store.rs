//! `/admin/api/store` and `/admin/api/backup`.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::No;
use crate::http::owner::Owner;
use crate::state::AppState;

/// How the keeping goes.
#[derive(Serialize, ToSchema)]
pub struct StoreView {
    /// Whether what is kept reaches the disk.
    pub on_disk: bool,
    /// If not, why, with the mend.
    pub problem: Option<String>,
    /// Records that are not on disk yet.
    pub pending: u64,
    /// How large the database is, in bytes.
    pub bytes: u64,
    /// When it was last written, in milliseconds since 1970; 0 if it was not since the start.
    pub last_write: i64,
}

impl StoreView {
    /// As it is now.
    pub fn of(state: &AppState) -> Self {
        let status = state.database.status();
        Self {
            on_disk: status.on_disk,
            problem: status.problem,
            pending: status.pending,
            bytes: status.bytes,
            last_write: status.last_write_ms,
        }
    }
}

/// Tells how the keeping goes.
#[utoipa::path(get, path = "/admin/api/store", tag = "store", responses((status = 200, body = StoreView)), security(("key" = [])))]
pub async fn status(_: Owner, state: Data<AppState>) -> HttpResponse {
    HttpResponse::Ok().json(StoreView::of(&state))
}

/// Hands out a copy of the database. Credentials in it are sealed, and the key is not in it.
#[utoipa::path(post, path = "/admin/api/backup", tag = "store", responses((status = 200, content_type = "application/vnd.sqlite3", body = Vec<u8>), (status = 503)), security(("key" = [])))]
pub async fn backup(_: Owner, state: Data<AppState>) -> HttpResponse {
    match crate::store::copy(&state.database).await {
        Ok(bytes) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "application/vnd.sqlite3"))
            .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"qianqiao-backup.db\""))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(bytes),
        Err(sentence) => No::later(sentence).answer(),
    }
}
