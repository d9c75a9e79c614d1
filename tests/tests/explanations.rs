//! Edits and explanations against a trace of the whole text by the staged engine, which knows nothing of tables, of borders, or of what was asked before.

use tongwen::{Config, Converter, Edit, Edits, Markers, Reason, Recipe, StagedEngine, TofuRisk, TraceMatch, TraceUnit};
use tongwen_tests::adversarial::Generator;
use tongwen_tests::engine_laws::material;
use tongwen_tests::random::Random;

/// Texts glued from keys, of a few characters and of several chunks.
struct Texts<'m> {
    texts: Generator<'m>,
    random: Random,
}

impl Texts<'_> {
    fn next(&mut self) -> String {
        let parts = if self.random.percent(5) { 60 } else { 1 };
        (0..parts).map(|_| self.texts.text()).collect()
    }
}

/// What a list says of an edit, in order: bytes, replacement, dictionary, key, line, other candidates.
type Said = (usize, usize, String, String, String, Option<usize>, Vec<String>);

fn said_by_trace(text: &str, trace: &[TraceUnit]) -> Vec<Said> {
    let changed = trace.iter().filter(|unit| unit.output != text[unit.source.clone()]);
    changed
        .map(|unit| {
            let found = unit.decisive().expect("what changes has a reason");
            let not_taken = found.candidates().skip(1).map(str::to_string).collect();
            let (dictionary, key) = (found.dictionary().name().to_string(), found.key().to_string());
            (unit.source.start, unit.source.end, unit.output.clone(), dictionary, key, found.line(), not_taken)
        })
        .collect()
}

fn said_by_edit(edit: &Edit) -> Said {
    let (dictionary, entry) = (edit.dictionary.clone(), edit.entry.clone());
    let (start, end) = (edit.range.start, edit.range.end);
    (start, end, edit.replacement.clone(), dictionary, entry, edit.line, edit.not_taken.clone())
}

fn matched(found: &TraceMatch) -> (tongwen::Stage, String, usize) {
    (found.stage, found.dictionary().name().to_string(), found.entry())
}

/// Compares; gives the number of edits.
fn compare(name: &str, converter: &Converter, engine: &StagedEngine, list: &mut Edits, text: &str) -> usize {
    let trace = engine.trace(text);
    let expected = said_by_trace(text, &trace);
    let edits = converter.edits(text);
    let found: Vec<Said> = edits.iter().map(said_by_edit).collect();
    let different = expected.iter().zip(&found).find(|(left, right)| left != right);
    assert!(expected == found, "{name}, edits: {different:?} in {text}");

    converter.edits_into(text, list);
    let same =
        list.iter().zip(&edits).all(|((range, replacement), edit)| range == edit.range && *replacement == **edit);
    assert!(same && list.len() == edits.len() && list.to_vec() == edits, "{name}, list: {text}");

    let explained = converter.explain(text);
    let mut units = trace.iter();
    for piece in explained.pieces() {
        let unit = units.next().expect("as many pieces as units");
        assert!(piece.range == unit.source && piece.output == unit.output, "{name}: {piece:?} for {unit:?} in {text}");
        assert_eq!(piece.replacement().is_some(), piece.output != &text[piece.range.clone()]);
        let Reason::Matches(found) = piece.reason else { panic!("{name}: {piece:?} in {text}") };
        let same = found.matches.iter().map(matched).eq(unit.matches.iter().map(matched));
        assert!(same, "{name}: {found:?} for {unit:?} in {text}");
    }
    assert!(units.next().is_none(), "{name}: {text}");
    assert_eq!(explained.edits(), edits, "{name}: {text}");
    edits.len()
}

#[test]
fn edits_and_explanations_are_those_of_the_staged_engine() {
    let material = material();
    let mut edits = 0;
    for config in Config::ALL {
        for (number, tofu_risk) in [TofuRisk::Include, TofuRisk::Exclude].into_iter().enumerate() {
            let engine = StagedEngine::builtin(config, tofu_risk);
            let build = || {
                let builder = Converter::builder().config(config).tofu_risk(tofu_risk).markers(Markers::Convert);
                builder.build().expect("an official config builds")
            };
            let name = format!("{config}, {tofu_risk:?}");
            let seed = 2 * config as u64 + number as u64;
            let (texts, random) = (Generator::new(&material, 91 + seed), Random::new(seed));
            let mut texts = Texts { texts, random };
            let (mut converter, mut list) = (build(), Edits::new());
            for round in 0..100 {
                if round % 40 == 0 {
                    // What was learned is forgotten.
                    converter = build();
                }
                edits += compare(&name, &converter, &engine, &mut list, &texts.next());
            }
        }
    }
    assert!(edits > 30_000, "{edits}");
}

#[test]
fn so_are_those_of_compiled_recipes() {
    let material = material();
    for config in [Config::S2Twp, Config::Tw2Sp, Config::T2S] {
        let engine = StagedEngine::new(Recipe::builtin(config, TofuRisk::Include));
        let builder = Converter::builder().engine(engine.clone()).markers(Markers::Convert);
        let converter = builder.build().expect("builds");
        converter.compile().expect("official recipes can be compiled");
        let mut texts = Texts { texts: Generator::new(&material, 9), random: Random::new(9) };
        let mut list = Edits::new();
        for _ in 0..100 {
            compare(config.name(), &converter, &engine, &mut list, &texts.next());
        }
    }
}

/// What is known of a character is known by its code point; those of more than 16 bits have nothing to do with what their lower bits are.
#[test]
fn long_code_points_are_not_cut() {
    let converter = Converter::builder().config(Config::Jp2T).markers(Markers::Convert).build().expect("builds");
    let engine = StagedEngine::builtin(Config::Jp2T, TofuRisk::Include);
    let characters = |plane: u32| (0xF800..0xFA20).filter_map(move |low| char::from_u32(plane << 16 | low));
    converter.edits(&characters(0).collect::<String>());
    // Among them are compatibility forms of 花, 衣 and 貫, which begin phrases.
    let text: String = characters(2).map(|first| format!("{first}弁{first}装{first}録")).collect();
    assert!(compare("jp2t", &converter, &engine, &mut Edits::new(), &text) > 500);
}

/// Of a unit that holds compatibility forms of 4 bytes only the first byte tells that it changes.
#[test]
fn compatibility_forms_within_units_are_found() {
    for config in Config::ALL {
        let converter = Converter::builder().config(config).markers(Markers::Convert).build().expect("builds");
        let engine = StagedEngine::builtin(config, TofuRisk::Include);
        compare(config.name(), &converter, &engine, &mut Edits::new(), "在密\u{2F991}根，的密\u{2F991}根州");
    }
    let converter = Converter::builder().config(Config::Hk2Sp).markers(Markers::Convert).build().expect("builds");
    assert_eq!(converter.convert("密\u{2F991}根"), "密歇根");
    assert_eq!(converter.edits("密\u{2F991}根").len(), 1);
}

/// A list stays what it is while its converter goes on learning, in this thread and in others.
#[test]
fn lists_do_not_depend_on_each_other() {
    let material = material();
    let converter = Converter::new(Config::S2Twp);
    let mut texts = Generator::new(&material, 5);
    let texts: Vec<String> = (0..60).map(|_| texts.text()).collect();
    let list = |text: &String| {
        let mut list = Edits::new();
        converter.edits_into(text, &mut list);
        list
    };
    let lists: Vec<Edits> = texts.iter().map(list).collect();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for (text, found) in texts.iter().zip(&lists) {
                    assert_eq!(list(text).to_vec(), found.to_vec());
                }
            });
        }
    });
    for (text, found) in texts.iter().zip(&lists) {
        assert_eq!(Converter::new(Config::S2Twp).edits(text), found.to_vec(), "{text}");
    }
}
