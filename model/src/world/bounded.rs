//! Exploring with a clock, where durations are bounded: how far the clock may move, and how worlds stay few.
//!
//! Requests and replies take no time. A client does what it intends at once, but for work, rests and the time before an
//! administrator's first command: these end at any step of the clock between their shortest and their longest, and the
//! clock never moves beyond the longest. It stops for nobody who stands still, is down or waits for the broker, and none of these has to come back by any moment: a pause, the
//! time until a restart and until what is late arrives are as long as they like. A pause lasts until the client does the
//! next thing. So what violates a check is that some duration within the bounds lets it, or that a fault does.
//!
//! The clock moves by one step where something may happen at any time; else at once to the next moment at which
//! something is due, since nothing can happen before. Nothing runs, it does not move.
//!
//! A canonical world stands at the clock's beginning: the same things have the same distance from it. How long something
//! has been idle counts up to the longest threshold. Durations are whole steps ([`crate::setup::Bounds`]), so that worlds
//! are few; whether the moments between two steps could show more is what a discrete clock leaves open. Where all limits
//! include their ends they could not: Henzinger, Manna and Pnueli, "What good are digital clocks?", 1992. An entry that has
//! *not* been idle for long enough is a limit that does not.

use redelivery_engine::Millis;

use super::canonical::ages;
use super::{Action, START_MS, World, thresholds};
use crate::client::Intent;
use crate::defect;
use crate::setup::{Bounds, ClientIx, Setup, Span};

/// When a client that is up does what it intends, counted from now, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// Not before something else has happened.
    Never,
    /// From the first moment on, and at the second at the latest; without it, at any time.
    Within(Millis, Option<Millis>),
}

impl World {
    /// How long an intent takes; none if it takes no time of its own.
    fn span(&self, setup: &Setup, bounds: &Bounds, client: ClientIx, intent: &Intent) -> Option<Span> {
        match *intent {
            Intent::Work(_) => Some(defect::working_time(setup, bounds.work(client))),
            Intent::Wait(ms) => Some(Span { min_ms: ms, max_ms: ms }),
            Intent::Send(_) => self.begins_after(setup, client),
            _ => None,
        }
    }

    /// Whether what a client intends has taken as long as it must.
    pub(super) fn is_over(&self, setup: &Setup, client: ClientIx, intent: &Intent) -> bool {
        let span = setup
            .bounds
            .as_ref()
            .and_then(|bounds| self.span(setup, bounds, client, intent));
        span.is_none_or(|span| span.min_ms <= self.elapsed_ms(client))
    }

    fn elapsed_ms(&self, client: ClientIx) -> Millis {
        self.now_ms.saturating_sub(self.client(client).since_ms)
    }

    /// A client that stood still goes on.
    pub(super) fn goes_on(&mut self, setup: &Setup, client: ClientIx) {
        if setup.bounds.is_some() {
            self.client_mut(client).is_paused = false;
        }
    }

    /// A client begins with what it intends now.
    pub(super) fn begins(&mut self, setup: &Setup, client: ClientIx) {
        if setup.bounds.is_some() {
            self.client_mut(client).since_ms = *self.now_ms;
        }
    }

    fn due(&self, setup: &Setup, bounds: &Bounds, client: ClientIx) -> Due {
        let Some(intent) = self.intent(setup, client) else {
            return Due::Never;
        };
        let elapsed = self.elapsed_ms(client);
        let left = |ms: Millis| ms.saturating_sub(elapsed);
        let (first, last) = match (self.span(setup, bounds, client, &intent), &intent) {
            (Some(span), _) => (left(span.min_ms), left(span.max_ms)),
            (None, Intent::Stop) => return Due::Never,
            (None, Intent::Listen) if self.waits_with(setup, client, &intent) => return Due::Never,
            // Any of its PINGs may be the first that nobody answers.
            (None, Intent::Listen) if !self.may_read(setup, client) => return Due::Within(0, None),
            (None, Intent::Send(_)) if self.has_in_flight(client) => return Due::Never,
            // Who may take any turn looks for one now and then.
            (None, Intent::Choose) => return Due::Within(0, None),
            (None, _) => (0, 0),
        };
        Due::Within(first, (!self.client(client).is_paused).then_some(last))
    }

    /// Whether a client may stand still: one that would have to do something by some moment.
    pub(super) fn may_pause(&self, setup: &Setup, client: ClientIx) -> bool {
        let Some(bounds) = setup.bounds.as_ref().filter(|_| setup.faults.pause.times > 0) else {
            return false;
        };
        setup.faults.pause.allows(self.spent.pauses, client)
            && matches!(self.due(setup, bounds, client), Due::Within(_, Some(_)))
    }

    /// How the clock moves on; none when it may not, or when nothing runs.
    pub(super) fn passage(&self, setup: &Setup) -> Option<Action> {
        let bounds = setup.bounds.as_ref()?;
        let next_ms = self.next_moment(setup, bounds).filter(|&ms| ms > 0)?;
        let step_ms = match self.is_anything_possible(setup) {
            true => next_ms.min(bounds.step_ms),
            false => next_ms,
        };
        Some(Action::Tick(*self.now_ms + step_ms))
    }

    /// Whether the clock may move to this moment: nothing is left out that must happen before.
    pub(super) fn may_be(&self, setup: &Setup, now_ms: Millis) -> bool {
        let last_ms = setup.bounds.as_ref().and_then(|bounds| self.last_moment(setup, bounds));
        let passed_ms = now_ms.checked_sub(*self.now_ms);
        passed_ms.is_some_and(|passed_ms| last_ms.is_none_or(|last_ms| passed_ms <= last_ms))
    }

    /// What else may happen now, be it a fault: it may as well happen a step later.
    fn is_anything_possible(&self, setup: &Setup) -> bool {
        let mut actions = Vec::new();
        self.enabled_but_time(setup, &mut actions);
        if actions.is_empty() {
            self.enabled_faults(setup, &mut actions);
        }
        !actions.is_empty()
    }

    /// How far the clock may move, in milliseconds: until something must have happened. Without end if nothing must.
    fn last_moment(&self, setup: &Setup, bounds: &Bounds) -> Option<Millis> {
        let lasts = setup
            .client_ixs()
            .filter_map(|client| match self.due(setup, bounds, client) {
                Due::Within(_, last) => last,
                Due::Never => None,
            });
        // What a client that is there has sent is under way for no time.
        let sends = |state: &super::Connection| state.client().is_some() && !state.in_flight().is_empty();
        let connections = self.connection_ixs().filter(|it| !self.is_held_up(setup, *it));
        let mut connections = connections.filter_map(|it| self.connection(it));
        let arrives = connections.any(sends).then_some(0);
        let left = |for_ms: Millis| setup.faults.partition.lasts.max_ms.saturating_sub(for_ms);
        let heals = self.parted_for_ms().map(left);
        let ends = self.next_deadline().map(|end| end.saturating_sub(*self.now_ms));
        lasts.chain(arrives).chain(ends).chain(heals).min()
    }

    /// In how many milliseconds something becomes possible, or must have happened; 0 if the clock may not move, none if
    /// nothing runs.
    fn next_moment(&self, setup: &Setup, bounds: &Bounds) -> Option<Millis> {
        let firsts = setup
            .client_ixs()
            .filter_map(|client| match self.due(setup, bounds, client) {
                // What is possible already is no moment of its own any more.
                Due::Within(first, _) => Some(first).filter(|&first| first > 0),
                Due::Never => None,
            });
        let older = ages(self, setup).next_ms(*self.now_ms);
        let left = |for_ms: Millis| setup.faults.partition.lasts.min_ms.checked_sub(for_ms);
        let heals = self.parted_for_ms().and_then(left).filter(|&left| left > 0);
        firsts
            .chain(heals)
            .chain(older)
            .chain(self.last_moment(setup, bounds))
            .min()
    }

    /// The clock stands at its beginning again; everything keeps its distance from it, as far as it counts.
    pub(super) fn rewind(&mut self, setup: &Setup, bounds: &Bounds) {
        let passed_ms = self.now_ms.saturating_sub(START_MS);
        let ahead_ms = self.ahead_ms;
        let streams_changed = self.site.unnoted().streams_changed();
        if passed_ms > 0 || ahead_ms != 0 || streams_changed || self.monitors.times_are_changed() {
            let longest_ms = thresholds(setup).last().copied().unwrap_or(0);
            let moment = |at: Millis| at.saturating_sub(passed_ms).max(START_MS - longest_ms);
            // After a jump back deliveries lie ahead.
            let of_broker = |at: Millis| moment(at.saturating_add_signed(ahead_ms.saturating_neg()));
            let of_consumers = setup.asks_for_idle_consumers();
            self.site.each(|broker| {
                // Nobody trims by nodes.
                broker.forget_packing();
                broker.map_seen(&mut |at| if of_consumers { of_broker(at) } else { START_MS });
                broker.map_deliveries(&mut |at, deliveries| (of_broker(at), deliveries));
            });
            self.monitors.map_times(&mut |at| moment(at));
        }
        for client in setup.client_ixs() {
            let place = usize::from(client.0);
            if passed_ms > 0 || self.clients[place].is_changed() {
                let since_ms = START_MS - self.counted_ms(setup, bounds, client);
                if self.clients[place].since_ms != since_ms {
                    self.clients[place].since_ms = since_ms;
                }
            }
        }
        let passed_by_broker_ms = self.broker_ms().cast_signed() - START_MS.cast_signed();
        if passed_by_broker_ms != 0 {
            self.site.each(|broker| broker.bring_forward(passed_by_broker_ms));
        }
        if passed_ms > 0 {
            *self.now_ms = START_MS;
        }
        self.ahead_ms = 0;
    }

    /// For how long a client has intended what it intends, as far as that counts.
    fn counted_ms(&self, setup: &Setup, bounds: &Bounds, client: ClientIx) -> Millis {
        let span = self
            .intent(setup, client)
            .and_then(|intent| self.span(setup, bounds, client, &intent));
        let Some(span) = span else { return 0 };
        // Who stands still has no longest time.
        let counts_ms = match self.client(client).is_paused {
            true => span.min_ms,
            false => span.max_ms,
        };
        self.elapsed_ms(client).min(counts_ms)
    }
}
