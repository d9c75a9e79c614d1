//! Which vector instructions are used, in a process of its own: other tests would see the change.

use tongwen::instructions::{Instructions, limit, used};
use tongwen::{Config, Converter};

// One test: the limit is that of the process.
#[test]
fn a_limit_chooses_among_what_the_processor_has_and_changes_no_result() {
    let best = used();
    let strange = if cfg!(target_arch = "aarch64") { Instructions::Avx2 } else { Instructions::Neon };
    assert_ne!(limit(strange), strange);
    assert_eq!((limit(Instructions::Avx512), used()), (best, best));

    let pieces =
        ["使用 Rust 写的软件，", "头发干净了，里面 ok。\n", "é-𠀀😀", "后来他们在里面的皇后说只有一只鼠标的资料库"];
    let long = pieces.concat().repeat(100);
    let mut texts: Vec<&str> = vec![&long];
    for start in [0, 6, pieces[0].len(), pieces[0].len() + pieces[1].len()] {
        let ends = (start..start + 260).filter(|end| long.is_char_boundary(*end));
        texts.extend(ends.map(|end| &long[start..end]));
    }
    for config in [Config::S2Twp, Config::T2S, Config::Tw2Sp] {
        let converter = Converter::new(config);
        let expected: Vec<String> = texts.iter().map(|text| converter.convert(text).into_owned()).collect();
        for instructions in Instructions::ALL {
            assert_eq!(limit(*instructions), best.min(*instructions));
            for (text, expected) in texts.iter().zip(&expected) {
                assert!(converter.convert(text) == *expected, "{} {config}: {text}", instructions.name());
            }
        }
        limit(best);
    }
}
