//! Dumps of MediaWiki wikis: what is converted and what stays, compression, selection, damage, threads.
//!
//! A table of a few characters stands in for a converter; the dumps of `data/dump` are made up.

mod behaviour;
mod compressed;
mod damage;
mod laws;
mod speed;

use std::io::{self, Read};
use std::path::PathBuf;

use tongwen_formats::dump::{self, DumpError, DumpOptions, NewText, PageText, Summary};
use tongwen_formats::{Document, Format, Options, Piece};
use tongwen_tests::random::Random;

fn data(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/dump").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A dump of one page with this element in its revision.
fn with_text(text: &str) -> String {
    format!(
        "<mediawiki><page><title>页</title><ns>0</ns><id>1</id><revision><id>2</id><model>wikitext</model>\
         <format>text/x-wiki</format>{text}</revision></page></mediawiki>"
    )
}

fn convert(text: &str) -> String {
    text.replace('国', "國").replace('军', "軍").replace('书', "書").replace('马', "馬").replace('车', "車")
}

/// Converts the wikitext of a page; notes its title.
fn wikitext(page: &PageText<'_>, new: &mut NewText<'_>) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let document = Document::scan(Format::Wikitext, page.text(), &Options::default());
    let ranges = document.text_ranges();
    let converted: Vec<String> = ranges.into_iter().map(|range| convert(&page.text()[range])).collect();
    new.set(document.pieces(&converted));
    Ok(page.title().to_string())
}

/// Keeps every text, by its one range.
fn keep(page: &PageText<'_>, new: &mut NewText<'_>) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    new.set([Piece::Source(0..page.text().len())]);
    Ok(page.title().to_string())
}

/// What a run wrote, noted and said.
#[derive(Debug)]
struct Ran {
    written: Vec<u8>,
    notes: Vec<String>,
    end: Result<Summary, DumpError>,
}

impl Ran {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.written).unwrap()
    }

    fn error(&self) -> String {
        self.end.as_ref().unwrap_err().to_string()
    }
}

type Change = fn(&PageText<'_>, &mut NewText<'_>) -> Result<String, Box<dyn std::error::Error + Send + Sync>>;

fn run(reader: impl Read, options: &DumpOptions, change: Change) -> Ran {
    let (mut written, mut notes) = (Vec::new(), Vec::new());
    let end = dump::convert(reader, &mut written, options, change, |note| notes.push(note));
    Ran { written, notes, end }
}

fn options() -> DumpOptions {
    DumpOptions::default()
}

fn with_threads(threads: usize) -> DumpOptions {
    let mut options = options();
    options.threads = threads;
    options
}

/// Gives a few bytes at a time, and interrupts.
struct Drips<'a> {
    bytes: &'a [u8],
    most: usize,
    random: Random,
}

impl<'a> Drips<'a> {
    fn new(bytes: &'a [u8], most: usize, seed: u64) -> Drips<'a> {
        Drips { bytes, most, random: Random::new(seed) }
    }
}

impl Read for Drips<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.random.percent(10) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = self.random.between(1, self.most).min(buffer.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}

/// A dump of many pages of wikitext, some of which convert; about as large as asked for.
fn large(bytes: usize, seed: u64) -> String {
    const PIECES: &[&str] = &[
        "国的书和马，",
        "[[国军]]",
        "乙丙丁。\n",
        "&lt;ref name=&quot;a&quot;&gt;书&lt;/ref&gt;",
        "== 车 ==\n",
        "&amp;nbsp;",
        "{{cite web|title=国|url=http://a.example/?a=1&amp;b=2}}",
        "-{国}-",
        "text, ",
        "\n* ",
        "甲甲甲甲甲甲甲甲甲甲甲甲甲甲",
    ];
    let mut random = Random::new(seed);
    let mut dump =
        String::from("<mediawiki version=\"0.11\">\n  <siteinfo>\n    <namespaces>\n      <namespace key=\"0\" />\n");
    dump.push_str("      <namespace key=\"10\">Template</namespace>\n    </namespaces>\n  </siteinfo>\n");
    let mut number = 0;
    while dump.len() < bytes {
        number += 1;
        let model = if number % 7 == 0 { "css" } else { "wikitext" };
        let (prefix, namespace) = if number % 5 == 0 { ("Template:", 10) } else { ("", 0) };
        dump.push_str(&format!(
            "  <page>\n    <title>{prefix}国{number}</title>\n    <ns>{namespace}</ns>\n    <id>{number}</id>\n"
        ));
        for revision in 0..random.between(1, 3) {
            dump.push_str(&format!(
                "    <revision>\n      <id>{}</id>\n      <model>{model}</model>\n",
                number * 10 + revision
            ));
            dump.push_str("      <text xml:space=\"preserve\">");
            for _ in 0..random.between(0, 300) {
                dump.push_str(random.pick(PIECES).unwrap());
            }
            dump.push_str("</text>\n    </revision>\n");
        }
        dump.push_str("  </page>\n");
    }
    dump.push_str("</mediawiki>\n");
    dump
}
