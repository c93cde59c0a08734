//! What went wrong, and whose fault it is.

use std::fmt;
use std::time::Duration;

/// How much of an upstream's error text is kept, in characters.
const SNIPPET_CHARS: usize = 200;

/// A failure with everything that the pool, the client and the owner need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Whose fault it is.
    pub kind: FaultKind,
    /// One sentence that any caller may read; it names what happened and the mend, never a secret.
    pub message: Box<str>,
    /// What only the owner may read, such as the address of a page to open.
    pub for_owner: Option<Box<str>>,
    /// The upstream's HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The upstream's own machine-readable code.
    pub code: Option<Box<str>>,
    /// The request field that is wrong, if one is.
    pub param: Option<Box<str>>,
}

/// Whose fault it is; decides the status, what is tried next and who must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The account cannot be used.
    Account(AccountTrouble),
    /// The account is used too fast.
    Rate {
        /// When the upstream says to try again.
        retry_after: Option<Duration>,
    },
    /// The account's allowance is used up.
    Quota,
    /// No account can answer; for each there is another reason.
    Unavailable {
        /// When trying again may help; not before the owner acted, if there is none.
        retry_after: Option<Duration>,
    },
    /// The request itself is wrong; another account would refuse it too.
    Request,
    /// There is no such model.
    ModelNotFound,
    /// The upstream's content filter refused the request.
    ContentFilter,
    /// The upstream is unreachable, broken or cut the answer short.
    Upstream,
    /// The upstream took too long.
    Timeout,
    /// The upstream spoke a protocol that we do not know.
    Protocol,
    /// The service has more to do than it may.
    Busy,
    /// The caller's key was taken back while it was answered.
    Revoked,
    /// The service is stopping.
    Stopping,
    /// A defect of ours.
    Internal,
}

/// What is the matter with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountTrouble {
    /// The credential is missing, wrong or expired.
    Expired,
    /// The site wants a person: a captcha, terms to accept.
    NeedsOwner,
    /// The site has shut the account.
    Banned,
}

impl Fault {
    /// A fault with a sentence.
    pub fn new(kind: FaultKind, message: impl Into<Box<str>>) -> Self {
        Self { kind, message: message.into(), for_owner: None, status: None, code: None, param: None }
    }

    /// A wrong request, naming the field.
    pub fn request(param: impl Into<Box<str>>, message: impl Into<Box<str>>) -> Self {
        Self { param: Some(param.into()), ..Self::new(FaultKind::Request, message) }
    }

    /// Adds the upstream's HTTP status.
    #[must_use]
    pub fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Adds the upstream's own code.
    #[must_use]
    pub fn with_code(self, code: impl Into<Box<str>>) -> Self {
        Self { code: Some(code.into()), ..self }
    }

    /// Adds the upstream's own code, if it gave one.
    #[must_use]
    pub fn with_code_if_any(self, code: &str) -> Self {
        if code.is_empty() { self } else { self.with_code(code) }
    }

    /// Adds a sentence that only the owner reads.
    #[must_use]
    pub fn with_owner_note(self, note: impl Into<Box<str>>) -> Self {
        Self { for_owner: Some(note.into()), ..self }
    }

    /// Whether another account may do better.
    pub const fn moves_on(&self) -> bool {
        !matches!(
            self.kind,
            FaultKind::Request
                | FaultKind::ModelNotFound
                | FaultKind::ContentFilter
                | FaultKind::Busy
                | FaultKind::Revoked
                | FaultKind::Stopping
                | FaultKind::Internal
        )
    }

    /// Whether waiting does not help: only the owner can mend it.
    pub const fn needs_owner(&self) -> bool {
        matches!(self.kind, FaultKind::Account(_))
    }
}

/// An upstream's error text, shortened and without line breaks, fit for an error message.
pub fn snippet(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(SNIPPET_CHARS) {
        Some((end, _)) => format!("{}…", &flat[..end]),
        None => flat,
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
