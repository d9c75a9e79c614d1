//! Compiles a config file of the user's once there is enough to convert.
//!
//! Run stage by stage, a config converts some tens of megabytes a second; compiled, a thousand. Compiling takes as long as converting some ten megabytes stage
//! by stage does. So it starts when that much is to be expected, on a thread of its own; the threads that convert go on meanwhile and have the table
//! as soon as it is there. Results are the same either way.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use tongwen::Converter;

use crate::messages;

/// From this many bytes on compiling pays.
const ENOUGH: u64 = 8 * 1024 * 1024;

/// What is known about how much is to be converted.
#[derive(Default)]
pub(crate) struct Compiling {
    expected: AtomicU64,
    started: OnceLock<()>,
}

impl Compiling {
    /// Notes that so many bytes are to be converted, or that nobody knows how many. Starts to compile when it is enough; for what needs no compiling
    /// nothing happens.
    pub(crate) fn expect(&self, converter: &Converter, bytes: Option<u64>) {
        let before = self.expected.fetch_add(bytes.unwrap_or(ENOUGH).min(ENOUGH), Ordering::Relaxed);
        if before.saturating_add(bytes.unwrap_or(ENOUGH)) < ENOUGH {
            return;
        }
        self.started.get_or_init(|| {
            let converter = converter.clone();
            let compile = move || {
                if let Err(error) = converter.compile() {
                    messages::remark(error);
                }
            };
            // Where the system gives no thread, the config goes on stage by stage. Nobody waits for the thread: it may be cut off at the end.
            let _ = std::thread::Builder::new().name("compile".into()).spawn(compile);
        });
    }
}
