//! Headers of a request, or the fields of a form.

use alloc::{string::String, vec::Vec};
use core::fmt;
use zeroize::Zeroizing;

/// Names in lower case, and values, of which one may be a key: they are wiped, and `Debug` shows
/// names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, Zeroizing<String>)>);

impl Headers {
    /// The headers in the order in which they were put in.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value of `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// The number of headers.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), Zeroizing::new(value.into())));
    }

    pub(super) fn append(&mut self, more: Self) {
        self.0.extend(more.0);
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(name, _)| name)).finish()
    }
}
