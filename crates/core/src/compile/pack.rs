//! Packs decision tries into the compiled tables that the engine reads ([`crate::layout`]).
//!
//! Five ideas keep sixteen configs small and one look-up cheap:
//!
//! 1. The tries of all configs become one graph: equal subtrees are stored once (`STPhrases` is in five configs).
//! 2. The graph lies in one double array over character codes: a transition is one 4-byte read. Only characters of phrases have codes; frequent
//!    ones have small codes, so rows are dense.
//! 3. What a character alone becomes lies in a separate map, because the engine applies that to every character. A config's map is stored as what it
//!    changes in that of the config before it that is most like it.
//! 4. A phrase whose output is what the map says anyway ("plain") matters only by the characters that it consumes; its value is
//!    just that number. For every other path one *trigger* is chosen: the pair of adjacent characters that real text has least
//!    often (`pairs.rs`). The engine consults the trie only where a trigger occurs.
//! 5. Which characters beside a trigger matter lies in a filter (`neighbours.rs`), so that mostly the trie need not be read there.
//!
//! The result depends on nothing but the tries and the pair counts: the same bytes every time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::classes::Classes;
use super::counts::PairCounts;
use super::covers::Covers;
use super::fuse::DecisionTrie;
use super::neighbours::Neighbours;
use super::pairs::{Triggers, choose_triggers};
use super::words;
use crate::layout::word::Known;
use crate::layout::{self, slot, value};

/// A config to be packed: its name in the file and its trie.
pub(crate) struct Packed<'a> {
    pub(crate) name: &'a str,
    pub(crate) trie: &'a DecisionTrie,
    pub(crate) counts: &'a PairCounts,
}

/// Figures of a packed config.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Its name.
    pub name: String,
    /// Nodes of its trie.
    pub nodes: usize,
    /// Nodes that fusion tried.
    pub tried: usize,
    /// Pairs of characters at which the engine looks again.
    pub triggers: usize,
    /// The config whose map it changes.
    pub parent: Option<String>,
    /// Characters whose entries it changes there.
    pub changes: usize,
}

/// Places at which rows may be tried: some seconds. First fit is fast in practice, and nothing says that it must be.
const MOST_TRIES: u64 = 1 << 30;

/// Edges with a character from which on its code is chosen by frequency alone.
const FREQUENT: usize = 300;

/// From this number of adjacent pairs on, configs share one filter of them, and one of neighbours: theirs are nearly the same.
const SHARED_FILTERS: usize = 10_000;

/// Packs all configs into one file. Errors name what does not fit the layout.
pub(crate) fn pack(configs: &[Packed<'_>]) -> Result<(Vec<u8>, Vec<Figures>), String> {
    let normalization = &configs.first().ok_or("no configs")?.trie.normalization;
    if configs.iter().any(|config| config.trie.normalization != *normalization) {
        return Err("configs with different normalizations do not share codes".into());
    }
    let codes = Codes::assign(configs, normalization)?;
    let mut graph = Graph::default();
    let mut classes = Classes::default();
    let mut own = Vec::new();
    let mut adjacencies = Vec::new();
    for config in configs {
        let single = Singles::new(config.trie, normalization);
        single.check().map_err(|message| format!("{}: {message}", config.name))?;
        let row = graph.add(config, &codes, &single)?;
        let triggers =
            choose_triggers(config.trie, config.counts, &mut classes, |character| single.is_special(character))
                .map_err(|message| format!("{}: {message}", config.name))?;
        let characters = Characters::new(&single, &triggers, &mut graph)?;
        adjacencies.push(Adjacency::of(config.trie, |character| codes.sources_of(character)));
        own.push((row, triggers, characters));
    }
    let is_large = |number: usize| adjacencies[number].pairs.len() >= SHARED_FILTERS;
    let large = || (0..configs.len()).filter(|number| is_large(*number));
    let mut shared = Adjacency::default();
    large().for_each(|number| shared.extend(&adjacencies[number]));
    let neighbours: Vec<Neighbours> = configs
        .iter()
        .zip(&own)
        .map(|(config, (row, triggers, _))| {
            let single = Singles::new(config.trie, normalization);
            Neighbours::of(config.trie, &triggers.pairs, &single, |pair| graph.word(&codes, *row, pair) != Known::PLAIN)
        })
        .collect();
    let mut shared_neighbours = Neighbours::default();
    large().for_each(|number| shared_neighbours.extend(&neighbours[number]));

    let array = DoubleArray::place(&graph)?;
    let mut file = File::new(configs.len());
    file.shared(array.slots.iter().flat_map(|slot| slot.to_le_bytes()).collect());
    file.shared(graph.values.iter().flat_map(|value| value.to_le_bytes()).collect());
    file.shared(graph.text.clone());
    let (index, code_pages) = codes.pages();
    file.shared(index.iter().flat_map(|page| page.to_le_bytes()).collect());
    file.shared(code_pages.iter().flatten().flat_map(|code| code.to_le_bytes()).collect());
    file.shared(codes.wide().flat_map(|(point, code)| [point.to_le_bytes(), code.to_le_bytes()]).flatten().collect());
    file.shared(
        normalization
            .iter()
            .flat_map(|(from, to)| [(*from as u32).to_le_bytes(), (*to as u32).to_le_bytes()])
            .flatten()
            .collect(),
    );

    let mut figures = Vec::new();
    for (number, config) in configs.iter().enumerate() {
        let (row, triggers, characters) = &own[number];
        let adjacency = if is_large(number) { &shared } else { &adjacencies[number] };
        let neighbours = if is_large(number) { &shared_neighbours } else { &neighbours[number] };
        // Where much hangs together, too many characters would have one.
        let covers = match is_large(number) {
            true => Vec::new(),
            false => filter_for(&Covers::of(config.trie, |character| codes.sources_of(character)).patterns()),
        };
        let words = words::table(&triggers.pairs, |pair| graph.word(&codes, *row, pair))?;
        let earlier: Vec<&Characters> = own[..number].iter().map(|(_, _, characters)| characters).collect();
        let ByParent { parent, map, specials } = characters.by_parent(&earlier);
        figures.push(Figures {
            name: config.name.to_string(),
            nodes: config.trie.edges.len(),
            tried: config.trie.explored,
            triggers: triggers.pairs.len(),
            parent: parent.map(|parent| configs[parent].name.to_string()),
            changes: map.len() + specials.len(),
        });
        file.config(
            config.name,
            [
                array.bases[*row as usize],
                longest_path(config.trie) as u32,
                triggers.bits.of_narrow() | if config.trie.lengthens { layout::LENGTHENS } else { 0 },
                parent.map_or(layout::NO_PARENT, |parent| parent as u32),
            ],
            [
                map.iter()
                    .flat_map(|(point, entry)| [&point.to_le_bytes()[..], &entry.to_le_bytes()].concat())
                    .collect(),
                specials
                    .iter()
                    .flat_map(|(point, value)| [&point.to_le_bytes()[..3], &value.to_le_bytes()].concat())
                    .collect(),
                words,
                filter_of(&adjacency.patterns(), adjacency.pairs.len()),
                filter(neighbours.hashes(|character| codes.sources_of(character))),
                covers,
            ],
        )?;
    }
    Ok((file.bytes, figures))
}

/// What each character alone becomes in one config.
pub(crate) struct Singles<'a> {
    outputs: HashMap<char, &'a str>,
    normalization: &'a BTreeMap<char, char>,
}

impl<'a> Singles<'a> {
    pub(crate) fn new(trie: &'a DecisionTrie, normalization: &'a BTreeMap<char, char>) -> Singles<'a> {
        let mut outputs = HashMap::new();
        for (character, node) in &trie.edges[0] {
            if let Some(outcome) = &trie.outcome[*node as usize] {
                outputs.insert(*character, outcome.output.as_str());
            }
        }
        Singles { outputs, normalization }
    }

    /// The kernel lets characters of 1 and 2 bytes pass.
    fn check(&self) -> Result<(), String> {
        let mut changed: Vec<(&char, &&str)> = self.outputs.iter().collect();
        changed.sort_unstable();
        match changed
            .into_iter()
            .find(|(character, output)| character.len_utf8() < 3 && !output.chars().eq([**character]))
        {
            Some((character, output)) => Err(format!(
                "`{character}` → `{output}`: alone, characters of ASCII and other short ones cannot be replaced in a table"
            )),
            None => match self.normalization.keys().find(|character| character.len_utf8() < 3) {
                Some(character) => Err(format!(
                    "the normalization of `{character}`, which is shorter than 3 bytes, does not fit a table"
                )),
                None => Ok(()),
            },
        }
    }

    /// The output for a character as the tables see it (after normalization).
    pub(crate) fn output(&self, character: char) -> String {
        self.outputs.get(&character).map_or_else(|| character.to_string(), |output| output.to_string())
    }

    /// The UTF-8 bytes of input and output joined by exclusive or, when both are one character of 3 bytes.
    fn difference(&self, character: char) -> Option<u32> {
        let output = self.output(self.normalized(character));
        let three_bytes = character.len_utf8() == 3 && output.len() == 3 && output.chars().count() == 1;
        three_bytes.then(|| little_endian(character) ^ little_endian(output.chars().next().expect("one character")))
    }

    /// Whether the engine has to look at every occurrence of the character instead of mapping it.
    fn is_special(&self, character: char) -> bool {
        self.difference(character).is_none()
            || self.normalization.contains_key(&character)
            || ('\u{2FF0}'..='\u{2FFF}').contains(&character)
    }

    fn normalized(&self, character: char) -> char {
        self.normalization.get(&character).copied().unwrap_or(character)
    }
}

/// The UTF-8 bytes of a character as a number, first byte lowest.
fn little_endian(character: char) -> u32 {
    let mut bytes = [0; 4];
    character.encode_utf8(&mut bytes);
    u32::from_le_bytes(bytes)
}

/// Characters of all tries, numbered by how often they label an edge.
struct Codes {
    codes: HashMap<char, u16>,
    /// Characters of text by code, compatibility characters included.
    sources: HashMap<u16, Vec<char>>,
    normalization: BTreeMap<char, char>,
}

impl Codes {
    fn assign(configs: &[Packed<'_>], normalization: &BTreeMap<char, char>) -> Result<Codes, String> {
        let mut counts: BTreeMap<char, usize> = BTreeMap::new();
        for config in configs {
            let inner = config.trie.edges.iter().skip(1).flatten();
            for (character, _) in inner.chain(config.trie.starting_phrases()) {
                *counts.entry(*character).or_default() += 1;
            }
        }
        // Frequent characters have small codes. The others lie together with those that the roots of the same configs have, so that
        // a root is dense where it is not empty.
        let mut roots: HashMap<char, u64> = HashMap::new();
        for (number, config) in configs.iter().enumerate() {
            for (character, _) in config.trie.starting_phrases() {
                *roots.entry(*character).or_default() |= 1 << number;
            }
        }
        let mut order: Vec<(usize, char)> = counts.into_iter().map(|(character, count)| (count, character)).collect();
        order.sort_by_key(|(count, character)| {
            let frequent = *count >= FREQUENT;
            let group = if frequent { 0 } else { roots.get(character).copied().unwrap_or(0) };
            (!frequent, group, std::cmp::Reverse(*count), *character)
        });
        if order.len() >= slot::LABELS {
            return Err(format!(
                "{} different characters in phrases, a table holds fewer than {}",
                order.len(),
                slot::LABELS
            ));
        }
        let codes = order.into_iter().zip(1..).map(|((_, character), code)| (character, code)).collect();
        let mut codes = Codes { codes, sources: HashMap::new(), normalization: normalization.clone() };
        for (character, code) in codes.by_source() {
            codes.sources.entry(code).or_default().push(character);
        }
        Ok(codes)
    }

    fn code(&self, character: char) -> u16 {
        self.codes[&character]
    }

    /// Codes by what stands in the text, compatibility characters included.
    fn by_source(&self) -> BTreeMap<char, u16> {
        let aliases = self.normalization.iter().filter_map(|(from, to)| Some((*from, *self.codes.get(to)?)));
        self.codes.iter().map(|(character, code)| (*character, *code)).chain(aliases).collect()
    }

    /// The characters of text that are looked up as one.
    fn sources_of(&self, character: char) -> Vec<char> {
        self.sources[&self.code(character)].clone()
    }

    fn pages(&self) -> (Vec<u16>, Vec<[u16; layout::PAGE]>) {
        let mut pages = vec![[0; layout::PAGE]];
        let mut index = vec![0; layout::INDEX];
        for (character, code) in self.by_source().into_iter().filter(|(character, _)| character.len_utf8() < 4) {
            let point = character as usize;
            let page = &mut index[point / layout::PAGE];
            if *page == 0 {
                *page = pages.len() as u16;
                pages.push([0; layout::PAGE]);
            }
            pages[usize::from(*page)][point % layout::PAGE] = code;
        }
        (index, pages)
    }

    fn wide(&self) -> impl Iterator<Item = (u32, u32)> + use<> {
        self.by_source()
            .into_iter()
            .filter(|(character, _)| character.len_utf8() == 4)
            .map(|(character, code)| (character as u32, u32::from(code)))
    }
}

/// A transition of the graph, by a code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Transition {
    code: u16,
    target: Target,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Target {
    /// A path that ends, with its value.
    Value(u16),
    /// A row of the graph.
    Row(u32),
    /// A row whose first transition, by code 0, is the value of the path that leads to it.
    RowWithValue(u32),
}

/// A row of the graph: sorted transitions.
type Row = Vec<Transition>;

/// All tries as one graph with equal rows shared.
#[derive(Default)]
struct Graph {
    rows: Vec<Row>,
    known: HashMap<Row, u32>,
    values: Vec<u32>,
    known_values: HashMap<(usize, String), u16>,
    text: Vec<u8>,
    known_text: HashMap<String, usize>,
}

impl Graph {
    /// Adds the trie of a config; gives the row of its root. That holds the beginnings of phrases; what characters alone become lies elsewhere.
    fn add(&mut self, config: &Packed<'_>, codes: &Codes, single: &Singles<'_>) -> Result<u32, String> {
        if self.rows.is_empty() {
            self.row(Row::new());
        }
        let mut root = Row::new();
        for (character, child) in config.trie.starting_phrases() {
            let row = self.below(config.trie, *child, &mut vec![*character], codes, single)?;
            root.push(Transition { code: codes.code(*character), target: Target::Row(self.row(row)) });
        }
        root.sort_unstable();
        Ok(self.row(root))
    }

    /// The transitions of a node that is reached by `path`.
    fn below(
        &mut self,
        trie: &DecisionTrie,
        node: u32,
        path: &mut Vec<char>,
        codes: &Codes,
        single: &Singles<'_>,
    ) -> Result<Row, String> {
        let mut row = Row::new();
        for (character, child) in &trie.edges[node as usize] {
            path.push(*character);
            let value = match &trie.outcome[*child as usize] {
                None => None,
                Some(outcome) => {
                    let plain: String =
                        path[..outcome.consumed].iter().map(|character| single.output(*character)).collect();
                    Some(if plain == outcome.output {
                        u16::try_from(outcome.consumed)
                            .ok()
                            .filter(|consumed| *consumed < slot::FIRST_TEXT)
                            .ok_or("a phrase is too long")?
                    } else {
                        self.text_value(outcome.consumed, &outcome.output)?
                    })
                }
            };
            let mut below = self.below(trie, *child, path, codes, single)?;
            let target = match value {
                Some(value) if below.is_empty() => Target::Value(value),
                Some(value) => {
                    below.insert(0, Transition { code: 0, target: Target::Value(value) });
                    Target::RowWithValue(self.row(below))
                }
                None => Target::Row(self.row(below)),
            };
            row.push(Transition { code: codes.code(*character), target });
            path.pop();
        }
        row.sort_unstable();
        Ok(row)
    }

    /// What the table of words says of a pair in the config whose root is the given row.
    fn word(&self, codes: &Codes, root: u32, (first, second): (char, char)) -> Known {
        let step = |row: u32, character: char| {
            let code = codes.codes.get(&character)?;
            self.rows[row as usize].iter().find(|transition| transition.code == *code).map(|found| found.target)
        };
        let Some(Target::Row(row) | Target::RowWithValue(row)) = step(root, first) else { return Known::PLAIN };
        let value = match step(row, second) {
            Some(Target::Value(value)) => value,
            Some(Target::RowWithValue(row)) => match self.rows[row as usize].first() {
                Some(Transition { target: Target::Value(value), .. }) => *value,
                _ => return Known::UNTOLD,
            },
            _ => return Known::PLAIN,
        };
        let Some(number) = value.checked_sub(slot::FIRST_TEXT) else { return Known::PLAIN };
        let packed = self.values[usize::from(number)];
        let (offset, length) = (value::offset(packed), value::length(packed));
        match value::consumed(packed) {
            2 if length > 0 => Known::text(&self.text[offset..offset + length], offset),
            _ => Known::UNTOLD,
        }
    }

    fn row(&mut self, row: Row) -> u32 {
        let fresh = self.rows.len() as u32;
        let known = *self.known.entry(row.clone()).or_insert(fresh);
        if known == fresh {
            self.rows.push(row);
        }
        known
    }

    fn text_value(&mut self, consumed: usize, output: &str) -> Result<u16, String> {
        if let Some(known) = self.known_values.get(&(consumed, output.to_string())) {
            return Ok(*known);
        }
        let text = &mut self.text;
        let offset = *self.known_text.entry(output.to_string()).or_insert_with(|| {
            text.extend_from_slice(output.as_bytes());
            text.len() - output.len()
        });
        let packed =
            value::pack(consumed, output.len(), offset).ok_or_else(|| format!("`{output}` does not fit a value"))?;
        let number = u16::try_from(self.values.len())
            .ok()
            .and_then(|number| number.checked_add(slot::FIRST_TEXT))
            .ok_or("too many values")?;
        self.values.push(packed);
        self.known_values.insert((consumed, output.to_string()), number);
        Ok(number)
    }
}

/// The rows of a graph laid over each other so that no two transitions share a slot.
struct DoubleArray {
    slots: Vec<u32>,
    /// Where each row starts; 0 for the empty row.
    bases: Vec<u32>,
}

impl DoubleArray {
    /// First fit, longest rows first. A base is even and belongs to one row only, so that the label alone tells whose slot it is.
    fn place(graph: &Graph) -> Result<DoubleArray, String> {
        let mut order: Vec<usize> = (0..graph.rows.len()).filter(|row| !graph.rows[*row].is_empty()).collect();
        order.sort_by_key(|row| (std::cmp::Reverse(graph.rows[*row].len()), *row));
        let mut free = FreeSlots { next: (0..(slot::BASES + slot::LABELS + 1) as u32).collect() };
        let mut taken = vec![false; slot::BASES];
        let mut bases = vec![0u32; graph.rows.len()];
        let (mut first_free, mut length) = (1, 0);
        let mut patience = MOST_TRIES;
        for row in order {
            let transitions = &graph.rows[row];
            let lowest = usize::from(transitions[0].code);
            first_free = free.from(first_free);
            let mut place = free.from(lowest + first_free.saturating_sub(lowest).max(2).next_multiple_of(2));
            let base = loop {
                let base = place - lowest;
                if base >= slot::BASES || patience == 0 {
                    return Err(format!("{} rows do not fit a table", graph.rows.len()));
                }
                patience -= 1;
                let fits = base.is_multiple_of(2) && !taken[base];
                if fits && transitions.iter().all(|transition| free.is(base + usize::from(transition.code))) {
                    break base;
                }
                place = free.from(place + 1);
            };
            taken[base] = true;
            for transition in transitions {
                let place = base + usize::from(transition.code);
                free.take(place);
                length = length.max(place + 1);
            }
            bases[row] = base as u32;
        }
        let mut slots = vec![0u32; length];
        for (row, transitions) in graph.rows.iter().enumerate() {
            for Transition { code, target } in transitions {
                slots[bases[row] as usize + usize::from(*code)] = match *target {
                    Target::Value(value) => slot::pack_value(*code, value),
                    Target::Row(row) => slot::pack_row(*code, bases[row as usize], false),
                    Target::RowWithValue(row) => slot::pack_row(*code, bases[row as usize], true),
                };
            }
        }
        Ok(DoubleArray { slots, bases })
    }
}

/// Which slots are free: for each the next that is, itself perhaps, or one on the way there.
struct FreeSlots {
    next: Vec<u32>,
}

impl FreeSlots {
    fn is(&self, slot: usize) -> bool {
        self.next[slot] as usize == slot
    }

    fn take(&mut self, slot: usize) {
        self.next[slot] = slot as u32 + 1;
    }

    /// The first free slot from `slot` on. The last of all is never taken.
    fn from(&mut self, slot: usize) -> usize {
        let mut found = slot;
        while !self.is(found) {
            found = self.next[found] as usize;
        }
        let mut at = slot;
        while at < found {
            at = std::mem::replace(&mut self.next[at], found as u32) as usize;
        }
        found
    }
}

/// What the characters of a config become when they stand alone.
struct Characters {
    /// Map entries other than 0, by code point.
    map: BTreeMap<u16, u32>,
    /// Values of characters that the map cannot hold.
    specials: BTreeMap<u32, u16>,
}

impl Characters {
    fn new(single: &Singles<'_>, triggers: &Triggers, graph: &mut Graph) -> Result<Characters, String> {
        let mut map = BTreeMap::new();
        for point in 0x800..=u16::MAX {
            let Some(character) = char::from_u32(u32::from(point)) else { continue };
            let special = if single.is_special(character) { layout::SPECIAL } else { 0 };
            let entry = single.difference(character).unwrap_or(0) | triggers.bits.of(character) | special;
            if entry != 0 {
                map.insert(point, entry);
            }
        }
        let mut specials = BTreeMap::new();
        let changed: BTreeMap<char, &str> = single.outputs.iter().map(|(from, to)| (*from, *to)).collect();
        for (character, output) in changed {
            if single.difference(character).is_none() {
                specials.insert(character as u32, graph.text_value(1, output)?);
            }
        }
        Ok(Characters { map, specials })
    }

    /// As changes of one of these, that which takes the fewest bytes.
    fn by_parent(&self, earlier: &[&Characters]) -> ByParent {
        let nothing = Characters { map: BTreeMap::new(), specials: BTreeMap::new() };
        let numbered = earlier.iter().enumerate().map(|(number, parent)| (Some(number), *parent));
        std::iter::once((None, &nothing))
            .chain(numbered)
            .map(|(number, parent)| ByParent {
                parent: number,
                map: changes(&parent.map, &self.map),
                specials: changes(&parent.specials, &self.specials),
            })
            .min_by_key(|by_parent| 6 * by_parent.map.len() + 5 * by_parent.specials.len())
            .expect("having no parent is always possible")
    }
}

/// The characters of a config as changes of another's: entries and values, 0 where there are none any more.
struct ByParent {
    /// The number of the other.
    parent: Option<usize>,
    map: Vec<(u16, u32)>,
    specials: Vec<(u32, u16)>,
}

/// What makes the second map of the first: entries, the default where there is none any more.
fn changes<K: Ord + Copy, V: PartialEq + Copy + Default>(from: &BTreeMap<K, V>, to: &BTreeMap<K, V>) -> Vec<(K, V)> {
    let keys: BTreeSet<K> = from.keys().chain(to.keys()).copied().collect();
    let changed = keys.into_iter().filter(|key| from.get(key) != to.get(key));
    changed.map(|key| (key, to.get(&key).copied().unwrap_or_default())).collect()
}

/// Pairs of characters, as they stand in text, that are adjacent in a path.
#[derive(Default)]
struct Adjacency {
    pairs: BTreeSet<(char, char)>,
    /// Those that are a path by themselves.
    whole: BTreeSet<(char, char)>,
}

impl Adjacency {
    /// Those of a trie; `sources` are the characters of text that are looked up as one.
    fn of(trie: &DecisionTrie, sources: impl Fn(char) -> Vec<char>) -> Adjacency {
        let in_text = |(first, second): (char, char)| {
            let seconds = sources(second);
            let pairs_with = move |first| seconds.clone().into_iter().map(move |second| (first, second));
            sources(first).into_iter().flat_map(pairs_with)
        };
        Adjacency {
            pairs: trie.adjacent_pairs().into_iter().flat_map(in_text).collect(),
            whole: trie.paths_of_two().flat_map(in_text).collect(),
        }
    }

    /// Adds those of another config.
    fn extend(&mut self, other: &Adjacency) {
        self.pairs.extend(&other.pairs);
        self.whole.extend(&other.whole);
    }

    /// The hash of each, and the bits that are set for it.
    fn patterns(&self) -> Vec<(u32, u32)> {
        let pattern = |(first, second): &(char, char), turn: u32| {
            let hash = layout::adjacency_hash(u32::from(*first), u32::from(*second));
            (hash, layout::filter_pattern(hash).rotate_left(turn))
        };
        let pairs = self.pairs.iter().map(|pair| pattern(pair, 0));
        pairs.chain(self.whole.iter().map(|pair| pattern(pair, layout::WHOLE))).collect()
    }
}

fn filter(hashes: Vec<u32>) -> Vec<u8> {
    filter_for(&hashes.into_iter().map(|hash| (hash, layout::filter_pattern(hash))).collect::<Vec<_>>())
}

fn filter_for(patterns: &[(u32, u32)]) -> Vec<u8> {
    filter_of(patterns, patterns.len())
}

/// At least 12 bits for each of so many: few false answers in a hundred, each of which only makes a way longer.
fn filter_of(patterns: &[(u32, u32)], count: usize) -> Vec<u8> {
    let mut words = vec![0u32; (count * 12 / 32).next_power_of_two().max(2)];
    for (hash, pattern) in patterns {
        let word = layout::filter_word(*hash, words.len());
        words[word] |= pattern;
    }
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn longest_path(trie: &DecisionTrie) -> usize {
    fn below(trie: &DecisionTrie, node: u32) -> usize {
        trie.edges[node as usize].iter().map(|(_, child)| 1 + below(trie, *child)).max().unwrap_or(0)
    }
    below(trie, 0)
}

/// The file under construction. Equal parts are written once.
struct File {
    bytes: Vec<u8>,
    parts: usize,
    configs: usize,
    known: HashMap<Vec<u8>, (u32, u32)>,
}

impl File {
    fn new(configs: usize) -> File {
        let mut bytes = layout::MAGIC.to_vec();
        bytes.resize(layout::HEADER_BYTES + configs * layout::RECORD_BYTES, 0);
        bytes[layout::HEADER_BYTES - 4..layout::HEADER_BYTES].copy_from_slice(&(configs as u32).to_le_bytes());
        File { bytes, parts: 0, configs: 0, known: HashMap::new() }
    }

    fn part(&mut self, content: Vec<u8>) -> (u32, u32) {
        if let Some(known) = self.known.get(&content) {
            return *known;
        }
        while !self.bytes.len().is_multiple_of(64) {
            self.bytes.push(0);
        }
        let place = (self.bytes.len() as u32, content.len() as u32);
        self.bytes.extend_from_slice(&content);
        self.known.insert(content, place);
        place
    }

    fn shared(&mut self, content: Vec<u8>) {
        let (offset, length) = self.part(content);
        let at = layout::MAGIC.len() + self.parts * 8;
        self.bytes[at..at + 4].copy_from_slice(&offset.to_le_bytes());
        self.bytes[at + 4..at + 8].copy_from_slice(&length.to_le_bytes());
        self.parts += 1;
    }

    fn config(&mut self, name: &str, numbers: [u32; 4], own: [Vec<u8>; layout::OWN_PARTS]) -> Result<(), String> {
        let mut record = name.as_bytes().to_vec();
        if record.len() > layout::NAME_BYTES {
            return Err(format!("the name `{name}` is longer than {} bytes", layout::NAME_BYTES));
        }
        record.resize(layout::NAME_BYTES, 0);
        record.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        for content in own {
            let (offset, length) = self.part(content);
            record.extend(offset.to_le_bytes());
            record.extend(length.to_le_bytes());
        }
        let at = layout::HEADER_BYTES + self.configs * layout::RECORD_BYTES;
        self.bytes[at..at + layout::RECORD_BYTES].copy_from_slice(&record);
        self.configs += 1;
        Ok(())
    }
}
