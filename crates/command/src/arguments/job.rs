//! What `convert` and `check` share: which documents, converted to what, read how, and what is said about it.

use clap::Args;

use super::{
    ConversionArguments, DocumentArguments, HtmlArguments, InputArguments, ReportingArguments, WikitextArguments,
};

/// Documents and what is to become of them.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct JobArguments {
    #[command(flatten)]
    pub(crate) inputs: InputArguments,

    #[command(flatten)]
    pub(crate) conversion: ConversionArguments,

    #[command(flatten)]
    pub(crate) documents: DocumentArguments,

    #[command(flatten)]
    pub(crate) wikitext: WikitextArguments,

    #[command(flatten)]
    pub(crate) html: HtmlArguments,

    #[command(flatten)]
    pub(crate) reporting: ReportingArguments,
}
