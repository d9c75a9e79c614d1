//! The conversions of many ranges of a text in one buffer.

/// What [`Converter::convert_ranges_into`](crate::Converter::convert_ranges_into) makes of the ranges of a text: one string for each, all in one buffer.
#[derive(Clone, Debug, Default)]
pub struct RangeOutput {
    /// The conversions, one after another.
    pub(crate) text: String,
    /// Where each of them ends.
    pub(crate) ends: Vec<usize>,
}

impl RangeOutput {
    /// Room for conversions, still empty.
    pub fn new() -> RangeOutput {
        RangeOutput::default()
    }

    /// Forgets all conversions, and keeps the room.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// How many ranges there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The conversion of range number `range`, from 0.
    ///
    /// # Panics
    ///
    /// When there are not so many.
    pub fn get(&self, range: usize) -> &str {
        let start = range.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[range]]
    }

    /// The conversions in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let own = &self.text[start..*end];
            start = *end;
            own
        })
    }
}

impl std::ops::Index<usize> for RangeOutput {
    type Output = str;

    fn index(&self, range: usize) -> &str {
        self.get(range)
    }
}
