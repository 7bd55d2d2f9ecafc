//! What plots have in common: an SVG picture with its style, text, short numbers; and scales by powers of ten.
//!
//! A picture needs no other file and has its own background in light and in dark. All lengths are whole numbers, in tenths
//! of a pixel, and there is no float, so that the same data give the same bytes. Next: `growth` and `tune`, who draw.

mod decades;
pub(crate) mod logarithm;

use std::fmt::Write as _;

pub(crate) use decades::Decades;

use crate::decimal::decimal;
use crate::render::escaped;

/// The colours of a plot's own lines.
pub(crate) struct Style {
    pub(crate) light: &'static str,
    pub(crate) dark: &'static str,
}

const LIGHT: &str = "\
text { font: 11px system-ui, 'DejaVu Sans', sans-serif; fill: #1f2328 }
.head { font-size: 13px; font-weight: 600 }
.faint { fill: #59636e }
.ground { fill: #ffffff }
.grid { stroke: #d1d9e0; fill: none }
";

const DARK: &str = "\
text { fill: #f0f6fc }
.faint { fill: #9198a1 }
.ground { fill: #0d1117 }
.grid { stroke: #3d444d }
";

/// Begins a picture of this width and height.
pub(crate) fn open([width, height]: [i64; 2], title: &str, style: &Style) -> String {
    let (width, height, title) = (px(width), px(height), escaped(title));
    let Style { light, dark } = style;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n<style>\n{LIGHT}{light}\
         polyline {{ fill: none; stroke-width: 2 }}\n@media (prefers-color-scheme: dark) {{\n{DARK}{dark}}}\n</style>\n\
         <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n"
    )
}

/// Ends a picture.
pub(crate) const CLOSE: &str = "</svg>\n";

pub(crate) fn text(drawing: &mut String, class: &str, anchor: &str, [x, y]: [i64; 2], text: &str) {
    let (x, y, text) = (px(x), px(y), escaped(text));
    let _ = writeln!(
        drawing,
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>"
    );
}

/// Tenths of a pixel in pixels; what is left of the picture or above it is at its edge.
pub(crate) fn px(tenths: i64) -> String {
    decimal(u64::try_from(tenths).unwrap_or(0), 10)
}

/// Three digits, and thousands, millions, …
pub(crate) fn short(number: u64) -> String {
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
pub(crate) fn raised(number: u32) -> String {
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
}
