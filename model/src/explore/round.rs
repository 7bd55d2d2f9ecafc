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

/// In more worlds than these nobody looks.
const WORLDS_MAX: usize = 2_000;

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
    let graph = Graph::around(setup, end)?;
    let mut walk: Vec<&Edge> = Vec::new();
    loop {
        let at = walk.last().map_or(0, |edge| edge.to);
        match graph.owed(&walk) {
            None => {
                let back = graph.way(at, |edge| edge.to == 0)?;
                let closed = match at {
                    0 if !walk.is_empty() => walk.clone(),
                    _ => walk.iter().copied().chain(back).collect(),
                };
                if graph.owed(&closed).is_none() {
                    return Some(closed.iter().map(|edge| edge.action).collect());
                }
                walk = closed;
            }
            // It moves, or gets where it cannot move.
            Some(actor) => {
                let moves = graph.way(at, |edge| edge.actor == actor);
                let escapes = || graph.way(at, |edge| !graph.movers(edge.to).contains(&actor));
                walk.extend(moves.or_else(escapes)?);
            }
        }
    }
}

/// An action without a fault, between worlds by number.
struct Edge {
    from: usize,
    action: Action,
    actor: Actor,
    to: usize,
}

/// The worlds from which a run can come back to the first, and all that happens among them.
struct Graph {
    edges: Vec<Edge>,
    /// By world: who can move there, if only to leave.
    movers: Vec<BTreeSet<Actor>>,
}

impl Graph {
    fn around(setup: &Setup, mut first: World) -> Option<Self> {
        first.canonicalise(setup);
        let mut places = BTreeMap::from([(fingerprint(&first), 0)]);
        let mut worlds = vec![first];
        let (mut edges, mut movers) = (Vec::new(), Vec::new());
        let mut from = 0;
        while let Some(world) = worlds.get(from).cloned() {
            let mut actions = Vec::new();
            world.enabled(setup, &mut actions);
            let mut here = BTreeSet::new();
            for action in actions.into_iter().filter(|action| !action.is_fault()) {
                let mut after = world.clone();
                after.step(setup, action, &mut Ignore);
                after.canonicalise(setup);
                let to = *places.entry(fingerprint(&after)).or_insert(worlds.len());
                if to == worlds.len() {
                    worlds.push(after);
                }
                let actor = world.actor(setup, action);
                here.insert(actor.clone());
                edges.push(Edge {
                    from,
                    action,
                    actor,
                    to,
                });
            }
            movers.push(here);
            from += 1;
            if worlds.len() > WORLDS_MAX {
                return None;
            }
        }
        let mut home = BTreeSet::from([0]);
        loop {
            let before = home.len();
            let leads = edges.iter().filter(|edge| home.contains(&edge.to));
            let more: Vec<usize> = leads.map(|edge| edge.from).collect();
            home.extend(more);
            if home.len() == before {
                break;
            }
        }
        edges.retain(|edge| home.contains(&edge.from) && home.contains(&edge.to));
        Some(Self { edges, movers })
    }

    fn movers(&self, world: usize) -> &BTreeSet<Actor> {
        &self.movers[world]
    }

    /// Somebody who could move in each world of a walk and does not move in it.
    fn owed(&self, walk: &[&Edge]) -> Option<Actor> {
        let mut able = self.movers(0).clone();
        for edge in walk {
            able = &able & self.movers(edge.to);
        }
        able.into_iter()
            .find(|actor| walk.iter().all(|edge| edge.actor != *actor))
    }

    /// The shortest way from a world whose last edge is such.
    fn way(&self, from: usize, is_last: impl Fn(&Edge) -> bool) -> Option<Vec<&Edge>> {
        let mut came: Vec<Option<&Edge>> = self.movers.iter().map(|_| None).collect();
        let mut queue = VecDeque::from([from]);
        while let Some(at) = queue.pop_front() {
            for edge in self.edges.iter().filter(|edge| edge.from == at) {
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
