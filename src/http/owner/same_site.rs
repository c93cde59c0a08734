//! Whether a request came from a page of ours, as far as the browser says.

use actix_web::http::header::{self, HeaderMap};

/// Whether no header says that another site made the browser ask. One that says nothing is no browser, or an old one;
/// what else a change needs holds for it all the same.
pub fn is_of_this_site(headers: &HeaderMap) -> bool {
    // `none` is the person: a bookmark, the address bar. `same-site` is a neighbour: another port, another subdomain.
    let words = || headers.get_all("sec-fetch-site");
    // The browser knows whom it asked, and no page can set this; a proxy before us may have changed `Host`.
    if words().next().is_some() && words().all(|word| word == "same-origin") {
        return true;
    }
    let mut origins = headers.get_all(header::ORIGIN);
    words().all(|word| word == "same-origin" || word == "none")
        && origins.all(|origin| origin.to_str().is_ok_and(|origin| is_ours(origin, headers)))
}

/// Whether the browser says that another site's page asks: not even to read is that one's business, and what it loads as a
/// picture or a script it would keep open, or measure.
pub fn is_of_another_page(headers: &HeaderMap) -> bool {
    headers.get_all("sec-fetch-site").any(|word| word != "same-origin" && word != "none")
}

/// Whether the origin is the host that was asked. The scheme is not compared: whoever ends TLS before us may not say so.
fn is_ours(origin: &str, headers: &HeaderMap) -> bool {
    let Some(host) = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")) else { return false };
    // A proxy that changes `Host` says here what it was. No page can set either for another site.
    let asked = [headers.get("x-forwarded-host"), headers.get(header::HOST)];
    asked.into_iter().flatten().any(|asked| asked.as_bytes().eq_ignore_ascii_case(host.as_bytes()))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn ours(sent: &[(&str, &str)]) -> bool {
        let request = sent.iter().fold(TestRequest::post(), |request, header| request.append_header(*header));
        is_of_this_site(request.to_http_request().headers())
    }

    #[test]
    fn only_what_this_sites_page_sends_is_taken() {
        let host = ("host", "home.example:8082");
        assert!(ours(&[host]));
        assert!(ours(&[host, ("origin", "http://home.example:8082")]));
        assert!(ours(&[host, ("origin", "https://HOME.example:8082"), ("sec-fetch-site", "same-origin")]));
        assert!(ours(&[host, ("origin", "https://outer.example"), ("x-forwarded-host", "outer.example")]));
        assert!(ours(&[host, ("sec-fetch-site", "none")]));
        for other in
            ["http://home.example", "http://home.example:8083", "https://evil.example", "null", "", "home.example:8082"]
        {
            assert!(!ours(&[host, ("origin", other)]), "{other}");
            assert!(!ours(&[host, ("origin", other), ("sec-fetch-site", "none")]), "{other}");
        }
        // Most proxies change `Host` if nobody tells them not to; but the browser knows whom it asked.
        let behind = [("host", "127.0.0.1:8082"), ("origin", "https://chat.example")];
        assert!(!ours(&behind));
        assert!(ours(&[behind[0], behind[1], ("sec-fetch-site", "same-origin")]));
        assert!(!ours(&[behind[0], behind[1], ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]));
        for word in ["same-site", "cross-site", ""] {
            assert!(!ours(&[host, ("origin", "http://home.example:8082"), ("sec-fetch-site", word)]), "{word}");
        }
    }
}
