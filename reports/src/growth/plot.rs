//! States against M, C and K as an SVG picture: a panel for each, both forms as lines, on one logarithmic scale.
//!
//! It needs no other file, has its own background in light and in dark, and no float: the same counts give the same bytes.

use std::fmt::Write as _;

use redelivery_scenarios::standard::Size;

use super::{Axis, Counts, Form};
use crate::plot::{CLOSE, Decades, Style, open, px, raised, short, text};
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

const LINES: Style = Style {
    light: "\
.all-states { stroke: #0969da }
text.all-states, circle.all-states { fill: #0969da; stroke: none }
.interchangeable { stroke: #bc4c00 }
text.interchangeable, circle.interchangeable { fill: #bc4c00; stroke: none }
",
    dark: "\
.all-states { stroke: #4493f8 }
text.all-states, circle.all-states { fill: #4493f8 }
.interchangeable { stroke: #f0883e }
text.interchangeable, circle.interchangeable { fill: #f0883e }
",
};

/// Draws counts. Sizes that differ from the base in more than one way have no place in it.
pub fn plot(counts: &Counts) -> String {
    let panels: Vec<Panel> = (0..)
        .zip(AXES)
        .map(|(number, axis)| Panel::of(counts, axis, LEFT + number * (PANEL + GAP)))
        .collect();
    let scale = Decades::around(panels.iter().flat_map(Panel::states), DECADE);
    let width = LEFT + 3 * (PANEL + GAP) + NAMES;
    let bottom = bottom(&scale);
    let title = format!("States of the standard protocol around M-C-K-D = {}", counts.base);
    let mut drawing = open([width, bottom + BELOW], &title, &LINES);
    text(&mut drawing, "head", "start", [120, 210], &title);
    text(
        &mut drawing,
        "faint",
        "start",
        [120, 390],
        "states, on a logarithmic scale",
    );
    for decade in scale.least..=scale.most {
        let y = bottom - scale.of_decade(decade);
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
    drawing.push_str(CLOSE);
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

    fn draw(&self, counts: &Counts, scale: &Decades, drawing: &mut String) {
        let (left, right) = (px(self.left - 80), px(self.left + PANEL + 80));
        for decade in scale.least..=scale.most {
            let y = px(bottom(scale) - scale.of_decade(decade));
            let _ = writeln!(drawing, "<path class=\"grid\" d=\"M{left} {y}H{right}\"/>");
        }
        let below = bottom(scale);
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

    fn draw_line(&self, base: Size, form: Form, line: &[(u32, u64)], scale: &Decades, drawing: &mut String) {
        let class = class(form);
        let points = line.iter().map(|(place, states)| [self.x(*place), y(scale, *states)]);
        let points: Vec<String> = points.map(|[x, y]| format!("{},{}", px(x), px(y))).collect();
        let _ = writeln!(drawing, "<polyline class=\"{class}\" points=\"{}\"/>", points.join(" "));
        for (place, states) in line {
            let (x, y) = (px(self.x(*place)), px(y(scale, *states)));
            let size = self.axis.at(base, *place);
            let (exactly, name) = (words::number(*states), form.name());
            let _ = writeln!(
                drawing,
                "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"3\"><title>{size}, {name}: {exactly}</title></circle>"
            );
        }
        let Some((place, states)) = line.last() else { return };
        let (x, y) = (self.x(*place), y(scale, *states));
        // The upper line rises from below: over its end there is nothing. Beside the end of the lower there is nothing.
        let (anchor, at) = match form {
            Form::AllStates => ("end", [x + 40, y - 80]),
            Form::Interchangeable => ("start", [x + 80, y + 40]),
        };
        text(drawing, class, anchor, at, &short(*states));
    }

    /// The names of the lines, as high as they end.
    fn names(&self, scale: &Decades, x: i64, drawing: &mut String) {
        let mut above = i64::MIN / 2;
        for (form, line) in &self.lines {
            let Some((_, states)) = line.last() else { continue };
            let y = y(scale, *states).max(above + NAMES_APART);
            text(drawing, class(*form), "start", [x, y + 40], form.name());
            above = y;
        }
    }
}

fn bottom(scale: &Decades) -> i64 {
    TOP + scale.length()
}

fn y(scale: &Decades, states: u64) -> i64 {
    bottom(scale) - scale.of(states)
}

fn class(form: Form) -> &'static str {
    match form {
        Form::AllStates => "all-states",
        Form::Interchangeable => "interchangeable",
    }
}
