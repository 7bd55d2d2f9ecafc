//! The Explorer in a browser: the page loads, some steps are clicked, and the picture of the path is there to be seen.

use std::io::{Write as _, stderr};

use crate::Explorer;
use crate::chromium::{self, Chromium};

/// Clicks the first action that begins so.
fn click(browser: &mut Chromium, begin: &str) {
    let links = "[...document.querySelectorAll('nav > ul:last-of-type a')]";
    let clicked = format!("{links}.some(a => a.textContent.startsWith({begin:?}) && (a.click(), true))");
    browser.wait_for(&clicked);
    let path = "[...document.querySelectorAll('.path-list a')]";
    browser.wait_for(&format!("{path}.at(-1).textContent.startsWith({begin:?})"));
}

/// What the picture says, line by line, once something is in it that is in sight.
fn picture(browser: &mut Chromium, expected: &str) -> Vec<String> {
    let sees = format!(
        "(() => {{ const svg = document.querySelector('section svg'); \
         const said = [...svg.querySelectorAll('text')]; \
         const seen = said.some(text => text.textContent.includes({expected:?}) \
             && text.getBoundingClientRect().width > 20 && text.checkVisibility()); \
         return seen && said.map(text => text.textContent); }})()"
    );
    let said = browser.wait_for(&sees);
    serde_json::from_value(said).unwrap()
}

#[test]
fn a_path_is_clicked_and_seen() {
    let Some(binary) = chromium::find() else {
        assert!(std::env::var_os("REDELIVERY_REQUIRE_BROWSER").is_none(), "no chromium");
        // Not by a macro whose output cargo keeps to itself: it must be seen.
        writeln!(stderr(), "NOT RUN: a_path_is_clicked_and_seen, no chromium").unwrap();
        return;
    };
    let explorer = Explorer::of("streams/dedup-mark-before");
    let mut browser = Chromium::open(binary, &format!("http://{}/", explorer.address));
    click(&mut browser, "Init 0");
    click(&mut browser, "worker-1 XAUTOCLAIM");
    click(&mut browser, "worker-1 XREADGROUP");
    click(&mut browser, "worker-1 SADD");
    click(&mut browser, "worker-1 crashes while it works on shop-1");
    let said = picture(&mut browser, "crashes while it works on shop-1");
    for lifeline in ["shop", "worker-1", "worker-2", "broker"] {
        assert_eq!(
            said.iter().filter(|text| *text == lifeline).count(),
            2,
            "above and below: {said:?}"
        );
    }
    let requests = said
        .iter()
        .filter(|text| text.contains("worker-1") && text.starts_with('X'));
    assert_eq!(requests.count(), 2, "{said:?}");
    let state = browser.wait_for("document.querySelector('section > div:last-of-type').textContent");
    assert!(
        state
            .as_str()
            .unwrap()
            .contains("worker-1 is down, and may start again"),
        "{state}"
    );

    // Where a counterexample ends can be gone to at once.
    let place = explorer.violation("at-least-once");
    let go = format!("(window.location = '#/steps/{place}', true)");
    browser.wait_for(&go);
    let said = picture(&mut browser, "worker-2 knows shop-1 by its mark and skips it");
    assert!(said.iter().any(|text| text == "pending workers: nothing"), "{said:?}");
}
