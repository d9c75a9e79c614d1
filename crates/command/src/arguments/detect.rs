//! `tongwen detect`.

use std::str::FromStr;

use clap::Args;
use tongwen::Variant;

use super::InputArguments;
use super::named::{Named, variant_names};
use crate::encoding::{self, EncodingChoice};

/// Tell which script and which region texts are written for
///
/// Prints a line for each text: the script (simplified, traditional, mixed, neutral, none), the region with the probability that it is
/// right, how many Han characters there are and how many that only one script has, and the first of these.
#[derive(Debug, Args)]
pub(crate) struct DetectArguments {
    /// Say nothing of texts that are as expected; the exit code is 1 if one is not
    ///
    /// A variant of a region (zh-tw) expects that region, zh-hans and zh-hant expect a script.
    #[arg(long, value_name = "SCRIPT or VARIANT", value_parser = Named::<Expected>::of(expected_names))]
    pub(crate) expect: Option<Expected>,

    /// Print a JSON object a text instead
    #[arg(long)]
    pub(crate) json: bool,

    /// How the bytes are to be read [default: auto]
    #[arg(short, long, value_name = "NAME", value_parser = Named::<EncodingChoice>::of(|| encoding::names("auto")))]
    pub(crate) encoding: Option<EncodingChoice>,

    #[command(flatten)]
    pub(crate) inputs: InputArguments,
}

const SCRIPTS: [&str; 5] = ["simplified", "traditional", "mixed", "neutral", "none"];

/// What a text is expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The name of a script.
    Script(&'static str),
    Region(Variant),
}

impl FromStr for Expected {
    type Err = String;

    fn from_str(name: &str) -> Result<Expected, String> {
        if let Some(script) = SCRIPTS.into_iter().find(|script| script.eq_ignore_ascii_case(name)) {
            return Ok(Expected::Script(script));
        }
        match name.parse().map_err(|error: tongwen::Error| error.to_string())? {
            Variant::ZhHans => Ok(Expected::Script("simplified")),
            Variant::ZhHant => Ok(Expected::Script("traditional")),
            region => Ok(Expected::Region(region)),
        }
    }
}

fn expected_names() -> Vec<&'static str> {
    SCRIPTS.into_iter().chain(variant_names()).collect()
}
