//! Bytes that pretend to be dictionaries, packages, dumps or tables of names: an error or a result, never a panic, and what is read unchanged is written
//! unchanged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tongwen::{Dictionary, UserDictionary};
use tongwen_formats::dump::{self, DumpOptions};
use tongwen_formats::package::{Limits, Package, PackageFormat};
use tongwen_formats::{Groups, Lists};
use tongwen_glossary::exchange::{ImportFormat, import};
use tongwen_glossary::{Glossary, Overlay};

fuzz_target!(|input: (u8, &[u8])| {
    let (kind, bytes) = input;
    match kind % 8 {
        0 => drop(Dictionary::from_ocd2("fuzz", bytes)),
        1 => drop(Dictionary::from_ocd("fuzz", bytes)),
        2 => drop(Dictionary::from_bytes("fuzz", bytes)),
        3 | 4 => {
            let format = PackageFormat::ALL[usize::from(kind) % PackageFormat::ALL.len()];
            if let Ok(package) = Package::read(format, bytes, Limits::default()) {
                let same: Vec<&str> = package.parts().iter().map(|part| part.text()).collect();
                assert_eq!(package.write(&same).unwrap(), bytes);
            }
        }
        5 => {
            let mut written = Vec::new();
            let summary = dump::convert(bytes, &mut written, &DumpOptions::default(), |_, _| Ok(()), drop);
            if summary.is_ok() {
                assert_eq!(written, bytes);
            }
        }
        6 => {
            let format = ImportFormat::ALL[bytes.len() % ImportFormat::ALL.len()];
            drop(import(&Glossary::embedded(), format, "fuzz", bytes));
        }
        _ => {
            let Ok(text) = str::from_utf8(bytes) else { return };
            drop(UserDictionary::parse("fuzz", text));
            drop(Overlay::parse("fuzz", text));
            drop(Lists::default().extend("fuzz", text));
            Groups::new().insert("fuzz", text);
        }
    }
});
