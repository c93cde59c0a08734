//! A call that has ended.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::name::Name;
use crate::counts::Outcome;
use crate::openai::error;

/// A call that has ended: who asked whom for what, and how it went. Never what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Call {
    /// Grows with each call, over restarts too.
    pub seq: u64,
    /// The request's id, as `x-request-id` tells it.
    pub id: Box<str>,
    /// When it was read, in milliseconds since 1970.
    pub at: u64,
    /// The id of the key that called; empty for the owner's own.
    #[schema(value_type = String)]
    pub key: Name,
    /// The model as it was asked for; empty if the request could not be read.
    #[schema(value_type = String)]
    pub model: Name,
    /// The provider and its model that were asked last.
    #[schema(required = true)]
    pub served: Option<Box<str>>,
    /// The account that was asked last.
    #[schema(required = true, value_type = Option<String>)]
    pub account: Option<Name>,
    /// How many accounts were asked.
    pub attempts: u32,
    /// Whether the answer was to be streamed.
    pub stream: bool,
    /// The HTTP status, or what it would have been had the stream not begun; 499 where the client left.
    pub status: u16,
    /// How it ended.
    pub outcome: Outcome,
    /// What failed, in our own words.
    #[schema(required = true, value_type = Option<String>)]
    pub code: Option<Cow<'static, str>>,
    /// Tokens of the question.
    pub prompt_tokens: u64,
    /// Tokens of the answer, thinking included.
    pub completion_tokens: u64,
    /// Tokens of the thinking.
    pub reasoning_tokens: u64,
    /// Whether the tokens were counted; else they are estimated.
    pub counted: bool,
    /// How long the first output took, from the moment the request was read.
    #[schema(required = true)]
    pub first_token_ms: Option<u64>,
    /// How long everything took.
    pub total_ms: u64,
}

impl Call {
    /// Whether nobody has what it asked for, so that it is counted under no model's name.
    pub(super) fn asks_for_no_model(&self) -> bool {
        self.account.is_none() && self.code.as_deref() == error::MODEL_NOT_FOUND
    }

    /// Tokens of question and answer.
    pub const fn tokens(&self) -> u64 {
        self.prompt_tokens.saturating_add(self.completion_tokens)
    }
}
