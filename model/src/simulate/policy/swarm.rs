//! Swarm: each seed leaves out some kinds of faults, and spares some clients, each by the toss of a coin.
//!
//! Source: Groce, Zhang, Eide, Chen, Regehr, "Swarm Testing", ISSTA 2012. Features suppress each other: what a crash
//! brings about seldom shows in runs that cut connections all the time. So half of what is possible, another half for
//! each seed, finds more than all of it in every seed.

use super::uniform::{Faults, Hit};
use crate::setup::{ClientIx, Fate, Setup};
use crate::simulate::Timing;
use crate::simulate::random::{Purpose, Stream};
use crate::world::Action;

/// The faults of one run.
#[derive(Clone, Debug)]
pub(in crate::simulate) struct Swarm {
    faults: Faults,
    /// A bit for each kind of action, and one for each fate of a request.
    kinds: u64,
    fates: u64,
    /// By client; bits are drawn for as many as there are.
    clients: Vec<bool>,
}

impl Swarm {
    pub(super) fn new(setup: &Setup, seed: u64) -> Self {
        let mut stream = Stream::new(seed, Purpose::Policy);
        let (kinds, fates) = (stream.bits(), stream.bits());
        let clients = setup.client_ixs().map(|_| stream.one_in(2)).collect();
        let faults = Faults::of(seed);
        let pauses = has(kinds, place_of("Pause"));
        Self {
            faults: if pauses { faults } else { faults.without_pauses() },
            kinds,
            fates,
            clients,
        }
    }

    /// With what has happened so far.
    pub(super) fn after(mut self, other: &Self) -> Self {
        self.faults = self.faults.after(&other.faults);
        self
    }

    pub(super) fn faults(&self) -> &Faults {
        &self.faults
    }

    pub(super) fn hit(
        &mut self,
        setup: &Setup,
        timing: &Timing,
        client: ClientIx,
        possible: impl FnOnce(&mut Vec<Action>),
    ) -> Option<Hit> {
        let Self {
            faults,
            kinds,
            fates,
            clients,
        } = self;
        let is_in = |client: ClientIx| clients.get(usize::from(client.0)).copied().unwrap_or(true);
        let hit = faults.hit(setup, timing, client, |actions| {
            possible(actions);
            actions.retain(|&action| {
                let fate = match action {
                    Action::Cut(_, fate) => has(*fates, fate as usize),
                    _ => true,
                };
                has(*kinds, place_of(action.into())) && fate && action.client().is_none_or(is_in)
            });
        });
        match hit {
            Some(Hit::Pause(client, _)) if !is_in(client) => None,
            hit => hit,
        }
    }

    /// What is left out, of what the setup lets happen.
    pub(super) fn drawn(&self, setup: &Setup) -> Vec<(&'static str, String)> {
        let faults = &setup.faults;
        let mut out = Vec::new();
        let mut ask = |is_possible: bool, name: &'static str, is_in: bool| {
            if is_possible && !is_in {
                out.push(name);
            }
        };
        let is_kind = |kind| has(self.kinds, place_of(kind));
        ask(faults.crash.times > 0, "crash", is_kind("Crash"));
        let sending = faults.crash.times > 0 && !faults.crash_sends_nothing;
        ask(sending, "crash while sending", is_kind("CrashSending"));
        ask(faults.pause.times > 0, "pause", is_kind("Pause"));
        let jump = &faults.clock_jump;
        let jumps = |ms: Option<_>| jump.times > 0 && ms.is_some();
        ask(jumps(jump.forward_ms), "clock forward", is_kind("ClockForward"));
        ask(jumps(jump.back_ms), "clock back", is_kind("ClockBack"));
        ask(faults.partition.budget.times > 0, "partition", is_kind("Part"));
        ask(faults.forget.times > 0, "forget", is_kind("Forget"));
        for &fate in &faults.fates {
            let name = match fate {
                Fate::Never => "cut, never",
                Fate::ReplyLost => "cut, reply lost",
                Fate::Late => "cut, late",
            };
            let is_in = is_kind("Cut") && has(self.fates, fate as usize);
            ask(faults.cut.times > 0, name, is_in);
        }
        let spared = setup.client_ixs().zip(&self.clients).filter(|(_, is_in)| !**is_in);
        let spared = spared.map(|(client, _)| setup.client(client).name.to_string());
        vec![
            ("left out", or_nothing(&out.join("; "), "nothing")),
            ("spared", or_nothing(&spared.collect::<Vec<_>>().join(", "), "nobody")),
        ]
    }
}

fn or_nothing(text: &str, nothing: &str) -> String {
    match text {
        "" => nothing.to_owned(),
        text => text.to_owned(),
    }
}

fn has(bits: u64, place: usize) -> bool {
    bits >> (place % 64) & 1 == 1
}

/// The place of a kind of action among all.
fn place_of(kind: &'static str) -> usize {
    use strum::VariantNames as _;
    let place = Action::VARIANTS.iter().position(|name| *name == kind);
    place.expect("a kind of action")
}
