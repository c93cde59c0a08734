//! Every call is counted once, however it ends; and what the owner and Prometheus read of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use fake_upstream::{FIXTURES_DIR, FakeUpstream};
use qianqiao::app::Parts;
use qianqiao::providers::Kind;
use serde_json::{Value, json};

use crate::app::{KEY, PATIENCE, TestApp, question, start, start_with, stream, until};
use crate::toy::Toy;

static TOY: &[&dyn Kind] = &[&Toy];

fn toy(variables: &[(&str, &str)]) -> TestApp {
    start_with(variables, Parts { kinds: TOY, ..Parts::default() })
}

fn web(fake: &FakeUpstream, scenarios: &[&str], more: &[(&str, &str)]) -> TestApp {
    let origin = fake.base_url();
    let cookies = scenarios.iter().enumerate().map(|(at, scenario)| {
        (format!("CN_ACCOUNT_{}_COOKIE", at + 1), format!("n={at}; tongyi_sso_ticket={scenario}"))
    });
    let own: Vec<_> = cookies.chain([("QIANWEN_BASE_URL".to_owned(), origin)]).collect();
    start(&own.iter().map(|(n, v)| (n.as_str(), v.as_str())).chain(more.iter().copied()).collect::<Vec<_>>())
}

/// The calls, newest first, once there are `count` of them.
fn calls(app: &TestApp, count: usize) -> Vec<Value> {
    let listed = || app.get("/admin/api/requests").json()["requests"].as_array().unwrap().clone();
    until(|| Some(listed()).filter(|calls| calls.len() >= count))
}

/// The only call.
fn call(app: &TestApp) -> Value {
    let mut calls = calls(app, 1);
    assert_eq!(calls.len(), 1, "{calls:?}");
    calls.remove(0)
}

fn short(call: &Value) -> (&str, u64, Option<&str>, u64) {
    let number = |name: &str| call[name].as_u64().unwrap();
    (call["outcome"].as_str().unwrap(), number("status"), call["code"].as_str(), number("attempts"))
}

#[test]
fn each_way_to_end_is_one_call_of_the_right_class() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let table = [
        ("ok", "answered", 200, None, 1),
        ("429", "rate", 429, Some("rate_limit_exceeded"), 1),
        ("quota", "rate", 429, Some("insufficient_quota"), 1),
        // Otherwise the check in the background may find it before it is asked.
        ("expired~check-ok", "account", 503, Some("account_unavailable"), 1),
        ("500", "upstream", 502, Some("upstream_error"), 1),
        ("malformed", "upstream", 502, Some("upstream_protocol"), 1),
        ("reset-mid", "upstream", 502, Some("upstream_error"), 1),
        ("stall-before", "timeout", 504, Some("upstream_timeout"), 1),
    ];
    for (scenario, outcome, status, code, attempts) in table {
        for body in [question("auto", "hi"), stream("auto", "hi")] {
            let app = web(&fake, &[scenario], &[("FIRST_TOKEN_TIMEOUT_S", "1")]);
            let told = app.chat(&body);
            let call = call(&app);
            let found = short(&call);
            // What a site calls its own trouble may be one or the other of ours.
            let upstream = outcome == "upstream" && found.0 == "upstream" && found.1 == 502;
            assert!(upstream || found == (outcome, status, code, attempts), "{scenario}: {call}");
            let streamed = body["stream"] == true;
            assert_eq!((&call["model"], &call["stream"], &call["key"]), (&json!("auto"), &json!(streamed), &json!("")));
            assert_eq!(call["id"].as_str(), told.header("x-request-id"));
            assert!(streamed || u64::from(told.status) == found.1, "{scenario}: {call}");
            assert_eq!(call["account"], "qianwen-1", "{call}");
            assert!(call["served"].as_str().unwrap().starts_with("qianwen/Qw"), "{call}");
            let spoke = ["ok", "reset-mid"].contains(&scenario);
            assert!(spoke == call["first_token_ms"].is_u64() || scenario == "malformed", "{scenario}: {call}");
        }
    }
}

#[test]
fn what_is_refused_before_any_account_is_a_call_too() {
    let app = toy(&[("MAX_BODY_MB", "1")]);
    let key = format!("Bearer {KEY}");
    let post = |body: &str| app.call("POST", "/v1/chat/completions", &[("Authorization", &key)], body).status;
    assert_eq!((post("{"), post(&"x".repeat(2 << 20))), (400, 413));
    assert_eq!(app.chat(&question("no-such-model", "hi")).status, 404);
    let mut many = question("script", "t:x\nend");
    many["n"] = 9.into();
    assert_eq!(app.chat(&many).status, 400);
    assert_eq!(app.call("POST", "/v1/chat/completions", &[], "{}").status, 401);
    let told: Vec<Value> = calls(&app, 4);
    let told: Vec<_> =
        told.iter().map(|call| (short(call), call["model"].as_str().unwrap(), &call["account"])).collect();
    let wanted = [
        (("refused", 400, None, 0), "script", &Value::Null),
        (("refused", 404, Some("model_not_found"), 0), "no-such-model", &Value::Null),
        (("refused", 413, Some("request_too_large"), 0), "", &Value::Null),
        (("refused", 400, None, 0), "", &Value::Null),
    ];
    assert_eq!(told, wanted, "who has no right is none of anybody's calls");
    let totals = app.get("/admin/api/usage?by=model").json()["totals"].clone();
    let names: Vec<_> = totals.as_array().unwrap().iter().map(|total| &total["name"]).collect();
    assert_eq!(names, ["", "script"], "a model that does not exist has no name of its own");
}

#[test]
fn what_is_too_much_or_too_late_is_counted() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let mut app = web(&fake, &["hold"], &[("MAX_CONCURRENT", "1"), ("DRAIN_S", "20")]);
    let held = app.open_chat(&stream("auto", "a"));
    app.wait_under_way(1);
    assert_eq!(app.chat(&question("auto", "b")).status, 429);
    assert_eq!(short(&calls(&app, 1)[0]), ("rate", 429, Some("server_is_overloaded"), 0));
    app.stop();
    until(|| (app.chat(&question("auto", "c")).status == 503).then_some(()));
    let newest = calls(&app, 2)[0].clone();
    assert_eq!(short(&newest), ("internal", 503, Some("server_is_stopping"), 0));
    drop(held);
}

#[test]
fn a_client_that_leaves_is_counted_with_what_it_has_used() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    for (scenario, spoke) in [("endless", true), ("stall-headers", false)] {
        for body in [stream("auto", "hi"), question("auto", "hi")] {
            let app = web(&fake, &[scenario], &[]);
            let mut connection = app.open_chat(&body);
            fake.wait_for(PATIENCE, |journal| journal.scenario(scenario).open == 1).unwrap();
            if spoke && body["stream"] == true {
                assert!(connection.read(&mut [0; 4096]).unwrap() > 0);
            }
            drop(connection);
            let call = call(&app);
            assert_eq!(short(&call), ("abandoned", 499, None, 1));
            if spoke && body["stream"] == true {
                assert!(call["completion_tokens"].as_u64() > Some(0) && call["counted"] == false, "{call}");
            } else if !spoke {
                assert_eq!(call["completion_tokens"], 0);
            }
            fake.wait_for(PATIENCE, |journal| journal.scenario(scenario).open == 0).unwrap();
        }
    }
}

#[test]
fn an_answer_that_breaks_off_has_used_what_it_said_whatever_was_counted_before() {
    // Some upstreams count the question at once, and the answer at its end.
    let app = toy(&[]);
    let said = "x".repeat(300);
    app.chat(&stream("script", &format!("u:30,1\nt:{said}\nfault")));
    app.chat(&stream("script", &format!("u:30,1\nt:{said}\nu:30,40\nend")));
    let told: Vec<_> =
        calls(&app, 2).iter().map(|call| (call["completion_tokens"].clone(), call["counted"].clone())).collect();
    assert_eq!(told, [(json!(40), json!(true)), (json!(100), json!(false))]);
}

#[test]
fn an_account_that_stands_in_makes_two_attempts_and_one_call() {
    let fake = FakeUpstream::start(FIXTURES_DIR).unwrap();
    let app = web(&fake, &["500", "500", "ok"], &[("POOL_STRATEGY", "fill-first")]);
    assert_eq!(app.chat(&question("qwen-max", "hi")).status, 200);
    let call = call(&app);
    assert_eq!((short(&call), &call["account"]), (("answered", 200, None, 3), &json!("qianwen-3")));
    assert_eq!((&call["model"], &call["served"]), (&json!("qwen-max"), &json!("qianwen/Qwen3.8-Max")));
    assert!(call["prompt_tokens"].as_u64() > Some(0) && call["counted"] == true, "{call}");
}

#[test]
fn several_answers_are_one_call_and_their_question_counts_once() {
    let app = toy(&[]);
    let mut body = question("script", "r:hm\nt:x\nu:3,4\nend");
    body["n"] = 3.into();
    assert_eq!(app.chat(&body).status, 200);
    let first = call(&app);
    assert_eq!(short(&first), ("answered", 200, None, 3));
    assert_eq!((&first["prompt_tokens"], &first["completion_tokens"]), (&json!(3), &json!(12)));
    assert_eq!(
        (&first["reasoning_tokens"], &first["counted"], &first["served"]),
        (&json!(3), &json!(true), &json!("toy/script"))
    );
    let mut body = question("script", "t:half\nfault");
    body["n"] = 2.into();
    assert_eq!(app.chat(&body).status, 502);
    let second = calls(&app, 2).remove(0);
    assert_eq!((second["outcome"].as_str(), second["status"].as_u64()), (Some("upstream"), Some(502)));
}

#[test]
fn an_answer_that_is_asked_for_once_more_is_one_call() {
    let app = toy(&[]);
    let mut body = question("script", "t:I would rather not.\nu:10,5\nend\n--\nt:{\"a\": 1}\nu:20,7\nend");
    body["response_format"] = json!({"type": "json_object"});
    let answer = app.chat(&body).json();
    assert_eq!(answer["choices"][0]["message"]["content"], "{\"a\": 1}");
    let call = call(&app);
    assert_eq!(short(&call), ("answered", 200, None, 1));
    assert_eq!((&call["prompt_tokens"], &call["completion_tokens"]), (&json!(30), &json!(12)), "both were used");
}

#[test]
fn the_owner_sees_who_used_how_much() {
    let app = toy(&[]);
    for script in ["t:x\nu:3,4\nend", "t:x\nu:30,40\nend", "fault"] {
        app.chat(&question("script", script));
    }
    let asked = |parameters: &str| app.get(&format!("/admin/api/usage{parameters}")).json();
    let all = asked("");
    assert_eq!(
        (&all["step"], &all["by"], all["series"].as_array().unwrap().len()),
        (&json!("hour"), &json!("none"), 1)
    );
    let total = &all["totals"][0];
    for (name, wanted) in
        [("requests", 3), ("errors", 1), ("answered", 2), ("prompt_tokens", 33), ("completion_tokens", 44)]
    {
        assert_eq!(total[name], wanted, "{name}: {total}");
    }
    assert!(total["total_ms"]["p50"].is_u64() && total["first_token_ms"]["p99"].is_u64(), "{total}");
    let requests: u64 =
        all["series"][0]["points"].as_array().unwrap().iter().map(|point| point["requests"].as_u64().unwrap()).sum();
    assert_eq!(requests, 3);
    assert_eq!(asked("?by=account&step=day")["totals"][0]["name"], "toy-1");
    assert_eq!(asked("?key=key-other")["totals"], json!([]));
    assert_eq!(asked("?by=key&account=toy-1&model=script")["totals"][0]["name"], "");
}

#[test]
fn the_owner_gets_a_table_and_pages_and_nobody_else_does() {
    let app = toy(&[]);
    for script in ["t:x\nu:3,4\nend", "t:x\nu:30,40\nend", "fault"] {
        app.chat(&question("script", script));
    }
    for (path, named) in [
        ("usage?step=week", "step"),
        ("requests?limit=0", "limit"),
        ("requests?outcome=x", "outcome"),
        ("usage.csv?to=x", "to"),
    ] {
        let refused = app.get(&format!("/admin/api/{path}"));
        assert_eq!((refused.status, refused.error()["param"].as_str()), (400, Some(named)), "{path}");
    }
    let table = app.get("/admin/api/usage.csv?by=model");
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    assert!(table.header("content-disposition").unwrap().starts_with("attachment"));
    let lines: Vec<_> = table.body.lines().collect();
    assert!(lines[0].starts_with("\u{feff}at,model,requests,") && lines[1].contains(",script,"), "{lines:?}");
    let page = app.get("/admin/api/requests?limit=2&outcome=answered").json();
    assert_eq!((page["requests"].as_array().unwrap().len(), &page["next"]), (2, &Value::Null));
    let page = app.get("/admin/api/requests?limit=1").json();
    let next = page["next"].as_u64().unwrap();
    let page = app.get(&format!("/admin/api/requests?before={next}")).json();
    assert_eq!(page["requests"].as_array().unwrap().len(), 2);
    for path in ["usage", "usage.csv", "requests"] {
        let nobody = app.call("GET", &format!("/admin/api/{path}"), &[("Authorization", "Bearer qq-wrong")], "");
        assert_eq!(nobody.status, 401, "{path}");
    }
}

#[test]
fn statistics_outlast_a_restart() {
    let dir = std::env::temp_dir().join(format!("qianqiao-counted-{}", std::process::id()));
    let variables = [("DATA_DIR", dir.to_str().unwrap())];
    let mut seq = Value::Null;
    for round in 1..=3_usize {
        let app = toy(&variables);
        assert_eq!(
            app.get("/admin/api/usage").json()["totals"][0]["requests"].as_u64().unwrap_or(0),
            2 * (round as u64 - 1)
        );
        (0..2).for_each(|_| drop(app.chat(&question("script", "t:x\nu:3,4\nend"))));
        let listed = calls(&app, 2 * round);
        assert!(listed[0]["seq"].as_u64() > seq.as_u64(), "{listed:?}");
        seq = listed[0]["seq"].clone();
    }
    assert_eq!(seq, 6);
    std::fs::remove_dir_all(dir).unwrap();
}

/// What Prometheus would say of `text`, and every figure of it.
fn read_metrics(text: &str) -> BTreeMap<String, f64> {
    let (mut kinds, mut figures) = (BTreeMap::new(), BTreeMap::new());
    let mut helped = BTreeSet::new();
    let mut family = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(helped.insert(name.to_owned()) && !help.is_empty(), "{line}");
            continue;
        }
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(helped.contains(name) && ["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert_eq!(kinds.insert(name.to_owned(), kind.to_owned()), None, "{name} is told twice");
            name.clone_into(&mut family);
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        let name = series.split('{').next().unwrap();
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|ending| name.strip_suffix(ending));
        let histogram = kinds.get(&family).is_some_and(|kind| kind == "histogram");
        assert_eq!(if histogram { base.unwrap() } else { name }, family, "{line}: a family stands together");
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'), "{line}");
        if let Some(labels) = series.strip_prefix(name).and_then(|rest| rest.strip_prefix('{')) {
            assert!(labels.ends_with("\"}") && labels.contains("=\""), "{line}");
        }
        assert_eq!(figures.insert(series.to_owned(), value.parse().unwrap()), None, "{series} is told twice");
    }
    for (name, _) in kinds.iter().filter(|(_, kind)| *kind == "histogram") {
        let bound = |series: &str| -> Option<f64> {
            let bound = series.strip_prefix(&format!("{name}_bucket{{le=\""))?.strip_suffix("\"}")?;
            Some(bound.parse::<f64>().unwrap_or(f64::INFINITY))
        };
        let mut buckets: Vec<(f64, f64)> =
            figures.iter().filter_map(|(series, value)| Some((bound(series)?, *value))).collect();
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        assert!(buckets.is_sorted_by_key(|bucket| bucket.1), "{name}: {buckets:?}");
        let last = buckets.last().unwrap();
        assert_eq!((last.0, last.1), (f64::INFINITY, figures[&format!("{name}_count")]));
    }
    figures
}

#[test]
fn prometheus_reads_what_is_counted_with_a_token_that_opens_nothing_else() {
    const TOKEN: &str = "scrape-0123456789abcdef";
    let app = toy(&[("METRICS_TOKEN", TOKEN)]);
    for script in ["t:x\nu:3,4\nend", "fault"] {
        app.chat(&question("script", script));
    }
    app.chat(&question("no-such-model", "hi"));
    let with = |path: &str, key: &str| app.call("GET", path, &[("Authorization", &format!("Bearer {key}"))], "");
    let scraped = with("/metrics", TOKEN);
    assert_eq!(scraped.status, 200);
    let figures = read_metrics(&scraped.body);
    for (series, wanted) in [
        ("qianqiao_requests_total{outcome=\"answered\"}", 1.0),
        ("qianqiao_requests_total{outcome=\"upstream\"}", 1.0),
        ("qianqiao_requests_total{outcome=\"refused\"}", 1.0),
        ("qianqiao_requests_total{outcome=\"abandoned\"}", 0.0),
        ("qianqiao_tokens_total{kind=\"prompt\"}", 3.0),
        ("qianqiao_tokens_total{kind=\"completion\"}", 4.0),
        ("qianqiao_request_seconds_count", 1.0),
        ("qianqiao_first_token_seconds_count", 1.0),
        ("qianqiao_accounts{provider=\"toy\",state=\"ready\"}", 1.0),
        ("qianqiao_queue_length", 0.0),
    ] {
        assert_eq!(figures.get(series), Some(&wanted), "{series} in {figures:?}");
    }
    assert!(figures.keys().any(|series| series.starts_with("qianqiao_build_info{version=\"")));
    assert!(figures["process_start_time_seconds"] > 1.7e9);
    for name in ["script", "no-such-model", TOKEN] {
        assert!(!scraped.body.contains(name), "labels are bounded: {name}");
    }
    assert_eq!(app.call("GET", &format!("/metrics?key={TOKEN}"), &[], "").status, 200);
    assert_eq!((with("/metrics", KEY).status, with("/metrics", "scrape-0123456789abcdeg").status), (200, 401));
    for path in ["/v1/models", "/admin/api/usage", "/admin/api/accounts"] {
        assert_eq!(with(path, TOKEN).status, 401, "{path}");
    }
    assert_eq!(app.call("GET", &format!("/v1/models?key={TOKEN}"), &[], "").status, 401);
    assert_eq!(toy(&[]).call("GET", "/metrics?key=", &[], "").status, 401);
}
