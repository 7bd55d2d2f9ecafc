//! Fetching: which command brings the next entries, and what its reply means.

use redelivery_engine::command::{Bound, PendingRange, ReadFrom, XAutoClaim, XClaim, XPending, XReadGroup};
use redelivery_engine::reply::EntryReply;
use redelivery_engine::{Command, StreamId};

use super::super::{Intent, Me, Observation, Request, consumer_name};
use super::{Item, Memory, REST_AFTER_ERROR_MS, Source, first_source};
use crate::event::Event;
use crate::replies;
use crate::setup::policy::{Acknowledge, Consumer, Reclaim, ReclaimBy};

impl Memory {
    pub(super) fn fetch_intent(&self, me: Me<'_>, policy: &Consumer) -> Intent {
        let command = match &self.source {
            Source::History { after } => read(me, policy, ReadFrom::After(*after)),
            Source::New => read(me, policy, ReadFrom::New),
            Source::Rest => return Intent::Wait(policy.poll_ms.max(REST_AFTER_ERROR_MS)),
            Source::Reclaim { cursor } => {
                let reclaim = reclaim(policy);
                match reclaim.by {
                    ReclaimBy::Xautoclaim => auto_claim(me, policy, reclaim, *cursor),
                    ReclaimBy::Xclaim => idle_candidates(me, policy, reclaim),
                }
            }
            Source::Claim { candidates } => claim(me, policy, reclaim(policy), candidates[0].0),
        };
        Intent::Send(Request::One(command))
    }

    pub(super) fn fetched(
        &mut self,
        me: Me<'_>,
        policy: &Consumer,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        let Observation::Reply(reply) = observation else {
            self.source = first_source(policy);
            return;
        };
        if reply.is_error() {
            return self.give_up();
        }
        match std::mem::replace(&mut self.source, Source::New) {
            Source::History { .. } => {
                let entries = replies::read_entries(reply);
                self.source = match entries.last() {
                    Some(last) => Source::History { after: last.id },
                    None => first_source(policy),
                };
                self.take(me, entries, None);
            }
            Source::New => {
                let entries = replies::read_entries(reply);
                self.source = match policy.block_ms {
                    None if entries.is_empty() => Source::Rest,
                    _ => first_source(policy),
                };
                self.take(me, entries, Some(1));
            }
            Source::Reclaim { .. } => match reclaim(policy).by {
                ReclaimBy::Xautoclaim => {
                    let (cursor, entries) = replies::auto_claimed(reply);
                    if reclaim(policy).follow_cursor && cursor != StreamId::MIN {
                        self.source = Source::Reclaim { cursor };
                    }
                    self.take(me, entries, None);
                }
                ReclaimBy::Xclaim => {
                    let rows = replies::pending_rows(reply);
                    if !rows.is_empty() {
                        let candidates = rows.iter().map(|row| (row.id, row.deliveries)).collect();
                        self.source = Source::Claim { candidates };
                    }
                }
            },
            Source::Claim { mut candidates } => {
                let (_, deliveries) = candidates.remove(0);
                if !candidates.is_empty() {
                    self.source = Source::Claim { candidates };
                }
                let entries = replies::entries(reply);
                if entries.is_empty() {
                    tell(Event::ClaimedNothing { client: me.client });
                }
                self.take(me, entries, Some(deliveries + 1));
            }
            Source::Rest => unreachable!("a rest asks the broker nothing"),
        }
        self.begin(me, policy, tell);
    }

    /// Queues what was fetched; entries that are deleted from the stream have nothing to work on.
    fn take(&mut self, me: Me<'_>, entries: &[EntryReply], deliveries: Option<u64>) {
        self.queue = entries
            .iter()
            .filter_map(|entry| {
                let message = me.setup.message_of(entry.fields.as_deref()?)?;
                let id = entry.id;
                Some(Item {
                    id,
                    message,
                    deliveries,
                })
            })
            .collect();
    }
}

fn reclaim(policy: &Consumer) -> &Reclaim {
    policy
        .reclaim
        .as_ref()
        .expect("only a policy with a reclaim leads here")
}

fn read(me: Me<'_>, policy: &Consumer, from: ReadFrom) -> Command {
    let group = me.setup.group(policy.group);
    Command::XReadGroup(XReadGroup {
        group: group.name.clone(),
        consumer: consumer_name(me),
        count: Some(policy.batch),
        block: policy.block_ms.filter(|_| from == ReadFrom::New),
        noack: policy.acknowledge == Acknowledge::NoAck,
        streams: vec![(group.stream.clone(), from)],
    })
}

fn auto_claim(me: Me<'_>, policy: &Consumer, reclaim: &Reclaim, cursor: StreamId) -> Command {
    let group = me.setup.group(policy.group);
    Command::XAutoClaim(XAutoClaim {
        key: group.stream.clone(),
        group: group.name.clone(),
        consumer: consumer_name(me),
        min_idle_ms: reclaim.min_idle_ms,
        start: Bound::Included(cursor),
        count: Some(reclaim.count),
        just_id: false,
    })
}

fn idle_candidates(me: Me<'_>, policy: &Consumer, reclaim: &Reclaim) -> Command {
    let group = me.setup.group(policy.group);
    Command::XPending(XPending {
        key: group.stream.clone(),
        group: group.name.clone(),
        range: Some(PendingRange {
            min_idle_ms: reclaim.min_idle_ms,
            start: Bound::Included(StreamId::MIN),
            end: Bound::Included(StreamId::MAX),
            count: i64::try_from(reclaim.count).unwrap_or(i64::MAX),
            consumer: None,
        }),
    })
}

fn claim(me: Me<'_>, policy: &Consumer, reclaim: &Reclaim, id: StreamId) -> Command {
    let group = me.setup.group(policy.group);
    Command::XClaim(XClaim {
        key: group.stream.clone(),
        group: group.name.clone(),
        consumer: consumer_name(me),
        min_idle_ms: reclaim.min_idle_ms,
        ids: vec![id],
        idle: Default::default(),
        retry_count: None,
        force: false,
        just_id: false,
        last_id: None,
    })
}
