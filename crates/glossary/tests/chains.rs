//! Chains of names that people ask for, in the built-in data.

use tongwen_glossary::{Glossary, Level, LinkSide, Script};

fn names(glossary: &Glossary, id: &str, year: Option<i16>) -> Vec<String> {
    glossary.modern(id, year).iter().map(|modern| modern.path(Script::Simplified).join(" ")).collect()
}

/// Names of a history from the entry on, with the last year or the first in which a unit is no more.
fn story(glossary: &Glossary, id: &str) -> Vec<(String, Option<i16>)> {
    let links = glossary.history(id);
    let from = links.iter().position(|link| link.side == LinkSide::Asked).unwrap();
    links[from..].iter().map(|link| (link.entry.name(Script::Simplified).to_string(), link.entry.years().to)).collect()
}

#[test]
fn gumudi_is_followed_to_the_district_of_today() {
    let glossary = Glossary::embedded();
    assert_eq!(names(&glossary, "xj-gumudi-1763", None), ["新疆维吾尔自治区 乌鲁木齐市 米东区"]);
    assert_eq!(names(&glossary, "xj-gumudi-1763", Some(2007)), ["新疆维吾尔自治区 乌鲁木齐市 米东区"]);
    assert_eq!(names(&glossary, "xj-gumudi-1763", Some(2005)), ["新疆维吾尔自治区 昌吉回族自治州 米泉市"]);
    assert_eq!(names(&glossary, "xj-gumudi-1763", Some(1995)), ["新疆维吾尔自治区 昌吉回族自治州 米泉县"]);
    // The code book starts in 1980.
    assert_eq!(names(&glossary, "xj-gumudi-1763", Some(1876)), ["新疆维吾尔自治区 昌吉回族自治州 米泉县"]);
    let story = story(&glossary, "xj-gumudi-1763");
    let names: Vec<&str> = story.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["古牧地", "乾德", "米泉", "米泉县", "米泉市", "米东区"]);
    assert_eq!(story[4].1, Some(2007));
    let today = glossary.modern("xj-qiande-1928", None)[0];
    assert_eq!(today.path(Script::Traditional), ["新疆維吾爾自治區", "烏魯木齊市", "米東區"]);
}

#[test]
fn former_names_of_a_district() {
    let glossary = Glossary::embedded();
    for unit in ["gb-650109-2007", "650109", "650109@2010"] {
        let former: Vec<&str> = glossary.former(unit).iter().map(|entry| entry.id()).collect();
        let places: Vec<usize> =
            ["xj-gumudi-1763", "xj-qiande-1928", "xj-miquan-1954", "gb-652322-0", "gb-652303-1996"]
                .iter()
                .map(|id| {
                    former.iter().position(|found| found == id).unwrap_or_else(|| panic!("{id} not in {former:?}"))
                })
                .collect();
        assert!(places.is_sorted(), "{former:?}");
        assert!(!former.contains(&"gb-650109-2007"));
    }
    assert!(glossary.former("652322").iter().any(|entry| entry.id() == "xj-qiande-1928"));
    let before: Vec<&str> = glossary.former("xj-qiande-1928").iter().map(|entry| entry.id()).collect();
    assert!(before.contains(&"xj-gumudi-1763"), "{before:?}");
    assert!(glossary.former("650199").is_empty());
    assert!(glossary.former("no such name").is_empty());
}

#[test]
fn places_without_a_code_have_former_names_too() {
    let glossary = Glossary::embedded();
    for name in ["高雄市", "俄罗斯符拉迪沃斯托克", "俄羅斯符拉迪沃斯托克", "符拉迪沃斯托克"]
    {
        let former: Vec<&str> = glossary.former(name).iter().map(|entry| entry.name(Script::Simplified)).collect();
        let expected = if name == "高雄市" { "打狗" } else { "海参崴" };
        assert!(former.contains(&expected), "{name}: {former:?}");
    }
}

#[test]
fn a_code_is_many_units() {
    let glossary = Glossary::embedded();
    let unit = |code: &str, year| {
        let unit = glossary.unit(code.parse().unwrap(), year)?;
        Some((unit.name(Script::Simplified), unit.entry().id()))
    };
    assert_eq!(unit("511400", Some(2005)), Some(("眉山市", "gb-511400-2000")));
    assert_eq!(unit("511400", None), Some(("眉山市", "gb-511400-2000")));
    assert_eq!(unit("511400", Some(1999)), None);
    assert_eq!(unit("132401", Some(1982)), Some(("保定市", "gb-132401-0")));
    assert_eq!(unit("132401", Some(1990)), Some(("定州市", "gb-132401-1986")));
    assert_eq!(unit("132401", None), None);
    assert_eq!(unit("420600", Some(2009)), Some(("襄樊市", "gb-420600-0")));
    assert_eq!(unit("420600", Some(2010)), Some(("襄阳市", "gb-420600-2010")));
}

#[test]
fn units_by_year() {
    let glossary = Glossary::embedded();
    for (id, year, expected) in [
        ("gb-420600-0", None, "湖北省 襄阳市"),
        ("gb-420600-2010", Some(1999), "湖北省 襄樊市"),
        ("gb-342700-0", None, "安徽省 黄山市"),
        ("gb-341000-1987", Some(1985), "安徽省 徽州地区"),
        ("gb-442924-0", Some(1990), "广东省 湛江市 海康县"),
        ("gb-442924-0", None, "广东省 湛江市 雷州市"),
        ("gb-442924-0", Some(1982), "广东省 湛江地区 海康县"),
        ("gb-513800-1997", None, "四川省 眉山市"),
    ] {
        assert_eq!(names(&glossary, id, year), [expected], "{id} in {year:?}");
    }
    let wanxian = glossary.entry("gb-500101-1997x").unwrap().unit().unwrap();
    assert_eq!((wanxian.name(Script::Simplified), wanxian.stem(Script::Traditional)), ("万县区", "萬縣"));
    assert_eq!(names(&glossary, "gb-500101-1997x", None), ["重庆市 万州区"]);
}

#[test]
fn haikang_is_one_line() {
    let story = story(&Glossary::embedded(), "gb-442924-0");
    let expected = [("海康县", Some(1983)), ("海康县", Some(1994)), ("雷州市", None)];
    assert_eq!(story, expected.map(|(name, to)| (name.to_string(), to)));
}

#[test]
fn a_unit_that_was_divided_has_several_successors() {
    let glossary = Glossary::embedded();
    // The suburban district of Shijiazhuang went to three others.
    let suburb = glossary.unit("130106".parse().unwrap(), Some(1990)).unwrap();
    assert_eq!(suburb.name(Script::Simplified), "郊区");
    let today: Vec<_> = suburb.in_year(None).iter().map(|unit| unit.code().number()).collect();
    assert!(today.len() >= 2, "{today:?}");
    let history = glossary.history(suburb.entry().id());
    let asked = history.iter().find(|link| link.side == LinkSide::Asked).unwrap();
    assert_eq!(asked.became.len(), suburb.successors().count());
}

#[test]
fn what_is_not_there_is_empty() {
    let glossary = Glossary::embedded();
    assert!(glossary.entry("xj-nowhere-1").is_none());
    assert!(glossary.entry("").is_none());
    assert!(glossary.modern("xj-nowhere-1", None).is_empty());
    assert!(glossary.history("xj-nowhere-1").is_empty());
}

/// 湘潭地区 is the city of 湘潭 today and not the county of that name.
#[test]
fn a_prefecture_is_the_city_of_its_name() {
    let glossary = Glossary::embedded();
    assert_eq!(names(&glossary, "gb-432100-0", None), ["湖南省 湘潭市"]);
    let today: Vec<_> =
        glossary.units().filter(|unit| unit.level() == Level::Prefecture && unit.to().is_none()).collect();
    for old in glossary.units().filter(|unit| unit.level() == Level::Prefecture && unit.to().is_some()) {
        let stem = old.stem(Script::Simplified);
        if today
            .iter()
            .any(|unit| unit.stem(Script::Simplified) == stem && unit.code().province() == old.code().province())
        {
            let became = old.entry().modern(None);
            let county = became.iter().filter_map(|modern| modern.unit()).find(|unit| unit.level() == Level::County);
            assert_eq!(county, None, "{old:?}");
        }
    }
}

/// Districts of many cities have one name; each leads to its own city.
#[test]
fn a_district_stays_in_its_city() {
    let glossary = Glossary::embedded();
    for (id, expected) in [
        ("gb-430103-0", "湖南省 长沙市 天心区"),
        ("gb-370111-0", "山东省 济南市 历城区"),
        ("gb-132204-0", "河北省 邢台市 襄都区"),
        ("gb-640203-2002", "宁夏回族自治区 石嘴山市 惠农区"),
    ] {
        assert_eq!(names(&glossary, id, None)[0], expected, "{id}");
    }
}
