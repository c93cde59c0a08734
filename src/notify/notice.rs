//! What the owner is told.

/// One notice. It holds ids and sentences of our own, never a secret or a word of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub kind: NoticeKind,
    /// The id of the account that it happened to, if it was one.
    pub account: Option<String>,
    /// What happened, in a few words: some services show no more than 32 characters.
    pub title: String,
    /// What happened, what to do, and when it is tried again.
    pub text: String,
    /// When it happened, in milliseconds since 1970.
    pub at_ms: u64,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// The site wants a person.
    NeedsOwner,
    /// A credential is refused.
    Expired,
    /// A credential will be refused soon.
    ExpiresSoon,
    /// No account can answer.
    AllDown,
    /// What was wrong is over.
    Recovered,
    /// The owner wants to see whether notices arrive.
    Test,
    /// There was more to tell than the hour allowed.
    More,
}

impl NoticeKind {
    /// Its name for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NeedsOwner => "needs_owner",
            Self::Expired => "expired",
            Self::ExpiresSoon => "expires_soon",
            Self::AllDown => "all_down",
            Self::Recovered => "recovered",
            Self::Test => "test",
            Self::More => "more",
        }
    }
}
