//! Compiles `dictionaries/local/evidence.tsv` into the form that the core crate reads in place.
//!
//! The layout is the core crate's (`tongwen::evidence`); this is its only writer. The same table always gives the same bytes.

use std::collections::BTreeMap;

use tongwen::evidence::{
    FILTER, HANS, HANS_USUAL, HANS_VARIANT, HANT, HANT_USUAL, HANT_VARIANT, HEADER_BYTES, HK_FOREIGN, MAGIC, MARKS,
    NARROW, PAIR_SECOND, TRAIT, TW_FOREIGN, filter_bit, mark_flags,
};

use super::rows::{Kind, Row};
use crate::problem::{Problem, Result};

/// The compiled table.
pub(super) fn run(rows: &[Row]) -> Result<Vec<u8>> {
    let mut flags: BTreeMap<u32, u8> =
        MARKS.iter().map(|(character, mark)| (*character as u32, mark_flags(*mark))).collect();
    let mut pairs: BTreeMap<(u32, u32), u8> = BTreeMap::new();
    let mut traits: BTreeMap<(u32, u32), u8> = BTreeMap::new();
    for row in rows {
        let characters: Vec<u32> = row.text.chars().map(u32::from).collect();
        let (first, second) = match characters[..] {
            [one] => (0, one),
            [one, other] => (one, other),
            _ => return Err(Problem::new(format!("evidence `{}`: expected one character or two", row.text))),
        };
        let is_pair = matches!(row.kind, Kind::HansPair | Kind::HantPair);
        if row.kind != Kind::Region && is_pair != (first != 0) {
            return Err(Problem::new(format!(
                "evidence `{}`: wrong number of characters for {}",
                row.text,
                row.kind.name()
            )));
        }
        let flag = flags.entry(second).or_default();
        *flag |= match row.kind {
            Kind::Hans => HANS,
            Kind::HansVariant => HANS_VARIANT,
            Kind::HansUsual => HANS_USUAL,
            Kind::Hant => HANT,
            Kind::HantVariant => HANT_VARIANT,
            Kind::HantUsual => HANT_USUAL,
            Kind::HansPair | Kind::HantPair => PAIR_SECOND,
            Kind::TwForeign => TW_FOREIGN,
            Kind::HkForeign => HK_FOREIGN,
            Kind::Region => TRAIT,
        };
        match row.kind {
            Kind::HansPair => drop(pairs.insert((first, second), HANS_USUAL)),
            Kind::HantPair => drop(pairs.insert((first, second), HANT_USUAL)),
            Kind::Region => drop(traits.insert((first, second), row.weight as u8)),
            _ => {}
        }
    }
    let mut narrow = vec![0u8; NARROW];
    for (character, flags) in flags.range(..NARROW as u32) {
        narrow[*character as usize] = *flags;
    }
    let wide: Vec<u8> = flags
        .range(NARROW as u32..)
        .flat_map(|(character, flags)| (character << 8 | u32::from(*flags)).to_le_bytes())
        .collect();
    let entries = |entries: &BTreeMap<(u32, u32), u8>| -> Vec<u8> {
        let entry = |((first, second), value): (&(u32, u32), &u8)| {
            u64::from(*first) << 32 | u64::from(*second) << 8 | u64::from(*value)
        };
        entries.iter().flat_map(|pair| entry(pair).to_le_bytes()).collect()
    };
    let mut filter = vec![0u8; FILTER];
    for (first, second) in pairs.keys() {
        let bit = filter_bit(*first, *second);
        filter[bit / 8] |= 1 << (bit % 8);
    }
    let parts = [wide, entries(&pairs), entries(&traits)];
    let mut out = MAGIC.to_vec();
    let mut offset = HEADER_BYTES + NARROW + FILTER;
    for part in &parts {
        out.extend((offset as u32).to_le_bytes());
        out.extend((part.len() as u32).to_le_bytes());
        offset += part.len();
    }
    out.extend(narrow);
    out.extend(filter);
    parts.iter().for_each(|part| out.extend(part));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::super::{COMPILED, TABLE, rows};
    use std::path::Path;

    /// The one command that mends a failure: `cargo xtask evidence compile`.
    #[test]
    fn the_compiled_table_is_current() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the tool lies two folders below");
        let rows = rows::read(&root.join(TABLE)).expect("the table is valid");
        let committed = std::fs::read(root.join(COMPILED)).expect("the compiled table is there");
        assert!(super::run(&rows).expect("the table compiles") == committed, "run `cargo xtask evidence compile`");
    }
}
