//! `[schedule]`: its lines become actions, each of which must be possible when its turn comes.

use redelivery_model::setup::Setup;
use redelivery_model::world::{Ignore, World};

use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::File;
use crate::scenario::Scheduled;
use crate::schedule::lines::read_line;

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
