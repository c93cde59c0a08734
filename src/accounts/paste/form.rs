//! The forms in which people paste.

/// How a paste was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `name=value; …`, with or without `Cookie:` before it.
    CookieHeader,
    /// The headers of a request, one or two lines each.
    RequestHeaders,
    /// "Copy as cURL (bash)".
    CurlBash,
    /// "Copy as cURL (cmd)".
    CurlCmd,
    /// "Copy as PowerShell".
    PowerShell,
    /// "Copy as fetch", of the browser or of Node.js.
    Fetch,
    /// A recording of a page's requests.
    Har,
    /// What cookie extensions and browser drivers export, or an object of names and values.
    CookieJson,
    /// A `cookies.txt`.
    NetscapeCookies,
    /// Rows of the browser's own cookie table.
    CookieTable,
    /// Anything else: a key or a ticket, perhaps.
    Text,
}

impl Form {
    /// Its name for people, as in "this is …".
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CookieHeader => "a cookie header",
            Self::RequestHeaders => "a request's headers",
            Self::CurlBash => "a cURL command (bash)",
            Self::CurlCmd => "a cURL command (cmd)",
            Self::PowerShell => "a PowerShell command",
            Self::Fetch => "a fetch call",
            Self::Har => "a HAR file",
            Self::CookieJson => "a JSON list of cookies",
            Self::NetscapeCookies => "a cookies.txt file",
            Self::CookieTable => "rows of the browser's cookie table",
            Self::Text => "a text",
        }
    }
}
