//! `tongwen explain`.

use clap::Args;

use super::ConversionArguments;

/// Tell why each stretch of a text became what it became
///
/// Prints every stretch that changes with its place (line:column) and what it became, and below it the dictionary entries that did it, stage
/// by stage, with the candidates that were not taken; and every stretch that stays because something protects it.
#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The text itself; standard input where there is none or it is `-`
    #[arg(value_name = "TEXT")]
    pub(crate) text: Option<String>,

    #[command(flatten)]
    pub(crate) conversion: ConversionArguments,

    /// Leave what matches, line by line; may be given several times
    #[arg(long, value_name = "REGEX")]
    pub(crate) protect: Vec<String>,

    /// Print a JSON object instead
    #[arg(long)]
    pub(crate) json: bool,
}
