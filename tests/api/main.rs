//! The API in process: the real service on a port of its own, a plain socket as the client, the fake upstream behind.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod app; // a running service and a client for it
mod cancel; // a client that leaves
mod console; // the page, sessions, the audit
mod contract;
mod emulation; // the stream contract, on a toy provider of the tests' own
mod ends; // calls whose end is easily taken for another
mod errors; // what bad input gets
mod failover; // several accounts
mod files; // what is uploaded
mod kept; // what outlasts a restart besides accounts
mod keys; // keys for friends and apps
mod lacks;
mod live; // what a console hears
mod long;
mod pastes;
mod pictures;
mod proxy; // the way out through a proxy
mod renewal; // tokens that are good for one use
mod rights; // what a right opens, and no more
mod routes; // paths, keys, CORS, models
mod statistics; // what is counted of every call
mod toy; // a provider in one folder and two lines
mod upstreams; // the same questions to both kinds of upstream
