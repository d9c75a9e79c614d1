//! A compiled file, read in place: the built-in one or that of an overlay (layout in [`crate::layout`]).
//!
//! Looking at a file costs a check of its header and of the table of parts. Every read is bounded by its part: bytes that are
//! none of ours are an error when the file is opened, and a file that is damaged behind a good checksum gives empty answers, never a panic.

use std::borrow::Cow;
use std::ops::Range;

use crate::Error;
use crate::fold::Folding;
use crate::layout::{self, CHECKSUM_AT, COUNT_AT, Field, Form, HEADER_BYTES, MAGIC, PARTS, PARTS_AT, Part, posting};

/// Whether a file must prove that nobody has changed it. The built-in one has the tests for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    BuiltIn,
    Verify,
}

/// A compiled file.
pub(crate) struct Layer {
    bytes: Cow<'static, [u8]>,
    parts: [Range<usize>; PARTS],
    places: u32,
    entries: u32,
    names: fst::Map<Cow<'static, [u8]>>,
}

/// How a name is found in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    /// The number of the entry, or of the blocker.
    pub(crate) entry: u32,
    pub(crate) form: Form,
    /// Which variant, suffix, ... of the entry.
    pub(crate) which: usize,
}

/// What an entry says, in words.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    layer: &'a Layer,
    bits: u32,
    words: &'a [[u8; 4]],
}

impl Layer {
    pub(crate) fn open(bytes: Cow<'static, [u8]>, trust: Trust) -> Result<Layer, Error> {
        let advice = "make it with the same version of the program";
        if !bytes.starts_with(MAGIC) {
            let found = String::from_utf8_lossy(&bytes[..bytes.len().min(MAGIC.len())]).into_owned();
            let expected = String::from_utf8_lossy(MAGIC);
            return Err(Error::compiled(format!("starts with `{found:.20}`, expected `{expected}`; {advice}")));
        }
        if bytes.len() < HEADER_BYTES {
            let length = bytes.len();
            return Err(Error::compiled(format!("ends after {length} bytes, within its header; {advice}")));
        }
        if trust == Trust::Verify {
            let stored = u64::from_le_bytes(bytes[CHECKSUM_AT..COUNT_AT].try_into().expect("eight bytes"));
            let found = layout::checksum(&bytes[COUNT_AT..]);
            if stored != found {
                return Err(Error::compiled(format!("has checksum {found:016x}, expected {stored:016x}; {advice}")));
            }
        }
        let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize;
        let mut parts: [Range<usize>; PARTS] = std::array::from_fn(|_| 0..0);
        for (index, part) in parts.iter_mut().enumerate() {
            let start = number(PARTS_AT + index * 8);
            let end = start.saturating_add(number(PARTS_AT + index * 8 + 4));
            if end > bytes.len() {
                return Err(Error::compiled(format!("part {index} ends at byte {end}, the file before; {advice}")));
            }
            *part = start..end;
        }
        let names = parts[Part::Names as usize].clone();
        let names = match &bytes {
            Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[names]),
            Cow::Owned(bytes) => Cow::Owned(bytes[names].to_vec()),
        };
        let index = |error: fst::Error| Error::compiled(format!("the index of names: {error}; {advice}"));
        let names = fst::Map::new(names).map_err(index)?;
        if trust == Trust::Verify {
            names.as_fst().verify().map_err(index)?;
        }
        let entries = parts[Part::Offsets as usize].len() / 4;
        let places = number(COUNT_AT);
        if places > entries || entries >= layout::MOST_ENTRIES {
            return Err(Error::compiled(format!("has {entries} entries, {places} of them places; {advice}")));
        }
        Ok(Layer { parts, places: places as u32, entries: entries as u32, names, bytes })
    }

    fn part(&self, part: Part) -> &[u8] {
        // `open` has checked that the parts lie in the file.
        &self.bytes[self.parts[part as usize].clone()]
    }

    pub(crate) fn words(&self, part: Part) -> &[[u8; 4]] {
        self.part(part).as_chunks().0
    }

    /// The word at a place of a part; 0 behind its end.
    pub(crate) fn word(&self, part: Part, at: usize) -> u32 {
        self.words(part).get(at).map_or(0, |word| u32::from_le_bytes(*word))
    }

    /// The string at a place; empty when there is none.
    pub(crate) fn string(&self, at: u32) -> &str {
        let strings = self.part(Part::Strings);
        let (mut at, mut length, mut shift) = (at as usize, 0usize, 0);
        loop {
            let Some(byte) = strings.get(at).copied().filter(|_| shift < 35) else { return "" };
            at += 1;
            length |= usize::from(byte & 0x7F) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        strings.get(at..at.saturating_add(length)).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
    }

    /// Number of historical names; their numbers come first.
    pub(crate) fn places(&self) -> u32 {
        self.places
    }

    /// Number of historical names and units.
    pub(crate) fn entries(&self) -> u32 {
        self.entries
    }

    pub(crate) fn record(&self, entry: u32) -> Record<'_> {
        let offset = self.word(Part::Offsets, entry as usize) as usize;
        let words = self.words(Part::Records).get(offset..).unwrap_or_default();
        match words.split_first() {
            Some((bits, words)) if entry < self.entries => {
                Record { layer: self, bits: u32::from_le_bytes(*bits), words }
            }
            _ => Record { layer: self, bits: 0, words: &[] },
        }
    }

    /// The number of the entry with this id.
    pub(crate) fn find(&self, id: &str) -> Option<u32> {
        let search = |range: Range<u32>| {
            let (mut low, mut high) = (range.start, range.end);
            while low < high {
                let middle = low + (high - low) / 2;
                match self.record(middle).string(Field::Id).cmp(id) {
                    std::cmp::Ordering::Less => low = middle + 1,
                    std::cmp::Ordering::Greater => high = middle,
                    std::cmp::Ordering::Equal => return Some(middle),
                }
            }
            None
        };
        search(0..self.places).or_else(|| search(self.places..self.entries))
    }

    /// The index: folded name → value, see [`layout::name`].
    pub(crate) fn names(&self) -> &fst::Map<Cow<'static, [u8]>> {
        &self.names
    }

    /// The postings that a value of the index stands for.
    pub(crate) fn postings(&self, value: u64) -> impl Iterator<Item = Posting> + use<'_> {
        let words = self.words(Part::Postings).get(layout::name::postings(value)..).unwrap_or_default();
        let mut ended = false;
        words
            .iter()
            .map(|word| u32::from_le_bytes(*word))
            .take_while(move |word| !std::mem::replace(&mut ended, posting::is_last(*word)))
            .filter_map(|word| {
                Some(Posting { entry: posting::entry(word), form: posting::form(word)?, which: posting::which(word) })
            })
    }

    pub(crate) fn folding(&self) -> Folding<'_> {
        Folding::new(self.part(Part::FoldIndex), self.part(Part::FoldPages), self.part(Part::FoldWide))
    }

    /// The pair filter: [`layout::pair_bit`] says which bit.
    pub(crate) fn pairs(&self) -> &[u8] {
        self.part(Part::Pairs)
    }

    /// Words of a sorted part whose value by `key` is `wanted`.
    pub(crate) fn equal(&self, part: Part, wanted: u32, key: fn(u32) -> u32) -> impl Iterator<Item = u32> + use<'_> {
        let words = self.words(part);
        let start = words.partition_point(|word| key(u32::from_le_bytes(*word)) < wanted);
        let words = words[start..].iter().map(|word| u32::from_le_bytes(*word));
        words.take_while(move |word| key(*word) == wanted)
    }
}

impl<'a> Record<'a> {
    pub(crate) fn word(self, field: Field) -> Option<u32> {
        let bit = 1u32 << field as u32;
        if self.bits & bit == 0 {
            return None;
        }
        let place = (self.bits & (bit - 1)).count_ones() as usize;
        self.words.get(place).map(|word| u32::from_le_bytes(*word))
    }

    /// The string of a field; empty when the entry has none.
    pub(crate) fn string(self, field: Field) -> &'a str {
        self.word(field).map_or("", |at| self.layer.string(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::compile;
    use crate::table::{TableText, TableTexts, Tables};
    use crate::{EntryKind, Glossary, Script};

    const PLACES: &str = "xj-dihua-1763,迪化,迪化,红庙子;紅廟子,Dihua,Tihwa,ug:Ürümchi,county,府;县,1763,1954,y,c,renamed,652322@1990,,,\
        xj-wulumuqi-1954,镇迪道,44.02,89.50,site,context,@march >城,路,9,own-xj,,high,\n\
        xj-haishenwai-x,海参崴,海參崴,,Haishenwai,,,town,,,,,,renamed,,俄罗斯符拉迪沃斯托克,俄羅斯符拉迪沃斯托克,,,,,,always,,,9,own-xj,,low,a note\n\
        xj-wulumuqi-1954,乌鲁木齐,烏魯木齊,,Wulumuqi,,,city,市,1954,,y,,renamed,652303@1996,,,,,,,,never,,,9,own-xj,,high,\n";
    const UNITS: &str = "652300,昌吉回族自治州,昌吉回族自治州,Changji,,prefecture,,,,,,\n\
        652303,米泉市,米泉市,Miquan,,county,652300,1996,,,,\n\
        652322,绿县,綠縣,Lü,Lue;Luehsien,county,652300,,1996,652303@1996,,\n";

    fn file() -> Vec<u8> {
        let texts = [
            crate::table::PLACE_COLUMNS.join(",") + "\n" + PLACES,
            format!("gb_code,name_hans,name_hant,pinyin,postal,level,parent_code,from,to,succ,lat,lon\n{UNITS}"),
            "text_hans,text_hant,name,reason\n迪化街,迪化街,迪化,a street\n".to_string(),
            "name,side,strings,about\nmarch,before,攻克 收复,movement\n".to_string(),
            "name_hans,name_hant,state_hans,state_hant,first,last\n建元,建元,西汉,西漢,-140,-135\n".to_string(),
            "id,title,url,licence,accessed\nown-xj,General knowledge,,CC0-1.0,\n".to_string(),
            "graph,folded,example\n豊,丰,豊邑\n".to_string(),
        ];
        let [places, units, blockers, cues, eras, sources, graphs] =
            std::array::from_fn(|index| TableText { name: "table", text: &texts[index] });
        let texts = TableTexts { places, units, blockers, cues, eras, sources, graphs };
        compile(&Tables::parse(&texts).unwrap()).unwrap()
    }

    fn open(bytes: Vec<u8>) -> Result<Glossary, Error> {
        Glossary::from_compiled(bytes)
    }

    /// Who has a name, by id and form; blockers by their text.
    fn named(glossary: &Glossary, name: &str) -> Vec<(String, Form, usize)> {
        let layer = glossary.units_layer();
        let value = layer.names().get(glossary.fold(name)).unwrap_or_else(|| panic!("{name} is not there"));
        let postings: Vec<Posting> = layer.postings(value).collect();
        let forms = postings.iter().fold(0, |forms, posting| forms | posting.form.bit());
        assert_eq!(layout::name::forms(value), forms);
        let id = |posting: &Posting| match posting.form {
            Form::Blocker => glossary.blockers().nth(posting.entry as usize).unwrap().text(Script::Simplified),
            _ => glossary.entry_at(0, posting.entry).unwrap().id(),
        };
        postings.iter().map(|posting| (id(posting).to_string(), posting.form, posting.which)).collect()
    }

    #[test]
    fn names_are_found_in_every_form() {
        let glossary = open(file()).unwrap();
        let cases = [
            ("迪化", "xj-dihua-1763", Form::Name, 0),
            ("紅廟子", "xj-dihua-1763", Form::Variant, 0),
            ("迪化府", "xj-dihua-1763", Form::Suffixed, 0),
            ("迪化縣", "xj-dihua-1763", Form::Suffixed, 1),
            ("Dí huà", "xj-dihua-1763", Form::Pinyin, 0),
            ("TIHWA", "xj-dihua-1763", Form::Postal, 0),
            ("urumchi", "xj-dihua-1763", Form::Other, 0),
            ("俄羅斯符拉迪沃斯托克", "xj-haishenwai-x", Form::Today, 0),
            ("符拉迪沃斯托克", "xj-haishenwai-x", Form::Today, 0),
            ("米泉", "gb-652303-1996", Form::Stem, 0),
            ("米泉市", "gb-652303-1996", Form::Name, 0),
            ("綠", "gb-652322-0", Form::Stem, 0),
            ("lu", "gb-652322-0", Form::Pinyin, 0),
            ("lv", "gb-652322-0", Form::Pinyin, 0),
            ("Luehsien", "gb-652322-0", Form::Postal, 1),
            ("迪化街", "迪化街", Form::Blocker, 0),
        ];
        for (name, id, form, which) in cases {
            let found = named(&glossary, name);
            assert!(found.contains(&(id.to_string(), form, which)), "{name}: {found:?}");
        }
    }

    #[test]
    fn the_pair_filter_lets_names_pass() {
        let glossary = open(file()).unwrap();
        let passes = |first, second| {
            let bit = layout::pair_bit(first, second);
            glossary.units_layer().pairs()[bit / 8] >> (bit % 8) & 1 != 0
        };
        assert!(passes('迪', '化') && passes('红', '庙') && passes('昌', '吉') && passes('绿', '县'));
        // A name of today is no name in a text, nor are most pairs.
        assert!(!passes('符', '拉'));
    }

    #[test]
    fn every_form_of_every_built_in_entry_is_found() {
        let glossary = Glossary::embedded();
        let layer = glossary.units_layer();
        for number in 0..layer.entries() {
            let entry = glossary.entry_at(0, number).unwrap();
            let mut names: Vec<String> =
                [Script::Simplified, Script::Traditional].map(|script| entry.name(script).to_string()).to_vec();
            names.extend(entry.variants().chain(entry.postal()).map(str::to_string));
            names.extend(entry.full_names(Script::Traditional).chain([entry.pinyin().to_string()]));
            names.extend(entry.other_names().map(|other| other.name.to_string()));
            names.extend(entry.unit().map(|unit| unit.stem(Script::Traditional).to_string()));
            for name in names.iter().filter(|name| !name.is_empty() && name.as_str() != "郊" && name.as_str() != "城")
            {
                let key = glossary.fold(name);
                let Some(value) = layer.names().get(&key) else {
                    let district = entry.kind() == EntryKind::Unit && name.chars().count() == 1;
                    assert!(district, "{entry:?}: {name} is not there");
                    continue;
                };
                let found =
                    layer.postings(value).any(|posting| posting.form != Form::Blocker && posting.entry == number);
                assert!(found || name.chars().count() == 1, "{entry:?}: {name} does not lead to it");
            }
        }
    }

    #[test]
    fn the_built_in_file_is_whole() {
        let bytes = include_bytes!("../compiled/places.bin");
        open(bytes.to_vec()).unwrap();
    }

    #[test]
    fn other_files_are_errors() {
        let file = file();
        let message = |bytes: &[u8]| open(bytes.to_vec()).unwrap_err().to_string();
        assert!(message(b"").starts_with("starts with ``, expected `tongpl01`"));
        assert!(message(b"tongwn01 and so on").starts_with("starts with `tongwn01`, expected `tongpl01`"));
        for end in (0..file.len()).step_by(61) {
            assert!(open(file[..end].to_vec()).is_err(), "cut at {end}");
        }
        for at in (0..HEADER_BYTES).chain((HEADER_BYTES..file.len()).step_by(97)) {
            let mut damaged = file.clone();
            damaged[at] ^= 0x10;
            assert!(open(damaged).is_err(), "changed at {at}");
        }
    }

    /// Behind a good checksum, whatever the parts hold: answers, perhaps empty ones. The index of names has a checksum of its own.
    #[test]
    fn damaged_parts_give_answers() {
        let file = file();
        let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        let names = number(PARTS_AT + Part::Names as usize * 8)..;
        let names = names.start..names.start + number(PARTS_AT + Part::Names as usize * 8 + 4);
        let mut opened = 0;
        for at in (COUNT_AT..file.len()).filter(|at| !names.contains(at)) {
            // The folding pages and the pair filter are large and alike.
            if at > names.end + 500 && at % 101 != 0 {
                continue;
            }
            for damage in [0x01, 0x80] {
                let mut damaged = file.clone();
                damaged[at] ^= damage;
                let sum = layout::checksum(&damaged[COUNT_AT..]);
                damaged[CHECKSUM_AT..COUNT_AT].copy_from_slice(&sum.to_le_bytes());
                let Ok(glossary) = open(damaged) else { continue };
                opened += 1;
                ask_everything(&glossary);
            }
        }
        assert!(opened > 1000, "{opened}");
    }

    fn ask_everything(glossary: &Glossary) {
        for entry in glossary.entries().take(50) {
            let _ = entry.to_place();
            for year in [None, Some(1985)] {
                for modern in entry.modern(year) {
                    let _ = modern.path(Script::Traditional);
                }
            }
            let _ = entry.full_names(Script::Traditional).count() + entry.positive_cues().count();
        }
        for id in ["xj-dihua-1763", "gb-652322-0", "652303", "符拉迪沃斯托克"] {
            let _ = (glossary.history(id), glossary.former(id));
        }
        let _ = glossary.cue_sets().map(|set| set.strings().count()).sum::<usize>();
        let _ = (glossary.eras().count(), glossary.blockers().count(), glossary.sources().count());
        let _ = glossary.fold("綠縣豊邑");
    }
}
