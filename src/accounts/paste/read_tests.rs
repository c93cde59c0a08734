use super::*;

/// A recording of more than 5 MB, nearly all of it answers.
fn recording() -> String {
    let answer = "x\\\"{}[]\\u5343".repeat(900);
    let entries: Vec<String> = (0..420)
        .map(|n| {
            let host = ["a.example", "b.example", "c.example"][n % 3];
            format!(
                r#"{{"request":{{"url":"https://{host}/p/{n}","headers":[{{"name":"Cookie","value":"s=1; n={}"}},
                {{"name":"x-n","value":"{n}"}}],"cookies":[{{"name":"s","value":"1","expires":"2033-05-18T03:33:20Z"}}]}},
                "response":{{"content":{{"text":"{answer}"}},"headers":[{{"name":"set-cookie","value":"s=2"}}]}}}}"#,
                n % 7
            )
        })
        .collect();
    format!(r#"{{"log":{{"version":"1.2","entries":[{}]}}}}"#, entries.join(","))
}

#[test]
fn a_long_recording_is_merged_by_host() {
    let text = recording();
    assert!(text.len() > 5_000_000);
    let paste = read(&text).unwrap();
    assert_eq!(paste.form, Form::Har);
    assert_eq!(paste.hosts().collect::<Vec<_>>(), ["a.example", "b.example", "c.example"]);
    for source in &paste.sources {
        let values = |name: &str| source.cookie(name).map(|cookie| cookie.value.clone()).collect::<Vec<_>>();
        assert_eq!((values("s").len(), values("n").len(), source.header("x-n").count()), (1, 7, 140));
        assert_eq!(source.cookie("s").next().unwrap().expires, Some(2_000_000_000));
    }
}

#[test]
fn values_stay_in_the_order_in_which_they_came() {
    let paste = read("curl https://a.example/curl -b 'x=1; y=1'; curl https://a.example -b 'x=2; y=1'").unwrap();
    let cookies = paste.sources[0].cookies.iter().map(|c| format!("{}={}", c.name, c.value));
    assert_eq!(cookies.collect::<Vec<_>>(), ["x=1", "y=1", "x=2"]);
    assert_eq!(paste.sources[0].cookie_header.as_deref(), Some("x=2; y=1"));
}

#[test]
fn the_first_command_is_meant_and_not_one_inside_its_body() {
    for (text, form) in [
        ("curl 'https://a.example' -d 'fetch(\"x\") Invoke-WebRequest'", Form::CurlBash),
        ("fetch(\"https://a.example\", {\"body\": \"curl 'x'\"})", Form::Fetch),
        ("await fetch(\"https://a.example\", {\"body\": \"Invoke-WebRequest\"})", Form::Fetch),
        ("Invoke-WebRequest -Uri \"https://a.example\" -Body \"curl 'x' fetch('y')\"", Form::PowerShell),
        ("PS C:\\> Invoke-RestMethod 'https://a.example'", Form::PowerShell),
        ("$ curl https://a.example", Form::CurlBash),
    ] {
        assert_eq!(read(text).unwrap().form, form, "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_said_without_its_values() {
    let (long, recording) = ("x".repeat(LONGEST_BUT_HAR + 1), format!("{{{}", " ".repeat(LONGEST)));
    for (text, words) in [
        (long.as_str(), "longer than 8 MB"),
        (recording.as_str(), "longer than 64 MB"),
        ("", "Nothing was pasted"),
        ("a=1; b=SECRET\u{0}", "The cookie b holds a control character (U+0000)"),
        ("[{\"name\":\"b\",\"value\":\"SECRET\\nx\"}]", "The cookie b holds a line break"),
        ("curl https://a.example -H $'x-y: SECRET\\u001bz'", "The header x-y holds a control character (U+001B)"),
        ("SECRET\u{1b}[0m", "The text holds"),
        ("cookie: a=SECRET\nREST\nb=2", "line break"),
        ("X_COOKIE=''", "empty"),
        ("[1, 2", "breaks off"),
        ("{\"a\":[1]}", "neither"),
    ] {
        let sentence = read(text).unwrap_err();
        assert!(sentence.contains(words) && sentence.ends_with('.'), "{sentence}");
        assert!(!sentence.contains("SECRET") && !sentence.contains("REST"), "{sentence}");
    }
}
