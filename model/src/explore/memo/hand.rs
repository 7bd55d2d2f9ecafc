//! A world in the hand: rows are laid into it, steps are done with it, and what they looked at and changed is read off.

use std::sync::Arc;

use redelivery_engine::Index;

use super::layout::{Layout, Place};
use super::store::{Id, NOTHING, Store, hash};
use crate::check::Violation;
use crate::event::Event;
use crate::explore::Exploration;
use crate::explore::seen::Seen;
use crate::occurrence::Occurrences;
use crate::world::{Action, Actor, KeyNotes, Piece, PieceRef, Seat, Section, World};

/// All that a section of a row leads to.
#[derive(Debug, Default)]
pub(super) struct Turn {
    /// The places on which it depends which steps there are, and what they do; what monitors become depends also on
    /// themselves. Each once.
    pub(super) looked_at: Vec<Place>,
    /// Seats of which the same holds, and that no row has yet.
    pub(super) new: Vec<Seat>,
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
    pub(super) told: Vec<Place>,
    pub(super) changes: Vec<Change>,
    pub(super) violations: Vec<Violation>,
    pub(super) occurred: Occurrences,
}

/// What lies in a seat after a step.
pub(super) type Change = (Spot, After);

/// What is known of what lies there.
#[derive(Debug)]
pub(super) enum After {
    Known(Id),
    /// A piece that was not kept yet, with its hash.
    New(u64, Box<Piece>),
}

/// Where a seat is in rows; or one that no row has yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    Place(Place),
    New(Seat),
}

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
        let mut turn = Turn::default();
        let mut actions = Vec::new();
        self.world.enabled_in(setup, section, &mut actions);
        let actor = |action: Action| (!action.is_fault()).then(|| self.world.actor(setup, action));
        let actors: Vec<Option<Actor>> = actions.iter().map(|&action| actor(action)).collect();
        self.world
            .looked_at(&self.notes, &mut |seat, _| turn.looks_at(layout, seat));
        for (action, actor) in actions.into_iter().zip(actors) {
            self.load(layout, store, row);
            let mut seen = Seen::default();
            self.world.step(setup, action, &mut seen);
            self.world.canonicalise(setup);
            let mut changed = Vec::new();
            let mut told = Vec::new();
            let Self { world, notes, .. } = self;
            world.looked_at(notes, &mut |seat, is_changed| {
                if is_changed {
                    changed.push(seat.clone());
                }
                match (&seat, layout.place(&seat)) {
                    (Seat::Monitors { is_timed: false, .. }, Some(place)) => told.push(place),
                    _ => turn.looks_at(layout, seat),
                }
            });
            let mut changes = Vec::new();
            let mut is_listed_otherwise = false;
            for seat in changed {
                is_listed_otherwise |= self.change(layout, store, seat, &mut changes);
            }
            // Only else does it matter what the lists of keys were.
            for seat in World::indexes().filter(|_| is_listed_otherwise) {
                let count = changes.len();
                self.change(layout, store, seat.clone(), &mut changes);
                if changes.len() > count {
                    turn.looks_at(layout, seat);
                }
            }
            // No row has such a seat yet: it was free, and is so in the rows that come next.
            for (spot, _) in &changes {
                if let Spot::New(seat) = spot {
                    self.world.put_piece(seat, None);
                }
            }
            turn.events.append(&mut seen.events);
            turn.steps.push(Done {
                action,
                actor,
                told,
                changes,
                violations: seen.violations,
                occurred: seen.occurred,
            });
        }
        if turn.asks_for_all_keys {
            let keys = layout.seats().iter().filter(|seat| matches!(seat, Seat::Key(_)));
            keys.for_each(|seat| turn.looks_at(layout, seat.clone()));
        }
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

    /// Adds what has become of a seat, if something has. Answers whether keys are listed otherwise by that.
    fn change(&mut self, layout: &Layout, store: &Store, seat: Seat, changes: &mut Vec<Change>) -> bool {
        let piece = self.world.piece(&seat);
        let (spot, before) = match layout.place(&seat) {
            Some(place) => {
                let loaded = &mut self.loaded[usize::from(place)];
                let before = store.get(*loaded);
                match (&piece, before) {
                    (None, None) => return false,
                    (Some(piece), Some(before)) if piece.is(before) => return false,
                    _ => *loaded = UNKNOWN,
                }
                (Spot::Place(place), before)
            }
            None if piece.is_none() => return false,
            None => (Spot::New(seat), None),
        };
        let is_listed_otherwise = before.and_then(Piece::listed) != piece.as_ref().and_then(PieceRef::listed);
        let after = piece.map_or(After::Known(NOTHING), |piece| {
            let hash = hash(&piece);
            match store.find(hash, &piece) {
                Some(id) => After::Known(id),
                None => After::New(hash, Box::new(piece.into_piece())),
            }
        });
        changes.push((spot, after));
        is_listed_otherwise
    }
}

impl Turn {
    fn looks_at(&mut self, layout: &Layout, seat: Seat) {
        match layout.place(&seat) {
            _ if seat == ALL_KEYS => self.asks_for_all_keys = true,
            Some(place) if !self.looked_at.contains(&place) => self.looked_at.push(place),
            None if !self.new.contains(&seat) => self.new.push(seat),
            _ => {}
        }
    }
}
