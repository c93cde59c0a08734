//! The one writer. It gathers what is there, writes it in one transaction, and keeps what the disk does not take.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::database::Kept;
use super::disk::Disk;
use super::lock::Lock;
use super::pending::Pending;
use super::records::Record;
use super::status::Shared;
use super::trouble::Trouble;

/// How long a record may wait for others to be written with it. Each transaction costs a wait for the disk.
const GATHER: Duration = Duration::from_millis(500);

/// How soon a disk that failed is tried again; each time twice as late.
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// How late at most.
const LAST_RETRY: Duration = Duration::from_secs(30);

/// What a handle sends.
pub(super) enum Message {
    /// A record to write soon.
    Put(Record),
    /// Records to write at once, and whom to tell.
    Commit(Vec<Record>, oneshot::Sender<Kept>),
    /// Nothing that comes later is written; the file is closed.
    Close,
}

/// The one that writes. There is one for each database.
pub struct Writer {
    inbox: UnboundedReceiver<Message>,
    pub(super) disk: Option<Disk>,
    shared: Arc<Shared>,
    lock: Lock,
}

impl Writer {
    pub(super) const fn new(
        inbox: UnboundedReceiver<Message>,
        disk: Option<Disk>,
        shared: Arc<Shared>,
        lock: Lock,
    ) -> Self {
        Self { inbox, disk, shared, lock }
    }

    /// Writes until every handle is dropped and everything is written, and never ends otherwise. On a disk that does
    /// not recover that is never; whoever waits for the end should not wait forever.
    pub async fn run(self) {
        let Self { mut inbox, disk, shared, lock } = self;
        match disk {
            Some(disk) => Work { queue: Queue::new(&shared), shared, disk }.run(&mut inbox).await,
            None => remember_nothing(&mut inbox, &shared).await,
        }
        // Nobody else may have the folder before the file is closed.
        drop(lock);
    }
}

/// Without a disk there is nothing to keep: whoever put it has it in memory.
async fn remember_nothing(inbox: &mut UnboundedReceiver<Message>, shared: &Shared) {
    while let Some(message) = inbox.recv().await {
        match message {
            Message::Put(_) => shared.done(1),
            Message::Commit(records, answer) => {
                shared.done(records.len() as u64);
                let _ = answer.send(Kept::Memory(shared.problem().unwrap_or_default()));
            }
            Message::Close => return,
        }
    }
}

/// What came in and is not being written yet.
#[derive(Default)]
struct Queue {
    pending: Pending,
    waiting: Vec<oneshot::Sender<Kept>>,
    due: Option<Instant>,
    closed: bool,
}

impl Queue {
    /// If the disk failed at the start, it is tried again even if nobody puts anything.
    fn new(shared: &Shared) -> Self {
        let due = shared.problem().map(|_| Instant::now() + FIRST_RETRY);
        Self { due, ..Self::default() }
    }

    /// Takes a message; none means that the last handle is gone.
    fn take(&mut self, message: Option<Message>) {
        match message {
            Some(Message::Put(record)) => {
                self.pending.add(record);
                self.due.get_or_insert_with(|| Instant::now() + GATHER);
            }
            Some(Message::Commit(records, answer)) => {
                records.into_iter().for_each(|record| self.pending.add(record));
                self.waiting.push(answer);
                self.due = Some(Instant::now());
            }
            Some(Message::Close) | None => self.closed = true,
        }
    }

    /// Gathers until it is time to write. Returns false if there is nothing left to write, ever.
    async fn fill(&mut self, inbox: &mut UnboundedReceiver<Message>, failing: bool) -> bool {
        // What is left at the end is written at once, unless the disk just refused it.
        while !self.closed || failing {
            let due = self.due;
            tokio::select! {
                message = inbox.recv(), if !self.closed => self.take(message),
                () = until(due), if due.is_some() => break,
                else => break,
            }
        }
        while let Ok(message) = inbox.try_recv() {
            self.take(Some(message));
        }
        self.due = None;
        !(self.closed && self.pending.is_empty() && self.waiting.is_empty())
    }
}

async fn until(due: Option<Instant>) {
    // A sleep that is over already would still take until the timer's next tick.
    if let Some(due) = due.filter(|due| *due > Instant::now()) {
        tokio::time::sleep_until(due).await;
    }
}

struct Work {
    queue: Queue,
    shared: Arc<Shared>,
    disk: Disk,
}

impl Work {
    async fn run(mut self, inbox: &mut UnboundedReceiver<Message>) {
        let mut retry = None;
        while self.queue.fill(inbox, retry.is_some()).await {
            let batch = std::mem::take(&mut self.queue.pending);
            let waiting = std::mem::take(&mut self.queue.waiting);
            let result = {
                let mut write = pin!(self.disk.write(&batch));
                loop {
                    // A slow disk must not let the inbox grow: what comes in is merged meanwhile.
                    tokio::select! {
                        result = &mut write => break result,
                        message = inbox.recv(), if !self.queue.closed => self.queue.take(message),
                    }
                }
            };
            let kept = match result {
                Ok(()) => self.succeeded(batch.count, &mut retry),
                Err(trouble) => self.failed(batch, &mut retry, trouble),
            };
            waiting.into_iter().for_each(|answer| drop(answer.send(kept.clone())));
        }
        self.disk.close().await;
    }

    fn succeeded(&self, records: u64, retry: &mut Option<Duration>) -> Kept {
        *retry = None;
        self.shared.done(records);
        self.shared.written(&self.disk.path);
        if self.shared.set_problem(None) {
            log::info!("the database is written again");
        }
        Kept::Disk
    }

    fn failed(&mut self, mut batch: Pending, retry: &mut Option<Duration>, trouble: Trouble) -> Kept {
        batch.absorb(std::mem::take(&mut self.queue.pending));
        self.queue.pending = batch;
        let wait = retry.map_or(FIRST_RETRY, |wait| (wait * 2).min(LAST_RETRY));
        *retry = Some(wait);
        // Whoever waits already gets an answer from another try now.
        let wait = if self.queue.waiting.is_empty() { wait } else { Duration::ZERO };
        self.queue.due = Some(Instant::now() + wait);
        let why = format!("{}; until then changes are kept in memory only", trouble.sentence());
        if self.shared.set_problem(Some(why.clone())) {
            log::warn!("{why}");
        }
        Kept::Memory(why)
    }
}
