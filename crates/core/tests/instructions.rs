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

    let text = "使用 Rust 写的软件，头发干净了，里面 ok。\n".repeat(300);
    let converter = Converter::new(Config::S2Twp);
    let expected = converter.convert(&text).into_owned();
    for instructions in Instructions::ALL {
        assert_eq!(limit(*instructions), best.min(*instructions));
        assert!(converter.convert(&text) == expected, "{}", instructions.name());
    }
}
