//! Streams that start at borders of a text write together what one stream writes, and that is what the whole text gives.

use tongwen::{Config, Converter, Level, Markers, Stream, StreamState, UserDictionary, Variant};
use tongwen_tests::random::Random;

const PIECES: [&str; 24] = [
    "头发很干净。",
    "皇后說後來的事。",
    "里面",
    "-{里}-",
    "-{里\n面}-",
    "-<里>-",
    "发",
    "-{",
    "}-",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "abc ",
    "他们的后台。这里\n",
    "公里，干杯\n",
    "⿳",
    "⿰\n",
    "萊雅",
    "喂；",
    "爲了裏面。\n",
    "没有人說「不」\n",
    "。\n",
    "自然语言处理软件内存\n",
];

fn converters() -> Vec<Converter> {
    let dictionary = |pairs: &str| UserDictionary::parse("own.tsv", pairs).expect("the pairs are well-formed");
    let uniform = |to: Variant| Converter::builder().to(to);
    [
        Converter::builder().config(Config::S2Twp),
        Converter::builder().config(Config::Tw2Sp),
        Converter::builder().config(Config::T2S).markers(Markers::Convert),
        Converter::builder().config(Config::S2T).dictionary(dictionary("发他\t發他\n里面\t里面\n")),
        uniform(Variant::ZhTw),
        uniform(Variant::ZhHk).level(Level::Phrases),
        uniform(Variant::ZhCn).dictionary(dictionary("皇后說\t皇后说\n")),
        uniform(Variant::ZhHant).level(Level::None),
    ]
    .map(|builder| builder.build().expect("the options go together"))
    .to_vec()
}

fn text(random: &mut Random) -> String {
    // Short ones meet every corner, long ones what is held back.
    let most = if random.percent(5) { 3000 } else { 24 };
    // Some texts have few pieces, so that nothing in them is evidence, or all.
    let pieces = random.between(2, PIECES.len());
    let first = random.below(PIECES.len());
    (0..random.below(most)).map(|_| PIECES[(first + random.below(pieces)) % PIECES.len()]).collect()
}

/// The text through streams of which each starts where there is a border, looked for at some ends of lines.
fn in_parts(converter: &Converter, text: &str, random: &mut Random, borders: &mut usize) -> String {
    let mut output = Vec::new();
    let mut stream: Stream = converter.stream();
    let looks = random.between(1, 100);
    for line in text.split_inclusive('\n') {
        stream.push(line.as_bytes(), &mut output).expect("it is a text");
        if !random.percent(looks) {
            continue;
        }
        if let Some(state) = stream.border(&mut output) {
            *borders += 1;
            if random.percent(50) {
                stream = converter.stream();
            }
            stream.start_at(state);
        }
    }
    stream.finish(&mut output).expect("it is a text");
    String::from_utf8(output).expect("text becomes text")
}

#[test]
fn parts_between_borders_give_what_the_whole_text_gives() {
    let mut random = Random::new(11);
    let mut borders = 0;
    let converters = converters();
    for _ in 0..3000 {
        let text = text(&mut random);
        for converter in &converters {
            let parts = in_parts(converter, &text, &mut random, &mut borders);
            assert_eq!(parts, converter.convert(&text), "{converter:?}: {text:?}");
        }
    }
    assert!(borders > 10_000, "{borders}");
}

#[test]
fn the_expected_state_is_mostly_the_right_one() {
    let mut random = Random::new(12);
    let converter = Converter::builder().to(Variant::ZhTw).build().expect("a target is enough");
    let (mut right, mut all) = (0, 0);
    let lines = ["这里的里程很长。他说\n", "皇后說後來的事。\n", "公里\n", "\n", "他们的后台。喂。\n"];
    for share in [0, 10, 50, 90, 100] {
        let (mut stream, mut output, mut known) = (converter.stream(), Vec::new(), StreamState::default());
        for _ in 0..100 {
            let mut block = String::new();
            for _ in 0..200 {
                let picked = lines[random.below(lines.len())];
                let foreign = random.percent(share);
                block.push_str(if picked.starts_with('皇') && foreign { lines[0] } else { picked });
            }
            stream.push(block.as_bytes(), &mut output).expect("it is a text");
            let state = stream.border(&mut output).expect("nothing is open");
            let tail = block.floor_char_boundary(block.len() - 1000);
            let tail = &block[tail + block[tail..].find('\n').expect("lines are short") + 1..];
            right += usize::from(converter.expect_state(tail, known) == state);
            all += 1;
            known = state;
            stream.start_at(state);
        }
    }
    assert!(right * 100 >= all * 97, "{right} of {all}");
}

#[test]
fn what_is_open_has_no_border() {
    let converter = Converter::builder().to(Variant::ZhTw).build().expect("a target is enough");
    let border = |text: &str| {
        let (mut stream, mut output) = (converter.stream(), Vec::new());
        stream.push(text.as_bytes(), &mut output).expect("it is a text");
        stream.border(&mut output).map(|_| String::from_utf8(output).expect("text becomes text"))
    };
    assert_eq!(border("这里\n").as_deref(), Some("這裡\n"));
    for open in ["这里", "公里\n", "这里-{\n", "这里\n-", "这里⿰\n"] {
        assert_eq!(border(open), None, "{open:?}");
    }
}
