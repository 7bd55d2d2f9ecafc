//! Files before they are TOML: that they can be read, are not too large, and are text.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::diagnostic::{Diagnostic, Label};

/// Larger files are refused.
pub const MAX_BYTES: u64 = 1024 * 1024;

/// The content of a scenario file, at most one byte more than the limit.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    let refuse =
        |message: String, help: Option<&str>| Box::new(Diagnostic::about_file(path, message, help.map(str::to_owned)));
    let metadata = fs::metadata(path).map_err(|error| refuse(format!("cannot read this file: {error}"), None))?;
    if metadata.is_dir() {
        return Err(refuse(
            "this is a folder, not a scenario file".into(),
            Some("name one of its `.toml` files"),
        ));
    }
    if !metadata.is_file() {
        return Err(refuse("this is not a file: whoever reads it would wait".into(), None));
    }
    if path.extension().is_none_or(|extension| extension != "toml") {
        return Err(refuse("a scenario file's name ends in `.toml`".into(), None));
    }
    let mut content = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut content))
        .map_err(|error| refuse(format!("cannot read this file: {error}"), None))?;
    Ok(content)
}

/// The content as text.
pub(super) fn text<'a>(path: &Path, content: &'a [u8]) -> Result<&'a str, Box<Diagnostic>> {
    if content.len() as u64 > MAX_BYTES {
        let help = format!("a scenario may have {MAX_BYTES} bytes (1 MiB); those that people read have a few thousand");
        return Err(Box::new(Diagnostic::about_file(
            path,
            "this file is too large",
            Some(help),
        )));
    }
    if content.trim_ascii().is_empty() {
        let help = "a scenario begins with a `story`".to_owned();
        return Err(Box::new(Diagnostic::about_file(path, "this file is empty", Some(help))));
    }
    std::str::from_utf8(content).map_err(|error| {
        let start = error.valid_up_to();
        let byte = content.get(start).copied().unwrap_or_default();
        let mut mistake = Diagnostic::about_file(
            path,
            format!("this file is not UTF-8: it has the byte 0x{byte:02x}"),
            None,
        );
        mistake.source = String::from_utf8_lossy(content).into();
        mistake.labels.push(Label {
            span: start..start + char::REPLACEMENT_CHARACTER.len_utf8(),
            text: String::new(),
        });
        Box::new(mistake)
    })
}
