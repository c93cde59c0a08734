//! The providers: what is behind the API. A web chat is one folder here plus two lines in this file; a service that
//! speaks OpenAI's dialect is one file in `catalogue/`.

mod abilities;
mod demo;
#[cfg(test)]
mod fixture;
mod openai_compatible;
mod provider;
mod qianwen;
mod upload;

pub use abilities::{Abilities, Pictures};
pub use provider::{
    Alive, Call, Configured, Credentials, Decoder, EXPIRES, Encoded, Ending, Kind, Liveness, ModelInfo, ModelListing,
    Provider, Renewal, Sessions, Setup,
};

pub use upload::{Picture, Upload, UploadLimits, UploadStep, Uploads};

/// Every kind of provider, in the order in which a model's name is looked up.
pub const KINDS: &[&dyn Kind] = &[&qianwen::Qianwen, &openai_compatible::Catalogue, &demo::Demo];
