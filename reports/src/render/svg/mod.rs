//! A sequence diagram as SVG: lifelines from the top to the bottom, a row for each mark, beside the broker its lists.
//!
//! Widths are those of a monospaced font, so that nothing needs to be measured and the same run gives the same bytes.
//! Next: `draw` for single elements, and for what is escaped.

mod draw;

use crate::report::sequence::{Beat, Mark, Sequence};
pub(crate) use draw::escaped;
use draw::{Drawing, Style, width_of, wrapped};

/// The room for the number of a step.
const GUTTER: usize = 44;
/// The least distance between two lifelines.
const APART: usize = 110;
/// From one row to the next.
const ROW: usize = 22;
/// The room for the names above and below.
const HEAD: usize = 40;
/// Requests and replies are cut at so many characters; whoever points at one is shown all of it.
const LABEL: usize = 96;
/// Notes are broken into lines of so many.
const NOTE: usize = 60;

/// Draws a diagram.
pub fn svg(sequence: &Sequence) -> String {
    let places = Places::of(sequence);
    let mut drawing = Drawing::default();
    let mut y = HEAD;
    let mut down: Vec<Option<usize>> = vec![None; sequence.lifelines.len()];
    let mut dead = Vec::new();
    for beat in &sequence.beats {
        let number = match beat.number {
            0 => String::new(),
            number => number.to_string(),
        };
        drawing.text(8, y + 14, &number, Style::Faint);
        let mut lists_y = y;
        for mark in &beat.marks {
            y += places.draw(mark, y, &mut drawing);
            match *mark {
                Mark::Down(at) => down[at] = Some(y),
                Mark::Up(at) => dead.extend(down[at].take().map(|from| (at, from, y))),
                _ => {}
            }
        }
        for line in beat.lists.iter().flat_map(|list| wrapped(list, NOTE)) {
            drawing.text(places.margin, lists_y + 14, &line, Style::Faint);
            lists_y += ROW - 6;
        }
        y = y.max(lists_y) + 4;
    }
    let open = down.iter().enumerate();
    dead.extend(open.filter_map(|(at, from)| from.map(|from| (at, from, y))));
    let mut whole = Drawing::default();
    for (at, name) in sequence.lifelines.iter().enumerate() {
        whole.lifeline(places.x[at], HEAD - 8, y + 8, name);
    }
    for (at, from, to) in dead {
        whole.dead(places.x[at], from, to);
    }
    whole.append(drawing);
    whole.framed(y + HEAD)
}

/// Where everything stands, from left to right.
struct Places {
    x: Vec<usize>,
    /// Where the lists begin.
    margin: usize,
}

impl Places {
    /// Clients stand apart by their names; nodes far enough to the right for what is said to them.
    fn of(sequence: &Sequence) -> Self {
        let mut x: Vec<usize> = Vec::new();
        let mut next = GUTTER + APART / 2;
        for (at, name) in sequence.lifelines.iter().enumerate() {
            let own = width_of(name) / 2 + 12;
            let mut place = next.max(x.last().map_or(0, |before| before + own));
            if at >= sequence.clients {
                let marks = sequence.beats.iter().flat_map(|beat: &Beat| &beat.marks);
                let needed = marks.filter_map(|mark| match mark {
                    Mark::Sent { from, to, text } | Mark::Answer { from, to, text } if *to.max(from) == at => {
                        let left = *to.min(from);
                        Some(x.get(left)? + width_of(&cut(text)) + 24)
                    }
                    _ => None,
                });
                place = needed.max().unwrap_or(0).max(place);
            }
            x.push(place);
            next = place + APART.max(own + 12);
        }
        let margin = x.last().map_or(GUTTER, |last| last + 16);
        Self { x, margin }
    }

    /// Draws a mark; answers how much room it took.
    fn draw(&self, mark: &Mark, y: usize, drawing: &mut Drawing) -> usize {
        match mark {
            Mark::Sent { from, to, text } => {
                drawing.arrow(
                    [self.x[*from], self.x[*to]],
                    y + ROW - 4,
                    &cut(text),
                    text,
                    Style::Plain,
                );
                ROW
            }
            Mark::Answer { from, to, text } => {
                drawing.arrow(
                    [self.x[*from], self.x[*to]],
                    y + ROW - 4,
                    &cut(text),
                    text,
                    Style::Faint,
                );
                ROW
            }
            Mark::Note { at, text, bad } => {
                let style = if *bad { Style::Bad } else { Style::Note };
                drawing.note(self.x[*at], y + 2, &wrapped(text, NOTE), style)
            }
            Mark::Everywhere { text, bad } => {
                let style = if *bad { Style::Bad } else { Style::Note };
                drawing.note(GUTTER + 6, y + 2, &wrapped(text, 2 * NOTE), style)
            }
            Mark::Down(_) | Mark::Up(_) => 0,
        }
    }
}

fn cut(text: &str) -> String {
    match text.chars().count() > LABEL {
        true => text.chars().take(LABEL - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_lines(marks: Vec<Mark>) -> Sequence {
        let lists = vec!["pending <b>".to_owned()];
        Sequence {
            lifelines: vec!["a&b".into(), "broker".into()],
            clients: 1,
            beats: vec![Beat {
                number: 1,
                marks,
                lists,
            }],
        }
    }

    #[test]
    fn what_was_sent_is_no_markup() {
        let text = "XADD \"<script>\" '&amp;'\u{1}\u{1b}[0m".to_owned();
        let drawn = svg(&two_lines(vec![Mark::Sent { from: 0, to: 1, text }]));
        assert!(!drawn.contains("<script>") && !drawn.contains("<b>"), "{drawn}");
        assert!(
            drawn.contains("&quot;&lt;script&gt;&quot; &#39;&amp;amp;&#39;"),
            "{drawn}"
        );
        assert!(!drawn.contains(['\u{1}', '\u{1b}']), "{drawn}");
        assert!(drawn.contains("a&amp;b"), "{drawn}");
    }

    #[test]
    fn long_requests_are_cut_and_still_there_to_be_pointed_at() {
        let text = format!("SADD {}", "x".repeat(500));
        let drawn = svg(&two_lines(vec![Mark::Sent {
            from: 0,
            to: 1,
            text: text.clone(),
        }]));
        assert!(drawn.contains(&format!("<title>{text}</title>")), "{drawn}");
        assert_eq!(drawn.matches(&text).count(), 1, "it is not drawn in full");
        assert!(drawn.contains("x…</text>"), "{drawn}");
    }

    #[test]
    fn who_is_down_is_seen_to_be() {
        let down = svg(&two_lines(vec![Mark::Down(0)]));
        let back = svg(&two_lines(vec![Mark::Down(0), Mark::Up(0)]));
        let dead = "stroke-dasharray=\"2 4\"";
        assert!(down.contains(dead) && back.contains(dead));
        assert!(!svg(&two_lines(Vec::new())).contains(dead));
    }
}
