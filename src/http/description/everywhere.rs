//! What holds for every route, so that no route has to say it.

use utoipa::Modify;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr};

/// The places where a key may stand, besides `/k/<key>/v1/…`.
pub struct Keys;

impl Modify for Keys {
    fn modify(&self, api: &mut OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("The key of this service."));
        let header = |name| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new(name)));
        let query = ApiKeyValue::with_description("key", "For clients with no other place; not for `/admin`.");
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("key", SecurityScheme::Http(bearer.build()));
        components.add_security_scheme("x-api-key", header("x-api-key"));
        components.add_security_scheme("api-key", header("api-key"));
        components.add_security_scheme("query", SecurityScheme::ApiKey(ApiKey::Query(query)));
        for (path, item) in &mut api.paths.paths {
            let in_query = path.starts_with("/v1/") || path == "/metrics";
            for (_, operation) in operations(item) {
                let Some(security) = operation.security.as_mut() else { continue };
                let others = ["x-api-key", "api-key"].into_iter().chain(in_query.then_some("query"));
                security.extend(others.map(|name| SecurityRequirement::new(name, [""; 0])));
            }
        }
    }
}

/// What any request may be answered with: by the service, or by nginx in front of it.
const REFUSALS: [(&str, &str); 9] = [
    ("400", "The request cannot be read."),
    ("405", "The route does not answer this method."),
    ("413", "The body is too large."),
    ("414", "The address is too long."),
    ("431", "The headers are too long."),
    ("500", "A fault of the service."),
    ("502", "The service is starting, or what is behind it failed."),
    ("503", "The service is busy or stopping."),
    ("504", "There was no answer in time."),
];

/// An operation's name: its method and its path.
pub struct Names;

impl Modify for Names {
    fn modify(&self, api: &mut OpenApi) {
        for (path, item) in &mut api.paths.paths {
            for (method, operation) in operations(item) {
                let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
                let name = words.fold(method.to_owned(), |name, word| format!("{name}_{word}"));
                operation.operation_id = Some(name);
            }
        }
    }
}

/// What every answer has: the error's form, and the request's id.
pub struct Answers;

impl Modify for Answers {
    fn modify(&self, api: &mut OpenApi) {
        for (_, operation) in api.paths.paths.values_mut().flat_map(operations) {
            let keyed = operation.security.as_ref().is_some_and(|ways| !ways.contains(&SecurityRequirement::default()));
            let unkeyed = keyed.then_some(("401", "There is no key, or a wrong one."));
            let responses = &mut operation.responses.responses;
            for (status, meaning) in REFUSALS.into_iter().chain(unkeyed) {
                responses.entry(status.to_owned()).or_insert_with(|| Response::new(meaning).into());
            }
            for (status, response) in responses {
                if let RefOr::T(response) = response {
                    complete(status, response);
                }
            }
        }
    }
}

fn complete(status: &str, response: &mut Response) {
    let mut header = |name: &str, kind: Type, meaning: &str| {
        let header = HeaderBuilder::new().schema(Some(ObjectBuilder::new().schema_type(kind)));
        response.headers.insert(name.to_owned(), header.description(Some(meaning)).build().into());
    };
    header("x-request-id", Type::String, "The request's id: the client's own, if it sent a fit one.");
    if matches!(status, "429" | "502" | "503") {
        header("retry-after", Type::Integer, "After how many seconds trying again may help, from 1 to 60.");
        header("x-should-retry", Type::String, "`false` where trying again soon is of no use.");
        header("x-ratelimit-reset-requests", Type::String, "When it would be, such as `3600s`.");
    }
    if response.description.is_empty() {
        meaning(status).clone_into(&mut response.description);
    }
    if status >= "400" && response.content.is_empty() {
        let error = Content::new(Some(Ref::from_schema_name("Error")));
        response.content.insert("application/json".to_owned(), error.into());
    }
}

/// What an answer means whose route says no more about it.
fn meaning(status: &str) -> &'static str {
    match status {
        "200" => "Done.",
        "201" => "It is new.",
        "204" => "Done; there is nothing to tell.",
        "404" => "There is no such thing.",
        "409" => "It contradicts something that is there.",
        "422" => "The upstream refused it.",
        _ => REFUSALS.iter().find(|(known, _)| *known == status).map_or("Something else.", |(_, meaning)| meaning),
    }
}

/// The operations of a path, with their methods.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [("get", get), ("put", put), ("post", post), ("delete", delete), ("patch", patch)];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
