//! What monitors that remember no times become of tales: it depends on nothing but the monitors and what of the tale is
//! for them, so what was told once is known, whatever else lies in a row and whatever else is told.
//!
//! Of two things that want one slot the later one stays.

use super::{After, After::Known, after};
use crate::check::Violation;
use crate::event::{Event, Moment};
use crate::explore::memo::layout::{Layout, Place};
use crate::explore::memo::store::{Id, Store};
use crate::explore::memo::table::mix;
use crate::explore::memo::tales::{Tale, Tales, Told};
use crate::setup::Setup;
use crate::world::{Limits, Observer, Piece, PieceRef, Seat, World};

/// So many things are known at most: a power of two.
const SLOTS: usize = 1 << 12;

/// What becomes of monitors that are told a tale.
#[derive(Debug, Default)]
pub(in crate::explore::memo) struct Heard {
    /// By whom, ascending.
    pub(in crate::explore::memo) by: Vec<Place>,
    /// Those of them that have changed.
    pub(in crate::explore::memo) changed: Vec<(Place, After)>,
    pub(in crate::explore::memo) violations: Vec<Violation>,
}

/// Hears what a step tells; monitors that remember no times hear it from here.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) tale: Tale,
    pub(super) violations: Vec<Violation>,
}

impl Observer for Step {
    fn event(&mut self, moment: Moment, event: &Event) {
        self.tale.push((moment, event.clone()));
    }

    fn violation(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    fn tells_untimed(&self) -> bool {
        true
    }
}

/// Where tales are told.
#[derive(Clone, Copy)]
pub(super) struct Room<'a> {
    pub(super) setup: &'a Setup,
    pub(super) limits: &'a Limits,
    pub(super) world: &'a World,
    pub(super) layout: &'a Layout,
    pub(super) store: &'a Store,
}

#[derive(Debug)]
pub(super) struct Hearing {
    slots: Vec<Slot>,
    /// By a tale's number, as far as it was asked for.
    listeners: Vec<Option<Box<[Listener]>>>,
    /// What of some tale is for some monitors.
    parts: Tales,
}

/// Monitors that hear of a tale, and what they hear: by number among [`Hearing::parts`].
#[derive(Clone, Copy, Debug)]
struct Listener {
    place: Place,
    part: u32,
}

/// What lies in a place after a part of a tale: no monitors become nothing, so 0 is free.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    place: Place,
    part: u32,
    before: Id,
    after: Id,
}

impl Hearing {
    pub(super) fn new() -> Self {
        Self {
            slots: vec![Slot::default(); SLOTS],
            listeners: Vec::new(),
            parts: Tales::default(),
        }
    }

    /// Tells a tale to those monitors of a row that hear of it.
    pub(super) fn hear(&mut self, room: Room, row: &[Id], tale: &Tale) -> Heard {
        let listeners = match tale.number() {
            Some(number) => {
                let needed = self.listeners.len().max(number as usize + 1);
                self.listeners.resize(needed, None);
                let known = self.listeners[number as usize].take();
                known.unwrap_or_else(|| self.listeners(room, tale))
            }
            None => self.listeners(room, tale),
        };
        let mut heard = Heard::default();
        let mut violations = Vec::new();
        for &Listener { place, part } in &listeners {
            heard.by.push(place);
            let before = row[usize::from(place)];
            let hash = mix(mix(mix(0, place), part), before);
            let slot = (hash >> (u64::BITS - SLOTS.ilog2())) as usize;
            let known = self.slots[slot];
            let after = if (known.place, known.part, known.before) == (place, part, before) {
                Known(known.after)
            } else {
                let count = violations.len();
                let after = tell(room, (place, before), tale, &mut violations);
                if let (&Known(after), true) = (&after, violations.len() == count) {
                    self.slots[slot] = Slot {
                        place,
                        part,
                        before,
                        after,
                    };
                }
                after
            };
            if !matches!(after, Known(after) if after == before) {
                heard.changed.push((place, after));
            }
        }
        // As if all had heard of one event after the other.
        violations.sort_by_key(|(event, _)| *event);
        heard
            .violations
            .extend(violations.into_iter().map(|(_, violation)| violation));
        if let Some(number) = tale.number() {
            self.listeners[number as usize] = Some(listeners);
        }
        heard
    }

    /// Who hears of a tale, ascending, and what.
    fn listeners(&mut self, room: Room, tale: &Tale) -> Box<[Listener]> {
        let listeners = room.world.monitors().untimed_that_hear(room.setup, tale);
        let listener = |(place, told): (u32, Vec<&Told>)| {
            let seat = Seat::Monitors { place, is_timed: false };
            let told = told.iter().copied();
            let part = self.parts.find_of(told.clone());
            let part = part.unwrap_or_else(|| self.parts.add(told.cloned().collect()));
            let place = room.layout.place(&seat).expect("all monitors have places");
            Listener { place, part }
        };
        listeners.into_iter().map(listener).collect()
    }
}

/// What becomes of monitors; what they find is added, with the place of the event in the tale.
fn tell(room: Room, (place, before): (Place, Id), tale: &Tale, violations: &mut Vec<(usize, Violation)>) -> After {
    let ward = room.store.get(before).and_then(Piece::ward);
    let (Seat::Monitors { place: number, .. }, Some(ward)) = (&room.layout.seats()[usize::from(place)], ward) else {
        unreachable!("only monitors are told something");
    };
    let mut report = |event, violation| violations.push((event, violation));
    let told = room
        .world
        .heard((room.setup, room.limits), (*number, ward), tale, &mut report);
    match told == *ward {
        true => Known(before),
        false => after(room.store, PieceRef::of_ward(&told)),
    }
}
