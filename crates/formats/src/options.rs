//! The switches of a scan: what is converted where the wiki leaves a choice.
//!
//! Each switch is an enum whose default is what keeps a page working and complete. All of them can be read from the
//! names that the command line and the configuration use.

use std::fmt;
use std::str::FromStr;

use tongwen::{Markers, Variant};

use crate::{Error, ErrorKind, Groups, Lists};

/// How to scan a document. Change the fields of a default one:
///
/// ```
/// use tongwen_formats::{Links, Options};
/// let mut options = Options::default();
/// options.links = Links::Keep;
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// What becomes of conversion markup.
    pub mode: Mode,
    /// Whether conversion markup in plain text is markup at all.
    pub markers: Markers,
    /// The variant that conversion markup is read for; none is `zh`, the text as it was written. Whoever converts the text
    /// converts it to the same variant.
    pub variant: Option<Variant>,
    /// Rules that a page sets for itself (`-{H|..}-`, NoteTA).
    pub page_rules: PageRules,
    /// The conversion groups that a page may name.
    pub groups: Groups,
    /// Calls of NoteTA, when the markup is dropped.
    pub note_ta: NoteTa,
    /// Links without a label.
    pub links: Links,
    /// Headings, and with them the links of the page to its own sections.
    pub headings: Headings,
    /// Positional values of templates.
    pub positional: Positional,
    /// Templates that cite works.
    pub citations: Citations,
    /// Comments.
    pub comments: Comments,
    /// Pages that ask not to be converted.
    pub no_conversion: NoConversion,
    /// Text in elements of another language.
    pub languages: Languages,
    /// Text in elements that say that they are not to be translated.
    pub no_translate: NoTranslate,
    /// The strings to convert in formats that are lists of strings: pointers into JSON (`/title`, `/items/*/text`), names or
    /// numbers of columns. None means all.
    pub fields: Vec<String>,
    /// The names that the rules need: templates, parameters, file options, namespaces, tags.
    pub lists: Lists,
}

macro_rules! switch {
    ($(#[$doc:meta])* $name:ident = $switch:literal { $($(#[$value_doc:meta])* $value:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$value_doc])* $value,)+
        }

        impl $name {
            /// The names of the values, the default first.
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            /// The name on the command line and in configuration files.
            pub fn name(self) -> &'static str {
                match self { $($name::$value => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(value: &str) -> Result<$name, Error> {
                match value {
                    $($text => Ok($name::$value),)+
                    _ => Err(Error::new(ErrorKind::UnknownValue {
                        switch: $switch,
                        value: value.to_string(),
                        expected: $name::NAMES,
                    })),
                }
            }
        }
    };
}

switch! {
    /// What becomes of conversion markup (`-{ }-`).
    Mode = "mode" {
        /// It stays byte for byte and the text around it is converted: for saving back to the wiki.
        #[default]
        Preserve = "preserve",
        /// It is evaluated for the variant and dropped, and the text is converted: for readers without the wiki.
        Render = "render",
        /// It is dropped, and what the page shows as written stays; nothing is converted.
        Strip = "strip",
    }
}

switch! {
    /// What to do with rules that a page sets for itself.
    PageRules = "page-rules" {
        /// They take part in the conversion, from where they stand.
        #[default]
        Apply = "apply",
        /// They are read but change no text.
        Ignore = "ignore",
    }
}

switch! {
    /// What to do with calls of NoteTA in the modes that drop conversion markup.
    NoteTa = "note-ta" {
        /// Leave them; they show nothing but an icon.
        #[default]
        Keep = "keep",
        /// Drop them, with the line if they have one for themselves.
        Drop = "drop",
    }
}

switch! {
    /// What to do with `[[国军]]`, a link that shows its own target.
    Links = "links" {
        /// Keep the target and add a label where the converted target differs: `[[国军|國軍]]`.
        #[default]
        Expand = "expand",
        /// Leave it as it is.
        Keep = "keep",
        /// Convert targets, also of links that have a label: only for wikis that find titles across variants. Targets
        /// with a `#` and links to other wikis are treated as with `Expand`, since these are never found.
        Convert = "convert",
    }
}

switch! {
    /// What to do with headings.
    Headings = "headings" {
        /// Convert them; links of the page to its own sections follow.
        #[default]
        Convert = "convert",
        /// Leave them, so that links from other pages to the sections keep working.
        Keep = "keep",
    }
}

switch! {
    /// What to do with positional values of templates that are not known to take prose.
    Positional = "positional" {
        /// Leave them: they are page names, codes or keys more often than prose.
        #[default]
        Keep = "keep",
        /// Convert them as wikitext.
        Convert = "convert",
    }
}

switch! {
    /// What to do with templates that cite works (`{{Cite web|title=..}}`).
    Citations = "citations" {
        /// Convert what they show, as a reader of the wiki sees it.
        #[default]
        Convert = "convert",
        /// Leave them, titles and all.
        Keep = "keep",
    }
}

switch! {
    /// What to do with comments.
    Comments = "comments" {
        /// Leave them.
        #[default]
        Keep = "keep",
        /// Convert their text as wikitext.
        Convert = "convert",
    }
}

switch! {
    /// What to do with a page that says `__NOCC__`.
    NoConversion = "no-conversion" {
        /// Leave the whole page.
        #[default]
        Respect = "respect",
        /// Convert it all the same.
        Ignore = "ignore",
    }
}

switch! {
    /// What to do in HTML and XML with elements that `lang` puts into another language than Chinese.
    Languages = "languages" {
        /// Leave their text; but with [`Mode::Render`] convert it, as MediaWiki does.
        #[default]
        Auto = "auto",
        /// Leave their text.
        Respect = "respect",
        /// Convert it all the same.
        Ignore = "ignore",
    }
}

switch! {
    /// What to do in HTML and XML with elements that are not to be translated: `translate="no"`, and in HTML the class `notranslate`. What
    /// the root element says of a whole page does not count: it is said to browsers, lest they offer a translation.
    NoTranslate = "no-translate" {
        /// Leave their text; but with [`Mode::Render`] convert it, as MediaWiki does.
        #[default]
        Auto = "auto",
        /// Leave their text.
        Respect = "respect",
        /// Convert it all the same.
        Ignore = "ignore",
    }
}

impl Options {
    /// Whether text that is not to be translated stays.
    pub(crate) fn respects_no_translate(&self) -> bool {
        match self.no_translate {
            NoTranslate::Auto => self.mode != Mode::Render,
            NoTranslate::Respect => true,
            NoTranslate::Ignore => false,
        }
    }

    /// Whether text in another language stays.
    pub(crate) fn respects_languages(&self) -> bool {
        match self.languages {
            Languages::Auto => self.mode != Mode::Render,
            Languages::Respect => true,
            Languages::Ignore => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_and_the_first_is_the_default() {
        assert_eq!(Links::default().name(), Links::NAMES[0]);
        for name in Links::NAMES {
            assert_eq!(name.parse::<Links>().unwrap().to_string(), *name);
        }
        let error = "all".parse::<Links>().unwrap_err();
        assert_eq!(error.to_string(), "unknown value `all` for links, expected one of expand, keep, convert");
    }
}
