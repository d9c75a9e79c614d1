//! Turns a whole config into one decision trie.
//!
//! A config normalizes, perhaps segments, and then runs one or two stages, each over the output of the one before. Run literally
//! that is three or four scans with buffers between them. But at a *synchronization point*, a place of the source where every
//! scan stands between two of its units, the rest of the work depends only on the text ahead. So there is a function
//! "text ahead → consume `k` characters, put out `o`, stand at a synchronization point again", and a trie can hold it: walk it with
//! the text ahead, take the deepest node that has a value.
//!
//! [`Fusion::simulate`] is that function for a known prefix of the text ahead, followed by an imagined character that matches
//! nothing. While it runs it notes every character that could follow the prefix and make a difference: a scan that looked past the end
//! of the prefix could have gone on with it. [`Fusion::fuse`] grows the trie along just those characters.
//!
//! # Worked example
//!
//! In `s2twp`, segmentation knows `高级`, `级别` and not `高级别`; stage 2 knows `高級` → `高階`. For the prefix `高` the result is
//! "consume 1, 高", for `高级` "consume 2, 高階"; characters that continue a longer phrase (`高级法院`) get nodes of their own because
//! there the segment is longer and stage 2 sees other text.
//!
//! # Why it ends
//!
//! Growth stops where nothing ahead can matter. The delicate case is a phrase that starts inside an unfinished stage-2 match: it cuts the
//! run, so whether it is complete matters, and there are tens of thousands of phrases. It can only matter when the stage-2 match
//! already has a value beyond the place of the cut; until then the cut and the failure of the match have the same result. Asking only
//! then (see `simulate_two_stages`) keeps the search near the size of its result.
//!
//! # Cost
//!
//! A fraction of a second for the largest config. The search has a budget ([`MOST_STEPS`]): recipes whose trie would be too large are refused.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The characters of the longest path and more: what the engine looks ahead.
const LONGEST_PATH: usize = crate::table::LOOK_AHEAD / 4;

/// Steps that a search may take, counted as nodes tried and characters asked for: some seconds.
const MOST_STEPS: usize = 40_000_000;

/// Key → output, first candidates only, one table.
pub(crate) type Entries = BTreeMap<String, String>;

/// Character → child, and values, of a plain trie over characters.
pub(crate) struct Trie {
    edges: HashMap<(u32, char), u32>,
    /// Characters on the edges of each node.
    children: Vec<Vec<char>>,
    value: Vec<Option<Vec<char>>>,
}

const ROOT: u32 = 0;

impl Trie {
    fn new(entries: &Entries) -> Trie {
        let mut trie = Trie { edges: HashMap::new(), children: vec![Vec::new()], value: vec![None] };
        for (key, output) in entries {
            let mut node = ROOT;
            for character in key.chars() {
                let fresh = trie.value.len() as u32;
                let child = *trie.edges.entry((node, character)).or_insert(fresh);
                if child == fresh {
                    trie.children[node as usize].push(character);
                    trie.children.push(Vec::new());
                    trie.value.push(None);
                }
                node = child;
            }
            trie.value[node as usize] = Some(output.chars().collect());
        }
        trie
    }

    fn child(&self, node: u32, character: char) -> Option<u32> {
        self.edges.get(&(node, character)).copied()
    }

    fn children(&self, node: u32) -> &[char] {
        &self.children[node as usize]
    }

    fn value(&self, node: u32) -> Option<&[char]> {
        self.value[node as usize].as_deref()
    }
}

/// One stage of the chain, flattened to a single longest-match table.
struct Stage {
    trie: Trie,
    /// First character of an output → first characters of the keys that have such an output.
    keys_by_output: HashMap<char, Vec<char>>,
}

impl Stage {
    fn new(entries: &Entries) -> Stage {
        let mut keys_by_output: HashMap<char, Vec<char>> = HashMap::new();
        for (key, output) in entries {
            if let (Some(from), Some(to)) = (key.chars().next(), output.chars().next()) {
                keys_by_output.entry(to).or_default().push(from);
            }
        }
        for keys in keys_by_output.values_mut() {
            keys.sort_unstable();
            keys.dedup();
        }
        Stage { trie: Trie::new(entries), keys_by_output }
    }
}

/// What happens at a synchronization point: how many characters are consumed and what is put out for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) consumed: usize,
    pub(crate) output: String,
}

/// The decision trie of a config. Node 0 is the root; its children stand for the first character of a unit.
pub(crate) struct DecisionTrie {
    /// Edges of each node, sorted by character.
    pub(crate) edges: Vec<Vec<(char, u32)>>,
    /// `None`: as the nearest ancestor that has one; above all of them, "consume one character and put it out".
    pub(crate) outcome: Vec<Option<Outcome>>,
    /// Compatibility character → the character that it is looked up as.
    pub(crate) normalization: BTreeMap<char, char>,
    /// Whether a second stage sees another number of characters than the first.
    pub(crate) lengthens: bool,
    /// Nodes that were tried, kept or not: the cost of the search.
    pub(crate) explored: usize,
}

impl DecisionTrie {
    /// Those of the root's edges from which longer paths go on.
    pub(crate) fn starting_phrases(&self) -> impl Iterator<Item = &(char, u32)> {
        self.edges[0].iter().filter(|(_, node)| !self.edges[*node as usize].is_empty())
    }

    /// Shows every path that has an outcome of its own, in the order of the characters.
    pub(crate) fn each_outcome(&self, mut show: impl FnMut(&[char], &Outcome)) {
        self.outcomes_below(0, &mut Vec::new(), &mut show);
    }

    fn outcomes_below(&self, node: u32, path: &mut Vec<char>, show: &mut impl FnMut(&[char], &Outcome)) {
        for (character, child) in &self.edges[node as usize] {
            path.push(*character);
            if let Some(outcome) = &self.outcome[*child as usize] {
                show(path, outcome);
            }
            self.outcomes_below(*child, path, show);
            path.pop();
        }
    }

    /// Pairs of characters that are adjacent in a path.
    pub(crate) fn adjacent_pairs(&self) -> BTreeSet<(char, char)> {
        let mut pairs = BTreeSet::new();
        let mut open: Vec<(char, u32)> = self.edges[0].clone();
        while let Some((character, node)) = open.pop() {
            let children = &self.edges[node as usize];
            pairs.extend(children.iter().map(|(next, _)| (character, *next)));
            open.extend(children);
        }
        pairs
    }

    /// Paths of two characters, whether or not longer ones go on from there.
    pub(crate) fn paths_of_two(&self) -> impl Iterator<Item = (char, char)> {
        self.edges[0].iter().flat_map(|(first, node)| {
            let ends = |(_, node): &&(char, u32)| self.outcome[*node as usize].is_some();
            self.edges[*node as usize].iter().filter(ends).map(|(second, _)| (*first, *second))
        })
    }
}

/// A config ready to be fused.
pub(crate) struct Fusion {
    normalization: BTreeMap<char, char>,
    segmentation: Option<Trie>,
    stages: Vec<Stage>,
    /// Every key of several characters in the first stage is a segmentation phrase. Then, inside a run, the first stage sees single
    /// characters only: a longer match would have been a segment of its own.
    runs_are_single_characters: bool,
    /// See [`DecisionTrie::lengthens`].
    lengthens: bool,
    /// Towards [`MOST_STEPS`].
    steps: Cell<usize>,
}

impl Fusion {
    /// Takes flattened tables: normalizations, segmentation, and one or two stages.
    ///
    /// Errors name what this construction cannot do: more stages, normalizations of more than a character, first stages that delete,
    /// description operators in entries.
    pub(crate) fn new(
        normalization: &[Entries],
        segmentation: Option<&Entries>,
        stages: &[Entries],
    ) -> Result<Fusion, String> {
        if stages.is_empty() || stages.len() > 2 {
            return Err(format!("a chain of {} stages; one or two can be compiled", stages.len()));
        }
        let outputs = normalization.iter().chain(stages).flatten();
        let mut texts = outputs
            .flat_map(|(key, output)| [key, output])
            .chain(segmentation.into_iter().flat_map(|entries| entries.keys()));
        if let Some(text) = texts.find(|text| text.contains(is_description_operator)) {
            return Err(format!("`{text}` holds a description operator"));
        }
        if let (2, Some((key, _))) = (stages.len(), stages[0].iter().find(|(_, output)| output.is_empty())) {
            return Err(format!("`{key}` is deleted before the last stage, so any number of it may stand in a phrase"));
        }
        let runs_are_single_characters = segmentation
            .is_some_and(|phrases| stages[0].keys().all(|key| single(key).is_some() || phrases.contains_key(key)));
        let fusion = Fusion {
            runs_are_single_characters,
            lengthens: stages.len() == 2
                && stages[0].iter().any(|(key, output)| key.chars().count() != output.chars().count()),
            normalization: one_after_another(normalization)?,
            segmentation: segmentation.map(Trie::new),
            stages: stages.iter().map(Stage::new).collect(),
            steps: Cell::new(0),
        };
        if let Some(first) = fusion.first_characters().iter().find(|first| fusion.normalization.contains_key(*first)) {
            return Err(format!("`{first}` starts an entry but is normalized away"));
        }
        Ok(fusion)
    }

    /// Characters with which a unit other than "one character, unchanged" can start.
    fn first_characters(&self) -> BTreeSet<char> {
        let mut firsts = BTreeSet::new();
        for trie in self.stages.iter().map(|stage| &stage.trie).chain(&self.segmentation) {
            firsts.extend(trie.children(ROOT));
        }
        for stage in &self.stages {
            for (output, keys) in &stage.keys_by_output {
                firsts.insert(*output);
                firsts.extend(keys);
            }
        }
        firsts.extend(self.normalization.values());
        firsts
    }

    /// Grows the decision trie. The error says that it would be too large.
    pub(crate) fn fuse(self) -> Result<DecisionTrie, String> {
        let firsts = self.first_characters();
        let mut trie = DecisionTrie {
            edges: vec![Vec::new()],
            outcome: vec![None],
            normalization: BTreeMap::new(),
            lengthens: self.lengthens,
            explored: 0,
        };
        for first in firsts {
            let default = Outcome { consumed: 1, output: first.to_string() };
            if let Some(node) = self.grow(&mut trie, &mut vec![first], default)? {
                trie.edges[0].push((first, node));
            }
        }
        trie.normalization = self.normalization;
        Ok(trie)
    }

    /// Adds the node of `prefix` and everything below it; `None` when it would change nothing.
    fn grow(&self, trie: &mut DecisionTrie, prefix: &mut Vec<char>, inherited: Outcome) -> Result<Option<u32>, String> {
        if prefix.len() >= LONGEST_PATH {
            let start: String = prefix.iter().take(20).collect();
            return Err(format!("what starts with `{start}` takes {LONGEST_PATH} characters and more to decide"));
        }
        trie.explored += 1;
        let mut needed = BTreeSet::new();
        let (consumed, output) = self.simulate(prefix, &mut needed);
        let outcome = Outcome { consumed, output: output.into_iter().collect() };
        let changes = outcome != inherited;
        let node = trie.edges.len();
        trie.edges.push(Vec::new());
        trie.outcome.push(changes.then(|| outcome.clone()));
        let mut edges = Vec::new();
        self.steps.set(self.steps.get() + 1 + needed.len());
        if self.steps.get() > MOST_STEPS {
            return Err("its entries depend on each other in more ways than a table can hold".to_string());
        }
        for next in needed {
            // A normalized-away character never reaches the tables.
            if self.normalization.contains_key(&next) {
                continue;
            }
            prefix.push(next);
            if let Some(child) = self.grow(trie, prefix, outcome.clone())? {
                edges.push((next, child));
            }
            prefix.pop();
        }
        if edges.is_empty() && !changes {
            trie.edges.truncate(node);
            trie.outcome.truncate(node);
            return Ok(None);
        }
        trie.edges[node] = edges;
        Ok(Some(node as u32))
    }

    /// The outcome at the start of `prefix` when a character that matches nothing follows it; adds to `needed` each character that
    /// could follow instead and lead to another outcome.
    fn simulate(&self, prefix: &[char], needed: &mut BTreeSet<char>) -> (usize, Vec<char>) {
        if let Some(segmentation) = &self.segmentation {
            let (mut node, mut at, mut best) = (ROOT, 0, 0);
            loop {
                if at == prefix.len() {
                    needed.extend(segmentation.children(node));
                    break;
                }
                let Some(child) = segmentation.child(node, prefix[at]) else { break };
                (node, at) = (child, at + 1);
                if segmentation.value(node).is_some() {
                    best = at;
                }
            }
            if best > 0 {
                return (best, self.chain(&prefix[..best]));
            }
        }
        if self.stages.len() == 1 {
            return self.first_stage_unit(prefix, 0, needed).expect("a prefix is never empty");
        }
        self.simulate_two_stages(prefix, needed)
    }

    /// Runs the whole chain over one closed segment.
    fn chain(&self, segment: &[char]) -> Vec<char> {
        let mut text = segment.to_vec();
        for stage in &self.stages {
            let mut output = Vec::new();
            let mut at = 0;
            while at < text.len() {
                let (mut node, mut end, mut best) = (ROOT, at, None);
                while end < text.len() {
                    let Some(child) = stage.trie.child(node, text[end]) else { break };
                    (node, end) = (child, end + 1);
                    if let Some(value) = stage.trie.value(node) {
                        best = Some((end, value));
                    }
                }
                match best {
                    Some((end, value)) => {
                        output.extend_from_slice(value);
                        at = end;
                    }
                    None => {
                        output.push(text[at]);
                        at += 1;
                    }
                }
            }
            text = output;
        }
        text
    }

    /// Whether a segmentation phrase starts at `at`, which would end the run there. While that is open, what decides it is added to
    /// `needed` and the answer is no.
    fn phrase_starts(&self, prefix: &[char], at: usize, needed: &mut BTreeSet<char>) -> bool {
        let Some(segmentation) = &self.segmentation else { return false };
        let mut node = ROOT;
        for &character in &prefix[at..] {
            match segmentation.child(node, character) {
                None => return false,
                Some(child) if segmentation.value(child).is_some() => return true,
                Some(child) => node = child,
            }
        }
        needed.extend(segmentation.children(node));
        false
    }

    /// The unit of the first stage at `start` inside a run: its length in characters and its output. `None` at the end of the prefix.
    fn first_stage_unit(
        &self,
        prefix: &[char],
        start: usize,
        needed: &mut BTreeSet<char>,
    ) -> Option<(usize, Vec<char>)> {
        if start == prefix.len() {
            return None;
        }
        let trie = &self.stages[0].trie;
        if self.runs_are_single_characters {
            let value = trie.child(ROOT, prefix[start]).and_then(|node| trie.value(node));
            return Some((1, value.map_or_else(|| vec![prefix[start]], <[char]>::to_vec)));
        }
        let (mut node, mut at, mut best) = (ROOT, start, None);
        loop {
            if at == prefix.len() {
                needed.extend(trie.children(node));
                break;
            }
            let Some(child) = trie.child(node, prefix[at]) else { break };
            if at > start && self.phrase_starts(prefix, at, needed) {
                break;
            }
            (node, at) = (child, at + 1);
            if let Some(value) = trie.value(node) {
                best = Some((at - start, value));
            }
        }
        Some(match best {
            Some((length, value)) => (length, value.to_vec()),
            None => (1, vec![prefix[start]]),
        })
    }

    fn simulate_two_stages(&self, prefix: &[char], needed: &mut BTreeSet<char>) -> (usize, Vec<char>) {
        let first = &self.stages[0];
        let second = &self.stages[1].trie;
        // What the first stage has put out, and where its units end: (length of the output, position in the prefix).
        let (length, mut buffer) = self.first_stage_unit(prefix, 0, needed).expect("a prefix is never empty");
        let mut ends = vec![(buffer.len(), length)];
        let mut position = length;
        let mut closed = false;
        let mut output = Vec::new();
        let mut start = 0;
        loop {
            let (mut node, mut at) = (ROOT, start);
            let mut best: Option<(usize, &[char])> = None;
            // Phrases that may start at a boundary which this match has crossed, with what would complete them.
            let mut open_cuts: Vec<(usize, BTreeSet<char>)> = Vec::new();
            loop {
                if at == buffer.len() {
                    if closed || second.children(node).is_empty() {
                        break;
                    }
                    // Sources of the characters that would continue this match.
                    let continues = |character: char| {
                        second.children(node).iter().any(|&wanted| {
                            wanted == character
                                || first
                                    .keys_by_output
                                    .get(&wanted)
                                    .is_some_and(|keys| keys.binary_search(&character).is_ok())
                        })
                    };
                    if position == prefix.len() {
                        for wanted in second.children(node) {
                            needed.insert(*wanted);
                            needed.extend(first.keys_by_output.get(wanted).into_iter().flatten());
                        }
                        break;
                    }
                    // A character that cannot continue the match ends it, whether or not a phrase starts there.
                    if !continues(prefix[position]) {
                        break;
                    }
                    let mut completions = BTreeSet::new();
                    if self.phrase_starts(prefix, position, &mut completions) {
                        closed = true;
                        break;
                    }
                    if !completions.is_empty() {
                        open_cuts.push((at, completions));
                    }
                    let (length, unit) = self
                        .first_stage_unit(prefix, position, needed)
                        .expect("the end of the prefix was just checked");
                    position += length;
                    buffer.extend(unit);
                    ends.push((buffer.len(), position));
                }
                let Some(child) = second.child(node, buffer[at]) else { break };
                (node, at) = (child, at + 1);
                if let Some(value) = second.value(node) {
                    best = Some((at, value));
                }
            }
            match best {
                Some((end, value)) => {
                    for (_, completions) in open_cuts.into_iter().filter(|(boundary, _)| *boundary < end) {
                        needed.extend(completions);
                    }
                    output.extend_from_slice(value);
                    start = end;
                }
                None => {
                    output.push(buffer[start]);
                    start += 1;
                }
            }
            if let Some((_, source)) = ends.iter().find(|(end, _)| *end == start) {
                return (*source, output);
            }
        }
    }
}

/// What each character is in the end, of those that are another then. Each table has one character for one.
fn one_after_another(tables: &[Entries]) -> Result<BTreeMap<char, char>, String> {
    let mut steps: Vec<HashMap<char, char>> = Vec::new();
    for table in tables {
        let step = table.iter().map(|(key, output)| match (single(key), single(output)) {
            (Some(from), Some(to)) => Ok((from, to)),
            _ => Err(format!("normalization `{key}` → `{output}` is not one character to one character")),
        });
        steps.push(step.collect::<Result<_, _>>()?);
    }
    let at_the_end = |from: char| steps.iter().fold(from, |at, step| step.get(&at).copied().unwrap_or(at));
    let all = steps.iter().flat_map(HashMap::keys);
    Ok(all.map(|from| (*from, at_the_end(*from))).filter(|(from, to)| from != to).collect())
}

fn single(text: &str) -> Option<char> {
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

fn is_description_operator(character: char) -> bool {
    ('\u{2FF0}'..='\u{2FFF}').contains(&character)
}
