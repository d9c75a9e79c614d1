//! JSON objects whose members keep their order.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

/// Members in their order.
#[derive(Default)]
pub(super) struct Ordered(pub(super) Vec<(&'static str, Value)>);

impl Ordered {
    /// Adds a member unless the text is empty.
    pub(super) fn text(&mut self, name: &'static str, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.0.push((name, Value::String(text)));
        }
    }
}

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A collection of features, one a line, so that files can be compared and cut. `head` are the members before the features.
pub(super) fn collection(head: &str, features: impl Iterator<Item = impl Serialize>) -> String {
    let mut text = format!("{{\n{head}\"features\":[");
    let mut separator = "\n";
    for feature in features {
        text.push_str(separator);
        text.push_str(&serde_json::to_string(&feature).expect("members have names, and numbers are finite"));
        separator = ",\n";
    }
    text + "\n]\n}\n"
}
