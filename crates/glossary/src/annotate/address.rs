//! Addresses in running text: URLs, paths, e-mail addresses and names of files. What stands in one is no name to be glossed.
//!
//! Plain text has no markup that says where an address ends, and Chinese goes on behind one without a blank. So characters of names belong to an
//! address only behind a mark of its own: in `https://x.org/迪化/a看迪化` the first 迪化 does, and the second does not.
//!
//! Cost: at most a few hundred characters are looked at for each name, and for nearly every one two.

use std::ops::Range;

use super::block::is_han;

/// How far a part of an address reaches around a name, in characters.
const PART: usize = 16;
/// How long an address may be before a name.
const LONGEST: usize = 200;

/// Endings of names of files and of hosts.
const ENDINGS: [&str; 34] = [
    "7z", "avi", "csv", "doc", "docx", "epub", "gif", "htm", "html", "jpeg", "jpg", "json", "md", "mov", "mp3", "mp4",
    "odt", "pdf", "png", "ppt", "pptx", "svg", "tif", "txt", "webp", "xls", "xlsx", "zip", "cn", "com", "hk", "net",
    "org", "tw",
];

/// Whether a name stands in an address.
pub(crate) fn in_address(characters: &[char], name: &Range<usize>) -> bool {
    let (before, after) = (&characters[..name.start], &characters[name.end..]);
    let part = before.iter().rev().take(PART).take_while(|character| is_han(**character)).count();
    let before = &before[..before.len() - part];
    let rest = after.iter().take(PART).take_while(|character| is_han(**character)).count();
    ends_in_address(before) || begins_rest_of_address(&after[rest..])
}

/// Whether characters end in an address that goes on.
fn ends_in_address(before: &[char]) -> bool {
    if !before
        .last()
        .is_some_and(|last| matches!(last, '/' | '\\' | '=' | '?' | '#' | '&' | '-' | '_' | '+' | '%' | '.'))
    {
        return false;
    }
    let belongs = |character: &char| {
        is_han(*character) || (character.is_ascii_graphic() && !matches!(character, '"' | '<' | '>' | '`' | '(' | '['))
    };
    let length = before.iter().rev().take(LONGEST).take_while(|character| belongs(character)).count();
    let address: String = before[before.len() - length..].iter().collect();
    // Chinese may stand before a path without a blank. A path of Chinese alone would be a list: 乌鲁木齐/迪化.
    let path = address.trim_start_matches(is_han);
    let file = path.strip_prefix('/').is_some_and(|path| path.starts_with(|first: char| first.is_ascii_alphanumeric()));
    let drive = |address: &str| address.as_bytes().get(1..3).is_some_and(|mark| matches!(mark, b":\\" | b":/"));
    file || address.contains("://")
        || address.contains("www.")
        || ["/", "~/", "./", "../", "\\\\"].iter().any(|start| address.starts_with(start))
        || (address.starts_with(|first: char| first.is_ascii_alphabetic()) && drive(&address))
}

/// Whether characters are the ending of a name of a file, or the host of an e-mail address.
fn begins_rest_of_address(after: &[char]) -> bool {
    let [mark @ ('.' | '@'), rest @ ..] = after else { return false };
    let ending: String = rest.iter().take(PART).take_while(|character| character.is_ascii_alphanumeric()).collect();
    match mark {
        '@' => !ending.is_empty(),
        _ => ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("https://x.org/迪化", true),
            ("见https://x.org/新疆/迪化/地图", true),
            ("https://x.org/a?q=迪化&b", true),
            ("www.x.org/迪化", true),
            ("/data/迪化/a.txt", true),
            ("C:\\地图\\迪化", true),
            ("看 迪化地图.jpg", true),
            ("迪化.PDF", true),
            ("迪化@x.org", true),
            ("迪化.com", true),
            ("文件/home/a/迪化/b.txt", true),
            ("https://x.org/a看迪化", false),
            ("https://x.org/ 迪化", false),
            ("（https://x.org/a）迪化", false),
            ("乌鲁木齐/迪化", false),
            ("库车-迪化", false),
            ("兰州/乌鲁木齐/迪化", false),
            ("迪化.他说", false),
            ("@迪化", false),
        ] {
            let characters: Vec<char> = text.chars().collect();
            let start = text[..text.find("迪化").unwrap()].chars().count();
            assert_eq!(in_address(&characters, &(start..start + 2)), expected, "{text}");
        }
    }
}
