//! Names of places through conversion, with and without the guard.

use std::collections::BTreeSet;

use tongwen::{Config, Converter, UserDictionary, Variant};
use tongwen_glossary::{Glossary, Overlay, Script};

fn converter(from: Variant, to: Variant, guard: Option<UserDictionary>) -> Converter {
    let builder = Converter::builder().from(from).to(to);
    guard.into_iter().fold(builder, |builder, guard| builder.dictionary(guard)).build().unwrap()
}

/// To a variant from the other script, with the guard.
fn guarded(to: Variant) -> Converter {
    let from = match to.script() {
        Script::Simplified => Variant::ZhHant,
        Script::Traditional => Variant::ZhHans,
    };
    converter(from, to, Some(Glossary::embedded().guard(to)))
}

const NAMES: [(&str, &str); 11] = [
    ("乾德", "乾德"),
    ("於潜", "於潛"),
    ("岳州", "岳州"),
    ("余庆县", "餘慶縣"),
    ("于阗", "于闐"),
    ("并州", "并州"),
    ("云南府", "雲南府"),
    ("大庾", "大庾"),
    ("阿力麻里", "阿力麻里"),
    ("奇乾县", "奇乾縣"),
    ("新干县", "新干縣"),
];

#[test]
fn names_that_users_report_come_right_in_both_directions() {
    for target in Variant::ALL {
        let converter = guarded(target);
        for (hans, hant) in NAMES {
            let expected = if target.script() == Script::Simplified { hans } else { hant };
            for source in [hans, hant] {
                assert_eq!(converter.convert(source), expected, "{source} to {target}");
            }
            let source = if target.script() == Script::Simplified { hant } else { hans };
            assert_eq!(converter.convert(&format!("到{source}，")), format!("到{expected}，"), "{target}");
        }
    }
}

/// What official configs make of these names. Where a new release of the tables does better, the guard has less to do.
#[test]
fn names_that_opencc_breaks() {
    let broken = |config, script: fn(&(&str, &str)) -> (String, String)| -> BTreeSet<String> {
        let converter = Converter::new(config);
        let wrong = NAMES.iter().map(script).filter(|(source, right)| converter.convert(source) != *right);
        wrong.map(|(source, _)| source).collect()
    };
    let forward = |name: &(&str, &str)| (name.0.to_string(), name.1.to_string());
    let back = |name: &(&str, &str)| (name.1.to_string(), name.0.to_string());
    let set = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<BTreeSet<_>>();
    assert_eq!(broken(Config::S2Tw, forward), set(&["岳州", "并州", "新干县", "阿力麻里"]));
    assert_eq!(broken(Config::S2Hk, forward), set(&["岳州", "并州", "新干县", "阿力麻里"]));
    assert_eq!(broken(Config::T2S, back), set(&["乾德"]));
}

#[test]
fn every_pair_does_what_it_says() {
    let mut pairs = 0;
    for target in Variant::ALL {
        let guard = Glossary::embedded().guard(target);
        let converter = guarded(target);
        for (source, found) in guard.pairs() {
            assert_eq!(converter.convert(source), found.replacement, "{source} to {target}");
            pairs += 1;
        }
    }
    assert!(pairs > 1000, "{pairs}");
}

/// Text that has a name across the border of words, or as a word.
#[test]
fn ordinary_text_is_as_without_the_guard() {
    let simplified = [
        "合并州县，一并州里的官吏，吞并州郡，兼并州牧",
        "学会成立于罗马，位于湖边，生于湖南",
        "手帕里面，这首里面的歌，部首里没有，健康里程碑",
        "采石场的石头，车里有人，古里古怪，心底里",
        "山谷昌盛，其余吾不知，业余吾辈",
        "示范县和模范县，干越来越多的活",
        "鹿城区，白云城里，大历年间",
        "这可不里外都是，布局里有里子",
        "台州人，凤台路，沈城，钟山风景",
    ];
    let traditional = [
        "空濛江上，儀徵縣志，等衣服乾時再說",
        "枯乾了，乾淨的，餅乾安全",
        "由於潛在的問題，對於潛水，居於潛邸",
        "慈谿的水，商於北京",
    ];
    for (target, texts) in [
        (Variant::ZhTw, &simplified[..]),
        (Variant::ZhHk, &simplified[..]),
        (Variant::ZhHant, &simplified[..]),
        (Variant::ZhCn, &traditional[..]),
    ] {
        let from = if target == Variant::ZhCn { Variant::ZhHant } else { Variant::ZhHans };
        let plain = converter(from, target, None);
        let converter = guarded(target);
        for text in texts {
            assert_eq!(converter.convert(text), plain.convert(text), "to {target}");
        }
    }
}

#[test]
fn rows_of_overlays_are_guarded_too() {
    let rows = "id,name_hans,name_hant,annotate\nmine-1,石里坪,石里坪,always\nmine-2,采石,採石,context\n";
    let glossary = Glossary::embedded().with_overlay(&Overlay::parse("mine.csv", rows).unwrap()).unwrap();
    let plain = converter(Variant::ZhHans, Variant::ZhTw, None);
    assert_eq!(plain.convert("石里坪"), "石裡坪");
    let own = converter(Variant::ZhHans, Variant::ZhTw, Some(glossary.guard(Variant::ZhTw)));
    assert_eq!(own.convert("石里坪、岳州"), "石里坪、岳州");
}
