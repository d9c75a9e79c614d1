//! The names that a command about places is asked for: those of the command line, and for `-` those of standard input.

use crate::arguments::year;
use crate::input::Input;
use crate::messages::Failure;

/// A name and the year that stands behind it on its line of standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) name: String,
    pub(crate) year: Option<i16>,
}

pub(crate) fn names(arguments: &[String]) -> Result<Vec<Asked>, Failure> {
    let mut names = Vec::new();
    for name in arguments {
        if name == "-" {
            names.extend(lines(&Input::Standard.read_text()?)?);
        } else {
            names.push(Asked { name: name.clone(), year: None });
        }
    }
    Ok(names)
}

/// `NAME` or `NAME TAB YEAR` a line; empty lines are none.
fn lines(text: &str) -> Result<Vec<Asked>, Failure> {
    let mut names = Vec::new();
    for (line, content) in text.lines().enumerate().filter(|(_, content)| !content.trim().is_empty()) {
        let (name, number) = content.split_once('\t').unwrap_or((content, ""));
        let wrong = |error| Failure::at(format_args!("{}:{}", Input::Standard, line + 1), error);
        let year = match number.trim() {
            "" => None,
            number => Some(year(number).map_err(wrong)?),
        };
        names.push(Asked { name: name.trim().to_string(), year });
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_names_and_perhaps_years() {
        let asked = |name: &str, year| Asked { name: name.to_string(), year };
        let expected = [asked("迪化", None), asked("Ti hwa", Some(-20)), asked("庭州", None)];
        assert_eq!(lines("\u{20}迪化\n\nTi hwa\t-20\r\n庭州\t\n").unwrap(), expected);
        for wrong in ["迪化\t0", "迪化\tsoon", "迪化\t99999"] {
            assert!(lines(wrong).is_err(), "{wrong}");
        }
    }
}
