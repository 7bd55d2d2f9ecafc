//! `[schedule]`: its lines become actions, each of which must be possible when its turn comes.

use redelivery_model::defect::Defect;
use redelivery_model::setup::Setup;
use redelivery_model::world::{Ignore, World};

use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::File;
use crate::language::nearest;
use crate::scenario::Scheduled;
use crate::schedule::lines::read_line;

/// The deliberate bug that a file names.
pub(super) fn defect(file: &File, mistakes: &mut Mistakes) -> Option<Defect> {
    let named = file.schedule.as_ref()?.defect.as_ref()?;
    let found = Defect::named(&named.value);
    if found.is_none() {
        let known = nearest::help(&named.value, Defect::ALL.iter().map(|defect| defect.name()));
        let help = known.unwrap_or_else(|| "`redelivery defects` names them all".to_owned());
        mistakes.add(Mistake::at(&named.span, "there is no such defect").help(help));
    }
    found
}

/// The schedule of a file that has one.
pub(super) fn schedule(file: &File, setup: &Setup, mistakes: &mut Mistakes) -> Option<Scheduled> {
    let written = file.schedule.as_ref()?;
    let mut world = World::initial(setup, &mut Ignore);
    let mut scheduled = Scheduled {
        steps: Vec::new(),
        ends: written.ends,
    };
    for line in &written.steps {
        let actions = match read_line(setup, world.now_ms(), line) {
            Ok(actions) => actions,
            Err(help) => {
                mistakes.add(Mistake::at(&line.span, "this is not a step of a schedule").help(help));
                return None;
            }
        };
        for action in actions {
            if !world.allows(setup, action) {
                let help = "the steps before it leave no room for it";
                mistakes.add(Mistake::at(&line.span, "this step is not possible here").help(help.to_owned()));
                return None;
            }
            world.step(setup, action, &mut Ignore);
            scheduled.steps.push(action);
        }
    }
    Some(scheduled)
}
