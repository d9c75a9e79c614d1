//! Kinds of places in the words of others: classes of GeoNames, concepts of the Art and Architecture Thesaurus (AAT), Chinese types and their pinyin.

use crate::table::Feature;

/// The class of GeoNames, which Linked Places asks for.
pub(super) fn class(feature: Feature) -> &'static str {
    match feature {
        Feature::County
        | Feature::Prefecture
        | Feature::Department
        | Feature::Subprefecture
        | Feature::Circuit
        | Feature::Commandery
        | Feature::Province
        | Feature::Garrison
        | Feature::Banner
        | Feature::League
        | Feature::Aboriginal
        | Feature::State => "A",
        Feature::City | Feature::Town | Feature::Village | Feature::Alias => "P",
        Feature::Region => "L",
        Feature::River | Feature::Lake => "H",
        Feature::Mountain | Feature::Pass | Feature::Desert | Feature::Island => "T",
        Feature::Road => "R",
    }
}

/// The kind that a class of GeoNames most likely stands for.
pub(super) fn of_class(class: &str) -> Option<Feature> {
    match class {
        "A" | "L" => Some(Feature::Region),
        "P" | "S" => Some(Feature::Town),
        "H" => Some(Feature::River),
        "T" => Some(Feature::Mountain),
        "R" => Some(Feature::Road),
        _ => None,
    }
}

/// The concept of the AAT with its English term; none for an alias, which may be of anything.
pub(super) fn concept(feature: Feature) -> Option<(u32, &'static str)> {
    Some(match feature {
        Feature::County => (300_000_771, "county"),
        Feature::Prefecture => (300_235_099, "prefecture"),
        Feature::Department
        | Feature::Subprefecture
        | Feature::Circuit
        | Feature::Commandery
        | Feature::Banner
        | Feature::League => (300_232_418, "administrative division"),
        Feature::Province => (300_000_774, "province"),
        Feature::Garrison => (300_164_060, "military installation"),
        Feature::Aboriginal => (300_374_944, "chiefdom"),
        Feature::State => (300_417_385, "polity"),
        Feature::City => (300_008_389, "city"),
        Feature::Town => (300_008_375, "town"),
        Feature::Village => (300_008_372, "village"),
        Feature::Region => (300_182_722, "region (geographic)"),
        Feature::River => (300_008_707, "river"),
        Feature::Lake => (300_008_680, "lake"),
        Feature::Mountain => (300_008_795, "mountain"),
        Feature::Pass => (300_259_572, "pass"),
        Feature::Desert => (300_008_916, "desert"),
        Feature::Island => (300_008_791, "island"),
        Feature::Road => (300_008_217, "road"),
        Feature::Alias => return None,
    })
}

/// The kind that a concept of the AAT stands for, where it is the concept of one kind only.
pub(super) fn of_concept(number: u32) -> Option<Feature> {
    let mut kinds = Feature::ALL.iter().filter(|feature| concept(**feature).is_some_and(|(known, _)| known == number));
    match (kinds.next(), kinds.next()) {
        (Some(only), None) => Some(*only),
        _ => None,
    }
}

/// Types as Chinese sources have them: the end of the type, its pinyin, the kind, and whether it is the suffix of full names.
const TYPES: [(&str, &str, Feature, Suffix); 37] = [
    ("县", "xian", Feature::County, Suffix::Official),
    ("直隶州", "zhilizhou", Feature::Department, Suffix::Other),
    ("散州", "sanzhou", Feature::Department, Suffix::Other),
    ("州", "zhou", Feature::Department, Suffix::Official),
    ("直隶厅", "zhiliting", Feature::Subprefecture, Suffix::Other),
    ("厅", "ting", Feature::Subprefecture, Suffix::Official),
    ("都护府", "duhufu", Feature::Garrison, Suffix::Official),
    ("都督府", "dudufu", Feature::Garrison, Suffix::Official),
    ("总管府", "zongguanfu", Feature::Prefecture, Suffix::Official),
    ("府", "fu", Feature::Prefecture, Suffix::Official),
    ("道", "dao", Feature::Circuit, Suffix::Official),
    ("路", "lu", Feature::Circuit, Suffix::Official),
    ("郡", "jun", Feature::Commandery, Suffix::Official),
    ("布政使司", "buzhengshisi", Feature::Province, Suffix::Official),
    ("行省", "xingsheng", Feature::Province, Suffix::Other),
    ("省", "sheng", Feature::Province, Suffix::Official),
    ("千户所", "qianhusuo", Feature::Garrison, Suffix::Official),
    ("卫", "wei", Feature::Garrison, Suffix::Official),
    ("所", "suo", Feature::Garrison, Suffix::Official),
    ("军", "", Feature::Garrison, Suffix::Official),
    ("盟", "meng", Feature::League, Suffix::Official),
    ("旗", "qi", Feature::Banner, Suffix::Official),
    ("宣慰司", "xuanweisi", Feature::Aboriginal, Suffix::Official),
    ("长官司", "zhangguansi", Feature::Aboriginal, Suffix::Official),
    ("土司", "tusi", Feature::Aboriginal, Suffix::Official),
    ("国", "guo", Feature::State, Suffix::Official),
    ("都", "capital", Feature::City, Suffix::Other),
    ("城", "cheng", Feature::City, Suffix::Official),
    ("市", "shi", Feature::City, Suffix::Official),
    ("镇", "zhen", Feature::Town, Suffix::Official),
    ("村", "cun", Feature::Village, Suffix::Other),
    ("关", "guan", Feature::Pass, Suffix::Other),
    ("山", "shan", Feature::Mountain, Suffix::Other),
    ("湖", "hu", Feature::Lake, Suffix::Other),
    ("河", "he", Feature::River, Suffix::Other),
    ("江", "jiang", Feature::River, Suffix::Other),
    ("岛", "dao (island)", Feature::Island, Suffix::Other),
];

/// Whether a type is what full names end in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Suffix {
    Official,
    Other,
}

/// A kind of place as a source states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) feature: Feature,
    /// What full names end in, in simplified script; empty when they do not.
    pub(super) suffix: &'static str,
}

/// The kind of a type in characters (直隶州, in simplified script) or pinyin, by what it ends in; English words of our own vocabulary are known too.
pub(super) fn of_type(text: &str) -> Option<Kind> {
    text.split([',', ';', '(', '（'])
        .flat_map(|part| [part.trim()].into_iter().chain(part.split_whitespace()))
        .find_map(of_word)
}

fn of_word(word: &str) -> Option<Kind> {
    let lower = word.to_ascii_lowercase();
    let kind = |&(han, _, feature, suffix): &(&'static str, &str, Feature, Suffix)| Kind {
        feature,
        suffix: if suffix == Suffix::Official { han } else { "" },
    };
    let known = TYPES.iter().find(|(han, latin, ..)| word.ends_with(han) || (!lower.is_empty() && *latin == lower));
    known.map(kind).or_else(|| lower.parse().ok().map(|feature| Kind { feature, suffix: "" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_known_by_their_ends() {
        let cases = [
            ("县", Feature::County, "县"),
            ("Xian", Feature::County, "县"),
            ("直隶州", Feature::Department, ""),
            ("安西都护府", Feature::Garrison, "都护府"),
            ("county 县", Feature::County, ""),
            ("zhou (jun)", Feature::Department, "州"),
            ("village", Feature::Village, ""),
        ];
        for (text, feature, suffix) in cases {
            let kind = of_type(text).unwrap();
            assert_eq!(kind.feature, feature, "{text}");
            if text != "county 县" {
                assert_eq!(kind.suffix, suffix, "{text}");
            }
        }
        assert_eq!(of_type("[Unknown]"), None);
        assert_eq!(of_type(""), None);
    }

    #[test]
    fn every_kind_has_a_class_and_concepts_lead_back() {
        for &feature in Feature::ALL {
            assert!(of_class(class(feature)).is_some(), "{feature}");
            if let Some(back) = concept(feature).and_then(|(number, _)| of_concept(number)) {
                assert_eq!(back, feature);
            }
        }
        assert_eq!(of_concept(300_232_418), None);
        assert_eq!(of_concept(300_000_771), Some(Feature::County));
    }
}
