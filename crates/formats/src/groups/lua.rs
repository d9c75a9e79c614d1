//! Finds the rules in the source of a Lua module, without running it.
//!
//! The modules of conversion groups are tables of constants: `Item('Memory', 'zh-cn:内存;zh-tw:記憶體')` and
//! `{ type = 'item', original = 'Memory', rule = 'zh-cn:内存;zh-tw:記憶體' }`. So it is enough to cut the source into words,
//! strings and signs, and to look for these two forms. Strings that are put together with `..` or come out of variables are
//! not seen.
//!
//! Cost: one pass.

/// The smallest pieces of the language that matter here.
#[derive(Debug, PartialEq)]
enum Token<'a> {
    Word(&'a str),
    Text(String),
    Sign(u8),
}

/// The rules of a module; none if the text does not look like one.
pub(super) fn rules(text: &str) -> Option<Vec<String>> {
    if !["Item", "rule", "return"].iter().any(|word| text.contains(word)) {
        return None;
    }
    let tokens = tokens(text);
    let mut is_module = false;
    let mut rules = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        match (token, &tokens[index + 1..]) {
            (Token::Word("Item"), [Token::Sign(b'('), Token::Text(_), Token::Sign(b','), Token::Text(rule), ..])
            | (Token::Word("rule"), [Token::Sign(b'='), Token::Text(rule), ..]) => rules.push(rule.clone()),
            (Token::Word("return"), [Token::Sign(b'{'), ..]) => is_module = true,
            _ => {}
        }
    }
    (is_module || !rules.is_empty()).then_some(rules)
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut brackets = LongBrackets::default();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let byte = bytes[at];
        at += 1;
        match byte {
            b'-' if bytes.get(at) == Some(&b'-') => {
                at = match brackets.read(text, at + 1) {
                    Some((_, end)) => end,
                    None => memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length),
                };
            }
            b'[' => match brackets.read(text, start) {
                Some((content, end)) => {
                    tokens.push(Token::Text(content.to_string()));
                    at = end;
                }
                None => tokens.push(Token::Sign(byte)),
            },
            b'\'' | b'"' => {
                let (content, end) = quoted(bytes, at, byte);
                tokens.push(Token::Text(content));
                at = end;
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                at += bytes[at..].iter().take_while(|byte| **byte == b'_' || byte.is_ascii_alphanumeric()).count();
                tokens.push(Token::Word(&text[start..at]));
            }
            _ if byte.is_ascii_whitespace() => {}
            _ => tokens.push(Token::Sign(byte)),
        }
    }
    tokens
}

/// Reads `[[..]]` and `[==[..]==]`.
#[derive(Default)]
struct LongBrackets {
    /// For each number of equals signs: whether the text goes on without such a closing.
    hopeless: [bool; LongBrackets::LEVELS],
}

impl LongBrackets {
    /// No module writes more equals signs, and a limit keeps the search linear.
    const LEVELS: usize = 8;

    /// The bracket at a place: its content and where it ends. One that is not closed is none.
    fn read<'a>(&mut self, text: &'a str, at: usize) -> Option<(&'a str, usize)> {
        let rest = text.get(at..)?.strip_prefix('[')?;
        let level = rest.bytes().take(Self::LEVELS).take_while(|&byte| byte == b'=').count();
        let content = rest[level..].strip_prefix('[')?;
        let hopeless = self.hopeless.get_mut(level)?;
        if *hopeless {
            return None;
        }
        let close = format!("]{}]", "=".repeat(level));
        let Some(length) = memchr::memmem::find(content.as_bytes(), close.as_bytes()) else {
            *hopeless = true;
            return None;
        };
        Some((&content[..length], at + 2 + level + length + close.len()))
    }
}

/// A string in quotation marks from behind its first mark: its value, and where it ends.
fn quoted(bytes: &[u8], mut at: usize, mark: u8) -> (String, usize) {
    let mut value = Vec::new();
    while let Some(&byte) = bytes.get(at).filter(|&&byte| byte != mark && byte != b'\n') {
        at += 1;
        if byte != b'\\' {
            value.push(byte);
            continue;
        }
        let Some(&escaped) = bytes.get(at) else { break };
        at += 1;
        match escaped {
            b'n' => value.push(b'\n'),
            b't' => value.push(b'\t'),
            b'z' => at += bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count(),
            b'0'..=b'9' => {
                let more = bytes[at..].iter().take(2).take_while(|byte| byte.is_ascii_digit());
                let code =
                    more.clone().fold(u32::from(escaped - b'0'), |code, digit| code * 10 + u32::from(digit - b'0'));
                at += more.count();
                value.push(code as u8);
            }
            b'x' => {
                let digits = bytes.get(at..at + 2).and_then(|digits| std::str::from_utf8(digits).ok());
                if let Some(code) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                    value.push(code);
                    at += 2;
                }
            }
            other => value.push(other),
        }
    }
    (String::from_utf8_lossy(&value).into_owned(), bytes.len().min(at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_source_is_read_as_far_as_it_goes() {
        assert_eq!(rules("return {Item('a', 'b"), Some(vec!["b".to_string()]));
        assert_eq!(rules("return {"), Some(vec![]));
        assert_eq!(rules("--[["), None);
        assert_eq!(rules("Item [[a]"), None);
        assert_eq!(rules("zh-cn:Item;zh-tw:rule"), None);
        assert_eq!(rules("Item('a', '\\"), Some(vec![String::new()]));
    }

    #[test]
    fn many_openings_take_linear_time() {
        for opening in ["[[", "--[[", "[=[", "'", "\"\\"] {
            assert_eq!(rules(&("return {".to_string() + &opening.repeat(1_000_000))), Some(vec![]));
        }
    }
}
