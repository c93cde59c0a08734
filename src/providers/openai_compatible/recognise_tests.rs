use super::*;
use crate::accounts::paste::read;

const HOST: &str = "api.example.com";

/// 2026-11-24.
const NOW: u64 = 1_795_500_000;

/// `{"sub":"SECRET","exp":1700000000}` and the same with 1818756000.
const ENDED: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJTRUNSRVQiLCJleHAiOjE3MDAwMDAwMDB9.c2ln";
const ALIVE: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJTRUNSRVQiLCJleHAiOjE4MTg3NTYwMDB9.c2ln";

fn recognised(text: &str, asked: bool) -> Recognition {
    recognise(HOST, &read(text).unwrap(), asked, NOW)
}

#[test]
fn a_key_is_found_in_a_request_to_the_service() {
    for text in [
        "curl https://api.example.com/v1/models -H 'Authorization: Bearer sk-SECRET'",
        "curl \"https://API.example.com/v1\" ^\n -H \"authorization: bearer sk-SECRET\"",
        "fetch(\"https://api.example.com/v1\", {\"headers\": {\"authorization\": \"Bearer sk-SECRET\"}})",
        "Invoke-WebRequest -Uri \"https://api.example.com/v1\" -Headers @{\"Authorization\"=\"Bearer sk-SECRET\"}",
        r#"{"log":{"entries":[{"request":{"url":"https://api.example.com/v1",
            "headers":[{"name":"Authorization","value":"Bearer sk-SECRET"}]}}]}}"#,
        "POST /v1 HTTP/1.1\nHost: api.example.com:443\nAuthorization: Bearer sk-SECRET",
    ] {
        let Recognition::Found(found) = recognised(text, false) else { panic!("{text}") };
        assert_eq!(found.credential[KEY], "sk-SECRET", "{text}");
        assert_eq!(found.identity, Some(fingerprint("sk-SECRET")));
    }
}

#[test]
fn a_key_on_its_own_counts_only_if_the_service_was_named() {
    let others =
        ["sk-SECRET", "Bearer sk-SECRET", "'sk-SECRET'", "X_API_KEY=sk-SECRET", "export X_API_KEY=\"sk-SECRET\""];
    for text in others.into_iter().chain(["Authorization: Bearer sk-SECRET", "```\nsk-SECRET\n```"]) {
        let Recognition::Found(found) = recognised(text, true) else { panic!("{text}") };
        assert_eq!(found.credential[KEY], "sk-SECRET", "{text}");
        assert!(matches!(recognised(text, false), Recognition::Nothing), "{text}");
    }
    let elsewhere = "curl https://other.example.com -H 'Authorization: Bearer sk-SECRET'";
    assert!(matches!(recognised(elsewhere, false), Recognition::Nothing));
}

#[test]
fn what_is_missing_is_said_without_the_key() {
    let request = |rest: &str| format!("curl https://api.example.com/v1 {rest}");
    for (text, words) in [
        (request("-H 'accept: */*'"), "without a key"),
        (request("-H 'Authorization: Bearer SECRET…x'"), "left out"),
        ("sk-SECRET...1234".into(), "left out"),
        ("my key is SECRET".into(), "several words"),
        ("sk-SECRET千".into(), "a header cannot carry"),
        (ENDED.into(), "expired on 2023-11-14"),
        ("a=SECRET; b=2".into(), "a cookie header"),
        ("curl https://other.example.com -H 'Authorization: Bearer SECRET'".into(), "of other.example.com"),
        (request("-H 'Authorization: Bearer SECRET1' -H 'Authorization: Bearer SECRET2'"), "several keys"),
    ] {
        let Recognition::Unusable(sentence) = recognised(&text, true) else { panic!("{text}") };
        assert!(sentence.contains(words) && sentence.contains(HOST), "{sentence}");
        assert!(!sentence.contains("SECRET") && sentence.ends_with('.'), "{sentence}");
    }
}

#[test]
fn a_token_tells_when_it_ends() {
    let Recognition::Found(found) = recognised(ALIVE, true) else { panic!() };
    assert_eq!((found.expires, found.credential[KEY].as_str()), (Some(1_818_756_000), ALIVE));
    assert!(found.understood.iter().any(|what| what.contains("2027-08-20")));
}
