//! stateright's Explorer over an exploration: actions and states in words, and a sequence diagram of the path.
//!
//! The model never renders: this wraps it, and what is possible and what follows is its word alone. All that stateright
//! needs of us lies here. Source: <https://docs.rs/stateright/latest/stateright/struct.CheckerBuilder.html#method.serve>.

use std::any::Any;
use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::{fmt, io, panic};

use redelivery_model::explore::{Exploration, properties};
use redelivery_model::setup::Setup;
use redelivery_model::world::{Action, Ignore, World};
use stateright::{Model, Path, Property};

use crate::render;
use crate::report::scene;
use crate::report::sequence::Sequence;

/// An exploration to be walked through.
#[derive(Clone, Debug)]
pub struct Browsed {
    exploration: Exploration,
    setup: Arc<Setup>,
}

/// A world that shows itself in words.
#[derive(Clone)]
pub struct Scene {
    setup: Arc<Setup>,
    world: World,
}

/// An action that knows where it is possible, and so what it does.
#[derive(Clone)]
pub struct Choice {
    action: Action,
    here: Arc<Scene>,
}

impl Browsed {
    /// Of this setup.
    pub fn new(setup: Setup) -> Self {
        let setup = Arc::new(setup);
        let exploration = Exploration::new(setup.clone());
        Self { exploration, setup }
    }

    /// The part of the Explorer's address that leads to the end of a path; none when it is not possible.
    pub fn place(&self, path: &[Action]) -> Option<String> {
        let mut scene = self.init_states().pop()?;
        let mut place = "#/steps/0".to_owned();
        for action in path {
            let mut choices = Vec::new();
            self.actions(&scene, &mut choices);
            let index = choices.iter().position(|choice| choice.action == *action)?;
            scene = self.next_state(&scene, choices.swap_remove(index))?;
            place += &format!("/{index}");
        }
        Some(place)
    }

    /// Serves the Explorer on this machine alone, until the process ends. `ready` hears the address; port 0 takes one that
    /// is free.
    ///
    /// # Errors
    /// If the port cannot be had.
    pub fn serve(self, port: u16, ready: impl FnOnce(SocketAddr)) -> io::Result<()> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = free.local_addr()?;
        drop(free);
        ready(address);
        // stateright panics where somebody else has taken the port meanwhile.
        let told = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !is_about_the_port(panic.payload()) {
                told(panic);
            }
        }));
        match panic::catch_unwind(AssertUnwindSafe(|| self.checker().serve(address))) {
            Ok(_) => Ok(()),
            Err(panic) if is_about_the_port(&*panic) => Err(io::ErrorKind::AddrInUse.into()),
            Err(panic) => panic::resume_unwind(panic),
        }
    }
}

/// Whether it says that the port is taken.
fn is_about_the_port(panic: &(dyn Any + Send)) -> bool {
    let text = panic.downcast_ref::<String>();
    text.is_some_and(|text| text.contains("AddrInUse"))
}

impl Model for Browsed {
    type State = Scene;
    type Action = Choice;

    fn init_states(&self) -> Vec<Scene> {
        let setup = self.setup.clone();
        let world = self.exploration.initial(&mut Ignore);
        vec![Scene { setup, world }]
    }

    fn actions(&self, scene: &Scene, choices: &mut Vec<Choice>) {
        let mut actions = Vec::new();
        self.exploration.actions(&scene.world, &mut actions);
        let here = Arc::new(scene.clone());
        choices.extend(actions.into_iter().map(|action| Choice {
            action,
            here: here.clone(),
        }));
    }

    fn next_state(&self, scene: &Scene, choice: Choice) -> Option<Scene> {
        let mut next = scene.clone();
        self.exploration.step(&mut next.world, choice.action, &mut Ignore);
        Some(next)
    }

    fn format_action(&self, choice: &Choice) -> String {
        scene::choice(&self.setup, &choice.here.world, choice.action)
    }

    fn format_step(&self, scene: &Scene, choice: Choice) -> Option<String> {
        Some(scene::step(&self.setup, &scene.world, choice.action))
    }

    fn as_svg(&self, path: Path<Scene, Choice>) -> Option<String> {
        let choices = path.into_actions();
        let actions: Vec<Action> = choices.iter().map(|choice| choice.action).collect();
        let sequence = Sequence::new(&self.setup, &actions).ok()?;
        Some(render::svg(&sequence))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties(&self.setup)
    }
}

impl Borrow<World> for Scene {
    fn borrow(&self) -> &World {
        &self.world
    }
}

impl PartialEq for Scene {
    fn eq(&self, other: &Self) -> bool {
        self.world == other.world
    }
}

impl Hash for Scene {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.world.hash(hasher);
    }
}

/// The Explorer shows states by it.
impl fmt::Debug for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&scene::scene(&self.setup, &self.world))
    }
}

impl PartialEq for Choice {
    fn eq(&self, other: &Self) -> bool {
        self.action == other.action
    }
}

/// The Explorer shows where it is by it.
impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&scene::choice(&self.here.setup, &self.here.world, self.action))
    }
}

#[cfg(test)]
mod tests {
    use redelivery_scenarios::{corpus, language};

    use super::*;

    #[test]
    fn a_port_that_is_taken_at_the_last_moment_is_an_error() {
        let files = corpus::find(&corpus::shipped(), "streams/dedup-atomic".as_ref()).unwrap();
        let setup = language::load(&files[0]).unwrap().explore.setup;
        let mut taken = None;
        let served = Browsed::new(setup).serve(0, |address| taken = TcpListener::bind(address).ok());
        assert!(taken.is_some());
        assert_eq!(served.unwrap_err().kind(), io::ErrorKind::AddrInUse);
    }
}
