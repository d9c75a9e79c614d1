//! All kernels on the same text: the same bytes, the same events.

use super::borders::{self, SPARE_BORDERS};
use super::short::{BLOCK, Glance, MappedBlock, StopAtDash};
use super::tally::{self, Part, SPARE_PARTS, Signs, Weights};
use super::{ENDS, GOES_ON, IS_INSIDE, NO_SLOT, OVERWRITE, confirm, events_of, pairs, scalar, sieve, vector};
use crate::evidence::{Evidence, HK_FOREIGN, TW_FOREIGN};
use crate::instructions::{Instructions, used};
use crate::layout::neighbour::{self, Side};
use crate::map::Flat;
use crate::random::Random;
use crate::route::Route;
use crate::structure::{self, Follows, Wanted, Wish};
use crate::table::Table;
use crate::words::Words;
use crate::{Config, Script, TofuRisk};

/// The kernels with vectors; each gives `None` where the processor lacks its instructions.
#[cfg(target_arch = "x86_64")]
mod kernels {
    use super::{BordersKernel, GlanceKernel, Kernel, PartsKernel, StructureKernel, Survey, vector};

    pub(super) const BORDERS: [(&str, BordersKernel); 2] =
        [("avx2", vector::borders_by_eights), ("avx512", vector::borders_by_blocks)];
    pub(super) const STRUCTURES: [(&str, StructureKernel); 2] =
        [("avx2", vector::structure_by_eights), ("avx512", vector::structure_by_blocks)];
    /// With the length of the shortest text that each looks at.
    pub(super) const GLANCES: [(&str, GlanceKernel, usize); 2] =
        [("avx2", vector::glance_by_eights, 4), ("avx512", vector::glance_by_blocks, 0)];
    pub(super) const MAPS: [(&str, Kernel); 2] = [("avx2", vector::map_eights), ("avx512", vector::map_blocks)];
    pub(super) const PARTS: [(&str, PartsKernel); 2] =
        [("avx2", vector::parts_by_eights), ("avx512", vector::parts_by_blocks)];
    pub(super) const SURVEYS: [(&str, Survey); 2] =
        [("avx2", vector::survey_by_eights), ("avx512", vector::survey_by_blocks)];
}
#[cfg(not(target_arch = "x86_64"))]
mod kernels {
    use super::{BordersKernel, GlanceKernel, Kernel, PartsKernel, StructureKernel, Survey, vector};

    pub(super) const BORDERS: [(&str, BordersKernel); 1] = [("vectors", vector::borders)];
    pub(super) const STRUCTURES: [(&str, StructureKernel); 1] = [("vectors", vector::structure)];
    pub(super) const GLANCES: [(&str, GlanceKernel, usize); 1] = [("vectors", vector::glance, 0)];
    pub(super) const MAPS: [(&str, Kernel); 1] = [("vectors", vector::map_sixteens)];
    pub(super) const PARTS: [(&str, PartsKernel); 1] = [("vectors", vector::parts)];
    pub(super) const SURVEYS: [(&str, Survey); 1] = [("vectors", vector::survey)];
}

/// Compares the kernels on `text` and gives the number of events.
fn compare(table: &Table<'_>, text: &[u8], length: usize) -> usize {
    let buffers = || (vec![0u8; length + OVERWRITE], vec![0u16; events_of(text.len())]);
    let (mut safe_output, mut safe_events) = buffers();
    let safe_count = scalar::map(&table.map.flat(), text, length, &mut safe_output, &mut safe_events);
    for (name, kernel) in kernels::MAPS {
        let (mut output, mut events) = buffers();
        let Some(count) = kernel(&table.map.flat(), text, length, &mut output, &mut events) else { continue };
        let shown = String::from_utf8_lossy(&text[..length]);
        assert_eq!(output[..length], safe_output[..length], "{name}: bytes of {shown}");
        assert_eq!(events[..count], safe_events[..safe_count], "{name}: events of {shown}");
    }
    let shown = String::from_utf8_lossy(&text[..length]);
    let mut output = vec![0u8; length + BLOCK];
    let mut events = vec![0u16; events_of(length)];
    if let Some(outline) = vector::map_short(&table.map.flat(), &text[..length], &mut output, &mut events) {
        assert_eq!(output[..length], safe_output[..length], "bytes of {shown}, short");
        assert_eq!(output[length..], [0; BLOCK], "zeros behind {shown}, short");
        assert_eq!(events[..outline.events], safe_events[..safe_count], "events of {shown}, short");
        assert_eq!(outline.differs(), output[..length] != text[..length], "{shown}");
        assert_eq!(outline.has_dash(), text[..length].contains(&b'-'), "{shown}");
    }
    look(table, &text[..length], &safe_output[..length], &safe_events[..safe_count]);
    let (mut output, mut events) = buffers();
    let count = scalar::map(&table.map.changes(), text, length, &mut output, &mut events);
    assert_eq!((&output[..length], &events[..count]), (&safe_output[..length], &safe_events[..safe_count]));
    if let Some(words) = table.map.words {
        let flat = table.map.flat();
        let is_kept = |event: &u16| super::is_confirmed(&flat, words, text, usize::from(*event));
        let kept: Vec<u16> = safe_events[..safe_count].iter().copied().filter(is_kept).collect();
        let shown = String::from_utf8_lossy(&text[..length]);
        let mut events = safe_events.clone();
        let count = confirm(&flat, table.map.words, text, &mut events, safe_count);
        assert_eq!(events[..count], kept, "confirmed of {shown}");
        let mut slots = vec![NO_SLOT; safe_events.len()];
        if let Some(count) = vector::confirm(&flat, words, text, &mut safe_events, &mut slots, safe_count) {
            assert_eq!(safe_events[..count], kept, "confirmed of {shown} by the largest vectors");
            settle(table, words, text, &safe_events, &mut slots, count);
        }
    }
    let all: Vec<u16> = (0..length).filter(|at| text[*at] & 0xC0 != 0x80).map(|at| at as u16).collect();
    sift(table, &text[..length], &all);
    // As events are: without what the kernels never note.
    let wide: Vec<u16> = all.into_iter().filter(|at| text[usize::from(*at)] >= 0xE0).collect();
    sift(table, &text[..length], &wide);
    safe_count
}

/// Compares which words are said to stand alone with what the filter says of each.
fn settle(table: &Table<'_>, words: Words<'_>, text: &[u8], events: &[u16], slots: &mut [u16], count: usize) {
    let noted = slots[..count].to_vec();
    vector::settle(table.neighbours(), text, events, slots, count);
    let three = |at: usize| u32::from_le_bytes([text[at], text[at + 1], text[at + 2], 0]);
    for ((event, noted), slot) in events[..count].iter().zip(noted).zip(&*slots) {
        let at = usize::from(*event);
        let is_wide = |at: usize| text[at] & 0xF0 == 0xE0;
        let beside = || {
            let (before, behind) = (neighbour::before(three(at - 6)), neighbour::behind(three(at + 3)));
            let pair = neighbour::pair(three(at - 3), three(at));
            [
                (neighbour::end_hash(neighbour::pair(before, three(at - 3))), ENDS),
                (neighbour::hash(pair, Side::Before, before), IS_INSIDE),
                (neighbour::hash(pair, Side::Behind, behind), GOES_ON),
            ]
            .into_iter()
            .filter(|(hash, _)| table.has_neighbour(*hash))
            .fold(noted, |noted, (_, flag)| noted | flag)
        };
        let is_seen = at >= 6 && at + 10 <= text.len() && is_wide(at - 3) && is_wide(at);
        let expected = if is_seen { beside() } else { NO_SLOT };
        let shown = String::from_utf8_lossy(text);
        assert_eq!(*slot, expected, "{at} in {shown}");
        let key = pairs::key_at(text, at);
        let known = key.and_then(|key| words.find(key & 0xFFFF, key >> 16));
        assert!(noted == NO_SLOT || Some(words.known(noted)) == known, "{at} in {shown}");
        assert!(noted != NO_SLOT || known.is_none() || !is_seen, "{at} in {shown}");
    }
}

#[test]
fn what_has_no_room_is_not_noted() {
    let text = "头发干净软件鼠标".repeat(300);
    let table = Table::load(Route::of(Config::S2Twp, TofuRisk::Include)).expect("every config has a table");
    let [mut mapped, mut events] = [(); 2].map(|()| vec![0; text.len() + OVERWRITE]);
    let mut events: Vec<u16> = events.drain(..).map(u16::from).collect();
    for room in [0, 1, 16, 40, 192, 5_000] {
        let mut slots = vec![0; room];
        let bytes = text.as_bytes();
        let (count, noted) =
            super::map_with_slots(&table.map, bytes, bytes.len(), &mut mapped, &mut events, &mut slots);
        assert!(noted <= count.min(room));
        for (event, slot) in events[..noted].iter().zip(&slots).filter(|(_, slot)| **slot != NO_SLOT) {
            let key = pairs::key_at(bytes, usize::from(*event)).expect("all characters are wide");
            let words = table.map.words.expect("there are words");
            assert_eq!(words.find(key & 0xFFFF, key >> 16), Some(words.known(*slot)));
        }
        super::settle(table.neighbours(), bytes, &events, &mut slots, noted);
    }
}

#[test]
fn slots_of_every_config_have_room_for_flags() {
    for table in tables() {
        let slots = table.map.words.map_or(0, |words| words.keys().len());
        assert!(slots <= usize::from(super::SLOTS), "{slots} slots");
    }
}

/// Compares the sieves on all characters of a text.
fn sift(table: &Table<'_>, text: &[u8], places: &[u16]) {
    let mut sieve = sieve::Sieve::new();
    for (number, key) in
        table.map.words.iter().flat_map(|words| words.keys()).map(|key| u32::from_le_bytes(*key)).take(300).enumerate()
    {
        if number % 2 == 0 { sieve.add_own(key) } else { sieve.add_of_table(key) }
    }
    for character in ["发", "头", "a头", "的，"] {
        let mut characters = character.chars().rev().map(|character| character as u32 & 0xFFFF);
        let second = characters.next().expect("there is one");
        sieve.add_own(crate::layout::word::key(characters.next().unwrap_or(0), second));
    }
    let characters = table.map.flat().characters;
    let room = || places.iter().copied().chain([0; super::SPARE_EVENTS]).collect::<Vec<u16>>();
    let [mut safe_events, mut safe_own] = [room(), room()];
    let nothing = sieve::Sifted { of_table: 0, own: 0 };
    let safe = sieve.sift_rest(characters, text, &mut safe_events, 0..places.len(), &mut safe_own, nothing);
    for is_largest in [true, false] {
        let [mut events, mut own] = [room(), room()];
        let found = match is_largest {
            true => sieve.sift(characters, text, &mut events, places.len(), &mut own),
            false => sieve.sift_pairs(characters, text, &mut events, places.len(), &mut own),
        };
        assert_eq!(
            (&events[..found.of_table], &own[..found.own]),
            (&safe_events[..safe.of_table], &safe_own[..safe.own]),
            "sifted of {}",
            String::from_utf8_lossy(text)
        );
    }
}

/// Compares what a look at a text shows with what a kernel makes of it.
fn look(table: &Table<'_>, text: &[u8], mapped: &[u8], events: &[u16]) {
    let shown = String::from_utf8_lossy(text);
    for ((name, kernel, least), stop_at_dash) in
        kernels::GLANCES.into_iter().flat_map(|kernel| [(kernel, StopAtDash::Yes), (kernel, StopAtDash::No)])
    {
        let mut block = MappedBlock::new();
        let Some(glance) = kernel(&table.map.flat(), text, stop_at_dash, &mut block) else { continue };
        let is_plain = shown.chars().all(|character| matches!(character.len_utf8(), 1 | 3));
        let expected = match () {
            () if !(least..=BLOCK).contains(&text.len()) => Glance::Longer,
            () if stop_at_dash == StopAtDash::Yes && text.contains(&b'-') => Glance::Dash,
            () if !is_plain => Glance::Longer,
            () if events.is_empty() && mapped == text => Glance::Same,
            () => Glance::Mapped,
        };
        assert_eq!(glance, expected, "{name}: {shown}");
        if expected == Glance::Mapped {
            assert_eq!(block.bytes[..text.len()], *mapped, "{name}: {shown}");
            assert!(block.bytes[text.len()..].iter().all(|byte| *byte == 0), "{name}: {shown}");
            let marked = (0..BLOCK as u16).filter(|at| block.events >> at & 1 != 0);
            assert_eq!(marked.collect::<Vec<_>>(), events, "{name}: {shown}");
        }
    }
}

type GlanceKernel = fn(&Flat<'_>, &[u8], StopAtDash, &mut MappedBlock) -> Option<Glance>;
type BordersKernel = fn(&[u8], &[u8], &mut [u32]) -> Option<usize>;
type StructureKernel = fn(&[u8], &Wanted, &mut Vec<structure::Block>) -> Option<[u8; structure::LANES]>;

/// Whether the vector check says of bytes what the standard library says.
fn check_utf8(bytes: &[u8]) -> bool {
    let expected = std::str::from_utf8(bytes).ok();
    assert!(vector::text(bytes).is_none_or(|text| text == expected), "{bytes:x?}");
    expected.is_some()
}

#[test]
fn bytes_are_text_where_the_standard_library_says_so() {
    // Every sequence of four bytes that stand for their kinds, at the places where blocks meet.
    const KINDS: [u8; 23] = [
        0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
        0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
    ];
    let mut valid = 0;
    for number in 0..KINDS.len().pow(4) {
        let four: [u8; 4] = std::array::from_fn(|place| KINDS[number / KINDS.len().pow(place as u32) % KINDS.len()]);
        for (before, after) in [(0, 0), (60 + number % 5, 0), (60 + number % 5, 70), (125 + number % 4, number % 3)] {
            let bytes = [&vec![b'a'; before][..], &four, &vec![b'z'; after]].concat();
            valid += usize::from(check_utf8(&bytes));
        }
    }
    assert!(valid > 1000, "{valid}");
    let mut random = Random(11);
    let mut valid = 0;
    for _ in 0..20_000 {
        let mut bytes = glued(&mut random).into_bytes();
        for _ in 0..random.below(3) {
            if !bytes.is_empty() {
                let at = random.below(bytes.len());
                bytes[at] = KINDS[random.below(KINDS.len())];
            }
        }
        bytes.truncate(bytes.len().saturating_sub(random.below(3)));
        valid += usize::from(check_utf8(&bytes));
    }
    assert!((3_000..17_000).contains(&valid), "{valid}");
}

#[test]
fn bytes_are_text_where_the_standard_library_says_so_between_much_ascii() {
    let mut random = Random(12);
    let mut valid = 0;
    for _ in 0..20_000 {
        let mut bytes = apart(&mut random, 3_000).into_bytes();
        for _ in 0..random.below(2) {
            // Where blocks meet, more often than not.
            let at = random.below(bytes.len()) & [!0, !63][random.below(2)];
            bytes[at.saturating_sub(random.below(2))] = [b'a', 0x80, 0xE4, 0xC3, 0xF0][random.below(5)];
        }
        bytes.truncate(bytes.len() - random.below(3).min(bytes.len()));
        valid += usize::from(check_utf8(&bytes));
    }
    assert!((5_000..19_000).contains(&valid), "{valid}");
}

type Kernel = fn(&Flat<'_>, &[u8], usize, &mut [u8], &mut [u16]) -> Option<usize>;

fn tables() -> impl Iterator<Item = Table<'static>> {
    Config::ALL
        .into_iter()
        .map(|config| Table::load(Route::of(config, TofuRisk::Include)).expect("every config has a table"))
}

/// Words that are full of triggers, with characters of all lengths between them.
const PIECES: [&str; 23] = [
    "-{",
    "之乎者也天下大人中一二三四五六七八九十百千",
    "头发",
    "干净",
    "鼠标",
    "软件",
    "后来",
    "里面",
    "SQL注入",
    "U盘",
    "\0型",
    "丹尼·波尔",
    "，",
    "a",
    "ascii text of some length, 41 bytes",
    "é",
    "é",
    "😀",
    "𠀀",
    "\u{F900}",
    "⿰亻言",
    "資訊",
    "頭髮",
];

fn glued(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..random.below(40) {
        match random.below(4) {
            0 => text.extend(char::from_u32(0x4E00 + random.below(0x5200) as u32)),
            _ => text.push_str(PIECES[random.below(PIECES.len())]),
        }
    }
    text
}

/// The other tests leave out a kernel that gives nothing, so it must give something wherever the processor can run it, and only there.
#[test]
fn every_kernel_runs_where_the_processor_can_run_it() {
    let runs = |name: &str| match name {
        "avx2" => used() >= Instructions::Avx2,
        "avx512" => used() >= Instructions::Avx512,
        _ => used() >= Instructions::Neon,
    };
    let text = "头发干净。".repeat(20);
    let bytes = text.as_bytes();
    let table = tables().next().expect("there are configs");
    let flat = table.map.flat();
    let mut output = vec![0; bytes.len() + OVERWRITE];
    let mut events = vec![0; events_of(bytes.len())];
    for (name, kernel) in kernels::MAPS {
        let count = kernel(&flat, bytes, bytes.len(), &mut output, &mut events);
        assert_eq!(count.is_some(), runs(name), "{name}");
    }
    for (name, kernel) in kernels::BORDERS {
        let mut borders = vec![0; bytes.len() + 1 + SPARE_BORDERS];
        assert_eq!(kernel(bytes, bytes, &mut borders).is_some(), runs(name), "{name}");
    }
    for (name, kernel) in kernels::STRUCTURES {
        assert_eq!(kernel(bytes, &WANTED, &mut Vec::new()).is_some(), runs(name), "{name}");
    }
    let (evidence, weights) = (Evidence::new(), Weights::new(Script::Simplified, 0));
    for (name, kernel) in kernels::PARTS {
        let mut parts = vec![Part::default(); bytes.len() + SPARE_PARTS];
        assert_eq!(kernel(evidence, &weights, bytes, &|_| true, &mut parts).is_some(), runs(name), "{name}");
    }
    for (name, kernel) in kernels::SURVEYS {
        assert_eq!(kernel(evidence, &weights, bytes, &|_| true).is_some(), runs(name), "{name}");
    }
    // There is none for NEON.
    for (name, kernel, _) in kernels::GLANCES.into_iter().filter(|(name, ..)| *name != "vectors") {
        let glance = kernel(&flat, &bytes[..30], StopAtDash::No, &mut MappedBlock::new());
        assert_eq!(glance.is_some(), runs(name), "{name}");
    }
    // And these are for the largest vectors alone.
    assert_eq!(vector::text(bytes).is_some(), runs("avx512"));
    let outline = vector::map_short(&flat, &bytes[..60], &mut output[..60 + BLOCK], &mut events);
    assert_eq!(outline.is_some(), runs("avx512"));
    if let Some(words) = table.map.words {
        let mut slots = vec![0; events.len()];
        let confirmed = vector::confirm(&flat, words, bytes, &mut events, &mut slots, 0);
        assert_eq!(confirmed.is_some(), runs("avx512"));
    }
}

/// Few texts and short, for Miri, which sees what no comparison of results shows: a read behind the end that does no harm, a reference where there must be none. CONTRIBUTING.md has the
/// commands.
#[test]
fn the_kernels_agree_on_small_texts() {
    let mut random = Random(9);
    let table = Table::load(Route::of(Config::S2Twp, TofuRisk::Include)).expect("every config has a table");
    let mut texts: Vec<String> = ["", "a", "é", "头", "头发a", "-{里}-"].map(String::from).into();
    texts.extend((0..2).map(|_| glued(&mut random)));
    texts.push(PIECES.concat() + &"后来里面的头发，".repeat(20));
    for text in &texts {
        // Nothing to be read behind the end.
        let exact = text.as_bytes().to_vec().into_boxed_slice();
        compare(&table, &exact, exact.len());
        check_utf8(&exact);
        check_places(&exact);
        check_borders(text, &text.replace('头', "頭").replace('é', "è"));
        check_parts(text, &Weights::new(Script::Traditional, TW_FOREIGN), &|second| second % 3 != 0);
    }
}

#[test]
fn the_kernels_agree_on_glued_words_at_every_length() {
    let mut random = Random(1);
    let mut events = 0;
    for table in tables() {
        for _ in 0..60 {
            let text = glued(&mut random);
            let ends = (0..=text.len()).filter(|end| text.is_char_boundary(*end));
            events += ends.map(|length| compare(&table, text.as_bytes(), length)).sum::<usize>();
            // Nothing to be read behind the end.
            for (end, _) in text.char_indices() {
                compare(&table, &text.as_bytes()[..end], end);
            }
        }
    }
    assert!(events > 10_000, "{events} events");
}

#[test]
fn the_kernels_agree_on_texts_that_are_long() {
    let mut random = Random(3);
    let mut events = 0;
    for table in tables() {
        for _ in 0..20 {
            let mut text = String::new();
            while text.len() < 10_000 {
                // Stretches of one kind, so that there are long runs and text without any.
                let [glue, run] = [random.below(30), random.below(40)];
                (0..glue).for_each(|_| text.push_str(PIECES[random.below(PIECES.len())]));
                (0..run).for_each(|_| text.push_str(PIECES[1 + random.below(6)]));
                text.push_str(["\n", "é", "，", "ascii "][random.below(4)]);
            }
            let start = text.floor_char_boundary(random.below(5_000));
            let length = text.floor_char_boundary(start + random.below(5_000)) - start;
            events += compare(&table, &text.as_bytes()[start..], length);
        }
    }
    assert!(events > 10_000, "{events} events");
}

/// Pieces that stand apart in ASCII, as in a page of HTML; at least one byte.
fn apart(random: &mut Random, most: usize) -> String {
    let most = random.below(most);
    // Characters of 2 and 4 bytes in some texts only, and of these more or fewer.
    let (rare, gap) = (1 + random.below(30), 8 << random.below(6));
    let mut text = "<".to_string();
    while text.len() < most {
        text.extend(std::iter::repeat_n('x', random.below(gap)));
        for _ in 0..1 + random.below(3) {
            let piece = PIECES[random.below(PIECES.len())];
            let is_other = piece.chars().any(|character| matches!(character.len_utf8(), 2 | 4));
            if !is_other || random.below(rare) == 0 {
                text.push_str(piece);
            }
        }
    }
    text
}

#[test]
fn the_kernels_agree_on_characters_that_stand_apart() {
    let mut random = Random(4);
    let mut events = 0;
    for table in tables() {
        for _ in 0..300 {
            let text = apart(&mut random, 9_000);
            let start = text.floor_char_boundary(random.below(100).min(text.len()));
            let length = text.floor_char_boundary(text.len() - random.below(200).min(text.len() - start)) - start;
            events += compare(&table, &text.as_bytes()[start..], length);
        }
    }
    assert!(events > 10_000, "{events} events");
}

#[test]
fn the_kernels_agree_on_every_pair_of_frequent_characters() {
    let frequent: Vec<char> =
        "头发干净后里面只鼠标软件资料库的台了着么在文字体系统".chars().chain('a'..'d').chain('一'..'万').collect();
    let text: String =
        frequent.iter().flat_map(|first| frequent.iter().flat_map(move |second| [*first, *second])).collect();
    for table in tables() {
        for chunk in text.as_bytes().chunks(1 << 15) {
            let whole = String::from_utf8_lossy(chunk);
            let whole = whole.trim_matches('\u{FFFD}');
            compare(&table, whole.as_bytes(), whole.len());
        }
    }
}

/// Characters of every kind that evidence knows, with others of all lengths.
const TELLING: &str =
    "这没据這著於爲裏裡之后皇里面只有。！；…，、：「」）!?;,.\n\t| aZé😀𫔭𠀀的是一不了人在國国会會說说";

type Joins<'j> = &'j dyn Fn(usize) -> bool;
type PartsKernel = fn(Evidence, &Weights, &[u8], Joins<'_>, &mut [Part]) -> Option<(usize, Signs)>;
type Survey = fn(Evidence, &Weights, &[u8], Joins<'_>) -> Option<Signs>;

/// What one kernel makes of a text: its parts and the signs of all of it.
fn found(text: &str, kernel: impl FnOnce(&[u8], &mut [Part]) -> Option<(usize, Signs)>) -> Option<(Vec<Part>, Signs)> {
    let mut parts = vec![Part::default(); text.len() + SPARE_PARTS];
    let (count, signs) = kernel(text.as_bytes(), &mut parts)?;
    parts.truncate(count);
    Some((parts, signs))
}

/// Compares what the kernels count in a text, and gives its parts.
fn check_parts(text: &str, weights: &Weights, joins: Joins<'_>) -> Vec<Part> {
    let evidence = Evidence::new();
    let safe = found(text, |text, parts| {
        let mut signs = Signs::default();
        let count = tally::scalar(evidence, weights, text, 0..text.len(), joins, &mut signs, parts);
        Some((count, signs))
    });
    let (parts, signs) = safe.expect("there is always a scalar kernel");
    for (name, kernel) in kernels::PARTS {
        let fast = found(text, |text, parts| kernel(evidence, weights, text, joins, parts));
        if let Some(fast) = fast {
            assert_eq!(fast, (parts.clone(), signs), "{name}: {text}");
        }
    }
    for (name, kernel) in kernels::SURVEYS {
        if let Some(kinds) = kernel(evidence, weights, text.as_bytes(), joins) {
            for kind in [Signs::FOREIGN, Signs::OWN, Signs::FORMS] {
                assert_eq!(kinds.has(kind), signs.has(kind), "{name}: {text}");
            }
        }
    }
    parts
}

#[test]
fn evidence_is_counted_alike_at_every_length() {
    let mut random = Random(2);
    let telling: Vec<char> = TELLING.chars().collect();
    let weights = [
        Weights::new(Script::Simplified, 0),
        Weights::new(Script::Traditional, TW_FOREIGN),
        Weights::new(Script::Traditional, HK_FOREIGN),
    ];
    let (mut marks, mut sums) = (0, 0);
    for round in 0..400 {
        let mut text = String::new();
        for _ in 0..random.below(200) {
            match random.below(3) {
                0 => text.extend(char::from_u32(0x4E00 + random.below(0x5200) as u32)),
                1 => text.push(telling[random.below(telling.len())]),
                _ => text.push_str(["之后", "里面", "只有", "皇后", "之後", "這裡", "。\n", "!?"][random.below(8)]),
            }
        }
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end) && (round < 40 || *end == text.len())) {
            let joins = |second: usize| second % 7 != round % 7;
            let text = &text[..end];
            let weights = &weights[round % weights.len()];
            let parts = check_parts(text, weights, &joins);
            marks += parts.len();
            sums += parts.iter().map(|part| part.signs.0.count_ones() as usize).sum::<usize>();
        }
    }
    assert!(marks > 1000 && sums > 1000, "{marks} parts, {sums}");
}

#[test]
fn ascii_is_no_evidence_but_marks() {
    let evidence = Evidence::new();
    for character in 0..128 {
        let flags = evidence.flags(character);
        assert!(flags == 0 || flags & crate::evidence::MARK != 0, "{character:#x}");
    }
}

static WANTED: Wanted = Wanted::new([
    Wish::nothing().with(b"[", Follows::One(b"[")).with(b"|=", Follows::Anything).with(b"}", Follows::One(b"}-")),
    Wish::nothing().with(b":", Follows::NoneOf(b" \0")).with(b"\n", Follows::One(b"*")),
    Wish::nothing().with(b"\n[|\x7f", Follows::Anything),
]);

/// Compares which places of a text the kernels find, and gives their number.
fn check_places(text: &[u8]) -> u32 {
    let mut safe = Vec::new();
    let safe_seen = structure::scalar(text, &WANTED, &mut safe);
    for (name, kernel) in kernels::STRUCTURES {
        let mut blocks = Vec::new();
        if let Some(seen) = kernel(text, &WANTED, &mut blocks) {
            assert_eq!((blocks, seen), (safe.clone(), safe_seen), "{name}: {}", text.len());
        }
    }
    safe.iter().flatten().map(|bits| bits.count_ones()).sum()
}

#[test]
fn places_are_found_alike_at_every_length() {
    let mut random = Random(4);
    let mut places = 0;
    for length in 0..300 {
        let text: Vec<u8> =
            (0..length).map(|_| b"[[|}-:\n* \0=\x7f+;\xe5\xff\x80\xdb\x8a\xfc"[random.below(20)]).collect();
        places += check_places(&text);
    }
    assert!(places > 1000, "{places} places");
}

/// Compares where the kernels find two texts to differ, and gives the number of borders.
fn check_borders(source: &str, mapped: &str) -> usize {
    let find = |kernel: BordersKernel| {
        let mut borders = vec![0; source.len() + 1 + SPARE_BORDERS];
        let count = kernel(source.as_bytes(), mapped.as_bytes(), &mut borders)?;
        borders.truncate(count);
        Some(borders)
    };
    let safe = find(|source, mapped, borders| Some(borders::scalar(source, mapped, borders)));
    for (name, kernel) in kernels::BORDERS {
        let fast = find(kernel);
        assert!(fast.is_none() || fast == safe, "{name}: {source} {mapped}");
    }
    safe.map_or(0, |borders| borders.len())
}

#[test]
fn borders_are_found_alike_at_every_length() {
    let mut random = Random(5);
    let mut borders_found = 0;
    for _ in 0..2_000 {
        let (mut source, mut mapped) = (String::new(), String::new());
        for _ in 0..random.below(100) {
            let (from, to) = [("头", "頭"), ("a", "b"), ("é", "è"), ("𠀀", "𠀁")][random.below(4)];
            source += from;
            mapped += if random.below(3) == 0 { to } else { from };
        }
        borders_found += check_borders(&source, &mapped);
    }
    assert!(borders_found > 1000, "{borders_found} borders");
}
