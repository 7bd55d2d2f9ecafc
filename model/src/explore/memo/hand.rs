//! A world in the hand: rows are laid into it, steps are done with it, and what they looked at and changed is read off.
//!
//! Monitors that remember no times are never laid in: no step asks them. Read next: `hand/hearing.rs`, what they become.

mod hearing;

use std::sync::Arc;

use redelivery_engine::Index;

use super::layout::{Layout, Place};
use super::store::{Id, NOTHING, Store, hash};
use super::tales::{Tale, Tales};
use crate::check::Violation;
use crate::explore::Exploration;
use crate::world::{Action, Actor, KeyNotes, Limits, Piece, PieceRef, Seat, Section, World};
pub(super) use hearing::Heard;
use hearing::{Hearing, Room, Step};

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
    /// What happened: by number, if that was told before.
    pub(super) tale: Result<u32, Tale>,
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
    limits: Limits,
    world: World,
    /// What lies in the world now, by place.
    loaded: Vec<Id>,
    notes: Arc<KeyNotes>,
    hearing: Hearing,
    /// Room that was used before.
    changed: Vec<(Option<Place>, Seat)>,
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
            limits: Limits::of(exploration.setup()),
            world,
            loaded: Vec::new(),
            notes,
            hearing: Hearing::new(),
            changed: Vec::new(),
        }
    }

    /// Does all steps of a section, each from this row.
    pub(super) fn turn(
        &mut self,
        layout: &Layout,
        (store, tales): (&Store, &Tales),
        row: &[Id],
        section: Section,
    ) -> Turn {
        let setup = self.exploration.setup();
        self.load(layout, store, row);
        let mut turn = Turn {
            looked_at: Vec::with_capacity(layout.len()),
            ..Turn::default()
        };
        let mut actions = Vec::new();
        self.world.enabled_in(setup, section, &mut actions);
        let actor = |action: Action| (!action.is_fault()).then(|| self.world.actor(setup, action));
        let actors: Vec<Option<Actor>> = actions.iter().map(|&action| actor(action)).collect();
        self.world
            .looked_at(&self.notes, &mut |seat, _| turn.looks_at(layout.place(&seat), &seat));
        for (action, actor) in actions.into_iter().zip(actors) {
            // Nothing has changed before the first.
            match turn.steps.is_empty() {
                true => self.clear_notes(),
                false => self.load(layout, store, row),
            }
            let mut step = Step::default();
            self.world.step(setup, action, &mut step);
            self.world.canonicalise_within(setup, &self.limits);
            let mut changed = std::mem::take(&mut self.changed);
            self.world.looked_at(&self.notes, &mut |seat, is_changed| {
                let place = layout.place(&seat);
                turn.looks_at(place, &seat);
                if is_changed {
                    changed.push((place, seat));
                }
            });
            let mut changes = Vec::with_capacity(changed.len());
            let mut is_listed_otherwise = false;
            for (place, seat) in changed.drain(..) {
                is_listed_otherwise |= self.change(store, place, seat, &mut changes);
            }
            self.changed = changed;
            // Only else does it matter what the lists of keys were.
            for seat in World::indexes().filter(|_| is_listed_otherwise) {
                let (count, place) = (changes.len(), layout.place(&seat));
                self.change(store, place, seat.clone(), &mut changes);
                if changes.len() > count {
                    turn.looks_at(place, &seat);
                }
            }
            // No row has such a seat yet: it was free, and is so in the rows that come next.
            for (spot, _) in &changes {
                if let Spot::New(seat) = spot {
                    self.world.put_piece(seat, None);
                }
            }
            let Step { tale, violations } = step;
            let tale = tales.find(&tale).ok_or(tale);
            let heard = match &tale {
                Ok(number) => self.hear(layout, store, row, tales.get(*number)),
                Err(tale) => self.hear(layout, store, row, tale),
            };
            changes.extend(
                heard
                    .changed
                    .into_iter()
                    .map(|(place, after)| (Spot::Place(place), after)),
            );
            turn.steps.push(Done {
                action,
                actor,
                told: heard.by,
                changes,
                violations: violations.into_iter().chain(heard.violations).collect(),
                tale,
            });
        }
        if turn.asks_for_all_keys {
            let keys = layout.seats().iter().filter(|seat| matches!(seat, Seat::Key(_)));
            keys.for_each(|seat| turn.looks_at(layout.place(seat), seat));
        }
        turn
    }

    /// Tells a tale to those monitors of a row that hear of it: all that is left to do where only they differ.
    pub(super) fn hear(&mut self, layout: &Layout, store: &Store, row: &[Id], tale: &Tale) -> Heard {
        let room = Room {
            setup: self.exploration.setup(),
            limits: &self.limits,
            world: &self.world,
            layout,
            store,
        };
        self.hearing.hear(room, row, tale)
    }

    /// Lays a row into the world.
    fn load(&mut self, layout: &Layout, store: &Store, row: &[Id]) {
        self.loaded.resize(layout.len(), UNKNOWN);
        for ((seat, loaded), &id) in layout.seats().iter().zip(&mut self.loaded).zip(row) {
            let is_asked = !matches!(seat, Seat::Monitors { is_timed: false, .. });
            if *loaded != id && is_asked {
                self.world.put_piece(seat, store.get(id));
                *loaded = id;
            }
        }
        self.clear_notes();
    }

    fn clear_notes(&mut self) {
        self.world.clear_notes();
        self.notes.clear();
    }

    /// Adds what has become of a seat, if something has. Answers whether keys are listed otherwise by that.
    fn change(&mut self, store: &Store, place: Option<Place>, seat: Seat, changes: &mut Vec<Change>) -> bool {
        let piece = self.world.piece(&seat);
        let (spot, before) = match place {
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
        let after = piece.map_or(After::Known(NOTHING), |piece| after(store, piece));
        changes.push((spot, after));
        is_listed_otherwise
    }
}

/// A piece, by number if it has one.
fn after(store: &Store, piece: PieceRef) -> After {
    let hash = hash(&piece);
    match store.find(hash, &piece) {
        Some(id) => After::Known(id),
        None => After::New(hash, Box::new(piece.into_piece())),
    }
}

impl Turn {
    /// A seat, and its place if it has one.
    fn looks_at(&mut self, place: Option<Place>, seat: &Seat) {
        match place {
            Some(place) if !self.looked_at.contains(&place) => self.looked_at.push(place),
            Some(_) => {}
            None if *seat == ALL_KEYS => self.asks_for_all_keys = true,
            None if !self.new.contains(seat) => self.new.push(seat.clone()),
            None => {}
        }
    }
}
