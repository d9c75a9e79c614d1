//! The names that a command about places is asked for: those of the command line, and for `-` those of standard input.
//!
//! Each line of standard input is answered before the next is read, so that there may be any number of them, and whoever writes them can wait for the answer.

use std::io::{self, BufRead, Read};

use crate::arguments::year;
use crate::input::Input;
use crate::messages::{Failure, system};

/// No name is so long, in bytes.
const LONGEST: usize = 1 << 16;

/// A name and the year that stands behind it on its line of standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) name: String,
    pub(crate) year: Option<i16>,
}

/// Does something with every name, in their order.
///
/// # Errors
///
/// That of the first name which goes wrong; before anything is done where a name of the command line is empty.
pub(crate) fn each_name(
    arguments: &[String],
    mut answer: impl FnMut(Asked) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if arguments.iter().any(|name| name.trim().is_empty()) {
        return Err(Failure::new("an empty name, expected that of a place"));
    }
    for name in arguments {
        if name == "-" {
            lines(io::stdin().lock(), &mut answer)?;
        } else {
            answer(Asked { name: name.clone(), year: None })?;
        }
    }
    Ok(())
}

/// `NAME` or `NAME TAB YEAR` a line; empty lines are none.
fn lines(mut input: impl BufRead, mut answer: impl FnMut(Asked) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    for line in 1_usize.. {
        bytes.clear();
        let read = input.by_ref().take(LONGEST as u64).read_until(b'\n', &mut bytes);
        if read.map_err(|error| Input::Standard.failure(system(&error)))? == 0 {
            break;
        }
        let wrong = |text: &str| Failure::at(format_args!("{}:{line}", Input::Standard), text);
        if bytes.len() == LONGEST {
            return Err(wrong("a line of 64 KiB or more, expected a name"));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| wrong("invalid UTF-8; convert the names to UTF-8 first"))?;
        let text = if line == 1 { text.trim_start_matches('\u{feff}') } else { text };
        if let Some(asked) = asked(text).map_err(|text| wrong(&text))? {
            answer(asked)?;
        }
    }
    Ok(())
}

fn asked(line: &str) -> Result<Option<Asked>, String> {
    let (name, number) = line.split_once('\t').unwrap_or((line, ""));
    let (name, number) = (name.trim(), number.trim());
    match (name, number) {
        ("", "") => Ok(None),
        ("", _) => Err(format!("no name before `{number}`, expected `NAME` or `NAME TAB YEAR`")),
        (name, "") => Ok(Some(Asked { name: name.to_string(), year: None })),
        (name, number) => Ok(Some(Asked { name: name.to_string(), year: Some(year(number)?) })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> (Vec<Asked>, Result<(), Failure>) {
        let mut all = Vec::new();
        let result = lines(text, |asked| {
            all.push(asked);
            Ok(())
        });
        (all, result)
    }

    #[test]
    fn lines_have_names_and_perhaps_years() {
        let asked = |name: &str, year| Asked { name: name.to_string(), year };
        let expected =
            [asked("迪化", None), asked("Ti hwa", Some(-20)), asked("庭州", None), asked("归化", Some(1876))];
        let (all, result) = read("\u{feff}\u{20}迪化\n\nTi hwa\t-20\r\n庭州\t\n归化\t光绪二年".as_bytes());
        assert!(result.is_ok());
        assert_eq!(all, expected);
    }

    #[test]
    fn what_stands_before_a_wrong_line_is_answered() {
        let long = "长".repeat(LONGEST);
        for wrong in ["\t1876", "迪化\t0", "迪化\tsoon", "迪化\t99999", "迪化\t建元三年", &long] {
            let (all, result) = read(format!("庭州\n{wrong}\n").as_bytes());
            assert_eq!((all.len(), result.is_err()), (1, true), "{wrong}");
        }
        assert!(read(b"\xff\n").1.is_err());
    }
}
