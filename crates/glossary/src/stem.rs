//! The stem of a unit's name: 米泉 of 米泉县, 长阳 of 长阳土家族自治县.

/// Types of units, the longer before those that they end in.
const TYPES: [&str; 16] = [
    "特别行政区",
    "行政区",
    "自治县",
    "自治旗",
    "自治州",
    "自治区",
    "联合旗",
    "地区",
    "林区",
    "特区",
    "市",
    "县",
    "区",
    "旗",
    "盟",
    "省",
];

/// Peoples in the names of autonomous units.
const PEOPLES: [&str; 46] = [
    "土家族",
    "苗族",
    "侗族",
    "布依族",
    "彝族",
    "哈尼族",
    "傣族",
    "壮族",
    "回族",
    "满族",
    "蒙古族",
    "藏族",
    "羌族",
    "瑶族",
    "黎族",
    "畲族",
    "土族",
    "撒拉族",
    "哈萨克族",
    "哈萨克",
    "蒙古",
    "柯尔克孜",
    "塔吉克",
    "锡伯",
    "维吾尔",
    "朝鲜族",
    "达斡尔族",
    "鄂温克族",
    "佤族",
    "拉祜族",
    "傈僳族",
    "怒族",
    "独龙族",
    "白族",
    "纳西族",
    "普米族",
    "布朗族",
    "景颇族",
    "仡佬族",
    "水族",
    "仫佬族",
    "毛南族",
    "各族",
    "裕固族",
    "保安族",
    "东乡族",
];

/// What types and peoples end with: one look at the last character spares most of the comparisons.
const TYPE_ENDS: [char; 7] = ['县', '旗', '州', '区', '市', '盟', '省'];
const PEOPLE_ENDS: [char; 6] = ['族', '克', '古', '孜', '伯', '尔'];

/// The name of a unit, in simplified script, without its type and, in autonomous units, without the names of peoples.
///
/// A stem has at least two characters, except where the name has no more than two (沛县).
///
/// ```
/// use tongwen_glossary::unit_stem;
/// assert_eq!(unit_stem("长阳土家族自治县"), "长阳");
/// assert_eq!(unit_stem("沛县"), "沛");
/// ```
pub fn unit_stem(name: &str) -> &str {
    let enough = |stem: &str| stem.chars().count() >= 2 || (!stem.is_empty() && name.chars().count() == 2);
    if !name.ends_with(TYPE_ENDS) {
        return name;
    }
    // 北林区 is no 林区 called 北: a type that leaves too little is not the type.
    let Some(bare) = TYPES.iter().find_map(|end| name.strip_suffix(end).filter(|bare| enough(bare))) else {
        return name;
    };
    let mut stem = bare;
    while stem.ends_with(PEOPLE_ENDS)
        && let Some(shorter) = PEOPLES.iter().find_map(|people| stem.strip_suffix(people).filter(|rest| enough(rest)))
    {
        stem = shorter;
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems() {
        for (name, expected) in [
            ("长阳土家族自治县", "长阳"),
            ("沛县", "沛"),
            ("乌鲁木齐市", "乌鲁木齐"),
            ("积石山保安族东乡族撒拉族自治县", "积石山"),
            ("北林区", "北林"),
            ("内蒙古自治区", "内蒙古"),
            ("和布克赛尔蒙古自治县", "和布克赛尔"),
            ("郊区", "郊"),
            ("澳门特别行政区", "澳门"),
            ("海南行政区", "海南"),
        ] {
            assert_eq!(unit_stem(name), expected);
        }
        assert!(TYPES.iter().all(|end| end.ends_with(TYPE_ENDS)));
        assert!(PEOPLES.iter().all(|end| end.ends_with(PEOPLE_ENDS)));
    }
}
