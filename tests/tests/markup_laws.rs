//! Laws of conversion markup in plain text: a slow reference, streams, partitions, time.
//!
//! The reference reads the markup the way its rules are told: recursively, with strings that are copied and maps that are
//! rebuilt. It knows only `-{ }-`, no dictionary, and nothing about places in the source.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use tongwen::{Converter, Level, Variant};
use tongwen_formats::{Document, Format, Mode, Options, PageRules, StreamMarkup};

const CODES: [&str; 9] = ["zh", "zh-hans", "zh-hant", "zh-cn", "zh-hk", "zh-mo", "zh-my", "zh-sg", "zh-tw"];
const STANDARD: [&str; 9] =
    ["zh", "zh-Hans", "zh-Hant", "zh-Hans-CN", "zh-Hant-HK", "zh-Hant-MO", "zh-Hans-MY", "zh-Hans-SG", "zh-Hant-TW"];
const LABELS: [&str; 9] = ["原文", "简体", "繁體", "大陆", "香港", "澳門", "大马", "新加坡", "臺灣"];

fn fallbacks(code: &str) -> Vec<&'static str> {
    let list = match code {
        "zh" => "zh-hans zh-hant zh-cn zh-tw zh-hk zh-sg zh-mo zh-my",
        "zh-hans" => "zh-cn zh-sg zh-my",
        "zh-hant" => "zh-tw zh-hk zh-mo",
        "zh-cn" => "zh-hans zh-sg zh-my",
        "zh-sg" => "zh-my zh-hans zh-cn",
        "zh-my" => "zh-sg zh-hans zh-cn",
        "zh-tw" => "zh-hant zh-hk zh-mo",
        "zh-hk" => "zh-mo zh-hant zh-tw",
        _ => "zh-hk zh-hant zh-tw",
    };
    list.split(' ').collect()
}

/// What a page has said, read slowly.
struct Reference {
    target: &'static str,
    /// Whether rules change the words.
    applies: bool,
    words: HashMap<String, String>,
    title: Option<String>,
    /// Variant lists that were shown.
    lists: usize,
    /// Descriptions in the outermost span at hand, and the most in any so far.
    descriptions: usize,
    most_descriptions: usize,
}

type Pairs = Vec<(String, String)>;

impl Reference {
    fn new(target: &'static str, applies: bool) -> Reference {
        let words = HashMap::new();
        Reference { target, applies, words, title: None, lists: 0, descriptions: 0, most_descriptions: 0 }
    }

    fn convert(&self, text: &str) -> String {
        let mut converted = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let longest =
                self.words.iter().filter(|word| rest.starts_with(word.0.as_str())).max_by_key(|word| word.0.len());
            let length = match longest {
                Some((word, becomes)) => {
                    converted.push_str(becomes);
                    word.len()
                }
                None => {
                    converted.push(first);
                    first.len_utf8()
                }
            };
            rest = &rest[length..];
        }
        converted
    }

    fn page(&mut self, mut text: &str) -> String {
        let mut shown = String::new();
        while let Some(at) = text.find("-{") {
            shown.push_str(&self.convert(&text[..at]));
            self.descriptions = 0;
            let (span, rest) = self.span(&text[at + 2..], 1);
            self.most_descriptions = self.most_descriptions.max(self.descriptions);
            shown.push_str(&span);
            text = rest;
        }
        shown + &self.convert(text)
    }

    /// What the span shows that begins before this text, and what is behind it.
    fn span<'t>(&mut self, mut text: &'t str, level: usize) -> (String, &'t str) {
        let mut body = String::new();
        loop {
            let (opens, closes) = (text.find("-{"), text.find("}-"));
            let at = match (opens, closes) {
                (None, None) => {
                    body.push_str(text);
                    // Only the outermost one is converted, once.
                    let rest = if level == 1 { self.convert(&body) } else { body };
                    return (format!("-{{{rest}"), "");
                }
                (opens, closes) => opens.unwrap_or(usize::MAX).min(closes.unwrap_or(usize::MAX)),
            };
            body.push_str(&text[..at]);
            text = &text[at + 2..];
            if closes == Some(at) {
                return (self.evaluate(&body), text);
            }
            if level == 10 {
                body.push_str("-{");
                continue;
            }
            let (inner, rest) = self.span(text, level + 1);
            body.push_str(&inner);
            text = rest;
        }
    }

    fn evaluate(&mut self, body: &str) -> String {
        let trim = |text: &str| text.trim_matches([' ', '\t', '\n', '\r', '\0', '\u{B}']).to_string();
        let (before, rest) = body.split_once('|').unwrap_or(("", body));
        let mut flags: Vec<String> = Vec::new();
        for flag in before.split(';').map(trim) {
            let known = ["A", "T", "R", "D", "-", "H", "N"].contains(&flag.as_str()) || CODES.contains(&flag.as_str());
            if known && !flags.contains(&flag) {
                flags.push(flag);
            }
        }
        let has = |flag: &str| flags.iter().any(|known| known == flag);
        let list: Vec<&str> = CODES.into_iter().filter(|code| has(code)).collect();
        // What happens, in the order in which it happens; the last thing that shows something counts.
        let steps: Vec<&str> = if flags.is_empty() {
            vec!["show"]
        } else if has("R") {
            return rest.to_string();
        } else if has("N") {
            let label = CODES.iter().position(|code| *code == trim(rest)).map(|index| LABELS[index]);
            return label.unwrap_or_default().to_string();
        } else if has("-") {
            vec!["remove"]
        } else if has("H") {
            let title = has("T").then_some("title");
            ["add"].into_iter().chain(title).chain(has("D").then_some("describe")).collect()
        } else if !list.is_empty() {
            self.lists += 1;
            return rest.to_string();
        } else {
            let step = |flag: &String| match flag.as_str() {
                "T" => Some("title"),
                "D" => Some("describe"),
                _ => None,
            };
            let mut steps: Vec<&str> = flags.iter().filter_map(step).collect();
            if has("A") {
                steps.push("add");
                if !has("D") {
                    steps.push("show");
                }
            }
            steps
        };
        let rest = rest.replace("=&gt;", "=>");
        let (mut two_way, one_way) = rules(&rest, &trim);
        let is_rule = !two_way.is_empty() || !one_way.is_empty();
        let changes = steps.contains(&"add") || steps.contains(&"remove");
        if !is_rule && changes && !rest.is_empty() {
            two_way = CODES.iter().map(|code| (code.to_string(), rest.clone())).collect();
        }
        if !is_rule && !changes && !steps.contains(&"title") {
            return rest;
        }
        let text_of = |code: &str| two_way.iter().find(|pair| pair.0 == code).map(|pair| pair.1.clone());
        let filled = |code: &str| text_of(code).or_else(|| fallbacks(code).into_iter().find_map(text_of));
        let first_one_way = |code: &str| one_way.iter().find(|rule| rule.0 == code).map(|rule| rule.2.clone());
        let shown_for = |code: &str| {
            if two_way.is_empty() && one_way.is_empty() {
                return Some(rest.clone());
            }
            let any = || (code == "zh").then(|| one_way.first().map(|rule| rule.2.clone())).flatten();
            filled(code).or_else(|| first_one_way(code)).or_else(any)
        };
        let mut shown = String::new();
        for step in &steps {
            shown = match *step {
                "show" => shown_for(self.target).or_else(|| shown_for("zh")).unwrap_or_default(),
                "describe" => {
                    self.descriptions += 1;
                    describe(&two_way, &one_way)
                }
                "title" => {
                    let title = match self.target {
                        "zh" if !is_rule => None,
                        "zh" => text_of("zh").or_else(|| first_one_way("zh")),
                        target => shown_for(target),
                    };
                    if let Some(title) = title.filter(|title| !title.is_empty()) {
                        self.title = Some(title);
                    }
                    String::new()
                }
                _ => String::new(),
            };
        }
        if changes && self.applies && self.target != "zh" {
            let mut words: HashMap<String, String> = HashMap::new();
            let regional = self.target.len() == 5;
            for code in CODES {
                if code == self.target {
                    words.extend(
                        one_way.iter().filter(|rule| rule.0 == code).map(|rule| (rule.1.clone(), rule.2.clone())),
                    );
                } else if let (true, Some(own), Some(other)) = (regional, filled(self.target), filled(code)) {
                    words.insert(other, own);
                }
            }
            for (word, becomes) in words {
                match steps.contains(&"add") {
                    true => self.words.insert(word, becomes),
                    false => self.words.remove(&word),
                };
            }
        }
        shown
    }
}

/// Two-way texts by code, and one-way rules as code, source, target; nothing if the body is no rule.
fn rules(body: &str, trim: &dyn Fn(&str) -> String) -> (Pairs, Vec<(String, String, String)>) {
    let ends_entity = |at: usize| {
        let name: Vec<char> = body[..at].chars().rev().take_while(|c| c.is_ascii_alphanumeric() || *c == '#').collect();
        !name.is_empty() && body[..at - name.len()].ends_with('&')
    };
    let semicolons: Vec<usize> = body.match_indices(';').map(|found| found.0).filter(|&at| !ends_entity(at)).collect();
    let begins = |text: &str| {
        let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\u{B}', '\u{C}']);
        let codes = CODES.iter().chain(&STANDARD);
        codes.into_iter().any(|code| {
            let behind =
                text.strip_prefix(code).map(|rest| rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{B}', '\u{C}']));
            behind.is_some_and(|rest| rest.starts_with(':'))
        })
    };
    let mut segments = Vec::new();
    let mut start = 0;
    for (index, &at) in semicolons.iter().enumerate() {
        let stop = semicolons.get(index + 1).copied().unwrap_or(body.len());
        let follows = &body[at + 1..stop];
        let all_blank = body[at + 1..].bytes().all(|byte| b" \t\n\r\x0B\x0C".contains(&byte));
        if begins(follows) || follows.match_indices("=>").any(|(arrow, _)| begins(&follows[arrow + 2..])) || all_blank {
            segments.push(&body[start..at]);
            start = at + 1;
        }
    }
    segments.push(&body[start..]);
    let code_of = |name: &str| {
        let same = |known: &&str| known.eq_ignore_ascii_case(name);
        CODES.iter().position(same).or_else(|| STANDARD.iter().position(same))
    };
    let (mut two_way, mut one_way): (Pairs, Vec<(String, String, String)>) = (Vec::new(), Vec::new());
    for segment in segments {
        let Some((name, text)) = segment.split_once(':') else { continue };
        let (name, text) = (trim(name), trim(text));
        let (from, code) = match name.split_once("=>") {
            Some((from, code)) => (Some(trim(from)), trim(code)),
            None => (None, name),
        };
        let Some(code) = code_of(&code).map(|index| CODES[index].to_string()) else { return Default::default() };
        match from {
            None if text.is_empty() => {}
            None => match two_way.iter_mut().find(|pair| pair.0 == code) {
                Some(pair) => pair.1 = text,
                None => two_way.push((code, text)),
            },
            Some(from) if from.is_empty() => {}
            Some(from) => match one_way.iter_mut().find(|rule| rule.0 == code && rule.1 == from) {
                Some(rule) => rule.2 = text,
                None => one_way.push((code, from, text)),
            },
        }
    }
    (two_way, one_way)
}

fn describe(two_way: &[(String, String)], one_way: &[(String, String, String)]) -> String {
    let label = |code: &str| CODES.iter().position(|known| *known == code).map_or("", |index| LABELS[index]);
    let mut words = String::new();
    for (code, text) in two_way {
        words += &format!("{}：{text}；", label(code));
    }
    let mut codes: Vec<&str> = Vec::new();
    for (code, ..) in one_way {
        if !codes.contains(&code.as_str()) {
            codes.push(code);
        }
    }
    for code in codes {
        for (_, from, to) in one_way.iter().filter(|rule| rule.0 == code) {
            words += &format!("{from}⇒{}：{to}；", label(code));
        }
    }
    words
}

/// Pieces of markup, and of what may be mistaken for it.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "-{",
        "}-",
        "-{",
        "}-",
        "|",
        ";",
        ":",
        "=>",
        "zh-cn",
        "zh-tw",
        "zh-hans",
        "zh-Hant-HK",
        "zh",
        "ZH-SG",
        "en",
        "A",
        "H",
        "T",
        "D",
        "N",
        "R",
        "-",
        "X",
        "Y",
        "XY",
        " ",
        "\n",
        "&amp;",
        "&#1;",
        "=&gt;",
        "国",
        "r",
        "{",
        "}",
        "\u{C}",
        "zh-tw:",
        ";zh-cn:",
    ];
    let flags = prop::collection::vec(prop::sample::select(vec!["A", "H", "T", "D", "-", "R", "Q", "zh-tw"]), 0..3);
    let text = prop::sample::select(vec!["X", "Y", "XY", "", " Z ", "国X", "a;b", "-{X}-", "-{zh-cn:X;zh-tw:Y}-"]);
    let code = prop::sample::select(CODES.to_vec());
    let segment = (prop::option::weighted(0.3, text.clone()), code, text)
        .prop_map(|(from, code, text)| from.map_or(String::new(), |from| format!("{from}=>")) + code + ":" + text);
    let span = (flags, prop::collection::vec(segment, 0..4)).prop_map(|(flags, segments)| {
        let bar = if flags.is_empty() { "" } else { "|" };
        format!("-{{{}{bar}{}}}-", flags.join(";"), segments.join(";"))
    });
    prop_oneof![prop::sample::select(words.to_vec()).prop_map(String::from), span]
}

fn markup() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

fn target() -> impl Strategy<Value = &'static str> {
    prop::sample::select(CODES.to_vec())
}

fn options(target: &str, mode: Mode) -> Options {
    let mut options = Options::default();
    options.mode = mode;
    options.variant = Some(target).filter(|name| *name != "zh").map(|name| name.parse().unwrap());
    options
}

fn without_tables(options: &Options) -> Converter {
    Converter::builder().to(options.variant.unwrap_or(Variant::ZhHans)).level(Level::None).build().unwrap()
}

fn assembled(text: &str, options: &Options) -> String {
    let document = Document::scan(Format::Text, text, options);
    let converter = without_tables(options);
    let (ranges, epochs) = (document.text_ranges(), document.epochs());
    document.assemble(&converter.convert_ranges_with(document.text(), &ranges, document.page_pairs(), &epochs))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, max_global_rejects: 40_000, failure_persistence: None, ..Default::default() })]

    /// The second pair of delimiters is not in the reference, so the texts have none.
    #[test]
    fn rendering_equals_the_reference(text in markup(), target in target(), rules in prop::bool::ANY) {
        let mut options = options(target, Mode::Render);
        options.page_rules = if rules { PageRules::Apply } else { PageRules::Ignore };
        let mut reference = Reference::new(target, rules);
        let expected = reference.page(&text);
        // What a list shows is converted when it is shown, not before the markup around it is read; and descriptions of
        // descriptions have a limit.
        prop_assume!((reference.lists == 0 || !rules) && reference.most_descriptions < 2);
        let document = Document::scan(Format::Text, &text, &options);
        prop_assert_eq!(document.title(), reference.title.as_deref());
        prop_assert_eq!(assembled(&text, &options), expected);
    }

    #[test]
    fn documents_keep_their_laws(
        pieces in prop::collection::vec(prop_oneof![piece(), prop::sample::select(vec!["-<", ">-", "<", ">", "，"]).prop_map(String::from)], 0..24),
        target in target(),
    ) {
        let text = pieces.concat();
        for mode in [Mode::Preserve, Mode::Render, Mode::Strip] {
            let options = options(target, mode);
            let document = Document::scan(Format::Text, &text, &options);
            let joined: String = document.spans().iter().map(|span| &document.text()[span.range.clone()]).collect();
            prop_assert_eq!(&joined, document.text());
            let ranges = document.text_ranges();
            prop_assert_eq!(ranges.len(), document.epochs().len());
            let same: Vec<&str> = ranges.iter().map(|range| &document.text()[range.clone()]).collect();
            prop_assert_eq!(document.assemble(&same), document.text());
            for found in document.diagnostics(&same) {
                prop_assert!(text.get(found.range.clone()).is_some(), "{:?}", found);
            }
            match mode {
                Mode::Preserve => prop_assert_eq!(document.text(), text.as_str()),
                Mode::Strip => prop_assert!(ranges.is_empty()),
                _ => {}
            }
        }
    }

    /// A stream gives what the document gives, however it is cut, for texts in which every opening is closed.
    #[test]
    fn streams_equal_documents(pieces in prop::collection::vec(piece(), 0..12), target in target(), size in 1..9usize) {
        let text = pieces.concat();
        for mode in [Mode::Preserve, Mode::Render] {
            let options = options(target, mode);
            let document = Document::scan(Format::Text, &text, &options);
            let codes: Vec<&str> = document.diagnostics(&[] as &[&str]).iter().map(|found| found.code.name()).collect();
            prop_assume!(!codes.contains(&"unclosed-span") && !codes.contains(&"depth"));
            let converter = without_tables(&options);
            let mut markup = StreamMarkup::new(&options);
            let convert = |text: &str, pairs: &_, epoch| {
                converter.convert_ranges_with(text, std::slice::from_ref(&(0..text.len())), pairs, &[epoch]).concat()
            };
            let mut output = Vec::new();
            let mut stream = converter.stream();
            for chunk in text.as_bytes().chunks(size) {
                stream.push_with(chunk, &mut output, &mut |span| markup.read(span, convert)).unwrap();
            }
            stream.finish_with(&mut output, &mut |span| markup.read(span, convert)).unwrap();
            prop_assert_eq!(String::from_utf8(output).unwrap(), assembled(&text, &options));
            prop_assert_eq!(markup.title(), document.title());
        }
    }
}

/// Each of these texts has some five megabytes and would take hours with anything that is not linear.
#[test]
fn hostile_texts_take_linear_time() {
    const SIZE: usize = 5_000_000;
    let fill = |piece: &str| piece.repeat(SIZE / piece.len());
    let around = |before: &str, piece: &str| format!("{before}{}}}-", fill(piece));
    let numbered = |from: &dyn Fn(usize) -> String, count: usize| (0..count).map(from).collect::<String>();
    let deep = |levels: usize| "-{".repeat(levels) + "国" + &"}-".repeat(levels);
    let texts = [
        ("openings", fill("-{")),
        ("closings", fill("}-")),
        ("empty spans", fill("-{}-")),
        ("other openings", fill("-<\n")),
        ("crossing", fill("-<-{>-")),
        ("levels", deep(100_000)),
        ("ten levels again and again", deep(10).repeat(SIZE / 43)),
        ("rules", numbered(&|number| format!("-{{H|zh-cn:甲{number};zh-tw:乙{number}}}-甲{number}"), 100_000)),
        ("removals", numbered(&|number| format!("-{{-|甲{number}}}-甲{number}"), 100_000)),
        ("one-way rules in a span", format!("-{{H|{}}}-", numbered(&|number| format!("a{number}=>zh-tw:b;"), 600_000))),
        ("the same segment", around("-{", "zh-cn:a;")),
        ("empty segments", around("-{", "zh-cn:;")),
        ("semicolons", around("-{zh-cn:", ";")),
        ("blanks", around("-{zh-cn:a", "; ")),
        ("arrows", around("-{", "=>")),
        ("escaped arrows", around("-{zh-tw:", "=&gt;")),
        ("entities", around("-{zh-tw:", "&a;")),
        ("flags", around("-{", "Q;") + "|x}-"),
        ("unknown codes", around("-{zh-cn:a", ";en:")),
        ("wide colons", around("-{", "zh-cn：")),
        ("wide colons behind blanks", format!("-{{{}{}}}-", " ".repeat(SIZE / 2), "：".repeat(SIZE / 6))),
        ("descriptions of descriptions", ("-{D;H|".repeat(9) + "xxxx" + &"}-".repeat(9)).repeat(SIZE / 78)),
        ("lists in a list", around("-{zh-tw|", "-{zh-tw|国}-")),
    ];
    let options = options("zh-tw", Mode::Render);
    for (name, text) in &texts {
        let start = Instant::now();
        let document = Document::scan(Format::Text, text, &options);
        assert!(document.text_ranges().len() <= text.len());
        // On an idle machine the slowest takes less than a second; this is to catch what is not linear.
        assert!(start.elapsed() < Duration::from_secs(20), "{name}: {:?}", start.elapsed());
    }
}
