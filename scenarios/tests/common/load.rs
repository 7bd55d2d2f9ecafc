//! Shipped scenarios by their names.

use std::path::Path;

use redelivery_scenarios::{Scenario, corpus, language};

/// The scenario of this name under a folder.
pub(crate) fn load(root: &Path, name: &str) -> Scenario {
    let files = corpus::find(root, name.as_ref()).expect("it is there");
    language::load(&files[0]).expect("it has no mistakes")
}
