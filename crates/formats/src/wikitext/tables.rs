//! Tables (rule B27).
//!
//! | line starts with | what stays |
//! |---|---|
//! | `{\|` and `\|-` | the whole line: attributes |
//! | `\|}` | the mark |
//! | `\|+`, `\|`, `!` | the marks (`\|\|`, `!!` too), and of each cell the part before its first single pipe: attributes |
//!
//! A cell with `[[` or `-{` before its first pipe has no attributes: `| [[国|国]] | 军` is one cell of text. Of attributes
//! the values of `title` and `alt` are text, as in tags. Lines of a cell that begin otherwise are text of the page.
//!
//! Whether a table is open is not asked: a template may have begun it (`{{table top}}`), and outside of a table the marks
//! are text, which is no harm to leave.
//!
//! Cost: the line is read once more than other lines.

use std::ops::Range;

use super::bytes::{Set, next_of, set};
use super::context::ContextKind;
use super::faults::FaultKind;
use super::tree::Kind;
use super::walk::{Content, Walker};
use super::{lines, tags};

/// Which lines are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    /// Only the beginning of a table.
    Begin,
    /// Every line of a table.
    Any,
}

/// Looks at a line whose first mark would stand at `mark`. Returns from where it is to be read as text, or none if it is
/// no line of a table.
pub(crate) fn line(walker: &mut Walker<'_>, here: &Content, mark: usize, wanted: Table) -> Option<usize> {
    let stop = if here.nodes.is_empty() { here.range.end } else { walker.tree.node(here.nodes.start).start };
    let first = *walker.bytes[..stop].get(mark)?;
    // `|-{` is the mark of a row, although brackets have made a span of it.
    match (first, walker.bytes[..here.range.end].get(mark + 1)) {
        (b'{', Some(b'|')) => Some(attribute_line(walker, here, mark)),
        _ if wanted == Table::Begin => None,
        (b'|', Some(b'}')) => {
            walker.markup(mark..mark + 2);
            Some(mark + 2)
        }
        (b'|', Some(b'-')) => {
            // Two braces are a call that gives the attributes.
            let rest = &walker.bytes[mark + 2..here.range.end];
            if rest.first() == Some(&b'{') && rest.get(1) != Some(&b'{') {
                walker.fault(mark + 1..mark + 3, FaultKind::RowMark);
            }
            Some(attribute_line(walker, here, mark))
        }
        (b'|', Some(b'+')) => Some(cells(walker, here, mark..mark + 2, b'|')),
        (separator @ (b'|' | b'!'), _) => Some(cells(walker, here, mark..mark + 1, separator)),
        _ => None,
    }
}

fn attribute_line(walker: &mut Walker<'_>, here: &Content, mark: usize) -> usize {
    let end = lines::line_end(walker, here);
    tags::attributes_stay(walker, mark..end, mark + 2..end);
    end
}

/// The cells of a line; `separator` doubled parts them, and so does `||`.
fn cells(walker: &mut Walker<'_>, here: &Content, mark: Range<usize>, separator: u8) -> usize {
    let end = lines::line_end(walker, here);
    walker.markup(mark.clone());
    walker.context(mark.end..end, if separator == b'!' { ContextKind::HeaderCells } else { ContextKind::Cells });
    let mut cell = Cell { start: mark.end, pipe: None, plain: false };
    let mut next = here.nodes.start;
    let mut at = mark.end;
    while at < end {
        let node = (next < here.nodes.end).then(|| walker.tree.node(next));
        let stop = node.map_or(end, |node| node.start.min(end)).max(at);
        at = next_of(&CELL_MARKS, walker.bytes, at..stop);
        if at == stop {
            let Some(node) = node.filter(|node| node.start < end) else { break };
            cell.plain |= cell.pipe.is_none() && matches!(node.kind, Kind::Link | Kind::Span);
            at = node.end;
            next = node.after;
            continue;
        }
        let pair = (walker.bytes[at], walker.bytes[..end].get(at + 1).copied().unwrap_or_default());
        at += match pair {
            (b'|', b'|') => {
                cell.finish(walker, at);
                walker.markup(at..at + 2);
                cell = Cell { start: at + 2, pipe: None, plain: false };
                2
            }
            (b'!', b'!') if separator == b'!' => {
                cell.finish(walker, at);
                walker.markup(at..at + 2);
                cell = Cell { start: at + 2, pipe: None, plain: false };
                2
            }
            (b'|', _) => {
                cell.pipe = cell.pipe.or(Some(at));
                1
            }
            (b'[', b'[') | (b'-', b'{') => {
                cell.plain |= cell.pipe.is_none();
                1
            }
            _ => 1,
        };
    }
    cell.finish(walker, end);
    mark.end
}

/// The bytes that part cells, and those with which a link or a span begins.
static CELL_MARKS: Set = set(b"|![-");

struct Cell {
    start: usize,
    /// Its first single pipe.
    pipe: Option<usize>,
    /// It has `[[` or `-{` before that, and no attributes.
    plain: bool,
}

impl Cell {
    fn finish(&self, walker: &mut Walker<'_>, end: usize) {
        if let Some(pipe) = self.pipe.filter(|&pipe| !self.plain && pipe < end) {
            tags::attributes_stay(walker, self.start..pipe + 1, self.start..pipe);
        }
    }
}
