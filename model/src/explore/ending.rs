//! Where runs stay: the end of a run once faults are over, and the fair cycles that are no end.
//!
//! Without faults, an infinite run of a finite model stays from some moment on within one strongly connected component
//! of the graph of states, and visits all of some part of it again and again. It is *weakly fair* if whatever stays
//! possible is done at some time: no client, no connection and no clock is left out for ever ([`Actor`](crate::world::Actor)). So a run can
//! stay in a component exactly if each of them that could move in all of the component's states moves within it. A component
//! without a way out is such a place; so is a cycle (a reclaim ping-pong) that each of its actors keeps turning. Idle
//! polls are cycles too: what is claimed of ends is judged in every state of every place to stay.
//!
//! Where interchangeable clients are taken for each other, see `places`.
//!
//! Components by Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1(2), 1972; fairness as in
//! Lichtenstein and Pnueli, "Checking that finite state concurrent programs satisfy their linear specification", 1985.

use super::places::{self, Places, bits};

/// The transitions that are no faults, state by state.
#[derive(Debug)]
pub(super) struct Edges {
    targets: Vec<u32>,
    /// Who moves, by number, below 128.
    movers: Vec<u8>,
    /// In which way the target becomes the world that the transition leads to.
    turns: Vec<u8>,
    /// By state: the ways in which it stays as it is, a bit for each.
    pub(super) stays: Vec<u32>,
    /// Where each state's transitions begin and end.
    spans: Vec<(u32, u32)>,
    begin: u32,
}

impl Edges {
    /// Of so many states.
    pub(super) fn new(states: usize) -> Self {
        Self {
            targets: Vec::new(),
            movers: Vec::new(),
            turns: Vec::new(),
            stays: vec![1; states],
            spans: vec![(0, 0); states],
            begin: 0,
        }
    }

    /// Adds a transition of the current state: who moves, and in which way the target becomes the world that it leads to.
    pub(super) fn push(&mut self, target: u32, mover: u8, turn: u8) {
        self.targets.push(target);
        self.movers.push(mover);
        self.turns.push(turn);
    }

    /// The current state is this one, has no more, and stays as it is in these ways, a bit for each.
    pub(super) fn end_of(&mut self, state: u32, stays: u32) {
        let end = self.targets.len() as u32;
        self.spans[state as usize] = (self.begin, end);
        self.stays[state as usize] = stays;
        self.begin = end;
    }

    pub(super) fn states(&self) -> usize {
        self.spans.len()
    }

    /// The transitions of a state: where to, by whom, in which way.
    pub(super) fn of(&self, state: u32) -> impl Iterator<Item = (u32, u128, u8)> + '_ {
        let (begin, end) = self.spans[state as usize];
        let range = begin as usize..end as usize;
        let movers = self.movers[range.clone()].iter().map(|&mover| 1 << mover);
        let turned = movers.zip(self.turns[range.clone()].iter().copied());
        let targets = self.targets[range].iter().copied();
        targets.zip(turned).map(|(target, (mover, turn))| (target, mover, turn))
    }
}

/// What is known of a component.
#[derive(Clone, Debug)]
pub(super) struct Stay {
    /// Who could move in all of its states.
    possible: u128,
    /// Who does without leaving it.
    inside: u128,
    /// Ways in which it stays as it is, a bit for each.
    pub(super) ways: u32,
}

/// By state: whether a weakly fair run without faults can stay in its component for ever.
pub(super) fn lasting(edges: &Edges, places: &Places<'_>) -> Vec<bool> {
    let component = components(edges);
    let count = component.iter().max().map_or(0, |&last| last as usize + 1);
    let nothing = Stay {
        possible: u128::MAX,
        inside: 0,
        ways: 1,
    };
    let mut stays = vec![nothing; count];
    let sides = places::sides(edges, places, &component, &mut stays);
    for state in 0..edges.states() as u32 {
        let own = component[state as usize];
        let (mut movers, mut inside) = (0, 0);
        for (target, mover, _) in edges.of(state) {
            movers |= mover;
            if component[target as usize] == own {
                inside |= mover;
            }
        }
        let side = sides[state as usize];
        let stay = &mut stays[own as usize];
        stay.possible &= places.moved(side, movers);
        stay.inside |= places.moved(side, inside);
    }
    let lasts = |stay: &Stay| {
        let both = bits(places.products(stay.ways)).fold((u128::MAX, 0), |(possible, inside), way| {
            let moved = |movers| places.moved(way, movers);
            (possible & moved(stay.possible), inside | moved(stay.inside))
        });
        both.0 & !both.1 == 0
    };
    let lasts: Vec<bool> = stays.iter().map(lasts).collect();
    component.iter().map(|&own| lasts[own as usize]).collect()
}

/// By state: the number of its strongly connected component. Tarjan's algorithm with a stack of its own.
fn components(edges: &Edges) -> Vec<u32> {
    const NONE: u32 = u32::MAX;
    let states = edges.states();
    let mut component = vec![NONE; states];
    let mut order = vec![NONE; states];
    let mut low = vec![NONE; states];
    let (mut next_order, mut next_component) = (0, 0);
    let mut open = Vec::new();
    for root in 0..states as u32 {
        if order[root as usize] != NONE {
            continue;
        }
        let mut calls = vec![(root, edges.of(root))];
        while let Some((state, rest)) = calls.last_mut() {
            let state = *state;
            let at = state as usize;
            if order[at] == NONE {
                (order[at], low[at]) = (next_order, next_order);
                next_order += 1;
                open.push(state);
            }
            if let Some((target, ..)) = rest.next() {
                let to = target as usize;
                if order[to] == NONE {
                    calls.push((target, edges.of(target)));
                } else if component[to] == NONE {
                    low[at] = low[at].min(order[to]);
                }
                continue;
            }
            if low[at] == order[at] {
                while let Some(member) = open.pop() {
                    component[member as usize] = next_component;
                    if member == state {
                        break;
                    }
                }
                next_component += 1;
            }
            calls.pop();
            if let Some((caller, _)) = calls.last() {
                let caller = *caller as usize;
                low[caller] = low[caller].min(low[at]);
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::setup::Setup;
    use crate::symmetry::Symmetry;

    fn graph(rows: &[&[(u32, u8)]]) -> Edges {
        let mut edges = Edges::new(rows.len());
        for (state, row) in (0..).zip(rows) {
            for &(target, mover) in *row {
                edges.push(target, mover, 0);
            }
            edges.end_of(state, 1);
        }
        edges
    }

    fn lasting(edges: &Edges) -> Vec<bool> {
        let symmetry = Symmetry::none(&Setup::default());
        super::lasting(edges, &Places::new(&symmetry, &mut BTreeMap::new()))
    }

    #[test]
    fn a_state_without_a_way_out_lasts() {
        assert_eq!(lasting(&graph(&[&[(1, 0)], &[]])), [false, true]);
    }

    #[test]
    fn a_cycle_that_leaves_a_willing_client_out_does_not_last() {
        // Client 0 polls for ever; client 1 could move all the time.
        assert_eq!(lasting(&graph(&[&[(0, 0), (1, 1)], &[]])), [false, true]);
    }

    #[test]
    fn a_cycle_that_all_willing_clients_turn_lasts() {
        // Client 1 can move in state 0 only: a run that keeps turning owes it nothing.
        assert_eq!(
            lasting(&graph(&[&[(1, 0), (2, 1)], &[(0, 0)], &[]])),
            [true, true, true]
        );
    }

    #[test]
    fn components_of_two_cycles() {
        let edges = graph(&[&[(1, 0)], &[(0, 0), (2, 0)], &[(3, 0)], &[(2, 0)]]);
        let component = components(&edges);
        assert_eq!(component[0], component[1]);
        assert_eq!(component[2], component[3]);
        assert_ne!(component[0], component[2]);
    }
}
