//! A grid as an SVG picture: duplicates and time against the first parameter, and both against each other, where the
//! knee shows; a line for each combination of the other parameters.

use std::fmt::Write as _;

use super::scale::{Shares, Tick, Times};
use super::{Row, Tuning};
use crate::plot::{CLOSE, Style, open, px, text};
use crate::render::{escaped, lasting, share};

/// More lines than that cannot be told from each other.
pub const MAX_LINES: usize = 8;

/// All lengths are in tenths of a pixel.
const LEFT: i64 = 760;
const TOP: i64 = 760;
const WIDTH: i64 = 2_700;
const HEIGHT: i64 = 2_000;
/// From one panel to the next.
const GAP: i64 = 960;
const NAMES: i64 = 2_300;
const BELOW: i64 = 620;
/// From one name of a line to the next.
const LINE: i64 = 180;
/// As many values have room for their names.
const MAX_NAMES: usize = 8;

const LINES: Style = Style {
    light: "\
.front { fill: none; stroke: #1f2328 }
.s0 { stroke: #440154 } text.s0, circle.s0 { fill: #440154; stroke: none }
.s1 { stroke: #443983 } text.s1, circle.s1 { fill: #443983; stroke: none }
.s2 { stroke: #31688e } text.s2, circle.s2 { fill: #31688e; stroke: none }
.s3 { stroke: #1f8a8c } text.s3, circle.s3 { fill: #1f8a8c; stroke: none }
.s4 { stroke: #2a9d6f } text.s4, circle.s4 { fill: #2a9d6f; stroke: none }
.s5 { stroke: #6da534 } text.s5, circle.s5 { fill: #6da534; stroke: none }
.s6 { stroke: #c08a00 } text.s6, circle.s6 { fill: #c08a00; stroke: none }
.s7 { stroke: #c2410c } text.s7, circle.s7 { fill: #c2410c; stroke: none }
",
    dark: "\
.front { stroke: #f0f6fc }
.s0 { stroke: #d2a8ff } text.s0, circle.s0 { fill: #d2a8ff; stroke: none }
.s1 { stroke: #a5a8ff } text.s1, circle.s1 { fill: #a5a8ff; stroke: none }
.s2 { stroke: #79c0ff } text.s2, circle.s2 { fill: #79c0ff; stroke: none }
.s3 { stroke: #56d4dd } text.s3, circle.s3 { fill: #56d4dd; stroke: none }
.s4 { stroke: #56d364 } text.s4, circle.s4 { fill: #56d364; stroke: none }
.s5 { stroke: #b8db5a } text.s5, circle.s5 { fill: #b8db5a; stroke: none }
.s6 { stroke: #e3b341 } text.s6, circle.s6 { fill: #e3b341; stroke: none }
.s7 { stroke: #ffa657 } text.s7, circle.s7 { fill: #ffa657; stroke: none }
",
};

/// Draws a grid.
///
/// # Errors
/// With what to change, when there would be too many lines.
pub fn plot(tuning: &Tuning) -> Result<String, String> {
    let mut names: Vec<&[String]> = tuning.rows.iter().map(|row| &row.values[1..]).collect();
    names.sort_by_key(|name| first_place(tuning, name));
    names.dedup();
    if names.len() > MAX_LINES {
        return Err(format!(
            "the plot would have {} lines, one for each combination of all parameters but the first; {MAX_LINES} can be \
             told from each other: vary fewer values",
            names.len()
        ));
    }
    let has_names = names.len() > 1;
    let width = LEFT + 3 * (WIDTH + GAP) - GAP / 2 + if has_names { NAMES } else { 0 };
    let title = format!("{} with other values", tuning.scenario);
    let mut drawing = open([width, TOP + HEIGHT + BELOW], &title, &LINES);
    text(&mut drawing, "head", "start", [120, 230], &title);
    let picture = Picture::of(tuning);
    let time = match tuning.recovers() {
        true => "settled after the last fault, p99",
        false => "settled after, p99",
    };
    let duplicates = "duplicates, of messages";
    let heads = tuning.heads();
    let parameter = heads[0].as_str();
    let left = |panel: i64| LEFT + panel * (WIDTH + GAP);
    let (by_share, by_time) = (picture.shares.ticks(), picture.times.ticks());
    let of_values = picture.names_of_values();
    frame(&mut drawing, left(0), (duplicates, &by_share), (parameter, &of_values));
    frame(&mut drawing, left(1), (time, &by_time), (parameter, &of_values));
    frame(
        &mut drawing,
        left(2),
        (duplicates, &by_share),
        (time, &picture.times_along.ticks()),
    );
    for (number, name) in names.iter().enumerate() {
        let rows: Vec<&Row> = tuning.rows.iter().filter(|row| row.values[1..] == **name).collect();
        let class = format!("s{}", number * MAX_LINES / names.len());
        let along = |row: &Row| picture.place_of(row);
        let share = |row: &Row| picture.shares.of(hundredths(row));
        let time = |row: &Row| tuning.time_ms(row).map(|ms| picture.times.of(ms));
        let panels: [&Place<'_>; 3] = [
            &|row| Some([along(row), share(row)]),
            &|row| Some([along(row), time(row)?]),
            &|row| Some([picture.times_along.of(tuning.time_ms(row)?), share(row)]),
        ];
        for (panel, place) in (0..).zip(panels) {
            line(&mut drawing, tuning, (&class, left(panel)), &rows, place);
        }
        if has_names {
            let y = TOP + (number as i64 + 1) * LINE;
            text(&mut drawing, &class, "start", [left(3) - GAP / 2, y], &name.join(", "));
        }
    }
    if has_names {
        let names = heads[1..].join(", ");
        text(&mut drawing, "faint", "start", [left(3) - GAP / 2, TOP], &names);
    }
    let ring = "ringed: no other loses and repeats as little and takes as little time";
    text(&mut drawing, "faint", "start", [left(2), TOP - 330], ring);
    drawing.push_str(CLOSE);
    Ok(drawing)
}

fn first_place(tuning: &Tuning, name: &[String]) -> Option<usize> {
    tuning.rows.iter().position(|row| row.values[1..] == *name)
}

/// Where a row lies in a panel: along and up.
type Place<'a> = dyn Fn(&Row) -> Option<[i64; 2]> + 'a;

/// Where everything lies.
struct Picture {
    /// The values of the first parameter.
    values: Vec<String>,
    shares: Shares,
    /// Upwards, and to the right.
    times: Times,
    times_along: Times,
}

impl Picture {
    fn of(tuning: &Tuning) -> Self {
        let mut values: Vec<String> = Vec::new();
        for row in &tuning.rows {
            if !values.contains(&row.values[0]) {
                values.push(row.values[0].clone());
            }
        }
        let times = || tuning.rows.iter().filter_map(|row| tuning.time_ms(row));
        Self {
            values,
            shares: Shares::up_to(tuning.rows.iter().map(hundredths).max().unwrap_or(0), HEIGHT),
            times: Times::around(times(), HEIGHT),
            times_along: Times::around(times(), WIDTH),
        }
    }

    fn place_of(&self, row: &Row) -> i64 {
        let place = self.values.iter().position(|value| *value == row.values[0]);
        self.along(place.unwrap_or(0))
    }

    fn along(&self, place: usize) -> i64 {
        match self.values.len() as i64 - 1 {
            0 => WIDTH / 2,
            steps => place as i64 * WIDTH / steps,
        }
    }

    fn names_of_values(&self) -> Vec<Tick> {
        let every = self.values.len().div_ceil(MAX_NAMES);
        let named = self.values.iter().enumerate().step_by(every);
        named.map(|(place, value)| (self.along(place), value.clone())).collect()
    }
}

/// Duplicates, in hundredths of a part in a hundred.
fn hundredths(row: &Row) -> u64 {
    let share = (u128::from(row.all.duplicates) * 10_000).checked_div(row.all.messages.into());
    share.and_then(|share| u64::try_from(share).ok()).unwrap_or(0)
}

/// A panel without its lines: what is drawn upwards and to the right, each with its marks.
fn frame(drawing: &mut String, left: i64, up: (&str, &[Tick]), along: (&str, &[Tick])) {
    let bottom = TOP + HEIGHT;
    text(drawing, "name", "start", [left - 80, TOP - 150], up.0);
    for (length, name) in up.1 {
        let y = bottom - length;
        let (from, to) = (px(left - 80), px(left + WIDTH + 80));
        let _ = writeln!(drawing, "<path class=\"grid\" d=\"M{from} {}H{to}\"/>", px(y));
        text(drawing, "faint", "end", [left - 120, y + 40], name);
    }
    for (length, name) in along.1 {
        let x = left + length;
        let (from, to) = (px(bottom), px(bottom + 50));
        let _ = writeln!(drawing, "<path class=\"grid\" d=\"M{} {from}V{to}\"/>", px(x));
        text(drawing, "faint", "middle", [x, bottom + 190], name);
    }
    text(drawing, "name", "middle", [left + WIDTH / 2, bottom + 390], along.0);
}

/// A line through what has a place; whoever points at one of its points is told all of it.
fn line(drawing: &mut String, tuning: &Tuning, (class, left): (&str, i64), rows: &[&Row], place: &Place<'_>) {
    let at = |row: &Row| place(row).map(|[along, up]| [px(left + along), px(TOP + HEIGHT - up)]);
    let points = rows.iter().filter_map(|row| at(row));
    let points: Vec<String> = points.map(|[x, y]| format!("{x},{y}")).collect();
    let _ = writeln!(drawing, "<polyline class=\"{class}\" points=\"{}\"/>", points.join(" "));
    for row in rows {
        let Some([x, y]) = at(row) else { continue };
        let values = tuning.heads();
        let values = values.iter().zip(&row.values);
        let values: Vec<String> = values.map(|(name, value)| format!("{name} = {value}")).collect();
        let time = tuning
            .time_ms(row)
            .map_or_else(String::new, |ms| format!(", {}", lasting(ms)));
        let said = format!(
            "{}: {}{time}",
            values.join(", "),
            share(row.all.duplicates, row.all.messages)
        );
        let said = escaped(&said);
        let _ = writeln!(
            drawing,
            "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"3\"><title>{said}</title></circle>"
        );
        if row.on_front {
            let _ = writeln!(drawing, "<circle class=\"front\" cx=\"{x}\" cy=\"{y}\" r=\"5.5\"/>");
        }
    }
}
