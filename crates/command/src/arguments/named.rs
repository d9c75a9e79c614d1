//! Values that are read by `FromStr` and have names that help and completions can list.

use std::marker::PhantomData;
use std::str::FromStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use tongwen::Variant;

pub(super) fn variant_names() -> Vec<&'static str> {
    Variant::ALL.map(Variant::code).to_vec()
}

pub(super) fn auto_and(names: Vec<&'static str>) -> Vec<&'static str> {
    ["auto"].into_iter().chain(names).collect()
}

/// Reads a value by `FromStr`, whose error becomes the parser's, and tells help and completions what names there are.
pub(super) struct Named<T> {
    names: fn() -> Vec<&'static str>,
    value: PhantomData<fn() -> T>,
}

impl<T> Named<T> {
    pub(super) fn of(names: fn() -> Vec<&'static str>) -> Named<T> {
        Named { names, value: PhantomData }
    }
}

impl<T> Clone for Named<T> {
    fn clone(&self) -> Named<T> {
        Named::of(self.names)
    }
}

impl<T> TypedValueParser for Named<T>
where
    T: FromStr + Clone + Send + Sync + 'static,
    T::Err: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Value = T;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<T, clap::Error> {
        let parser = StringValueParser::new().try_map(|name: String| name.parse::<T>());
        parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.names)().into_iter().map(PossibleValue::new)))
    }
}
