//! States against M, C and K as an SVG picture: a panel for each, both forms as lines, on one logarithmic scale.
//!
//! It needs no other file, has its own background in light and in dark, and no float: the same counts give the same bytes.

use std::fmt::Write as _;

use redelivery_scenarios::standard::Size;

use super::logarithm::log2;
use super::{Axis, Counts, Form};
use crate::decimal::decimal;
use crate::report::words;

/// What is drawn; more deliveries soon add nothing.
const AXES: [Axis; 3] = [Axis::Messages, Axis::Consumers, Axis::Crashes];

/// All lengths are in tenths of a pixel.
const LEFT: i64 = 480;
const TOP: i64 = 560;
const PANEL: i64 = 1_600;
/// From one panel to the next: room for the number at the end of a line.
const GAP: i64 = 660;
const NAMES: i64 = 1_720;
const DECADE: i64 = 360;
const BELOW: i64 = 620;
/// The least distance between the names of two lines.
const NAMES_APART: i64 = 160;

const STYLE: &str = "\
text { font: 11px system-ui, 'DejaVu Sans', sans-serif; fill: #1f2328 }
.head { font-size: 13px; font-weight: 600 }
.faint { fill: #59636e }
.ground { fill: #ffffff }
.grid { stroke: #d1d9e0; fill: none }
.all-states { stroke: #0969da }
text.all-states, circle.all-states { fill: #0969da; stroke: none }
.interchangeable { stroke: #bc4c00 }
text.interchangeable, circle.interchangeable { fill: #bc4c00; stroke: none }
polyline { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.faint { fill: #9198a1 }
.ground { fill: #0d1117 }
.grid { stroke: #3d444d }
.all-states { stroke: #4493f8 }
text.all-states, circle.all-states { fill: #4493f8 }
.interchangeable { stroke: #f0883e }
text.interchangeable, circle.interchangeable { fill: #f0883e }
}
";

/// Draws counts. Sizes that differ from the base in more than one way have no place in it.
pub fn plot(counts: &Counts) -> String {
    let panels: Vec<Panel> = (0..)
        .zip(AXES)
        .map(|(number, axis)| Panel::of(counts, axis, LEFT + number * (PANEL + GAP)))
        .collect();
    let scale = Scale::of(panels.iter().flat_map(Panel::states));
    let width = LEFT + 3 * (PANEL + GAP) + NAMES;
    let height = scale.bottom() + BELOW;
    let (shown_width, shown_height) = (px(width), px(height));
    let title = format!("States of the standard protocol around M-C-K-D = {}", counts.base);
    let mut drawing = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{shown_width}\" height=\"{shown_height}\" \
         viewBox=\"0 0 {shown_width} {shown_height}\" role=\"img\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{shown_width}\" height=\"{shown_height}\"/>\n"
    );
    text(&mut drawing, "head", "start", [120, 210], &title);
    text(
        &mut drawing,
        "faint",
        "start",
        [120, 390],
        "states, on a logarithmic scale",
    );
    for decade in scale.least..=scale.most {
        let y = scale.of_decade(decade);
        text(
            &mut drawing,
            "faint",
            "end",
            [LEFT - 120, y + 40],
            &format!("10{}", raised(decade)),
        );
    }
    for panel in &panels {
        panel.draw(counts, &scale, &mut drawing);
    }
    if let Some(panel) = panels.last() {
        panel.names(&scale, width - NAMES, &mut drawing);
    }
    drawing.push_str("</svg>\n");
    drawing
}

/// The states of both forms along one axis.
struct Panel {
    axis: Axis,
    left: i64,
    /// Places with their states, in order.
    lines: Vec<(Form, Vec<(u32, u64)>)>,
    /// The first place and the last.
    places: (u32, u32),
}

impl Panel {
    fn of(counts: &Counts, axis: Axis, left: i64) -> Self {
        let lines = Form::ALL.map(|form| {
            let on_it = counts
                .all()
                .filter(|(of, size, _)| *of == form && axis.at(counts.base, axis.of(*size)) == *size);
            (
                form,
                on_it.map(|(_, size, space)| (axis.of(size), space.states)).collect(),
            )
        });
        let lines: Vec<(Form, Vec<(u32, u64)>)> = lines.into();
        let places = || lines.iter().flat_map(|(_, line)| line).map(|(place, _)| *place);
        let places = (places().min().unwrap_or(0), places().max().unwrap_or(0));
        Self {
            axis,
            left,
            lines,
            places,
        }
    }

    fn states(&self) -> impl Iterator<Item = u64> {
        self.lines
            .iter()
            .flat_map(|(_, line)| line.iter().map(|(_, states)| *states))
    }

    fn x(&self, place: u32) -> i64 {
        let (first, last) = self.places;
        match i64::from(last - first) {
            0 => self.left + PANEL / 2,
            steps => self.left + i64::from(place - first) * PANEL / steps,
        }
    }

    fn draw(&self, counts: &Counts, scale: &Scale, drawing: &mut String) {
        let (left, right) = (px(self.left - 80), px(self.left + PANEL + 80));
        for decade in scale.least..=scale.most {
            let y = px(scale.of_decade(decade));
            let _ = writeln!(drawing, "<path class=\"grid\" d=\"M{left} {y}H{right}\"/>");
        }
        let below = scale.bottom();
        if self.states().next().is_some() {
            for place in self.places.0..=self.places.1 {
                text(
                    drawing,
                    "faint",
                    "middle",
                    [self.x(place), below + 170],
                    &place.to_string(),
                );
            }
        }
        let middle = self.left + PANEL / 2;
        let named = format!("{} {}", self.axis.letter(), self.axis.name());
        text(drawing, "name", "middle", [middle, below + 350], &named);
        text(
            drawing,
            "faint",
            "middle",
            [middle, below + 510],
            &self.others(counts.base),
        );
        for (form, line) in &self.lines {
            self.draw_line(counts.base, *form, line, scale, drawing);
        }
    }

    /// What stays on the other axes.
    fn others(&self, base: Size) -> String {
        let others = Axis::ALL.iter().filter(|axis| **axis != self.axis);
        let others: Vec<String> = others
            .map(|axis| format!("{} = {}", axis.letter(), axis.of(base)))
            .collect();
        others.join(", ")
    }

    fn draw_line(&self, base: Size, form: Form, line: &[(u32, u64)], scale: &Scale, drawing: &mut String) {
        let class = class(form);
        let points = line.iter().map(|(place, states)| [self.x(*place), scale.y(*states)]);
        let points: Vec<String> = points.map(|[x, y]| format!("{},{}", px(x), px(y))).collect();
        let _ = writeln!(drawing, "<polyline class=\"{class}\" points=\"{}\"/>", points.join(" "));
        for (place, states) in line {
            let (x, y) = (px(self.x(*place)), px(scale.y(*states)));
            let size = self.axis.at(base, *place);
            let (exactly, name) = (words::number(*states), form.name());
            let _ = writeln!(
                drawing,
                "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"3\"><title>{size}, {name}: {exactly}</title></circle>"
            );
        }
        let Some((place, states)) = line.last() else { return };
        let (x, y) = (self.x(*place), scale.y(*states));
        // The upper line rises from below: over its end there is nothing. Beside the end of the lower there is nothing.
        let (anchor, at) = match form {
            Form::AllStates => ("end", [x + 40, y - 80]),
            Form::Interchangeable => ("start", [x + 80, y + 40]),
        };
        text(drawing, class, anchor, at, &short(*states));
    }

    /// The names of the lines, as high as they end.
    fn names(&self, scale: &Scale, x: i64, drawing: &mut String) {
        let mut above = i64::MIN / 2;
        for (form, line) in &self.lines {
            let Some((_, states)) = line.last() else { continue };
            let y = scale.y(*states).max(above + NAMES_APART);
            text(drawing, class(*form), "start", [x, y + 40], form.name());
            above = y;
        }
    }
}

/// Powers of ten, from the bottom to the top.
struct Scale {
    least: u32,
    most: u32,
}

impl Scale {
    /// As far as these reach, and over one decade at least.
    fn of(states: impl Iterator<Item = u64>) -> Self {
        let states: Vec<u64> = states.map(|states| states.max(1)).collect();
        let least = states.iter().min().map_or(0, |states| states.ilog10());
        let most = states.iter().max().map_or(0, |states| (states - 1).max(1).ilog10() + 1);
        Self {
            least,
            most: most.max(least + 1),
        }
    }

    fn bottom(&self) -> i64 {
        TOP + i64::from(self.most - self.least) * DECADE
    }

    fn of_decade(&self, decade: u32) -> i64 {
        self.bottom() - i64::from(decade - self.least) * DECADE
    }

    fn y(&self, states: u64) -> i64 {
        self.of_decade(self.least) - (log2(states) * DECADE / log2(10) - i64::from(self.least) * DECADE)
    }
}

fn text(drawing: &mut String, class: &str, anchor: &str, [x, y]: [i64; 2], text: &str) {
    let (x, y) = (px(x), px(y));
    let _ = writeln!(
        drawing,
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>"
    );
}

fn class(form: Form) -> &'static str {
    match form {
        Form::AllStates => "all-states",
        Form::Interchangeable => "interchangeable",
    }
}

/// Tenths of a pixel in pixels; what is left of the picture or above it is at its edge.
fn px(tenths: i64) -> String {
    decimal(u64::try_from(tenths).unwrap_or(0), 10)
}

/// Three digits, and thousands, millions, …
fn short(number: u64) -> String {
    let thousands = number.max(1).ilog10() / 3;
    let Some(name) = [" k", " M", " G", " T", " P", " E"].get((thousands as usize).wrapping_sub(1)) else {
        return number.to_string();
    };
    let unit = 1_000_u64.pow(thousands);
    let in_one = match number / unit {
        0..10 => 100,
        10..100 => 10,
        _ => 1,
    };
    let part = unit / in_one;
    match number.saturating_add(part / 2) / part {
        1_000 if number < 1_000 * part => short(1_000 * part),
        parts if in_one == 1 => format!("{parts}{name}"),
        parts => format!("{}{name}", decimal(parts, in_one)),
    }
}

/// A number as an exponent.
fn raised(number: u32) -> String {
    let digits = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raise = |digit: char| digit.to_digit(10).and_then(|digit| digits.get(digit as usize).copied());
    number.to_string().chars().filter_map(raise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let numbers = [0, 7, 999, 1_013, 17_962, 346_303, 1_497_804, 20_000_000_000];
        let shown = numbers.map(short);
        let expected = ["0", "7", "999", "1.01 k", "18.0 k", "346 k", "1.50 M", "20.0 G"];
        assert_eq!(shown, expected);
        assert_eq!([9_996, 99_960, 999_600].map(short), ["10.0 k", "100 k", "1.00 M"]);
        assert_eq!(short(u64::MAX), "18.4 E");
    }

    #[test]
    fn decades_lie_around_what_is_drawn() {
        let scale = |states: &[u64]| {
            let Scale { least, most } = Scale::of(states.iter().copied());
            (least, most)
        };
        assert_eq!(scale(&[]), (0, 1));
        assert_eq!(scale(&[1]), (0, 1));
        assert_eq!(scale(&[10]), (1, 2));
        assert_eq!(scale(&[235, 8_851_080]), (2, 7));
        assert_eq!(scale(&[100, 1_000]), (2, 3));
    }

    #[test]
    fn states_have_their_place_between_decades() {
        let scale = Scale { least: 2, most: 7 };
        let place = |states| scale.bottom() - scale.y(states);
        assert!(place(100).abs() <= 1 && (place(1_000) - DECADE).abs() <= 1);
        assert!((place(2_000) - DECADE * 1_301 / 1_000).abs() <= 1, "log 2 is 0.301");
    }
}
