//! Replies as redis-cli shows them, so that a golden script reads like a session.
//!
//! One difference: RESP2's null array is `(nil array)`, where redis-cli does not tell it from `(nil)`.

use redelivery_engine::resp::Frame;

use crate::side::Outcome;
use crate::step::client_name;

/// What a step brought about, as lines: the reply or `(blocked)`, then for each client that had been blocked `B<` and
/// what it received. `answers` says whether the step was a command, which always has an answer.
pub(crate) fn lines(outcome: Option<&Outcome>, answers: bool) -> Vec<String> {
    let Some(outcome) = outcome else {
        return vec!["(skipped)".to_owned()];
    };
    let mut lines = Vec::new();
    match &outcome.reply {
        Some(frame) => frame_lines(frame, &mut lines),
        None if answers => lines.push("(blocked)".to_owned()),
        None => {}
    }
    for (client, frame) in &outcome.delivered {
        lines.push(format!("{}<", client_name(*client)));
        frame_lines(frame, &mut lines);
    }
    lines
}

fn frame_lines(frame: &Frame, out: &mut Vec<String>) {
    out.push(match frame {
        Frame::Simple(text) => text.to_string(),
        Frame::Error(text) => match std::str::from_utf8(text) {
            Ok(text) => format!("(error) {text}"),
            Err(_) => format!("(error) {text}"),
        },
        Frame::Integer(number) => format!("(integer) {number}"),
        Frame::Bulk(bytes) => format!("\"{bytes}\""),
        Frame::Null => "(nil)".to_owned(),
        Frame::NullArray => "(nil array)".to_owned(),
        Frame::Double(digits) => format!("(double) {digits}"),
        Frame::BigNumber(digits) => digits.to_string(),
        Frame::Boolean(truth) => format!("({truth})"),
        Frame::Verbatim(_, text) => format!("\"{text}\""),
        Frame::Array(frames) => return list(frames, ")", "(empty array)", out),
        Frame::Set(frames) => return list(frames, "~", "(empty set)", out),
        Frame::Push(frames) => return list(frames, ">", "(empty push)", out),
        Frame::Map(pairs) => return map(pairs, out),
    });
}

fn list(frames: &[Frame], mark: &str, empty: &str, out: &mut Vec<String>) {
    if frames.is_empty() {
        out.push(empty.to_owned());
    }
    let width = frames.len().to_string().len();
    for (index, frame) in frames.iter().enumerate() {
        item(format!("{:>width$}{mark} ", index + 1), frame, out);
    }
}

fn map(pairs: &[(Frame, Frame)], out: &mut Vec<String>) {
    if pairs.is_empty() {
        out.push("(empty hash)".to_owned());
    }
    let width = pairs.len().to_string().len();
    for (index, (key, value)) in pairs.iter().enumerate() {
        let mut key_lines = Vec::new();
        frame_lines(key, &mut key_lines);
        let key = key_lines.join(" ");
        let number = format!("{:>width$}# ", index + 1);
        match value {
            Frame::Array(frames) | Frame::Set(frames) if !frames.is_empty() => {
                out.push(format!("{number}{key} =>"));
                item(" ".repeat(number.len()), value, out);
            }
            _ => item(format!("{number}{key} => "), value, out),
        }
    }
}

/// The first line after `prefix`, the others below it.
fn item(prefix: String, frame: &Frame, out: &mut Vec<String>) {
    let from = out.len();
    frame_lines(frame, out);
    let indent = " ".repeat(prefix.len());
    for (index, line) in out[from..].iter_mut().enumerate() {
        line.insert_str(0, if index == 0 { &prefix } else { &indent });
    }
}
