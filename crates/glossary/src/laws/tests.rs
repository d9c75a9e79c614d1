//! Small tables that obey every law, and one change for each way to break one.

use super::*;
use crate::ErrorKind;
use crate::table::{PLACE_COLUMNS, TableText, TableTexts};

const PLACES: &str = "\
xj-dihua-1763,迪化,迪化,红庙子;紅廟子,Dihua,Tihwa,ug:Ürümchi,county,府;县,1763,1954,y,c,renamed,652322@1990,,,xj-wulumuqi-1954,镇迪道,44.02,89.50,site,context,@march >城,路,9,own-xj,,high,\n\
xj-haishenwai-x,海参崴,海參崴,,Haishenwai,,,town,,,,,,renamed,,俄罗斯符拉迪沃斯托克,俄羅斯符拉迪沃斯托克,,,,,,always,,,9,own-xj,,low,a note\n\
xj-wulumuqi-1954,乌鲁木齐,烏魯木齊,,Wulumuqi,,,city,市,1954,,y,,renamed,650109,,,,,,,,never,,,9,own-xj,,high,\n";
const UNITS: &str = "\
650000,新疆维吾尔自治区,新疆維吾爾自治區,Xinjiang,,province,,,,,,\n\
650100,乌鲁木齐市,烏魯木齊市,Wulumuqi,,prefecture,650000,,,,,\n\
650109,米东区,米東區,Midong,,county,650100,2007,,,,\n\
652300,昌吉回族自治州,昌吉回族自治州,Changji,,prefecture,650000,,,,,\n\
652303,米泉市,米泉市,Miquan,,county,652300,1996,2007,650109@2007,,\n\
652322,米泉县,米泉縣,Miquan,,county,652300,,1996,652303@1996,,\n\
810000,香港特别行政区,香港特別行政區,Xianggang,,province,,,,,,\n";
const BLOCKERS: &str = "迪化街,迪化街,迪化,a street\n";
const CUES: &str = "march,before,攻克 收复 >人,movement\n";
const ERAS: &str = "建元,建元,西汉,西漢,-140,-135\n";
const SOURCES: &str = "own-xj,General knowledge,,CC0-1.0,\n";
const GRAPHS: &str = "豊,丰,豊邑\n";

/// The tables with one change: in the body of a file, the first `from` becomes `to`.
fn tables(change: Option<(TableFile, &str, &str)>) -> Result<Tables, crate::Error> {
    let header = PLACE_COLUMNS.join(",");
    let files = [
        (TableFile::Places, "places.csv", header.as_str(), PLACES),
        (
            TableFile::Units,
            "units.csv",
            "gb_code,name_hans,name_hant,pinyin,postal,level,parent_code,from,to,succ,lat,lon",
            UNITS,
        ),
        (TableFile::Blockers, "blockers.csv", "text_hans,text_hant,name,reason", BLOCKERS),
        (TableFile::Cues, "cues.csv", "name,side,strings,about", CUES),
        (TableFile::Eras, "eras.csv", "name_hans,name_hant,state_hans,state_hant,first,last", ERAS),
        (TableFile::Sources, "sources.csv", "id,title,url,licence,accessed", SOURCES),
        (TableFile::Graphs, "graphs.csv", "graph,folded,example", GRAPHS),
    ];
    let texts = files.map(|(file, _, header, body)| match change {
        Some((changed, from, to)) if changed == file => {
            assert!(body.contains(from), "{from} is not in {body}");
            format!("{header}\n{}", body.replacen(from, to, 1))
        }
        _ => format!("{header}\n{body}"),
    });
    let [places, units, blockers, cues, eras, sources, graphs] =
        std::array::from_fn(|index| TableText { name: files[index].1, text: &texts[index] });
    Tables::parse(&TableTexts { places, units, blockers, cues, eras, sources, graphs })
}

#[test]
fn lawful_tables_have_no_fault() {
    assert_eq!(check(&tables(None).unwrap()), []);
}

#[test]
fn every_law_is_held() {
    use TableFile::{Blockers, Cues, Eras, Graphs, Places, Sources, Units};
    let cases = [
        (Places, "xj-dihua-1763", "xx-dihua-1763", Law::Id, "places.csv:2: column `id`: `xx-dihua-1763` is no id;"),
        (Places, "xj-dihua-1763", "xj-Dihua-1763", Law::Id, "places.csv:2: column `id`: `xj-Dihua-1763` is no id;"),
        (Places, "xj-dihua-1763", "xj-z-m1763", Law::Id, "places.csv:3: column `id`: `xj-haishenwai-x` comes after"),
        (
            Places,
            "xj-dihua-1763",
            "xj-haishenwai-x",
            Law::Id,
            "places.csv:3: column `id`: `xj-haishenwai-x` appears twice",
        ),
        (
            Places,
            "迪化,迪化",
            "迪化,迪花",
            Law::Scripts,
            "places.csv:2: column `name_hant`: `花` is no traditional form of `化`",
        ),
        (
            Places,
            "迪化,迪化",
            "迪化,迪",
            Law::Scripts,
            "places.csv:2: column `name_hant`: `迪` and `迪化` have different lengths",
        ),
        (Places, "迪化,迪化", "迪 化,迪 化", Law::Scripts, "places.csv:2: column `name_hans`: `迪 化` holds U+0020"),
        (
            Places,
            "俄羅斯符",
            "俄羅斯浮",
            Law::Scripts,
            "places.csv:3: column `modern_hant`: `浮` is no traditional form",
        ),
        (Places, "1763,1954,", "1763,1755,", Law::Years, "places.csv:2: column `valid_to`: is 1755, before 1763"),
        (Places, "1763,1954,", "0,1954,", Law::Years, "places.csv:2: column `valid_from`: is 0"),
        (Places, "1763,1954,y,c", "1763,1954,,c", Law::Years, "places.csv:2: column `from_prec`: is empty;"),
        (
            Places,
            "town,,,,,,",
            "town,,,,,d,",
            Law::Years,
            "places.csv:3: column `to_prec`: is `d`, but there is no year",
        ),
        (
            Places,
            "市,1954,,y,,",
            "市,1644,1700,y,y,",
            Law::Years,
            "places.csv:2: column `next_id`: `xj-wulumuqi-1954` begins in 1644",
        ),
        (
            Places,
            "652322@1990",
            "652322",
            Law::Codes,
            "places.csv:2: column `modern`: `652322` names no unit today; units had it in -1996",
        ),
        (
            Places,
            "652322@1990",
            "652399@1990",
            Law::Codes,
            "places.csv:2: column `modern`: `652399@1990` names no unit in 1990; no unit had this code",
        ),
        (Places, "652322@1990", "650109;650109", Law::Codes, "places.csv:2: column `modern`: `650109` stands twice"),
        (Places, "652322@1990", "", Law::Codes, "places.csv:2: column `modern`: is empty, and so is `modern_hans`"),
        (
            Places,
            "652322@1990,,",
            "652322@1990,米泉,米泉",
            Law::Codes,
            "places.csv:2: column `modern`: is filled in, and so is",
        ),
        (
            Units,
            "650109@2007",
            "",
            Law::Chains,
            "places.csv:2: column `modern`: `652322@1990` leads to no unit of today",
        ),
        (
            Places,
            ",xj-wulumuqi-1954,镇",
            ",xj-nowhere,镇",
            Law::Chains,
            "places.csv:2: column `next_id`: `xj-nowhere` is no row",
        ),
        (
            Places,
            ",xj-wulumuqi-1954,镇",
            ",xj-dihua-1763,镇",
            Law::Chains,
            "places.csv:2: column `next_id`: `xj-dihua-1763` leads in a circle",
        ),
        (Places, "@march >城", "", Law::Cues, "places.csv:2: column `cues_pos`: is empty, but the name needs a cue"),
        (Places, "@march >城", "@marsh", Law::Cues, "places.csv:2: column `cues_pos`: `@marsh` is no set of cues.csv"),
        (Places, "@march >城", "!@march", Law::Cues, "places.csv:2: column `cues_pos`: `!@march` is no cue"),
        (Places, "@march >城", "乙 乙", Law::Cues, "places.csv:2: column `cues_pos`: `乙` stands twice"),
        (
            Places,
            "@march >城,路",
            "路,路",
            Law::Cues,
            "places.csv:2: column `cues_neg`: `路` is among `cues_pos` as well",
        ),
        (Places, "own-xj,", "own-yy,", Law::Sources, "places.csv:2: column `source`: `own-yy` is not in sources.csv"),
        (Places, "own-xj,", ",", Law::Sources, "places.csv:2: column `source`: is empty"),
        (
            Places,
            "low,a note",
            "low,",
            Law::Sources,
            "places.csv:3: column `confidence`: is `low`, but `notes` are empty",
        ),
        (Places, ",Dihua,", ",Dihuà,", Law::Latin, "places.csv:2: column `pinyin`: `Dihuà`: expected words"),
        (Places, ",Dihua,", ",dihua,", Law::Latin, "places.csv:2: column `pinyin`: `dihua`: expected words"),
        (Places, ",Tihwa,", ",迪,", Law::Latin, "places.csv:2: column `postal`: `迪` is not Latin"),
        (
            Places,
            "ug:Ürümchi",
            "Ürümchi",
            Law::Latin,
            "places.csv:2: column `other_names`: `Ürümchi`: expected a language",
        ),
        (
            Places,
            "44.02,89.50",
            "44.02,9.50",
            Law::Coordinates,
            "places.csv:2: column `lat`: 44.02, 9.5 is not in China",
        ),
        (
            Places,
            "府;县",
            "府;化",
            Law::Suffixes,
            "places.csv:2: column `official_suffix`: `化`: `迪化` ends in it already",
        ),
        (Places, "府;县", "府;府", Law::Suffixes, "places.csv:2: column `official_suffix`: `府` stands twice"),
        (Places, "府;县", "府;Fu", Law::Suffixes, "places.csv:2: column `official_suffix`: `Fu`: expected characters"),
        (Places, "红庙子;紅廟子", "迪化", Law::Repetition, "places.csv:2: column `variants`: `迪化` is there already"),
        (
            Places,
            "xj-haishenwai-x",
            "xj-dihua-x,迪化,迪化,,Dihua,,,county,,1763,,y,,renamed,652322@1990,,,,,,,,never,,,1,own-xj,,high,\nxj-haishenwai-x",
            Law::Repetition,
            "places.csv:3: column `name_hans`: says what line 2 says",
        ),
        (
            Units,
            "Wulumuqi,,",
            "Wulumuqi,Urumchi;乌市,",
            Law::Latin,
            "units.csv:3: column `postal`: `乌市` is not Latin",
        ),
        (Units, "2007,650109@2007", "1995,650109@2007", Law::Units, "units.csv:6: column `to`: is 1995, before 1996"),
        (
            Units,
            "county,652300,,1996",
            "prefecture,652300,,1996",
            Law::Units,
            "units.csv:7: column `level`: is `prefecture`, but 652322 is a code of a county",
        ),
        (
            Units,
            "652303,米泉市,米泉市,Miquan,,county,652300,1996",
            "652322,米泉市,米泉市,Miquan,,county,652300,1995",
            Law::Units,
            "units.csv:7: column `gb_code`: 652322 is 米泉市 in the same years on line 6",
        ),
        (Units, "county,652300,,1996", "county,,,1996", Law::Units, "units.csv:7: column `parent_code`: is empty"),
        (
            Units,
            "county,652300,,1996",
            "county,652303,,1996",
            Law::Units,
            "units.csv:7: column `parent_code`: 652303 cannot be above 652322",
        ),
        (
            Units,
            "county,652300,,1996",
            "county,652400,,1996",
            Law::Units,
            "units.csv:7: column `parent_code`: no unit had the code 652400",
        ),
        (
            Units,
            "province,,",
            "province,810000,",
            Law::Units,
            "units.csv:2: column `parent_code`: is 810000; nothing is above a province",
        ),
        (
            Units,
            "1996,652303@1996",
            "1996,",
            Law::Units,
            "units.csv:7: column `succ`: is empty, but the unit ended in 1996",
        ),
        (
            Units,
            "2007,,,,",
            "2007,,652303@2000,,",
            Law::Units,
            "units.csv:4: column `succ`: is filled in, but the unit exists today",
        ),
        (Units, "652303@1996", "652303@1990", Law::Units, "units.csv:7: column `succ`: `652303@1990` names 0 units"),
        (
            Units,
            "652303@1996",
            "810000@1996",
            Law::Units,
            "units.csv:7: column `succ`: `810000@1996` is 香港特别行政区 in another province",
        ),
        (
            Units,
            "652322,米泉县,米泉縣",
            "652322,米泉区,米泉區",
            Law::Units,
            "units.csv:7: column `succ`: `652303@1996` leads to 650100, and 米泉区 was a district of 652300, which is 652300 today",
        ),
        (
            Blockers,
            "迪化街,迪化街",
            "乌街,烏街",
            Law::Blockers,
            "blockers.csv:2: column `text_hans`: `乌街` does not contain `迪化`",
        ),
        (Blockers, "迪化,a", "街,a", Law::Blockers, "blockers.csv:2: column `name`: `街` is no name"),
        (
            Blockers,
            "迪化街,迪化街,迪化",
            "米泉县,米泉縣,米泉",
            Law::Blockers,
            "blockers.csv:2: column `text_hans`: `米泉县` is the name of a place itself",
        ),
        (
            Blockers,
            "a street\n",
            "a street\n迪化街,迪化街,迪化,again\n",
            Law::Blockers,
            "blockers.csv:3: column `text_hans`: stands on line 2 already",
        ),
        (Cues, "攻克 收复", "攻克 攻克", Law::Cues, "cues.csv:2: column `strings`: `攻克` stands twice"),
        (Cues, "攻克 收复", "攻克 @march", Law::Cues, "cues.csv:2: column `strings`: `@march` is no string of a set"),
        (Eras, "-140,-135", "-135,-140", Law::Years, "eras.csv:2: column `last`: is -140, before -135"),
        (Eras, "-140,-135", "-140,0", Law::Years, "eras.csv:2: column `last`: is 0"),
        (
            Sources,
            "CC0-1.0,\n",
            "CC0-1.0,\nown-xj,Twice,,CC0-1.0,\n",
            Law::Sources,
            "sources.csv:3: column `id`: stands on line 2 already",
        ),
        (
            Graphs,
            "豊,丰,豊邑",
            "縣,县,縣",
            Law::Graphs,
            "graphs.csv:2: column `graph`: 縣 is folded to 县 without this row",
        ),
        (Graphs, "豊,丰,豊邑", "豊,丰,丰邑", Law::Graphs, "graphs.csv:2: column `example`: does not contain 豊"),
        (
            Graphs,
            "豊,丰,豊邑",
            "甲,乙,甲\n乙,甲,乙",
            Law::Graphs,
            "graphs.csv:3: column `folded`: 乙 and 甲 stand for each other",
        ),
    ];
    for (file, from, to, law, expected) in cases {
        let tables = tables(Some((file, from, to))).unwrap_or_else(|error| panic!("{from} -> {to}: {error}"));
        let faults = check(&tables);
        assert!(
            faults.iter().any(|fault| fault.law == law && fault.to_string().starts_with(expected)),
            "{from} -> {to} gave {:?}, not {expected}",
            faults.iter().map(ToString::to_string).collect::<Vec<_>>()
        );
    }
}

#[test]
fn cells_that_cannot_be_read_are_all_named() {
    let change = (TableFile::Places, "迪化,迪化", ",");
    let error = tables(Some(change)).unwrap_err();
    let ErrorKind::Table { faults } = error.kind() else { panic!("{error}") };
    assert_eq!(faults.iter().map(|fault| fault.column).collect::<Vec<_>>(), [Some("name_hans"), Some("name_hant")]);
    assert!(error.to_string().starts_with("places.csv:2: column `name_hans`: is empty; fill it in\nplaces.csv:2:"));
}
