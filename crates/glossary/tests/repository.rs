//! The built-in file against the tables of the repository: every row comes back as it was written, every name is found, and what the
//! laws promise of names holds for the index.

use std::collections::HashMap;
use std::path::Path;

use tongwen_glossary::compile::compile;
use tongwen_glossary::table::{TableText, TableTexts, Tables};
use tongwen_glossary::{EntryKind, Glossary, Place, Script};

fn tables() -> Tables {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dictionaries/places");
    let read = |file: &str| {
        let path = folder.join(file);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let files = ["places.csv", "units.csv", "blockers.csv", "cues.csv", "eras.csv", "sources.csv", "graphs.csv"];
    let texts = files.map(read);
    let [places, units, blockers, cues, eras, sources, graphs] =
        std::array::from_fn(|index| TableText { name: files[index], text: &texts[index] });
    let texts = TableTexts { places, units, blockers, cues, eras, sources, graphs };
    Tables::parse(&texts).unwrap_or_else(|error| panic!("{error}"))
}

fn compiled(tables: &Tables) -> Glossary {
    Glossary::from_compiled(compile(tables).unwrap()).unwrap()
}

#[test]
fn every_row_comes_back() {
    let tables = tables();
    let glossary = compiled(&tables);
    for row in &tables.places {
        let entry = glossary.entry(&row.id).unwrap_or_else(|| panic!("{} is not there", row.id));
        assert_eq!(entry.kind(), EntryKind::Place);
        assert_eq!(entry.to_place(), Place { line: 0, ..row.clone() });
    }
    let units: HashMap<(u32, Option<i16>, &str), _> = glossary
        .units()
        .map(|unit| ((unit.code().number(), unit.from(), unit.name(Script::Simplified)), unit))
        .collect();
    for row in &tables.units {
        let unit = units[&(row.code.number(), row.from, row.name_hans.as_str())];
        let entry = unit.entry();
        assert_eq!((entry.kind(), glossary.entry(entry.id())), (EntryKind::Unit, Some(entry)));
        assert_eq!((unit.to(), unit.level(), entry.coordinates()), (row.to, row.level, row.coordinates));
        assert_eq!((unit.name(Script::Traditional), entry.pinyin()), (row.name_hant.as_str(), row.pinyin.as_str()));
        assert_eq!(unit.parent(row.from).is_some(), row.parent.is_some());
        assert_eq!(unit.successors().next().is_some(), !row.successors.is_empty(), "{unit:?}");
        let year = row.from.unwrap_or(1980);
        if row.to != Some(year) {
            assert_eq!(glossary.unit(row.code, Some(year)), Some(unit));
        }
    }
    assert_eq!(glossary.entries().count(), tables.places.len() + tables.units.len());

    let sets: Vec<_> = glossary.cue_sets().map(|set| (set.name, set.side, set.strings().collect::<Vec<_>>())).collect();
    let rows =
        tables.cues.iter().map(|row| (row.name.as_str(), row.side, row.strings.iter().map(String::as_str).collect()));
    assert_eq!(sets, rows.collect::<Vec<_>>());
    let (hans, hant) = (Script::Simplified, Script::Traditional);
    let eras = glossary
        .eras()
        .map(|era| (era.name(hans), era.name(hant), era.state(hans), era.state(hant), era.first, era.last));
    let rows = tables.eras.iter().map(|row| {
        let texts = [&row.name_hans, &row.name_hant, &row.state_hans, &row.state_hant].map(String::as_str);
        (texts[0], texts[1], texts[2], texts[3], row.first, row.last)
    });
    assert!(eras.eq(rows));
    let blockers = glossary.blockers().map(|row| (row.text(hans), row.text(hant), row.name, row.reason));
    let rows = tables
        .blockers
        .iter()
        .map(|row| (row.text_hans.as_str(), row.text_hant.as_str(), row.name.as_str(), row.reason.as_str()));
    assert!(blockers.eq(rows));
    let sources =
        glossary.sources().map(|row| [row.id, row.title, row.url, row.licence, row.accessed].map(str::to_string));
    let rows = tables
        .sources
        .iter()
        .map(|row| [&row.id, &row.title, &row.url, &row.licence, &row.accessed].map(String::clone));
    assert!(sources.eq(rows));
}

#[test]
fn the_order_of_rows_does_not_matter() {
    let tables = tables();
    let bytes = compile(&tables).unwrap();
    let mut turned = tables.clone();
    turned.places.reverse();
    turned.units.reverse();
    assert!(compile(&turned).unwrap() == bytes, "rows in another order give other bytes");
}

#[test]
fn both_scripts_of_a_name_fold_to_one_key() {
    let tables = tables();
    let glossary = compiled(&tables);
    let places = tables.places.iter().map(|row| (&row.name_hans, &row.name_hant));
    for (hans, hant) in places.chain(tables.units.iter().map(|row| (&row.name_hans, &row.name_hant))) {
        let key = glossary.fold(hans);
        assert_eq!(glossary.fold(hant), key);
        assert_eq!(glossary.fold(&key), key);
    }
}

/// What a place is today knows the place among its former names.
#[test]
fn every_place_is_reached_from_today() {
    let glossary = compiled(&tables());
    let mut former: HashMap<String, Vec<&str>> = HashMap::new();
    for place in glossary.entries().filter(|entry| entry.kind() == EntryKind::Place) {
        let today = place.modern(None);
        assert!(!today.is_empty(), "{place:?} leads nowhere");
        for modern in today {
            let key = match modern.unit() {
                Some(unit) => unit.entry().id().to_string(),
                None => modern.name(Script::Traditional).to_string(),
            };
            let ids = || glossary.former(&key).iter().map(|entry| entry.id()).collect();
            assert!(former.entry(key.clone()).or_insert_with(ids).contains(&place.id()), "{place:?} is not in {key}");
        }
    }
}

/// Chains run forward and end today.
#[test]
fn histories_end_today() {
    let glossary = compiled(&tables());
    for entry in glossary.entries() {
        let links = glossary.history(entry.id());
        assert!(links.iter().any(|link| link.entry == entry));
        for (index, link) in links.iter().enumerate() {
            assert!(link.became.iter().all(|next| *next > index), "{entry:?}: {links:?}");
            if link.became.is_empty() {
                let today = match link.entry.unit() {
                    Some(unit) => unit.exists(None),
                    None => !link.entry.modern_name(Script::Simplified).is_empty(),
                };
                assert!(today, "{entry:?} ends in {:?}", link.entry);
            }
        }
    }
}

/// Machine-made or written by hand, a name is as readers in Taiwan know it: 赤峰 and not 赤峯, 湖里 and not 湖裏.
#[test]
fn traditional_names_are_in_the_forms_of_taiwan() {
    let glossary = Glossary::embedded();
    for unit in glossary.units() {
        let name = unit.name(Script::Traditional);
        assert!(!name.contains(['峯', '爲', '裏', '啓', '羣', '衆']), "{name}");
        assert!(!["臺州", "天臺", "臺山"].iter().any(|wrong| name.contains(wrong)), "{name}");
    }
    for (name, expected) in [("台州市", "台州市"), ("烟台市", "煙臺市"), ("湖里区", "湖里區"), ("犍为县", "犍為縣")]
    {
        let unit = glossary.units().find(|unit| unit.name(Script::Simplified) == name).unwrap();
        assert_eq!(unit.name(Script::Traditional), expected);
    }
    assert_eq!(glossary.fold("葉尓羌"), "叶尔羌");
}
