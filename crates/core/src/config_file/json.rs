//! From the JSON of a config to a recipe.
//!
//! The parser keeps the place of every value, so each error and warning can name its line; and it keeps members that stand twice,
//! of which the first counts, as in OpenCC.

use jsonc_parser::ast::{Array, Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Format, Library};
use crate::{Dictionary, Error, ErrorKind, Lookup, MatchPolicy, Recipe, TofuRisk};

/// Reads a config and asks `library` for its dictionaries. Also gives the warnings; the name is empty where the config has none.
pub(super) fn recipe(
    path: &str,
    text: &str,
    tofu_risk: TofuRisk,
    library: &mut Library,
) -> Result<(Recipe, Vec<String>), Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line_ends = text.match_indices('\n').map(|(at, _)| at).collect();
    let mut reader = Reader { path, text, line_ends, library, warnings: Vec::new() };
    let recipe = reader.config(tofu_risk)?;
    Ok((recipe, reader.warnings))
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    line_ends: Vec<usize>,
    library: &'a mut Library,
    warnings: Vec<String>,
}

impl<'a> Reader<'a> {
    fn config(&mut self, tofu_risk: TofuRisk) -> Result<Recipe, Error> {
        let parsed = parse_to_ast(self.text, &CollectOptions::default(), &parse_options()).map_err(|error| {
            let message = format!("not a JSON config, {}; correct it here", lower_first(&error.kind().to_string()));
            self.error(error.range().start, message)
        })?;
        let Some(Value::Object(config)) = parsed.value else {
            return Err(self.error(0, "expected an object, { ... }, as the whole of the config".to_owned()));
        };
        self.warn_unknown(&config, &["name", "normalization", "segmentation", "conversion_chain"]);
        let name = config.get_string("name").map(|name| name.value.to_string()).unwrap_or_else(|| {
            self.warn(config.start(), "a config should have a `name`, a string");
            String::new()
        });
        let segmentation = match config.get("segmentation") {
            Some(_) => Some(self.segmentation(self.object(&config, "segmentation")?)?),
            None => None,
        };
        let chain = self.stages(self.array(&config, "conversion_chain")?, tofu_risk)?;
        let normalization = match config.get("normalization") {
            Some(_) => self.stages(self.array(&config, "normalization")?, tofu_risk)?,
            None => Vec::new(),
        };
        Ok(Recipe { name, normalization, segmentation, chain })
    }

    fn segmentation(&mut self, segmentation: &Object<'a>) -> Result<Lookup, Error> {
        let (kind, at) = self.string(segmentation, "type")?;
        if kind != "mmseg" {
            let message = format!(
                "segmentation type `{kind}` is a plug-in of OpenCC, and only `mmseg` is built in; \
                 use the engine of the `opencc` feature for this config"
            );
            return Err(self.error(at, message));
        }
        self.warn_unknown(segmentation, &["type", "dict"]);
        let dictionary = self.object(segmentation, "dict")?;
        let lookup = self.lookup(dictionary, TofuRisk::Include)?;
        lookup.ok_or_else(|| {
            self.error(dictionary.start(), "a segmentation needs a dictionary, this has none".to_owned())
        })
    }

    /// The stages of a chain, without those that have no dictionary left.
    fn stages(&mut self, stages: &Array<'a>, tofu_risk: TofuRisk) -> Result<Vec<Lookup>, Error> {
        if stages.elements.is_empty() {
            self.warn(stages.start(), "a chain should have at least one stage");
        }
        let mut lookups = Vec::new();
        for stage in &stages.elements {
            let Value::Object(stage) = stage else {
                self.warn(stage.start(), "a stage that is no object has no effect");
                continue;
            };
            self.warn_unknown(stage, &["dict"]);
            lookups.extend(self.lookup(self.object(stage, "dict")?, tofu_risk)?);
        }
        Ok(lookups)
    }

    /// A dictionary or a group; nothing where the tofu risk leaves none.
    fn lookup(&mut self, dictionary: &Object<'a>, tofu_risk: TofuRisk) -> Result<Option<Lookup>, Error> {
        let (kind, at) = self.string(dictionary, "type")?;
        if kind == "inline" {
            return self.inline(dictionary).map(Some);
        }
        let is_risky = match dictionary.get("may_output_tofu") {
            None => false,
            Some(ObjectProp { value: Value::BooleanLit(literal), .. }) => literal.value,
            Some(other) => {
                return Err(self.error(other.start(), "expected true or false for `may_output_tofu`".to_owned()));
            }
        };
        if is_risky && tofu_risk == TofuRisk::Exclude {
            return Ok(None);
        }
        let format = match kind {
            "group" => return self.group(dictionary, tofu_risk),
            "text" => Format::Text,
            "ocd" => Format::Ocd,
            "ocd2" => Format::Ocd2,
            _ => {
                let message = format!("unknown dictionary type `{kind}`; use one of text, ocd, ocd2, inline, group");
                return Err(self.error(at, message));
            }
        };
        self.warn_unknown(dictionary, &["type", "file", "may_output_tofu"]);
        let (file, at) = self.string(dictionary, "file")?;
        let found = self.library.dictionary(format, file)?;
        let table = found.ok_or_else(|| {
            let folders: Vec<String> = self.library.folders.iter().map(|folder| folder.display().to_string()).collect();
            let message =
                format!("no file `{file}` in {}; put it beside the config or give its folder", folders.join(", "));
            self.error(at, message)
        })?;
        Ok(Some(Lookup::Table(table)))
    }

    fn group(&mut self, group: &Object<'a>, tofu_risk: TofuRisk) -> Result<Option<Lookup>, Error> {
        self.warn_unknown(group, &["type", "match_policy", "dicts", "may_output_tofu"]);
        let policy = match group.get("match_policy") {
            None => {
                self.warn(group.start(), "a group should have a `match_policy`; `short_circuit` is taken");
                MatchPolicy::ShortCircuit
            }
            Some(_) => match self.string(group, "match_policy")? {
                ("short_circuit", _) => MatchPolicy::ShortCircuit,
                ("union", _) => MatchPolicy::Union,
                (other, at) => {
                    let message = format!("unknown match_policy `{other}`; use `short_circuit` or `union`");
                    return Err(self.error(at, message));
                }
            },
        };
        let dictionaries = self.array(group, "dicts")?;
        if dictionaries.elements.is_empty() {
            self.warn(dictionaries.start(), "a group should have at least one dictionary");
        }
        let mut members = Vec::new();
        for member in &dictionaries.elements {
            let Value::Object(member) = member else {
                return Err(
                    self.error(member.start(), "expected an object, { ... }, as a member of `dicts`".to_owned())
                );
            };
            members.extend(self.lookup(member, tofu_risk)?);
        }
        Ok(Some(members).filter(|members| !members.is_empty()).map(|members| Lookup::Group { policy, members }))
    }

    fn inline(&mut self, dictionary: &Object<'a>) -> Result<Lookup, Error> {
        if let Some(member) = dictionary.get("may_output_tofu") {
            let message = "an inline dictionary cannot have `may_output_tofu`; put it into a group that has".to_owned();
            return Err(self.error(member.start(), message));
        }
        self.warn_unknown(dictionary, &["type", "entries"]);
        let mut entries = Vec::new();
        for entry in &self.object(dictionary, "entries")?.properties {
            let key = entry.name.as_str();
            let value = match &entry.value {
                Value::StringLit(value) if !value.value.is_empty() => value.value.as_ref(),
                _ => {
                    return Err(
                        self.error(entry.start(), format!("expected a string for `{key}`, and not an empty one"))
                    );
                }
            };
            if key.is_empty() || key.contains('\0') || value.contains('\0') {
                return Err(self.error(entry.start(), "an entry needs a key, and no NUL in key or value".to_owned()));
            }
            entries.push((self.line(entry.start()), key, [value]));
        }
        Dictionary::from_entries(self.path, entries).map(|dictionary| Lookup::Table(dictionary.into()))
    }

    fn object<'v>(&self, parent: &'v Object<'a>, name: &str) -> Result<&'v Object<'a>, Error> {
        match self.member(parent, name)? {
            ObjectProp { value: Value::Object(object), .. } => Ok(object),
            other => Err(self.error(other.start(), format!("expected an object, {{ ... }}, for `{name}`"))),
        }
    }

    fn array<'v>(&self, parent: &'v Object<'a>, name: &str) -> Result<&'v Array<'a>, Error> {
        match self.member(parent, name)? {
            ObjectProp { value: Value::Array(array), .. } => Ok(array),
            other => Err(self.error(other.start(), format!("expected an array, [ ... ], for `{name}`"))),
        }
    }

    /// A string member and where it starts.
    fn string<'v>(&self, parent: &'v Object<'a>, name: &str) -> Result<(&'v str, usize), Error> {
        match self.member(parent, name)? {
            ObjectProp { value: Value::StringLit(string), .. } => Ok((string.value.as_ref(), string.start())),
            other => Err(self.error(other.start(), format!("expected a string for `{name}`"))),
        }
    }

    fn member<'v>(&self, parent: &'v Object<'a>, name: &str) -> Result<&'v ObjectProp<'a>, Error> {
        parent.get(name).ok_or_else(|| self.error(parent.start(), format!("no `{name}` in this object; add it")))
    }

    fn warn_unknown(&mut self, object: &Object<'a>, known: &[&str]) {
        for member in object.properties.iter().filter(|member| !known.contains(&member.name.as_str())) {
            self.warn(member.start(), &format!("`{}` has no meaning here", member.name.as_str()));
        }
    }

    fn warn(&mut self, at: usize, message: &str) {
        let warning = format!("{}:{}: {message}", self.path, self.line(at));
        self.warnings.push(warning);
    }

    fn error(&self, at: usize, message: String) -> Error {
        Error::new(ErrorKind::ConfigFile { path: self.path.to_owned(), line: Some(self.line(at)), message })
    }

    /// The line, from 1, of a byte of the text.
    fn line(&self, at: usize) -> usize {
        self.line_ends.partition_point(|&end| end < at) + 1
    }
}

/// JSON with comments and trailing commas, as OpenCC's parser is set to, and nothing beyond.
fn parse_options() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().into_iter().flat_map(char::to_lowercase).chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Library, recipe};
    use crate::TofuRisk;

    fn message(text: &str) -> String {
        let mut library = Library::new(Path::new("c.json"), &[]);
        match recipe("c.json", text, TofuRisk::Include, &mut library) {
            Ok((recipe, _)) => format!("{recipe:?}"),
            Err(error) => error.to_string(),
        }
    }

    /// A config whose chain has this one dictionary, which starts on line 2.
    fn with_dictionary(dictionary: &str) -> String {
        message(&format!("{{\"name\": \"x\", \"conversion_chain\": [{{ \"dict\":\n{dictionary} }}]}}"))
    }

    #[test]
    fn errors_name_the_line_and_say_what_was_expected() {
        let cases = [
            ("", "c.json:1: expected an object, { ... }, as the whole of the config"),
            ("[]", "c.json:1: expected an object, { ... }, as the whole of the config"),
            (
                "{\n\"name\" \"x\"}",
                "c.json:2: not a JSON config, expected colon after the string or word in object property; correct it here",
            ),
            ("{\n'name': 1}", "c.json:2: not a JSON config, single-quoted strings are not allowed; correct it here"),
            ("{} {}", "c.json:1: not a JSON config, text cannot contain more than one JSON value; correct it here"),
            ("{\"name\": \"x\"}", "c.json:1: no `conversion_chain` in this object; add it"),
            ("{\n\"conversion_chain\": {}}", "c.json:2: expected an array, [ ... ], for `conversion_chain`"),
            ("{\n\"conversion_chain\": [{\n}]}", "c.json:2: no `dict` in this object; add it"),
            (
                "{\"conversion_chain\": [],\n\"normalization\": null}",
                "c.json:2: expected an array, [ ... ], for `normalization`",
            ),
            (
                "{\"conversion_chain\": [],\n\"segmentation\": {\"type\": \"jieba\"}}",
                "c.json:2: segmentation type `jieba` is a plug-in of OpenCC, and only `mmseg` is built in; use the engine of the `opencc` feature for this config",
            ),
            (
                "{\"conversion_chain\": [],\n\"segmentation\": {\"type\": \"mmseg\",\n\"dict\": {\"type\": \"group\", \"dicts\": []}}}",
                "c.json:3: a segmentation needs a dictionary, this has none",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(message(text), expected, "{text}");
        }
    }

    #[test]
    fn errors_in_dictionaries_too() {
        let cases = [
            ("7", "c.json:1: expected an object, { ... }, for `dict`"),
            ("{}", "c.json:2: no `type` in this object; add it"),
            (r#"{"type": 1}"#, "c.json:2: expected a string for `type`"),
            (
                r#"{"type": "marisa"}"#,
                "c.json:2: unknown dictionary type `marisa`; use one of text, ocd, ocd2, inline, group",
            ),
            (
                r#"{"type": "text", "file": "no/such.txt"}"#,
                "c.json:2: no file `no/such.txt` in .; put it beside the config or give its folder",
            ),
            (
                r#"{"type": "text", "file": "a", "may_output_tofu": 1}"#,
                "c.json:2: expected true or false for `may_output_tofu`",
            ),
            (
                r#"{"type": "group", "match_policy": "best", "dicts": []}"#,
                "c.json:2: unknown match_policy `best`; use `short_circuit` or `union`",
            ),
            (
                "{\"type\": \"group\", \"match_policy\": \"union\", \"dicts\":\n[1]}",
                "c.json:3: expected an object, { ... }, as a member of `dicts`",
            ),
            (
                r#"{"type": "inline", "entries": {}, "may_output_tofu": false}"#,
                "c.json:2: an inline dictionary cannot have `may_output_tofu`; put it into a group that has",
            ),
            (
                "{\"type\": \"inline\", \"entries\": {\n\"a\": \"\"}}",
                "c.json:3: expected a string for `a`, and not an empty one",
            ),
            (
                "{\"type\": \"inline\", \"entries\": {\n\"\": \"a\"}}",
                "c.json:3: an entry needs a key, and no NUL in key or value",
            ),
            (
                "{\"type\": \"inline\", \"entries\": {\"a\": \"b\",\n\"a\": \"b\"}}",
                "c.json:3: key `a` appears twice (first on line 2); remove one",
            ),
        ];
        for (dictionary, expected) in cases {
            assert_eq!(with_dictionary(dictionary), expected, "{dictionary}");
        }
    }

    #[test]
    fn nesting_has_a_limit_and_the_first_of_two_members_counts() {
        let nested = |depth| {
            let open = r#"{"type": "group", "match_policy": "union", "dicts": ["#.repeat(depth);
            format!("{open}{}", "]}".repeat(depth))
        };
        assert!(with_dictionary(&nested(100)).starts_with("Recipe"));
        let refused = "not a JSON config, maximum nesting depth exceeded; correct it here";
        assert!(with_dictionary(&nested(100_000)).ends_with(refused));
        let twice = with_dictionary(r#"{"type": "inline", "type": 1, "entries": {"a": "b"}, "entries": 1}"#);
        assert!(twice.contains("len: 1"), "{twice}");
    }
}
