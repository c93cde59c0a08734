//! `fake-upstream [--port N] [--fixtures DIR]`: serves until TERM or INT.

use std::io::{Error, ErrorKind, Result, Write};
use std::path::PathBuf;

use fake_upstream::{FIXTURES_DIR, FakeUpstream};
use tokio::signal::unix::{SignalKind, signal};

struct Options {
    port: u16,
    fixtures: PathBuf,
}

fn options() -> Result<Options> {
    let usage = || Error::new(ErrorKind::InvalidInput, "usage: fake-upstream [--port N] [--fixtures DIR]");
    let mut options = Options { port: 0, fixtures: FIXTURES_DIR.into() };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(usage)?;
        match name.as_str() {
            "--port" => options.port = value.parse().map_err(|_| usage())?,
            "--fixtures" => options.fixtures = value.into(),
            _ => return Err(usage()),
        }
    }
    Ok(options)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = options()?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let fake = FakeUpstream::start_on(options.port, options.fixtures)?;
    let mut out = std::io::stdout();
    writeln!(out, "listening {}", fake.base_url())?;
    out.flush()?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
