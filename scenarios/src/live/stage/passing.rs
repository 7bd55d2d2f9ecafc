//! One request at a time: the order in which a history tells what was executed is the order in which the server did.
//!
//! Replies of several connections come in any order, whatever the order in which the server wrote them. So the next
//! request reaches the server only when the last one is answered or held back there, and whoever it woke is answered
//! too. Nothing is lost by that: the server executes one command at a time, and which comes first is the scenario's
//! choice.

use std::io;
use std::time::Duration;

use redelivery_engine::Millis;

use super::{Heard, Stage};
use crate::live::actor::Reader;
use crate::live::proxy::Wire;

/// Processes start, and requests and replies come over wires, within this time.
pub(in crate::live) const PATIENCE_MS: Millis = 20_000;
/// How long the parent waits before it looks again.
pub(in crate::live) const LOOK: Duration = Duration::from_millis(5);

impl Stage<'_> {
    /// Lets the oldest request that is held on a connection pass; answers whether there was one. The server is done with
    /// it afterwards, and its answer, if there is one yet, stands before those of clients that it woke.
    pub(in crate::live) fn pass(&mut self, wire: Wire, reader: Reader) -> io::Result<bool> {
        let (before, now_ms) = (self.heard.len(), self.clock.floor_ms());
        if !self.forward(wire, reader)? {
            return Ok(false);
        }
        self.settle(wire)?;
        let answers_it = |heard: &Heard| matches!(heard, Heard::Answered(answer) if answer.sent.wire == wire);
        let is_answer = |heard: &Heard| matches!(heard, Heard::Answered(_));
        let place = |of: &dyn Fn(&Heard) -> bool| (before..self.heard.len()).find(|&at| of(&self.heard[at]));
        if let (Some(first), Some(its)) = (place(&is_answer), place(&answers_it))
            && let Some(answer) = self.heard.remove(its)
        {
            self.heard.insert(first, answer);
        }
        let others: Vec<Wire> = self
            .lines
            .iter()
            .map(|line| line.wire)
            .filter(|it| *it != wire)
            .collect();
        for other in others {
            self.settle(other)?;
        }
        self.note_lateness(now_ms);
        Ok(true)
    }

    /// Whether the server holds back the request that it has of this connection.
    pub(in crate::live) fn is_held_back(&mut self, wire: Wire) -> io::Result<bool> {
        let Some(line) = self.line(wire) else { return Ok(false) };
        let address = line.address;
        if !self.actor(wire.life.client).may_wait(wire) {
            return Ok(false);
        }
        let flags = self.ask.flags(address)?;
        Ok(flags.is_some_and(|flags| flags.contains('b')))
    }

    /// Takes in what comes until nothing on this connection is unanswered but what the server holds back.
    fn settle(&mut self, wire: Wire) -> io::Result<()> {
        let limit_ms = self.clock.floor_ms().saturating_add(PATIENCE_MS);
        while self.line(wire).is_some() && self.actor(wire.life.client).awaits(wire) {
            if let Ok(news) = self.news.recv_timeout(Duration::ZERO) {
                self.take_in(news)?;
            } else if self.is_held_back(wire)? {
                return Ok(());
            } else if let Ok(news) = self.news.recv_timeout(LOOK) {
                self.take_in(news)?;
            }
            if self.clock.floor_ms() > limit_ms {
                let silent = format!("the server neither answers nor holds back its request within {PATIENCE_MS} ms");
                return Err(self.gone(wire.life.client, &silent));
            }
        }
        Ok(())
    }
}
