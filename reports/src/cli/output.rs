//! Writing: results to stdout, errors to stderr, colours where they are wanted.
//!
//! Once a reader has closed the pipe (`| head`), the rest is written to nobody, without a word.

use std::io::{self, ErrorKind, Write as _};

use anstream::{AutoStream, ColorChoice};
use redelivery_scenarios::language::Diagnostic;
use serde::Serialize;

use super::{Exit, Shared};
use crate::text::Text;

/// Where a command writes.
pub(super) struct Output {
    shared: Shared,
    closed: bool,
    exit: Exit,
}

impl Output {
    pub(super) fn new(shared: Shared) -> Self {
        Self {
            shared,
            closed: false,
            exit: Exit::AsExpected,
        }
    }

    /// Whether JSON is wanted.
    pub(super) fn json(&self) -> bool {
        self.shared.json
    }

    /// Whether little is wanted.
    pub(super) fn quiet(&self) -> bool {
        self.shared.quiet
    }

    /// What went wrong while writing or reading.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// Writes a text.
    pub(super) fn text(&mut self, text: &Text) {
        match AutoStream::choice(&io::stdout()) {
            ColorChoice::Never => self.raw(text.plain().as_bytes()),
            _ => self.raw(text.ansi().as_bytes()),
        }
    }

    /// Writes a value as JSON, over several lines.
    pub(super) fn pretty<T: Serialize>(&mut self, value: &T) {
        let mut bytes = serde_json::to_vec_pretty(value).expect("reports have no keys but words");
        bytes.push(b'\n');
        self.raw(&bytes);
    }

    /// Writes a value as JSON, on one line.
    pub(super) fn compact<T: Serialize>(&mut self, value: &T) {
        let mut bytes = serde_json::to_vec(value).expect("reports have no keys but words");
        bytes.push(b'\n');
        self.raw(&bytes);
    }

    /// Writes bytes.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        if self.closed {
            return;
        }
        let mut stdout = io::stdout().lock();
        if let Err(error) = stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            self.closed = true;
            if error.kind() != ErrorKind::BrokenPipe {
                self.error(&format!("cannot write the result: {error}"));
            }
        }
    }

    /// Says what went wrong.
    pub(super) fn error(&mut self, message: &str) {
        self.exit = Exit::Error;
        let _ = writeln!(anstream::stderr(), "error: {message}");
    }

    /// Says why something is unknown.
    pub(super) fn unknown(&mut self, message: &str) {
        self.exit = self.exit.worst(Exit::Unknown);
        let _ = writeln!(anstream::stderr(), "unknown: {message}");
    }

    /// Says something beside the result.
    pub(super) fn note(&mut self, message: &str) {
        if !self.quiet() {
            let _ = writeln!(anstream::stderr(), "{message}");
        }
    }

    /// Says what is wrong with a file.
    pub(super) fn diagnostics(&mut self, diagnostics: &[Diagnostic]) {
        self.exit = Exit::Error;
        for diagnostic in diagnostics {
            let _ = writeln!(anstream::stderr(), "{}\n", diagnostic.render(true));
        }
    }
}
