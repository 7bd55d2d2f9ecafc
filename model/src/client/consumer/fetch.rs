//! Fetching: which command brings the next entries, and what its reply means.

use redelivery_engine::command::ReadFrom;
use redelivery_engine::reply::EntryReply;
use redelivery_engine::{Millis, Reply, StreamId};

use super::super::{Intent, Me, Observation, Request};
use super::source::Source;
use super::{Item, Memory, requests};
use crate::event::Event;
use crate::replies;
use crate::setup::policy::{Consumer, FollowCursor, Reads, Reclaim, ReclaimBy};

/// How long a consumer rests at least after a poll or an error, in milliseconds: so that time goes on.
const REST_MS: Millis = 1;

impl Memory {
    pub(super) fn fetch_intent(&self, me: Me<'_>, policy: &Consumer) -> Intent {
        let command = match &self.source {
            Source::Create => requests::create_group(me, policy),
            Source::History { after } => requests::read(me, policy, ReadFrom::After(*after)),
            Source::New => requests::read(me, policy, ReadFrom::New),
            Source::Rest => return Intent::Wait(rest_ms(policy)),
            Source::Any => return Intent::Choose,
            Source::Nowhere => return Intent::Stop,
            Source::Lock => requests::lock(me, policy, reclaim(policy).lock.and_then(|lock| lock.ttl_ms)),
            Source::Unlock => requests::unlock(me, policy),
            Source::Reclaim { cursor } => {
                let reclaim = reclaim(policy);
                match reclaim.by {
                    ReclaimBy::Xautoclaim => requests::auto_claim(me, policy, reclaim, *cursor),
                    ReclaimBy::Xclaim => requests::idle_candidates(me, policy, reclaim),
                    ReclaimBy::Script => unreachable!("a script has a source of its own"),
                }
            }
            Source::Script { nth } => return requests::claim_by_script(me, policy, reclaim(policy), *nth),
            Source::Claim { candidates } => requests::claim(me, policy, reclaim(policy), candidates[0].0),
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
            self.source = Source::of_round(policy);
            return;
        };
        let exists = self.source == Source::Create && replies::is_busy_group(reply);
        if reply.is_error() && !exists {
            return self.refused(policy, reply);
        }
        match std::mem::replace(&mut self.source, Source::Rest) {
            Source::Create => self.source = Source::once_created(policy),
            Source::History { .. } => {
                let entries = replies::read_entries(reply);
                self.source = match entries.last() {
                    Some(last) => Source::History { after: last.id },
                    None => Source::after_history(policy),
                };
                self.take(me, policy, entries, None);
            }
            Source::New => {
                let entries = replies::read_entries(reply);
                self.source = match policy.block_ms {
                    None if entries.is_empty() => Source::Rest,
                    _ => Source::of_round(policy),
                };
                self.take(me, policy, entries, Some(1));
            }
            Source::Lock => {
                self.source = match reply {
                    Reply::Status(_) => Source::reclaim(reclaim(policy)),
                    _ => Source::after_reclaim(policy),
                }
            }
            Source::Unlock => self.source = Source::after_reclaim(policy),
            Source::Reclaim { .. } => self.reclaimed(me, policy, reply),
            Source::Script { .. } => {
                self.source = Source::once_reclaimed(policy);
                self.take(me, policy, replies::entries(reply), None);
            }
            Source::Claim { mut candidates } => {
                let (_, deliveries) = candidates.remove(0);
                self.source = match candidates.is_empty() {
                    true => Source::once_reclaimed(policy),
                    false => Source::Claim { candidates },
                };
                let entries = replies::entries(reply);
                if entries.is_empty() {
                    tell(Event::ClaimedNothing { client: me.client });
                }
                self.take(me, policy, entries, Some(deliveries + 1));
            }
            Source::Rest | Source::Any | Source::Nowhere => {
                unreachable!("who rests or chooses asks the broker nothing")
            }
        }
        self.begin(me, policy, tell);
    }

    fn reclaimed(&mut self, me: Me<'_>, policy: &Consumer, reply: &Reply) {
        let reclaim = reclaim(policy);
        self.source = Source::once_reclaimed(policy);
        match reclaim.by {
            ReclaimBy::Xautoclaim => {
                let (cursor, entries) = replies::auto_claimed(reply);
                let goes_on = match reclaim.follow_cursor {
                    FollowCursor::Always => true,
                    FollowCursor::UntilEmptyPage => !entries.is_empty(),
                    FollowCursor::Never => false,
                };
                if goes_on && cursor != StreamId::MIN {
                    self.source = Source::Reclaim { cursor };
                }
                self.take(me, policy, entries, None);
            }
            ReclaimBy::Script => unreachable!("a script has a source of its own"),
            ReclaimBy::Xclaim => {
                let rows = replies::pending_rows(reply);
                if !rows.is_empty() {
                    let candidates = rows.iter().map(|row| (row.id, row.deliveries)).collect();
                    self.source = Source::Claim { candidates };
                }
            }
        }
    }

    /// Queues what was fetched, with its delivery counter if that is known and decides anything; entries that are deleted
    /// from the stream have nothing to work on.
    fn take(&mut self, me: Me<'_>, policy: &Consumer, entries: &[EntryReply], deliveries: Option<u64>) {
        self.queue = entries
            .iter()
            .filter_map(|entry| {
                let fields = entry.fields.as_deref()?;
                Some(Item {
                    id: entry.id,
                    message: me.setup.message_of(fields)?,
                    repaired: me.setup.is_repaired(fields),
                    tries: deliveries.filter(|_| policy.routes().is_some()),
                })
            })
            .collect();
    }
}

fn rest_ms(policy: &Consumer) -> Millis {
    let every_ms = policy.reclaim.and_then(|reclaim| reclaim.every_ms);
    match (policy.reads, every_ms) {
        (Reads::Nothing, Some(every_ms)) => every_ms,
        _ => policy.poll_ms.max(REST_MS),
    }
}

fn reclaim(policy: &Consumer) -> &Reclaim {
    policy
        .reclaim
        .as_ref()
        .expect("only a policy with a reclaim leads here")
}
