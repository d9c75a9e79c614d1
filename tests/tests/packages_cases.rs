//! The case files of `data/packages`: a text of a package, put into the sample of its format, and what must come of it towards zh-tw.
//!
//! The characters of the cases convert the same in every config; cases with a `level` depend on phrases. `diagnostics` are those of the text.

use serde_json::Value;
use tongwen::Variant;
use tongwen_formats::Options;
use tongwen_formats::package::{Limits, Package, PackageFormat};
use tongwen_tests::archives::{Layout, archive, check_kept, entries};
use tongwen_tests::{cases, packages};

fn faults(case: &Value) -> Vec<String> {
    let (input, part) = (cases::text(case, "input"), cases::text(case, "part"));
    let format = PackageFormat::ALL.into_iter().find(|format| format.name() == cases::text(case, "format")).unwrap();
    let mut sample = packages::sample(format);
    // A package document that cannot be read lists nothing: it is looked at among the texts of the whole one.
    let listed = archive(&sample, Layout::Usual);
    packages::replace(&mut sample, part, input);
    let bytes = archive(&sample, Layout::Usual);
    let mut options = Options::default();
    options.variant = Some(Variant::ZhTw);
    options.mode = case["mode"].as_str().map_or_else(Default::default, |mode| mode.parse().unwrap());
    let converter = cases::towards_taiwan(case);
    let mut faults = Vec::new();
    let mut check = |what: &str, expected: &str, found: &str| {
        if expected != found {
            faults.push(format!("{}: {what}\n  expected {expected:?}\n  found    {found:?}", case["id"]));
        }
    };
    let codes = case["diagnostics"].as_array().into_iter().flatten().map(|code| code.as_str().unwrap());
    let codes = codes.collect::<Vec<_>>().join(" ");
    let package = match Package::read(format, &bytes, Limits::default()) {
        Ok(package) => package,
        Err(error) => {
            check("error", &codes, "malformed");
            check("entry", part, error.entry().unwrap_or_default());
            assert!(Package::read(format, &listed, Limits::default()).is_ok());
            return faults;
        }
    };
    let mut texts = Vec::new();
    for one in package.parts() {
        let document = one.scan(&options);
        let converted = cases::converted(&document, &converter);
        let edits = converter.edits_in_ranges(
            document.text(),
            &document.text_ranges(),
            document.page_pairs(),
            &document.epochs(),
        );
        let edits: Vec<_> = edits.iter().map(|edit| (edit.range.clone(), edit.replacement.as_str())).collect();
        texts.push(document.assemble_by_edits(&converted, &edits));
        if one.name() == part {
            let found: Vec<String> =
                document.diagnostics(&converted).iter().map(|said| said.code.to_string()).collect();
            check("diagnostics", &codes, &found.join(" "));
        } else {
            texts.pop();
            texts.push(one.text().to_string());
        }
    }
    let written = package.write(&texts).unwrap();
    let found = entries(&written).into_iter().find(|(name, _)| name == part).unwrap().1;
    check("text", cases::text(case, "expected"), &String::from_utf8(found).unwrap());
    let changed: &[&str] = if input == cases::text(case, "expected") { &[] } else { &[part] };
    check_kept(&bytes, &written, changed);
    faults
}

#[test]
fn every_case_holds() {
    let cases = cases::read("packages");
    assert!(cases.len() >= 75, "{} cases", cases.len());
    let faults: Vec<String> = cases.iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "{} of {} cases:\n{}", faults.len(), cases.len(), faults.join("\n"));
}
