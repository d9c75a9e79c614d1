//! What is said about the markup of a span: the diagnostics, in words for its author.
//!
//! Most slips in markup are silent: the wiki ignores what it does not know and shows something else. So each message says what
//! is read instead, and a hint what to write, where that can be guessed: `R` for `r`, `A;H` for `AH`, `zh-tw` for `zh_tw`,
//! `:` for `：`.
//!
//! One slip, one message: a text that is missing because of another slip in the same span is reported once. Where markup is
//! dropped it is the error, and the slips are its hint; else the slips themselves.

use std::ops::Range;

use tongwen::{Script, Variant};

use super::body::Body;
use super::brackets::{Pair, Unclosed};
use super::codes::{Code, leading_name, trailing_name};
use super::flags::{Action, Conflict, Flag, Flags};
use super::language_names;
use super::rules::{Reading, Remark, Rules};
use super::segments::{blanks, ends_entity, is_blank};
use crate::Mode;
use crate::diagnostic::{Diagnostic, DiagnosticCode, Severity};

/// Characters of quoted text that a message shows.
const QUOTED: usize = 24;

/// The diagnostics of one span.
#[derive(Debug, Default)]
pub(super) struct Findings {
    slips: Vec<Diagnostic>,
    missing: Option<Diagnostic>,
}

/// A text in a message: its beginning, if it is long.
fn quoted(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// Codes in a message: `zh-hant, zh-hk`.
fn listed(codes: impl IntoIterator<Item = Code>) -> String {
    codes.into_iter().map(Code::name).collect::<Vec<_>>().join(", ")
}

/// An opening bracket of a plain text that is never closed.
pub(crate) fn unclosed(unclosed: &Unclosed) -> Diagnostic {
    let Unclosed { at, pair } = *unclosed;
    match pair {
        Pair::Braces => Diagnostic::new(
            DiagnosticCode::UnclosedSpan,
            at..at + 2,
            "`-{` is never closed: it is text, and all text behind it is converted, even what closed spans there protect",
        )
        .with_hint("write `}-` where the span ends"),
        Pair::Angles => {
            let message = "`-<` has no `>-` on its line: it is text";
            let mut found = Diagnostic::new(DiagnosticCode::UnclosedSpan, at..at + 2, message);
            // A dash and `<` meet by chance more often than not.
            found.severity = Severity::Note;
            found.with_hint("write `>-` where the span ends")
        }
    }
}

/// A closing bracket `}-` that closes nothing.
pub(crate) fn stray(at: usize) -> Diagnostic {
    Diagnostic::new(
        DiagnosticCode::StrayClose,
        at..at + 2,
        "`}-` closes nothing: there is no `-{` before it, and it is text",
    )
}

/// An opening on the eleventh level.
pub(crate) fn depth(at: usize) -> Diagnostic {
    let message =
        "spans nest no deeper than 10 levels: this opening is text, and its closing closes the span around it";
    Diagnostic::new(DiagnosticCode::Depth, at..at + 2, message)
}

impl Findings {
    /// All of them; what is missing is put together with its causes.
    pub(super) fn settle(self, mode: Mode) -> Vec<Diagnostic> {
        let Findings { mut slips, missing } = self;
        let Some(mut missing) = missing else { return slips };
        if mode == Mode::Preserve {
            if slips.is_empty() {
                slips.push(missing);
            }
            return slips;
        }
        missing.severity = Severity::Error;
        if !slips.is_empty() {
            let causes = slips.iter().take(3).map(|slip| slip.message.as_ref());
            missing.hint = Some(causes.collect::<Vec<_>>().join("; ").into());
        }
        vec![missing]
    }

    fn slip(
        &mut self,
        code: DiagnosticCode,
        body: &Body<'_>,
        range: Range<usize>,
        message: String,
        hint: Option<String>,
    ) {
        let mut found = Diagnostic::new(code, body.origins.source_range(range), message);
        found.hint = hint.map(Into::into);
        self.slips.push(found);
    }

    /// Unknown flags and those that void each other (rules A4 and A5).
    pub(super) fn flags(&mut self, body: &Body<'_>, flags: &Flags) {
        for range in &flags.unknown {
            let name = &body.text[range.clone()];
            let instead = match flags.known.is_empty() && flags.unknown.len() == 1 {
                true => "ignores it and reads the span as one without flags",
                false => "ignores it",
            };
            let message = format!("{} is no flag; MediaWiki {instead}", quoted(name));
            let hint = flag_hint(name).or_else(|| {
                let known = "flags are A, T, R, D, -, H, N and the variant codes in lower case";
                // With no flag at all the author may not have thought of flags.
                flags.known.is_empty().then(|| {
                    format!(
                        "{known}; to show a text with a pipe in it, begin with the pipe: `-{{|{}|..}}-`",
                        name.trim()
                    )
                })
            });
            self.slip(DiagnosticCode::UnknownFlag, body, range.clone(), message, hint);
        }
        if let Some(Conflict { winner, void }) = flags.conflict() {
            let names: Vec<String> = void.iter().map(|(flag, _)| format!("`{}`", flag.name())).collect();
            let winner_name = winner.name();
            let (message, hint) = match winner {
                Flag::Add => (
                    format!("`{winner_name}` wins over `D`: the rule is added and nothing is shown"),
                    Some("write `D;H` to add the rule and show its description".to_string()),
                ),
                Flag::Title => (
                    format!("`{winner_name}` after `D` wins: the title is set and nothing is shown"),
                    Some("write `T;D` to set the title and show the description".to_string()),
                ),
                _ => {
                    let rules = matches!(winner, Flag::Raw | Flag::Name | Flag::Variant(_));
                    let adds = void.iter().any(|(flag, _)| matches!(flag, Flag::Add | Flag::Hide | Flag::Remove));
                    let then = if rules && adds { ", so no rule of the page changes" } else { "" };
                    (format!("`{winner_name}` voids {}{then}", names.join(", ")), None)
                }
            };
            self.slip(DiagnosticCode::ConflictingFlags, body, void[0].1.clone(), message, hint);
        }
    }

    /// Segments that do not do what they look like (rules A11 to A13, A15).
    pub(super) fn rules(&mut self, body: &Body<'_>, mask: &[u8], flags: &Flags, reading: &Reading) {
        if self.fullwidth(body, mask, flags) == Some("|") {
            // The flags were taken for the first code; what follows from that is no slip of its own.
            return;
        }
        let text = |range: &Range<usize>| &body.text[range.clone()];
        let is_rule = !reading.rules.is_empty();
        for remark in &reading.remarks {
            match remark {
                Remark::Skipped { segment } if reading.coded > 0 => {
                    let message = format!("{} has no code, so MediaWiki skips it", quoted(text(segment)));
                    self.slip(DiagnosticCode::BadSegment, body, segment.clone(), message, None);
                }
                Remark::Skipped { .. } => {}
                Remark::Void { segment, name } => self.void(body, mask, flags, reading.coded, segment, name),
                Remark::EmptyText { segment, code } => {
                    let code = code.name();
                    let then = match is_rule {
                        true => format!("MediaWiki reads it as if {code} were not there"),
                        false => "no text is left, and MediaWiki reads the whole body as text".to_string(),
                    };
                    let message = format!("the text for {code} is empty; {then}");
                    let hint = format!("write a text for {code}, or leave {code} out");
                    self.slip(DiagnosticCode::EmptyAlternative, body, segment.clone(), message, Some(hint));
                }
                Remark::EmptyFrom { segment, code } => {
                    let message = format!(
                        "nothing stands before `=>`, so there is nothing to replace in {}; MediaWiki drops it",
                        code.name()
                    );
                    let hint = "write the text to be replaced before `=>`".to_string();
                    self.slip(DiagnosticCode::EmptyFrom, body, segment.clone(), message, Some(hint));
                }
                Remark::Duplicate { segment, code, from } => {
                    let code = code.name();
                    let message = match from {
                        None => format!("{code} was given before; the last text counts"),
                        Some(from) => {
                            format!("{} was replaced in {code} before; the last text counts", quoted(text(from)))
                        }
                    };
                    self.slip(DiagnosticCode::DuplicateVariant, body, segment.clone(), message, None);
                }
            }
        }
        if reading.coded > 0 {
            self.uncut(body, mask, flags.rest);
        }
    }

    /// A segment whose code is none: the body is no rule at all (rule A12).
    fn void(
        &mut self,
        body: &Body<'_>,
        mask: &[u8],
        flags: &Flags,
        coded: usize,
        segment: &Range<usize>,
        name: &Range<usize>,
    ) {
        let shown = &body.text[name.clone()];
        let is_name = leading_name(&mask[name.clone()]) == Some(name.len());
        let meant = Code::guess(shown);
        // `12:30` and addresses are no rules and nobody means them to be.
        let means_rule = flags.action != Action::Nothing || flags.title || shown.starts_with("zh");
        if coded == 0 && !(is_name && (meant.is_some() || means_rule)) {
            return;
        }
        let instead = match flags.action {
            Action::Nothing => "MediaWiki reads the whole body as text and shows it",
            _ => "MediaWiki takes the whole body for one word, the same in every variant",
        };
        let message = format!("{} is no variant code, so there is no rule: {instead}", quoted(shown));
        let hint = Some(meant.map_or_else(known_codes, |code| format!("write `{}`", code.name())));
        match is_name {
            true => self.slip(DiagnosticCode::UnknownVariant, body, name.clone(), message, hint),
            false => self.slip(DiagnosticCode::BadSegment, body, segment.clone(), message, hint),
        }
    }

    /// Codes in the middle of a text, where nothing was cut (rule A13).
    fn uncut(&mut self, body: &Body<'_>, mask: &[u8], rest: usize) {
        for at in memchr::memchr_iter(b';', &mask[rest..]).map(|at| rest + at) {
            let start = at + 1 + blanks(&mask[at + 1..]);
            let Some(length) = leading_name(&mask[start..]) else { continue };
            let end = start + length;
            let colon = end + blanks(&mask[end..]);
            if mask.get(colon) != Some(&b':') {
                continue;
            }
            let name = &body.text[start..end];
            if ends_entity(&mask[rest..], at - rest) {
                // `a&nbsp;zh-tw:b` looks cut, and is not.
                if Code::by_any_case(name.as_bytes()).is_some() {
                    let message = format!(
                        "the `;` before `{name}` ends an entity and cuts nothing, so this belongs to the text before it"
                    );
                    let hint = format!("write `;;{name}:`");
                    self.slip(DiagnosticCode::BadSegment, body, start..end, message, Some(hint));
                }
            } else if Code::by_spelling(name.as_bytes()).is_some() {
                // It was cut.
            } else if let Some(code) = Code::by_any_case(name.as_bytes()) {
                let message = format!(
                    "`{name}` is not cut here, so it belongs to the text before it: behind `;` only exact spellings count"
                );
                let hint = format!("write `{}` or `{}`", code.name(), code.standard_name());
                self.slip(DiagnosticCode::VariantCase, body, start..end, message, Some(hint));
            } else {
                let meant = Code::guess(name);
                let is_address = mask[colon + 1..].starts_with(b"//");
                if meant.is_some() || name.starts_with("zh") || (language_names::name(name).is_some() && !is_address) {
                    let message = format!("`{name}` is no variant code, so this belongs to the text before it");
                    let hint = Some(meant.map_or_else(known_codes, |code| format!("write `{}`", code.name())));
                    self.slip(DiagnosticCode::UnknownVariant, body, start..end, message, hint);
                }
            }
        }
    }

    /// The first full-width separator where the narrow one would be read (rule A12). Returns the narrow one.
    fn fullwidth(&mut self, body: &Body<'_>, mask: &[u8], flags: &Flags) -> Option<&'static str> {
        for at in memchr::memchr_iter(0xEF, mask) {
            let (wide, narrow) = match mask.get(at..at + 3).and_then(|bytes| std::str::from_utf8(bytes).ok()) {
                Some("：") if at >= flags.rest => ("：", ":"),
                Some("；") if at >= flags.rest => ("；", ";"),
                Some("｜") if flags.rest == 0 => ("｜", "|"),
                _ => continue,
            };
            let (before, behind) = (&mask[..at], &mask[at + 3..]);
            let is_code = |name: &[u8]| Code::by_any_case(name).is_some();
            let means = match narrow {
                ":" => {
                    let blanks = before.iter().rev().take_while(|byte| is_blank(byte)).count();
                    let before = &before[..at - blanks];
                    trailing_name(before).is_some_and(|length| is_code(&before[before.len() - length..]))
                }
                ";" => {
                    let behind = &behind[blanks(behind)..];
                    leading_name(behind).is_some_and(|length| {
                        let rest = &behind[length..];
                        let rest = &rest[blanks(rest)..];
                        is_code(&behind[..length]) && (rest.starts_with(b":") || rest.starts_with("：".as_bytes()))
                    })
                }
                _ => before.len() <= 64 && !Flags::read(&[before, b"|"].concat()).known.is_empty(),
            };
            if means {
                let message = format!("`{wide}` separates nothing; MediaWiki reads it as part of the text");
                let hint = format!("write `{narrow}`");
                self.slip(DiagnosticCode::FullwidthSeparator, body, at..at + 3, message, Some(hint));
                return Some(narrow);
            }
        }
        None
    }

    /// There is no text for the target (rule C4).
    pub(super) fn missing(&mut self, body: &Body<'_>, rules: &Rules, target: Code, place: &Range<usize>, mode: Mode) {
        let mut codes: Vec<Code> = rules.two_way_codes().to_vec();
        for rule in rules.one_way() {
            if !codes.contains(&rule.code) {
                codes.push(rule.code);
            }
        }
        let shown = rules.shown(Code::Zh).unwrap_or_default();
        let instead = match mode {
            Mode::Preserve => "MediaWiki shows an error message there".to_string(),
            _ => format!("{} is shown, where MediaWiki shows an error message", quoted(&body.text[shown])),
        };
        let message = format!(
            "no text for {} or its fallbacks {}, only for {}; {instead}",
            target.name(),
            listed(target.fallbacks().iter().copied()),
            listed(codes),
        );
        // One text for the script is enough for all its variants.
        let script = match target.variant().map(Variant::script) {
            Some(Script::Traditional) => Code::ZhHant,
            _ => Code::ZhHans,
        };
        let hint = format!("add `;{}:` and a text", script.name());
        let found = Diagnostic::new(DiagnosticCode::MissingVariant, place.clone(), message);
        self.missing = Some(found.with_hint(hint));
    }

    /// A rule whose source is too long to be looked for.
    pub(super) fn long_source(&mut self, body: &Body<'_>, source: Range<usize>) {
        let most = tongwen::PagePairs::LONGEST_SOURCE;
        let message =
            format!("a text to be replaced may have {most} characters; this one is longer and the rule is not applied");
        self.slip(DiagnosticCode::LongSource, body, source, message, None);
    }
}

fn known_codes() -> String {
    format!("the codes are {}", listed(Code::ALL))
}

/// What to write instead of something that is no flag, if that can be told.
fn flag_hint(name: &str) -> Option<String> {
    let upper = name.to_uppercase().replace('＋', "+");
    let is_letter = |c: char| matches!(c, 'A' | 'T' | 'R' | 'D' | '-' | 'H' | 'N');
    // Known letters, however joined: `r`, `AH`, `A,H`, `A；H`.
    let letters: Vec<String> = upper.chars().filter(|&c| is_letter(c)).map(String::from).collect();
    let is_joint = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | '；' | '/' | '+' | '&');
    let only_letters = upper.chars().all(|c| is_letter(c) || is_joint(c)) && letters.len() <= 7;
    if only_letters && !letters.is_empty() {
        return Some(match letters.as_slice() {
            [letter] => format!("write `{letter}`"),
            _ => format!("separate flags with `;`: `{}`", letters.join(";")),
        });
    }
    let code = Code::by_any_case(name.as_bytes()).or_else(|| Code::guess(name))?;
    Some(format!("write `{}`", code.name()))
}
