//! Converts the batches of a dump, on this thread or on several, and writes them in order.
//!
//! With more than one thread, this one reads, cuts and writes, and the others convert. Batches wait in a queue in the order of
//! the dump, each with a channel of its own for its result, so that the one to be written next is always the first of the
//! queue, whichever is done first. The queue is bounded: by batches, so that everybody has work, and by bytes, so that large
//! pages do not add up.
//!
//! What is written, which notes are handed out, and which error ends it, is the same for any number of threads: everything
//! happens when a batch is the first of the queue.

use std::collections::VecDeque;
use std::error::Error;
use std::io::{Read, Write};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

use super::content::Content;
use super::error::{DumpError, DumpErrorKind, Place};
use super::pages::{Batch, Next, PageEntry, Pages, TextEntry, utf8};
use super::rewrite::{NewText, Outcome};
use super::{DumpOptions, PageText, Summary};

/// Batches that wait or are converted, for each thread.
const WAITING: usize = 3;

/// An error of the caller's conversion.
pub(super) type Failure = Box<dyn Error + Send + Sync>;

/// A batch that was converted, up to its first error.
struct Converted<N> {
    bytes: Vec<u8>,
    notes: Vec<N>,
    /// Bytes of XML that it was.
    read: u64,
    summary: Summary,
    end: Result<(), DumpError>,
}

pub(super) fn run<N: Send>(
    reader: impl Read,
    writer: impl Write,
    options: &DumpOptions,
    change: impl Fn(&PageText<'_>, &mut NewText<'_>) -> Result<N, Failure> + Sync,
    note: impl FnMut(N),
) -> Result<Summary, DumpError> {
    let mut pages = Pages::new(reader, options);
    let mut out = Out { writer, note, summary: Summary::default() };
    match options.threads {
        0 | 1 => alone(&mut pages, &mut out, &change)?,
        threads => together(&mut pages, &mut out, &change, threads, options.page_limit)?,
    }
    out.writer.flush().map_err(|error| out.failure(error))?;
    Ok(out.summary)
}

fn alone<N>(
    pages: &mut Pages<'_, impl Read>,
    out: &mut Out<impl Write, impl FnMut(N)>,
    change: &impl Fn(&PageText<'_>, &mut NewText<'_>) -> Result<N, Failure>,
) -> Result<(), DumpError> {
    let mut batch = Batch::default();
    loop {
        let next = pages.read(&mut batch);
        let bytes = out.put(convert(std::mem::take(&mut batch), change))?;
        batch.bytes = bytes;
        batch.bytes.clear();
        if next? == Next::End {
            return Ok(());
        }
    }
}

/// A batch to be converted, and where its result is waited for.
type Job<N> = (Batch, SyncSender<Converted<N>>);

fn together<N: Send>(
    pages: &mut Pages<'_, impl Read>,
    out: &mut Out<impl Write, impl FnMut(N)>,
    change: &(impl Fn(&PageText<'_>, &mut NewText<'_>) -> Result<N, Failure> + Sync),
    threads: usize,
    page_limit: usize,
) -> Result<(), DumpError> {
    let (sender, receiver) = channel::<Job<N>>();
    let receiver = Mutex::new(receiver);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| work(&receiver, change));
        }
        let mut queue = Queue { sender, waiting: VecDeque::new(), bytes: 0 };
        let mut batch = Batch::default();
        loop {
            let next = pages.read(&mut batch);
            let size = batch.bytes.len();
            while queue.waiting.len() >= threads * WAITING || (queue.bytes > 0 && queue.bytes + size > page_limit) {
                if !queue.write_first(out)? {
                    // A thread has panicked; leaving the scope passes that on.
                    return Ok(());
                }
            }
            queue.add(std::mem::take(&mut batch));
            if !matches!(next, Ok(Next::More)) {
                while queue.write_first(out)? {}
                return next.map(drop);
            }
        }
    })
}

/// Converts batches until there are no more.
fn work<N>(jobs: &Mutex<Receiver<Job<N>>>, change: &impl Fn(&PageText<'_>, &mut NewText<'_>) -> Result<N, Failure>) {
    loop {
        let job = match jobs.lock() {
            Ok(jobs) => jobs.recv(),
            Err(_) => return,
        };
        let Ok((batch, result)) = job else {
            return;
        };
        // Nobody waits any more after an error.
        let _ = result.send(convert(batch, change));
    }
}

struct Queue<N> {
    sender: Sender<Job<N>>,
    waiting: VecDeque<(Receiver<Converted<N>>, usize)>,
    /// Of XML that wait.
    bytes: usize,
}

impl<N> Queue<N> {
    fn add(&mut self, batch: Batch) {
        let (sender, receiver) = sync_channel(1);
        let size = batch.bytes.len();
        // Fails only after all threads have panicked; then the first result that is waited for is missing.
        let _ = self.sender.send((batch, sender));
        self.waiting.push_back((receiver, size));
        self.bytes += size;
    }

    /// Waits for the first batch and writes it; false if there is none.
    fn write_first(&mut self, out: &mut Out<impl Write, impl FnMut(N)>) -> Result<bool, DumpError> {
        let Some((receiver, size)) = self.waiting.pop_front() else {
            return Ok(false);
        };
        let Ok(converted) = receiver.recv() else {
            return Ok(false);
        };
        self.bytes -= size;
        out.put(converted)?;
        Ok(true)
    }
}

/// Where results go.
struct Out<W, F> {
    writer: W,
    note: F,
    summary: Summary,
}

impl<W: Write, F> Out<W, F> {
    /// Writes a batch and gives its buffer back.
    fn put<N>(&mut self, converted: Converted<N>) -> Result<Vec<u8>, DumpError>
    where
        F: FnMut(N),
    {
        self.writer.write_all(&converted.bytes).map_err(|error| self.failure(error))?;
        self.summary.add(&converted.summary);
        self.summary.bytes += converted.read;
        converted.notes.into_iter().for_each(&mut self.note);
        converted.end.map(|()| converted.bytes)
    }

    fn failure(&self, error: std::io::Error) -> DumpError {
        DumpError::new(DumpErrorKind::Write(error), self.summary.bytes, Place::Start)
    }
}

fn convert<N>(batch: Batch, change: &impl Fn(&PageText<'_>, &mut NewText<'_>) -> Result<N, Failure>) -> Converted<N> {
    let mut conversion = Conversion {
        source: &batch.bytes,
        offset: batch.offset,
        written: Vec::new(),
        copied: 0,
        fresh: Vec::new(),
        notes: Vec::new(),
        summary: Summary { pages: batch.pages, ..Summary::default() },
    };
    let mut end = Ok(());
    for page in &batch.selected {
        let before = (conversion.written.len(), conversion.copied, conversion.notes.len());
        end = page.texts.iter().try_for_each(|text| conversion.text(page, text, change));
        if end.is_err() {
            conversion.written.truncate(before.0);
            conversion.copied = before.1;
            conversion.notes.truncate(before.2);
            conversion.copy(page.start);
            break;
        }
    }
    let failed = end.is_err();
    if !failed && conversion.copied > 0 {
        conversion.copy(batch.bytes.len());
    }
    let Conversion { written, notes, summary, copied, .. } = conversion;
    let read = batch.bytes.len() as u64;
    // Most batches of a selection have nothing to convert; their bytes go out as they are.
    let bytes = if copied > 0 || failed { written } else { batch.bytes };
    Converted { bytes, notes, read, summary, end }
}

/// A batch while it is converted.
struct Conversion<'b, N> {
    source: &'b [u8],
    offset: u64,
    written: Vec<u8>,
    /// Up to here the source was dealt with.
    copied: usize,
    /// The new content of one element.
    fresh: Vec<u8>,
    notes: Vec<N>,
    summary: Summary,
}

impl<N> Conversion<'_, N> {
    fn text(
        &mut self,
        page: &PageEntry,
        text: &TextEntry,
        change: &impl Fn(&PageText<'_>, &mut NewText<'_>) -> Result<N, Failure>,
    ) -> Result<(), DumpError> {
        let start = self.offset + text.content.start as u64;
        let error = |kind, at: usize| DumpError::new(kind, start + at as u64, Place::Page(page.title.clone()));
        let raw = utf8(&self.source[text.content.clone()]).map_err(|at| error(DumpErrorKind::NotUtf8, at))?;
        let content =
            Content::decode(raw).map_err(|fault| error(DumpErrorKind::Xml { message: fault.message }, fault.at))?;
        let mut new = NewText::new(&content, &mut self.fresh);
        let page_text = PageText { page, revision: text.revision, content: &content, offset: start };
        let note = change(&page_text, &mut new).map_err(|failure| error(DumpErrorKind::Conversion(failure), 0))?;
        self.summary.texts += 1;
        self.notes.push(note);
        match new.outcome() {
            Outcome::Kept => Ok(()),
            Outcome::Refused(range) => Err(error(DumpErrorKind::Piece { range, length: content.text.len() }, 0)),
            Outcome::Changed => {
                self.summary.changed += 1;
                self.copy(text.content.start);
                self.written.extend_from_slice(&self.fresh);
                self.copied = text.content.end;
                Ok(())
            }
        }
    }

    /// Takes the source up to a place as it is.
    fn copy(&mut self, to: usize) {
        self.written.extend_from_slice(&self.source[self.copied..to]);
        self.copied = to;
    }
}
