//! A broker with a bug around it, for whoever tries laws of the broker without a world.

use redelivery_engine::{Broker, ClientId, Millis, Reply};

use super::{Asked, Defect, afterwards, before, served, substitute};
use crate::client::Request;

/// A broker, perhaps with a bug.
#[derive(Clone, Debug, Default)]
pub struct Defective {
    broker: Broker,
    defect: Option<Defect>,
    /// Whose requests the broker holds back.
    waiting: Vec<(ClientId, Request)>,
}

impl Defective {
    /// Around a broker; without a bug it is the broker.
    pub fn new(broker: Broker, defect: Option<Defect>) -> Self {
        Self {
            broker,
            defect,
            waiting: Vec::new(),
        }
    }

    /// The broker, to look at.
    pub fn broker(&self) -> &Broker {
        &self.broker
    }

    /// Executes a request; without a reply it waits. Then the replies that others had waited for, in their order.
    pub fn apply(
        &mut self,
        who: ClientId,
        request: &Request,
        now_ms: Millis,
    ) -> (Option<Reply>, Vec<(ClientId, Reply)>) {
        let asked = Asked {
            who,
            request,
            is_heard: true,
            now_ms,
        };
        let reply = match self.defect {
            Some(defect) => {
                let before = before(defect, &mut self.broker, asked);
                let mut reply = execute(&mut self.broker, who, &substitute(defect, &before, asked), now_ms);
                afterwards(defect, &mut self.broker, asked, before, reply.as_mut());
                reply
            }
            None => execute(&mut self.broker, who, request, now_ms),
        };
        if reply.is_none() {
            self.waiting.push((who, request.clone()));
        }
        let answered = self.broker.take_outbox();
        let answered = answered
            .into_iter()
            .map(|(who, reply)| (who, self.serve(who, reply, now_ms)));
        (reply, answered.collect())
    }

    /// The broker closes a client's connection.
    pub fn disconnect(&mut self, who: ClientId) {
        if self.defect == Some(Defect::ClosedReaderIsServed) && self.broker.is_blocked(who) {
            return;
        }
        self.waiting.retain(|(waiting, _)| *waiting != who);
        self.broker.disconnect(who);
    }

    fn serve(&mut self, who: ClientId, mut reply: Reply, now_ms: Millis) -> Reply {
        let place = self.waiting.iter().position(|(waiting, _)| *waiting == who);
        let held = place.map(|place| self.waiting.remove(place).1);
        if let (Some(defect), Some(request)) = (self.defect, held) {
            let asked = Asked {
                who,
                request: &request,
                is_heard: true,
                now_ms,
            };
            served(defect, &mut self.broker, asked, &mut reply);
        }
        reply
    }
}

fn execute(broker: &mut Broker, who: ClientId, request: &Request, now_ms: Millis) -> Option<Reply> {
    let commands = request.commands();
    commands
        .iter()
        .fold(None, |_, command| broker.apply(who, command, now_ms))
}
