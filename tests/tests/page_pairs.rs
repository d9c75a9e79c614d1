//! Pairs that a page brings itself: the engine against the slow reference, and the laws of ranges, streams and edits with them.

use std::ops::Range;
use std::time::{Duration, Instant};

use tongwen::markers::protected_spans;
use tongwen::{
    Config, Converter, Level, Markers, PAGE_RULE, PagePairs, SpanOutput, StagedEngine, StreamSpan, TofuRisk,
    UserDictionary, Variant,
};
use tongwen_tests::adversarial::Generator;
use tongwen_tests::engine_laws::{document, edited, joined, material};
use tongwen_tests::page_reference::{Change, PageState};
use tongwen_tests::random::Random;
use tongwen_tests::reference::{Reference, reference};

/// Changes about pieces of a text: units of it, and stretches that have nothing to do with them.
fn changes(random: &mut Random, reference: &Reference, text: &str) -> Vec<Change> {
    let text: Vec<char> = text.chars().collect();
    let mut starts = vec![0];
    for length in reference.units(&text) {
        starts.push(starts[starts.len() - 1] + length);
    }
    let count = random.between(1, 12);
    // Pages that remove nothing go a way of their own.
    let removes = random.below(2) == 0;
    let mut changes: Vec<Change> = Vec::new();
    for _ in 0..count {
        let piece = match random.below(4) {
            0 => {
                let start = random.below(text.len());
                start..(start + random.between(1, 5)).min(text.len())
            }
            kind => {
                let unit = random.below(starts.len() - 1);
                starts[unit]..starts[(unit + kind.min(2)).min(starts.len() - 1)]
            }
        };
        let mut source: String = text[piece].iter().collect();
        if let Some(Change::Set(earlier, _) | Change::Remove(earlier)) =
            random.pick(&changes).filter(|_| random.below(3) == 0)
        {
            source = match random.below(3) {
                0 => earlier.chars().take(1).collect(),
                _ => earlier.clone(),
            };
        }
        let targets = ["", "甲乙", "丙", "里"];
        changes.push(match random.below(5) {
            0 | 1 if removes => Change::Remove(source),
            2 => Change::Set(source.clone(), source),
            _ => Change::Set(source, random.pick(&targets).expect("not empty").to_string()),
        });
    }
    changes
}

fn pairs_of(changes: &[Change]) -> PagePairs {
    let mut pairs = PagePairs::new();
    for (number, change) in changes.iter().enumerate() {
        pairs.set_origin(number);
        match change {
            Change::Set(source, target) => pairs.set(source, target).expect("a short source"),
            Change::Remove(source) => pairs.remove(source),
        }
    }
    pairs
}

/// Some sorted and disjoint ranges of a text; some touch.
fn some_ranges(random: &mut Random, text: &str) -> Vec<Range<usize>> {
    let mut ends: Vec<usize> = (0..random.between(2, 7)).map(|_| random.below(text.len() + 1)).collect();
    ends.sort_unstable();
    ends.iter_mut().for_each(|end| *end = text.floor_char_boundary(*end));
    ends.windows(2).map(|pair| pair[0]..pair[1]).filter(|_| random.below(4) > 0).collect()
}

#[test]
fn pairs_in_ranges_equal_the_slow_reference() {
    let material = material();
    for config in Config::ALL {
        let reference = reference(config.name());
        let converter = Converter::builder().config(config).markers(Markers::Convert).build().expect("builds");
        let mut texts = Generator::new(&material, 100 + config as u64);
        let mut random = Random::new(200 + config as u64);
        let mut rounds = 0;
        while rounds < 120 {
            let text: String = texts.text().chars().take(120).collect();
            if text.is_empty() {
                continue;
            }
            rounds += 1;
            let changes = changes(&mut random, &reference, &text);
            let pairs = pairs_of(&changes);
            let ranges = some_ranges(&mut random, &text);
            let epochs: Vec<usize> = ranges.iter().map(|_| random.below(changes.len() + 1)).collect();
            let converted = converter.convert_ranges_with(&text, &ranges, &pairs, &epochs);
            for ((range, epoch), got) in ranges.iter().zip(&epochs).zip(&converted) {
                let source = &text[range.clone()];
                let expected = PageState::after(&changes[..*epoch]).convert(&reference, source);
                assert!(expected == *got, "{config}: {source} with {:?}: {expected}, not {got}", &changes[..*epoch]);
            }
            let edited = edited(&text, &converter.edits_in_ranges(&text, &ranges, &pairs, &epochs));
            assert_eq!(edited, joined(&text, &ranges, &converted), "{config}: {text} with {changes:?}");
        }
    }
}

fn converters() -> Vec<(String, Converter)> {
    let user = || {
        UserDictionary::parse("user", "后面\t後頭\n软\t軟件\n里\t里\n的\t\n国家主席\tX\n").expect("a sound dictionary")
    };
    let mut converters: Vec<(String, Converter)> = [Config::S2Twp, Config::Tw2Sp, Config::S2T, Config::T2Jp]
        .map(|config| (config.to_string(), Converter::new(config)))
        .into();
    for to in [Variant::ZhTw, Variant::ZhCn, Variant::ZhHk, Variant::ZhHant] {
        converters.push((format!("to {to}"), Converter::builder().to(to).build().expect("builds")));
    }
    converters.push((
        "to zh-tw with user pairs".into(),
        Converter::builder().to(Variant::ZhTw).dictionary(user()).build().expect("builds"),
    ));
    converters.push((
        "s2twp with user pairs".into(),
        Converter::builder().config(Config::S2Twp).dictionary(user()).build().expect("builds"),
    ));
    let none = Converter::builder().from(Variant::ZhCn).to(Variant::ZhTw).level(Level::None);
    converters.push(("level none".into(), none.build().expect("builds")));
    let staged = Converter::builder().engine(StagedEngine::builtin(Config::S2Twp, TofuRisk::Include));
    converters.push(("staged s2twp".into(), staged.build().expect("builds")));
    converters
}

#[test]
fn no_pairs_change_nothing() {
    let material = material();
    for (name, converter) in converters() {
        let (mut random, mut texts) = (Random::new(6), Generator::new(&material, 6));
        for _ in 0..20 {
            let text = document(&mut texts, &mut random, 2_000);
            let ranges = some_ranges(&mut random, &text);
            let mut pairs = PagePairs::new();
            let plain = converter.convert_ranges(&text, &ranges);
            assert_eq!(converter.convert_ranges_with(&text, &ranges, &pairs, &vec![0; ranges.len()]), plain, "{name}");
            pairs.set("的", "X").expect("a short source");
            pairs.remove("里");
            assert_eq!(converter.convert_ranges_with(&text, &ranges, &pairs, &vec![0; ranges.len()]), plain, "{name}");
        }
    }
}

/// Ranges that touch are texts of their own, whatever is decided about them.
#[test]
fn each_range_is_a_text_of_its_own() {
    let text = "这是头发，他说后来的事。";
    for (name, converter) in converters() {
        let ranges: Vec<Range<usize>> = text.char_indices().map(|(at, own)| at..at + own.len_utf8()).collect();
        let single: Vec<_> = converter.convert_ranges(text, &ranges).into_iter().map(String::from).collect();
        assert_eq!(single.len(), ranges.len());
        let open = converter.convert(text) != text;
        assert_eq!(single[2], if open { name_of_head(&converter) } else { "头".into() }, "{name}");
        let halves = converter.convert_ranges(text, &[0..6, 6..12, 12..15, 15..text.len()]);
        assert_eq!(halves.len(), 4);
        assert_eq!(halves[2], "，", "{name}");
    }
}

fn name_of_head(converter: &Converter) -> String {
    converter.convert("这头").chars().last().map(String::from).expect("two characters")
}

/// What a span of these tests says: `-{a=b}-` sets, `-{a}-` removes; the others say nothing.
fn apply(span: &str, offset: usize, pairs: &mut PagePairs) {
    let body = &span[2..span.len() - 2];
    pairs.set_origin(offset);
    match body.split_once('=') {
        Some((source, target)) => pairs.set(source, target).unwrap_or_default(),
        None if !body.contains(['-', '<', '{']) => pairs.remove(body),
        None => {}
    }
}

#[test]
fn any_chunking_of_a_stream_with_spans_equals_the_whole() {
    let material = material();
    for (name, converter) in converters() {
        let (mut random, mut texts) = (Random::new(15), Generator::new(&material, 19));
        for round in 0..8 {
            let mut text = String::new();
            while text.len() < if round < 7 { 3_000 } else { 80_000 } {
                let piece = document(&mut texts, &mut random, 10);
                let starts: Vec<usize> = piece.char_indices().map(|(at, _)| at).collect();
                let start = *random.pick(&starts).expect("not empty");
                let source: String = piece[start..].chars().take(random.between(1, 4)).collect();
                if !source.contains(['-', '{', '}', '<', '>', '\n']) {
                    text += &match random.below(3) {
                        0 => format!("-{{{source}}}-"),
                        1 => format!("-{{{source}=甲}}-"),
                        _ => format!("-{{{source}=}}-"),
                    };
                }
                text += &piece;
                text += &source;
            }
            let mut pairs = PagePairs::new();
            let (mut ranges, mut epochs, mut at) = (Vec::new(), Vec::new(), 0);
            for span in protected_spans(&text) {
                ranges.push(at..span.start);
                epochs.push(pairs.epoch());
                apply(&text[span.clone()], span.start, &mut pairs);
                at = span.end;
            }
            ranges.push(at..text.len());
            epochs.push(pairs.epoch());
            let whole = joined(&text, &ranges, &converter.convert_ranges_with(&text, &ranges, &pairs, &epochs));
            for size in [1, 9, 1_000, 20_000, 90_000] {
                if size == 1 && round > 1 {
                    continue;
                }
                let mut output = Vec::new();
                let mut spans = Vec::new();
                let mut read = |span: StreamSpan<'_>| {
                    spans.push(span.offset as usize..span.offset as usize + span.text.len());
                    apply(span.text, span.offset as usize, span.pairs);
                    SpanOutput::Source
                };
                let mut stream = converter.stream();
                for piece in text.as_bytes().chunks(size) {
                    stream.push_with(piece, &mut output, &mut read).expect("valid UTF-8");
                }
                stream.finish_with(&mut output, &mut read).expect("valid UTF-8");
                let output = String::from_utf8(output).expect("UTF-8 in, UTF-8 out");
                let same = output.bytes().zip(whole.bytes()).take_while(|(left, right)| left == right).count();
                let near = |text: &str| {
                    text[text.floor_char_boundary(same.saturating_sub(60))..text.ceil_char_boundary(same + 30)]
                        .to_string()
                };
                assert!(output == whole, "{name}, pieces of {size}: {}\n{}", near(&output), near(&whole));
                assert_eq!(spans, protected_spans(&text), "{name}, pieces of {size}");
            }
        }
    }
}

#[test]
fn a_span_may_be_replaced_and_the_stream_starts_anew() {
    let converter = Converter::new(Config::S2T);
    let mut stream = converter.stream();
    for _ in 0..2 {
        let mut output = Vec::new();
        let mut read = |span: StreamSpan<'_>| {
            assert_eq!(span.offset, 3);
            assert_eq!(span.pairs.epoch(), 0);
            span.pairs.set("国", "囯").expect("a short source");
            SpanOutput::Text("（国）".into())
        };
        stream.push_with("国-{x}-国-{y".as_bytes(), &mut output, &mut read).expect("valid UTF-8");
        stream.finish_with(&mut output, &mut read).expect("valid UTF-8");
        assert_eq!(String::from_utf8(output).expect("UTF-8"), "國（国）囯-{y");
    }
}

fn convert_with(converter: &Converter, text: &str, change: impl Fn(&mut PagePairs)) -> String {
    let mut pairs = PagePairs::new();
    change(&mut pairs);
    let whole = 0..text.len();
    converter.convert_ranges_with(text, std::slice::from_ref(&whole), &pairs, &[pairs.epoch()]).remove(0).into_owned()
}

#[test]
fn what_removing_leaves() {
    let s2twp = Converter::new(Config::S2Twp);
    assert_eq!(s2twp.convert("内存和内存条，内部"), "記憶體和記憶體模組，內部");
    assert_eq!(convert_with(&s2twp, "内存和内存条，内部", |pairs| pairs.remove("内存")), "內存和記憶體模組，內部");
    assert_eq!(
        convert_with(&s2twp, "内存和内部", |pairs| {
            pairs.remove("内存");
            pairs.remove("内");
        }),
        "内存和内部"
    );
    // A longer entry stays, and so does one that merely begins inside.
    assert_eq!(convert_with(&s2twp, "头发", |pairs| pairs.remove("发")), "頭髮");
    // A pair of the page's goes too, and the built-in entry behind it does not come back.
    assert_eq!(
        convert_with(&s2twp, "内存", |pairs| {
            pairs.set("内存", "甲").expect("a short source");
            pairs.remove("内存");
        }),
        "內存"
    );
    assert_eq!(
        convert_with(&s2twp, "内存", |pairs| {
            pairs.remove("内存");
            pairs.set("内", "甲").expect("a short source");
        }),
        "甲存"
    );
    let staged = Converter::builder().engine(StagedEngine::builtin(Config::S2Twp, TofuRisk::Include)).build().unwrap();
    assert_eq!(convert_with(&staged, "内存和内存条，内部", |pairs| pairs.remove("内存")), "內存和記憶體模組，內部");
}

#[test]
fn the_callers_own_pairs_decide_before_the_page() {
    let user = UserDictionary::parse("mine", "内存\t我的\n硬\t硬\n").unwrap();
    let converter = Converter::builder().config(Config::S2Twp).dictionary(user).build().unwrap();
    let change = |pairs: &mut PagePairs| {
        pairs.set("内存", "頁的").unwrap();
        pairs.set("内存条", "頁的條").unwrap();
        pairs.set("硬盘", "頁碟").unwrap();
    };
    assert_eq!(convert_with(&converter, "内存，内存条，硬盘，硬", change), "我的，頁的條，頁碟，硬");
    assert_eq!(convert_with(&converter, "内存", |pairs| pairs.remove("内存")), "我的");
}

#[test]
fn pairs_hold_in_text_that_is_left_alone() {
    let change = |pairs: &mut PagePairs| pairs.set("軟體", "軟件").unwrap();
    for converter in [
        Converter::builder().to(Variant::ZhHk).build().unwrap(),
        Converter::builder().from(Variant::ZhTw).to(Variant::ZhTw).build().unwrap(),
        Converter::builder().to(Variant::ZhTw).level(Level::None).build().unwrap(),
    ] {
        assert_eq!(convert_with(&converter, "這個軟體說了話。", change), "這個軟件說了話。");
    }
}

#[test]
fn an_edit_names_the_page_rule_and_where_it_stands() {
    let converter = Converter::new(Config::S2Twp);
    let mut pairs = PagePairs::new();
    pairs.set_origin(42);
    pairs.set("硬盘", "硬碟機").unwrap();
    let edits = converter.edits_in_ranges("硬盘软件", &[0..6, 6..12], &pairs, &[1, 1]);
    let [rule, entry] = edits.as_slice() else { panic!("{edits:?}") };
    assert_eq!((rule.range.clone(), rule.replacement.as_str(), rule.entry.as_str()), (0..6, "硬碟機", "硬盘"));
    assert_eq!((rule.dictionary.as_str(), rule.line, rule.origin), (PAGE_RULE, None, Some(42)));
    assert_eq!((entry.dictionary.as_str(), entry.origin), ("TWPhrases.txt", None));
}

/// Anything that is quadratic takes minutes here.
#[test]
fn many_changes_and_hostile_sources_take_little_time() {
    let limit = Duration::from_secs(20);
    let started = Instant::now();
    let converter = Converter::new(Config::S2Twp);
    let mut pairs = PagePairs::new();
    let (mut text, mut ranges, mut epochs) = (String::new(), Vec::new(), Vec::new());
    for number in 0..100_000u32 {
        let word =
            format!("{}{}", char::from_u32(0x4E00 + number % 20_000).unwrap(), "软件".repeat(number as usize % 3));
        match number % 3 {
            0 => pairs.remove(&word),
            _ => pairs.set(&word, "甲").unwrap(),
        }
        let start = text.len();
        text += &word;
        text += "后来";
        ranges.push(start..text.len());
        epochs.push(pairs.epoch());
    }
    let converted = converter.convert_ranges_with(&text, &ranges, &pairs, &epochs);
    assert_eq!(converted.len(), ranges.len());
    assert_eq!(converted[1], "甲後來");
    // The same source over and over, seen from everywhere.
    let mut pairs = PagePairs::new();
    for number in 0..100_000 {
        pairs.set("软", &number.to_string()).unwrap();
    }
    let text = "软".repeat(100_000);
    let ranges: Vec<_> = (0..100_000).map(|place| place * 3..place * 3 + 3).collect();
    let epochs: Vec<_> = (0..100_000).map(|place| place * 77_777 % 100_001).collect();
    let converted = converter.convert_ranges_with(&text, &ranges, &pairs, &epochs);
    assert!(converted.iter().zip(&epochs).skip(1).all(|(got, epoch)| *epoch == 0 || *got == (epoch - 1).to_string()));
    // Sources that nearly match everywhere.
    let mut pairs = PagePairs::new();
    for length in (1..PagePairs::LONGEST_SOURCE).step_by(7) {
        pairs.set(&format!("{}b", "a".repeat(length)), "x").unwrap();
        pairs.remove(&format!("{}c", "一".repeat(length)));
        pairs.remove(&"一".repeat(length));
    }
    let text = "a".repeat(300_000) + &"一".repeat(300_000);
    let halves = [0..300_000, 300_000..text.len()];
    let converted = converter.convert_ranges_with(&text, &halves, &pairs, &[pairs.epoch(); 2]);
    assert_eq!(converted.concat(), text);
    assert!(started.elapsed() < limit, "{:?}", started.elapsed());
}
