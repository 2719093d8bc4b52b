//! Names and values, ordered by the names' bytes and each name once: what encryption contexts and
//! material descriptions have in common.

use crate::error::{Error, Result};
use alloc::collections::BinaryHeap;
use alloc::{string::String, vec::Vec};

/// A sorted list: a tree would be six times the code, and nothing is added later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pairs(Vec<(String, String)>);

impl Pairs {
    pub(crate) const EMPTY: Self = Self(Vec::new());

    /// Those that are to be written: `empty` and `twice` say what is wrong with a name.
    pub(crate) fn named(
        pairs: Vec<(String, String)>,
        empty: &'static str,
        twice: &'static str,
    ) -> Result<Self> {
        if pairs.iter().any(|(name, _)| name.is_empty()) {
            return Err(Error::Context(empty));
        }
        Self::new(pairs).ok_or(Error::Context(twice))
    }

    /// `None` when a name stands twice.
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Option<Self> {
        // A heap sorts them: it is a fraction of the code of `sort` and as safe from crafted orders.
        let sorted = BinaryHeap::from(pairs).into_sorted_vec();
        let twice = sorted.windows(2).any(|two| matches!(two, [(a, _), (b, _)] if a == b));
        (!twice).then_some(Self(sorted))
    }

    /// Pairs in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|(found, _)| found.as_str().cmp(name)).ok()?;
        self.0.get(at).map(|(_, value)| value.as_str())
    }

    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The pairs again, to make others of them.
    pub(crate) fn into_inner(self) -> Vec<(String, String)> {
        self.0
    }
}

/// Pairs of any text.
pub(crate) fn owned<N: Into<String>, V: Into<String>>(
    pairs: impl IntoIterator<Item = (N, V)>,
) -> Vec<(String, String)> {
    pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_sorted_and_found() {
        let names = ["é", "b", "", "B", "a\u{10ffff}", "a", "ab", "c", "ｂ"];
        let pairs = Pairs::new(owned(names.map(|name| (name, name)))).unwrap();
        let mut wanted = names;
        wanted.sort_unstable();
        assert!(pairs.iter().eq(wanted.map(|name| (name, name))));
        assert!(names.iter().all(|name| pairs.get(name) == Some(name)));
        assert_eq!(pairs.get("aa"), None);
        assert_eq!(pairs.len(), names.len());
    }

    #[test]
    fn no_name_stands_twice() {
        assert_eq!(Pairs::new(owned([("b", "1"), ("a", "2"), ("b", "3")])), None);
        assert_eq!(Pairs::new(Vec::new()), Some(Pairs::EMPTY));
    }
}
