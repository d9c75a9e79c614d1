//! The way from shown text back to the source.
//!
//! An [`Atom`] is a stretch of the source that is shown as something else. Between atoms, shown text and source are the same
//! bytes. An atom that is shown as nothing joins what is around it: the line break in a string of a PO file.
//!
//! ```text
//! source   "国\u519b"⏎"队"          atoms  \u519b as 军, and "⏎" as nothing
//! shown    "国军队"
//! new           甲  for 军队
//! written  "国甲"⏎""                 what is shown as nothing stays, behind the new text
//! ```

use std::borrow::Cow;
use std::ops::Range;

use super::align::{Step, align, by_edits};
use super::style::Style;
use crate::document::Piece;

/// A stretch of the source that is shown as something else.
#[derive(Debug)]
pub(crate) struct Atom {
    /// Bytes of the shown text.
    pub(super) text: Range<usize>,
    pub(super) source: Range<usize>,
}

/// A string of the document.
#[derive(Debug)]
pub(crate) struct Field {
    /// Bytes of the shown text.
    pub(super) text: Range<usize>,
    pub(super) style: Style,
}

/// Atoms and fields, in order.
#[derive(Debug, Default)]
pub(crate) struct Layer {
    pub(super) atoms: Vec<Atom>,
    pub(super) fields: Vec<Field>,
    /// How long the shown text is.
    pub(super) shown: usize,
}

impl Layer {
    /// Where in the source a place of the shown text is, before what is shown there as nothing.
    pub(crate) fn before(&self, at: usize) -> usize {
        self.behind(at, self.atoms.partition_point(|atom| atom.text.start < at))
    }

    /// The same, behind what is shown there as nothing.
    pub(crate) fn after(&self, at: usize) -> usize {
        self.behind(at, self.atoms.partition_point(|atom| atom.text.start < at || atom.text.end == at))
    }

    fn behind(&self, at: usize, atoms: usize) -> usize {
        match atoms.checked_sub(1).map(|index| &self.atoms[index]) {
            Some(atom) if at < atom.text.end => atom.source.start,
            Some(atom) => atom.source.end + (at - atom.text.end),
            None => at,
        }
    }

    pub(crate) fn source_range(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.after(range.start);
        start..self.before(range.end).max(start)
    }

    /// The fields, in the shown text.
    #[cfg(feature = "packages")]
    pub(crate) fn texts(&self) -> impl Iterator<Item = Range<usize>> {
        self.fields.iter().map(|field| field.text.clone())
    }

    /// The stretches of a range of the shown text that are written as they read: bytes of the source, and whether nothing is shown between each and the
    /// one before.
    pub(crate) fn literal(&self, range: &Range<usize>) -> Vec<(Range<usize>, bool)> {
        let mut found = Vec::new();
        let (mut at, mut goes_on) = (range.start, false);
        let mut put = |at: usize, end: usize, goes_on: &mut bool| {
            if at < end {
                let start = self.after(at);
                found.push((start..start + (end - at), std::mem::replace(goes_on, true)));
            }
        };
        let first = self.atoms.partition_point(|atom| atom.text.end <= range.start);
        for atom in self.atoms[first..].iter().take_while(|atom| atom.text.start < range.end) {
            put(at, atom.text.start, &mut goes_on);
            goes_on &= atom.text.is_empty();
            at = atom.text.end;
        }
        put(at, range.end, &mut goes_on);
        found
    }

    /// Whether something in a range of the shown text is written otherwise.
    fn has_atoms(&self, range: &Range<usize>) -> bool {
        let first = self.atoms.partition_point(|atom| atom.text.end <= range.start);
        self.atoms.get(first).is_some_and(|atom| atom.text.start < range.end)
    }

    /// How text is written at a place of the shown text.
    pub(crate) fn style(&self, at: usize) -> Style {
        let before = self.fields.partition_point(|field| field.text.start <= at);
        before.checked_sub(1).map_or(Style::Plain, |index| self.fields[index].style)
    }
}

/// Puts the pieces of the source together, going forward through the shown text.
pub(crate) struct Emitter<'l, 'p> {
    layer: &'l Layer,
    pieces: Vec<Piece<'p>>,
    /// Up to here the shown text is done.
    at: usize,
    /// New text was put here, and stands for what comes up to the next place that stays.
    replacing: bool,
}

impl<'l, 'p> Emitter<'l, 'p> {
    pub(crate) fn new(layer: &'l Layer) -> Emitter<'l, 'p> {
        Emitter { layer, pieces: Vec::new(), at: 0, replacing: false }
    }

    /// Shown text that stays.
    pub(crate) fn keep(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        self.drop_to(range.start);
        let start = match self.replacing {
            true => {
                self.joins(range.start);
                if self.at == range.start { self.layer.after(range.start) } else { self.layer.before(range.start) }
            }
            false => self.layer.before(range.start),
        };
        self.source(start..self.layer.before(range.end));
        (self.at, self.replacing) = (range.end, false);
    }

    /// New text, from the place where what stays has ended. It is not copied where it is written as it reads, since it may be all of the document.
    pub(crate) fn put(&mut self, text: Cow<'p, str>) {
        let goes_on = matches!(self.pieces.last(), Some(Piece::New(_)));
        if goes_on || text.is_empty() || self.layer.style(self.at).changes(&text) {
            return self.write(&text);
        }
        self.replaces();
        self.pieces.push(Piece::New(text));
    }

    fn write(&mut self, text: &str) {
        self.replaces();
        let written = self.layer.style(self.at).write(text);
        match self.pieces.last_mut() {
            _ if written.is_empty() => {}
            Some(Piece::New(last)) => last.to_mut().push_str(&written),
            _ => self.pieces.push(Piece::New(Cow::Owned(written.into_owned()))),
        }
    }

    /// New text for a range of the shown text, which reads `shown`. Edits (bytes of `shown`, and what stands for them), if there are any, say which of
    /// it is new; what they do not lead to is compared.
    pub(crate) fn replace(
        &mut self,
        range: Range<usize>,
        shown: &str,
        new: Cow<'p, str>,
        edits: &[(Range<usize>, &str)],
    ) {
        self.pass(range.start);
        let style = self.layer.style(range.start);
        if !style.can_write(shown, &new) {
            return self.keep(range);
        }
        if !self.layer.has_atoms(&range) && !style.changes(&new) {
            return self.put(new);
        }
        for step in by_edits(shown, &new, edits).unwrap_or_else(|| align(shown, &new)) {
            match step {
                Step::Kept(kept) => self.keep(range.start + kept.start..range.start + kept.end),
                Step::New { at, text } => {
                    self.pass(range.start + at);
                    self.write(&new[text]);
                }
            }
        }
    }

    /// All pieces; `end` is that of the source.
    pub(crate) fn finish(mut self, end: usize) -> Vec<Piece<'p>> {
        let shown = self.layer.shown;
        self.drop_to(shown);
        if self.replacing {
            self.joins(shown);
        }
        let from = match self.replacing && self.at == shown {
            true => self.layer.after(shown),
            false => self.layer.before(shown),
        };
        self.source(from..end);
        self.pieces
    }

    /// Text that was replaced ends here; what is shown as nothing in it or here stays.
    pub(crate) fn pass(&mut self, to: usize) {
        self.drop_to(to);
        if self.replacing && self.at < to {
            self.joins(to + 1);
            self.at = to;
        }
    }

    /// What stayed has ended, and something stands for what follows.
    fn replaces(&mut self) {
        if !self.replacing {
            self.source(self.layer.before(self.at)..self.layer.after(self.at));
            self.replacing = true;
        }
    }

    /// Shown text that nothing stands for goes up to a place.
    fn drop_to(&mut self, to: usize) {
        if self.at < to {
            self.replaces();
        }
    }

    /// What is shown as nothing inside of text that was replaced.
    fn joins(&mut self, to: usize) {
        let atoms = &self.layer.atoms;
        let first = atoms.partition_point(|atom| atom.text.end <= self.at);
        for atom in atoms[first..].iter().take_while(|atom| atom.text.start < to).filter(|atom| atom.text.is_empty()) {
            self.source(atom.source.clone());
        }
    }

    fn source(&mut self, range: Range<usize>) {
        match self.pieces.last_mut() {
            _ if range.is_empty() => {}
            Some(Piece::Source(last)) if last.end == range.start => last.end = range.end,
            _ => self.pieces.push(Piece::Source(range)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `"国\u519b"\n"队"` and its pieces with a replacement for a range of the shown text.
    fn written(range: Range<usize>, new: &str) -> String {
        let source = "\"国\\u519b\"\n\"队\"";
        let atoms = vec![Atom { text: 4..7, source: 4..10 }, Atom { text: 7..7, source: 10..13 }];
        let shown = "\"国军队\"";
        let layer = Layer { atoms, fields: vec![Field { text: 1..10, style: Style::Po }], shown: shown.len() };
        let mut emitter = Emitter::new(&layer);
        emitter.keep(0..range.start);
        emitter.replace(range.clone(), &shown[range.clone()], new.into(), &[]);
        emitter.keep(range.end..shown.len());
        let pieces = emitter.finish(source.len());
        let text = |piece: &Piece<'_>| match piece {
            Piece::Source(range) => source[range.clone()].to_string(),
            Piece::New(text) => text.to_string(),
        };
        pieces.iter().map(text).collect()
    }

    #[test]
    fn joins_and_escapes_stay_where_text_is_replaced() {
        assert_eq!(written(1..10, "国军队"), "\"国\\u519b\"\n\"队\"");
        assert_eq!(written(1..10, "國军隊"), "\"國\\u519b\"\n\"隊\"");
        assert_eq!(written(4..10, "甲"), "\"国甲\"\n\"\"");
        assert_eq!(written(4..10, "甲乙丙"), "\"国甲乙丙\"\n\"\"");
        assert_eq!(written(4..10, "軍隊"), "\"国軍\"\n\"隊\"");
        assert_eq!(written(7..10, "隊"), "\"国\\u519b\"\n\"隊\"");
        assert_eq!(written(1..4, "國"), "\"國\\u519b\"\n\"队\"");
        assert_eq!(written(4..7, ""), "\"国\"\n\"队\"");
    }

    #[test]
    fn places_of_the_shown_text_are_found_in_the_source() {
        let layer = Layer {
            atoms: vec![Atom { text: 4..7, source: 4..10 }, Atom { text: 7..7, source: 10..13 }],
            fields: Vec::new(),
            shown: 11,
        };
        assert_eq!([0, 4, 7, 8].map(|at| layer.before(at)), [0, 4, 10, 14]);
        assert_eq!([0, 4, 7, 8].map(|at| layer.after(at)), [0, 4, 13, 14]);
        assert_eq!(layer.source_range(&(4..7)), 4..10);
        assert_eq!(layer.source_range(&(7..10)), 13..16);
        assert_eq!(layer.literal(&(1..10)), [(1..4, false), (13..16, false)]);
        assert_eq!(layer.literal(&(4..10)), [(13..16, false)]);
        assert!(layer.literal(&(4..7)).is_empty());
        let joined = Layer { atoms: vec![Atom { text: 3..3, source: 3..9 }], fields: Vec::new(), shown: 6 };
        assert_eq!(joined.literal(&(0..6)), [(0..3, false), (9..12, true)]);
        assert_eq!(joined.literal(&(3..6)), [(9..12, false)]);
    }
}
