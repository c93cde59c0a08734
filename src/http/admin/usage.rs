//! `/admin/api/usage`: what calls came to, for charts and tables; and the same for a spreadsheet.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::csv;
use super::parameters::Parameters;
use super::problem::No;
use crate::http::owner::Owner;
use crate::state::AppState;
use crate::usage::{By, Query, Report, Series, Step, Total};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// How long it may be that is asked for: what is older is not kept.
const LONGEST: i64 = 800 * DAY;

/// The same for steps of an hour: a chart of more points shows nothing.
const LONGEST_BY_HOUR: i64 = 92 * DAY;

/// What is told by the hour if nothing is said.
const BY_HOUR: i64 = 3 * DAY;

const STEPS: [(&str, Step); 2] = [("hour", Step::Hour), ("day", Step::Day)];
const BYS: [(&str, By); 4] = [("none", By::None), ("model", By::Model), ("account", By::Account), ("key", By::Key)];
const KNOWN: [&str; 8] = ["from", "to", "step", "by", "offset", "model", "account", "key"];

/// What calls came to.
#[derive(Serialize, ToSchema)]
pub struct UsageReport {
    /// From when on, in milliseconds since 1970.
    from: u64,
    /// Until when.
    to: u64,
    /// What each point stands for.
    step: &'static str,
    /// What is told apart.
    by: &'static str,
    /// By step; the names by the number of calls, largest first.
    series: Vec<Series>,
    /// All steps together, in the same order.
    totals: Vec<Total>,
}

/// Tells what calls came to. Hours older than 35 days are told as days, in UTC.
#[utoipa::path(
    get,
    path = "/admin/api/usage",
    tag = "usage",
    params(
        ("from" = Option<u64>, Query, description = "From when on, in milliseconds since 1970; a day, or 30, before `to` if left out."),
        ("to" = Option<u64>, Query, description = "Until when; now if left out."),
        ("step" = Option<String>, Query, description = "`hour` or `day`."),
        ("by" = Option<String>, Query, description = "`none`, `model`, `account` or `key`."),
        ("offset" = Option<i64>, Query, description = "Where days begin, in minutes east of UTC."),
        ("model" = Option<String>, Query, description = "Only this model; empty for those that do not exist."),
        ("account" = Option<String>, Query, description = "Only this account; empty where none was reached."),
        ("key" = Option<String>, Query, description = "Only this key; empty for the owner's."),
    ),
    responses((status = 200, body = UsageReport), (status = 400)),
    security(("key" = []))
)]
pub async fn report(_: Owner, state: Data<AppState>, request: HttpRequest) -> HttpResponse {
    let query = match query(&request, state.usage.time()) {
        Ok(query) => query,
        Err(no) => return no.answer(),
    };
    let (from, to) = (query.from, query.to);
    let (step, by) = (word(&STEPS, query.step), word(&BYS, query.by));
    let Report { series, totals } = state.usage.report(query).await;
    HttpResponse::Ok().json(UsageReport { from, to, step, by, series, totals })
}

/// Hands out the same as a table: a line for each step and name.
#[utoipa::path(
    get,
    path = "/admin/api/usage.csv",
    tag = "usage",
    params(
        ("from" = Option<u64>, Query, description = "As at `/admin/api/usage`, like all others."),
        ("to" = Option<u64>, Query),
        ("step" = Option<String>, Query),
        ("by" = Option<String>, Query),
        ("offset" = Option<i64>, Query),
        ("model" = Option<String>, Query),
        ("account" = Option<String>, Query),
        ("key" = Option<String>, Query),
    ),
    responses((status = 200, content_type = "text/csv", body = String), (status = 400)),
    security(("key" = []))
)]
pub async fn table(_: Owner, state: Data<AppState>, request: HttpRequest) -> HttpResponse {
    let query = match query(&request, state.usage.time()) {
        Ok(query) => query,
        Err(no) => return no.answer(),
    };
    let (by, offset) = (word(&BYS, query.by), query.offset_min);
    let report = state.usage.report(query).await;
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"qianqiao-usage.csv\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(csv::table(&report.series, by, offset))
}

fn word<T: PartialEq + Copy>(words: &[(&'static str, T)], meant: T) -> &'static str {
    words.iter().find(|(_, choice)| *choice == meant).map_or("", |(word, _)| word)
}

fn query(request: &HttpRequest, now: u64) -> Result<Query, No> {
    let parameters = Parameters::of(request, &KNOWN)?;
    let latest = i64::try_from(now).unwrap_or(i64::MAX / 2) + LONGEST;
    let to = parameters.number("to", 1, latest)?.unwrap_or(latest - LONGEST);
    let step = parameters.choice("step", &STEPS)?;
    let from = parameters.number("from", 0, latest)?;
    let from = from.unwrap_or_else(|| to - if step == Some(Step::Day) { 30 * DAY } else { DAY }).max(0);
    let step = step.unwrap_or(if to - from > BY_HOUR { Step::Day } else { Step::Hour });
    if from >= to {
        return Err(No::wrong("from", "it is not before `to`"));
    }
    if to - from > LONGEST {
        return Err(No::wrong("from", "it is more than 800 days before `to`, and nothing is kept for longer"));
    }
    if step == Step::Hour && to - from > LONGEST_BY_HOUR {
        return Err(No::wrong("step", "more than 92 days are told by the day only; take `day`"));
    }
    let number = |n: i64| u64::try_from(n).unwrap_or_default();
    let text = |name: &str| parameters.text(name).map(str::to_owned);
    Ok(Query {
        from: number(from),
        to: number(to),
        step,
        by: parameters.choice("by", &BYS)?.unwrap_or(By::None),
        offset_min: parameters.number("offset", -14 * 60, 14 * 60)?.unwrap_or(0),
        model: text("model"),
        account: text("account"),
        key: text("key"),
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    /// A moment in 2026.
    const NOW: u64 = 1_795_000_000_000;

    fn asked(parameters: &str) -> Result<Query, String> {
        let request = TestRequest::get().uri(&format!("/admin/api/usage?{parameters}")).to_http_request();
        query(&request, NOW).map_err(|no| no.message().to_owned())
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (parameters, named) in [
            ("from=soon", "`from`"),
            ("from=-1", "`from`"),
            ("to=0", "`to`"),
            ("to=99999999999999999999", "`to`"),
            ("from=5&to=5", "`from`"),
            ("from=0", "`from`"),
            ("step=week", "`step`"),
            ("step=hour&from=1780000000000", "`step`"),
            ("by=day", "`by`"),
            ("offset=900", "`offset`"),
            ("modell=x", "`modell`"),
        ] {
            let told = asked(parameters).unwrap_err();
            assert!(told.starts_with(named), "{parameters}: {told}");
        }
    }

    #[test]
    fn what_is_left_out_is_what_one_wants_to_see() {
        let query = asked("").unwrap();
        assert_eq!((query.to, query.to - query.from, query.step, query.by), (NOW, 86_400_000, Step::Hour, By::None));
        let query = asked("step=day&by=key&key=&model=a%2Fb&offset=480").unwrap();
        assert_eq!((query.to - query.from, query.step, query.offset_min), (30 * 86_400_000, Step::Day, 480));
        assert_eq!((query.key.as_deref(), query.model.as_deref(), query.account), (Some(""), Some("a/b"), None));
        assert_eq!(asked("from=1790000000000").unwrap().step, Step::Day);
    }
}
