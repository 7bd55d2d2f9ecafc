//! A publisher: publishes its messages to channels, one after the other.
//!
//! PUBLISH answers how many connections received the message, in a cluster: at that node. What became of it there, the publisher never learns.

use redelivery_engine::{Command, Reply};

use super::{Intent, Me, Observation, Request, producer};
use crate::event::Event;
use crate::replies;
use crate::setup::Setup;
use crate::setup::policy::{AwaitReply, OnNobody, OnUnknown, Publisher};

/// How far the publisher is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Memory {
    done: u32,
    /// Nobody received its message: it waits before it tries again.
    rests: bool,
}

impl Memory {
    pub(super) fn intent(&self, me: Me<'_>, policy: &Publisher) -> Intent {
        if self.rests {
            return Intent::Wait(policy.poll_ms);
        }
        let Some(request) = self.request(me.setup, policy) else {
            return Intent::Stop;
        };
        match policy.reply {
            AwaitReply::Wait => Intent::Send(request),
            AwaitReply::Ignore => Intent::SendOnly(request),
        }
    }

    pub(super) fn observe(
        &mut self,
        me: Me<'_>,
        policy: &Publisher,
        observation: Observation<'_>,
        tell: &mut dyn FnMut(Event),
    ) {
        let nth = self.done as usize;
        let Some(&message) = policy.messages.get(nth) else {
            // It has published everything without waiting; what it loses now it never learns of.
            return;
        };
        let client = me.client;
        match observation {
            Observation::Done => {
                self.rests = false;
                return;
            }
            Observation::Reply(reply) => match receivers(reply) {
                Some(0) if policy.on_nobody == OnNobody::Retry => {
                    self.rests = true;
                    return;
                }
                Some(receivers) => tell(Event::PublishAnswered {
                    client,
                    message,
                    channel: policy.channel(nth).clone(),
                    receivers,
                }),
                None => tell(Event::OutcomeUnknown { client, message }),
            },
            Observation::Lost if policy.reply == AwaitReply::Wait && policy.on_unknown == OnUnknown::Retry => return,
            _ => tell(Event::OutcomeUnknown { client, message }),
        }
        self.done += 1;
    }

    fn request(&self, setup: &Setup, policy: &Publisher) -> Option<Request> {
        let nth = self.done as usize;
        let &message = policy.messages.get(nth)?;
        let publish = Command::Publish {
            sharded: policy.sharded,
            channel: policy.channel(nth).clone(),
            message: setup.messages.key(message).clone(),
        };
        Some(match &policy.stores {
            Some(stream) => {
                let add = producer::entry(setup, stream, message);
                Request::Transaction(vec![Command::XAdd(add), publish])
            }
            None => Request::One(publish),
        })
    }
}

/// The answer to PUBLISH, which comes last in a transaction.
fn receivers(reply: &Reply) -> Option<u64> {
    match reply {
        Reply::Array(replies) => replies.last().and_then(replies::count),
        reply => replies::count(reply),
    }
}
