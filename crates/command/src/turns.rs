//! Work on several threads whose results appear in the order of the work, whoever is ready first.
//!
//! Each piece of work has a lane, which gathers what is to be put out; the lane whose turn it is puts it out at once when asked to, the others when
//! their turn comes. So a result, a message and a record stand where they would stand with one thread.
//!
//! # Memory
//!
//! What lanes gather before their turn. No thread starts on a piece of work that is more than a few places ahead of the turn.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::console::{Console, Effects};
use crate::messages::Failure;

/// Places that a thread may be ahead of the turn, for each thread.
const AHEAD: usize = 8;

/// What became of one piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Same,
    Changed,
    Failed,
    /// Not what was demanded of it, which is told by the exit code.
    Refused,
    /// Nobody reads the result any more: all is to stop.
    Unread,
}

/// How many pieces of work ended how.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) same: usize,
    pub(crate) changed: usize,
    pub(crate) failed: usize,
    pub(crate) refused: usize,
}

impl Tally {
    /// How many pieces there were.
    pub(crate) fn all(&self) -> usize {
        self.same + self.changed + self.failed + self.refused
    }
}

/// What one piece of work puts out.
pub(crate) struct Lane<'a> {
    number: usize,
    pub(crate) effects: Effects,
    /// Memory for what is read, kept from one piece of work to the next.
    pub(crate) buffer: Vec<u8>,
    shared: &'a Shared,
}

struct Shared {
    /// Pieces of work.
    count: usize,
    state: Mutex<State>,
    moved: Condvar,
}

struct State {
    console: Console,
    /// The next piece that nobody has started on.
    next: usize,
    /// The piece whose turn it is to put out.
    turn: usize,
    finished: BTreeMap<usize, Effects>,
    /// Threads that wait for the turn to move on.
    waiting: usize,
    tally: Tally,
    /// Why all has to stop.
    failure: Option<Failure>,
}

/// Does pieces of work number 0 to `count` on up to `threads` threads, the current one among them.
///
/// # Errors
///
/// When something cannot be put out. Work that has been started by then is finished, no more is begun.
pub(crate) fn in_order(
    count: usize,
    threads: usize,
    console: Console,
    work: impl Fn(usize, &mut Lane<'_>) -> Outcome + Sync,
) -> Result<(Tally, Console), Failure> {
    let state = State {
        console,
        next: 0,
        turn: 0,
        finished: BTreeMap::new(),
        waiting: 0,
        tally: Tally::default(),
        failure: None,
    };
    let shared = Shared { count, state: Mutex::new(state), moved: Condvar::new() };
    let threads = threads.clamp(1, count.max(1));
    let one_thread = || {
        let mut buffer = Vec::new();
        while let Some(number) = shared.start(count, threads * AHEAD) {
            let mut lane = Lane { number, effects: Effects::default(), buffer, shared: &shared };
            let outcome = work(number, &mut lane);
            buffer = std::mem::take(&mut lane.buffer);
            lane.end(outcome);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            // Where the system gives no thread, there are fewer.
            let _ = std::thread::Builder::new().spawn_scoped(scope, one_thread);
        }
        one_thread();
    });
    let state = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    match state.failure {
        Some(failure) => Err(failure),
        None => Ok((state.tally, state.console)),
    }
}

/// Counts bytes that have been read, for those who watch.
#[derive(Clone, Copy)]
pub(crate) struct Counter<'a>(&'a Shared);

impl Counter<'_> {
    pub(crate) fn has_read(self, bytes: usize) {
        let mut state = self.0.lock();
        let files = state.turn;
        state.console.progress.add(bytes, files);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next piece of work, when it is not too far ahead.
    fn start(&self, count: usize, ahead: usize) -> Option<usize> {
        let mut state = self.lock();
        while state.failure.is_none() && state.next < count && state.next >= state.turn + ahead {
            state.waiting += 1;
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        if state.failure.is_some() || state.next >= count {
            return None;
        }
        state.next += 1;
        Some(state.next - 1)
    }
}

impl<'a> Lane<'a> {
    /// Puts out what there is if it is this lane's turn; else it waits.
    pub(crate) fn pass_on(&mut self) {
        let mut state = self.shared.lock();
        if state.turn == self.number && state.failure.is_none() {
            let effects = std::mem::take(&mut self.effects);
            state.failure = state.console.put(effects).err();
        }
    }

    /// How many of so many threads are this piece's own.
    pub(crate) fn share(&self, threads: usize) -> usize {
        (threads / self.shared.count.max(1)).max(1)
    }

    /// What counts the bytes that are read.
    pub(crate) fn counter(&self) -> Counter<'a> {
        Counter(self.shared)
    }

    fn end(self, outcome: Outcome) {
        let mut state = self.shared.lock();
        match outcome {
            Outcome::Same => state.tally.same += 1,
            Outcome::Changed => state.tally.changed += 1,
            Outcome::Failed => state.tally.failed += 1,
            Outcome::Refused => state.tally.refused += 1,
            Outcome::Unread => state.failure = Some(Failure::BrokenPipe),
        }
        state.finished.insert(self.number, self.effects);
        while state.failure.is_none()
            && let turn = state.turn
            && let Some(effects) = state.finished.remove(&turn)
        {
            state.failure = state.console.put(effects).err();
            state.turn += 1;
        }
        if state.waiting > 0 {
            self.shared.moved.notify_all();
        }
    }
}
