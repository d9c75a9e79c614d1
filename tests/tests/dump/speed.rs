//! How fast dumps pass. To measure, not to prove:
//! `cargo test --release -p tongwen-tests --test dump speed -- --ignored --nocapture`.

use std::io::{self, Read, Write};
use std::time::Instant;

use tongwen::{Config, Converter};
use tongwen_formats::dump::{self, Compression, Compressor, Decompressor};
use tongwen_formats::{Document, Format, Options};

use super::with_threads;

/// Pages that each have the sample article, from some line of it on.
fn articles(bytes: usize) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/article/sample.wikitext");
    let article = std::fs::read_to_string(path).unwrap();
    let escaped = article.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let lines: Vec<usize> = escaped.match_indices('\n').map(|(at, _)| at + 1).collect();
    let mut dump = String::from("<mediawiki>\n");
    for number in 0.. {
        if dump.len() >= bytes {
            break;
        }
        let text = &escaped[lines[number % (lines.len() / 2)]..];
        dump.push_str(&format!(
            "  <page>\n    <title>{number}</title>\n    <ns>0</ns>\n    <id>{number}</id>\n    <revision>\n      <id>{number}</id>\n      \
             <model>wikitext</model>\n      <text xml:space=\"preserve\">{text}</text>\n    </revision>\n  </page>\n"
        ));
    }
    dump.push_str("</mediawiki>\n");
    dump
}

/// Says the best of a few times.
fn report(what: &str, bytes: usize, mut work: impl FnMut()) {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_secs_f64());
    }
    let line = format!("{what:<48} {:>6.0} MB/s\n", bytes as f64 / 1e6 / best);
    io::stdout().write_all(line.as_bytes()).unwrap();
}

#[test]
#[ignore = "measures; run alone, with --release and --nocapture"]
fn speed() {
    let dump = articles(100_000_000);
    let converter = Converter::new(Config::S2Twp);
    report("check for UTF-8 by the standard library", dump.len(), || {
        assert!(std::str::from_utf8(std::hint::black_box(dump.as_bytes())).is_ok());
    });
    for threads in [1, 2] {
        let mut nothing = with_threads(threads);
        nothing.namespaces = vec![99.into()];
        report(&format!("no page selected, threads: {threads}"), dump.len(), || {
            dump::convert(dump.as_bytes(), io::sink(), &nothing, |_, _| Ok(()), drop).unwrap();
        });
        report(&format!("every text decoded, threads: {threads}"), dump.len(), || {
            dump::convert(dump.as_bytes(), io::sink(), &with_threads(threads), |_, _| Ok(()), drop).unwrap();
        });
        report(&format!("every text scanned, s2twp, threads: {threads}"), dump.len(), || {
            dump::convert(
                dump.as_bytes(),
                io::sink(),
                &with_threads(threads),
                |page, new| {
                    let document = Document::scan(Format::Wikitext, page.text(), &Options::default());
                    let ranges = document.text_ranges();
                    let (pairs, epochs) = (document.page_pairs(), document.epochs());
                    let converted = converter.convert_ranges_with(document.text(), &ranges, pairs, &epochs);
                    new.set(document.pieces(&converted));
                    Ok(())
                },
                drop,
            )
            .unwrap();
        });
    }
    let dump = articles(10_000_000);
    for compression in [Compression::Gzip, Compression::Bzip2] {
        let mut file = Vec::new();
        report(&format!("{compression}, writing"), dump.len(), || {
            let mut compressor = Compressor::new(Vec::new(), compression).unwrap();
            compressor.write_all(dump.as_bytes()).unwrap();
            file = compressor.finish().unwrap();
        });
        let mut text = Vec::with_capacity(dump.len());
        report(&format!("{compression}, reading"), dump.len(), || {
            text.clear();
            Decompressor::new(&*file).unwrap().read_to_end(&mut text).unwrap();
        });
        assert!(text == dump.as_bytes());
    }
}
