//! The C++ OpenCC as a second engine, for people with their own OpenCC configs or segmentation plug-ins.
//!
//! The built-in engine gives the same bytes for the official configs and needs no library; this module exists for what only
//! OpenCC itself can run, and as the oracle that conformance runs compare with. It is compiled with the feature `opencc` only.
//!
//! # Linking
//!
//! `opencc-rust` finds OpenCC 1.4 by `pkg-config`, or where the environment says. The libraries inside the Python wheel `opencc`
//! are enough; no installed OpenCC and no CMake is needed. With `CLIB` as the wheel's unpacked folder `opencc/clib`:
//!
//! ```sh
//! export OPENCC_LIB_DIRS=$CLIB/lib64 OPENCC_INCLUDE_DIRS=$CLIB/include
//! export OPENCC_LIBS=opencc:marisa OPENCC_STATIC=1 OPENCC_DYLIB_STDCPP=1
//! cargo build --features opencc
//! ```
//!
//! `OPENCC_LIBS` names both libraries in this order; without `OPENCC_DYLIB_STDCPP` the C++ runtime is missing at link time.
//! `cargo xtask conformance` does all of this by itself.
//!
//! # Configs
//!
//! A full path to a JSON file is the surest: OpenCC then looks for the dictionaries beside it (in the wheel,
//! `share/opencc`). A bare name is searched in the current folder, in `OPENCC_DATA_DIR`, and where the library was installed.
//!
//! # Limits
//!
//! Text with a NUL is refused: OpenCC passes segments as C strings and would drop what follows. Conversions of all engines of a
//! process run one after another, because OpenCC's error text is global. There is no switch for the risky characters
//! ([`TofuRisk`](crate::TofuRisk)): they are put out, unless the JSON file leaves their dictionary away.

use std::fmt;
use std::path::Path;

use opencc_rust::{OpenCC, OpenCCError};

use crate::{Engine, Error, ErrorKind};

/// A converter of the C++ library.
pub struct OpenccEngine {
    library: OpenCC,
}

impl OpenccEngine {
    /// Opens a config: the path of a JSON file, or the name of an official config, with or without `.json`.
    ///
    /// Reads the dictionaries; 5 to 100 milliseconds for the official configs.
    ///
    /// # Errors
    ///
    /// When OpenCC finds no such config or cannot read it or its dictionaries.
    pub fn new(config: impl AsRef<Path>) -> Result<OpenccEngine, Error> {
        let config = config.as_ref();
        let file = if config.extension().is_some() { config.to_path_buf() } else { config.with_extension("json") };
        match OpenCC::new(&file) {
            Ok(library) => Ok(OpenccEngine { library }),
            Err(error) => {
                let message = format!("{}; expected an OpenCC config with its dictionaries beside it", text(&error));
                Err(Error::new(ErrorKind::ConfigFile { path: file.display().to_string(), line: None, message }))
            }
        }
    }

    /// Converts `input` with the library.
    ///
    /// # Errors
    ///
    /// When the text holds a NUL, or the library reports an error.
    pub fn convert(&self, input: &str) -> Result<String, Error> {
        self.library.convert(input).map_err(|error| {
            let message = match error {
                OpenCCError::InputContainsNul => {
                    let offset = input.find('\0').unwrap_or(0);
                    format!("NUL at byte {offset}, where OpenCC would drop text; remove it or use the built-in engine")
                }
                other => text(&other),
            };
            Error::new(ErrorKind::Engine { name: NAME.to_string(), message })
        })
    }
}

const NAME: &str = "opencc";

/// The library's message in the style of this crate's errors: one line, no full stop.
fn text(error: &OpenCCError) -> String {
    error.to_string().trim_end().trim_end_matches('.').replace('\n', " ")
}

impl Engine for OpenccEngine {
    fn convert_into(&self, text: &str, out: &mut String) -> Result<(), Error> {
        out.push_str(&self.convert(text)?);
        Ok(())
    }

    fn name(&self) -> &str {
        NAME
    }
}

impl fmt::Debug for OpenccEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenccEngine").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A config with its dictionary inside, so that the tests need no data of OpenCC.
    fn engine(name: &str) -> OpenccEngine {
        let file = std::env::temp_dir().join(format!("tongwen-{}-{name}.json", std::process::id()));
        let config = r#"{"name": "x", "conversion_chain": [{"dict": {"type": "inline", "entries": {"发": "發", "头发": "頭髮"}}}]}"#;
        std::fs::write(&file, config).unwrap();
        let engine = OpenccEngine::new(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        engine
    }

    #[test]
    fn converts_and_appends() {
        let engine = engine("converts");
        assert_eq!(engine.convert("发头发").unwrap(), "發頭髮");
        assert_eq!(engine.convert("").unwrap(), "");
        let mut out = "前".to_string();
        engine.convert_into("发", &mut out).unwrap();
        assert_eq!(out, "前發");
    }

    #[test]
    fn nul_is_refused_and_the_output_kept() {
        let mut out = "前".to_string();
        let error = engine("nul").convert_into("发\0发", &mut out).unwrap_err();
        assert!(error.to_string().contains("NUL at byte 3"), "{error}");
        assert_eq!(out, "前");
    }

    #[test]
    fn a_missing_config_names_the_file() {
        let error = OpenccEngine::new("no-such-config").unwrap_err();
        assert!(error.to_string().starts_with("no-such-config.json: "), "{error}");
    }
}
