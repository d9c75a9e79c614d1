//! The switches of HTML and XML.

use clap::Args;
use tongwen_formats::{Languages, NoTranslate};

use super::named::Named;

/// The switches of HTML and XML.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "HTML and XML")]
pub(crate) struct HtmlArguments {
    /// Attributes that are converted beside `title` and `alt`, with commas between; may be given several times
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) attributes: Vec<String>,

    /// Elements that `lang` puts into another language, and runs of DOCX marked as Japanese or Korean: leave them, convert them; `auto`
    /// leaves them, but `--mode render` converts them as MediaWiki does [default: auto]
    #[arg(long, value_name = "WHAT", value_parser = Named::<Languages>::of(|| Languages::NAMES.to_vec()))]
    pub(crate) languages: Option<Languages>,

    /// Elements with `translate="no"` or the class `notranslate`: leave them (`respect`), convert them (`ignore`); `auto` leaves them, but with
    /// `--mode render` converts them [default: auto]
    ///
    /// What `<html>` says of a whole page does not count: it is said to browsers, lest they offer a translation.
    #[arg(long, value_name = "WHAT", value_parser = Named::<NoTranslate>::of(|| NoTranslate::NAMES.to_vec()))]
    pub(crate) no_translate: Option<NoTranslate>,
}
