//! A world in the hand: rows are laid into it, steps are done with it, and what they looked at and changed is read off.

use std::sync::Arc;

use redelivery_engine::Index;

use super::layout::Layout;
use super::store::{Id, Store, hash};
use crate::check::Violation;
use crate::event::Event;
use crate::explore::Exploration;
use crate::explore::seen::Seen;
use crate::occurrence::Occurrences;
use crate::world::{Action, Actor, KeyNotes, Piece, Seat, Section, World};

/// All that a section of a row leads to.
#[derive(Debug)]
pub(super) struct Turn {
    /// The seats on which it depends which steps there are, and what they do; what monitors become depends also on
    /// themselves.
    pub(super) looked_at: Vec<Seat>,
    pub(super) steps: Vec<Done>,
    /// Whether it depends also on which keys there are, of those that no row has yet.
    pub(super) asks_for_all_keys: bool,
    /// What happened, one step's after the other's.
    pub(super) events: Vec<Event>,
}

/// A step that was done.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) action: Action,
    /// Who brought it about; none for a fault.
    pub(super) actor: Option<Actor>,
    /// The monitors that were told something.
    pub(super) told: Vec<Seat>,
    pub(super) changes: Vec<Change>,
    pub(super) violations: Vec<Violation>,
    pub(super) occurred: Occurrences,
}

/// What lies in a seat after a step, with its hash.
pub(super) type Change = (Seat, Option<(u64, Piece)>);

#[derive(Debug)]
pub(super) struct Hand<'a> {
    exploration: &'a Exploration,
    world: World,
    /// What lies in the world now, by place.
    loaded: Vec<Id>,
    notes: Arc<KeyNotes>,
}

const ALL_KEYS: Seat = Seat::Index(Index::Keys);

/// Nobody knows what lies there.
const UNKNOWN: Id = Id::MAX;

impl<'a> Hand<'a> {
    pub(super) fn new(exploration: &'a Exploration, mut world: World) -> Self {
        let notes = Arc::new(KeyNotes::default());
        world.attend(notes.clone());
        Self {
            exploration,
            world,
            loaded: Vec::new(),
            notes,
        }
    }

    /// Does all steps of a section, each from this row.
    pub(super) fn turn(&mut self, layout: &Layout, store: &Store, row: &[Id], section: Section) -> Turn {
        let setup = self.exploration.setup();
        self.load(layout, store, row);
        let mut turn = Turn {
            looked_at: Vec::new(),
            steps: Vec::new(),
            asks_for_all_keys: false,
            events: Vec::new(),
        };
        let mut actions = Vec::new();
        self.world.enabled_in(setup, section, &mut actions);
        let actor = |action: Action| (!action.is_fault()).then(|| self.world.actor(setup, action));
        let actors: Vec<Option<Actor>> = actions.iter().map(|&action| actor(action)).collect();
        self.world
            .looked_at(&self.notes, &mut |seat, _| turn.looked_at.push(seat));
        for (action, actor) in actions.into_iter().zip(actors) {
            self.load(layout, store, row);
            let mut seen = Seen::default();
            self.world.step(setup, action, &mut seen);
            let Seen {
                mut events,
                occurred,
                violations,
            } = seen;
            turn.events.append(&mut events);
            self.world.canonicalise(setup);
            let mut changed = Vec::new();
            let mut told = Vec::new();
            let Self { world, notes, .. } = self;
            world.looked_at(notes, &mut |seat, is_changed| {
                if is_changed {
                    changed.push(seat.clone());
                }
                match seat {
                    Seat::Monitors { is_timed: false, .. } => told.push(seat),
                    seat => turn.looked_at.push(seat),
                }
            });
            // Where no key comes or goes no list of keys changes, whatever is in it: only else does it matter.
            let has_keys = changed.iter().any(|seat| matches!(seat, Seat::Key(_)));
            let indexes = World::indexes().filter(|_| has_keys);
            let indexes = indexes.filter_map(|seat| self.change(layout, store, seat));
            let mut changes: Vec<Change> = indexes.collect();
            turn.looked_at.extend(changes.iter().map(|(seat, _)| seat.clone()));
            for seat in changed {
                changes.extend(self.change(layout, store, seat));
            }
            turn.steps.push(Done {
                action,
                actor,
                told,
                changes,
                violations,
                occurred,
            });
        }
        turn.asks_for_all_keys = turn.looked_at.contains(&ALL_KEYS);
        if turn.asks_for_all_keys {
            turn.looked_at.retain(|seat| *seat != ALL_KEYS);
            let keys = layout.seats().iter().filter(|seat| matches!(seat, Seat::Key(_)));
            turn.looked_at.extend(keys.cloned());
        }
        turn.looked_at.sort_unstable();
        turn.looked_at.dedup();
        turn
    }

    /// Lays a row into the world.
    fn load(&mut self, layout: &Layout, store: &Store, row: &[Id]) {
        self.loaded.resize(layout.len(), UNKNOWN);
        for ((seat, loaded), &id) in layout.seats().iter().zip(&mut self.loaded).zip(row) {
            if *loaded != id {
                self.world.put_piece(seat, store.get(id));
                *loaded = id;
            }
        }
        self.world.clear_notes();
        self.world.looked_at(&self.notes, &mut |_, _| ());
    }

    /// What has become of a seat, if something has.
    fn change(&mut self, layout: &Layout, store: &Store, seat: Seat) -> Option<Change> {
        let piece = self.world.piece(&seat);
        let before = match layout.place(&seat) {
            Some(place) => {
                let loaded = &mut self.loaded[usize::from(place)];
                let before = store.get(*loaded);
                if before == piece.as_ref() {
                    return None;
                }
                *loaded = UNKNOWN;
                before
            }
            // No row has such a seat yet: it was free, and is so in the rows that come next.
            None => {
                self.world.put_piece(&seat, None);
                None
            }
        };
        let is_new = before != piece.as_ref();
        is_new.then(|| (seat, piece.map(|piece| (hash(&piece), piece))))
    }
}
