//! Exit codes by kind.

use std::process::ExitCode;

use crate::report::Report;

/// How a command ended, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is as expected.
    AsExpected,
    /// Nothing is otherwise, but something is unknown.
    Unknown,
    /// An expectation failed.
    Failed,
    /// A file or the command line is wrong.
    Error,
}

impl Exit {
    /// The code of what a scenario came to.
    pub fn of(as_expected: Option<bool>) -> Self {
        match as_expected {
            Some(true) => Self::AsExpected,
            Some(false) => Self::Failed,
            None => Self::Unknown,
        }
    }

    /// The worst of several reports.
    pub fn of_reports(reports: &[Report]) -> Self {
        let each = reports.iter().map(|report| Self::of(report.as_expected));
        each.max().unwrap_or(Self::AsExpected)
    }

    /// The worse of both.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        self.max(other)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::AsExpected => 0,
            Exit::Failed => 1,
            Exit::Error => 2,
            Exit::Unknown => 3,
        })
    }
}
