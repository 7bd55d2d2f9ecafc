//! Whoever kills us, even with SIGKILL, ends our servers too: a shell that waits until our end of its pipe is closed.
//!
//! While we live it does nothing, and it is dismissed before its server is.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Reads until we are gone, then kills the server and removes its folder. A Ctrl-C, which reaches it as well as us, must
/// not keep it from that; nor must a server that has gone by the same Ctrl-C.
const SCRIPT: &str = r#"trap "" INT HUP TERM; read -r _; kill -KILL "$1"; rm -rf -- "$2""#;

/// The shell. Dropped, it is dismissed.
#[derive(Debug)]
pub(super) struct Watchdog(Child);

impl Watchdog {
    /// Watches over a server that was started in this folder, which is ours.
    pub(super) fn over(server: &Child, folder: &Path) -> io::Result<Self> {
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "watchdog", &server.id().to_string()])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self(shell))
    }

    /// The server is nobody's business any more.
    pub(super) fn dismiss(&mut self) {
        let _ = self.0.kill();
        // This also closes our end of the pipe: only once the shell is gone.
        let _ = self.0.wait();
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.dismiss();
    }
}
