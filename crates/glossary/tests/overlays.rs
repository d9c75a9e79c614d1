//! Rows that a user brings, on top of the built-in ones.

use tongwen_glossary::laws::check_overlay;
use tongwen_glossary::{Glossary, Overlay, Place, Script};

const ROWS: &str = "id,name_hans,name_hant,modern,next_id,valid_from,from_prec,valid_to,to_prec,source\n\
    mine-1,旧米泉,舊米泉,652322@1990,xj-qiande-1928,1700,c,1763,y,me\n\
    xj-gumudi-1763,古牧地城,古牧地城,652322@1990,mine-2,1763,y,1928,y,me\n\
    mine-2,新米泉,新米泉,652303@2000,,1996,y,2007,y,me\n";

fn overlaid() -> Glossary {
    Glossary::embedded().with_overlay(&Overlay::parse("mine.csv", ROWS).unwrap()).unwrap()
}

#[test]
fn rows_are_added_and_win_by_id() {
    let plain = Glossary::embedded();
    let glossary = overlaid();
    assert_eq!(glossary.entry("mine-1").unwrap().name(Script::Traditional), "舊米泉");
    assert!(plain.entry("mine-1").is_none());
    assert_eq!(glossary.entry("xj-gumudi-1763").unwrap().name(Script::Simplified), "古牧地城");
    assert_eq!(plain.entry("xj-gumudi-1763").unwrap().name(Script::Simplified), "古牧地");
    let all: Vec<&str> = glossary.entries().map(|entry| entry.id()).collect();
    assert_eq!(all.len(), plain.entries().count() + 2);
    assert_eq!(all.iter().filter(|id| **id == "xj-gumudi-1763").count(), 1);
}

#[test]
fn chains_run_through_both() {
    let glossary = overlaid();
    let story: Vec<&str> = glossary.history("mine-1").iter().map(|link| link.entry.name(Script::Simplified)).collect();
    assert!(
        story.starts_with(&["旧米泉"]) && story.ends_with(&["乾德", "米泉", "米泉县", "米泉市", "米东区"]),
        "{story:?}"
    );
    let story: Vec<&str> = glossary.history("mine-2").iter().map(|link| link.entry.id()).collect();
    assert_eq!(story, ["xj-gumudi-1763", "mine-2", "gb-652303-1996", "gb-650109-2007"]);
    let former: Vec<&str> = glossary.former("650109").iter().map(|entry| entry.id()).collect();
    for id in ["mine-1", "mine-2", "xj-gumudi-1763", "xj-qiande-1928"] {
        assert_eq!(former.iter().filter(|found| **found == id).count(), 1, "{id} in {former:?}");
    }
    assert_eq!(glossary.modern("mine-2", Some(1990))[0].name(Script::Simplified), "米泉县");
}

#[test]
fn a_later_overlay_wins_over_an_earlier_one() {
    let rows = vec![Place::new("mine-1", "更旧米泉", "更舊米泉")];
    let glossary = overlaid().with_overlay(&Overlay::new("more.csv", rows).unwrap()).unwrap();
    assert_eq!(glossary.entry("mine-1").unwrap().name(Script::Traditional), "更舊米泉");
    assert_eq!(glossary.entries().filter(|entry| entry.id() == "mine-1").count(), 1);
    assert!(glossary.entry("mine-2").is_some());
}

#[test]
fn rows_come_back_as_they_were() {
    let overlay = Overlay::parse("mine.csv", ROWS).unwrap();
    let glossary = Glossary::embedded().with_overlay(&overlay).unwrap();
    for row in overlay.places() {
        assert_eq!(glossary.entry(&row.id).unwrap().to_place(), Place { line: 0, ..row.clone() });
    }
    let csv = Place::to_csv(overlay.places());
    let again = Overlay::parse("again.csv", &csv).unwrap();
    let rows: Vec<Place> = again.places().iter().map(|row| Place { line: 0, ..row.clone() }).collect();
    let expected: Vec<Place> = overlay.places().iter().map(|row| Place { line: 0, ..row.clone() }).collect();
    assert_eq!(rows, expected);
}

#[test]
fn laws_see_rows_and_what_is_built_in() {
    let glossary = Glossary::embedded();
    assert_eq!(check_overlay(&glossary, &Overlay::parse("mine.csv", ROWS).unwrap()), []);
    let wrong = "id,name_hans,name_hant,modern,next_id,annotate\n\
        a,旧城,舊成,650109@2005,nowhere,always\n\
        b,旧城,舊城,650109,a,context\n\
        c,丙,丙,650109,d,always\n\
        d,丁,丁,650109,c,always\n";
    let overlay = Overlay::parse("mine.csv", wrong).unwrap();
    let faults: Vec<String> = check_overlay(&glossary, &overlay).iter().map(ToString::to_string).collect();
    let expected = [
        "mine.csv:2: column `name_hant`: `成` is no traditional form of `城`; correct one of them, or make it a variant",
        "mine.csv:2: column `modern`: `650109@2005` names no unit in 2005; units had it in 2007-",
        "mine.csv:2: column `next_id`: `nowhere` is no row; correct the id or leave it empty",
        "mine.csv:3: column `cues_pos`: is empty, but the name needs a cue; give some, or make it `always` or `never`",
        "mine.csv:4: column `next_id`: `d` leads in a circle, to `c` again; break it",
        "mine.csv:5: column `next_id`: `c` leads in a circle, to `d` again; break it",
    ];
    assert_eq!(faults, expected);
}
