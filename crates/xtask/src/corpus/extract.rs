//! Gets running text out of the files of a package.
//!
//! One function a file format, each from bytes to lines. They keep to what these packages use and make no claim beyond it: a
//! corpus is counted, not shown, so a rare leftover of markup is no harm, while a line break in the middle of a sentence is (it
//! hides a pair of characters).

use super::sources::Reader;

/// Whether a character is a Chinese one.
pub(crate) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The lines of text in a file; what is not valid UTF-8 is left out.
pub(crate) fn lines(bytes: &[u8], reader: Reader) -> Vec<String> {
    if reader == Reader::Catalogue {
        return catalogue(bytes).unwrap_or_default();
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Vec::new() };
    match reader {
        Reader::Html => html(text),
        Reader::Manual => manual(text),
        Reader::Quoted => quoted(text),
        Reader::Assigned => {
            text.lines().map(|line| line.split_once('=').map_or(line, |(_, value)| value).to_string()).collect()
        }
        Reader::Json(skipped) => json(text, skipped),
        Reader::Tagged => text.lines().map(tagged).collect(),
        Reader::Transcript => transcript(text),
        Reader::Lines | Reader::Whole | Reader::Catalogue => text.lines().map(str::to_string).collect(),
    }
}

/// Tags that do not interrupt a sentence.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "app", "b", "bdi", "cite", "cmd", "code", "em", "emph", "file", "font", "gui", "i", "img",
    "input", "kbd", "key", "label", "link", "mark", "small", "span", "strike", "strong", "sub", "sup", "tt", "u",
    "var", "wbr",
];

fn html(text: &str) -> Vec<String> {
    let mut out = String::with_capacity(text.len() / 2);
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        push_folded(&mut out, &rest[..open]);
        rest = &rest[open..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let end = rest.find('>').map_or(rest.len(), |end| end + 1);
        let (tag, after) = rest.split_at(end);
        rest = after;
        let name: String = tag[1..].trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        if (name == "script" || name == "style") && !tag.starts_with("</") {
            rest = rest.find(&format!("</{name}")).map_or("", |end| &rest[end..]);
        }
        if !INLINE.contains(&name.as_str()) {
            out.push('\n');
        }
    }
    push_folded(&mut out, rest);
    out.lines().map(join_cjk).collect()
}

/// Adds text with its entities resolved and its white space folded to single blanks.
fn push_folded(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if character == '&'
            && let Some(end) = rest[1..].find(';').filter(|end| *end <= 8)
            && let Some(meaning) = entity(&rest[1..1 + end])
        {
            out.push(meaning);
            rest = &rest[end + 2..];
            continue;
        }
        rest = &rest[character.len_utf8()..];
        if !character.is_whitespace() {
            out.push(character);
        } else if !out.ends_with([' ', '\n']) {
            out.push(' ');
        }
    }
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "mdash" => '—',
        "ldquo" => '“',
        "rdquo" => '”',
        "hellip" => '…',
        _ => return None,
    })
}

/// Takes out the blanks between two Chinese characters or punctuation marks, which only a line break of the source put there.
fn join_cjk(line: &str) -> String {
    let wide =
        |character: char| is_han(character) || matches!(character, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}');
    let mut out = String::with_capacity(line.len());
    let mut characters = line.trim().chars().peekable();
    while let Some(character) = characters.next() {
        let between = character == ' '
            && out.chars().next_back().is_some_and(wide)
            && characters.peek().copied().is_some_and(wide);
        if !between {
            out.push(character);
        }
    }
    out
}

/// The translations of a message catalogue in either byte order; `None` where it is not one.
fn catalogue(bytes: &[u8]) -> Option<Vec<String>> {
    let little = match bytes.get(..4)? {
        [0xde, 0x12, 0x04, 0x95] => true,
        [0x95, 0x04, 0x12, 0xde] => false,
        _ => return None,
    };
    let word = |offset: usize| -> Option<usize> {
        let four: [u8; 4] = bytes.get(offset..offset + 4)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) } as usize)
    };
    let (count, table) = (word(8)?, word(16)?);
    let mut out = Vec::new();
    for entry in 0..count {
        let (length, start) = (word(table + 8 * entry)?, word(table + 8 * entry + 4)?);
        let message = String::from_utf8_lossy(bytes.get(start..start + length)?);
        // NUL separates plural forms.
        out.extend(message.split(['\0', '\n']).map(str::to_string));
    }
    Some(out)
}

fn manual(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines() {
        let request = line.strip_prefix(['.', '\'']);
        let (words, breaks) = match request {
            Some(request) if request.starts_with('\\') || request.starts_with('"') => continue,
            Some(request) => {
                let (name, words) = request.trim_start().split_once(char::is_whitespace).unwrap_or((request, ""));
                (words, !matches!(name, "B" | "I" | "R" | "BI" | "IB" | "BR" | "RB" | "IR" | "RI" | "SM" | "SB" | "ft"))
            }
            None => (line, line.trim().is_empty()),
        };
        if breaks {
            paragraphs.push(String::new());
        }
        let paragraph = paragraphs.last_mut().expect("starts with one paragraph and only grows");
        paragraph.push(' ');
        paragraph.push_str(&without_escapes(words));
        if request.is_some() && breaks {
            paragraphs.push(String::new());
        }
    }
    paragraphs.iter().map(|paragraph| join_cjk(paragraph)).collect()
}

fn without_escapes(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words.chars();
    while let Some(character) = rest.next() {
        match character {
            '"' => {}
            '\\' => match rest.next() {
                Some('f' | '*') => match rest.next() {
                    Some('(') => drop(rest.nth(1)),
                    Some('[') => drop(rest.find(|next| *next == ']')),
                    _ => {}
                },
                Some('(') => drop(rest.nth(1)),
                Some('[') => drop(rest.find(|next| *next == ']')),
                Some('-') => out.push('-'),
                Some('e' | '\\') => out.push('\\'),
                Some('"') | None => return out,
                Some(_) => {}
            },
            _ => out.push(character),
        }
    }
    out
}

fn quoted(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut characters = text.chars();
    while characters.by_ref().any(|character| character == '"') {
        let mut string = String::new();
        loop {
            match characters.next() {
                None | Some('"') => break,
                Some('\\') => match characters.next() {
                    Some('n' | 'r' | 't') => string.push('\n'),
                    Some('u') => {
                        let digits: String = characters.by_ref().take(4).collect();
                        string.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
                    }
                    Some(escaped) => string.push(escaped),
                    None => break,
                },
                Some(character) => string.push(character),
            }
        }
        out.extend(string.lines().map(str::to_string));
    }
    out
}

fn json(text: &str, skipped: &[&str]) -> Vec<String> {
    fn walk(value: &serde_json::Value, skipped: &[&str], out: &mut Vec<String>) {
        match value {
            serde_json::Value::String(string) => out.extend(string.lines().map(str::to_string)),
            serde_json::Value::Array(values) => values.iter().for_each(|value| walk(value, skipped, out)),
            serde_json::Value::Object(fields) => {
                fields
                    .iter()
                    .filter(|(key, _)| !skipped.contains(&key.as_str()))
                    .for_each(|(_, value)| walk(value, skipped, out));
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    if let Ok(value) = serde_json::from_str(text) {
        walk(&value, skipped, &mut out);
    }
    out
}

fn tagged(line: &str) -> String {
    let words = line.split_whitespace().map(|word| word.rsplit_once('/').map_or(word, |(word, _)| word));
    // `[` opens a compound whose end carries a tag of its own.
    words.map(|word| word.trim_start_matches('[')).map(|word| word.split(']').next().unwrap_or(word)).collect()
}

fn transcript(text: &str) -> Vec<String> {
    let spoken = text.lines().filter(|line| line.starts_with('*')).filter_map(|line| line.split_once(':'));
    spoken.map(|(_, words)| words.split_whitespace().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_keeps_sentences_whole() {
        let page = "<p>点击<b>文件</b>\n    菜单&amp;按&#38190;。</p><script>var 甲;</script><td>表格</td>";
        let found: Vec<String> =
            lines(page.as_bytes(), Reader::Html).into_iter().filter(|line| !line.is_empty()).collect();
        assert_eq!(found, ["点击文件菜单&按键。", "表格"]);
    }

    #[test]
    fn manual_pages_lose_their_requests() {
        let page = ".TH LS 1\n.SH 名称\nls \\- 列出\n\\fB目录\\fP 内容\n.PP\n第二\n.B 段\n";
        let found: Vec<String> =
            lines(page.as_bytes(), Reader::Manual).into_iter().filter(|line| !line.is_empty()).collect();
        assert_eq!(found, ["LS 1", "名称", "ls - 列出目录内容", "第二段"]);
    }

    #[test]
    fn tagged_words_are_joined() {
        assert_eq!(tagged("[中共中央/nt  总书记/n]nt  、/w"), "中共中央总书记、");
    }

    #[test]
    fn quoted_strings_are_unescaped() {
        assert_eq!(quoted(r#"x=["甲\"乙","\u4e19\n丁"]"#), ["甲\"乙", "丙", "丁"]);
    }

    #[test]
    fn catalogues_of_either_byte_order() {
        let build = |word: fn(u32) -> [u8; 4]| {
            let mut file = Vec::new();
            for value in [0x9504_12de, 0, 1, 28, 36, 0, 0, 0, 44, 6, 44] {
                file.extend(word(value));
            }
            file.extend("說明\0".as_bytes());
            file
        };
        assert_eq!(lines(&build(u32::to_le_bytes), Reader::Catalogue), ["說明"]);
        assert_eq!(lines(&build(u32::to_be_bytes), Reader::Catalogue), ["說明"]);
    }
}
