//! The history of a live run: told to the same monitors as any other, and kept step by step to be shown.

use std::collections::BTreeSet;

use redelivery_engine::{Bytes, Millis, Reply};
use redelivery_model::check::{Monitors, Premises, Violation};
use redelivery_model::client::{Intent, Request};
use redelivery_model::event::{Event, Moment, PendingRow};
use redelivery_model::history::{Executed, Items, Pending, Step, changed_items};
use redelivery_model::observe::{self, Ledger};
use redelivery_model::occurrence::{Occurrences, shown_by};
use redelivery_model::setup::{ClientIx, GroupIx, Message, Setup, keys};
use redelivery_model::world::{Action, Place};

/// What has happened so far.
pub(super) struct History<'a> {
    setup: &'a Setup,
    monitors: Monitors,
    ledger: Ledger,
    pub(super) steps: Vec<Step>,
    /// Each with the number of steps after which it was.
    pub(super) violations: Vec<(usize, Violation)>,
    pub(super) occurred: Occurrences,
    pub(super) premises: Premises,
    pub(super) requests: u64,
    /// When something last happened that was no idle poll.
    pub(super) progress_ms: Millis,
}

impl<'a> History<'a> {
    /// Nothing has happened yet; what is told now stood before the first action.
    pub(super) fn new(setup: &'a Setup) -> Self {
        let mut history = Self {
            setup,
            monitors: Monitors::new(setup),
            ledger: Ledger::default(),
            steps: Vec::new(),
            violations: Vec::new(),
            occurred: Occurrences::default(),
            premises: Premises::default(),
            requests: 0,
            progress_ms: 0,
        };
        history.step(0, None, None);
        history
    }

    /// Something is done: what is told from now on came of it.
    pub(super) fn step(&mut self, at_ms: Millis, action: Option<Action>, intent: Option<Intent>) {
        self.steps.push(Step {
            at_ms: Some(at_ms),
            action,
            intent,
            in_vain: false,
            executed: Vec::new(),
            events: Vec::new(),
            violations: Vec::new(),
            pending: Vec::new(),
            items: Vec::new(),
        });
    }

    /// The server executed a request, or holds it back; without a client nobody reads the reply.
    pub(super) fn executed(
        &mut self,
        moment: Moment,
        client: Option<ClientIx>,
        request: &Request,
        reply: Option<&Reply>,
    ) {
        let at = Place::alone(client);
        self.last().executed.push(Executed {
            at,
            request: request.clone(),
            reply: reply.cloned(),
        });
        let Some(reply) = reply else { return };
        self.requests += 1;
        let mut told = Vec::new();
        let tell = &mut |event| told.push(event);
        observe::executed(self.setup, &mut self.ledger, at, request, reply, tell);
        for event in told {
            self.tell(moment, event);
        }
    }

    /// A fact.
    pub(super) fn tell(&mut self, moment: Moment, event: Event) {
        if let Some(occurrence) = shown_by(&event) {
            self.occurred.insert(occurrence);
        }
        self.premises.on(self.setup, &event);
        if event.is_news() {
            self.progress_ms = moment.latest_ms;
        }
        let mut found = Vec::new();
        self.monitors
            .on(self.setup, moment, &event, &mut |violation| found.push(violation));
        let step = self.last();
        step.events.push(event);
        step.violations.extend(found.iter().cloned());
        let after = self.steps.len();
        self.violations
            .extend(found.into_iter().map(|violation| (after, violation)));
    }

    /// A group's pending list as it stands, if that is news.
    pub(super) fn pending(&mut self, moment: Moment, group: GroupIx, event: Event) {
        let Event::Pending { rows, .. } = &event else { return };
        let shown = self.steps.iter().rev().flat_map(|step| &step.pending);
        let known = shown
            .filter(|(of, _)| *of == group)
            .map(|(_, entries)| entries.as_slice())
            .next();
        let unseen = |row: &PendingRow| Pending {
            row: row.clone(),
            idle_ms: None,
        };
        let entries: Vec<Pending> = rows.iter().map(unseen).collect();
        if known.unwrap_or_default() != entries.as_slice() {
            self.last().pending.push((group, entries));
        }
        self.tell(moment, event);
    }

    /// What lies in a list and where its workers keep their items, if that is news.
    pub(super) fn items(&mut self, moment: Moment, event: Event) {
        let Event::Items { group, lists } = &event else { return };
        let mut known: Vec<Items> = Vec::new();
        for (key, items) in self.steps.iter().flat_map(|step| &step.items) {
            known.retain(|(other, _)| other != key);
            known.push((key.clone(), items.clone()));
        }
        known.retain(|(key, items)| !items.is_empty() && keys::kept_for(self.setup, key) == Some(*group));
        let changed = changed_items(&known, lists);
        self.last().items.extend(changed);
        self.tell(moment, event);
    }

    /// The run has ended by itself.
    pub(super) fn end(&mut self) {
        let after = self.steps.len();
        let violations = &mut self.violations;
        self.monitors
            .at_end(self.setup, &mut |violation| violations.push((after, violation)));
    }

    /// What would be violated if the run ended now.
    pub(super) fn owed(&self) -> Vec<Violation> {
        let mut owed = Vec::new();
        self.monitors.at_end(self.setup, &mut |violation| owed.push(violation));
        owed
    }

    /// Only these messages are left, each with the key where it lies: others that are added are there for the first time.
    pub(super) fn keep_added(&mut self, left: &BTreeSet<(Bytes, Message)>) {
        self.ledger
            .keep_added(|key, message| left.contains(&(key.into(), message)));
    }

    pub(super) fn last(&mut self) -> &mut Step {
        self.steps.last_mut().expect("it begins with one")
    }
}
