//! The decision on mixed input: the rule by example, and its laws on texts put together at random.
#![allow(clippy::single_range_in_vec_init, reason = "a list of one range of prose is meant")]

use std::ops::Range;

use tongwen::{Config, Decision, End, Mixed, MixedState, StagedEngine, TofuRisk, Treatment, Variant};

fn decide(target: Variant, text: &str, ranges: &[Range<usize>]) -> Vec<Decision> {
    let mut decisions = Vec::new();
    let consumed = Mixed::new(target).decide(&mut MixedState::default(), text, ranges, End::Final, &mut decisions);
    assert_eq!(consumed, text.len());
    decisions
}

fn found(target: Variant, text: &str) -> Vec<(&str, Treatment)> {
    let whole = [0..text.len()];
    let decisions = decide(target, text, &whole);
    decisions.iter().map(|decision| (&text[decision.range.clone()], decision.treatment)).collect()
}

use Treatment::{Convert, ConvertEvident, Leave, Normalise};

#[test]
fn text_in_the_target_script_is_left() {
    let text = "皇后在公里外的乾淨麵店裡。只有她的面子，台灣的雲。";
    assert_eq!(found(Variant::ZhTw, text), [(text, Leave)]);
    let text = "乾隆皇帝著名的瞭望台，在这里。於先生也来了。";
    assert_eq!(found(Variant::ZhCn, text)[0].1, Leave);
    assert!(found(Variant::ZhCn, text).iter().all(|(_, treatment)| *treatment != Convert));
}

#[test]
fn every_sentence_is_decided_alone() {
    assert_eq!(
        found(Variant::ZhTw, "他說話。「他说话。」他說話！\n他说话\n他說話"),
        [
            ("他說話。", Leave),
            ("「他说话。」", Convert),
            ("他說話！\n", Leave),
            ("他说话\n", Convert),
            ("他說話", Leave)
        ]
    );
}

#[test]
fn a_sentence_with_both_scripts_is_split() {
    assert_eq!(
        found(Variant::ZhTw, "他說話，后面的人说话，皇后不說话。"),
        [("他說話，", Leave), ("后面的人说话，", Convert), ("皇后不說话。", ConvertEvident)]
    );
    assert_eq!(
        found(Variant::ZhCn, "其餘的人在里面说话。"),
        [("其餘的人在里面说话。", ConvertEvident)],
        "only 餘 is to be replaced"
    );
}

#[test]
fn only_evident_characters_are_replaced_in_the_targets_own_clauses() {
    let tw = Mixed::new(Variant::ZhTw);
    assert!(tw.is_evident("说") && tw.is_evident("没") && tw.is_evident("头发") && tw.is_evident("爲"));
    assert!(!tw.is_evident("后") && !tw.is_evident("里面") && !tw.is_evident("据") && !tw.is_evident("說"));
    assert!(!Mixed::new(Variant::ZhHant).is_evident("爲"));
    let cn = Mixed::new(Variant::ZhCn);
    assert!(cn.is_evident("餘") && cn.is_evident("乾淨"));
    assert!(
        !cn.is_evident("乾")
            && !cn.is_evident("於")
            && !cn.is_evident("说")
            && !cn.is_evident("爲了".trim_end_matches("爲了"))
    );
}

#[test]
fn sentences_without_evidence_follow_a_document_in_the_other_script() {
    let text = "面条\n干面\n这是面条。\n后\n里\n";
    assert_eq!(found(Variant::ZhTw, text), [(text, Convert)]);
    let text = "麵條\n里\n后\n";
    assert_eq!(found(Variant::ZhTw, text), [(text, Leave)]);
    let text = "里\n后\n這裡\n";
    assert_eq!(found(Variant::ZhTw, text), [(text, Leave)]);
    let text = "里\n后\n";
    assert_eq!(found(Variant::ZhTw, text), [(text, Leave)]);
}

#[test]
fn three_foreign_sentences_in_a_row_carry_the_next() {
    let text = "他說話。\n他说话。\n里\n他说话。\n里\n他说话。\n里\n他說話。\n里\n";
    let expected = [
        ("他說話。\n", Leave),
        ("他说话。\n", Convert),
        ("里\n", Leave),
        ("他说话。\n", Convert),
        ("里\n", Leave),
        ("他说话。\n里\n", Convert),
        ("他說話。\n里\n", Leave),
    ];
    assert_eq!(found(Variant::ZhTw, text), expected);
}

#[test]
fn the_first_evidence_must_begin_within_the_look_ahead() {
    let near = format!("里\n{}这\n", "人\n".repeat((4096 - 4 - 4) / 4));
    assert_eq!(found(Variant::ZhTw, &near), [(near.as_str(), Convert)]);
    let far = format!("里\n{}这\n", "人\n".repeat((4096 - 4) / 4));
    assert_eq!(found(Variant::ZhTw, &far)[0], ("里\n", Leave));
    assert_eq!(found(Variant::ZhTw, &far)[1].1, Convert);
}

#[test]
fn markup_does_not_end_a_sentence_but_a_newline_in_it_does() {
    let text = "他說<b>里</b>面<br\n/>后";
    let ranges = [0..6, 9..12, 16..19, 25..28];
    let decisions = decide(Variant::ZhTw, text, &ranges);
    assert!(decisions.iter().all(|decision| decision.treatment == Leave));
    assert_eq!(decisions.iter().map(|decision| decision.range.clone()).collect::<Vec<_>>(), ranges);
    // 里 and 面 are one word without the markup, which would be evidence.
    assert_eq!(decide(Variant::ZhTw, "里<b>面", &[0..3, 6..9])[0].treatment, Leave);
    assert_eq!(decide(Variant::ZhTw, "里面", &[0..6])[0].treatment, Convert);
    // Not even where the markup itself is Chinese.
    assert_eq!(decide(Variant::ZhTw, "里面", &[3..6])[0].treatment, Leave);
    // The closing quote behind the mark-up is still part of the sentence.
    let text = "他說。<b>」</b>他说";
    let treatments: Vec<_> = decide(Variant::ZhTw, text, &[0..9, 12..15, 19..25]).iter().map(|d| d.treatment).collect();
    assert_eq!(treatments, [Leave, Leave, Convert]);
}

#[test]
fn a_region_asks_for_its_own_forms() {
    assert_eq!(found(Variant::ZhTw, "爲了說話。為了說話。"), [("爲了說話。", Normalise), ("為了說話。", Leave)]);
    assert_eq!(found(Variant::ZhHk, "裏面說話。爲了說話。"), [("裏面說話。", Leave), ("爲了說話。", Normalise)]);
    assert_eq!(found(Variant::ZhHant, "爲了說話。裏面。"), [("爲了說話。裏面。", Leave)]);
}

#[test]
fn long_sentences_are_cut() {
    let text = "人".repeat(1024) + "说" + &"人".repeat(1023) + "說";
    let decisions = decide(Variant::ZhTw, &text, &[0..text.len()]);
    assert_eq!(decisions[0].range, 0..6144, "the first cut waits for the second, which is foreign");
    assert_eq!(decisions[1].treatment, Leave);
}

/// A small generator of numbers, so that the laws are tested on the same texts everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

const PIECES: &[&str] = &[
    "这",
    "说",
    "没有",
    "据",
    "之后",
    "里面",
    "這",
    "說",
    "沒有",
    "於",
    "瞭解",
    "爲",
    "裏",
    "皇后",
    "公里",
    "人",
    "中文",
    "面",
    "干",
    "。",
    "！",
    "？」",
    "…",
    "，",
    "、",
    "：",
    "\n",
    "\r\n",
    "「",
    "」",
    "(",
    ")",
    " ",
    "a",
    "word ",
    "é",
    "😀",
    "𫔭",
    "了",
    "3.14",
    "the quick brown fox jumps over the lazy dog ",
    "人人人人人人人人人人人人人人人人人人人人",
    "<b>",
    "</b>",
    "[[",
    "|",
    "<br\n/>",
];

/// A text, and what of it is prose: everything, or what is not between `<` and `>`.
fn text(numbers: &mut Numbers) -> (String, Vec<Range<usize>>) {
    let dense = numbers.below(3);
    let count = [20, 200, 2000][numbers.below(3)];
    let mut text = String::new();
    for _ in 0..count {
        // In some texts evidence is rare, so that waiting and cutting happen.
        let piece = match dense {
            0 => PIECES[numbers.below(PIECES.len())],
            _ if numbers.below(60) == 0 => PIECES[numbers.below(12)],
            1 => PIECES[15 + numbers.below(PIECES.len() - 15)],
            _ => PIECES[37 + numbers.below(7)],
        };
        text.push_str(piece);
    }
    let mut ranges = Vec::new();
    if numbers.below(2) == 0 {
        ranges.push(0..text.len());
    } else {
        let mut at = 0;
        while let Some(open) = text[at..].find('<').map(|open| at + open) {
            ranges.push(at..open);
            at = text[open..].find('>').map_or(text.len(), |close| open + close + 1);
        }
        ranges.push(at..text.len());
    }
    (text, ranges)
}

/// The treatment of every byte; `None` outside prose.
fn by_byte(length: usize, decisions: &[Decision]) -> Vec<Option<Treatment>> {
    let mut bytes = vec![None; length];
    for decision in decisions {
        for byte in &mut bytes[decision.range.clone()] {
            assert_eq!(byte.replace(decision.treatment), None, "decisions are disjoint");
        }
    }
    bytes
}

const TARGETS: [Variant; 4] = [Variant::ZhTw, Variant::ZhCn, Variant::ZhHk, Variant::ZhHant];

#[test]
fn decisions_partition_the_prose() {
    let mut numbers = Numbers(1);
    for _ in 0..300 {
        let (text, ranges) = text(&mut numbers);
        let bytes = by_byte(text.len(), &decide(TARGETS[numbers.below(4)], &text, &ranges));
        for (at, byte) in bytes.iter().enumerate() {
            assert_eq!(byte.is_some(), ranges.iter().any(|range| range.contains(&at)), "byte {at} of {text:?}");
        }
    }
}

#[test]
fn a_stream_is_decided_like_the_whole() {
    let mut numbers = Numbers(2);
    for round in 0..300 {
        let (text, ranges) = text(&mut numbers);
        let mixed = Mixed::new(TARGETS[round % 4]);
        let whole = by_byte(text.len(), &decide(TARGETS[round % 4], &text, &ranges));
        let longest = [1, 7, 100, 5000][numbers.below(4)].max(text.len() / 400);
        let mut state = MixedState::default();
        let mut streamed = Vec::new();
        let (mut base, mut visible) = (0, 0);
        while visible < text.len() {
            visible = (visible + 1 + numbers.below(longest)).min(text.len());
            while !text.is_char_boundary(visible) {
                visible += 1;
            }
            let end = if visible == text.len() { End::Final } else { End::More };
            let window: Vec<Range<usize>> = ranges
                .iter()
                .map(|range| range.start.clamp(base, visible) - base..range.end.clamp(base, visible) - base)
                .filter(|range| !range.is_empty())
                .collect();
            let mut decisions = Vec::new();
            let consumed = mixed.decide(&mut state, &text[base..visible], &window, end, &mut decisions);
            assert!(decisions.iter().all(|decision| decision.range.end <= consumed));
            streamed.extend(decisions.into_iter().map(|decision| Decision {
                range: decision.range.start + base..decision.range.end + base,
                treatment: decision.treatment,
            }));
            base += consumed;
            assert!(visible - base <= Mixed::HELD_BACK, "{} bytes held back", visible - base);
        }
        assert_eq!(base, text.len());
        assert!(by_byte(text.len(), &streamed) == whole, "round {round}: {text:?}");
    }
}

/// Converts as a converter would that follows the decisions.
struct Toy {
    mixed: Mixed,
    forward: StagedEngine,
    normalising: Option<StagedEngine>,
}

impl Toy {
    fn new(target: Variant) -> Toy {
        let engine = |config| StagedEngine::builtin(config, TofuRisk::Include);
        let (forward, normalising) = match target {
            Variant::ZhTw => (Config::S2Twp, Some(Config::T2Tw)),
            Variant::ZhHk => (Config::S2Hkp, Some(Config::T2Hk)),
            Variant::ZhHant => (Config::S2T, None),
            _ => (Config::Tw2Sp, None),
        };
        Toy { mixed: Mixed::new(target), forward: engine(forward), normalising: normalising.map(engine) }
    }

    fn convert(&self, text: &str) -> String {
        let mut decisions = Vec::new();
        self.mixed.decide(&mut MixedState::default(), text, &[0..text.len()], End::Final, &mut decisions);
        let mut out = String::new();
        for decision in decisions {
            let piece = &text[decision.range];
            match decision.treatment {
                Leave => out.push_str(piece),
                Convert => out.push_str(&self.forward.convert(piece)),
                Normalise => out.push_str(&self.normalising.as_ref().expect("asked of regions only").convert(piece)),
                ConvertEvident => {
                    for unit in self.forward.trace(piece) {
                        let source = &piece[unit.source];
                        out.push_str(if self.mixed.is_evident(source) { &unit.output } else { source });
                    }
                }
            }
        }
        out
    }
}

#[test]
fn converting_again_changes_nothing() {
    let mut numbers = Numbers(3);
    for target in TARGETS {
        let toy = Toy::new(target);
        for _ in 0..100 {
            let (text, _) = text(&mut numbers);
            let once = toy.convert(&text);
            assert_eq!(toy.convert(&once), once, "{target}: {text:?}");
        }
    }
}

#[test]
fn a_document_in_the_other_script_is_converted_whole() {
    let text = "标题\n里\n\n这里是公里，后面有面条。\n\n表格 只 干\n没有了！\n";
    for target in [Variant::ZhTw, Variant::ZhHk, Variant::ZhHant] {
        let toy = Toy::new(target);
        assert_eq!(toy.convert(text), toy.forward.convert(text));
    }
}
