//! What is served and what is described are the same.

use std::collections::BTreeSet;

use actix_web::http::Method;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, HttpRequest, web};
use serde_json::Value;
use utoipa::OpenApi;

use super::WRITTEN;
use super::whole::Description;
use crate::http::configure;

const METHODS: [Method; 5] = [Method::GET, Method::PUT, Method::POST, Method::DELETE, Method::PATCH];

fn described() -> Value {
    serde_json::to_value(Description::openapi()).unwrap()
}

/// Every pattern that the router knows, as it prints them.
async fn served() -> BTreeSet<String> {
    let router = |request: HttpRequest| async move { format!("{:?}", request.resource_map()) };
    let app = init_service(App::new().configure(configure).route("/the-router", web::get().to(router))).await;
    let answer = call_service(&app, TestRequest::get().uri("/the-router").to_request()).await;
    let printed = actix_web::test::read_body(answer).await;
    let printed = std::str::from_utf8(&printed).unwrap();
    let patterns = printed.split("Single(\"").skip(1).filter_map(|rest| rest.split('"').next());
    // `{id:.+}` says in the router's way what `{id}` says.
    patterns.map(|pattern| pattern.replace(":.+}", "}")).filter(|pattern| pattern != "/the-router").collect()
}

#[test]
fn what_is_written_is_what_the_code_says() {
    let mut said = serde_json::to_vec_pretty(&Description::openapi()).unwrap();
    said.push(b'\n');
    if option_env!("WRITE_OPENAPI").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/description/openapi.json");
        std::fs::write(file, &said).unwrap();
        return;
    }
    assert!(said == WRITTEN, "run WRITE_OPENAPI=1 cargo test --lib description, and commit what it writes");
}

#[tokio::test]
async fn every_route_is_described_and_no_other() {
    let described: BTreeSet<String> = described()["paths"].as_object().unwrap().keys().cloned().collect();
    let served: BTreeSet<String> = served().await.into_iter().filter(|path| !path.is_empty()).collect();
    assert!(served.contains("/v1/models/{id}"), "the router was read: {served:?}");
    assert_eq!(described, served);
}

#[tokio::test]
async fn every_method_is_described_and_no_other() {
    let app = init_service(App::new().configure(configure)).await;
    for (path, item) in described()["paths"].as_object().unwrap() {
        for method in METHODS {
            let uri = path.replace("{id}", "x").replace("{name}", "x").replace("{file}", "start.js");
            let request = TestRequest::default().method(method.clone()).uri(&uri).to_request();
            // What is served fails here for want of the service's state, or of a key.
            let refused = call_service(&app, request).await.status() == 405;
            let known = item.get(method.as_str().to_lowercase()).is_some();
            assert_eq!(known, !refused, "{method} {path}");
        }
    }
}

#[test]
fn every_refusal_has_the_one_form_and_an_id() {
    let described = described();
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            for (status, answer) in operation["responses"].as_object().unwrap() {
                assert!(answer["headers"]["x-request-id"].is_object(), "{method} {path} {status}");
                let form = &answer["content"]["application/json"]["schema"]["$ref"];
                assert!(status.as_str() < "400" || form == "#/components/schemas/Error", "{method} {path} {status}");
                assert!(!answer["description"].as_str().unwrap().is_empty(), "{method} {path} {status}");
            }
        }
    }
}

#[test]
fn only_the_api_and_the_metrics_take_a_key_in_the_query() {
    let described = described();
    let ways = |path: &str, method: &str| described["paths"][path][method]["security"].to_string();
    assert!(ways("/v1/models", "get").contains("query") && ways("/metrics", "get").contains("query"));
    assert!(!ways("/admin/api/accounts", "get").contains("query"));
    assert!(ways("/admin/api/accounts", "get").contains("x-api-key"));
}
