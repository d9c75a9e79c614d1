//! The rows of the tables of places, and reading them from CSV.
//!
//! One file, one kind of row; `dictionaries/places/README.md` documents the columns. Reading is strict about form (a code has six
//! digits, a vocabulary its words) and says of each cell that cannot be read where it stands. What a row claims is held to the
//! [`laws`](crate::laws) afterwards, when all tables are there.
//!
//! ```
//! use tongwen_glossary::Overlay;
//! let error = Overlay::parse("mine.csv", "id,name_hans,name_hant,modern\nxj-test-x,甲乙,甲乙,65232\n").unwrap_err();
//! assert_eq!(error.to_string(), "mine.csv:2: column `modern`: `65232` is no code; expected six digits, the first not 0");
//! ```

mod fault;
mod place;
mod reader;
mod rows;
pub(crate) mod value;
mod vocabulary;

pub use fault::{Fault, Law};
pub use place::{PLACE_COLUMNS, Place};
pub use rows::{Blocker, CueSet, Era, Graph, Source, Unit};
pub use value::{Code, CodeAt, Coordinates, Cue, OtherName, Years};
pub use vocabulary::{
    Confidence, CoordinatePrecision, CueSide, Feature, Level, Policy, Precision, Relation, UnknownWord,
};

pub(crate) use reader::Columns;
#[cfg(feature = "exchange")]
pub(crate) use reader::Lines;
#[cfg(test)]
pub(crate) use rows::units as read_units;

use crate::{Error, ErrorKind};

/// A table as text, with the name that errors call it.
#[derive(Clone, Copy, Debug, Default)]
pub struct TableText<'a> {
    /// The file, usually its path.
    pub name: &'a str,
    /// Its content.
    pub text: &'a str,
}

/// The texts of all tables.
#[derive(Clone, Copy, Debug, Default)]
pub struct TableTexts<'a> {
    /// `places.csv`: historical names.
    pub places: TableText<'a>,
    /// `units.csv`: units of the code book.
    pub units: TableText<'a>,
    /// `blockers.csv`: strings that contain a name and are not it.
    pub blockers: TableText<'a>,
    /// `cues.csv`: named sets of cues.
    pub cues: TableText<'a>,
    /// `eras.csv`: names of eras and their years.
    pub eras: TableText<'a>,
    /// `sources.csv`: what rows refer to.
    pub sources: TableText<'a>,
    /// `graphs.csv`: graphic variants of characters.
    pub graphs: TableText<'a>,
}

/// One of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableFile {
    Places,
    Units,
    Blockers,
    Cues,
    Eras,
    Sources,
    Graphs,
}

/// All tables, read.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// What each file was called, in the order of [`TableFile`].
    files: [String; 7],
    /// Historical names.
    pub places: Vec<Place>,
    /// Units of the code book.
    pub units: Vec<Unit>,
    /// Strings that contain a name and are not it.
    pub blockers: Vec<Blocker>,
    /// Named sets of cues.
    pub cues: Vec<CueSet>,
    /// Names of eras.
    pub eras: Vec<Era>,
    /// What rows refer to.
    pub sources: Vec<Source>,
    /// Graphic variants.
    pub graphs: Vec<Graph>,
}

impl Tables {
    /// What errors call a file.
    pub(crate) fn file(&self, file: TableFile) -> &str {
        &self.files[file as usize]
    }

    /// Reads all tables.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Table`] with every cell that cannot be read.
    pub fn parse(texts: &TableTexts<'_>) -> Result<Tables, Error> {
        let mut faults = Vec::new();
        let files = [texts.places, texts.units, texts.blockers, texts.cues, texts.eras, texts.sources, texts.graphs];
        let tables = Tables {
            files: files.map(|file| file.name.to_string()),
            places: Place::read(texts.places, Columns::All, &mut faults),
            units: rows::units(texts.units, &mut faults),
            blockers: rows::blockers(texts.blockers, &mut faults),
            cues: rows::cues(texts.cues, &mut faults),
            eras: rows::eras(texts.eras, &mut faults),
            sources: rows::sources(texts.sources, &mut faults),
            graphs: rows::graphs(texts.graphs, &mut faults),
        };
        if faults.is_empty() { Ok(tables) } else { Err(Error::new(ErrorKind::Table { faults })) }
    }
}
