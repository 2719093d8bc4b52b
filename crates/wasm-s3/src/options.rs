//! Options as they come over: those that are set, as name, value, name, value, …, all of it text.

use alloc::{string::String, vec::Vec};
use bongtu::Error;
use bongtu_wasm_support::convert::pairs_of;
use bongtu_wasm_support::error::Result;
use core::cell::Cell;

/// Options whose types TypeScript has checked. Who has read them calls [`Options::finish`].
pub(crate) struct Options(Vec<Given>);

struct Given {
    name: String,
    value: String,
    read: Cell<bool>,
}

impl Options {
    pub(crate) fn new(flat: Vec<String>) -> Self {
        let given = |(name, value)| Given { name, value, read: Cell::new(false) };
        Self(pairs_of(flat).map(given).collect())
    }

    pub(crate) fn text(&self, name: &'static str) -> Option<&str> {
        self.all(name).next()
    }

    /// All values of an option that may stand several times.
    pub(crate) fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |given| given.name == name).map(|given| {
            given.read.set(true);
            given.value.as_str()
        })
    }

    pub(crate) fn required(&self, name: &'static str) -> Result<&str> {
        Ok(self.text(name).ok_or(Error::Input("an option is missing"))?)
    }

    pub(crate) fn flag(&self, name: &'static str) -> bool {
        self.text(name) == Some("true")
    }

    #[cfg(feature = "requests")]
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<u64>> {
        let number = self.text(name).map(str::parse).transpose();
        Ok(number.map_err(|_| Error::Input("a number must be whole and not negative"))?)
    }

    /// Refuses what nobody has read: a name that TypeScript and Rust spell differently is an option
    /// that is off.
    pub(crate) fn finish(&self) -> Result<()> {
        let all_read = self.0.iter().all(|given| given.read.get());
        Ok(all_read.then_some(()).ok_or(Error::Input("there is no such option"))?)
    }
}
