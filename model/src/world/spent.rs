//! The faults that have happened or last, and those that may still happen: the same in a world and in a live run.

use redelivery_engine::Millis;

use super::Action;
use crate::client::Intent;
use crate::setup::{ClientIx, Fate, Mishap, Setup};

/// How often each kind of fault has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Spent {
    /// Processes that ended.
    pub crashes: u8,
    /// Connections that closed with a request in flight.
    pub cuts: u8,
    /// Clients that stood still, where exploring has a clock.
    pub pauses: u8,
    /// Jumps of the broker's clock.
    pub jumps: u8,
    /// How often the broker's process was killed.
    pub kills: u8,
    /// How often the power failed.
    pub power_failures: u8,
    /// How often a replica took over.
    pub failovers: u8,
    /// How often WAIT ran out of time, where exploring has no clock.
    pub short_waits: u8,
    /// How often the network parted.
    pub partitions: u8,
    /// How often the broker closed a connection, and its client was not told.
    pub forgets: u8,
    /// Since when the network is parted, if it is.
    pub parted_ms: Option<Millis>,
    /// How often the append-only file was rewritten.
    pub rewrites: u8,
    /// How often a node was lost.
    pub node_losses: u8,
}

impl Spent {
    /// The broker has failed.
    pub fn fail(&mut self, how: Mishap) {
        let spent = match how {
            Mishap::Killed => &mut self.kills,
            Mishap::PowerFailed => &mut self.power_failures,
            Mishap::FailedOver | Mishap::Split => &mut self.failovers,
            Mishap::NodeLost => &mut self.node_losses,
        };
        *spent += 1;
    }

    /// The jumps of the broker's clock that may still happen.
    pub fn possible_jumps(self, setup: &Setup, actions: &mut Vec<Action>) {
        let jumps = &setup.faults.clock_jump;
        if self.jumps < jumps.times {
            actions.extend(jumps.forward_ms.map(Action::ClockForward));
            actions.extend(jumps.back_ms.map(Action::ClockBack));
        }
    }

    /// The faults that may still happen to a client that is up: one without an intent waits for a reply that the broker
    /// holds back; one may have requests in flight that it does not wait for.
    pub fn possible(
        self,
        setup: &Setup,
        client: ClientIx,
        intent: Option<&Intent>,
        in_flight: bool,
        actions: &mut Vec<Action>,
    ) {
        let faults = &setup.faults;
        let blocked = intent.is_none();
        let sending = matches!(intent, Some(Intent::Send(_) | Intent::SendOnly(_)));
        // What it has not read is at stake, and its subscriptions.
        let listens = setup.client(client).role.subscriber().is_some();
        let at_stake = blocked || sending || in_flight || listens;
        if (at_stake || intent != Some(&Intent::Stop)) && faults.crash.allows(self.crashes, client) {
            actions.push(Action::Crash(client));
            if sending && !faults.crash_sends_nothing {
                actions.push(Action::CrashSending(client));
            }
        }
        if at_stake && faults.cut.allows(self.cuts, client) {
            let has_reply = sending || in_flight;
            let possible = |fate: &&Fate| has_reply || **fate != Fate::ReplyLost;
            let fates = faults.fates.iter().filter(possible);
            actions.extend(fates.map(|&fate| Action::Cut(client, fate)));
        }
    }
}
