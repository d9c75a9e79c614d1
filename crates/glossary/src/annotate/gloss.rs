//! What the text itself says a place is today: 古城（今奇台）, 迪化，即今乌鲁木齐, 乌鲁木齐（旧称迪化）.
//!
//! Such a name is never glossed again. What the text says is compared with the chain of the name: it may be what the place is, what it once was
//! (古牧地（今米泉）: the city of 米泉 ended in 2007), or something else.

use std::ops::Range;

use super::annotation::Agreement;
use super::block::Block;
use super::tail::tail;
use crate::fold::Folding;
use crate::{Entry, Modern, Script};

/// How long what a text says may be, in characters.
const LONGEST: usize = 40;

/// How a bracket begins that says what a place is today.
const TODAY: [&[char]; 13] = [
    &['今'],
    &['即', '今'],
    &['现'],
    &['即', '现'],
    &['在', '今'],
    &['位', '于', '今'],
    &['治', '今'],
    &['治', '所', '今'],
    &['约', '今'],
    &['后', '改'],
    &['后', '称'],
    &['故', '城', '在', '今'],
    &['治', '所', '在', '今'],
];

/// What stands behind a name, without a bracket, before what it is today; and whether it is said thereby, or only if what follows is today's name: 天京，即南京.
const PLAIN: [(&[char], bool); 8] = [
    (&['，', '即', '今'], true),
    (&['，', '今'], true),
    (&['即', '今'], true),
    (&['，', '也', '就', '是', '今'], true),
    (&['，', '现', '称'], true),
    (&['就', '是', '今'], true),
    (&['，', '即'], false),
    (&['即'], false),
];

/// What stands before a former name in a bracket behind today's name.
const FORMER: [&[char]; 16] = [
    &['古', '称'],
    &['旧', '称'],
    &['旧', '名'],
    &['古', '名'],
    &['原', '名'],
    &['原', '称'],
    &['时', '称'],
    &['时', '名'],
    &['曾', '称'],
    &['曾', '名'],
    &['史', '称'],
    &['又', '称'],
    &['清', '称'],
    &['当', '时', '称'],
    &['即'],
    &['古'],
];

/// What a text says of a name.
#[derive(Clone, Debug)]
pub(crate) struct OwnGloss {
    /// All of it, with its brackets; characters of the block.
    pub(crate) range: Range<usize>,
    /// The part that names what the place is today.
    pub(crate) content: Range<usize>,
    /// Whether it says so; otherwise only a modern name in it makes it a gloss.
    pub(crate) certain: bool,
}

/// What stands behind a name, or before it, and may say what it is today.
pub(crate) fn own_gloss(block: &Block, name: &Range<usize>) -> Option<OwnGloss> {
    behind(block, name).or_else(|| before(block, name))
}

fn behind(block: &Block, name: &Range<usize>) -> Option<OwnGloss> {
    let name_end = name.end + tail(&block.characters[name.end..]);
    let after = &block.characters[name_end..];
    if let Some(close) = after.first().and_then(|first| closing(*first)) {
        let length = after.iter().take(LONGEST).position(|character| *character == close)?;
        let inner = &after[1..length];
        let certain = TODAY.iter().any(|start| inner.starts_with(start));
        let content = name_end + 1..name_end + length;
        return Some(OwnGloss { range: name_end..name_end + length + 1, content, certain });
    }
    let (start, certain) = PLAIN.iter().find(|(start, _)| after.starts_with(start))?;
    let content = after[start.len()..].iter().take(LONGEST).take_while(|character| !is_end(**character)).count();
    let content = name_end + start.len()..name_end + start.len() + content;
    Some(OwnGloss { range: name_end..content.end, content, certain: *certain })
}

/// 乌鲁木齐（旧称迪化）: what stands before the bracket.
fn before(block: &Block, name: &Range<usize>) -> Option<OwnGloss> {
    let characters = &block.characters[..name.start];
    let length = characters.iter().rev().take(8).position(|character| closing(*character).is_some())?;
    let open = characters.len() - length - 1;
    let said = &characters[open + 1..];
    let certain = FORMER.iter().any(|former| said.ends_with(former));
    if !said.is_empty() && !certain {
        return None;
    }
    let before = characters[..open].iter().rev().take(LONGEST / 2).take_while(|character| !is_end(**character)).count();
    Some(OwnGloss { range: open - before..name.start, content: open - before..open, certain: false })
}

fn closing(open: char) -> Option<char> {
    match open {
        '（' => Some('）'),
        '(' => Some(')'),
        '〔' => Some('〕'),
        '［' => Some('］'),
        _ => None,
    }
}

fn is_end(character: char) -> bool {
    matches!(character, '，' | '。' | '；' | '、' | '：' | '！' | '？' | ',' | ';' | '\n' | '（' | '(' | '）' | ')')
}

/// Whether what a text says is what an entry is today (`modern`), or was.
pub(crate) fn agreement(content: &[char], entry: Entry<'_>, modern: &[Modern<'_>], folding: Folding<'_>) -> Agreement {
    if modern.iter().any(|modern| says(content, *modern, folding)) {
        return Agreement::Same;
    }
    let glossary = entry.glossary();
    let was = glossary.history(entry.id()).into_iter().any(|link| {
        let name = link.entry.unit().map_or(link.entry.name(Script::Simplified), |unit| unit.stem(Script::Simplified));
        link.entry != entry && holds(content, name, folding)
    });
    if was { Agreement::Outdated } else { Agreement::Different }
}

/// Whether the characters hold today's name: of a unit, or of the one above it, without its type; the province alone says too little.
fn says(content: &[char], modern: Modern<'_>, folding: Folding<'_>) -> bool {
    let Some(unit) = modern.unit() else {
        let name = fold(modern.name(Script::Simplified), folding);
        // 俄罗斯符拉迪沃斯托克 is also said without its country.
        let tail = name.len().min(3);
        return name.len() >= 2 && content.windows(tail).any(|window| name.ends_with(window));
    };
    let path = unit.path(None);
    let own = if path.len() > 1 { &path[1..] } else { &path[..] };
    own.iter().any(|unit| holds(content, unit.stem(Script::Simplified), folding))
}

fn holds(content: &[char], name: &str, folding: Folding<'_>) -> bool {
    let name = fold(name, folding);
    !name.is_empty() && content.windows(name.len()).any(|window| window == name)
}

fn fold(name: &str, folding: Folding<'_>) -> Vec<char> {
    name.chars().map(|character| folding.character(character)).collect()
}
