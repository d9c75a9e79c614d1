//! What every conversion engine can do, so that a caller may choose one at run time.

use crate::Error;

/// Converts text by one fixed recipe.
///
/// The built-in converter never fails and is the one to use. The trait is for callers that also offer another engine, such as the
/// C++ library behind the `opencc` feature, and want to hold either as `Box<dyn Engine>`.
pub trait Engine: Send + Sync {
    /// Converts `text` and appends the result to `out`.
    ///
    /// # Errors
    ///
    /// When the engine refuses the text or fails; `out` is then as it was before the call.
    fn convert_into(&self, text: &str, out: &mut String) -> Result<(), Error>;

    /// The engine's name for messages and `--engine`: `opencc`.
    fn name(&self) -> &str;
}
