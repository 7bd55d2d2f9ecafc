//! Nothing that is in a file makes the parser panic, overflow its stack or run for long.

use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index;
use redelivery_scenarios::corpus;
use redelivery_scenarios::language::{Diagnostic, MAX_BYTES, load, parse};

fn refused(content: &[u8]) -> Vec<Diagnostic> {
    let diagnostics = parse(Path::new("hostile.toml"), content).expect_err("it is accepted");
    assert!(!diagnostics.is_empty());
    for diagnostic in &diagnostics {
        assert!(!diagnostic.render(true).is_empty());
    }
    diagnostics
}

#[test]
fn deep_nesting_is_refused() {
    for deep in ["[", "{a=", "[[a.", "a.", "a=[", "a={b="] {
        for prefix in ["", "a = "] {
            refused(format!("{prefix}{}", deep.repeat(100_000)).as_bytes());
        }
    }
}

#[test]
fn large_files_are_refused() {
    let limit = usize::try_from(MAX_BYTES).unwrap();
    let messages = |content: &[u8]| {
        refused(content)
            .into_iter()
            .map(|diagnostic| diagnostic.message)
            .collect::<Vec<_>>()
    };
    assert_eq!(messages(&vec![b'#'; limit + 1]), ["this file is too large"]);
    refused(&vec![b'#'; limit]);
    refused(&b"a=1\n".repeat(limit / 4));
    refused((0..100_000).map(|i| format!("a{i}=1\n")).collect::<String>().as_bytes());
    refused(
        (0..60_000)
            .map(|i| format!("[consumer.a{i}]\n"))
            .collect::<String>()
            .as_bytes(),
    );
}

#[test]
fn files_that_are_no_text_are_refused() {
    assert_eq!(refused(b"")[0].message, "this file is empty");
    assert_eq!(refused(b" \n\t\n")[0].message, "this file is empty");
    let not_utf8 = &refused(b"story = 1\n\n  \xff")[0];
    assert_eq!(not_utf8.position(), Some((3, 3)));
    assert!(not_utf8.message.contains("0xff"));
}

#[test]
fn paths_that_are_no_scenario_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let message = |name: &str| load(&folder.path().join(name)).unwrap_err()[0].message.clone();
    assert!(message("absent.toml").starts_with("cannot read this file"));
    std::fs::create_dir(folder.path().join("folder.toml")).unwrap();
    assert_eq!(message("folder.toml"), "this is a folder, not a scenario file");
    std::fs::write(folder.path().join("scenario.yaml"), "story = ''").unwrap();
    assert_eq!(message("scenario.yaml"), "a scenario file's name ends in `.toml`");
}

#[test]
fn pipes_and_sockets_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let made = std::process::Command::new("mkfifo").arg(place("pipe.toml")).status();
    assert!(made.unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(place("socket.toml")).unwrap();
    std::fs::create_dir(place("folder.toml")).unwrap();
    for name in ["pipe.toml", "socket.toml"] {
        let message = load(&place(name)).unwrap_err()[0].message.clone();
        assert_eq!(message, "this is not a file: whoever reads it would wait");
        let found = corpus::find(folder.path(), &place(name)).unwrap();
        assert_eq!(found, [place(name)], "it is named, so that somebody says why not");
    }
    let example = corpus::shipped().join("lists/pop-then-crash.toml");
    std::fs::copy(example, place("scenario.toml")).unwrap();
    assert_eq!(corpus::in_folder(folder.path()), [place("scenario.toml")]);
}

fn shipped(which: &Index) -> String {
    let files = corpus::all(&corpus::shipped()).unwrap();
    std::fs::read_to_string(which.get(&files)).unwrap()
}

fn judge(content: &[u8]) {
    if let Err(diagnostics) = parse(Path::new("hostile.toml"), content) {
        assert!(!diagnostics.is_empty());
        for diagnostic in diagnostics {
            diagnostic.render(true);
            diagnostic.position();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(content in prop::collection::vec(any::<u8>(), 0..512)) {
        judge(&content);
    }

    #[test]
    fn any_text(content in "[a-z\\[\\]{}=.,\"' \n#0-9é-]{0,200}") {
        judge(content.as_bytes());
    }

    #[test]
    fn bytes_of_a_scenario_changed(which in any::<Index>(), changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..6)) {
        let mut content = shipped(&which).into_bytes();
        for (place, byte) in changes {
            let place = place.index(content.len());
            content[place] = byte;
        }
        judge(&content);
    }

    #[test]
    fn words_of_a_scenario_exchanged(which in any::<Index>(), swaps in prop::collection::vec((any::<Index>(), any::<Index>()), 1..4)) {
        let text = shipped(&which);
        let mut words: Vec<&str> = text.split_inclusive([' ', '\n', '"', '.', '=']).collect();
        for (a, b) in swaps {
            let (a, b) = (a.index(words.len()), b.index(words.len()));
            words.swap(a, b);
        }
        judge(words.concat().as_bytes());
    }

    #[test]
    fn lines_of_a_scenario_left_out(which in any::<Index>(), gone in prop::collection::vec(any::<Index>(), 1..4)) {
        let text = shipped(&which);
        let mut lines: Vec<&str> = text.lines().collect();
        for place in gone {
            lines.remove(place.index(lines.len()));
        }
        judge(lines.join("\n").as_bytes());
    }
}
