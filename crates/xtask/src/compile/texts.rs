//! Packs the text tables for the binary, deflated (`tongwen`'s `staged/texts.rs` reads them).

use std::path::Path;

use crate::problem::{Problem, Result, read_text};

/// The packed file, below the repository's root.
pub(super) const PACKED: &str = "crates/core/compiled/texts.bin";
/// Where the tables lie.
const FOLDERS: [&str; 2] = ["dictionaries/opencc/dictionary", "dictionaries/derived"];
/// The best that the library does; it is done once.
const LEVEL: u8 = 10;

/// The bytes of the packed file.
pub(super) fn pack(root: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for folder in FOLDERS {
        let folder = root.join(folder);
        let entries = std::fs::read_dir(&folder).map_err(|error| Problem::of(&folder, error))?;
        let mut files: Vec<_> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(|error| Problem::of(&folder, error))?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
        files.sort();
        for file in files {
            let name =
                file.file_name().and_then(|name| name.to_str()).ok_or_else(|| Problem::of(&file, "not UTF-8"))?;
            let deflated = miniz_oxide::deflate::compress_to_vec(read_text(&file)?.as_bytes(), LEVEL);
            bytes.push(u8::try_from(name.len()).map_err(|_| Problem::of(&file, "a name of more than 255 bytes"))?);
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend((deflated.len() as u32).to_le_bytes());
            bytes.extend(deflated);
        }
    }
    Ok(bytes)
}
