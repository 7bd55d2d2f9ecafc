//! One test per scenario file, to come.
fn main() {}
