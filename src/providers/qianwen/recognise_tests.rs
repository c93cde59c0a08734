use super::*;
use crate::accounts::paste::read;

/// The ticket of every file in `tests/fixtures/paste`.
const TICKET: &str = r#"SECRET$aB"q"%2F!^&="#;

/// 2026-11-24.
const NOW: u64 = 1_795_500_000;

enum Expected {
    /// An account with this ticket.
    Ticket(&'static str),
    /// Understood, but of no use: words of the sentence.
    Says(&'static [&'static str]),
    /// Another's.
    Nothing,
    /// Not even read: words of the sentence.
    Refused(&'static [&'static str]),
}
use Expected::{Nothing, Refused, Says, Ticket};

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/paste/", $name))
    };
}

const FILES: [(&str, Form, Expected); 24] = [
    (file!("header.txt"), Form::CookieHeader, Ticket(TICKET)),
    (file!("headers-http1.txt"), Form::RequestHeaders, Ticket(TICKET)),
    (file!("headers-http2.txt"), Form::RequestHeaders, Ticket(TICKET)),
    (file!("headers-two-lines.txt"), Form::RequestHeaders, Ticket(TICKET)),
    (file!("headers-without-colons.txt"), Form::RequestHeaders, Ticket(TICKET)),
    (file!("curl-bash.txt"), Form::CurlBash, Ticket(TICKET)),
    (file!("curl-bash-older.txt"), Form::CurlBash, Ticket(TICKET)),
    (file!("curl-bash-all.txt"), Form::CurlBash, Ticket(TICKET)),
    (file!("curl-bash-firefox.txt"), Form::CurlBash, Ticket(TICKET)),
    (file!("curl-cmd.txt"), Form::CurlCmd, Ticket(TICKET)),
    (file!("curl-cmd-older.txt"), Form::CurlCmd, Ticket(TICKET)),
    (file!("curl-cmd-firefox.txt"), Form::CurlCmd, Ticket(TICKET)),
    (file!("powershell.txt"), Form::PowerShell, Ticket(TICKET)),
    (file!("powershell-all.txt"), Form::PowerShell, Ticket(TICKET)),
    (file!("fetch-node.txt"), Form::Fetch, Ticket(TICKET)),
    (file!("fetch-browser.txt"), Form::Fetch, Says(&["chat2.qianwen.com", "Copy as fetch (Node.js)"])),
    (file!("har.json"), Form::Har, Ticket(TICKET)),
    (file!("har-sanitized.json"), Form::Har, Says(&["chat2.qianwen.com", "with sensitive data"])),
    (file!("cookie-editor.json"), Form::CookieJson, Ticket(TICKET)),
    (file!("storage-state.json"), Form::CookieJson, Ticket(TICKET)),
    (file!("cookies.txt"), Form::NetscapeCookies, Ticket(TICKET)),
    (file!("cookie-table.txt"), Form::CookieTable, Ticket(TICKET)),
    (file!("settings.txt"), Form::CookieHeader, Ticket(TICKET)),
    (file!("fenced.md"), Form::CurlBash, Ticket(TICKET)),
];

const SHORT: [(&str, Form, Expected); 46] = [
    ("tongyi_sso_ticket=SECRET1", Form::CookieHeader, Ticket("SECRET1")),
    ("Cookie: tongyi_sso_ticket=SECRET1; cna=1", Form::CookieHeader, Ticket("SECRET1")),
    ("COOKIE:tongyi_sso_ticket=SECRET1;", Form::CookieHeader, Ticket("SECRET1")),
    ("\"tongyi_sso_ticket=SECRET1; cna=1\"", Form::CookieHeader, Ticket("SECRET1")),
    ("`tongyi_sso_ticket=SECRET1`", Form::CookieHeader, Ticket("SECRET1")),
    ("cna=1;\n tongyi_sso_ticket=SECRET1;\n isg=2", Form::CookieHeader, Ticket("SECRET1")),
    ("Cookie:\ncna=1; tongyi_sso_ticket=SECRET1", Form::CookieHeader, Ticket("SECRET1")),
    ("cookie\ncna=1; tongyi_sso_ticket=SECRET1", Form::RequestHeaders, Ticket("SECRET1")),
    ("export C='tongyi_sso_ticket=SECRET1'", Form::CookieHeader, Ticket("SECRET1")),
    ("tongyi_sso_ticket=SECRET==; cna", Form::CookieHeader, Ticket("SECRET==")),
    ("tongyi_sso_ticket=SECRET a b; cna=1", Form::CookieHeader, Ticket("SECRET a b")),
    ("tongyi_sso_ticket=SECRET千😀; cna=1", Form::CookieHeader, Ticket("SECRET千😀")),
    ("tongyi_sso_ticket=\"SECRET\"; cna=1", Form::CookieHeader, Ticket("\"SECRET\"")),
    ("tongyi_sso_ticket=SECRET%3D%25; cna=1", Form::CookieHeader, Ticket("SECRET%3D%25")),
    ("tongyi_sso_ticket=SECRET'`\\; cna=1", Form::CookieHeader, Ticket("SECRET'`\\")),
    ("tongyi_sso_ticket=; login_aliyunid_ticket=SECRET2", Form::CookieHeader, Ticket("SECRET2")),
    ("tongyi_sso_ticket=SECRET1; tongyi_sso_ticket=SECRET1", Form::CookieHeader, Ticket("SECRET1")),
    (r#"{"tongyi_sso_ticket":"SECRET1","cna":"1"}"#, Form::CookieJson, Ticket("SECRET1")),
    (r#"{"cookie":"tongyi_sso_ticket=SECRET1"}"#, Form::RequestHeaders, Ticket("SECRET1")),
    (
        r#"[{"name":"tongyi_sso_ticket","value":"SECRETold","domain":".tongyi.com"},
            {"name":"tongyi_sso_ticket","value":"SECRET1","domain":".qianwen.com"}]"#,
        Form::CookieJson,
        Ticket("SECRET1"),
    ),
    (
        r#"[{"name":"tongyi_sso_ticket","value":"SECRETold","domain":".qianwen.com","expirationDate":1700000000},
            {"name":"tongyi_sso_ticket","value":"SECRET1","domain":"www.qianwen.com","expirationDate":1818756000}]"#,
        Form::CookieJson,
        Ticket("SECRET1"),
    ),
    ("curl https://tongyi.com/ -b tongyi_sso_ticket=SECRET1", Form::CurlBash, Ticket("SECRET1")),
    (
        "curl.exe \"https://www.aliyun.com\" -H \"cookie: login_aliyunid_ticket=SECRET2\"",
        Form::CurlBash,
        Ticket("SECRET2"),
    ),
    ("SECRETticketOnItsOwn$1==", Form::Text, Ticket("SECRETticketOnItsOwn$1==")),
    (
        "tongyi_sso_ticket=SECRET1; a=b; tongyi_sso_ticket=SECRET2",
        Form::CookieHeader,
        Says(&["two accounts", "one at a time"]),
    ),
    (
        "curl 'https://chat2.qianwen.com/a' -b 'tongyi_sso_ticket=SECRET1'\n\
         curl 'https://www.qianwen.com/b' -b 'tongyi_sso_ticket=SECRET2'",
        Form::CurlBash,
        Says(&["two accounts"]),
    ),
    (
        "A_COOKIE=tongyi_sso_ticket=SECRET1\nB_COOKIE=tongyi_sso_ticket=SECRET2",
        Form::CookieHeader,
        Says(&["two accounts"]),
    ),
    ("cna=1; tongyi_guest_ticket=SECRET", Form::CookieHeader, Says(&["guest", "tongyi_guest_ticket", "sign in"])),
    ("tongyi_sso_ticket_hash=tytk_hash:SECRET", Form::CookieHeader, Says(&["only the hash", "tongyi_sso_ticket_hash"])),
    ("tongyi_sso_ticket=tytk_hash:SECRET", Form::CookieHeader, Says(&["hash"])),
    ("tytk_hash:SECRET", Form::Text, Says(&["hash"])),
    ("tongyi_sso_ticket=SECRET…abc; cna=1", Form::CookieHeader, Says(&["shortened"])),
    (
        ".qianwen.com\tTRUE\t/\tTRUE\t1700000000\ttongyi_sso_ticket\tSECRET",
        Form::NetscapeCookies,
        Says(&["expired on 2023-11-14", "tongyi_sso_ticket"]),
    ),
    ("curl 'https://chat2.qianwen.com/a' -H 'accept: */*'", Form::CurlBash, Says(&["chat2.qianwen.com", "no cookies"])),
    ("curl 'https://www.qianwen.com/' -b 'cna=SECRET'", Form::CurlBash, Says(&["without a sign-in ticket", "chat2"])),
    ("cna=SECRET; isg=1", Form::CookieHeader, Says(&["without a sign-in ticket"])),
    ("sk-SECRETSECRETSECRET", Form::Text, Says(&["key of an API"])),
    ("eyJSECRETSECRET.SECRET.SECRET", Form::Text, Says(&["token of another site"])),
    ("I do not know what SECRET to paste", Form::Text, Says(&["no sign-in ticket"])),
    ("curl 'https://chat.qwen.ai/api' -H 'cookie: token=SECRET'", Form::CurlBash, Nothing),
    ("fetch(\"https://kimi.com/api\", {headers: {authorization: 'Bearer SECRET'}})", Form::Fetch, Nothing),
    ("curl 'https://notqianwen.com/' -b 'tongyi_sso_ticket=SECRET'", Form::CurlBash, Nothing),
    ("  \n\u{feff} ", Form::Text, Refused(&["Nothing was pasted"])),
    ("cna=1; tongyi_sso_ticket=SECRET\u{7}x", Form::Text, Refused(&["cookie tongyi_sso_ticket", "U+0007"])),
    ("cna=1; tongyi_sso_ticket=SEC\u{200b}RET", Form::Text, Refused(&["tongyi_sso_ticket", "invisible", "U+200B"])),
    (r#"{"log":{"entries":[{"request":{"url":"SECRET"#, Form::Text, Refused(&["JSON", "breaks off"])),
];

fn check(text: &str, form: Form, expected: &Expected) {
    let says = |sentence: &str, words: &[&str]| {
        assert!(words.iter().all(|word| sentence.contains(word)), "{sentence}\nfor {text}");
        assert!(!sentence.contains("SECRET") && sentence.ends_with('.'), "{sentence}");
    };
    let paste = match (read(text), expected) {
        (Err(sentence), Refused(words)) => return says(&sentence, words),
        (paste, _) => paste.unwrap_or_else(|sentence| panic!("{sentence}\nfor {text}")),
    };
    assert_eq!(paste.form, form, "{text}");
    assert!(!format!("{paste:?}").contains("SECRET"), "{paste:?}");
    match (recognise(&paste, true, NOW), expected) {
        (Recognition::Found(found), Ticket(ticket)) => {
            let pairs =
                found.credential[COOKIE].split("; ").filter_map(|pair| pair.trim_end_matches(';').split_once('='));
            let tickets: Vec<_> = pairs.filter(|(name, value)| TICKETS.contains(name) && !value.is_empty()).collect();
            assert!(!tickets.is_empty() && tickets.iter().all(|(_, value)| value == ticket), "{text}");
            assert_eq!(found.identity, Some(fingerprint(ticket)), "{text}");
            assert!(found.credential.values().all(|value| !value.contains("other")), "{text}");
            assert!(!format!("{found:?}").contains("SECRET"), "{found:?}");
        }
        (Recognition::Unusable(sentence), Says(words)) => says(&sentence, words),
        (Recognition::Nothing, Nothing) => {}
        (other, _) => panic!("{other:?} for {text}"),
    }
}

#[test]
fn every_paste_gives_its_ticket_or_says_what_is_missing() {
    for (text, form, expected) in FILES.iter().chain(&SHORT) {
        check(text, *form, expected);
    }
}

#[test]
fn files_survive_foreign_line_ends_and_fences() {
    for (text, form, expected) in &FILES {
        check(&format!("\u{feff}{}", text.replace('\n', "\r\n")), *form, expected);
        if !text.contains("```") {
            check(&format!("```\n{text}```"), *form, expected);
        }
    }
}

fn found(text: &str, asked: bool) -> Found {
    match recognise(&read(text).unwrap(), asked, NOW) {
        Recognition::Found(found) => *found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_whole_header_and_what_else_was_there_are_kept() {
    let made = found(file!("header.txt"), false);
    assert_eq!(made.credential[COOKIE], file!("header.txt").trim());
    assert_eq!((made.credential[XSRF_TOKEN].as_str(), made.credential[DEVICE].as_str()), ("SECRETx/y", "SECRETdev"));
    assert_eq!((made.understood.len(), made.missing.len(), made.expires), (3, 0, None));

    let made = found(file!("settings.txt"), false);
    assert_eq!(made.credential[XSRF_TOKEN], "SECRETx/y");

    let made = found("tongyi_sso_ticket=SECRET; XSRF-TOKEN=a%0Ab", false);
    assert_eq!(made.credential[XSRF_TOKEN], "a%0Ab");

    let made = found("tongyi_sso_ticket=SECRET", false);
    assert_eq!((made.credential[DEVICE].len(), made.credential.get(XSRF_TOKEN), made.missing.len()), (32, None, 2));
}

#[test]
fn a_header_is_rebuilt_from_the_sites_own_cookies() {
    let made = found(file!("cookie-editor.json"), false);
    let cookie = format!("tongyi_sso_ticket={TICKET}; b-user-id=SECRETdev; XSRF-TOKEN=SECRETx%2Fy");
    assert_eq!(made.credential[COOKIE], cookie);
    assert_eq!((made.credential[EXPIRES].as_str(), made.expires), ("1818756000", Some(1_818_756_000)));
    assert!(made.understood.iter().any(|what| what.contains("2027-08-20")));
    for text in [file!("storage-state.json"), file!("cookies.txt"), file!("cookie-table.txt")] {
        let made = found(text, false);
        assert!(made.credential[COOKIE].ends_with(&format!("tongyi_sso_ticket={TICKET}; b-user-id=SECRETdev")));
        assert_eq!(made.expires, Some(1_818_756_000));
    }
}

#[test]
fn the_chats_own_request_is_preferred() {
    let chat = "curl 'https://chat2.qianwen.com/a' -b 'tongyi_sso_ticket=SECRET; x5sec=1'";
    let page = "curl 'https://www.qianwen.com/b' -b 'tongyi_sso_ticket=SECRET; a=1; b=2'";
    for text in [format!("{chat}\n{page}"), format!("{page}\n{chat}")] {
        assert_eq!(found(&text, false).credential[COOKIE], "tongyi_sso_ticket=SECRET; x5sec=1");
    }
}

#[test]
fn who_did_not_name_the_site_gets_only_what_is_certain() {
    for text in
        ["SECRETticketOnItsOwn$1==", "cna=1; isg=2", "sk-SECRET", "authorization: Bearer SECRET", "{\"a\":\"1\"}"]
    {
        assert!(matches!(recognise(&read(text).unwrap(), false, NOW), Recognition::Nothing), "{text}");
    }
    let guest = read("tongyi_guest_ticket=1").unwrap();
    assert!(matches!(recognise(&guest, false, NOW), Recognition::Unusable(_)));
}
