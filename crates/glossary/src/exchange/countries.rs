//! The countries of today in which a place lies, as codes of ISO 3166-1.

use tongwen::Script;

use crate::entry::Entry;

/// What names of today abroad begin with.
const COUNTRIES: [(&str, &str); 106] = [
    ("阿富汗", "AF"),
    ("阿曼", "OM"),
    ("埃及", "EG"),
    ("埃塞俄比亚", "ET"),
    ("爱沙尼亚", "EE"),
    ("奥地利", "AT"),
    ("澳大利亚", "AU"),
    ("巴基斯坦", "PK"),
    ("巴西", "BR"),
    ("贝宁", "BJ"),
    ("波兰", "PL"),
    ("伯利兹", "BZ"),
    ("博茨瓦纳", "BW"),
    ("不丹", "BT"),
    ("布基纳法索", "BF"),
    ("朝鲜", "KP"),
    ("丹麦", "DK"),
    ("德国", "DE"),
    ("帝汶", "TL"),
    ("俄罗斯", "RU"),
    ("法国", "FR"),
    ("菲律宾", "PH"),
    ("芬兰", "FI"),
    ("佛得角", "CV"),
    ("刚果民主共和国", "CD"),
    ("刚果（金）", "CD"),
    ("刚果(金)", "CD"),
    ("刚果（布）", "CG"),
    ("哥斯达黎加", "CR"),
    ("格鲁吉亚", "GE"),
    ("圭亚那", "GY"),
    ("哈萨克斯坦", "KZ"),
    ("韩国", "KR"),
    ("荷兰", "NL"),
    ("黑山", "ME"),
    ("基里巴斯", "KI"),
    ("吉尔吉斯斯坦", "KG"),
    ("加拿大", "CA"),
    ("加纳", "GH"),
    ("柬埔寨", "KH"),
    ("捷克", "CZ"),
    ("津巴布韦", "ZW"),
    ("科特迪瓦", "CI"),
    ("克罗地亚", "HR"),
    ("肯尼亚", "KE"),
    ("拉脱维亚", "LV"),
    ("莱索托", "LS"),
    ("老挝", "LA"),
    ("黎巴嫩", "LB"),
    ("卢森堡", "LU"),
    ("罗马尼亚", "RO"),
    ("马尔代夫", "MV"),
    ("马拉维", "MW"),
    ("马来西亚", "MY"),
    ("马里", "ML"),
    ("美国", "US"),
    ("蒙古", "MN"),
    ("孟加拉国", "BD"),
    ("秘鲁", "PE"),
    ("缅甸", "MM"),
    ("摩洛哥", "MA"),
    ("莫桑比克", "MZ"),
    ("墨西哥", "MX"),
    ("纳米比亚", "NA"),
    ("尼泊尔", "NP"),
    ("挪威", "NO"),
    ("葡萄牙", "PT"),
    ("日本", "JP"),
    ("瑞典", "SE"),
    ("瑞士", "CH"),
    ("塞尔维亚", "RS"),
    ("沙特阿拉伯", "SA"),
    ("沙特", "SA"),
    ("斯里兰卡", "LK"),
    ("斯洛伐克", "SK"),
    ("斯洛文尼亚", "SI"),
    ("斯威士兰", "SZ"),
    ("苏里南", "SR"),
    ("索马里", "SO"),
    ("塔吉克斯坦", "TJ"),
    ("泰国", "TH"),
    ("坦桑尼亚", "TZ"),
    ("突尼斯", "TN"),
    ("图瓦卢", "TV"),
    ("土耳其", "TR"),
    ("土库曼斯坦", "TM"),
    ("瓦努阿图", "VU"),
    ("文莱", "BN"),
    ("乌克兰", "UA"),
    ("乌兹别克斯坦", "UZ"),
    ("西班牙", "ES"),
    ("希腊", "GR"),
    ("新加坡", "SG"),
    ("匈牙利", "HU"),
    ("叙利亚", "SY"),
    ("也门", "YE"),
    ("伊拉克", "IQ"),
    ("伊朗", "IR"),
    ("以色列", "IL"),
    ("意大利", "IT"),
    ("印度尼西亚", "ID"),
    ("印度", "IN"),
    ("英国", "GB"),
    ("约旦", "JO"),
    ("越南", "VN"),
    ("赞比亚", "ZM"),
];

/// Provinces of the code book that have a code of their own in ISO 3166-1.
const PROVINCES: [(u32, &str); 3] = [(71, "TW"), (81, "HK"), (82, "MO")];

/// The codes; a place that is not abroad is in China, and a continent is in no country.
pub(super) fn codes(entry: Entry<'_>) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = Vec::new();
    let mut add = |code| {
        if !codes.contains(&code) {
            codes.push(code);
        }
    };
    for modern in entry.modern(None) {
        let unit = modern.unit().map(|unit| unit.code().number() / 10_000);
        let code = match unit {
            Some(province) => {
                Some(PROVINCES.iter().find(|(known, _)| *known == province).map_or("CN", |(_, code)| *code))
            }
            None => of_name(modern.name(Script::Simplified), entry.id()),
        };
        code.into_iter().for_each(&mut add);
    }
    codes
}

/// The code of a name of today; the region in the id says where names without a country are.
fn of_name(name: &str, id: &str) -> Option<&'static str> {
    let country = COUNTRIES.iter().filter(|(country, _)| name.starts_with(country));
    match country.max_by_key(|(country, _)| country.len()) {
        Some((_, code)) => Some(code),
        None if id.starts_with("tw-") => Some("TW"),
        None if name.starts_with("香港") => Some("HK"),
        None if name.starts_with("澳门") => Some("MO"),
        None if id.starts_with("wg-") => None,
        None => Some("CN"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Glossary;

    #[test]
    fn countries_of_places() {
        let glossary = Glossary::embedded();
        let codes_of = |id: &str| codes(glossary.entry(id).unwrap());
        assert_eq!(codes_of("xj-gumudi-1763"), ["CN"]);
        assert_eq!(of_name("印度尼西亚雅加达", "wg-badaweiya-1619"), Some("ID"));
        assert_eq!(of_name("高雄市", "tw-dagou-x"), Some("TW"));
        for (index, (name, code)) in COUNTRIES.iter().enumerate() {
            assert!(code.len() == 2 && COUNTRIES[..index].iter().all(|(known, _)| known != name), "{name}");
        }
    }
}
