//! The end of the way: everything here happens in the order of the text.

use super::machine::{Carried, Ended, Machine, Wrong};
use super::{Attempt, Place, Text};
use crate::encoding::Unencodable;
use crate::findings::Loudness;
use crate::messages::Failure;
use crate::output::Writer;
use crate::task;
use crate::text_markup::Said;

pub(super) struct Writing<'a, 'l> {
    text: &'a Text<'a>,
    writer: Writer,
    /// Puts messages out.
    say: &'l mut (dyn FnMut(&str) + Send),
    /// The machine that goes on with the next block.
    open: Option<Machine<'a>>,
    open_blocks: usize,
    carried: Carried,
    /// Line ends before the block, or before the one that the open machine has started with.
    lines: usize,
    said: Said,
}

impl<'a, 'l> Writing<'a, 'l> {
    pub(super) fn new(text: &'a Text<'a>, writer: Writer, say: &'l mut (dyn FnMut(&str) + Send)) -> Writing<'a, 'l> {
        Writing {
            text,
            writer,
            say,
            open: None,
            open_blocks: 0,
            carried: Carried::default(),
            lines: 0,
            said: Said::default(),
        }
    }

    /// What has to be known before the next block; if that is open, before the last one that was not.
    pub(super) fn known(&self) -> Carried {
        self.carried
    }

    /// In how many blocks the machine has found no border that goes on with the next one.
    pub(super) fn open(&self) -> usize {
        self.open_blocks
    }

    /// Where all has been written to, and what has been said.
    pub(super) fn end(self) -> (Writer, Said) {
        (self.writer, self.said)
    }

    /// Writes the next block, once it has been converted with what really comes before it. `free` is a machine that nobody uses, then and afterwards.
    pub(super) fn write(
        &mut self,
        mut place: Place,
        attempt: Option<Attempt<'a>>,
        free: &mut Option<Machine<'a>>,
    ) -> Result<Place, Failure> {
        let Attempt { ended, lines, mut machine, .. } = match (self.open.take(), attempt) {
            (None, Some(attempt)) if attempt.expected == self.carried => attempt,
            (open, attempt) => {
                let tried = attempt.and_then(|attempt| attempt.machine);
                let mut machine = open.unwrap_or_else(|| {
                    let free = tried.or_else(|| free.take());
                    let mut machine = free.unwrap_or_else(|| Machine::new(self.text));
                    machine.start(&place.block, self.carried);
                    machine
                });
                place.output.clear();
                let ended = machine.run(&place.block, &mut place.output);
                Attempt { expected: self.carried, ended, lines: machine.lines, machine: Some(machine) }
            }
        };
        let ended = ended.map_err(|wrong| self.failure(wrong))?;
        self.writer.write(&place.output)?;
        if let Some(machine) = &mut machine {
            let Text { input, reporting, .. } = self.text;
            let said = self.said.say(&mut machine.markup, input, self.lines, Loudness::of(reporting));
            (self.say)(&said);
        }
        match ended {
            Ended::Border(carried) => {
                self.open_blocks = 0;
                self.carried = carried;
                self.lines += lines;
                *free = machine.or(free.take());
            }
            Ended::Open => {
                self.open_blocks += 1;
                self.open = machine;
            }
            Ended::Last => {}
        }
        Ok(place)
    }

    fn failure(&self, wrong: Wrong) -> Failure {
        let Text { input, coding, .. } = self.text;
        match wrong {
            Wrong::Invalid(at) => task::invalid_bytes(input, *coding, at),
            Wrong::Unencodable(missing) => {
                let line = self.lines + missing.line;
                task::unencodable(input, *coding, Unencodable { line, ..missing })
            }
            Wrong::Other(error) => input.failure(error),
        }
    }
}
