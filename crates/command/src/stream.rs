//! Converts plain text of any length, in memory that does not grow with it, on several threads.
//!
//! Each thread takes a block of lines from the input, converts it, and puts the result down; whoever puts down the block whose turn it is writes it, and
//! those behind it that are ready. A block depends on the text before it in a few bits (`Carried`): how the last sentences were, whether a
//! switch is off. A thread does not wait for them; it expects them from the lines before its block. When the block's turn comes they are
//! known, and if they are others, the block is converted again.
//!
//! Not every end of a block is a border ([`tongwen::Stream::border`]). Where a span is open there, or words have been defined for the rest of the text, the
//! machine that has converted the block goes on with the next ones until it comes to a border. The other threads expect that to be in the next block;
//! where it is not, no thread tries to be ahead of the machine any more.
//!
//! ```text
//! thread 1   read 0  convert 0  write 0  read 2  convert 2          write 2  write 3  ..
//! thread 2           read 1  convert 1   write 1  read 3  convert 3  read 4   ..
//! ```
//!
//! So the bytes do not depend on the number of threads: what is accepted is what one thread would have written, which goes the same way alone and
//! always knows what comes before.
//!
//! # Memory
//!
//! Three blocks for each thread, with what they become, and what a stream holds. A text that defines words for itself keeps them.

mod machine;
mod source;
mod writing;

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tongwen::Converter;
use tongwen_formats::Options;

use self::machine::{Carried, Ended, Machine, Wrong};
use self::source::{Block, Source};
use self::writing::Writing;
use crate::arguments::{InvalidChoice, ReportingArguments};
use crate::destination::Action;
use crate::document::Wishes;
use crate::encoding::Coding;
use crate::input::{Input, Opened};
use crate::messages::Failure;
use crate::task;
use crate::turns::{Lane, Outcome};

/// Blocks that are read and not written, for each thread.
const AHEAD: usize = 3;
/// Bytes of a block: as large as both it and what becomes of it lie in a processor's own cache.
const BLOCK: usize = 192 * 1024;
/// One reads and one writes at a time: more threads would wait for these.
const MOST_THREADS: usize = 16;
/// Blocks in a row without a border between them, from which on it is not expected that the next one ends with a border.
const LONG_OPEN: usize = 2;

/// A text and what is asked of it.
pub(crate) struct Text<'a> {
    pub(crate) input: &'a Input,
    pub(crate) converter: &'a Converter,
    pub(crate) options: &'a Options,
    pub(crate) wishes: &'a Wishes,
    pub(crate) coding: Coding,
    pub(crate) invalid: InvalidChoice,
    pub(crate) reporting: &'a ReportingArguments,
}

/// Converts a text, of which `beginning` has been read already.
pub(crate) fn run(
    text: &Text<'_>,
    opened: Opened,
    beginning: Vec<u8>,
    action: &Action,
    lane: &mut Lane<'_>,
) -> Result<Outcome, Failure> {
    let threads = lane.share(text.reporting.threads()).min(MOST_THREADS);
    run_in_blocks(text, opened, beginning, action, lane, Manner { threads, block: BLOCK })
}

/// How the work is cut.
#[derive(Clone, Copy, Debug)]
struct Manner {
    threads: usize,
    /// Bytes of a block.
    block: usize,
}

fn run_in_blocks(
    text: &Text<'_>,
    opened: Opened,
    beginning: Vec<u8>,
    action: &Action,
    lane: &mut Lane<'_>,
    Manner { threads, block }: Manner,
) -> Result<Outcome, Failure> {
    let writer = task::place(text.input, action)?.open()?;
    let counter = lane.counter();
    let mut say = |said: &str| {
        lane.effects.said.push_str(said);
        lane.pass_on();
    };
    let writing = Writing::new(text, writer, &mut say);
    let source = Source::new(opened, beginning, text.coding.input, block, counter);
    let places = || (0..AHEAD).map(|_| Place::default()).collect();
    let order = Order {
        turn: 0,
        known: Carried::default(),
        open: 0,
        done: BTreeMap::new(),
        free: (0..threads).map(|_| places()).collect(),
        machines: Vec::new(),
        waiting: 0,
        writing: Some(writing),
        failure: None,
    };
    let shared = Shared { text, source: Mutex::new(source), order: Mutex::new(order), moved: Condvar::new() };
    std::thread::scope(|scope| {
        let shared = &shared;
        for thread in 1..threads {
            // Where the system gives no thread, there are fewer.
            let _ = std::thread::Builder::new().spawn_scoped(scope, move || shared.work(thread));
        }
        shared.work(0);
    });
    let order = shared.order.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(failure) = order.failure {
        return Err(failure);
    }
    let (writer, said) = order.writing.expect("whoever takes it gives it back").end();
    said.check(text.input, text.reporting.strict)?;
    task::finish(writer, action)
}

/// What the threads share.
struct Shared<'a, 'l> {
    text: &'a Text<'a>,
    source: Mutex<Source<'l>>,
    order: Mutex<Order<'a, 'l>>,
    moved: Condvar,
}

/// Which block's turn it is, and what is ready before its turn.
struct Order<'a, 'l> {
    turn: usize,
    /// What has to be known before the block whose turn it is; if that is open, before the last one that was not.
    known: Carried,
    /// In how many blocks the machine has found no border that goes on with the block whose turn it is.
    open: usize,
    done: BTreeMap<usize, Done<'a>>,
    /// The places of each thread that hold no block.
    free: Vec<Vec<Place>>,
    /// Machines that no thread has.
    machines: Vec<Machine<'a>>,
    /// Threads that wait for a place.
    waiting: usize,
    /// Taken by the one who writes.
    writing: Option<Writing<'a, 'l>>,
    failure: Option<Failure>,
}

/// Memory for a block and what becomes of it. It stays with its thread, which takes the one last used where there is a choice: so it lies in the cache
/// of the processor that runs the thread.
#[derive(Default)]
struct Place {
    block: Block,
    output: Vec<u8>,
}

/// What a thread has made of a block.
struct Done<'a> {
    /// Whose place it is.
    thread: usize,
    made: Result<(Place, Option<Attempt<'a>>), Failure>,
}

/// A conversion of a block with what was expected before it.
struct Attempt<'a> {
    expected: Carried,
    ended: Result<Ended, Wrong>,
    /// Line ends in the block.
    lines: usize,
    /// Where it is not done with: it has to go on, or to say something.
    machine: Option<Machine<'a>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Shared<'a, '_> {
    /// What one thread does.
    fn work(&self, thread: usize) {
        // One machine does, as long as it comes to borders.
        let mut machine = None;
        while let Some(place) = self.place(thread)
            && let Some((number, read)) = self.read(place)
        {
            let made = read.map(|place| self.convert(place, &mut machine));
            self.put(number, Done { thread, made });
        }
    }

    /// A place for a block, as soon as the thread has one.
    fn place(&self, thread: usize) -> Option<Place> {
        let mut order = lock(&self.order);
        loop {
            if order.failure.is_some() {
                return None;
            }
            if let Some(place) = order.free[thread].pop() {
                return Some(place);
            }
            order.waiting += 1;
            order = self.moved.wait(order).unwrap_or_else(PoisonError::into_inner);
            order.waiting -= 1;
        }
    }

    /// Reads the next block.
    fn read(&self, place: Place) -> Option<(usize, Result<Place, Failure>)> {
        let mut source = lock(&self.source);
        let number = source.next;
        let block = source.next(place.block).transpose()?;
        Some((number, block.map(|block| Place { block, ..place })))
    }

    /// Converts a block with what is to be expected before it; or leaves it, where a machine may go on with it.
    fn convert(&self, mut place: Place, machine: &mut Option<Machine<'a>>) -> (Place, Option<Attempt<'a>>) {
        let Place { block, output } = &mut place;
        output.clear();
        let mut order = lock(&self.order);
        let (known, is_next, open) = (order.known, order.turn == block.number, order.open);
        if open >= LONG_OPEN || (open > 0 && is_next) {
            return (place, None);
        }
        let free = machine.take().or_else(|| order.machines.pop());
        drop(order);
        let expected = if is_next { known } else { Carried::expected(block, known, self.text.converter) };
        let mut used = free.unwrap_or_else(|| Machine::new(self.text));
        used.start(block, expected);
        let ended = used.run(block, output);
        let lines = used.lines;
        let is_done = matches!(ended, Ok(Ended::Border(_) | Ended::Last)) && !used.has_found();
        let (done, going_on) = if is_done { (Some(used), None) } else { (None, Some(used)) };
        *machine = done;
        (place, Some(Attempt { expected, ended, lines, machine: going_on }))
    }

    /// Puts a block down, and writes as many as are ready if nobody else does.
    fn put(&self, number: usize, done: Done<'a>) {
        let mut order = lock(&self.order);
        order.done.insert(number, done);
        let Some(mut writing) = order.writing.take() else { return };
        while order.failure.is_none()
            && let turn = order.turn
            && let Some(Done { thread, made }) = order.done.remove(&turn)
        {
            let mut free = order.machines.pop();
            drop(order);
            let written = made.and_then(|(place, attempt)| writing.write(place, attempt, &mut free));
            order = lock(&self.order);
            order.machines.extend(free);
            match written {
                Ok(place) => order.free[thread].push(place),
                Err(failure) => order.failure = Some(failure),
            }
            order.turn += 1;
            (order.known, order.open) = (writing.known(), writing.open());
            if order.waiting > 0 {
                self.moved.notify_all();
            }
        }
        order.writing = Some(writing);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tongwen::{Config, Variant};

    use super::*;
    use crate::console::{Console, StandardOutput};
    use crate::encoding::Encoding;
    use crate::output::Output;
    use crate::protection::Protection;
    use crate::turns;

    const PIECES: [&str; 20] = [
        "头发很干净。",
        "皇后說後來的事。",
        "里面",
        "-{里}-",
        "-{里\n面}-",
        "-{H|zh-cn:发;zh-tw:發發}-",
        "-{",
        "}-",
        "\n",
        "\n",
        "公里，干杯\n",
        "\r\n",
        "abc ",
        "他们的后台。这里\n",
        "⿰\n",
        "喂；",
        "\n# tongwen:off\n",
        "\n# tongwen:on\n",
        "\n// tongwen:off-next-line\n",
        "《里面》",
    ];

    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % limit
        }
    }

    fn bytes(encoding: Encoding, text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        crate::encoding::Encoder::lossy(encoding).push(text, &Default::default(), &mut bytes).unwrap();
        bytes
    }

    /// What is written, and what is said.
    fn converted(path: &Path, text: &Text<'_>, manner: Manner) -> (Vec<u8>, String) {
        let target = path.with_extension("out");
        let _ = std::fs::remove_file(&target);
        let console = Console::new(None, text.reporting, 1, StandardOutput::Free);
        let said = Mutex::new(String::new());
        turns::in_order(1, 1, console, |_, lane| {
            let opened = text.input.open().unwrap();
            let action = Action::Write(Output::File(target.clone()));
            match run_in_blocks(text, opened, Vec::new(), &action, lane, manner) {
                Ok(outcome) => outcome,
                Err(failure) => {
                    said.lock().unwrap().push_str(&failure.in_words());
                    Outcome::Failed
                }
            }
        })
        .unwrap();
        (std::fs::read(&target).unwrap_or_default(), said.into_inner().unwrap())
    }

    #[test]
    fn any_text_gives_the_same_with_any_blocks_and_any_threads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        let converters = [
            tongwen::Converter::new(Config::S2Twp),
            tongwen::Converter::builder().to(Variant::ZhTw).build().unwrap(),
            tongwen::Converter::builder().to(Variant::ZhCn).build().unwrap(),
        ];
        let mut options = Options::default();
        options.variant = Some(Variant::ZhTw);
        let reporting = ReportingArguments::default();
        let mut numbers = Numbers(5);
        for round in 0..150 {
            let (first, kinds) = (numbers.below(PIECES.len()), 2 + numbers.below(PIECES.len() - 1));
            let most = if round % 10 == 0 { 2000 } else { 60 };
            let source: String =
                (0..numbers.below(most)).map(|_| PIECES[(first + numbers.below(kinds)) % PIECES.len()]).collect();
            let encoding = [Encoding::Utf8, Encoding::Utf8, Encoding::Gb18030, Encoding::Utf16Le][numbers.below(4)];
            let mut source = bytes(encoding, &source);
            if numbers.below(10) == 0 {
                let place = numbers.below(source.len() + 1);
                source.insert(place, 0xFF);
            }
            std::fs::write(&path, &source).unwrap();
            let patterns = if numbers.below(2) == 0 { vec!["《[^》]*》".to_string()] } else { Vec::new() };
            let wishes = Wishes { protection: Protection::new(&patterns).unwrap(), ..Wishes::default() };
            let invalid = if numbers.below(2) == 0 { InvalidChoice::Error } else { InvalidChoice::Keep };
            for converter in &converters {
                let input = Input::File(path.clone());
                let mut coding = Coding::default();
                (coding.input, coding.output) = (encoding, encoding);
                let text = Text {
                    input: &input,
                    converter,
                    options: &options,
                    wishes: &wishes,
                    coding,
                    invalid,
                    reporting: &reporting,
                };
                let whole = converted(&path, &text, Manner { threads: 1, block: 1 << 20 });
                for (threads, block) in [(1, 64), (1, 1000), (2, 64), (2, 1000), (3, 10), (7, 200)] {
                    let parts = converted(&path, &text, Manner { threads, block });
                    assert_eq!(parts, whole, "{} in {block} on {threads}: {converter:?}", source.escape_ascii());
                }
            }
        }
    }
}
