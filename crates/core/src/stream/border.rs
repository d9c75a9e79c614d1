//! Places of a stream behind which another stream can go on: what lets one long text be converted on several threads.
//!
//! Behind the end of a line there is mostly nothing left that later text could change, and little that later text depends on: how the
//! last sentences with evidence were, which is a [`StreamState`] of a few bits. Such a place is a border. A stream that starts there with that
//! state writes what the first one would have written:
//!
//! ```
//! use tongwen::{Converter, StreamState, Variant};
//!
//! let converter = Converter::builder().to(Variant::ZhTw).build()?;
//! let (mut stream, mut output) = (converter.stream(), Vec::new());
//! stream.push("这是后来的事。\n".as_bytes(), &mut output)?;
//! let state = stream.border(&mut output).expect("nothing is open there");
//! // On another thread, perhaps before the first one is done: whoever expects the right state need not wait for it.
//! let mut other = converter.stream();
//! other.start_at(converter.expect_state("这是后来的事。\n", StreamState::default()));
//! assert_eq!(converter.expect_state("这是后来的事。\n", StreamState::default()), state);
//! other.push("里面\n".as_bytes(), &mut output)?;
//! other.finish(&mut output)?;
//! assert_eq!(String::from_utf8_lossy(&output), "這是後來的事。\n裡面\n");
//! # Ok::<(), tongwen::Error>(())
//! ```
//!
//! # Where there is no border
//!
//! In the middle of a line, within a protected span or one that may become one, while sentences wait for the first evidence of the text, behind
//! spans that have changed the [`PagePairs`](crate::PagePairs), within reach of a description operator, and while the caller protects. There the
//! stream just goes on; somewhere behind it there may be one.
//!
//! # Cost
//!
//! That of writing what is held. Expecting a state costs reading the text.

use super::{Reader, SpanOutput, Stream};
use crate::Converter;
use crate::converter::Task;
use crate::descriptions::next_description_operator;
use crate::mixed::{End, MixedState};

/// What a stream has to know of the text before a border. `Default` is the beginning of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamState(MixedState);

impl Stream {
    /// Ends the stream if it stands at a border: appends the rest of its output, gives the state with which the next one starts there, and leaves
    /// the stream as new. Otherwise nothing has happened, except that what was certain is in `output`, and the stream goes on.
    pub fn border(&mut self, output: &mut Vec<u8>) -> Option<StreamState> {
        self.border_with(output, &mut |_| SpanOutput::Source)
    }

    /// [`Stream::border`] that shows the spans that are left to `read`; see [`Stream::push_with`].
    pub fn border_with(&mut self, output: &mut Vec<u8>, read: &mut Reader<'_>) -> Option<StreamState> {
        if self.protecting || self.lines_may_join || !self.incomplete.is_empty() {
            return None;
        }
        self.look(End::More, output, read);
        let is_open = self.decided < self.held.len()
            || !self.pairs.is_empty()
            || !(self.held.is_empty() || self.held.ends_with('\n'))
            || next_description_operator(self.held.as_bytes(), 0).is_some();
        if is_open {
            return None;
        }
        let state = StreamState(self.state);
        self.look(End::Final, output, read);
        self.restart();
        Some(state)
    }

    /// Makes a new stream, or one that has ended, go on from a border.
    pub fn start_at(&mut self, state: StreamState) {
        self.state = state.0;
    }
}

impl Converter {
    /// The state that a stream probably has behind a text, of which the end is enough: a few sentences with evidence tell. `known` is the last state
    /// that is known. Whether it is the right one says [`Stream::border`].
    pub fn expect_state(&self, before: &str, known: StreamState) -> StreamState {
        let mut state = known.0;
        if let Task::Uniform(uniform) = &self.inner.task {
            uniform.mixed.decide(
                &mut state,
                before,
                std::slice::from_ref(&(0..before.len())),
                End::Final,
                &mut Vec::new(),
            );
        }
        StreamState(state)
    }
}
