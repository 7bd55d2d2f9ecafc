//! A headless Chromium, spoken to by its DevTools protocol over pipes: requests and replies are JSON, each ended by a
//! zero byte. Source: <https://chromedevtools.github.io/devtools-protocol/>.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// A browser that is stuck is ended after so many seconds, and the test fails.
const SECONDS_MAX: &str = "120";

/// The browser with one page.
pub(crate) struct Chromium {
    child: Child,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
    session: Option<String>,
    last: u64,
    _profile: tempfile::TempDir,
}

/// Where a Chromium is.
pub(crate) fn find() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let mut all = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    all.find(|file| file.is_file())
}

impl Chromium {
    /// Opens a page.
    pub(crate) fn open(binary: PathBuf, address: &str) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut child = Command::new("sh")
            // It reads requests from 3 and writes replies to 4.
            .args(["-c", "exec timeout \"$0\" \"$@\" 3<&0 4>&1 >/dev/null", SECONDS_MAX])
            .arg(binary)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--remote-debugging-pipe", "--window-size=1600,1200"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut browser = Self {
            requests: child.stdin.take().unwrap(),
            replies: BufReader::new(child.stdout.take().unwrap()),
            child,
            session: None,
            last: 0,
            _profile: profile,
        };
        let page = browser.ask("Target.createTarget", json!({ "url": address }));
        let attach = json!({ "targetId": page["targetId"], "flatten": true });
        let attached = browser.ask("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        browser
    }

    /// What an expression comes to in the page, once it is true of it: until then it is asked again.
    pub(crate) fn wait_for(&mut self, expression: &str) -> Value {
        let patient = format!(
            "(async () => {{ for (let tries = 0; tries < 400; tries++) {{ \
             try {{ const found = {expression}; if (found) return found; }} catch (error) {{}} \
             await new Promise(done => setTimeout(done, 50)); }} return null; }})()"
        );
        let evaluate = json!({ "expression": patient, "awaitPromise": true, "returnByValue": true });
        // A page that is still loading forgets what it was asked.
        let mut tries = (0..20).map(|_| self.try_to_ask("Runtime.evaluate", &evaluate));
        let answer = tries.find_map(Result::ok).expect("the page is there soon");
        let found = answer["result"]["value"].clone();
        assert!(!found.is_null(), "never true of the page: {expression}");
        found
    }

    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        let answer = self.try_to_ask(method, &parameters);
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn try_to_ask(&mut self, method: &str, parameters: &Value) -> Result<Value, Value> {
        self.last += 1;
        let mut request = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            request["sessionId"] = session.as_str().into();
        }
        self.requests.write_all(format!("{request}\0").as_bytes()).unwrap();
        self.requests.flush().unwrap();
        loop {
            let mut message = Vec::new();
            let length = self.replies.read_until(0, &mut message).unwrap();
            assert!(length > 0, "the browser ended before it answered {method}");
            let message: Value = serde_json::from_slice(&message[..length - 1]).unwrap();
            // Events have no number.
            if message["id"] == self.last {
                return match &message["error"] {
                    Value::Null => Ok(message["result"].clone()),
                    error => Err(error.clone()),
                };
            }
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Its own processes end with it, before their folder goes.
        let _ = self.requests.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let _ = self.child.wait();
    }
}
