//! The engine alone: any official config, with and without rare characters, from standard input to standard output. How large it is says what a
//! program pays that links `tongwen` and lets its user choose; nothing else is measured of it.
//!
//! `tongwen-bench-engine CONFIG [exclude]`

use std::env;
use std::error::Error;
use std::io::{self, Write};

use tongwen::{Config, Converter, TofuRisk};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let config: Config = arguments.next().unwrap_or_default().parse()?;
    let tofu_risk = match arguments.next().as_deref() {
        Some("exclude") => TofuRisk::Exclude,
        _ => TofuRisk::Include,
    };
    let converter = Converter::builder().config(config).tofu_risk(tofu_risk).build()?;
    let text = io::read_to_string(io::stdin())?;
    io::stdout().write_all(converter.convert(&text).as_bytes())?;
    Ok(())
}
