//! Rows that a user brings: the columns of `places.csv`, at run time.
//!
//! An overlay adds names to those built in; a row with the id of a built-in one takes its place. Only `id`, `name_hans` and
//! `name_hant` must be filled in; what else is missing is as [`Place::new`] has it.

use std::collections::HashMap;

use crate::table::{Columns, Fault, Law, Place, TableText};
use crate::{Error, ErrorKind};

/// Rows that a user brings.
///
/// ```
/// use tongwen_glossary::Overlay;
/// let overlay = Overlay::parse("mine.csv", "id,name_hans,name_hant,modern\nxj-jiucheng-x,旧城,舊城,650100\n")?;
/// assert_eq!(overlay.places()[0].modern[0].to_string(), "650100");
/// # Ok::<(), tongwen_glossary::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Overlay {
    name: String,
    places: Vec<Place>,
}

impl Overlay {
    /// Reads a CSV file. `name` is what errors call it, usually its path. Columns may stand in any order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Table`]: unknown columns, cells that cannot be read, an id that appears twice.
    pub fn parse(name: &str, csv: &str) -> Result<Overlay, Error> {
        let mut faults = Vec::new();
        let columns = Columns::AtLeast(&["id", "name_hans", "name_hant"]);
        let places = Place::read(TableText { name, text: csv }, columns, &mut faults);
        Overlay::checked(name, places, faults)
    }

    /// Takes rows that are already there. `name` is what errors call them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Table`] when an id appears twice.
    pub fn new(name: &str, places: Vec<Place>) -> Result<Overlay, Error> {
        Overlay::checked(name, places, Vec::new())
    }

    fn checked(name: &str, places: Vec<Place>, mut faults: Vec<Fault>) -> Result<Overlay, Error> {
        let mut first: HashMap<&str, u64> = HashMap::new();
        for place in &places {
            if let Some(line) = first.insert(&place.id, place.line) {
                let message = format!("`{}` appears twice (first on line {line}); remove one", place.id);
                let (file, line) = (name.to_string(), place.line);
                faults.push(Fault { file, line, column: Some("id"), law: Law::Id, message });
            }
        }
        if faults.is_empty() {
            Ok(Overlay { name: name.to_string(), places })
        } else {
            Err(Error::new(ErrorKind::Table { faults }))
        }
    }

    /// What errors call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rows, in the order given.
    pub fn places(&self) -> &[Place] {
        &self.places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stands_once() {
        let error = Overlay::parse("mine.csv", "id,name_hans,name_hant\na,甲,甲\nb,乙,乙\na,丙,丙\n").unwrap_err();
        assert_eq!(error.to_string(), "mine.csv:4: column `id`: `a` appears twice (first on line 2); remove one");
    }
}
