//! Builds the shown text of a document while its parser goes through the source.
//!
//! Parsers speak of bytes of the source, always going forward. Bytes that nothing is said about are shown as they are; so a
//! document without escapes is shown by itself, and nothing is copied.

use std::borrow::Cow;
use std::ops::Range;

use super::layer::{Atom, Field, Layer};
use super::style::Style;
use crate::diagnostic::Diagnostic;

/// See the module.
pub(super) struct Builder<'a> {
    pub(super) source: &'a str,
    /// The shown text up to the last atom.
    shown: String,
    /// Up to here the source is in the shown text.
    copied: usize,
    layer: Layer,
    opaque: Vec<Range<usize>>,
    /// Where the field begins that is being read, in the shown text.
    field_from: usize,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(source: &'a str) -> Builder<'a> {
        Builder {
            source,
            shown: String::new(),
            copied: 0,
            layer: Layer::default(),
            opaque: Vec::new(),
            field_from: 0,
            diagnostics: Vec::new(),
        }
    }

    /// Where a byte of the source is shown.
    fn shown_at(&self, at: usize) -> usize {
        self.shown.len() + (at - self.copied)
    }

    /// A field begins here.
    pub(super) fn begin(&mut self, at: usize) {
        self.field_from = self.shown_at(at);
    }

    /// The field ends here.
    pub(super) fn end(&mut self, at: usize, style: Style) {
        let text = self.field_from..self.shown_at(at);
        if !text.is_empty() {
            self.layer.fields.push(Field { text, style });
        }
    }

    /// Bytes that stand for something else, perhaps for nothing.
    pub(super) fn atom(&mut self, range: Range<usize>, shown: &str) {
        self.shown.push_str(&self.source[self.copied..range.start]);
        let start = self.shown.len();
        self.shown.push_str(shown);
        self.copied = range.end;
        self.layer.atoms.push(Atom { text: start..self.shown.len(), source: range });
    }

    /// Bytes of a field that are no text.
    pub(super) fn opaque(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.opaque.push(self.shown_at(range.start)..self.shown_at(range.end));
        }
    }

    pub(super) fn say(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The shown text, the way back, the opaque ranges of the shown text, and what there is to say.
    pub(super) fn finish(mut self) -> (Cow<'a, str>, Layer, Vec<Range<usize>>, Vec<Diagnostic>) {
        let shown = match self.layer.atoms.is_empty() {
            true => Cow::Borrowed(self.source),
            false => {
                self.shown.push_str(&self.source[self.copied..]);
                Cow::Owned(self.shown)
            }
        };
        self.layer.shown = shown.len();
        (shown, self.layer, self.opaque, self.diagnostics)
    }
}
