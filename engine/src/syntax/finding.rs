//! How a command is found by its name: among those whose names are as long.

use super::commands::COMMANDS;
use super::spec::Spec;

pub(super) fn find(name: &[u8]) -> Option<&'static Spec> {
    let first = *BY_LENGTH.starts.get(name.len())?;
    let end = *BY_LENGTH.starts.get(name.len() + 1)?;
    let mut of_length = BY_LENGTH.places[first..end].iter().map(|&place| &COMMANDS[place]);
    of_length.find(|spec| name.eq_ignore_ascii_case(spec.name.as_bytes()))
}

/// Where in `COMMANDS` the names of each length are: a name is looked for among few.
struct ByLength {
    places: [usize; COMMANDS.len()],
    /// Where in `places` those of a length begin; those of the next begin where they end.
    starts: [usize; NAME_MAX + 2],
}

/// No name is longer.
const NAME_MAX: usize = 16;

static BY_LENGTH: ByLength = {
    let mut table = ByLength {
        places: [0; COMMANDS.len()],
        starts: [0; NAME_MAX + 2],
    };
    let (mut next, mut length) = (0, 0);
    while length <= NAME_MAX {
        table.starts[length] = next;
        let mut place = 0;
        while place < COMMANDS.len() {
            if COMMANDS[place].name.len() == length {
                table.places[next] = place;
                next += 1;
            }
            place += 1;
        }
        length += 1;
    }
    table.starts[length] = next;
    assert!(next == COMMANDS.len(), "a name is longer than NAME_MAX");
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_found_by_its_name_and_nothing_else_is() {
        for spec in COMMANDS {
            let found = find(spec.name.to_ascii_uppercase().as_bytes());
            assert_eq!(found.map(|found| found.name), Some(spec.name));
        }
        for name in ["", "xad", "xaddx", "a-name-that-is-longer-than-all"] {
            assert!(find(name.as_bytes()).is_none(), "{name}");
        }
    }
}
