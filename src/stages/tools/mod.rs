//! Tool calls with models that know none: what the prompt says of them, and how an answer's text is read back.
//!
//! Pure text on both sides. The form is a bracketed marker around JSON, because the sites intercept the angle tags that
//! their models were trained on; those are understood where a model writes them all the same, and never taught.

mod call;
mod contract;
mod fold;
mod function;
mod line;
mod markers;
mod mend;
mod neutral;
mod opening;
mod payload;
mod reader;
mod stage;

#[cfg(test)]
mod corpus_tests;
#[cfg(test)]
mod reader_tests;

pub use contract::RESULT;
pub use fold::fold;
pub use neutral::neutralise;
pub use stage::stage;
