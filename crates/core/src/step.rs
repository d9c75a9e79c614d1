//! One pass over a stretch of text: by a table in the binary, by one that was compiled in memory, or nothing at all.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::compile::{PairCounts, Source, compile};
use crate::map::{Map, State};
use crate::route::{Keys, Route};
use crate::table::{Lengthening, Record, Table};
use crate::{Error, ErrorKind, StagedEngine};

/// What one pass goes by.
pub(crate) enum Step {
    /// Text stays as it is.
    Nothing,
    /// A table in the binary.
    Route(Route, Table<'static>),
    /// A table in memory.
    Own(CompiledRecipe),
}

/// A recipe of the caller's own with its table.
pub(crate) struct CompiledRecipe {
    pub(crate) engine: Arc<StagedEngine>,
    file: Vec<u8>,
    state: State,
}

/// A recipe of the caller's own. It runs stage by stage until it is compiled.
pub(crate) struct OwnRecipe {
    pub(crate) engine: Arc<StagedEngine>,
    /// The step, or why there is none; nothing until somebody has tried.
    compiled: OnceLock<Result<Step, String>>,
}

/// A table for as long as its step lives.
#[derive(Clone, Copy)]
#[allow(clippy::large_enum_variant, reason = "references only, which are copied; nobody keeps many of these")]
pub(crate) enum TableOf<'a> {
    BuiltIn(&'a Table<'static>),
    Own(Table<'a>),
}

impl<'a> Deref for TableOf<'a> {
    type Target = Table<'a>;

    #[inline]
    fn deref(&self) -> &Table<'a> {
        match self {
            TableOf::BuiltIn(table) => table,
            TableOf::Own(table) => table,
        }
    }
}

impl Step {
    pub(crate) fn new(route: Option<Route>) -> Step {
        route.map_or(Step::Nothing, |route| {
            let table = Table::load(route).expect("every route has a compiled table; a test goes through them");
            Step::Route(route, table)
        })
    }

    /// The table that does the pass. One in the binary costs nothing to get, one in memory some tens of nanoseconds.
    #[inline]
    pub(crate) fn table(&self) -> Option<TableOf<'_>> {
        match self {
            Step::Nothing => None,
            Step::Route(_, table) => Some(TableOf::BuiltIn(table)),
            Step::Own(own) => Some(TableOf::Own(own.table())),
        }
    }

    /// What it is called.
    pub(crate) fn name(&self) -> String {
        match self {
            Step::Nothing => "nothing".to_string(),
            Step::Route(route, _) => route.table_name(),
            Step::Own(own) => own.engine.recipe().name,
        }
    }
}

impl CompiledRecipe {
    fn table(&self) -> Table<'_> {
        let record = Record::first(&self.file);
        Table::of(record, Map::new(record, &self.state), Lengthening::Engine(&self.engine))
    }
}

impl OwnRecipe {
    pub(crate) fn new(engine: StagedEngine) -> OwnRecipe {
        OwnRecipe { engine: Arc::new(engine), compiled: OnceLock::new() }
    }

    /// The table's step, once there is one.
    #[inline]
    pub(crate) fn step(&self) -> Option<&Step> {
        self.compiled.get()?.as_ref().ok()
    }

    /// Compiles the recipe, or waits for another thread that is doing so.
    pub(crate) fn compile(&self) -> Result<(), Error> {
        let compiled = self.compiled.get_or_init(|| {
            let recipe = self.engine.recipe();
            let counts = PairCounts::embedded();
            let source = Source { name: "own", recipe: &recipe, keys: Keys::All, counts: &counts };
            let (file, _) = compile(&[source])?;
            Ok(Step::Own(CompiledRecipe { engine: Arc::clone(&self.engine), file, state: State::new() }))
        });
        match compiled {
            Ok(_) => Ok(()),
            Err(message) => Err(Error::new(ErrorKind::NotCompiled {
                name: self.engine.recipe().name,
                message: message.strip_prefix("own: ").unwrap_or(message).to_string(),
            })),
        }
    }
}
