//! An argument vector that is being written.

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::Bytes;

/// Arguments in turn.
#[derive(Default)]
pub(super) struct Argv(Vec<Bytes>);

impl Argv {
    pub(super) fn word(&mut self, word: &str) -> &mut Self {
        self.0.push(word.into());
        self
    }

    pub(super) fn arg(&mut self, arg: &Bytes) -> &mut Self {
        self.0.push(arg.clone());
        self
    }

    pub(super) fn args(&mut self, args: &[Bytes]) -> &mut Self {
        self.0.extend_from_slice(args);
        self
    }

    /// A number or an ID.
    pub(super) fn shown(&mut self, value: impl ToString) -> &mut Self {
        self.0.push(value.to_string().into());
        self
    }
}

impl From<Argv> for Vec<Bytes> {
    fn from(argv: Argv) -> Self {
        argv.0
    }
}
