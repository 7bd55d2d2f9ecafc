//! A round that a run can go for ever: from the end of an explored path back to it, without a fault and leaving nobody
//! out who could move all the time.
//!
//! `ending` knows that there is such a round; here it is found, so that it can be shown, and gone on a real server. It is
//! not the shortest.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::plain::fingerprint;
use crate::history::{Clock, Step, replay};
use crate::setup::Setup;
use crate::world::{Action, Actor, Ignore, START_MS, World};

/// After so many steps nobody looks further.
const STEPS_MAX: usize = 10_000;

/// What happens in one round from the end of a path; nothing where there is none.
pub fn round_steps(setup: &Setup, path: &[Action]) -> Vec<Step> {
    let round = round(setup, path).unwrap_or_default();
    let whole: Vec<Action> = path.iter().chain(&round).copied().collect();
    match replay(setup, Clock::Abstract, &whole) {
        Ok((mut steps, _)) => {
            date(setup, &mut steps);
            steps.split_off(path.len() + 1)
        }
        Err(_) => Vec::new(),
    }
}

/// Where exploring has a clock, the steps have their moments.
fn date(setup: &Setup, steps: &mut [Step]) {
    let mut now_ms = 0;
    for step in steps.iter_mut().filter(|_| setup.bounds.is_some()) {
        if let Some(Action::Tick(moment)) = step.action {
            now_ms += moment - START_MS;
        }
        step.at_ms = Some(now_ms);
    }
}

/// The round from the end of a path; none where nobody moves, or where none is found.
pub fn round(setup: &Setup, path: &[Action]) -> Option<Vec<Action>> {
    let (_, end) = replay(setup, Clock::Abstract, path).ok()?;
    round_from(setup, end, &mut { STEPS_MAX })
}

/// The round from a world, if so many steps show one; those that were taken are taken off.
pub(super) fn round_from(setup: &Setup, world: World, steps_left: &mut usize) -> Option<Vec<Action>> {
    let mut graph = Graph::around(setup, world);
    // Most rounds are short: they are looked for before all that can happen is known.
    let mut count = 1;
    while graph.movers.len() < graph.worlds.len() && graph.grow(setup, count, steps_left) {
        if let Some(round) = graph.round() {
            return Some(round);
        }
        count *= 2;
    }
    None
}

/// An action without a fault, between worlds by number.
struct Edge {
    from: usize,
    action: Action,
    actor: Actor,
    to: usize,
}

/// The worlds that come after the first, in the order of a breadth-first search, and what happens among them.
struct Graph {
    places: BTreeMap<u64, usize>,
    worlds: Vec<World>,
    /// By world, of those that were looked into: who can move there, if only to leave, …
    movers: Vec<BTreeSet<Actor>>,
    /// … and where its edges end; they begin where those of the one before end.
    ends: Vec<usize>,
    edges: Vec<Edge>,
    /// By world: whether a run can come back from it to the first.
    is_home: Vec<bool>,
}

impl Graph {
    fn around(setup: &Setup, mut first: World) -> Self {
        first.canonicalise(setup);
        Self {
            places: BTreeMap::from([(fingerprint(&first), 0)]),
            worlds: vec![first],
            movers: Vec::new(),
            ends: Vec::new(),
            edges: Vec::new(),
            is_home: vec![true],
        }
    }

    /// Looks into so many worlds, if there are as many. Answers whether steps are left after that.
    fn grow(&mut self, setup: &Setup, count: usize, steps_left: &mut usize) -> bool {
        while self.movers.len() < count.min(self.worlds.len()) {
            let before = self.edges.len();
            self.look_into(setup, self.movers.len());
            *steps_left = steps_left.saturating_sub(self.edges.len() - before);
            if *steps_left == 0 {
                return false;
            }
        }
        self.find_home();
        true
    }

    fn look_into(&mut self, setup: &Setup, from: usize) {
        let world = self.worlds[from].clone();
        let mut actions = Vec::new();
        world.enabled(setup, &mut actions);
        let mut here = BTreeSet::new();
        for action in actions.into_iter().filter(|action| !action.is_fault()) {
            let mut after = world.clone();
            after.step(setup, action, &mut Ignore);
            after.canonicalise(setup);
            let to = *self.places.entry(fingerprint(&after)).or_insert(self.worlds.len());
            if to == self.worlds.len() {
                self.worlds.push(after);
            }
            let actor = world.actor(setup, action);
            here.insert(actor.clone());
            self.edges.push(Edge {
                from,
                action,
                actor,
                to,
            });
        }
        self.movers.push(here);
        self.ends.push(self.edges.len());
    }

    /// Finds out from which worlds a run can come back to the first.
    fn find_home(&mut self) {
        self.is_home = vec![false; self.worlds.len()];
        self.is_home[0] = true;
        let mut has_grown = true;
        while has_grown {
            has_grown = false;
            for edge in self.edges.iter().rev() {
                has_grown |= self.is_home[edge.to] && !std::mem::replace(&mut self.is_home[edge.from], true);
            }
        }
    }

    /// A round from the first world among those that were looked into; none where they have none.
    fn round(&self) -> Option<Vec<Action>> {
        let mut walk: Vec<&Edge> = Vec::new();
        loop {
            let at = walk.last().map_or(0, |edge| edge.to);
            match self.owed(&walk) {
                None => {
                    let back = self.way(at, |edge| edge.to == 0)?;
                    let closed = match at {
                        0 if !walk.is_empty() => walk.clone(),
                        _ => walk.iter().copied().chain(back).collect(),
                    };
                    if self.owed(&closed).is_none() {
                        return Some(closed.iter().map(|edge| edge.action).collect());
                    }
                    walk = closed;
                }
                // It moves, or gets where it cannot move.
                Some(actor) => {
                    let moves = self.way(at, |edge| edge.actor == actor);
                    let escapes = || self.way(at, |edge| !self.movers[edge.to].contains(&actor));
                    walk.extend(moves.or_else(escapes)?);
                }
            }
        }
    }

    /// Somebody who could move in each world of a walk and does not move in it.
    fn owed(&self, walk: &[&Edge]) -> Option<Actor> {
        let mut able = self.movers[0].clone();
        for edge in walk {
            able = &able & &self.movers[edge.to];
        }
        able.into_iter()
            .find(|actor| walk.iter().all(|edge| edge.actor != *actor))
    }

    /// What can happen in a world so that a run can still come back to the first.
    fn edges_of(&self, world: usize) -> impl Iterator<Item = &Edge> {
        let begin = world.checked_sub(1).map_or(0, |before| self.ends[before]);
        let edges = self.edges[begin..self.ends[world]].iter();
        edges.filter(|edge| self.is_home[edge.to])
    }

    /// The shortest way from a world whose last edge is such.
    fn way(&self, from: usize, is_last: impl Fn(&Edge) -> bool) -> Option<Vec<&Edge>> {
        let mut came: Vec<Option<&Edge>> = self.movers.iter().map(|_| None).collect();
        let mut queue = VecDeque::from([from]);
        while let Some(at) = queue.pop_front() {
            for edge in self.edges_of(at) {
                if is_last(edge) {
                    let mut way = vec![edge];
                    while way[0].from != from {
                        way.insert(0, came[way[0].from]?);
                    }
                    return Some(way);
                }
                if edge.to != from && came[edge.to].is_none() {
                    came[edge.to] = Some(edge);
                    queue.push_back(edge.to);
                }
            }
        }
        None
    }
}
