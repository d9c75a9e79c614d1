//! Puts today's names of places for those of the past.
//!
//! How it works stands at `Glossary::normalise`, where users of the crate read it.

use std::ops::Range;

use tongwen::{DetectedScript, Script};

use crate::Glossary;
use crate::annotate::{Action, AnnotateOptions, Annotation, Occurrences, Prose, Setting};

/// How often a text is read at most.
const ROUNDS: usize = 8;
/// How far back the opening mark of a quotation is looked for, in characters.
const QUOTATION: usize = 400;

/// How to normalise.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NormaliseOptions {
    /// How names are read; its threshold and which occurrences do not count.
    pub annotate: AnnotateOptions,
    /// From 0 to 1: what is less sure is left alone.
    pub threshold: f64,
    /// What is done in quotations.
    pub quotations: Quotations,
    /// The script of the new names; without one, that of the name that is replaced, or of the text where the name does not tell.
    pub script: Option<Script>,
}

impl Default for NormaliseOptions {
    fn default() -> NormaliseOptions {
        NormaliseOptions {
            annotate: AnnotateOptions::default(),
            threshold: 0.9,
            quotations: Quotations::default(),
            script: None,
        }
    }
}

/// What is done in quotations: in “ ”, 「 」 and 『 』.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Quotations {
    /// They stay as they are.
    #[default]
    Keep,
    /// As everywhere.
    Replace,
}

/// A text with names of today.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Normalised {
    /// The text.
    pub text: String,
    /// What was replaced, in order.
    pub replacements: Vec<Replacement>,
}

/// A name that was replaced.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Replacement {
    /// Where it was in the text given, in bytes.
    pub source: Range<usize>,
    /// Where the new name is in the new text, in bytes.
    pub range: Range<usize>,
    /// What was there.
    pub from: String,
    /// What is there.
    pub to: String,
    /// The id of the entry.
    pub id: String,
    /// From 0 to 1: how sure it is.
    pub confidence: f64,
}

impl Replacement {
    /// A replacement as it was noted, for [`undo`]: where the name was, where the new one is, what was there and what is there.
    pub fn new(source: Range<usize>, range: Range<usize>, from: String, to: String) -> Replacement {
        Replacement { source, range, from, to, id: String::new(), confidence: 1.0 }
    }
}

impl Normalised {
    /// The text as it was.
    pub fn undo(&self) -> String {
        undo(&self.text, &self.replacements).unwrap_or_default()
    }
}

/// The text as it was before replacements, which are in order; `None` when it is not the text that they made.
pub fn undo(text: &str, replacements: &[Replacement]) -> Option<String> {
    let mut before = String::with_capacity(text.len());
    let mut at = 0;
    for replacement in replacements {
        before.push_str(text.get(at..replacement.range.start)?);
        if text.get(replacement.range.clone())? != replacement.to {
            return None;
        }
        before.push_str(&replacement.from);
        at = replacement.range.end;
    }
    before.push_str(text.get(at..)?);
    Some(before)
}

impl Glossary {
    /// Puts today's names for those of the past in the prose of a text, as far as it is sure. `prose` is as for
    /// [`Glossary::annotate`].
    ///
    /// Only what is sure is replaced: by default not below 0.9, nothing in quotations and titles, nothing that the text itself explains, and no place that is several units
    /// today. What was done is noted, so that it can be undone; doing it again changes nothing.
    ///
    /// ```
    /// use tongwen_glossary::{Glossary, NormaliseOptions, Prose};
    /// let glossary = Glossary::embedded();
    /// let text = "清軍攻佔葉爾羌，捷報說「葉爾羌已復」。";
    /// let normalised = glossary.normalise(text, &Prose::whole(text), &NormaliseOptions::default());
    /// assert_eq!(normalised.text, "清軍攻佔莎車縣，捷報說「葉爾羌已復」。");
    /// assert_eq!(normalised.undo(), text);
    /// ```
    ///
    /// # How
    ///
    /// Names are replaced by full names of units (乌鲁木齐市, not 乌鲁木齐), which annotation knows for names of today. A name that is replaced is no longer there to speak for its
    /// neighbours, or speaks for another region; so the new text is read again, until nothing is found in it. Where a new name would itself be read as one of the
    /// past (科布多 lies in 蒙古国科布多省科布多), the old one stays, and all is done once more without it. In a link whose target is what it shows, the
    /// new name becomes a label: `[[迪化]]` becomes `[[迪化|乌鲁木齐市]]`.
    ///
    /// # Cost
    ///
    /// That of annotation, twice or more; a text that is not at rest after eight rounds, or eight times, is left as it is.
    pub fn normalise(&self, text: &str, prose: &[Prose], options: &NormaliseOptions) -> Normalised {
        let mut reading = options.annotate.clone();
        reading.threshold = options.threshold;
        reading.occurrences = Occurrences::All;
        let mut left: Vec<Range<usize>> = Vec::new();
        for _ in 0..ROUNDS {
            match self.at_rest(text, prose, (options, &reading), &left) {
                Ok(normalised) => return normalised,
                Err(restless) if restless.is_empty() => break,
                Err(restless) => {
                    left.extend(restless);
                    left.sort_unstable_by_key(|range| range.start);
                }
            }
        }
        Normalised { text: text.to_string(), replacements: Vec::new() }
    }

    /// The text once nothing is found in it any more, names at some places left as they are; or the places of more such names, none if that would not
    /// help. Places are bytes of the text given.
    fn at_rest(
        &self,
        text: &str,
        prose: &[Prose],
        (options, reading): (&NormaliseOptions, &AnnotateOptions),
        left: &[Range<usize>],
    ) -> Result<Normalised, Vec<Range<usize>>> {
        let script = script_of(text).unwrap_or(Script::Simplified);
        let mut now = Normalised { text: text.to_string(), replacements: Vec::new() };
        let mut prose = prose.to_vec();
        for _ in 0..ROUNDS {
            let found = self.annotate(&now.text, &prose, reading);
            let is_left = |found: &&Annotation<'_>| {
                let source = source_of(&now.replacements, &found.range);
                left.binary_search_by_key(&source.start, |left| left.start).is_ok_and(|at| left[at] == source)
            };
            let others = found.iter().filter(|found| !is_left(found));
            let news: Vec<New> = others.filter_map(|found| new(&now.text, &prose, found, options, script)).collect();
            if news.is_empty() {
                return Ok(now);
            }
            let restless = now.replacements.iter().filter(|known| is_read_again(known, &news));
            let restless: Vec<Range<usize>> = restless.map(|known| known.source.clone()).collect();
            if !restless.is_empty() {
                return Err(restless);
            }
            prose = moved(&prose, &news);
            now = replaced(now, &news);
        }
        Err(Vec::new())
    }
}

/// Where a range of the text of a round was in the text given, if nothing in it was replaced.
fn source_of(replacements: &[Replacement], range: &Range<usize>) -> Range<usize> {
    let before = replacements.partition_point(|known| known.range.end <= range.start).checked_sub(1);
    let grown = before.map_or(0, |last| {
        let Replacement { range, source, .. } = &replacements[last];
        range.end as isize - source.end as isize
    });
    range.start.saturating_add_signed(-grown)..range.end.saturating_add_signed(-grown)
}

/// Whether names are found in a new name, beside one at most that goes on into what is around it.
fn is_read_again(known: &Replacement, news: &[New]) -> bool {
    let first = news.partition_point(|new| new.range.end <= known.range.start);
    let mut within = news[first..].iter().take_while(|new| new.range.start < known.range.end);
    let one = within.next();
    let is_inside = |new: &New| known.range.start <= new.range.start && new.range.end <= known.range.end;
    one.is_some_and(is_inside) || within.next().is_some()
}

/// A replacement in the text of a round.
struct New {
    range: Range<usize>,
    text: String,
    /// Where the prose is in the new text: all of it, but for a label that was added to a target.
    prose: Range<usize>,
    id: String,
    confidence: f64,
}

fn new(
    text: &str,
    prose: &[Prose],
    annotation: &Annotation<'_>,
    options: &NormaliseOptions,
    script: Script,
) -> Option<New> {
    let entry = annotation.entry.filter(|_| annotation.action == Action::Gloss)?;
    let [modern] = annotation.modern[..] else { return None };
    let mut range = annotation.range.clone();
    if options.quotations == Quotations::Keep && in_quotation(&text[..range.start]) {
        return None;
    }
    // Markup that the name goes beyond may keep more than a part of it: 叶-{尔羌和平}-.
    if shown(text, prose, &range) != annotation.surface {
        return None;
    }
    let name = modern.name(options.script.or_else(|| script_of(&annotation.surface)).unwrap_or(script));
    let label = match annotation.setting {
        // Kept as it is written, unless the name goes beyond the markup and takes it in.
        Setting::Kept { start, .. } if range.start > start => return None,
        Setting::Target { end } => {
            let whole = text[..range.start].ends_with("[[") && &text[range.end..end.max(range.end)] == "]]";
            whole.then_some(())?;
            format!("{}|", &text[range.clone()])
        }
        _ => String::new(),
    };
    if annotation.setting == Setting::Plain {
        // 城 after a unit of today would be none: 乌鲁木齐市, not 乌鲁木齐市城.
        range.end = annotation.gloss_at();
    }
    let text = format!("{label}{name}");
    Some(New {
        range,
        prose: label.len()..text.len(),
        text,
        id: entry.id().to_string(),
        confidence: annotation.confidence,
    })
}

/// What a reader sees of some bytes of a text.
fn shown(text: &str, prose: &[Prose], range: &Range<usize>) -> String {
    let first = prose.partition_point(|prose| prose.range.end <= range.start);
    let within = prose[first..].iter().take_while(|prose| prose.range.start < range.end);
    within.filter_map(|prose| text.get(prose.range.start.max(range.start)..prose.range.end.min(range.end))).collect()
}

/// The script that a text tells by itself.
fn script_of(text: &str) -> Option<Script> {
    match tongwen::detect(text).script {
        DetectedScript::Simplified => Some(Script::Simplified),
        DetectedScript::Traditional => Some(Script::Traditional),
        _ => None,
    }
}

fn in_quotation(before: &str) -> bool {
    let mut closed = 0;
    for character in before.chars().rev().take_while(|character| *character != '\n').take(QUOTATION) {
        match character {
            '”' | '」' | '』' => closed += 1,
            '“' | '「' | '『' if closed == 0 => return true,
            '“' | '「' | '『' => closed -= 1,
            _ => {}
        }
    }
    false
}

/// The prose of the text that a round makes.
fn moved(prose: &[Prose], news: &[New]) -> Vec<Prose> {
    let mut moved: Vec<Prose> = Vec::with_capacity(prose.len());
    let mut done = 0usize;
    let (mut grown, mut next) = (0isize, news.iter().peekable());
    for prose in prose {
        let shift = |at: usize, grown: isize| at.saturating_add_signed(grown);
        let mut start = shift(prose.range.start, grown).max(done);
        while let Some(new) = next.next_if(|new| new.range.start < prose.range.end) {
            let at = shift(new.range.start, grown);
            if matches!(prose.setting, Setting::Target { .. }) {
                start = at + new.prose.start;
            }
            grown += new.text.len() as isize - new.range.len() as isize;
            done = at + new.text.len();
        }
        let end = shift(prose.range.end, grown).max(done);
        let setting = match prose.setting {
            Setting::Plain => Setting::Plain,
            Setting::Label { end } => Setting::Label { end: shift(end, grown) },
            Setting::Target { end } if start == shift(prose.range.start, grown) => {
                Setting::Target { end: shift(end, grown) }
            }
            Setting::Target { end } => Setting::Label { end: shift(end, grown) },
            Setting::Kept { start: from, end } => {
                Setting::Kept { start: from.saturating_add_signed(grown), end: shift(end, grown) }
            }
        };
        if start < end {
            moved.push(Prose::new(start..end).join(prose.join).setting(setting));
        }
    }
    moved
}

/// Applies the replacements of a round, and brings those of the rounds before to the new text.
fn replaced(before: Normalised, news: &[New]) -> Normalised {
    let mut text = String::with_capacity(before.text.len());
    let mut replacements: Vec<Replacement> = Vec::new();
    let mut old = before.replacements.into_iter().peekable();
    // How much longer the text of this round is than the text given, up to where it is read.
    let mut grown = 0isize;
    let mut at = 0;
    let keep = |replacement: Replacement, text: &mut String, at: &mut usize, replacements: &mut Vec<Replacement>| {
        text.push_str(&before.text[*at..replacement.range.end]);
        *at = replacement.range.end;
        let range = text.len() - replacement.range.len()..text.len();
        replacements.push(Replacement { range, ..replacement });
    };
    for new in news {
        while let Some(known) = old.next_if(|known| known.range.end <= new.range.start) {
            grown = known.range.end as isize - known.source.end as isize;
            keep(known, &mut text, &mut at, &mut replacements);
        }
        // What was put there in a round before becomes part of this replacement.
        let (mut range, mut source) = (new.range.clone(), None::<Range<usize>>);
        let mut to = new.text.clone();
        let outer = |place: usize, grown: isize| place.saturating_add_signed(-grown);
        let mut from_start = outer(range.start, grown);
        let mut from = String::new();
        let mut read = range.start;
        while let Some(known) = old.next_if(|known| known.range.start < new.range.end) {
            if known.range.start < range.start {
                to.insert_str(0, &before.text[known.range.start..range.start]);
                range.start = known.range.start;
                from_start = known.source.start;
                read = range.start;
            }
            from.push_str(&before.text[read..known.range.start.max(read)]);
            from.push_str(&known.from);
            if known.range.end > range.end {
                to.push_str(&before.text[range.end..known.range.end]);
                range.end = known.range.end;
            }
            read = known.range.end;
            grown = known.range.end as isize - known.source.end as isize;
            source = Some(from_start..known.source.end);
        }
        from.push_str(&before.text[read.min(range.end)..range.end]);
        let source = source
            .map_or(from_start..outer(range.end, grown), |known| known.start..known.end.max(outer(range.end, grown)));
        text.push_str(&before.text[at..range.start]);
        at = range.end;
        text.push_str(&to);
        let place = text.len() - to.len()..text.len();
        replacements.push(Replacement {
            source,
            range: place,
            from,
            to,
            id: new.id.clone(),
            confidence: new.confidence,
        });
    }
    for known in old {
        keep(known, &mut text, &mut at, &mut replacements);
    }
    text.push_str(&before.text[at..]);
    Normalised { text, replacements }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Join;
    use crate::annotate::tests::{page, pieces};

    fn normalised(text: &str) -> Normalised {
        Glossary::embedded().normalise(text, &Prose::whole(text), &NormaliseOptions::default())
    }

    /// The name of today holds the name of the past, twice.
    #[test]
    fn a_name_that_would_be_read_again_stays() {
        let text = "清代的卡伦由科布多一直延伸到唐努山以北，叶尔羌驻军。";
        let once = normalised(text);
        assert_eq!(once.text, "清代的卡伦由科布多一直延伸到唐努山以北，莎车县驻军。");
        assert_eq!(once.undo(), text);
        assert_eq!(normalised(&once.text).replacements, []);
    }

    #[test]
    fn what_is_sure_is_replaced() {
        for (text, expected) in [
            ("清軍攻佔葉爾羌，又到迪化府。", "清軍攻佔莎車縣，又到烏魯木齊市。"),
            ("叶尔羌、叶尔羌", "莎车县、莎车县"),
            ("古牧地（今米泉）", "古牧地（今米泉）"),
            ("《叶尔羌纪行》", "《叶尔羌纪行》"),
            ("他说“叶尔羌”，又说叶尔羌。", "他说“叶尔羌”，又说莎车县。"),
            ("一座古城", "一座古城"),
        ] {
            let found = normalised(text);
            assert_eq!(found.text, expected);
            assert_eq!(found.undo(), text);
            for replacement in &found.replacements {
                assert_eq!(text[replacement.source.clone()], replacement.from);
                assert_eq!(found.text[replacement.range.clone()], replacement.to);
            }
        }
    }

    #[test]
    fn a_target_gets_a_label() {
        let text = "到[[叶尔羌]]去，叶-{尔}-羌";
        let prose = [
            Prose::new(0..3),
            Prose::new(5..14).join(Join::Inline).setting(Setting::Target { end: 16 }),
            Prose::new(16..25).join(Join::Inline),
            Prose::new(27..30).join(Join::Whole).setting(Setting::Kept { start: 25, end: 32 }),
            Prose::new(32..35).join(Join::Whole),
        ];
        let found = Glossary::embedded().normalise(text, &prose, &NormaliseOptions::default());
        assert_eq!(found.text, "到[[叶尔羌|莎车县]]去，莎车县");
        assert_eq!(found.undo(), text);
    }

    #[test]
    fn what_a_name_does_not_stand_for_stays() {
        for (pieces, expected) in [
            ([("到葉", false), ("爾羌和平", true), ("去", false)], "到葉-{爾羌和平}-去"),
            ([("到", false), ("和平葉爾", true), ("羌去", false)], "到-{和平葉爾}-羌去"),
            ([("到葉", false), ("爾羌", true), ("去", false)], "到莎車縣去"),
        ] {
            let (text, prose) = page(&pieces.map(|(piece, kept)| (piece.to_string(), kept)));
            let found = Glossary::embedded().normalise(&text, &prose, &NormaliseOptions::default());
            assert_eq!(found.text, expected);
            assert_eq!(found.undo(), text);
        }
    }

    #[test]
    fn another_text_is_not_undone() {
        let found = normalised("到叶尔羌去");
        assert_eq!(undo("到莎车去", &found.replacements), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Words of a text about the past, in any order.
        #[test]
        fn doing_it_again_changes_nothing(words in proptest::collection::vec(proptest::sample::select(vec![
            "迪化", "叶尔羌", "葉爾羌", "归化", "古城", "长安", "瓜州", "敦煌", "奉天", "安定", "宁远", "迪化府", "归绥县",
            "收复", "由", "至", "、", "，", "。", "（今", "）", "1876年", "唐代", "「", "」", "《", "》", "\n", "新疆", "县", "市",
        ]), 0..24)) {
            let text = words.concat();
            let once = normalised(&text);
            prop_assert_eq!(once.undo(), text.clone());
            for replacement in &once.replacements {
                prop_assert_eq!(&text[replacement.source.clone()], &replacement.from);
            }
            let twice = normalised(&once.text);
            prop_assert_eq!(&twice.text, &once.text);
            prop_assert!(twice.replacements.is_empty());
        }

        /// What is not of a name that is replaced survives, in markup and out of it.
        #[test]
        fn what_is_no_name_survives(pieces in pieces()) {
            let (text, prose) = page(&pieces);
            let found = Glossary::embedded().normalise(&text, &prose, &NormaliseOptions::default());
            prop_assert_eq!(found.undo(), text.clone());
            for other in ["甲乙", "到", "，"] {
                prop_assert_eq!(found.text.matches(other).count(), text.matches(other).count(), "{}", found.text);
            }
        }
    }
}
