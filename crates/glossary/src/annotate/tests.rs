use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use tongwen::{Config, Converter};

use super::*;

fn told(glossary: &Glossary, text: &str) -> Vec<(String, Action, Rule, String)> {
    let found = glossary.annotate(text, &Prose::whole(text), &AnnotateOptions::default());
    for annotation in &found {
        assert_eq!(text[annotation.range.clone()], annotation.surface);
        let characters: String = text.chars().collect::<Vec<_>>()[annotation.characters.clone()].iter().collect();
        assert_eq!(characters, annotation.surface);
    }
    let modern = |annotation: &Annotation<'_>| {
        annotation.modern.iter().map(|modern| modern.name(Script::Simplified)).collect::<Vec<_>>().join(";")
    };
    found.iter().map(|found| (found.surface.clone(), found.action, found.rule, modern(found))).collect()
}

fn expect(text: &str, expected: &[(&str, Action, Rule, &str)]) {
    let glossary = Glossary::embedded();
    let found = told(&glossary, text);
    let found: Vec<_> = found
        .iter()
        .map(|(surface, action, rule, modern)| (surface.as_str(), *action, *rule, modern.as_str()))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn names_that_are_nothing_else() {
    expect(
        "清軍佔領葉爾羌、濟木薩，叶尔羌守軍撤到迪化府。\n其中都是新兵。",
        &[
            ("葉爾羌", Action::Gloss, Rule::Always, "莎车县"),
            ("濟木薩", Action::Gloss, Rule::Always, "吉木萨尔县"),
            ("叶尔羌", Action::Skip, Rule::Repeated, "莎车县"),
            ("迪化府", Action::Gloss, Rule::SuffixForm, "乌鲁木齐市"),
        ],
    );
}

#[test]
fn a_name_that_is_also_a_word() {
    expect("一座座古城，著名的古城。", &[]);
    expect("军粮运抵古城，再转运前线。", &[("古城", Action::Gloss, Rule::Cue, "奇台县")]);
    expect("他申请归化入籍。", &[]);
}

#[test]
fn a_suffix_that_belongs_to_the_next_word() {
    expect("北平市长到任。", &[("北平", Action::Gloss, Rule::Always, "北京市")]);
    expect("迪化是新疆省会。", &[("迪化", Action::Gloss, Rule::Always, "乌鲁木齐市")]);
    expect("南汇县长期缺水。", &[("南汇县", Action::Gloss, Rule::SuffixForm, "浦东新区")]);
    expect(
        "新疆省政府设在迪化。",
        &[
            ("新疆省", Action::Gloss, Rule::Always, "新疆维吾尔自治区"),
            ("迪化", Action::Gloss, Rule::Always, "乌鲁木齐市"),
        ],
    );
}

#[test]
fn the_region_of_the_neighbours() {
    expect("由包头、归化经草原运至巴里坤。", &[("归化", Action::Gloss, Rule::Cue, "呼和浩特市")]);
}

#[test]
fn what_the_text_says_itself() {
    expect(
        "太平天国建都天京，即南京，又克归德。",
        &[("天京", Action::Recognise, Rule::OwnGloss, "南京市"), ("归德", Action::Gloss, Rule::Cue, "睢阳区")],
    );
    expect("迪化即将解冻。", &[("迪化", Action::Gloss, Rule::Always, "乌鲁木齐市")]);
    expect(
        "占领古牧地。运至古城（今奇台）和古牧地（今米泉）。",
        &[
            ("古牧地", Action::Skip, Rule::OwnGloss, "米东区"),
            ("古城", Action::Recognise, Rule::OwnGloss, "奇台县"),
            ("古牧地", Action::Recognise, Rule::OwnGloss, "米东区"),
        ],
    );
    expect("乌鲁木齐（旧称迪化）", &[("迪化", Action::Recognise, Rule::OwnGloss, "乌鲁木齐市")]);
    expect("迪化（乌鲁木齐）", &[("迪化", Action::Recognise, Rule::OwnGloss, "乌鲁木齐市")]);
}

#[test]
fn a_gloss_stands_behind_the_whole_phrase() {
    let glossary = Glossary::embedded();
    for (text, before) in [
        ("由迪化州城出发。", "由迪化州城"),
        ("攻克綏定縣城。", "攻克綏定縣城"),
        ("到归绥城外扎营。", "到归绥城"),
        ("修伊犁府城墙。", "修伊犁府"),
        ("光绪年间的归绥。", "光绪年间的归绥"),
    ] {
        let found = glossary.annotate(text, &Prose::whole(text), &AnnotateOptions::default());
        assert_eq!(found.iter().map(|one| &text[..one.gloss_at()]).collect::<Vec<_>>(), [before]);
    }
    expect("由迪化州城（今乌鲁木齐市）出发。", &[("迪化州", Action::Recognise, Rule::OwnGloss, "乌鲁木齐市")]);
    let text = "到[[归绥]]县城，";
    let prose = [
        Prose::new(0..3),
        Prose::new(5..11).join(Join::Inline).setting(Setting::Target { end: 13 }),
        Prose::new(13..22).join(Join::Inline),
    ];
    let found = glossary.annotate(text, &prose, &AnnotateOptions::default());
    assert_eq!((found.len(), &text[..found[0].gloss_at()]), (1, "到[[归绥]]县城"));
}

#[test]
fn titles_of_works_are_left_alone() {
    expect(
        "《迪化纪事》写迪化。",
        &[("迪化", Action::Skip, Rule::Title, "乌鲁木齐市"), ("迪化", Action::Gloss, Rule::Always, "乌鲁木齐市")],
    );
}

#[test]
fn addresses_are_left_alone() {
    expect(
        "见 https://x.org/迪化/地图、/data/迪化府.txt，到迪化去。",
        &[("迪化", Action::Gloss, Rule::Always, "乌鲁木齐市")],
    );
}

#[test]
fn a_former_district_wants_its_city() {
    expect("半山区的房价又涨了，和平区也是。", &[]);
    expect("杭州的半山区归拱墅管。", &[("半山区", Action::Gloss, Rule::SuffixForm, "拱墅区")]);
    expect("1985年，半山区新建了钢厂。", &[("半山区", Action::Gloss, Rule::Sentence, "拱墅区")]);
    expect("香港半山区的房租很贵。", &[]);
}

#[test]
fn a_county_of_today_is_not_one_of_the_past_elsewhere() {
    expect("他是宜阳县人。", &[]);
}

#[test]
fn a_name_with_markup_within() {
    let glossary = Glossary::embedded();
    let text = "到叶-{尔}-羌";
    let prose = [
        Prose::new(0..6),
        Prose::new(8..11).join(Join::Whole).setting(Setting::Kept { start: 6, end: 13 }),
        Prose::new(13..16).join(Join::Whole),
    ];
    let found = glossary.annotate(text, &prose, &AnnotateOptions::default());
    assert_eq!(found.len(), 1);
    assert_eq!((&text[found[0].range.clone()], found[0].surface.as_str()), ("叶-{尔}-羌", "叶尔羌"));
    // A name that ends within the markup takes all of it.
    let text = "到叶尔-{羌}-。";
    let prose = [Prose::new(0..9), Prose::new(11..14).join(Join::Whole).setting(Setting::Kept { start: 9, end: 16 })];
    let found = glossary.annotate(text, &prose, &AnnotateOptions::default());
    assert_eq!(&text[found[0].range.clone()], "叶尔-{羌}-");
}

/// A page of pieces, those with `true` in markup that keeps them, and its prose.
pub(crate) fn page(pieces: &[(String, bool)]) -> (String, Vec<Prose>) {
    let (mut text, mut prose) = (String::new(), Vec::new());
    for (piece, kept) in pieces {
        let start = text.len();
        let inner = if *kept { start + 2 } else { start };
        text += &if *kept { format!("-{{{piece}}}-") } else { piece.clone() };
        let setting = if *kept { Setting::Kept { start, end: text.len() } } else { Setting::Plain };
        prose.push(Prose::new(inner..inner + piece.len()).join(Join::Whole).setting(setting));
    }
    (text, prose)
}

/// Pieces of names, some of them in markup that keeps them.
pub(crate) fn pieces() -> impl Strategy<Value = Vec<(String, bool)>> {
    let words = vec!["葉", "爾羌", "葉爾", "羌", "葉爾羌", "迪", "化", "迪化", "府", "縣", "縣城", "甲乙", "到", "，"];
    let piece = proptest::collection::vec(proptest::sample::select(words), 0..5).prop_map(|words| words.concat());
    proptest::collection::vec((piece, proptest::bool::ANY), 0..8)
}

#[test]
fn names_that_share_markup() {
    let glossary = Glossary::embedded();
    for (pieces, expected) in [
        ([("到", false), ("葉爾羌葉", true), ("爾羌去", false)], "葉爾羌"),
        ([("到葉", false), ("爾羌葉爾羌", true), ("去", false)], "葉-{爾羌葉爾羌}-"),
    ] {
        let (text, prose) = page(&pieces.map(|(piece, kept)| (piece.to_string(), kept)));
        let found = glossary.annotate(&text, &prose, &AnnotateOptions::default());
        let ranges: Vec<&str> = found.iter().map(|found| &text[found.range.clone()]).collect();
        assert_eq!(ranges, [expected], "{text}");
    }
}

/// The shortest of three times.
fn time_of(glossary: &Glossary, text: &str) -> Duration {
    let once = || {
        let start = Instant::now();
        assert!(!glossary.annotate(text, &Prose::whole(text), &AnnotateOptions::default()).is_empty());
        start.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap_or_default()
}

/// Names with rivals, in lists and sentences, with years and cues, all in one paragraph.
#[test]
fn a_long_paragraph_takes_no_longer_than_several() {
    let glossary = Glossary::embedded();
    for sentence in
        ["光绪二年清军由归化、宁远、永宁至古城，", "宁远、永宁、归化、安定、新城、", "安东甲乙归化甲乙宁远甲乙"]
    {
        let count = 4_000 / sentence.chars().count();
        let linear = (0..5).any(|_| {
            let (short, long) = (sentence.repeat(count), sentence.repeat(8 * count));
            time_of(&glossary, &long) <= time_of(&glossary, &short) * 16
        });
        assert!(linear, "{sentence}: 8 times the text takes more than 16 times as long");
    }
}

/// Every name that may stand in a text, in folded characters, and whether it is a blocker.
static NAMES: LazyLock<HashMap<Vec<char>, (bool, bool)>> = LazyLock::new(|| {
    let glossary = Glossary::embedded();
    let mut names: HashMap<Vec<char>, (bool, bool)> = HashMap::new();
    let mut add = |name: &str, blocker: bool, suffixed: bool| {
        let known = names.entry(glossary.fold(name).chars().collect()).or_insert((blocker, suffixed));
        *known = (known.0 || blocker, known.1 && suffixed);
    };
    for entry in glossary.entries() {
        for script in [Script::Simplified, Script::Traditional] {
            add(entry.name(script), false, false);
            entry.full_names(script).for_each(|name| add(&name, false, name != entry.name(script)));
            if let Some(unit) = entry.unit() {
                add(unit.stem(script), false, false);
            }
        }
        entry.variants().for_each(|name| add(name, false, false));
    }
    for blocker in glossary.blockers() {
        add(blocker.text(Script::Simplified), true, false);
        add(blocker.text(Script::Traditional), true, false);
    }
    names
});

/// The names of a line by a map and plain loops.
fn slow(characters: &[char]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let longest = (2..=characters.len() - at).rev().find(|length| {
            let name = &characters[at..at + length];
            let known = NAMES.get(name);
            known.is_some_and(|(_, suffixed)| !matcher::is_no_place(name, &characters[at + length..], *suffixed))
        });
        let Some(length) = longest else {
            at += 1;
            continue;
        };
        if !NAMES[&characters[at..at + length]].0 {
            found.push(at..at + length);
        }
        at += length;
    }
    found
}

fn fast(glossary: &Glossary, text: &str) -> (Vec<char>, Vec<std::ops::Range<usize>>) {
    let prose = Prose::whole(text);
    let mut block = Block::default();
    let mut found = Vec::new();
    if Blocks::new(text, &prose, glossary.units_layer().folding()).read(&mut block) {
        Matcher::new(glossary).find(&block, &mut found);
    }
    (block.characters, found.into_iter().map(|found| found.range).collect())
}

/// Pieces of names, suffixes and common words: much that almost is a name.
fn text_of_names() -> impl Strategy<Value = String> {
    let names: Vec<String> = {
        let glossary = Glossary::embedded();
        let entries = glossary.entries().step_by(37);
        entries.map(|entry| entry.name(Script::Traditional).to_string()).collect()
    };
    let words = [
        "府",
        "縣",
        "县",
        "城",
        "在",
        "收復",
        "的",
        "一座",
        "、",
        "，",
        "。",
        "（今",
        "）",
        "《",
        "》",
        "其中都",
        "大都市",
        "光緒二年",
        "1945年",
        "\n",
        "a",
        " ",
        "安",
        "化",
    ];
    let all: Vec<String> =
        names.into_iter().chain(words.iter().cycle().take(400).map(|word| word.to_string())).collect();
    proptest::collection::vec((proptest::sample::select(all), 0..4usize), 0..20).prop_map(|words| {
        words.into_iter().map(|(word, cut)| word.chars().skip(usize::from(cut == 3)).collect::<String>()).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_matcher_finds_what_plain_loops_find(text in text_of_names()) {
        let glossary = Glossary::embedded();
        for line in text.lines() {
            let (characters, found) = fast(&glossary, line);
            prop_assert_eq!(&found, &slow(&characters), "{}", line);
        }
    }

    #[test]
    fn annotations_are_in_order_and_within_the_prose(text in text_of_names(), cuts in proptest::collection::vec(0..200usize, 0..8)) {
        let mut borders: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).filter(|cut| text.is_char_boundary(*cut)).collect();
        borders.sort_unstable();
        let prose: Vec<Prose> = borders.chunks_exact(2).map(|pair| Prose::new(pair[0]..pair[1]).join(Join::Inline)).collect();
        let glossary = Glossary::embedded();
        let found = glossary.annotate(&text, &prose, &AnnotateOptions::default());
        let mut end = 0;
        for annotation in &found {
            prop_assert!(annotation.range.start >= end && annotation.range.start < annotation.range.end);
            prop_assert!(prose.iter().any(|prose| prose.range.start <= annotation.range.start && annotation.range.end <= prose.range.end));
            prop_assert_eq!(&text[annotation.range.clone()], &annotation.surface);
            prop_assert_eq!(text[..annotation.range.start].chars().count(), annotation.characters.start);
            prop_assert!((0.0..=1.0).contains(&annotation.confidence));
            end = annotation.range.end;
        }
        // No place is glossed twice under a name.
        let glossed: Vec<_> = found.iter().filter(|found| found.action == Action::Gloss).filter_map(key).collect();
        prop_assert_eq!(glossed.iter().collect::<HashSet<_>>().len(), glossed.len());
    }

    #[test]
    fn annotations_of_kept_text_are_in_order(pieces in pieces()) {
        let (text, prose) = page(&pieces);
        let glossary = Glossary::embedded();
        let mut end = 0;
        for found in glossary.annotate(&text, &prose, &AnnotateOptions::default()) {
            prop_assert!(found.range.start >= end && found.range.start < found.range.end, "{} {:?}", text, found);
            prop_assert!(text.get(found.range.clone()).is_some() && text.is_char_boundary(found.gloss_at()));
            prop_assert_eq!(text[..found.range.end].chars().count(), found.characters.end);
            end = found.range.end;
        }
    }

    /// Annotation reads folded characters, so a text in the other script is decided alike.
    #[test]
    fn both_scripts_are_decided_alike(text in text_of_names()) {
        static TO_SIMPLIFIED: LazyLock<Converter> = LazyLock::new(|| Converter::new(Config::T2S));
        let glossary = Glossary::embedded();
        let simplified: String = text.chars().map(|character| TO_SIMPLIFIED.convert(&character.to_string()).into_owned()).collect();
        let told = |text: &str| -> Vec<_> {
            let found = glossary.annotate(text, &Prose::whole(text), &AnnotateOptions::default());
            found.iter().map(|found| (found.characters.clone(), found.entry.map(|entry| entry.id().to_string()), found.action, found.rule)).collect()
        };
        prop_assert_eq!(told(&text), told(&simplified));
    }
}
