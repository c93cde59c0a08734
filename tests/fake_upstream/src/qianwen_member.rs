//! Whose ticket it is: the site's answer about the member, and the cookies that it sets.

use serde_json::json;

use crate::answer::{Answer, HTML};
use crate::qianwen;
use crate::request::Line;
use crate::routes::Context;
use crate::scenario::{Check, Scenario};

/// What the site gives to a caller in whom it sees nobody's ticket.
const GUEST: &str = "tongyi_guest_ticket=guest-of-the-fake; Path=/";

pub fn info(line: &Line, scenario: &Scenario, context: &Context) -> Answer {
    if line.method != "POST" {
        return Answer::json(405, &json!({"success": false, "errorMsg": "Method Not Allowed"}));
    }
    if scenario.name.is_empty() {
        return qianwen::not_login();
    }
    let answer = match scenario.check {
        Check::AsChat if scenario.logged_out() => qianwen::not_login(),
        Check::AsChat | Check::Ok | Check::Stall => {
            Answer::json(200, &json!({"success": true, "data": {"userId": scenario.user, "memberType": "FREE"}}))
        }
        Check::Expired => qianwen::not_login(),
        Check::Guest => as_guest(Answer::json(200, &json!({"success": true, "data": null}))),
        Check::Broken => Answer::body(500, HTML, "<html><body><h1>500</h1></body></html>"),
        Check::Waf => qianwen::risk_control(),
    };
    rolled(answer, scenario, context)
}

pub fn as_guest(answer: Answer) -> Answer {
    answer.cookie(GUEST)
}

/// The site replaces the token and the device id now and then; the ticket stays.
pub fn rolled(answer: Answer, scenario: &Scenario, context: &Context) -> Answer {
    if !scenario.roll {
        return answer;
    }
    let value = format!("rolled-{}", context.credentials.roll(&scenario.name));
    let token = format!("XSRF-TOKEN={value}; Path=/; Secure; SameSite=None");
    answer.cookie(&token).cookie(&format!("cna={value}; Domain=.qianwen.com; Path=/; Max-Age=31536000"))
}
