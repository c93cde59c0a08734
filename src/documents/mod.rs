//! Files that a client attached: what they are, by their bytes, and what they say, as plain text for a prompt.
//!
//! Every reader writes into a `Transcript`, which holds no more than [`MAX_TEXT`], and looks at the time now and then:
//! a thread of the blocking pool cannot be stopped from outside, so each reader must end by itself.

mod encoding;
mod html;
mod kind;
mod office;
mod pdf;
mod transcript;
mod unreadable;

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::Semaphore;

pub use kind::{Format, Kind, Picture, recognise};
use transcript::Transcript;
pub use unreadable::Unreadable;

/// The longest text taken from one file, in bytes; the rest is counted and left out.
pub const MAX_TEXT: usize = 4 << 20;

/// How long reading one file may take, the wait for its turn included.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How many files are read at once: each may need some ten times its size in memory.
const AT_ONCE: usize = 2;

/// The most that a compressed file may unpack to, all parts together.
const MAX_UNPACKED: usize = 64 << 20;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// Reads what a file says, off the caller's thread. Pictures are not read: they are for the model to see.
///
/// # Errors
/// If the kind is not one that is read, or the file is broken, protected, without text, or too much work.
pub async fn read(kind: Kind, bytes: Bytes) -> Result<String, Unreadable> {
    if matches!(kind, Kind::Picture(_) | Kind::Unknown) {
        return Err(Unreadable::Unsupported);
    }
    in_time(PATIENCE, move || read_now(kind, &bytes, Deadline::after(PATIENCE))).await
}

/// Does the work on the blocking pool when its turn has come, and waits for it as long as told.
async fn in_time(
    patience: Duration,
    work: impl FnOnce() -> Result<String, Unreadable> + Send + 'static,
) -> Result<String, Unreadable> {
    let in_turn = async {
        let turn = TURNS.acquire().await.map_err(|_| Unreadable::TooSlow)?;
        let working = tokio::task::spawn_blocking(move || {
            // Whoever waits may be gone; the thread keeps its turn until it has truly ended.
            let _turn = turn;
            work()
        });
        // A parser that panicked was given what it cannot take: for a client that is a broken file.
        working.await.unwrap_or(Err(Unreadable::Broken))
    };
    tokio::time::timeout(patience, in_turn).await.unwrap_or(Err(Unreadable::TooSlow))
}

fn read_now(kind: Kind, bytes: &Bytes, deadline: Deadline) -> Result<String, Unreadable> {
    let mut out = Transcript::new(MAX_TEXT);
    match kind {
        Kind::Text => out.push_str(&encoding::decode(bytes, None)),
        Kind::Html => html::read(bytes, &mut out),
        Kind::Pdf => pdf::read(bytes, deadline, &mut out)?,
        Kind::Docx => office::read_docx(bytes, deadline, &mut out)?,
        Kind::Pptx => office::read_pptx(bytes, deadline, &mut out)?,
        Kind::Xlsx => office::read_xlsx(bytes, deadline, &mut out)?,
        Kind::Picture(_) | Kind::Unknown => return Err(Unreadable::Unsupported),
    }
    Ok(out.finish())
}

/// When a reader must have ended.
#[derive(Clone, Copy, Debug)]
struct Deadline(Instant);

impl Deadline {
    fn after(patience: Duration) -> Self {
        Self(Instant::now() + patience)
    }

    fn check(self) -> Result<(), Unreadable> {
        if Instant::now() > self.0 { Err(Unreadable::TooSlow) } else { Ok(()) }
    }
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod office_tests;
#[cfg(test)]
mod pdf_tests;
#[cfg(test)]
mod text_tests;

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn reads_off_the_thread() {
        assert_eq!(read(Kind::Text, Bytes::from_static(b"a\r\nb")).await.as_deref(), Ok("a\nb"));
        assert_eq!(read(Kind::Unknown, Bytes::new()).await, Err(Unreadable::Unsupported));
    }

    #[tokio::test]
    async fn a_panic_is_a_broken_file() {
        assert_eq!(in_time(PATIENCE, || panic!("of a parser")).await, Err(Unreadable::Broken));
    }

    #[tokio::test]
    async fn nobody_waits_longer_than_the_patience() {
        let (_hold, held) = mpsc::channel::<()>();
        let never = move || held.recv().map(|()| String::new()).map_err(|_| Unreadable::Broken);
        assert_eq!(in_time(Duration::from_millis(5), never).await, Err(Unreadable::TooSlow));
    }

    #[test]
    fn every_reader_of_many_parts_looks_at_the_clock() {
        let passed = Deadline(Instant::now());
        for name in ["english.pdf", "report.docx", "table.xlsx", "slides.pptx"] {
            let bytes = fixture::file(name);
            assert_eq!(read_now(recognise(None, None, &bytes), &bytes, passed), Err(Unreadable::TooSlow), "{name}");
        }
    }
}
