//! The fast path against the slow reference, and the laws of the converter, over texts made to break it.

use std::path::Path;

use tongwen::{
    Config, Converter, InvalidBytes, Level, Markers, PagePairs, Recipe, StagedEngine, TofuRisk, UserDictionary, Variant,
};
use tongwen_tests::adversarial::Generator;
use tongwen_tests::engine_laws::{document, edited, first_difference, joined, material};
use tongwen_tests::random::Random;
use tongwen_tests::reference::{Reference, reference, reference_without_tofu_risk};

fn converter(config: Config, tofu_risk: TofuRisk) -> Converter {
    let builder = Converter::builder().config(config).tofu_risk(tofu_risk).markers(Markers::Convert);
    builder.build().expect("an official config builds")
}

/// Every config, both tofu settings, texts of 3 to 1,500 characters.
#[test]
fn fast_path_equals_the_slow_reference() {
    let material = material();
    for config in Config::ALL {
        let settings: [(TofuRisk, Reference); 2] = [
            (TofuRisk::Include, reference(config.name())),
            (TofuRisk::Exclude, reference_without_tofu_risk(config.name())),
        ];
        for (tofu_risk, reference) in settings {
            let converter = converter(config, tofu_risk);
            let mut texts = Generator::new(&material, 1 + config as u64);
            let mut bytes = 0;
            while bytes < 300_000 {
                let text = texts.text();
                bytes += text.len();
                let expected = reference.convert(&text);
                let got = converter.convert(&text);
                assert!(expected == got, "{config} {tofu_risk:?}: {}", first_difference(&expected, &got));
            }
        }
    }
}

/// Short texts go a way of their own; the parts of a long one do not.
#[test]
fn short_texts_equal_the_slow_reference_at_every_length() {
    let material = material();
    let mut texts = Generator::new(&material, 13);
    let source: String = (0..400).map(|_| texts.text()).collect();
    let starts: Vec<usize> = source.char_indices().map(|(at, _)| at).step_by(97).take(400).collect();
    for config in [Config::S2Twp, Config::Tw2Sp, Config::T2S, Config::T2Jp] {
        let reference = reference(config.name());
        let kept = Converter::builder().config(config).build().expect("builds");
        let converter = converter(config, TofuRisk::Include);
        for (number, start) in starts.iter().enumerate() {
            let text: String = source[*start..].chars().take(number % 80).collect();
            let expected = reference.convert(&text);
            assert!(expected == converter.convert(&text), "{config}: {text}");
            let mut appended = String::from("x");
            converter.convert_into(&text, &mut appended);
            assert!(appended[1..] == expected, "{config}: {text}");
            if !text.contains('-') {
                assert!(expected == kept.convert(&text), "{config}: {text}");
            }
        }
    }
}

/// What becomes complete between two stages, and borders that a long chain of adjacent characters moves far away from a chunk's end.
#[test]
fn description_sequences_equal_the_slow_reference() {
    let mut texts = vec!["字".repeat(1200) + "⿱한簡單明瞭" + &"簡單明瞭".repeat(60)];
    for operator in ["⿰", "⿳", "⿾"] {
        for tail in ["萊雅", "萊雅，軟體萊雅", "埠", "婦⿱埠", "記憶體萊雅萊雅"] {
            texts.push(format!("{operator}{tail}"));
            texts.push(format!("頭髮{operator}{tail}{}", "，軟體".repeat(3000)));
            texts.push(format!("{}{operator}{tail}{}", "，軟體".repeat(700), "ascii".repeat(2000)));
            texts.push(format!("{}{operator}{tail}{}", "ascii".repeat(2000), "，軟體".repeat(700)));
        }
    }
    for config in Config::ALL {
        let reference = reference(config.name());
        let converter = converter(config, TofuRisk::Include);
        for text in &texts {
            let expected = reference.convert(text);
            let got = converter.convert(text);
            assert!(expected == got, "{config}: {}", first_difference(&expected, &got));
            let mut streamed = Vec::new();
            let mut stream = converter.stream();
            for piece in text.as_bytes().chunks(1000) {
                stream.push(piece, &mut streamed).expect("valid UTF-8");
            }
            stream.finish(&mut streamed).expect("valid UTF-8");
            assert!(expected.as_bytes() == streamed, "{config}, streamed: {}", &text[..text.floor_char_boundary(60)]);
        }
    }
}

/// Stretches of ASCII are not converted, but words may begin in the last of them.
#[test]
fn long_stretches_of_ascii_equal_the_slow_reference() {
    for config in [Config::S2Twp, Config::Tw2Sp] {
        let reference = reference(config.name());
        let converter = converter(config, TofuRisk::Include);
        for length in [150, 4090] {
            for word in ["SQL注入", "U盘", "U盤", "B超", "头发", "頭髮"] {
                // The border of a chunk goes through the word and past it.
                for more in 0..16 {
                    let text = format!(
                        "{}{word}{}{word}",
                        "a ".repeat(length / 2 - 8) + &"b".repeat(more),
                        "c".repeat(length / 2)
                    );
                    let (expected, got) = (reference.convert(&text), converter.convert(&text));
                    assert!(expected == got, "{config}, {length}: {}", first_difference(&expected, &got));
                }
            }
        }
    }
}

/// Texts longer than a chunk, without places where they can be cut.
#[test]
fn long_texts_equal_the_slow_reference() {
    let material = material();
    for config in Config::ALL {
        let reference = reference(config.name());
        let converter = converter(config, TofuRisk::Include);
        let mut texts = Generator::new(&material, 77);
        let mut text = String::new();
        while text.len() < 120_000 {
            text.push_str(&texts.text());
        }
        let (expected, got) = (reference.convert(&text), converter.convert(&text));
        assert!(expected == got, "{config}: {}", first_difference(&expected, &got));
        for dense in ["发", "头发", "干干净净", "⿰", "⿰木", "一"] {
            let text = dense.repeat(6_000);
            assert!(reference.convert(&text) == converter.convert(&text), "{config}: {dense} repeated");
        }
    }
}

fn streams() -> Vec<(String, Converter)> {
    let mut converters = Vec::new();
    for config in [Config::S2Twp, Config::Tw2Sp, Config::S2T, Config::T2Jp, Config::S2Hkp] {
        converters.push((config.to_string(), Converter::builder().config(config).build().expect("builds")));
    }
    for to in [Variant::ZhTw, Variant::ZhCn, Variant::ZhHk, Variant::ZhHant] {
        converters.push((format!("to {to}"), Converter::builder().to(to).build().expect("builds")));
    }
    let user =
        UserDictionary::parse("user", "后面\t後頭\n软\t軟件\n里\t里\n的\t\n国家主席\tX\n").expect("a sound dictionary");
    let with_user = Converter::builder().config(Config::S2Twp).dictionary(user.clone()).build().expect("builds");
    converters.push(("s2twp with user pairs".into(), with_user));
    converters.push((
        "to zh-tw with user pairs".into(),
        Converter::builder().to(Variant::ZhTw).dictionary(user).build().expect("builds"),
    ));
    converters
}

#[test]
fn any_chunking_of_a_stream_equals_the_whole() {
    let material = material();
    for (name, converter) in streams() {
        let mut random = Random::new(5);
        let mut texts = Generator::new(&material, 9);
        for round in 0..12 {
            let text = document(&mut texts, &mut random, if round < 10 { 3_000 } else { 90_000 });
            let whole = converter.convert(&text).into_owned();
            for size in [1, 7, 1_000, 20_000, 70_001] {
                if size == 1 && text.len() > 10_000 {
                    continue;
                }
                let mut output = Vec::new();
                let mut stream = converter.stream();
                for piece in text.as_bytes().chunks(size) {
                    stream.push(piece, &mut output).expect("valid UTF-8");
                }
                stream.finish(&mut output).expect("valid UTF-8");
                let output = String::from_utf8(output).expect("UTF-8 in, UTF-8 out");
                assert!(output == whole, "{name}, pieces of {size} bytes: {}", first_difference(&whole, &output));
            }
        }
    }
}

#[test]
fn ranges_that_cover_the_text_give_what_the_whole_gives() {
    let material = material();
    let mut texts = Generator::new(&material, 3);
    for config in [Config::S2Twp, Config::T2S] {
        let converter = converter(config, TofuRisk::Include);
        for _ in 0..200 {
            let text = texts.text();
            let whole = 0..text.len();
            assert_eq!(converter.convert_ranges(&text, std::slice::from_ref(&whole))[0], converter.convert(&text));
        }
    }
}

/// Many small ranges are converted together; each is a text of its own all the same. Neighbours, gaps short and long, and stretches longer than a
/// chunk are among them.
#[test]
fn small_ranges_are_texts_of_their_own() {
    let material = material();
    for config in Config::ALL {
        let converter = converter(config, TofuRisk::Include);
        let mut texts = Generator::new(&material, 41);
        let mut random = Random::new(42 + config as u64);
        let mut text = String::new();
        while text.len() < 150_000 {
            text.push_str(&texts.text());
            text.push_str(random.pick(&["", "⿰", "⿰萊雅", "。", "", "", "x"]).expect("not empty"));
        }
        let (mut ranges, mut at) = (Vec::new(), 0);
        while at < text.len() {
            let gap = *random.pick(&[0, 0, 3, 30, 300, 3_000]).expect("not empty");
            let length = *random.pick(&[0, 3, 3, 9, 20, 60, 150, 500, 6_000]).expect("not empty");
            let start = text.ceil_char_boundary(at + random.below(gap + 1));
            let end = text.ceil_char_boundary(start + random.below(length + 1));
            ranges.push(start..end);
            at = end;
        }
        let converted = converter.convert_ranges(&text, &ranges);
        assert_eq!(converted.len(), ranges.len());
        for (range, got) in ranges.iter().zip(&converted) {
            let alone = converter.convert(&text[range.clone()]);
            assert!(alone == *got, "{config}: {}", first_difference(&alone, got));
        }
        // A pair of the page that the text does not have: the ranges go another way.
        let mut pairs = PagePairs::new();
        pairs.set("\u{e000}\u{e001}", "").expect("a short source");
        assert!(converter.convert_ranges_with(&text, &ranges, &pairs, &vec![1; ranges.len()]) == converted, "{config}");
    }
}

/// Where the source variant is open, what is explained of ranges is what becomes of them.
#[test]
fn explained_ranges_are_the_converted_ranges() {
    let material = material();
    let mut random = Random::new(12);
    for (name, converter) in streams() {
        let mut texts = Generator::new(&material, 51);
        for _ in 0..10 {
            let text = document(&mut texts, &mut random, 3_000);
            let (mut ranges, mut at) = (Vec::new(), 0);
            while at < text.len() {
                let start = text.ceil_char_boundary(at + random.below(12));
                at = text.ceil_char_boundary(start + random.below(60));
                ranges.push(start..at);
            }
            let converted = converter.convert_ranges(&text, &ranges);
            let expected = joined(&text, &ranges, &converted);
            let explained = converter.explain_ranges(&text, &ranges).output();
            assert!(explained == expected, "{name}: {}", first_difference(&expected, &explained));
        }
    }
}

#[test]
fn invalid_bytes_are_an_error_kept_or_replaced() {
    let converter = Converter::new(Config::S2T);
    let input = b"\xE5\x9B\xBD\xFF\xE5\x9B\xBD\xE5\x9B";
    let run = |invalid: InvalidBytes, size: usize| {
        let mut stream = converter.stream().invalid_bytes(invalid);
        let mut output = Vec::new();
        let result = input.chunks(size).try_for_each(|piece| stream.push(piece, &mut output));
        let end = stream.finish(&mut output);
        (result.and(end).map_err(|error| error.to_string()), output)
    };
    for size in [1, 2, 3, 100] {
        let (result, output) = run(InvalidBytes::Error, size);
        assert!(result.unwrap_err().contains("invalid UTF-8 at byte 3"), "pieces of {size}");
        assert_eq!(output, "國".as_bytes());
        let (result, output) = run(InvalidBytes::Keep, size);
        assert!(result.is_ok());
        assert_eq!(output, b"\xE5\x9C\x8B\xFF\xE5\x9C\x8B\xE5\x9B");
        let (result, output) = run(InvalidBytes::Replace, size);
        assert!(result.is_ok());
        assert_eq!(output, "國\u{FFFD}國\u{FFFD}".as_bytes());
    }
}

#[test]
fn control_characters_pass() {
    let text: String = (0..0x20u8).map(char::from).chain(['国', '\0', '头', '发', '\u{7f}', '\u{feff}']).collect();
    let expected = text.replace('国', "國").replace("头发", "頭髮");
    assert_eq!(Converter::new(Config::S2Tw).convert(&text), expected);
}

#[test]
fn protected_spans_leave_byte_for_byte_and_are_borders() {
    let converter = Converter::new(Config::S2T);
    assert_eq!(converter.convert("国-{国}-国-<国>-国-{国"), "國-{国}-國-<国>-國-{國");
    assert_eq!(converter.convert("头-{}-发"), "頭-{}-發");
    let open = Converter::builder().config(Config::S2T).markers(Markers::Convert).build().unwrap();
    assert_eq!(open.convert("国-{国}-国"), "國-{國}-國");
}

/// A push that ends with a closing delimiter, or anywhere near one, and is long enough to be looked at.
#[test]
fn a_stream_may_be_cut_at_a_delimiter() {
    let before = "国".repeat(7_000);
    for span in ["-{国}-", "-<国>-", "-{国-<国>-}-", "-{}--{国}-"] {
        let text = format!("{before}{span}国{before}");
        let expected = text.replace('国', "國").replace(&span.replace('国', "國"), span);
        for converter in [Converter::new(Config::S2T), Converter::builder().to(Variant::ZhHant).build().unwrap()] {
            for cut in before.len()..before.len() + span.len() + 4 {
                let (first, second) = text.as_bytes().split_at(cut);
                let mut output = Vec::new();
                let mut stream = converter.stream();
                stream.push(first, &mut output).expect("valid UTF-8");
                stream.push(second, &mut output).expect("valid UTF-8");
                stream.finish(&mut output).expect("valid UTF-8");
                assert!(output == expected.as_bytes(), "{span} cut {} bytes in", cut - before.len());
            }
        }
    }
}

#[test]
fn user_pairs_take_part_win_ties_and_are_final() {
    let user = "头发\t头发\n件\t個\n里\t裏面\n发展中国家\t開發中國家\n";
    let converter = |config| {
        let dictionary = UserDictionary::parse("user.tsv", user).unwrap();
        Converter::builder().config(config).dictionary(dictionary).build().unwrap()
    };
    let s2twp = converter(Config::S2Twp);
    // A tie with a phrase of the config is won; the result is final: no later stage touches it.
    assert_eq!(s2twp.convert("他的头发"), "他的头发");
    assert_eq!(s2twp.convert("这里"), "這裡");
    assert_eq!(s2twp.convert("心里，里"), "心裡，裏面");
    // A longer match of the config that starts before it keeps it out.
    assert_eq!(s2twp.convert("软件三件"), "軟體三個");
    assert_eq!(s2twp.convert("发展中国家"), "開發中國家");
}

#[test]
fn text_that_is_done_is_borrowed_and_stays() {
    for to in Variant::ALL {
        let converter = Converter::builder().to(to).build().unwrap();
        let done = converter.convert("这里的里程很长，皇后在后面。國軍說了話。").into_owned();
        assert!(matches!(converter.convert(&done), std::borrow::Cow::Borrowed(_)), "{to}: {done}");
    }
}

#[test]
fn levels_go_as_far_as_they_say() {
    let at = |level| {
        let converter = Converter::builder().from(Variant::ZhCn).to(Variant::ZhTw).level(level).build().unwrap();
        converter.convert("软件里的头发").into_owned()
    };
    assert_eq!(at(Level::None), "软件里的头发");
    assert_eq!(at(Level::Characters), "軟件裡的頭發");
    assert_eq!(at(Level::Variants), "軟件裡的頭髮");
    assert_eq!(at(Level::Phrases), "軟體裡的頭髮");
}

#[test]
fn one_converter_serves_many_threads() {
    let material = material();
    let mut texts = Generator::new(&material, 21);
    let texts: Vec<String> = (0..64).map(|_| texts.text()).collect();
    let converter = Converter::new(Config::S2Twp);
    let alone: Vec<String> = texts.iter().map(|text| converter.convert(text).into_owned()).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let (converter, texts, alone) = (converter.clone(), &texts, &alone);
            scope.spawn(move || {
                for (text, expected) in texts.iter().zip(alone) {
                    assert_eq!(converter.convert(text), expected.as_str());
                }
            });
        }
    });
}

#[test]
fn any_number_of_threads_gives_the_same_bytes_for_one_text() {
    let material = material();
    for (name, converter) in streams() {
        let text = document(&mut Generator::new(&material, 2), &mut Random::new(4), 400_000);
        // Without spans too: then lines may be shared out.
        for text in [text.replace('-', ""), text] {
            let alone = converter.convert(&text);
            for threads in [1, 2, 3, 7] {
                let together = converter.convert_parallel(&text, threads.try_into().expect("not zero"));
                assert!(together == alone, "{name}, {threads} threads: {}", first_difference(&alone, &together));
            }
        }
    }
}

/// What is explained is what is converted, and the edits alone make it too.
#[test]
fn explanations_and_edits_give_the_converted_text() {
    let material = material();
    let mut random = Random::new(8);
    for (name, converter) in streams() {
        let mut texts = Generator::new(&material, 31);
        for _ in 0..40 {
            let text = document(&mut texts, &mut random, 400);
            let converted = converter.convert(&text);
            let trace = converter.explain(&text);
            assert!(trace.output() == converted, "{name}: {}", first_difference(&converted, &trace.output()));
            let edits = trace.edits();
            assert!(edits.iter().all(|edit| !edit.dictionary.is_empty() && !edit.entry.is_empty()));
            let edited = edited(&text, &edits);
            assert!(edited == converted, "{name}: {}", first_difference(&converted, &edited));
        }
    }
    for level in [Level::Characters, Level::Variants, Level::Phrases] {
        for from in Variant::ALL {
            for to in Variant::ALL {
                let converter = Converter::builder().from(from).to(to).level(level).build().unwrap();
                let text = Generator::new(&material, 55).text() + "他的頭髮很乾淨，軟體裏面着衛头发很干净软件";
                assert!(converter.explain(&text).output() == converter.convert(&text), "{from} to {to}, {level:?}");
            }
        }
    }
}

/// The quick way to a list of edits is held to a full trace, whatever the text.
#[test]
fn edits_are_those_of_a_full_trace() {
    let material = material();
    let user = || UserDictionary::parse("user.tsv", "里\t[里]\n头\t头\n软件\tsoftware\n").expect("a good file");
    let mut found = 0;
    for config in Config::ALL {
        let built_in = Converter::builder().config(config);
        let to = Variant::ALL[config as usize % Variant::ALL.len()];
        let from = Variant::ALL[config as usize / 2 % Variant::ALL.len()];
        let own = Converter::builder().engine(StagedEngine::new(Recipe::builtin(config, TofuRisk::Include)));
        let own = own.build().expect("builds");
        own.compile().expect("official recipes can be compiled");
        let builders = [
            ("pairs", built_in.clone().dictionary(user())),
            ("built in", built_in),
            ("uniform", Converter::builder().to(to)),
            ("characters", Converter::builder().from(from).to(to).level(Level::Characters)),
        ];
        let converters = builders.map(|(name, builder)| (name, builder.build().expect("builds")));
        for (name, converter) in converters.into_iter().chain([("own", own)]) {
            let mut texts = Generator::new(&material, 71 + config as u64);
            for round in 0..60 {
                let mut text = texts.text();
                if round % 20 == 0 {
                    // More than a chunk.
                    (0..40).for_each(|_| text += &texts.text());
                }
                let (quick, traced) = (converter.edits(&text), converter.explain(&text).edits());
                found += quick.len();
                let different = quick.iter().zip(&traced).find(|(left, right)| left != right);
                assert!(quick == traced, "{config}, {name}: {different:?} in {text}");
            }
        }
    }
    assert!(found > 10_000, "{found}");
}

#[test]
fn an_edit_names_the_entry_that_decided() {
    let edits = Converter::new(Config::S2Twp).edits("他的软件");
    let [edit] = edits.as_slice() else { panic!("{edits:?}") };
    assert_eq!((edit.range.clone(), edit.replacement.as_str()), (6..12, "軟體"));
    assert_eq!((edit.dictionary.as_str(), edit.entry.as_str()), ("TWPhrases.txt", "軟件"));
    let line = edit.line.expect("a text table has lines");
    let table = include_str!("../../dictionaries/opencc/dictionary/TWPhrases.txt");
    assert!(table.lines().nth(line - 1).is_some_and(|row| row.starts_with("軟件\t")));
}

/// Long texts with pairs of the user's go a way of their own; paragraphs of them do not.
#[test]
fn pairs_in_long_texts_give_what_they_give_in_short_ones() {
    let material = material();
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository");
    for config in [Config::S2Twp, Config::S2T, Config::Tw2Sp, Config::T2S, Config::T2Jp] {
        let mut random = Random::new(9 + config as u64);
        let phrases = std::fs::read_to_string(repository.join("dictionaries/opencc/dictionary/STPhrases.txt"));
        let phrases = phrases.expect("the table is in the repository");
        let mut rows = "里\t[里]\nAI\t人工智能\nU盘\t[U盘]\n𠀀\t[宽]\né\t[é]\n软件，\t[软件，]\n😀\t[笑]\n😀头\t[头]\n"
            .to_string();
        for line in phrases.lines().filter(|line| !line.starts_with('#')) {
            let source = line.split('\t').next().expect("a row has a key");
            if random.percent(5) && !rows.contains(&format!("{source}\t")) {
                rows += &format!("{source}\t[{source}]\n");
            }
        }
        rows += &format!("{}\t[long]\n", "很长的".repeat(40));
        let user = UserDictionary::parse("user.tsv", &rows).expect("sources are unique");
        let builder = Converter::builder().config(config).markers(Markers::Convert).dictionary(user);
        let converter = builder.build().expect("an official config builds");
        let mut texts = Generator::new(&material, 31 + config as u64);
        let mut paragraphs: Vec<String> = Vec::new();
        while paragraphs.iter().map(String::len).sum::<usize>() < 400_000 {
            let text = texts.text();
            let mut text = text.replace(|c| c == '\n' || ('\u{2ff0}'..='\u{2fff}').contains(&c), "");
            text.truncate(text.floor_char_boundary(450));
            if random.percent(30) {
                let more = ["AI里的U盘", "很长的", &"很长的".repeat(40), "软件，里", "𠀀里é", "，AI，", "😀头发😀里"];
                text.insert_str(0, random.pick(&more).expect("there are some"));
                text += random.pick(&more).expect("there are some");
            }
            paragraphs.push(text + "\n");
        }
        // No entry and no source has a line end in it, so paragraphs are texts of their own.
        let expected: String = paragraphs.iter().map(|text| converter.convert(text).into_owned()).collect();
        let whole: String = paragraphs.concat();
        let found = converter.convert(&whole);
        assert!(expected == found, "{config}: {}", first_difference(&expected, &found));
        for piece in [600, 20_000, 70_000] {
            let (mut stream, mut streamed) = (converter.stream(), Vec::new());
            for bytes in whole.as_bytes().chunks(piece) {
                stream.push(bytes, &mut streamed).expect("valid UTF-8");
            }
            stream.finish(&mut streamed).expect("valid UTF-8");
            let streamed = String::from_utf8(streamed).expect("whole characters");
            assert!(expected == streamed, "{config}, streamed: {}", first_difference(&expected, &streamed));
        }
        // Without line ends the stretches that convert apart are the matches' own.
        let joined = whole.replace('\n', "");
        let edits = converter.edits(&joined);
        let by_edits = edited(&joined, &edits);
        let found = converter.convert(&joined);
        assert!(by_edits == found, "{config}, by edits: {}", first_difference(&by_edits, &found));
    }
}

/// Changes are where text and result differ, and nothing else does.
#[test]
fn changes_are_what_is_different() {
    let material = material();
    let user = || UserDictionary::parse("user.tsv", "里\t[里]\n头\t头\n").expect("a good file");
    for config in Config::ALL {
        let built_in = Converter::builder().config(config);
        let own = Converter::builder().engine(StagedEngine::new(Recipe::builtin(config, TofuRisk::Include)));
        let uniform = Converter::builder().to(Variant::ALL[config as usize % Variant::ALL.len()]);
        let with_pairs = built_in.clone().dictionary(user());
        for (name, builder) in [("built in", built_in), ("own", own), ("uniform", uniform), ("pairs", with_pairs)] {
            let converter = builder.build().expect("builds");
            let mut texts = Generator::new(&material, 51 + config as u64);
            for round in 0..60 {
                let mut text = texts.text();
                if round % 20 == 0 {
                    (0..20).for_each(|_| text += &texts.text());
                }
                let (mut output, mut changes) = (String::from("x"), Vec::new());
                converter.convert_with_changes(&text, &mut output, &mut changes);
                assert!(output[1..] == converter.convert(&text), "{config}, {name}: {text}");
                let (mut source_done, mut output_done) = (0, 1);
                for change in &changes {
                    assert!(
                        text[source_done..change.source.start] == output[output_done..change.output.start],
                        "{config}, {name}: before {change:?} of {text}"
                    );
                    assert!(
                        text[change.source.clone()] != output[change.output.clone()],
                        "{config}, {name}: {change:?}"
                    );
                    assert!(
                        source_done == 0 || source_done < change.source.start,
                        "{config}, {name}: {change:?} touches"
                    );
                    (source_done, output_done) = (change.source.end, change.output.end);
                }
                assert!(text[source_done..] == output[output_done..], "{config}, {name}: the end of {text}");
            }
        }
    }
}
