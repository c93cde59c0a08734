//! What only the owner may do: accounts, models and settings. JSON in, JSON out, errors as everywhere else here.

mod account_view;
pub(super) mod accounts;
pub(super) mod environment;
pub(super) mod keys;
pub(super) mod master_key;
pub(super) mod models;
mod problem;
pub(super) mod settings;
pub(super) mod store;

use actix_web::web::{self, ServiceConfig};

use super::at;

/// What is said when the service stops in the middle of a change.
const BROKEN_OFF: &str = "The service is stopping; look again whether the change was made.";

/// What a change was made to: an id that may be shown. A handler puts it into its answer's extensions.
pub struct Subject(pub String);

/// In an answer's extensions, it says that the owner's key is another one now.
pub struct MasterKeyChanged;

/// Does something to its end, even if the client leaves meanwhile: what is kept must take effect, too.
async fn to_its_end<T: 'static>(work: impl Future<Output = T> + 'static) -> Option<T> {
    #[expect(clippy::disallowed_methods, reason = "a change takes moments; one that is broken off was never confirmed")]
    let task = actix_web::rt::spawn(work);
    task.await.ok()
}

/// Every URL below `/admin/api`.
pub fn configure(urls: &mut ServiceConfig) {
    let (get, post) = (web::get, web::post);
    let accounts = "/admin/api/accounts";
    at(urls, accounts, [get().to(accounts::list), post().to(accounts::add)]);
    at(urls, &format!("{accounts}/preview"), [post().to(accounts::preview)]);
    let one = format!("{accounts}/{{id}}");
    let changes = [web::patch().to(accounts::edit), web::delete().to(accounts::delete)];
    at(urls, &one, [get().to(accounts::one)].into_iter().chain(changes));
    at(urls, &format!("{one}/test"), [post().to(accounts::test)]);
    at(urls, &format!("{one}/enable"), [post().to(accounts::enable)]);
    at(urls, &format!("{one}/disable"), [post().to(accounts::disable)]);
    at(urls, &format!("{one}/events"), [get().to(accounts::events)]);
    at(urls, "/admin/api/models", [get().to(models::list)]);
    at(urls, "/admin/api/settings", [get().to(settings::list)]);
    let setting = [web::put().to(settings::set), web::delete().to(settings::reset)];
    at(urls, "/admin/api/settings/{name}", setting);
    at(urls, "/admin/api/keys", [get().to(keys::list), post().to(keys::add)]);
    at(urls, "/admin/api/keys/{id}", [web::patch().to(keys::edit), web::delete().to(keys::revoke)]);
    at(urls, "/admin/api/master-key", [get().to(master_key::show), post().to(master_key::change)]);
    at(urls, "/admin/api/environment", [get().to(environment::list)]);
    at(urls, "/admin/api/store", [get().to(store::status)]);
    at(urls, "/admin/api/backup", [post().to(store::backup)]);
    at(urls, "/admin/api/notify/test", [post().to(settings::notify)]);
}
