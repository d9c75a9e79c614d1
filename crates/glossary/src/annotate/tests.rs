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
fn the_region_of_the_neighbours() {
    expect("由包头、归化经草原运至巴里坤。", &[("归化", Action::Gloss, Rule::Cue, "呼和浩特市")]);
}

#[test]
fn what_the_text_says_itself() {
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
fn titles_of_works_are_left_alone() {
    expect(
        "《迪化纪事》写迪化。",
        &[("迪化", Action::Skip, Rule::Title, "乌鲁木齐市"), ("迪化", Action::Gloss, Rule::Always, "乌鲁木齐市")],
    );
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
