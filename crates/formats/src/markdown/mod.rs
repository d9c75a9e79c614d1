//! Markdown, as CommonMark and GitHub have it.
//!
//! A parser says where text is; what is between stays. Here `国` is text in seven places:
//!
//! ```text
//! # 国 {#国}
//! **国**`国`<http://国>[国](国.md "国")![国](国.png)[国][国] <b title="国">国</b>
//! ```
//!
//! | left alone | but converted |
//! |---|---|
//! | front matter, all of it ([`front`]); with `tongwen: false` in it, the document | |
//! | code, in lines and in blocks; formulas; entities and escapes | |
//! | addresses, in links and in text; footnotes' labels | texts of links and pictures, titles in quotation marks |
//! | labels of references and of their definitions | titles of definitions |
//! | `[[targets]]` of wikis, `{{ values }}` and `{% calls %}` of templates | the label in `[[target\|label]]` |
//! | HTML, as [`crate::html`] has it: tags, comments, `<code>`, elements of another language | text in it, the values of `title` and `alt` |
//!
//! A link that shows its own label gets it as a label once the text differs, so that it goes on leading where it led: `[国军]` becomes
//! `[國軍][国军]`, and so does `[国军][]`, if there is a definition of `[国军]`; else it is text like any other.
//!
//! Conversion markup is read in text, block by block: what is not closed in its block is text, and spans behind it protect
//! all the same.
//!
//! # Steps
//!
//! 1. [`front`] takes off the front matter, [`blocks`] finds the blocks with the holes in them where nothing is text.
//! 2. The scanner of HTML reads each block around its holes, with [`brackets`] for the markup; so addresses, entities, elements
//!    in another language and new text in values are treated as there.
//!
//! # Cost
//!
//! The parser's, which is linear on what people write, and one pass.
//!
//! # Limits
//!
//! * Headings are converted, and with them the names under which GitHub links to them; links to them stay as they are.
//! * Titles in parentheses, and those with escapes or entities in them, stay.
//! * Extensions of single programs are not known, those in the table excepted.
//!
//! Source: CommonMark 0.31; GitHub Flavored Markdown 0.29.

pub(crate) mod blocks;
mod brackets;
mod front;

use crate::document::Scan;
use crate::html::tags::Syntax;
use crate::html::{kept, scan_blocks};
use crate::wikitext::faults::{Fault, FaultKind};
use crate::{NoConversion, Options};

pub(crate) use brackets::find as find_brackets;

/// Scans a document.
pub(crate) fn scan(source: &str, options: &Options) -> Scan {
    let front = front::read(source);
    if let Some(range) = front.no_conversion.filter(|_| options.no_conversion == NoConversion::Respect) {
        return kept(source, Fault { range, kind: FaultKind::NoConversion });
    }
    scan_blocks(Syntax::Html, source, blocks::find(source, front.end), options)
}
