//! Names that people look up, in the built-in data and in rows made for the purpose.

use tongwen_glossary::{EntryKind, Feature, Glossary, How, Interval, Match, Mode, Overlay, Query, Script};

fn ids<'a>(matches: &[Match<'a>]) -> Vec<&'a str> {
    matches.iter().map(|found| found.entry.id()).collect()
}

fn best(glossary: &Glossary, text: &str) -> (String, How) {
    let found = glossary.lookup(&Query::new(text));
    let first = found.matches.first().unwrap_or_else(|| panic!("{text} is not found"));
    (first.entry.name(Script::Simplified).to_string(), first.how)
}

#[test]
fn every_way_to_write_a_name() {
    let glossary = Glossary::embedded();
    for (text, name, how) in [
        ("迪化", "迪化", How::Exact),
        ("歸化", "归化", How::Exact),
        (" 葉爾羌 ", "叶尔羌", How::Exact),
        ("葉爾欽", "叶尔羌", How::Variant),
        ("迪化府", "迪化", How::SuffixStripped),
        ("叶尔羌故城", "叶尔羌", How::SuffixStripped),
        ("奇臺縣", "奇台县", How::Exact),
        ("Dihua", "迪化", How::Pinyin),
        ("dí huà", "迪化", How::Pinyin),
        ("di2hua4", "迪化", How::Pinyin),
        ("DI HUA FU", "迪化", How::Pinyin),
        ("Tihwa", "迪化", How::Postal),
        ("Tientsin", "天津市", How::Postal),
        ("Kwangtung", "广东省", How::Postal),
        ("MACAO", "澳门特别行政区", How::Postal),
        ("Malacca", "满剌加", How::Postal),
        ("Gandhara", "犍陀罗", How::Postal),
        ("satsuma", "萨摩", How::Postal),
        ("Van Diemens Land", "范迪门地", How::Postal),
        ("Kinsay", "行在", How::Postal),
        ("Karafuto", "桦太", How::Postal),
        ("澳門", "澳门特别行政区", How::SuffixAdded),
        ("Aomen", "澳门特别行政区", How::Pinyin),
        ("符拉迪沃斯托克", "海参崴", How::Today),
        ("650109", "米东区", How::Identifier),
        ("xj-gumudi-1763", "古牧地", How::Identifier),
    ] {
        assert_eq!(best(&glossary, text), (name.to_string(), how), "{text}");
    }
    let unit = glossary.lookup(&Query::new("米泉"));
    let stem = unit.matches.iter().find(|found| found.how == How::SuffixAdded).unwrap();
    assert_eq!((stem.name(Script::Simplified), stem.entry.kind()), ("米泉".to_string(), EntryKind::Unit));
}

#[test]
fn modes_find_their_own_only() {
    let glossary = Glossary::embedded();
    let found = |text: &str, mode| glossary.lookup(&Query::new(text).mode(mode));
    assert!(found("Tihwa", Mode::Pinyin).matches.is_empty() && found("Tihwa", Mode::Exact).matches.is_empty());
    assert!(found("Dihua", Mode::Postal).matches.is_empty() && !found("Dihua", Mode::Pinyin).matches.is_empty());
    assert!(found("迪化", Mode::Pinyin).matches.is_empty());
    assert!(found("Ürümchi", Mode::Postal).matches.iter().any(|found| found.how == How::OtherName));
    // Only `Auto` has near misses.
    for (mode, near) in [(Mode::Exact, false), (Mode::Prefix, false), (Mode::Auto, true)] {
        let found = found("葉爾薑", mode);
        assert!(found.matches.is_empty() && found.near.is_empty() != near, "{mode:?}");
    }
    let starts = found("葉爾", Mode::Prefix);
    assert!(starts.matches.iter().all(|found| found.how == How::Prefix), "{starts:?}");
    assert!(starts.matches.iter().any(|found| found.entry.name(Script::Simplified) == "叶尔羌"));
    let fuzzy = found("叶尔羌", Mode::Fuzzy);
    assert_eq!(fuzzy.matches[0].how, How::Exact);
}

#[test]
fn near_misses_are_few_and_near() {
    let glossary = Glossary::embedded();
    for text in ["葉爾薑", "Tihwx", "乌鲁木其", "喀什葛尓", "Kashgarr"] {
        let found = glossary.lookup(&Query::new(text));
        assert!(found.matches.is_empty() && (1..=5).contains(&found.near.len()), "{text}: {found:?}");
        assert!(found.near.iter().all(|near| matches!(near.how, How::Fuzzy { edits: 1 | 2 })), "{text}: {found:?}");
    }
    for text in ["", " ", "·", "无此地名也没有相近的", "zzzzzzzzzzz", &"迪化".repeat(5000)] {
        let found = glossary.lookup(&Query::new(text));
        assert!(found.matches.is_empty() && found.near.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn answers_are_in_the_script_of_the_question() {
    let glossary = Glossary::embedded();
    let script = |query: Query| glossary.lookup(&query).script;
    for (text, expected) in [
        ("歸化", Script::Traditional),
        ("归化", Script::Simplified),
        ("乾德", Script::Simplified),
        ("葉爾薑", Script::Traditional),
        ("Tihwa", Script::Simplified),
        ("札什伦布", Script::Simplified),
        ("於潜", Script::Simplified),
    ] {
        assert_eq!(script(Query::new(text)), expected, "{text}");
    }
    assert_eq!(script(Query::new("归化").script(Script::Traditional)), Script::Traditional);
    for entry in glossary.entries() {
        let [hans, hant] = [Script::Simplified, Script::Traditional].map(|script| entry.name(script));
        if hans != hant {
            assert_eq!((script(Query::new(hans)), script(Query::new(hant))), (Script::Simplified, Script::Traditional));
        }
    }
    let found = glossary.lookup(&Query::new("歸化廳").region(glossary.region("mg").unwrap()));
    assert_eq!(found.matches[0].name(found.script), "歸化廳");
    let path = found.matches[0].modern()[0].path(found.script);
    assert_eq!(path, ["內蒙古自治區", "呼和浩特市"]);
}

#[test]
fn the_region_decides_between_places_of_a_name() {
    let glossary = Glossary::embedded();
    let in_region = |text: &str, region: &str| {
        let region = glossary.region(region).unwrap();
        let found = glossary.lookup(&Query::new(text).region(region));
        assert_eq!(found.matches[0].in_region, Some(true), "{text}");
        found.matches[0].entry.id().split_once('-').unwrap().0.to_string()
    };
    assert_eq!(in_region("归化", "内蒙古"), "mg");
    assert_eq!(in_region("归化", "福建省"), "fj");
    assert_eq!(in_region("寧遠", "新疆維吾爾自治區"), "xj");
    assert_eq!(in_region("宁远", "db"), "db");
    for region in ["xj", "XJ", "65", "650000", "650100", "新疆", "新疆維吾爾自治區"] {
        let region = glossary.region(region).unwrap();
        assert!(region.contains(glossary.entry("gb-650109-2007").unwrap()));
        assert!(!region.contains(glossary.entry("gb-420600-2010").unwrap()));
    }
    assert_eq!(in_region("新安", "廣東"), "gd");
    assert!(glossary.region("澳門").is_some() && glossary.region("澳門") == glossary.region("82"));
    for region in ["", "zz", "99", "990000", "襄阳", "somewhere"] {
        assert!(glossary.region(region).is_none(), "{region}");
    }
}

#[test]
fn kinds_are_left_out() {
    let glossary = Glossary::embedded();
    let all = glossary.lookup(&Query::new("归化").mode(Mode::Exact)).matches.len();
    let towns = glossary.lookup(&Query::new("归化").feature(Feature::County)).matches;
    assert!(towns.len() < all && towns.iter().all(|found| found.entry.feature() == Feature::County));
}

#[test]
fn former_names_oldest_first() {
    let glossary = Glossary::embedded();
    for text in ["米东区", "米東區", "650109", "gb-650109-2007"] {
        let found = glossary.lookup(&Query::new(text).mode(Mode::Reverse)).matches;
        let expected: Vec<&str> = glossary.former("650109").iter().map(|entry| entry.id()).collect();
        assert_eq!(ids(&found), expected, "{text}");
        assert!(found.iter().all(|found| found.how == How::Former));
    }
    let abroad = glossary.lookup(&Query::new("符拉迪沃斯托克").mode(Mode::Reverse)).matches;
    assert!(abroad.iter().any(|found| found.entry.name(Script::Simplified) == "海参崴"));
    assert!(glossary.lookup(&Query::new("无此地").mode(Mode::Reverse)).matches.is_empty());
}

const ROWS: &str = "id,name_hans,name_hant,modern,valid_from,from_prec,valid_to,to_prec,rank,variants\n\
    a-1,甲测试,甲測試,650100,-10,y,5,y,9,\n\
    a-2,甲测试,甲測試,420600,100,y,200,y,9,\n\
    a-3,甲测试,甲測試,420600,,,,,9,\n\
    a-4,甲测试,甲測試,420600,150,y,,,3,\n\
    a-5,乙测试,乙測試,610100,,,,,9,甲测试\n\
    b-1,丙测试,丙測試,650100,,,,,5,\n\
    b-2,丙测试,丙測試,420600,,,,,5,\n\
    b-3,丙测试,丙測試,420600,,,,,4,\n\
    c-1,丁测试,丁測試,650100,,,,,5,\n\
    c-2,丁测试,丁測試,650102,,,,,5,\n";

fn made() -> Glossary {
    Glossary::embedded().with_overlay(&Overlay::parse("made.csv", ROWS).unwrap()).unwrap()
}

#[test]
fn years_order_names() {
    let glossary = made();
    let found = |year| {
        let found = glossary.lookup(&Query::new("甲测试").year(year)).matches;
        found.iter().map(|found| (found.entry.id(), found.interval.unwrap())).collect::<Vec<_>>()
    };
    use Interval::{After, Before, Inside, Unknown};
    let expected = [("a-2", Inside), ("a-4", Inside), ("a-3", Unknown), ("a-1", After(155)), ("a-5", Unknown)];
    assert_eq!(found(160), expected);
    let expected =
        [("a-3", Unknown), ("a-1", Before(10)), ("a-2", Before(119)), ("a-4", Before(169)), ("a-5", Unknown)];
    assert_eq!(found(-20), expected);
    assert_eq!(found(-1)[0], ("a-1", Inside));
    // There is no year 0 between -1 and 100.
    assert!(found(-1).contains(&("a-2", Before(100))));
}

#[test]
fn official_full_forms_are_names_too() {
    let glossary = Glossary::embedded();
    // One 应天府 is a row, the other is 应天 with 府 among its official suffixes: the better known one comes first.
    let found = glossary.lookup(&Query::new("应天府")).matches;
    assert_eq!(ids(&found), ["js-yingtian-1356", "hy-yingtianfu-song-1006"]);
    assert_eq!((found[0].how, found[0].name(Script::Traditional).as_str()), (How::SuffixStripped, "應天府"));
    let song = glossary.lookup(&Query::new("應天府").year(1100)).matches;
    assert_eq!(song[0].entry.id(), "hy-yingtianfu-song-1006");
}

#[test]
fn equal_ranks_of_two_places_are_ambiguous() {
    let glossary = made();
    let found = |text: &str| {
        let found = glossary.lookup(&Query::new(text)).matches;
        found.iter().map(|found| (found.entry.id(), found.ambiguous)).collect::<Vec<_>>()
    };
    assert_eq!(found("丙測試"), [("b-1", true), ("b-2", true), ("b-3", false)]);
    // A city and a district of it are one place.
    assert_eq!(found("丁測試"), [("c-1", false), ("c-2", false)]);
    let region = glossary.region("65").unwrap();
    let decided = glossary.lookup(&Query::new("丙测试").region(region)).matches;
    assert_eq!(decided.iter().map(|found| found.ambiguous).collect::<Vec<_>>(), [false; 3]);
}

#[test]
fn places_come_before_units_of_their_name() {
    let glossary = Glossary::embedded();
    for entry in glossary.entries().filter(|entry| entry.kind() == EntryKind::Place).step_by(7) {
        let found = glossary.lookup(&Query::new(entry.name(Script::Traditional))).matches;
        assert!(found.iter().any(|found| found.entry == entry), "{entry:?}");
        assert!(found.is_sorted_by_key(|found| (found.score, found.entry.id())), "{entry:?}");
        for pair in found.windows(2).filter(|pair| pair[0].how == pair[1].how) {
            let unit = |found: &Match<'_>| found.entry.kind() == EntryKind::Unit;
            assert!(pair[0].entry.rank() != pair[1].entry.rank() || unit(&pair[0]) <= unit(&pair[1]), "{pair:?}");
        }
    }
}
