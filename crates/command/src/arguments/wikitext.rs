//! The switches of wikitext.

use clap::Args;
use tongwen_formats::{Citations, Comments, Headings, Links, NoConversion, NoteTa, PageRules, Positional};

use super::named::Named;

/// The switches of wikitext.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Wikitext")]
pub(crate) struct WikitextArguments {
    /// Links without a label: add a label where it would differ, leave them, convert the targets [default: expand]
    #[arg(long, value_name = "WHAT", value_parser = Named::<Links>::of(|| Links::NAMES.to_vec()))]
    pub(crate) links: Option<Links>,

    /// Headings, and with them links to sections of the same page [default: convert]
    #[arg(long, value_name = "WHAT", value_parser = Named::<Headings>::of(|| Headings::NAMES.to_vec()))]
    pub(crate) headings: Option<Headings>,

    /// Positional values of templates that are not known to take prose [default: keep]
    #[arg(long, value_name = "WHAT", value_parser = Named::<Positional>::of(|| Positional::NAMES.to_vec()))]
    pub(crate) positional: Option<Positional>,

    /// What templates that cite works show [default: convert]
    #[arg(long, value_name = "WHAT", value_parser = Named::<Citations>::of(|| Citations::NAMES.to_vec()))]
    pub(crate) citations: Option<Citations>,

    /// Comments [default: keep]
    #[arg(long, value_name = "WHAT", value_parser = Named::<Comments>::of(|| Comments::NAMES.to_vec()))]
    pub(crate) comments: Option<Comments>,

    /// Rules that a document sets for itself (`-{H|...}-`, NoteTA) [default: apply]
    #[arg(long, value_name = "WHAT", value_parser = Named::<PageRules>::of(|| PageRules::NAMES.to_vec()))]
    pub(crate) page_rules: Option<PageRules>,

    /// Calls of NoteTA, where the markup is dropped [default: keep]
    #[arg(long, value_name = "WHAT", value_parser = Named::<NoteTa>::of(|| NoteTa::NAMES.to_vec()))]
    pub(crate) note_ta: Option<NoteTa>,

    /// Pages that say __NOCC__: leave them, or convert them all the same [default: respect]
    #[arg(long, value_name = "WHAT", value_parser = Named::<NoConversion>::of(|| NoConversion::NAMES.to_vec()))]
    pub(crate) no_conversion: Option<NoConversion>,
}
