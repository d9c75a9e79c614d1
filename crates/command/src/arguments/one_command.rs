//! Reads the command line with the definition of one command only.
//!
//! To build what is known of every option of every command takes longer than to convert a line of text. So where the first word is the name
//! of a command, only that command's options are built. Whatever they do not fit (a mistake, a wish for help, another command) is read once
//! more with the whole definition, which alone decides what is said about it. `tongwen convert -t zh-tw` is read by the options of
//! `convert`; `tongwen convert --help` and `tongwen --version` by the whole.
//!
//! # Cost
//!
//! A command line that is wrong is read twice.

use std::ffi::OsString;

use clap::{Args, FromArgMatches, Parser, Subcommand};

use super::{Arguments, Command, PlacesCommand};

impl Arguments {
    /// Reads the words of the command line, of which the first is the name of the program.
    pub(crate) fn read(words: &[OsString]) -> Result<Arguments, clap::Error> {
        match by_its_own_options(words) {
            Some(command) => Ok(Arguments { command }),
            None => Arguments::try_parse_from(words),
        }
    }
}

/// The command that the first word names, where its options fit the other words.
fn by_its_own_options(words: &[OsString]) -> Option<Command> {
    let words = words.get(1..)?;
    match words.first()?.to_str()? {
        "convert" => options(words).map(Command::Convert),
        "check" => options(words).map(Command::Check),
        "detect" => options(words).map(Command::Detect),
        "explain" => options(words).map(Command::Explain),
        "lookup" => options(words).map(Command::Lookup),
        "annotate" => options(words).map(Command::Annotate),
        "places" => places(words),
        "dict" => options(words).map(Command::Dict),
        "config" => options(words).map(Command::Config),
        _ => None,
    }
}

fn options<A: Args>(words: &[OsString]) -> Option<A> {
    fit(A::augment_args(clap::Command::new("tongwen")), words)
}

fn places(words: &[OsString]) -> Option<Command> {
    let definition = PlacesCommand::augment_subcommands(clap::Command::new("tongwen"));
    fit(definition, words).map(|command| Command::Places { command })
}

fn fit<A: FromArgMatches>(mut definition: clap::Command, words: &[OsString]) -> Option<A> {
    let mut matches = definition.try_get_matches_from_mut(words).ok()?;
    let arguments = A::from_arg_matches_mut(&mut matches).ok();
    // Thousands of small pieces, which the end of the process frees at once.
    std::mem::forget((definition, matches));
    arguments
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    /// One line at least for every command.
    const RIGHT: [&str; 12] = [
        "tongwen convert -c s2t",
        "tongwen convert -t zh-tw a.txt b -o out/ --level phrases --dict x.tsv --dict y.tsv --no-config",
        "tongwen convert --write --backup .old -j 2 -",
        "tongwen check -t tw --list docs",
        "tongwen detect a.txt",
        "tongwen explain -t zh-tw 头发",
        "tongwen lookup 迪化 --year -60",
        "tongwen annotate --year 1876 --json a.txt",
        "tongwen places former 乌鲁木齐市 --json",
        "tongwen dict search 头发 --within",
        "tongwen dict list",
        "tongwen config show --file a.txt",
    ];

    #[test]
    fn one_command_reads_what_the_whole_definition_reads() {
        for line in RIGHT {
            let words = words(line);
            let one = by_its_own_options(&words).map(|command| Arguments { command });
            let whole = Arguments::try_parse_from(&words);
            assert_eq!(format!("{:?}", one.expect(line)), format!("{:?}", whole.expect(line)), "{line}");
        }
        // These are made from the whole definition anyway.
        let whole = ["completions", "man"];
        for command in Arguments::command().get_subcommands().filter(|command| !whole.contains(&command.get_name())) {
            let read = RIGHT.iter().any(|line| line.split(' ').nth(1) == Some(command.get_name()));
            assert!(read, "{} is not tested", command.get_name());
        }
    }

    #[test]
    fn the_whole_definition_has_the_word_about_all_else() {
        let lines = [
            "tongwen",
            "tongwen --help",
            "tongwen --version",
            "tongwen convert --help",
            "tongwen convert -h",
            "tongwen convert --version",
            "tongwen convert --no-such",
            "tongwen convert -t zh-tw -c s2t",
            "tongwen help convert",
            "tongwen places",
            "tongwen places help",
            "tongwen dict",
            "tongwen lookup",
            "tongwen completions bash",
            "tongwen konvert",
        ];
        for line in lines {
            assert!(by_its_own_options(&words(line)).is_none(), "{line}");
        }
    }
}
