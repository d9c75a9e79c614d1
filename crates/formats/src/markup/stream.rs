//! Conversion markup in a stream of plain text.
//!
//! A [`Stream`](tongwen::Stream) finds the protected spans of a text by itself and shows each to whoever asks. [`StreamMarkup`] is
//! who to ask for: it evaluates the spans one by one, tells the stream which words the text has defined for itself, and
//! says what to write in the place of a span. Memory stays bounded by the stream's own bounds and the number of words
//! that the text defines.
//!
//! # Limits
//!
//! What the stream takes for a span is decided by the stream (`tongwen::markers`): a span may be 64 KiB long. An opening that is
//! never closed is text there too, but a stream cannot know that it will not be closed, so text behind it is converted as it
//! comes: rules that follow it do not reach back to it.

use tongwen::{PagePairs, SpanOutput, StreamSpan};

use super::brackets::pair_text;
use super::page::{Page, Shown};
use crate::diagnostic::Diagnostic;
use crate::{Mode, Options};

/// Evaluates the conversion markup of a stream of plain text.
///
/// ```
/// use tongwen::{Converter, Variant};
/// use tongwen_formats::{Mode, Options, StreamMarkup};
///
/// let mut options = Options::default();
/// options.mode = Mode::Render;
/// options.variant = Some(Variant::ZhTw);
/// let mut markup = StreamMarkup::new(&options);
/// let converter = Converter::builder().to(Variant::ZhTw).build()?;
/// let convert = |text: &str, pairs: &_, epoch| converter.convert_ranges_with(text, &[0..text.len()], pairs, &[epoch]).concat();
/// let mut output = Vec::new();
/// let mut stream = converter.stream();
/// stream.push_with("-{H|zh-cn:内存;zh-tw:記憶體}-内存里-{里}-".as_bytes(), &mut output, &mut |span| markup.read(span, convert))?;
/// stream.finish_with(&mut output, &mut |span| markup.read(span, convert))?;
/// assert_eq!(String::from_utf8_lossy(&output), "記憶體裡里");
/// # Ok::<(), tongwen::Error>(())
/// ```
#[derive(Debug)]
pub struct StreamMarkup {
    page: Page,
}

impl StreamMarkup {
    /// For the mode and variant of the options; the stream's converter must convert to the same variant.
    pub fn new(options: &Options) -> StreamMarkup {
        StreamMarkup { page: Page::new(options) }
    }

    /// Evaluates the next span of the stream. `convert` converts a text with the first so many changes of the pairs; it is only
    /// asked for what a variant list shows.
    pub fn read(
        &mut self,
        span: StreamSpan<'_>,
        mut convert: impl FnMut(&str, &PagePairs, usize) -> String,
    ) -> SpanOutput {
        let said = self.page.diagnostics.len();
        let offset = usize::try_from(span.offset).unwrap_or(usize::MAX);
        std::mem::swap(&mut self.page.pairs, span.pairs);
        self.page.origin = Some(offset);
        let paired = pair_text(span.text);
        let mut written = String::new();
        let mut done = 0;
        for outermost in &paired.spans {
            let Shown { text, wanted, .. } = self.page.span(span.text, paired.tokens_of(outermost));
            written.push_str(&span.text[done..outermost.range.start]);
            done = outermost.range.end;
            let mut shown = 0;
            if self.page.mode == Mode::Render {
                for part in wanted {
                    written.push_str(&text[shown..part.range.start]);
                    written.push_str(&convert(&text[part.range.clone()], &self.page.pairs, self.page.epoch()));
                    shown = part.range.end;
                }
            }
            written.push_str(&text[shown..]);
        }
        written.push_str(&span.text[done..]);
        std::mem::swap(&mut self.page.pairs, span.pairs);
        for diagnostic in &mut self.page.diagnostics[said..] {
            diagnostic.range = diagnostic.range.start + offset..diagnostic.range.end + offset;
        }
        match self.page.mode {
            Mode::Preserve => SpanOutput::Source,
            _ => SpanOutput::Text(written),
        }
    }

    /// The title that the spans so far have set for the variant (flag `T`).
    pub fn title(&self) -> Option<&str> {
        self.page.title.as_deref()
    }

    /// What is to be said about the spans so far, and has not been taken yet.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.page.diagnostics
    }

    /// Takes what is to be said about the spans so far, and has not been taken yet; ranges are bytes of the stream's text.
    pub fn take_diagnostics(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.page.diagnostics)
    }
}
