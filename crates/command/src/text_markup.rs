//! Conversion markup in a stream of plain text: what it does to the text behind it, and what is to be said about it.
//!
//! Places are needed in lines and columns while the text passes by, so the last [`KEPT`] bytes of it are kept, with the line and the column
//! at which they begin. A stream comes to a span a bounded number of bytes after having read it, well within that.

use tongwen::{Converter, SpanOutput, StreamSpan};
use tongwen_formats::{Diagnostic, LineIndex, Options, Severity, StreamMarkup};

use crate::findings::{self, Finding, Loudness};
use crate::input::Input;
use crate::messages::Failure;
use crate::task;

/// Bytes of the text that are kept at least.
const KEPT: usize = 1024 * 1024;

pub(crate) struct TextMarkup<'a> {
    markup: StreamMarkup,
    converter: &'a Converter,
    passed: Window,
}

/// What has been said about a text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Said {
    /// Warnings and errors.
    wrong: usize,
    findings: usize,
}

impl<'a> TextMarkup<'a> {
    pub(crate) fn new(options: &Options, converter: &'a Converter) -> TextMarkup<'a> {
        TextMarkup { markup: StreamMarkup::new(options), converter, passed: Window::default() }
    }

    /// What comes next is the beginning of a text.
    pub(crate) fn restart(&mut self) {
        self.markup.take_diagnostics();
        self.passed.clear();
    }

    /// Notes what the stream is given next.
    pub(crate) fn pass(&mut self, bytes: &[u8]) {
        self.passed.push(bytes);
    }

    /// Whether something is to be said.
    pub(crate) fn has_found(&self) -> bool {
        !self.markup.diagnostics().is_empty()
    }

    /// Evaluates a span of the stream.
    pub(crate) fn read(&mut self, span: StreamSpan<'_>) -> SpanOutput {
        self.markup.read(span, |text, pairs, epoch| {
            self.converter.convert_ranges_with(text, std::slice::from_ref(&(0..text.len())), pairs, &[epoch]).concat()
        })
    }
}

impl Said {
    /// What is to be said about what has been found since the last time; `name` is what the text is called, which has so many lines before what
    /// was passed.
    pub(crate) fn say(
        &mut self,
        markup: &mut TextMarkup<'_>,
        name: &Input,
        lines: usize,
        loudness: Loudness,
    ) -> String {
        let found = markup.markup.take_diagnostics();
        let mut said = String::new();
        if found.is_empty() {
            return said;
        }
        self.wrong += found.iter().filter(|diagnostic| diagnostic.severity >= Severity::Warning).count();
        if self.findings < findings::MOST {
            self.findings += found.len();
            markup.passed.findings(found, lines, |all| said = findings::in_words(name, all, loudness));
        }
        said
    }

    /// An error if there was something wrong and that is not allowed.
    pub(crate) fn check(&self, input: &Input, strict: bool) -> Result<(), Failure> {
        task::strict(input, strict, self.wrong)
    }
}

/// The last part of a text that passes by.
#[derive(Default)]
struct Window {
    bytes: Vec<u8>,
    /// Bytes, line ends, and characters since the last line end, before it.
    offset: usize,
    lines: usize,
    characters: usize,
}

impl Window {
    fn push(&mut self, bytes: &[u8]) {
        if self.bytes.len() >= 2 * KEPT {
            let mut cut = self.bytes.len() - KEPT;
            // On a character's first byte.
            while self.bytes[cut] & 0xC0 == 0x80 && cut > 0 {
                cut -= 1;
            }
            let gone = &self.bytes[..cut];
            let line = gone.iter().rposition(|&byte| byte == b'\n').map(|end| &gone[end + 1..]);
            self.lines += gone.iter().filter(|&&byte| byte == b'\n').count();
            let before = if line.is_some() { 0 } else { self.characters };
            self.characters = before + line.unwrap_or(gone).iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
            self.offset += cut;
            self.bytes.drain(..cut);
        }
        self.bytes.extend_from_slice(bytes);
    }

    fn clear(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        *self = Window::default();
        self.bytes = bytes;
        self.bytes.clear();
    }

    /// Gives findings about the kept part with their places in a text that has so many lines before all this.
    fn findings(&self, mut found: Vec<Diagnostic>, before: usize, give: impl FnOnce(Vec<Finding<'_>>)) {
        let text = String::from_utf8_lossy(&self.bytes);
        let lines = LineIndex::new(&text);
        for diagnostic in &mut found {
            let within = |offset: usize| offset.saturating_sub(self.offset).min(text.len());
            diagnostic.range = within(diagnostic.range.start)..within(diagnostic.range.end);
        }
        let place = |diagnostic| {
            let mut finding = Finding::new(diagnostic, &lines, &text);
            if finding.position.line == 1 {
                finding.position.column += self.characters;
            }
            finding.position.line += before + self.lines;
            finding
        };
        give(found.iter().map(place).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_whole_text() {
        let mut window = Window::default();
        let line = "甲乙丙\n".repeat(1000);
        for _ in 0..1000 {
            window.push(line.as_bytes());
        }
        window.push("丁-{".as_bytes());
        assert!(window.offset > 0 && window.bytes.len() < 4 * KEPT);
        let options = Options::default();
        let document = tongwen_formats::Document::scan(tongwen_formats::Format::Text, "丁-{", &options);
        let mut found = document.diagnostics(&[] as &[&str]);
        found[0].range = 10_000_003..10_000_005;
        window.findings(found, 0, |all| {
            assert_eq!((all[0].position.line, all[0].position.column, all[0].line), (1_000_001, 2, "丁-{"));
        });
    }
}
