//! Options as they come over: those that are set, as name, value, name, value, …, all of it text.

use bongtu::Error;
use bongtu_wasm_support::convert::pairs_of;
use bongtu_wasm_support::error::Result;

/// Options whose types TypeScript has checked.
pub(crate) struct Options(Vec<(String, String)>);

impl Options {
    pub(crate) fn new(flat: Vec<String>) -> Self {
        Self(pairs_of(flat).collect())
    }

    pub(crate) fn text(&self, name: &'static str) -> Option<&str> {
        self.all(name).next()
    }

    /// Of an option that may stand several times.
    pub(crate) fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn required(&self, name: &'static str) -> Result<&str> {
        Ok(self.text(name).ok_or(Error::Input("an option is missing"))?)
    }

    pub(crate) fn flag(&self, name: &'static str) -> bool {
        self.text(name) == Some("true")
    }

    pub(crate) fn number(&self, name: &'static str) -> Result<Option<u64>> {
        let number = self.text(name).map(str::parse).transpose();
        Ok(number.map_err(|_| Error::Input("a number must be whole and not negative"))?)
    }
}
