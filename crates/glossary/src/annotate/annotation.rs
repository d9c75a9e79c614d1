//! What annotation answers: where a name stands, what it names, what to do with it and why.

use std::fmt;
use std::ops::Range;

use super::prose::Setting;
use crate::{Entry, Modern};

/// A place of a text where a historical name stands, and what was decided about it.
///
/// Annotations of a text are sorted, do not overlap, lie in its prose and on borders of characters.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Annotation<'a> {
    /// The bytes of the text. Where there is markup within the name (`巴-{里}-坤`), all of it.
    pub range: Range<usize>,
    /// The same in Unicode scalar values.
    pub characters: Range<usize>,
    /// The name as a reader sees it, without such markup.
    pub surface: String,
    /// What it names; `None` where several places are as likely ([`Rule::Ambiguous`]), which are the rivals then.
    pub entry: Option<Entry<'a>>,
    /// How the surface is a name of the entry.
    pub form: NameForm,
    /// What the place is in the year of [`AnnotateOptions::as_of`](super::AnnotateOptions::as_of), by default today.
    pub modern: Vec<Modern<'a>>,
    /// What to do.
    pub action: Action,
    /// Why it is a name, or why it is left alone.
    pub rule: Rule,
    /// What the entry was chosen by.
    pub choice: Choice,
    /// From 0 to 1: how sure it is that the surface names this place here.
    pub confidence: f64,
    /// The other places that the surface could name, the likeliest first.
    pub rivals: Vec<Rival<'a>>,
    /// The year that the choice went by, given or found in the text.
    pub year: Option<i16>,
    /// What the text itself says the place is today.
    pub stated: Option<Stated>,
    /// What the name stands in.
    pub setting: Setting,
    /// Bytes that belong to the name behind it, and behind the link that it stands in: 城 in 迪化州城.
    pub(crate) tail: usize,
}

impl Annotation<'_> {
    /// The byte of the text at which a gloss can be written: behind the name, behind the link that it stands in, and behind 城 or 縣城 that follows
    /// (迪化州城（…）).
    pub fn gloss_at(&self) -> usize {
        self.setting.gloss_at(self.range.end) + self.tail
    }
}

/// What to do with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Say what it is today.
    Gloss,
    /// Nothing: the text says so itself. The annotation says whether that is right.
    Recognise,
    /// Nothing, for the reason that the rule says.
    Skip,
}

impl Action {
    /// The word of the machine output.
    pub fn name(self) -> &'static str {
        match self {
            Action::Gloss => "gloss",
            Action::Recognise => "recognise",
            Action::Skip => "skip",
        }
    }
}

/// Why a string is a name, or why a name is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// It is a full official form: 迪化府.
    SuffixForm,
    /// It is a name that is practically never anything else: 叶尔羌.
    Always,
    /// Something near it makes it a place: 驻守古城.
    Cue,
    /// It stands in a list of places: 巴里坤、归化、包头.
    List,
    /// The sentence names another place of the past, or a year in which the name was in use.
    Sentence,
    /// The text says what it is today: 古城（今奇台）.
    OwnGloss,
    /// Left alone: it was glossed before in the same text.
    Repeated,
    /// Left alone: the place still bears this name.
    CurrentName,
    /// Left alone: several places are as likely.
    Ambiguous,
    /// Left alone: it stands in the title of a work, in 《》.
    Title,
    /// Left alone: it is not sure enough.
    Unsure,
}

impl Rule {
    /// Every rule, in the order of the documentation.
    pub const ALL: [Rule; 11] = [
        Rule::SuffixForm,
        Rule::Always,
        Rule::Cue,
        Rule::List,
        Rule::Sentence,
        Rule::OwnGloss,
        Rule::Repeated,
        Rule::CurrentName,
        Rule::Ambiguous,
        Rule::Title,
        Rule::Unsure,
    ];

    /// The word of the machine output.
    pub fn name(self) -> &'static str {
        match self {
            Rule::SuffixForm => "suffix-form",
            Rule::Always => "always",
            Rule::Cue => "cue",
            Rule::List => "list",
            Rule::Sentence => "sentence",
            Rule::OwnGloss => "own-gloss",
            Rule::Repeated => "repeated",
            Rule::CurrentName => "current-name",
            Rule::Ambiguous => "ambiguous",
            Rule::Title => "title",
            Rule::Unsure => "unsure",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a place was chosen by among those with the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Choice {
    /// There is no other.
    Only,
    /// A cue that only this one has.
    Cue,
    /// What the text says it is today.
    Stated,
    /// The year.
    Year,
    /// The region, given or that of the names around it.
    Region,
    /// People mean this one.
    Rank,
    /// Nothing decides.
    None,
}

impl Choice {
    /// The word of the machine output.
    pub fn name(self) -> &'static str {
        match self {
            Choice::Only => "only",
            Choice::Cue => "cue",
            Choice::Stated => "stated",
            Choice::Year => "year",
            Choice::Region => "region",
            Choice::Rank => "rank",
            Choice::None => "none",
        }
    }
}

/// How a surface is a name of its entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameForm {
    /// It is the name, in either script.
    Name,
    /// It is another spelling of it.
    Variant,
    /// It is the name with an official suffix.
    Suffixed,
}

/// Another place that a name could stand for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rival<'a> {
    /// The place.
    pub entry: Entry<'a>,
    /// From 0 to 1: how likely it is.
    pub confidence: f64,
}

/// What a text says a place is today.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stated {
    /// The bytes of the text, from the bracket that opens to the one that closes.
    pub range: Range<usize>,
    /// Whether it is right.
    pub agreement: Agreement,
}

/// How what a text says and the chain of the name agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Agreement {
    /// They say the same.
    Same,
    /// It was so, and is no more: 古牧地（今米泉） is 米东区 since 2007.
    Outdated,
    /// They say different things.
    Different,
}

impl Agreement {
    /// The word of the machine output.
    pub fn name(self) -> &'static str {
        match self {
            Agreement::Same => "same",
            Agreement::Outdated => "outdated",
            Agreement::Different => "different",
        }
    }
}
