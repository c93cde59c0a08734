//! What it costs to count a call, from its beginning to what is filed: the median of the batches and the fastest one, in
//! nanoseconds for one call.

use std::hint::black_box;
use std::time::Instant;

use qianqiao::config::Secret;
use qianqiao::store::{Database, Store};
use qianqiao::usage::{Ledger, Served, Spent};

use crate::{Lines, Outcome};

/// How many calls are timed together: the clock's own cost must not count.
const BATCH: usize = 1000;
/// How many batches; the median of so many says something on a busy machine, too.
const BATCHES: usize = 301;
/// Those before them that are not counted.
const WARM_UP: usize = 30;

pub fn measure(lines: &mut Lines) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for models in [1, 40, 1900] {
        let ledger = runtime.block_on(ledger())?;
        let names: Vec<String> = (0..models).map(|at| format!("qwen3-model-{at}")).collect();
        let batches = (0..WARM_UP + BATCHES).map(|_| batch(&ledger, &names)).skip(WARM_UP).collect();
        lines.tell(&format!("one call of {models} models"), batches, 0)?;
    }
    Ok(())
}

/// A ledger without a disk: what is written behind is no part of a call.
async fn ledger() -> Outcome<Ledger> {
    let key = Secret::new("0123456789abcdef".to_owned());
    let (database, ..) = Database::open(&Store::open(&["/proc/none".into()]), Some(&key), 0).await?;
    Ok(Ledger::open(&database, &[], &[]))
}

/// Nanoseconds for one call.
fn batch(ledger: &Ledger, names: &[String]) -> f64 {
    let began = Instant::now();
    for name in names.iter().cycle().take(BATCH) {
        let mut receipt = ledger.begin(black_box("req_0123456789abcdef0123456789abcdef"), None);
        receipt.asked(black_box(name), true);
        receipt.exists();
        receipt.heard(tokio::time::Instant::now());
        let spent = Spent { prompt: 100, completion: 200, reasoning: 50, estimated: false };
        let by = Some(format!("qianwen/{name}").into());
        receipt.served(Served { account: "qianwen-1".to_owned(), by, attempts: 1, spent });
        receipt.answered();
    }
    began.elapsed().as_secs_f64() * 1e9 / BATCH as f64
}
