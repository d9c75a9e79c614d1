//! What counts cannot settle, decided by hand: each exception to the rules of `derive.rs` with its reason.
//!
//! The reasons of characters go into the table as notes.

use super::rows::Kind;

/// Character evidence that the counts cannot settle, with the reason.
pub(super) const JUDGEMENT: &[(Option<Kind>, char, &str)] = &[
    (None, '么', "Taiwan writes 么 in 老么 and 么兒"),
    (None, '万', "万俟 and 卍万 in classical text"),
    (None, '胜', "胜肽 in Taiwan"),
    (None, '几', "茶几"),
    (None, '蜡', "蜡祭"),
    (None, '筑', "the instrument 筑, and 筑 for 貴陽"),
    (None, '愿', "鄉愿"),
    (None, '咨', "咨文"),
    (None, '吁', "長吁短嘆"),
    (None, '谿', "勃谿"),
    (Some(Kind::Hant), '計', "kept by one odd phrase of OpenCC's (不可赀計), by nobody else"),
];

/// Forms that the counts would call foreign to a region, or not, and the reason why that is wrong.
pub(super) const REGIONAL_JUDGEMENT: &[(Kind, char, bool, &str)] = &[
    (Kind::TwForeign, '泄', false, "排泄 and 泄漏 are common in Taiwan beside 洩"),
    (Kind::TwForeign, '鉢', false, "衣鉢 is common in Taiwan beside 缽"),
    (Kind::TwForeign, '污', false, "as common as 汙"),
    (Kind::TwForeign, '祕', false, "as common as 秘"),
    (Kind::TwForeign, '樑', false, "the usual form in Taiwan for a beam"),
    (Kind::TwForeign, '梁', false, "a surname; t2tw keeps it"),
    (Kind::TwForeign, '麼', false, "the usual form in Taiwan"),
    (Kind::TwForeign, '蔘', false, "人蔘 is common in Taiwan"),
    (Kind::TwForeign, '鍼', false, "a technical term beside 針"),
    (Kind::TwForeign, '覈', false, "an official term beside 核"),
    (Kind::TwForeign, '痹', false, "as common as 痺"),
    (Kind::TwForeign, '檐', false, "beside 簷, too rare to judge"),
    (Kind::TwForeign, '踊', false, "beside 踴, too rare to judge"),
    (Kind::TwForeign, '睾', false, "beside 睪, too rare to judge"),
    (Kind::TwForeign, '癡', false, "common in Taiwan beside 痴"),
    (Kind::TwForeign, '鮎', false, "another fish than 鯰"),
    (Kind::TwForeign, '齶', false, "too rare to judge"),
    (Kind::TwForeign, '棱', false, "beside 稜, too rare to judge"),
    (Kind::TwForeign, '幺', false, "too rare to judge"),
    (Kind::TwForeign, '脣', false, "the form of the Taiwanese standard"),
    (Kind::TwForeign, '皁', true, "the standard form in Taiwan is 皂"),
    (Kind::TwForeign, '竈', true, "the standard form in Taiwan is 灶"),
    (Kind::TwForeign, '糉', true, "the standard form in Taiwan is 粽"),
    (Kind::TwForeign, '麪', true, "the standard form in Taiwan is 麵"),
    (Kind::TwForeign, '牀', true, "the standard form in Taiwan is 床"),
    (Kind::TwForeign, '繮', true, "the standard form in Taiwan is 韁"),
    (Kind::TwForeign, '喫', true, "the standard form in Taiwan is 吃"),
    (Kind::TwForeign, '嫺', true, "the standard form in Taiwan is 嫻"),
    (Kind::HkForeign, '爲', true, "the standard form in Hong Kong is 為"),
    (Kind::HkForeign, '衆', true, "the standard form in Hong Kong is 眾"),
    (Kind::HkForeign, '喫', false, "written in Cantonese beside 吃"),
    (Kind::HkForeign, '癡', false, "as common as 痴"),
    (Kind::HkForeign, '鍼', false, "a technical term beside 針"),
    (Kind::HkForeign, '覈', false, "an official term beside 核"),
    (Kind::HkForeign, '踊', false, "beside 踴, too rare to judge"),
    (Kind::HkForeign, '皁', true, "the standard form in Hong Kong is 皂"),
    (Kind::HkForeign, '竈', true, "the standard form in Hong Kong is 灶"),
    (Kind::HkForeign, '菸', true, "the standard form in Hong Kong is 煙"),
    (Kind::HkForeign, '鉢', true, "the standard form in Hong Kong is 缽"),
    (Kind::HkForeign, '溼', true, "the standard form in Hong Kong is 濕"),
    (Kind::HkForeign, '脣', false, "beside 唇, too rare to judge"),
    (Kind::HkForeign, '纔', true, "the standard form in Hong Kong is 才"),
];

/// Characters among those that the scripts use differently after which another word may begin, or which are surnames: what
/// follows them says nothing (皇后 with 有 behind it, the name 于文文), so no pair may begin with one.
pub(super) const NOT_FIRST: &str = "于余范叶岳郁朴种干万仆党后";
