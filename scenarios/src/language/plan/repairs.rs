//! `repairs` and `unrepaired`: what a scenario says of the others in its folder.

use std::path::Path;

use super::{family_and_name, names};
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::File;

/// Checks that each named scenario exists, is another one, and is named once.
pub(super) fn check(path: &Path, neighbours: Option<&[String]>, file: &File, mistakes: &mut Mistakes) {
    let (_, own) = family_and_name(path);
    for (at, name) in file.repairs.iter().enumerate() {
        let before = file.repairs[..at].iter().find(|other| other.value == name.value);
        if let Some(before) = before {
            mistakes.add(
                Mistake::at(&name.span, format!("`{}` is named twice", name.value)).and(&before.span, "first here"),
            );
        } else if name.value == own {
            mistakes.add(
                Mistake::at(&name.span, "a scenario cannot repair itself")
                    .help("name the scenario that shows the design that failed".to_owned()),
            );
        } else if let Some(known) = neighbours
            && !known.contains(&name.value)
        {
            let others = known.iter().map(String::as_str).filter(|known| *known != own);
            mistakes.add(names::unknown("scenario", name, others));
        }
    }
    if let Some(why) = file.unrepaired.as_ref().filter(|why| why.trim().is_empty()) {
        mistakes.add(
            Mistake::at(&why.span, "no reason is given")
                .help("say why nothing repairs this design, or leave `unrepaired` out".to_owned()),
        );
    }
}
