//! What stands before the first `|` of a span, and what follows from it (rules A1, A2, A4, A5).
//!
//! Flags are cut at `;` and trimmed; only upper case counts. `-{H;A|..}-` has two, `-{AH|..}-` has one that nobody knows.
//! Unknown flags are ignored one by one, so `-{Q|X}-` is a span without flags, which shows `X`.
//!
//! Not every flag in a span has an effect:
//!
//! | first that is present | voids | the span |
//! |---|---|---|
//! | `R` | all others | shows its body raw |
//! | `N` | all others | shows the name of a variant |
//! | `-` | all others | removes entries, shows nothing |
//! | `T` alone | | sets the title, shows nothing |
//! | `H` | `A`, variant codes | adds a rule, shows nothing, or with `D` the description |
//! | a variant code | all others | is a variant list |
//! | `A` | | adds a rule and shows its text |
//! | `D` | | shows the description |
//!
//! What a span shows is what its last flag says, in a fixed order: that is why `A;D` adds a rule and shows nothing, and why
//! `D;T` shows nothing but `T;D` the description.

use std::ops::Range;

use super::codes::Code;

/// What happens to the page's dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Nothing,
    Add,
    Remove,
}

/// What is shown in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    /// The text for the target (no flag, or `A`).
    Chosen,
    Raw,
    /// The name of the variant or language in the body.
    Name,
    Description,
    Nothing,
    /// The body, converted if the target or one of its fallbacks is in the list.
    List(Vec<Code>),
}

/// A flag that has an effect of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flag {
    Add,
    Title,
    Raw,
    Description,
    Remove,
    Hide,
    Name,
    Variant(Code),
}

impl Flag {
    fn read(name: &[u8]) -> Option<Flag> {
        Some(match name {
            b"A" => Flag::Add,
            b"T" => Flag::Title,
            b"R" => Flag::Raw,
            b"D" => Flag::Description,
            b"-" => Flag::Remove,
            b"H" => Flag::Hide,
            b"N" => Flag::Name,
            _ => return Code::by_name(name).map(Flag::Variant),
        })
    }

    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Flag::Add => "A",
            Flag::Title => "T",
            Flag::Raw => "R",
            Flag::Description => "D",
            Flag::Remove => "-",
            Flag::Hide => "H",
            Flag::Name => "N",
            Flag::Variant(code) => code.name(),
        }
    }
}

/// The flags of a span, read and weighed. Ranges are bytes of its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flags {
    pub(crate) action: Action,
    pub(crate) title: bool,
    pub(crate) show: Show,
    /// Where the rest of the body begins.
    pub(crate) rest: usize,
    /// Known flags, each once, where it first stands.
    pub(crate) known: Vec<(Flag, Range<usize>)>,
    /// What is no flag; no more than [`MOST_UNKNOWN`].
    pub(crate) unknown: Vec<Range<usize>>,
}

/// A flag that voids others, or what they would show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    pub(crate) winner: Flag,
    /// Never empty.
    pub(crate) void: Vec<(Flag, Range<usize>)>,
}

/// How many unknown flags of a span are remembered.
const MOST_UNKNOWN: usize = 8;

/// The range without the bytes at its ends that count as blank when flags, codes and texts are trimmed.
pub(crate) fn trim(mask: &[u8], mut range: Range<usize>) -> Range<usize> {
    let is_blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0 | 0x0B);
    while range.start < range.end && is_blank(mask[range.start]) {
        range.start += 1;
    }
    while range.start < range.end && is_blank(mask[range.end - 1]) {
        range.end -= 1;
    }
    range
}

impl Flags {
    /// Reads the flags of a body.
    pub(crate) fn read(mask: &[u8]) -> Flags {
        let mut flags = Flags {
            action: Action::Nothing,
            title: false,
            show: Show::Chosen,
            rest: 0,
            known: Vec::new(),
            unknown: Vec::new(),
        };
        let Some(pipe) = memchr::memchr(b'|', mask) else { return flags };
        flags.rest = pipe + 1;
        let mut start = 0;
        for end in memchr::memchr_iter(b';', &mask[..pipe]).chain([pipe]) {
            let range = trim(mask, start..end);
            start = end + 1;
            match Flag::read(&mask[range.clone()]) {
                Some(flag) if flags.range(flag).is_none() => flags.known.push((flag, range)),
                None if !range.is_empty() && flags.unknown.len() < MOST_UNKNOWN => flags.unknown.push(range),
                _ => {}
            }
        }
        flags.weigh();
        flags
    }

    /// As if the whole body followed one flag: rules that are no spans of the page.
    pub(crate) fn only(flag: Flag) -> Flags {
        let mut flags = Flags::read(&[]);
        flags.known.push((flag, 0..0));
        flags.weigh();
        flags
    }

    /// Where a flag stands.
    pub(crate) fn range(&self, flag: Flag) -> Option<Range<usize>> {
        self.known.iter().find(|known| known.0 == flag).map(|known| known.1.clone())
    }

    fn has(&self, flag: Flag) -> bool {
        self.known.iter().any(|known| known.0 == flag)
    }

    fn variants(&self) -> impl Iterator<Item = Code> {
        self.known.iter().filter_map(|known| match known.0 {
            Flag::Variant(code) => Some(code),
            _ => None,
        })
    }

    fn weigh(&mut self) {
        let title = self.has(Flag::Title);
        let (action, title, show) = if self.has(Flag::Raw) {
            (Action::Nothing, false, Show::Raw)
        } else if self.has(Flag::Name) {
            (Action::Nothing, false, Show::Name)
        } else if self.has(Flag::Remove) {
            (Action::Remove, false, Show::Nothing)
        } else if self.has(Flag::Hide) {
            let described = self.has(Flag::Description);
            (Action::Add, title, if described { Show::Description } else { Show::Nothing })
        } else if self.variants().next().is_some() {
            (Action::Nothing, false, Show::List(self.variants().collect()))
        } else {
            let (adds, described) = (self.has(Flag::Add), self.range(Flag::Description));
            let show = match (adds, described) {
                (true, Some(_)) => Show::Nothing,
                (true, None) => Show::Chosen,
                (false, Some(at)) if self.range(Flag::Title).is_none_or(|title| title.start < at.start) => {
                    Show::Description
                }
                (false, _) if title => Show::Nothing,
                (false, _) => Show::Chosen,
            };
            (if adds { Action::Add } else { Action::Nothing }, title, show)
        };
        (self.action, self.title, self.show) = (action, title, show);
    }

    /// Flags without effect, if that is not what their author can have meant.
    pub(crate) fn conflict(&self) -> Option<Conflict> {
        let first = [Flag::Raw, Flag::Name, Flag::Remove, Flag::Hide].into_iter().find(|&flag| self.has(flag));
        let is_void: fn(Flag) -> bool = match first {
            // `A;H` adds and hides, which is what it says.
            Some(Flag::Hide) => |flag| matches!(flag, Flag::Variant(_)),
            Some(_) => |_| true,
            None if self.variants().next().is_some() => |flag| !matches!(flag, Flag::Variant(_)),
            None => |flag| flag == Flag::Description,
        };
        let winner = match first {
            Some(flag) => flag,
            None if self.variants().next().is_some() => self.variants().next().map(Flag::Variant)?,
            None if self.show == Show::Description => return None,
            None if self.has(Flag::Add) => Flag::Add,
            None => Flag::Title,
        };
        let void: Vec<_> = self.known.iter().filter(|known| known.0 != winner && is_void(known.0)).cloned().collect();
        (!void.is_empty()).then_some(Conflict { winner, void })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(flags: &str) -> (Action, bool, Show) {
        let flags = Flags::read(format!("{flags}|x").as_bytes());
        (flags.action, flags.title, flags.show)
    }

    #[test]
    fn what_flags_do() {
        use Action::*;
        assert_eq!(Flags::read(b"x").show, Show::Chosen);
        assert_eq!(read(""), (Nothing, false, Show::Chosen));
        assert_eq!(read(" \nR ; A"), (Nothing, false, Show::Raw));
        assert_eq!(read("N;-"), (Nothing, false, Show::Name));
        assert_eq!(read("-;T;H"), (Remove, false, Show::Nothing));
        assert_eq!(read("T"), (Nothing, true, Show::Nothing));
        assert_eq!(read("T;Q;T"), (Nothing, true, Show::Nothing));
        assert_eq!(read("A"), (Add, false, Show::Chosen));
        assert_eq!(read("T;A"), (Add, true, Show::Chosen));
        assert_eq!(read("H;A;T"), (Add, true, Show::Nothing));
        assert_eq!(read("H;D"), (Add, false, Show::Description));
        assert_eq!(read("H;zh-cn"), (Add, false, Show::Nothing));
        assert_eq!(read("A;D"), (Add, false, Show::Nothing));
        assert_eq!(read("D;T"), (Nothing, true, Show::Nothing));
        assert_eq!(read("T;D"), (Nothing, true, Show::Description));
        assert_eq!(read("D"), (Nothing, false, Show::Description));
        assert_eq!(read("zh-hant;A;zh;zh-Hans"), (Nothing, false, Show::List(vec![Code::ZhHant, Code::Zh])));
        assert_eq!(read("AH;r;S;+;E;W;zh-Hant"), (Nothing, false, Show::Chosen));
    }

    #[test]
    fn conflicts() {
        let conflict = |flags: &str| {
            let Conflict { winner, void } = Flags::read(format!("{flags}|x").as_bytes()).conflict()?;
            Some(format!("{}>{}", winner.name(), void.iter().map(|void| void.0.name()).collect::<Vec<_>>().join("+")))
        };
        for fine in ["", "A", "A;H", "H;D", "T;A", "T;H", "T;D", "zh;zh-cn", "R", "Q"] {
            assert_eq!(conflict(fine), None, "{fine}");
        }
        assert_eq!(conflict("A;R;H").as_deref(), Some("R>A+H"));
        assert_eq!(conflict("-;N").as_deref(), Some("N>-"));
        assert_eq!(conflict("D;A").as_deref(), Some("A>D"));
        assert_eq!(conflict("D;T").as_deref(), Some("T>D"));
        assert_eq!(conflict("H;zh-tw").as_deref(), Some("H>zh-tw"));
        assert_eq!(conflict("zh-tw;A;T").as_deref(), Some("zh-tw>A+T"));
    }
}
