//! One line on the terminal that tells how far long work is: files, bytes, rate.
//!
//! It appears after half a second and is written over ten times a second at most, so that quick work shows nothing and work is not slowed.

use std::io::Write;
use std::time::{Duration, Instant};

/// Work shorter than this shows nothing.
const QUICK: Duration = Duration::from_millis(500);
const BETWEEN: Duration = Duration::from_millis(100);

/// How far the work is.
#[derive(Debug)]
pub(crate) struct Progress {
    watched: bool,
    started: Instant,
    next: Instant,
    bytes: u64,
    files: usize,
    shown: bool,
}

impl Progress {
    /// Progress of work on so many files; nothing is shown if nobody watches.
    pub(crate) fn new(watched: bool, files: usize) -> Progress {
        let started = Instant::now();
        Progress { watched, started, next: started + QUICK, bytes: 0, files, shown: false }
    }

    /// Counts bytes that have been read; `done` files are done.
    pub(crate) fn add(&mut self, bytes: usize, done: usize) {
        self.bytes += bytes as u64;
        if !self.watched {
            return;
        }
        let now = Instant::now();
        if now >= self.next {
            self.next = now + BETWEEN;
            self.shown = true;
            let line = line(self.bytes, done, self.files, now - self.started);
            let _ = write!(std::io::stderr(), "\r\u{1b}[K{line}");
        }
    }

    /// Takes the line away, before something else is said.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn line(bytes: u64, done: usize, files: usize, time: Duration) -> String {
    let megabytes = bytes as f64 / 1e6;
    let rate = megabytes / time.as_secs_f64().max(0.001);
    let of = if files > 1 { format!("{done} of {files} files, ") } else { String::new() };
    format!("{of}{megabytes:.1} MB, {rate:.1} MB/s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_files_bytes_and_rate() {
        assert_eq!(line(3_000_000, 2, 9, Duration::from_secs(2)), "2 of 9 files, 3.0 MB, 1.5 MB/s");
        assert_eq!(line(3_000_000, 0, 1, Duration::from_secs(3)), "3.0 MB, 1.0 MB/s");
    }
}
