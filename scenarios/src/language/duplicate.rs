//! Where a key stands that is written once more: the parser tells of the second place only.
//!
//! Which of the keys of that name is meant depends on tables and how they nest, and on nothing but what the parser makes
//! of them: so it is asked again, with one of them called something else. When it then finds the second one in order, that
//! was the first.

use std::ops::Range;

use toml::de::DeTable;

/// So many keys of the same name are tried, from the nearest on.
const TRIED: usize = 32;

/// In larger files nobody looks: each trial reads the whole file.
const MAX_BYTES: usize = 64 * 1024;

/// The first place of a key that the parser finds again at `again`, if it is found. `before` are places at which it found
/// some key again, too.
pub(super) fn first(source: &str, before: &[Range<usize>], again: &Range<usize>) -> Option<Range<usize>> {
    let name = source.get(again.clone()).filter(|_| source.len() <= MAX_BYTES)?;
    let mut text = source.as_bytes().to_vec();
    // Those who repeat it as well would stand in for the first.
    for place in before.iter().filter(|place| source.get((*place).clone()) == Some(name)) {
        rename(&mut text, place);
    }
    let cleared = String::from_utf8(text).ok()?;
    let places = cleared.get(..again.start)?.rmatch_indices(name);
    let mut keys = places
        .map(|(start, _)| start..start + name.len())
        .filter(|place| is_key(&cleared, place));
    keys.by_ref().take(TRIED).find(|place| {
        let mut renamed = cleared.clone().into_bytes();
        rename(&mut renamed, place);
        let text = String::from_utf8(renamed).unwrap_or_default();
        let (_, errors) = DeTable::parse_recoverable(&text);
        errors.iter().all(|error| error.span().as_ref() != Some(again))
    })
}

/// Whether what stands here may be a key: more of one follows it, or its value, or the end of its table's name.
fn is_key(source: &str, place: &Range<usize>) -> bool {
    let joins = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let before = source[..place.start].chars().next_back();
    let after = source[place.end..].trim_start_matches([' ', '\t']);
    !before.is_some_and(joins) && after.starts_with(['=', '.', ']'])
}

/// Another key, of the same length.
fn rename(source: &mut [u8], place: &Range<usize>) {
    source[place.clone()].fill(b'_');
}
