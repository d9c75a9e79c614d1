//! Text that knows where it came from.
//!
//! The body of a span is the source between its brackets, with every inner span replaced by what it shows. What a span
//! shows is a part of its body, or a text made for the occasion (a name, a description). So every text here is a sequence
//! of pieces, each either a stretch of the source or made for a place of it, and any offset can be traced back:
//!
//! ```text
//! source   -{zh-cn:a-{N|zh-tw}-b;zh-tw:c}-
//! body       zh-cn:a臺灣b;zh-tw:c
//! pieces     [zh-cn:a][臺灣, made at byte 9][b;zh-tw:c]
//! ```
//!
//! Some stretches of a text are opaque: constructs of the format, in which nothing is markup. Some are to be converted
//! before they are shown: what a variant list inside has chosen.

use std::borrow::Cow;
use std::ops::Range;

use tongwen::Variant;

/// A stretch of a text and its place in the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Where it begins in the text; it ends where the next begins.
    pub(crate) at: usize,
    /// Where it came from.
    pub(crate) source: Range<usize>,
    /// Whether it is the source there, byte for byte; else it was made for that place.
    pub(crate) same: bool,
}

/// The pieces of a text, in order. None is empty; together they are the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origins {
    pieces: Vec<Piece>,
}

impl Origins {
    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The offset in the source of an offset in the text; of made text the place it was made for. Costs a binary search.
    pub(crate) fn source(&self, offset: usize) -> usize {
        let after = self.pieces.partition_point(|piece| piece.at <= offset);
        let Some(piece) = after.checked_sub(1).map(|index| &self.pieces[index]) else {
            return self.pieces.first().map_or(0, |piece| piece.source.start);
        };
        match piece.same {
            true => (piece.source.start + (offset - piece.at)).min(piece.source.end),
            false => piece.source.start,
        }
    }

    /// The place in the source of a stretch of the text.
    pub(crate) fn source_range(&self, range: Range<usize>) -> Range<usize> {
        let start = self.source(range.start);
        let Some(last) = range.end.checked_sub(1).filter(|last| *last >= range.start) else { return start..start };
        let piece =
            self.pieces.partition_point(|piece| piece.at <= last).checked_sub(1).map(|index| &self.pieces[index]);
        let end = piece.map_or(start, |piece| if piece.same { self.source(last) + 1 } else { piece.source.end });
        start..end.max(start)
    }

    fn push(&mut self, at: usize, source: Range<usize>, same: bool) {
        match self.pieces.last_mut() {
            Some(last) if same && last.same && last.source.end == source.start => {
                last.source.end = source.end;
                return;
            }
            Some(last) if !same && !last.same && last.source == source => return,
            _ => {}
        }
        self.pieces.push(Piece { at, source, same });
    }
}

/// A stretch of a text that is to be converted, and the variant to convert it to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) range: Range<usize>,
    pub(crate) variant: Variant,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body<'s> {
    pub(crate) text: Cow<'s, str>,
    pub(crate) origins: Origins,
    /// In order, disjoint.
    pub(crate) opaque: Vec<Range<usize>>,
    /// In order, disjoint.
    pub(crate) wanted: Vec<Wanted>,
}

impl<'s> Body<'s> {
    /// Appends a stretch of the source.
    pub(crate) fn push_source(&mut self, source: &'s str, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        self.origins.push(self.text.len(), range.clone(), true);
        self.push_text(&source[range]);
    }

    /// Appends a stretch of the source in which nothing is markup.
    pub(crate) fn push_opaque(&mut self, source: &'s str, range: Range<usize>) {
        let start = self.text.len();
        self.push_source(source, range);
        if start < self.text.len() {
            self.opaque.push(start..self.text.len());
        }
    }

    /// Appends text made for a place of the source.
    pub(crate) fn push_made(&mut self, text: &str, place: Range<usize>) {
        if !text.is_empty() {
            self.origins.push(self.text.len(), place, false);
            self.text.to_mut().push_str(text);
        }
    }

    /// Appends a part of another body.
    pub(crate) fn push_part(&mut self, other: &Body<'s>, part: Range<usize>) {
        if part.is_empty() {
            return;
        }
        let shift = |range: &Range<usize>, start: usize| {
            let (from, to) = (range.start.max(part.start), range.end.min(part.end));
            (from < to).then(|| from - part.start + start..to - part.start + start)
        };
        let start = self.text.len();
        let pieces = other.origins.pieces();
        let first = pieces.partition_point(|piece| piece.at <= part.start).saturating_sub(1);
        for (index, piece) in pieces.iter().enumerate().skip(first).take_while(|(_, piece)| piece.at < part.end) {
            let end = pieces.get(index + 1).map_or(other.text.len(), |next| next.at).min(part.end);
            let from = piece.at.max(part.start);
            let source = match piece.same {
                true => piece.source.start + (from - piece.at)..piece.source.start + (end - piece.at),
                false => piece.source.clone(),
            };
            self.origins.push(start + from - part.start, source, piece.same);
        }
        let opaque_from = other.opaque.partition_point(|range| range.end <= part.start);
        let opaque = other.opaque[opaque_from..].iter().take_while(|range| range.start < part.end);
        self.opaque.extend(opaque.filter_map(|range| shift(range, start)));
        let wanted_from = other.wanted.partition_point(|wanted| wanted.range.end <= part.start);
        let wanted = other.wanted[wanted_from..].iter().take_while(|wanted| wanted.range.start < part.end);
        self.wanted.extend(wanted.filter_map(|wanted| {
            let range = shift(&wanted.range, start)?;
            Some(Wanted { range, variant: wanted.variant })
        }));
        match &other.text {
            Cow::Borrowed(text) => self.push_text(&text[part]),
            Cow::Owned(text) => self.text.to_mut().push_str(&text[part]),
        }
    }

    fn push_text(&mut self, text: &'s str) {
        match self.text.is_empty() {
            true => self.text = Cow::Borrowed(text),
            false => self.text.to_mut().push_str(text),
        }
    }

    /// The bytes in which to look for flags, separators and codes: the text, with what is opaque made unlike any of them.
    pub(crate) fn mask(&self) -> Cow<'_, [u8]> {
        let mut mask = Cow::Borrowed(self.text.as_bytes());
        for range in &self.opaque {
            mask.to_mut()[range.clone()].fill(OPAQUE);
        }
        mask
    }

    /// The body with `=>` for each `=&gt;` (rule A15: sanitizing a page turns the one into the other).
    pub(crate) fn with_plain_arrows(self) -> Body<'s> {
        const ESCAPED: &[u8] = b"=&gt;";
        let mut plain = Body::default();
        let mut done = 0;
        {
            let mask = self.mask();
            for at in memchr::memmem::find_iter(&mask, ESCAPED) {
                plain.push_part(&self, done..at + 1);
                let entity = self.origins.source(at + 1);
                plain.push_made(">", entity..entity + ESCAPED.len() - 1);
                done = at + ESCAPED.len();
            }
        }
        if done == 0 {
            return self;
        }
        plain.push_part(&self, done..self.text.len());
        plain
    }
}

/// Stands for a byte of an opaque stretch: no blank, no letter, no separator.
const OPAQUE: u8 = 0x7F;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_traced_back() {
        let source = "zh-cn:a-{N|zh-tw}-b;zh-tw:c";
        let mut body = Body::default();
        body.push_source(source, 0..7);
        body.push_made("臺灣", 7..18);
        body.push_source(source, 18..27);
        assert_eq!(body.text, "zh-cn:a臺灣b;zh-tw:c");
        assert_eq!([0, 6, 7, 10, 13, 14, 22].map(|offset| body.origins.source(offset)), [0, 6, 7, 7, 18, 19, 27]);
        let mut part = Body::default();
        part.push_part(&body, 6..14);
        assert_eq!(part.text, "a臺灣b");
        assert_eq!([0, 1, 7, 8].map(|offset| part.origins.source(offset)), [6, 7, 18, 19]);
        assert_eq!(body.origins.source_range(2..8), 2..18);
        assert_eq!(body.origins.source_range(10..15), 7..20);
        assert_eq!(body.origins.source_range(3..3), 3..3);
    }

    #[test]
    fn stretches_are_cut_with_their_text() {
        let source = "ab[[c|d]]ef";
        let mut body = Body::default();
        body.push_source(source, 0..2);
        body.push_opaque(source, 2..9);
        body.push_source(source, 9..11);
        body.wanted.push(Wanted { range: 1..10, variant: Variant::ZhTw });
        assert_eq!(&*body.mask(), b"ab\x7f\x7f\x7f\x7f\x7f\x7f\x7fef");
        let mut part = Body::default();
        part.push_made("x", 0..0);
        part.push_part(&body, 4..10);
        assert_eq!((part.text.as_ref(), part.opaque.first()), ("xc|d]]e", Some(&(1..6))));
        assert_eq!(part.wanted, [Wanted { range: 1..7, variant: Variant::ZhTw }]);
    }

    #[test]
    fn escaped_arrows() {
        let source = "a=&gt;b=>c";
        let mut body = Body::default();
        body.push_source(source, 0..source.len());
        let body = body.with_plain_arrows();
        assert_eq!(body.text, "a=>b=>c");
        assert_eq!([1, 2, 3].map(|offset| body.origins.source(offset)), [1, 2, 6]);
    }
}
