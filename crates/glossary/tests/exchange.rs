//! Files of other gazetteers become overlays: one sample a format.
#![cfg(feature = "exchange")]

use std::path::Path;

use tongwen_glossary::exchange::{ExportFormat, ImportFormat, Imported, export, import};
use tongwen_glossary::laws::check_overlay;
use tongwen_glossary::{EntryKind, Feature, Glossary, Mode, Place, Policy, Query};

fn read(file: &str, format: ImportFormat) -> Imported {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/exchange").join(file);
    import(&Glossary::embedded(), format, file, &std::fs::read(path).unwrap()).unwrap()
}

fn left_out(imported: &Imported) -> Vec<String> {
    imported.left_out.iter().map(ToString::to_string).collect()
}

/// The cells of the rows that are filled in, but for those of every import.
fn told(imported: &Imported) -> Vec<String> {
    let usual =
        ["annotate", "cues_pos", "rank", "confidence", "relation", "source", "source_note", "from_prec", "to_prec"];
    let row = |place: &Place| {
        let cells = tongwen_glossary::table::PLACE_COLUMNS.into_iter().zip(place.cells());
        let filled = cells.filter(|(column, cell)| !cell.is_empty() && !usual.contains(column));
        filled.map(|(column, cell)| format!("{column}={cell}")).collect::<Vec<_>>().join(" | ")
    };
    imported.overlay.places().iter().map(row).collect()
}

#[test]
fn chgis() {
    let imported = read("chgis.csv", ImportFormat::Chgis);
    assert_eq!(
        told(&imported),
        [
            "id=chgis-900001 | name_hans=古城 | name_hant=古城 | pinyin=Gucheng | ftype=county | official_suffix=县 | valid_from=1767 | valid_to=1889 | modern=652325 | \
             lat=44.02 | lon=89.59 | coord_prec=site | notes=imported from CHGIS",
            "id=chgis-900002 | name_hans=鄠县 | name_hant=鄠縣 | pinyin=Huxian | ftype=county | valid_from=-206 | valid_to=1911 | modern=610125@2015 | \
             lat=34.10 | lon=108.60 | coord_prec=site | notes=imported from CHGIS; the data end with the last year",
            "id=chgis-900003 | name_hans=西府 | name_hant=西府 | pinyin=Xifu | ftype=prefecture | valid_to=1300 | notes=one script converted, not authored; imported from CHGIS",
        ]
    );
    assert_eq!(
        left_out(&imported),
        [
            "chgis.csv:5: `Nowhere` is no name in Chinese characters",
            "chgis.csv:6: `soon` is no year; expected one such as 1763 or -206",
        ]
    );
    assert_eq!(imported.overlay.places()[0].policy, Policy::Context);
    let list = read("tgaz-list.csv", ImportFormat::Chgis);
    assert_eq!(list.overlay.places()[0].parent, "绥远省");
    assert_eq!(list.overlay.places()[0].name_hant, "歸綏");
}

#[test]
fn tgaz() {
    let imported = read("tgaz.ttl", ImportFormat::Tgaz);
    assert_eq!(
        told(&imported),
        [
            "id=tgaz-hvd_900020 | name_hans=古城 | name_hant=古城 | pinyin=Gucheng | other_names=ug:Guchung | ftype=town | official_suffix=镇 | \
          valid_from=1767 | valid_to=1889 | modern=652325 | lat=44.02 | lon=89.59 | coord_prec=site | \
          notes=one script converted, not authored; imported from TGAZ"
        ]
    );
    assert_eq!(left_out(&imported), ["tgaz.ttl:17: has no name in Chinese characters"]);
}

#[test]
fn cbdb() {
    let workbook = read("cbdb.xlsx", ImportFormat::Cbdb);
    assert_eq!(
        told(&workbook),
        [
            "id=cbdb-900030 | name_hans=归绥 | name_hant=歸綏 | variants=綏遠城;歸化 | pinyin=Guisui | ftype=county | official_suffix=县 | \
             valid_from=1913 | valid_to=1954 | modern=150100 | lat=40.82 | lon=111.65 | coord_prec=site | \
             notes=one script converted, not authored; imported from CBDB",
            "id=cbdb-900031 | name_hans=鄠县 | name_hant=鄠縣 | pinyin=Hu | ftype=county | \
             notes=one script converted, not authored; imported from CBDB",
        ]
    );
    assert_eq!(left_out(&workbook), ["cbdb.xlsx:2: `[未詳]` is no name in Chinese characters"]);
    let table = read("cbdb.csv", ImportFormat::Cbdb);
    assert_eq!(told(&table), told(&workbook));
}

#[test]
fn linked_places() {
    let imported = read("lpf.json", ImportFormat::Lpf);
    assert_eq!(
        told(&imported),
        [
            "id=https://example.org/places/1 | name_hans=迪化 | name_hant=迪化 | variants=紅廟子 | pinyin=Dihua | postal=Tihwa | \
          other_names=ug-Latn:Ürümchi | ftype=city | valid_from=1763 | valid_to=1953 | lat=43.80 | lon=87.60 | coord_prec=site | \
          notes=one script converted, not authored; seat of the province; imported from Linked Places"
        ]
    );
    assert_eq!(
        left_out(&imported),
        [
            "lpf.json:21: `Abingdon` has no name in Chinese characters",
            "lpf.json:28: 43.8, 200 is no point on the map; expected degrees north and east",
        ]
    );
}

#[test]
fn linked_places_table() {
    let imported = read("lp.tsv", ImportFormat::LpTsv);
    let places = imported.overlay.places();
    assert_eq!((places[0].name_hans.as_str(), places[0].name_hant.as_str()), ("归化城", "歸化城"));
    assert_eq!((places[0].feature, places[0].source_note.as_str()), (Feature::City, "\"The\" map"));
    assert_eq!((places[0].postal.concat(), places[0].other_names.concat()), ("Kweihwa".into(), "mn:Хөх хот".into()));
    assert_eq!((places[1].name_hant.as_str(), places[1].feature), ("張家口", Feature::Town));
    assert_eq!(
        left_out(&imported),
        [
            "lp.tsv:4: `Urga` has no name in Chinese characters",
            "lp.tsv:5: has 4 cells, the header 12; quote cells that hold a separator",
        ]
    );
}

#[test]
fn geonames() {
    let imported = read("alternateNamesV2.txt", ImportFormat::GeoNames);
    assert_eq!(
        told(&imported),
        [
            "id=geonames-900040-2 | name_hans=归绥 | name_hant=歸綏 | other_names=en:Kweisui | ftype=alias | valid_from=1913 | valid_to=1954 | \
             modern=150100 | notes=one script converted, not authored; imported from GeoNames",
            "id=geonames-900042-6 | name_hans=海参崴 | name_hant=海參崴 | other_names=ru:Урочище | ftype=alias | \
             notes=one script converted, not authored; imported from GeoNames",
        ]
    );
    assert_eq!(
        left_out(&imported),
        [
            "alternateNamesV2.txt:8: `193X` is no year; expected one such as 1763 or -206",
            "alternateNamesV2.txt:9: has fewer than four cells; expected those of alternateNamesV2 with tabs",
        ]
    );
}

#[test]
fn wikidata() {
    let imported = read("wikidata.csv", ImportFormat::Wikidata);
    assert_eq!(
        told(&imported),
        [
            "id=wikidata-Q900050 | name_hans=归绥 | name_hant=歸綏 | variants=綏遠城 | ftype=county | official_suffix=县 | valid_from=1913 | \
             valid_to=1954 | modern=150100 | lat=40.82 | lon=111.65 | coord_prec=site | \
             notes=one script converted, not authored; imported from Wikidata",
            "id=wikidata-Q900051 | name_hans=番禺 | name_hant=番禺 | pinyin=Panyu | ftype=city | official_suffix=城 | valid_from=-214 | \
             notes=imported from Wikidata",
        ]
    );
    assert_eq!(
        left_out(&imported),
        [
            "wikidata.csv:5: Q900052 has no name in Chinese characters",
            "wikidata.csv:6: `x` is no item; expected Q and a number"
        ]
    );
}

#[test]
fn what_is_imported_can_be_used() {
    let glossary = Glossary::embedded();
    for (file, format) in [("chgis.csv", ImportFormat::Chgis), ("cbdb.xlsx", ImportFormat::Cbdb)] {
        let imported = read(file, format);
        // Written as a file of places.csv and read again, as the command does.
        let csv = Place::to_csv(imported.overlay.places());
        let overlay = tongwen_glossary::Overlay::parse("overlay.csv", &csv).unwrap();
        let with = glossary.with_overlay(&overlay).unwrap();
        let id = &imported.overlay.places()[0].id;
        let name = &imported.overlay.places()[0].name_hant;
        let found = with.lookup(&Query::new(name).mode(Mode::Exact));
        assert!(found.matches.iter().any(|found| found.entry.id() == id), "{file}");
        assert!(!with.modern(id, None).is_empty(), "{file}");
        // What the laws still ask for is only what a source may not say.
        for fault in check_overlay(&glossary, &overlay) {
            assert!(["modern", "cues_pos"].contains(&fault.column.unwrap_or_default()), "{fault}");
        }
    }
}

#[test]
fn files_that_are_none_are_refused_with_their_line() {
    let glossary = Glossary::embedded();
    let cases: [(ImportFormat, &[u8], &str); 8] = [
        (ImportFormat::Chgis, b"", "x:1: is empty; expected a header"),
        (ImportFormat::Chgis, b"a,b\n", "x:1: column `SYS_ID` or `TGAZ_ID` is missing; found are a b"),
        (ImportFormat::Chgis, b"a\n\xff", "x:2: is no UTF-8; convert the file to UTF-8 first"),
        (ImportFormat::Lpf, b"{\n\"features\": 1}", "x:2: cannot be read as a collection of features: "),
        (ImportFormat::Lpf, b"", "x:1: cannot be read as a collection of features: "),
        (ImportFormat::Tgaz, b"<a> b", "x:1: cannot be read as Turtle: "),
        (ImportFormat::Tgaz, b"", "x:1: names no place; expected <http://lawd.info/ontology/hasName>"),
        (ImportFormat::Cbdb, b"PK\x03\x04", "x:1: cannot be read as a spreadsheet: "),
    ];
    for (format, bytes, expected) in cases {
        let error = import(&glossary, format, "x", bytes).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{format}: {error}");
    }
}

#[test]
fn csv_comes_back_as_it_was() {
    let glossary = Glossary::embedded();
    let places = || glossary.entries().filter(|entry| entry.kind() == EntryKind::Place);
    let overlay = tongwen_glossary::Overlay::parse("places.csv", &export(places(), ExportFormat::Csv)).unwrap();
    for (entry, place) in places().zip(overlay.places()) {
        assert_eq!(entry.to_place(), Place { line: 0, ..place.clone() });
    }
    assert_eq!(places().count(), overlay.places().len());
    let tsv = export(places(), ExportFormat::Tsv);
    assert!(tsv.lines().all(|line| line.matches('\t').count() == 29) && tsv.lines().count() == places().count() + 1);
}

#[test]
fn formats_are_known_by_their_names() {
    for format in ExportFormat::ALL {
        assert_eq!(format.name().parse::<ExportFormat>().as_ref(), Ok(format));
    }
    for format in ImportFormat::ALL {
        assert_eq!(format.name().to_uppercase().parse::<ImportFormat>().as_ref(), Ok(format));
    }
    let error = "kml".parse::<ExportFormat>().unwrap_err().to_string();
    assert_eq!(
        error,
        "unknown format `kml`; known are csv tsv geojson lpf lp-tsv opencc-s2t opencc-s2tw opencc-s2hk opencc-t2s"
    );
}
