//! What only the owner may do: accounts, models and settings. JSON in, JSON out, errors as everywhere else here.

mod account_view;
pub(super) mod accounts;
pub(super) mod audit;
mod csv;
pub(super) mod environment;
pub(super) mod keys;
pub(super) mod live;
pub(super) mod master_key;
pub(super) mod models;
pub(super) mod overview;
mod parameters;
mod problem;
pub(super) mod requests;
pub(super) mod session;
pub(super) mod settings;
pub(super) mod store;
pub(super) mod usage;

use actix_web::Route;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};

use super::problem as refusal;

/// What is said when the service stops in the middle of a change.
const BROKEN_OFF: &str = "The service is stopping; look again whether the change was made.";

/// Does something to its end, even if the client leaves meanwhile: what is kept must take effect, too.
async fn to_its_end<T: 'static>(work: impl Future<Output = T> + 'static) -> Option<T> {
    #[expect(clippy::disallowed_methods, reason = "a change takes moments; one that is broken off was never confirmed")]
    let task = actix_web::rt::spawn(work);
    task.await.ok()
}

/// What a change was about, where its path does not say so; left in the answer for the audit.
#[derive(Clone)]
pub struct Subject(pub String);

/// One URL, its methods, a proper answer to all others, and a note of every change.
fn at(urls: &mut ServiceConfig, path: &str, routes: impl IntoIterator<Item = Route>) {
    let resource = routes.into_iter().fold(web::resource(path), actix_web::Resource::route);
    urls.service(resource.default_service(web::to(refusal::method)).wrap(from_fn(audit::keep)));
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
    let session = [get().to(session::show), post().to(session::sign_in), web::delete().to(session::sign_out)];
    at(urls, "/admin/api/session", session);
    at(urls, "/admin/api/sessions", [get().to(session::list), web::delete().to(session::end_all)]);
    at(urls, "/admin/api/sessions/{id}", [web::delete().to(session::end)]);
    at(urls, "/admin/api/audit", [get().to(audit::list)]);
    at(urls, "/admin/api/overview", [get().to(overview::show)]);
    at(urls, "/admin/api/live", [get().to(live::live)]);
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
    at(urls, "/admin/api/usage", [get().to(usage::report)]);
    at(urls, "/admin/api/usage.csv", [get().to(usage::table)]);
    at(urls, "/admin/api/requests", [get().to(requests::list)]);
    at(urls, "/admin/api/notify/test", [post().to(settings::notify)]);
}
