//! What the scanner has noticed and does nothing about, and how it is said.
//!
//! Most callers never ask. So the scan keeps a place and a kind, and the sentences are made when somebody wants them. Of brackets
//! without their other half ten thousand are kept, which is more than anybody reads.

use std::ops::Range;

use crate::Diagnostic;
use crate::diagnostic::DiagnosticCode;

/// Something noticed.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) range: Range<usize>,
    pub(crate) kind: FaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    UnclosedSpan {
        breaks_template: bool,
    },
    /// `-{` inside of ten others.
    Depth,
    StrayClose,
    UnclosedLink,
    StrayLinkClose,
    UnclosedBraces,
    StrayBraces,
    /// `-{{{p}}}-`
    DashParameter,
    SpanInTarget,
    RowMark,
    KeptPositional,
    /// A name of a conversion group that nobody knows.
    UnresolvedGroup,
    /// The page asks for no conversion.
    NoConversion,
    /// The page is in another language.
    ForeignLanguage,
    /// A dump of a wiki.
    Dump,
}

impl Fault {
    /// Says it.
    pub(crate) fn diagnostic(&self, source: &str) -> Diagnostic {
        use DiagnosticCode::*;
        let say = |code, message: &'static str| Diagnostic::new(code, self.range.clone(), message);
        match self.kind {
            FaultKind::UnclosedSpan { breaks_template: false } => {
                say(UnclosedSpan, "`-{` is never closed: it is text, and nothing behind it is protected from conversion")
                    .with_hint("close it with `}-`, or write `-&#123;` if text is meant")
            }
            FaultKind::UnclosedSpan { breaks_template: true } => say(
                UnclosedSpan,
                "`-{` is never closed: it breaks the template around it, whose `}}` does not count, and all of it is text",
            )
            .with_hint("close it with `}-` before the `}}` of the template"),
            FaultKind::Depth => crate::markup::findings::depth(self.range.start),
            FaultKind::StrayClose => say(StrayClose, "`}-` closes nothing: there is no `-{` before it, and it is text"),
            FaultKind::UnclosedLink => say(UnbalancedLink, "`[[` is never closed: it is text"),
            FaultKind::StrayLinkClose => say(UnbalancedLink, "`]]` closes nothing: it is text"),
            FaultKind::UnclosedBraces => say(UnbalancedLink, "`{{` is never closed: it is text"),
            FaultKind::StrayBraces => say(UnbalancedLink, "`}}` closes nothing: it is text"),
            FaultKind::DashParameter => {
                let parameter = &source[self.range.start + 1..self.range.end - 1];
                say(DashParameter, "this is a dash and a template parameter, not conversion markup: it is not protected")
                    .with_hint(match parameter.len() {
                        ..80 => format!("write -{{{parameter}}}- to protect it"),
                        _ => "write one brace more on both sides to protect it".to_string(),
                    })
            }
            FaultKind::SpanInTarget => {
                say(SpanInTarget, "conversion markup in the target of a link: the wiki makes no link of it")
                    .with_hint("write the target as it is, and put the markup into the label")
            }
            FaultKind::RowMark => {
                say(RowMark, "`|-{` begins a row of the table: the wiki reads `|-`, and the rest of the line as attributes")
                    .with_hint("put a blank between `|` and `-{`")
            }
            FaultKind::KeptPositional => Diagnostic::new(
                KeptPositional,
                trimmed(source, &self.range),
                "a positional value of a template is left: it may be the name of a page, a code or a key",
            )
            .with_hint("list the template under `prose-templates` if its values are prose, or set `positional = convert`"),
            FaultKind::UnresolvedGroup => {
                let name = &source[self.range.clone()];
                let message = format!("the conversion group `{name}` is not known, and its rules do not apply");
                Diagnostic::new(UnresolvedGroup, self.range.clone(), message).with_hint(format!(
                    "supply the text of the page Module:CGroup/{name}, as {name}.txt in a folder that `groups` names"
                ))
            }
            FaultKind::ForeignLanguage => {
                say(ForeignLanguage, "the page says that it is in another language than Chinese, so its text is left")
                    .with_hint("correct its `lang`, or convert it all the same with `languages = ignore`")
            }
            FaultKind::Dump => say(Dump, "this is a dump of a wiki, whose pages are no XML: it is left as it is")
                .with_hint("read it as a dump (`--format dump`), and its pages are converted as wikitext"),
            FaultKind::NoConversion => {
                let switch = &source[self.range.clone()];
                let message = format!("`{switch}`: the page asks not to be converted, and is left as it is");
                Diagnostic::new(NoConversion, self.range.clone(), message)
                    .with_hint("`no-conversion = ignore` converts it all the same")
            }
        }
    }
}

/// A range without the blanks around what it holds.
fn trimmed(source: &str, range: &Range<usize>) -> Range<usize> {
    let text = &source[range.clone()];
    let start = range.start + (text.len() - text.trim_start().len());
    start..(range.start + text.trim_end().len()).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_quoted_as_it_should_be_written() {
        let fault = Fault { range: 1..14, kind: FaultKind::DashParameter };
        let diagnostic = fault.diagnostic("x-{{{1|国}}}-");
        assert_eq!(diagnostic.hint.as_deref(), Some("write -{{{{1|国}}}}- to protect it"));
    }
}
