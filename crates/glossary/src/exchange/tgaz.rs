//! TGAZ in Turtle, in the words of the Pelagios gazetteer interconnection format.
//!
//! ```text
//! <http://chgis.hmdc.harvard.edu/placename/hvd_1> a lawd:Place ;
//!   rdfs:label "Gucheng"@en ;
//!   lawd:hasName [ lawd:primaryForm "古城"@zh-Hant ] ;
//!   geo:location [ geo:lat 44.02 ; geo:long 89.59 ] ;
//!   dcterms:coverage "新疆奇台县" ;
//!   dcterms:temporal "start=1767; end=1889;" ;
//!   dcterms:subject "town 镇" .
//! ```
//!
//! In one edition `dcterms:description` is the type, in another (with a `dcterms:subject`) today's place; both are read. The line of a record is the one on
//! which the parser knew its first statement, which may be the one after.

use std::collections::HashMap;

use oxrdf::{NamedOrBlankNode, Term};
use oxttl::TurtleParser;

use super::kinds::of_type;
use super::rows::{Rows, TypeInName, note, pinyin, point, year, years};
use super::sheet::unreadable;
use crate::{Error, Place};

const LAWD: &str = "http://lawd.info/ontology/";
const GEO: &str = "http://www.w3.org/2003/01/geo/wgs84_pos#";
const TERMS: &str = "http://purl.org/dc/terms/";
const LABEL: &str = "http://www.w3.org/2000/01/rdf-schema#label";

/// What is said of a subject.
#[derive(Default)]
struct Subject {
    line: u64,
    said: Vec<(String, Said)>,
}

/// The other end of a statement.
enum Said {
    Text { text: String, language: String },
    Node(NamedOrBlankNode),
}

/// Everything that a file says, and the subjects in their order.
#[derive(Default)]
struct Statements {
    order: Vec<NamedOrBlankNode>,
    subjects: HashMap<NamedOrBlankNode, Subject>,
}

pub(super) fn import(text: &str, rows: &mut Rows<'_>) -> Result<(), Error> {
    let statements = parse(rows.file, text)?;
    let mut found = false;
    for node in &statements.order {
        let NamedOrBlankNode::NamedNode(name) = node else { continue };
        let subject = &statements.subjects[node];
        if !subject.said.iter().any(|(predicate, _)| predicate.strip_prefix(LAWD) == Some("hasName")) {
            continue;
        }
        found = true;
        let id = name.as_str().rsplit(['/', '#']).next().unwrap_or_default();
        match row(id, subject, &statements, rows) {
            Ok(place) => rows.push(place),
            Err(message) => rows.leave_out(subject.line, None, message),
        }
    }
    if found { Ok(()) } else { Err(unreadable(rows.file, 1, format!("names no place; expected <{LAWD}hasName>"))) }
}

fn parse(file: &str, text: &str) -> Result<Statements, Error> {
    let mut statements = Statements::default();
    let mut parser = TurtleParser::new().low_level();
    let mut lines = text.split_inclusive('\n');
    let mut line = 0;
    while !parser.is_end() {
        match lines.next() {
            Some(next) => {
                line += 1;
                parser.extend_from_slice(next.as_bytes());
            }
            None => parser.end(),
        }
        while let Some(triple) = parser.parse_next() {
            let triple = triple.map_err(|error| {
                unreadable(
                    file,
                    error.location().start.line + 1,
                    format!("cannot be read as Turtle: {}", error.message()),
                )
            })?;
            let said = match triple.object {
                Term::NamedNode(node) => Said::Node(node.into()),
                Term::BlankNode(node) => Said::Node(node.into()),
                Term::Literal(literal) => Said::Text {
                    text: literal.value().to_string(),
                    language: literal.language().unwrap_or_default().to_string(),
                },
            };
            let subject = statements.subjects.entry(triple.subject.clone()).or_insert_with(|| {
                statements.order.push(triple.subject.clone());
                Subject { line, said: Vec::new() }
            });
            subject.said.push((triple.predicate.into_string(), said));
        }
    }
    Ok(statements)
}

impl Statements {
    /// The texts that a subject says with a predicate of a vocabulary, directly or by a node without a name, which says them with another.
    fn texts<'a>(
        &'a self,
        subject: &'a Subject,
        vocabulary: &'a str,
        [predicate, inner]: [&'a str; 2],
    ) -> Vec<(&'a str, &'a str)> {
        let is = |known: &str, name: &str| known.strip_prefix(vocabulary) == Some(name);
        let mut texts = Vec::new();
        for (known, said) in &subject.said {
            if !is(known, predicate) {
                continue;
            }
            match said {
                Said::Text { text, language } => texts.push((text.as_str(), language.as_str())),
                Said::Node(node) => {
                    let inside = self.subjects.get(node).into_iter().flat_map(|subject| &subject.said);
                    for (known, said) in inside {
                        if let (true, Said::Text { text, language }) = (is(known, inner), said) {
                            texts.push((text, language));
                        }
                    }
                }
            }
        }
        texts
    }

    fn text<'a>(&'a self, subject: &'a Subject, vocabulary: &'a str, predicates: [&'a str; 2]) -> &'a str {
        self.texts(subject, vocabulary, predicates).first().map_or("", |(text, _)| text)
    }
}

fn row(id: &str, subject: &Subject, statements: &Statements, rows: &Rows<'_>) -> Result<Place, String> {
    let names = statements.texts(subject, LAWD, ["hasName", "primaryForm"]);
    let first = |fits: fn(&str) -> bool| names.iter().find(|(_, language)| fits(language)).map_or("", |(text, _)| text);
    let hans = first(|language| language.eq_ignore_ascii_case("zh-hans"));
    let hant = first(|language| language.eq_ignore_ascii_case("zh-hant"));
    let unknown = names.iter().map(|(text, _)| *text).find(|text| super::rows::is_chinese(text)).unwrap_or_default();
    let both = rows.names(hans, hant, unknown).ok_or("has no name in Chinese characters")?;
    let said = statements.text(subject, TERMS, ["subject", ""]);
    let description = statements.text(subject, TERMS, ["description", ""]);
    let coverage = statements.text(subject, TERMS, ["coverage", ""]);
    let kind = of_type(if said.is_empty() { description } else { said });
    let present = if coverage.is_empty() && !said.is_empty() { description } else { coverage };
    let mut place = rows.place(subject.line, &format!("tgaz-{id}"), &both, kind, TypeInName::Cut);
    let temporal = statements.text(subject, TERMS, ["temporal", ""]);
    place.years = years(span(temporal, "start=")?, span(temporal, "end=")?);
    let [latitude, longitude] =
        ["lat", "long"].map(|inner| statements.text(subject, GEO, ["location", inner]).to_string());
    place.coordinates = point(&latitude, &longitude)?;
    place.pinyin = pinyin(statements.text(subject, LABEL, ["", ""]));
    for (text, language) in names {
        let latin = text.is_ascii() && (language.is_empty() || language == "en");
        if latin && pinyin(text).is_empty() && !place.postal.iter().any(|known| known == text) {
            place.postal.push(text.to_string());
        } else if !latin && !language.starts_with("zh") && !super::rows::is_chinese(text) && !language.is_empty() {
            place.other_names.push(format!("{language}:{}", text.replace(';', ",")));
        }
    }
    rows.today(&mut place, present);
    place.source = vec!["tgaz".to_string()];
    place.source_note = id.to_string();
    note(&mut place, "imported from TGAZ");
    Ok(place)
}

/// A year behind a word: `start=1767; end=1889;`.
fn span(text: &str, word: &str) -> Result<Option<i16>, String> {
    let behind = text.split_once(word).map_or("", |(_, behind)| behind);
    year(behind.split(';').next().unwrap_or_default())
}
