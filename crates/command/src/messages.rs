//! What is said on stderr, and the exit code that goes with it.
//!
//! Every message is one line `tongwen: PATH: message`, sometimes with a line `hint: ...` below. Control characters are escaped: names of
//! files and pieces of data must not be able to command a terminal.
//!
//! Exit codes: 0 done, 1 something would change or is not as demanded, 2 nothing could be done, 3 some of several inputs failed, 128 and the number
//! of the signal where one has ended the command.
//!
//! A reader of our output that goes away (`tongwen convert big.txt | head`) is no failure: the command ends quietly with 0.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

/// How the command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is done.
    Done = 0,
    /// The answer is no: something would change, a name was not found, something is not as demanded.
    No = 1,
    /// Wrong usage, or nothing could be done.
    Failed = 2,
    /// Several inputs, of which some failed.
    Partly = 3,
}

impl Exit {
    /// The exit of a command of which some inputs failed.
    pub(crate) fn of(failed: usize, inputs: usize) -> Exit {
        match failed {
            0 => Exit::Done,
            all if all == inputs => Exit::Failed,
            _ => Exit::Partly,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why something could not be done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A message for the user.
    Message {
        /// What was found, what was expected, what to do; the path first.
        text: String,
        /// What to try instead, where that truly helps.
        hint: Option<String>,
    },
    /// Nobody reads our output any more.
    BrokenPipe,
}

impl Failure {
    pub(crate) fn new(text: impl fmt::Display) -> Failure {
        Failure::Message { text: text.to_string(), hint: None }
    }

    /// A failure that is about one file or stream.
    pub(crate) fn at(place: impl fmt::Display, text: impl fmt::Display) -> Failure {
        Failure::new(format_args!("{place}: {text}"))
    }

    /// A failure to write; a reader that has gone away is told apart.
    pub(crate) fn writing(place: impl fmt::Display, error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => Failure::at(place, system(&error)),
        }
    }

    /// What is said, without the hint.
    pub(crate) fn text(&self) -> String {
        match self {
            Failure::Message { text, .. } => text.clone(),
            Failure::BrokenPipe => "broken pipe".to_string(),
        }
    }

    /// The lines that are put on the terminal.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Failure::BrokenPipe => String::new(),
            Failure::Message { text, hint: None } => format!("tongwen: {}\n", Printable(&bounded(text))),
            Failure::Message { text, hint: Some(hint) } => {
                format!("tongwen: {}\nhint: {}\n", Printable(&bounded(text)), Printable(&bounded(hint)))
            }
        }
    }

    pub(crate) fn with_hint(self, hint: impl fmt::Display) -> Failure {
        match self {
            Failure::Message { text, .. } => Failure::Message { text, hint: Some(hint.to_string()) },
            Failure::BrokenPipe => Failure::BrokenPipe,
        }
    }
}

impl From<tongwen::Error> for Failure {
    fn from(error: tongwen::Error) -> Failure {
        match error.kind() {
            tongwen::ErrorKind::Io { path, source } => Failure::at(path, system(source)),
            _ => Failure::new(error),
        }
    }
}

/// The system's words for an error, in the style of the other messages: lower case, no number.
pub(crate) fn system(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.rfind(" (os error ").map_or(text.as_str(), |number| &text[..number]);
    let mut characters = text.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

/// Prints a failure; gives the exit code of a command that ends with it.
pub(crate) fn report(failure: &Failure) -> Exit {
    // Where even stderr is gone, there is nobody to tell.
    let _ = io::stderr().write_all(failure.in_words().as_bytes());
    match failure {
        Failure::BrokenPipe => Exit::Done,
        Failure::Message { .. } => Exit::Failed,
    }
}

/// Says something that is no failure.
pub(crate) fn remark(text: impl fmt::Display) {
    // Where even stderr is gone, there is nobody to tell.
    let _ = writeln!(io::stderr(), "tongwen: {}", Printable(&text.to_string()));
}

/// What the argument parser has to say: help and version on stdout, complaints on stderr, in the form of our own messages.
pub(crate) fn usage(error: &clap::Error) -> Exit {
    let text = error.render().to_string().trim_end().to_owned() + "\n";
    if !error.use_stderr() {
        let mut output = io::stdout().lock();
        let written = output.write_all(text.as_bytes()).and_then(|()| output.flush());
        return match written {
            Ok(()) => Exit::Done,
            Err(error) => report(&Failure::writing(crate::output::STDOUT, error)),
        };
    }
    // Without a command there is only the help, and no complaint to put a name before.
    let (head, text) = text.strip_prefix("error: ").map_or(("", text.as_str()), |text| ("tongwen: ", text));
    let lines: Vec<String> = text.trim_end().lines().map(|line| Printable(line).to_string()).collect();
    let _ = writeln!(io::stderr(), "{head}{}", lines.join("\n"));
    Exit::Failed
}

/// Bytes of a message before and behind what is left out of one that quotes too much: a file without line ends may be one name.
const BEFORE: usize = 1400;
const BEHIND: usize = 600;

/// A message short enough to be read: where it begins and where it ends.
pub(crate) fn bounded(text: &str) -> Cow<'_, str> {
    if text.len() <= BEFORE + BEHIND {
        return Cow::Borrowed(text);
    }
    let (before, behind) = (text.floor_char_boundary(BEFORE), text.ceil_char_boundary(text.len() - BEHIND));
    Cow::Owned(format!("{} … {}", &text[..before], &text[behind..]))
}

/// Shows a text with its control characters escaped.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(char::is_control) {
            let (plain, from_control) = rest.split_at(at);
            let mut characters = from_control.chars();
            let control = characters.next().map(char::escape_default).into_iter().flatten();
            f.write_str(plain)?;
            control.into_iter().try_for_each(|character| write!(f, "{character}"))?;
            rest = characters.as_str();
        }
        f.write_str(rest)
    }
}

/// The name of a file for messages.
pub(crate) fn shown(path: &Path) -> impl fmt::Display + '_ {
    path.display()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(Printable("a\u{1b}[31m\n中\u{9b}").to_string(), "a\\u{1b}[31m\\n中\\u{9b}");
        assert_eq!(Printable("").to_string(), "");
    }

    #[test]
    fn a_message_does_not_quote_a_whole_file() {
        let found =
            Failure::at("a.csv:1", format_args!("unknown column `{}`; remove it", "软".repeat(1 << 20))).in_words();
        assert!(found.len() < 3000 && found.starts_with("tongwen: a.csv:1: ") && found.ends_with("`; remove it\n"));
        assert_eq!(bounded("短"), "短");
    }

    #[test]
    fn the_systems_words_are_in_our_style() {
        let error = std::fs::read("no/such/file").unwrap_err();
        let text = system(&error);
        assert!(!text.contains("os error") && text.starts_with(char::is_lowercase), "{text}");
    }
}
