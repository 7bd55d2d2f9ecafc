//! The one queue: what processes say, what comes over connections, and what that is for whoever plays.

use std::io;
use std::time::Duration;

use redelivery_engine::resp::Frame;
use redelivery_engine::{Bytes, Millis};
use redelivery_model::event::Moment;
use redelivery_model::setup::ClientIx;

use super::{Answer, Heard, Stage};
use crate::live::actor::{Doing, Reader};
use crate::live::process::News;
use crate::live::proxy::{Came, Wire};
use crate::live::push;

impl Stage<'_> {
    /// Whether a client's process has said what the client intends here too, over an open connection.
    ///
    /// # Errors
    /// When it says something else: the process has gone astray.
    pub(in crate::live) fn has_decided(&mut self, client: ClientIx) -> io::Result<bool> {
        let setup = self.setup;
        let actor = self.actor(client);
        let wire = actor.wire();
        if actor.doing != Doing::Deciding || actor.said.is_none() || self.line(wire).is_none() {
            return Ok(false);
        }
        let actor = self.actor(client);
        let (said, intent) = (actor.said.take(), format!("{:?}", actor.intent(setup)));
        if said.as_ref() != Some(&intent) {
            let astray = format!("its process intends {}, not {intent}", said.unwrap_or_default());
            return Err(self.gone(client, &astray));
        }
        actor.doing = Doing::Nothing;
        self.note_done(client);
        Ok(true)
    }

    /// The next thing that is heard within this time.
    pub(in crate::live) fn hear(&mut self, patience: Duration) -> io::Result<Option<Heard>> {
        if self.heard.is_empty()
            && let Ok(news) = self.news.recv_timeout(patience)
        {
            self.take_in(news)?;
        }
        while let Ok(news) = self.news.try_recv() {
            self.take_in(news)?;
        }
        Ok(self.heard.pop_front())
    }

    pub(super) fn take_in(&mut self, news: News) -> io::Result<()> {
        match news {
            News::Announced(life, said) if self.actor(life.client).lives(life) => {
                self.actor(life.client).said = Some(said);
                self.heard.push_back(Heard::Said(life.client));
            }
            News::Ended(life) if self.actor(life.client).lives(life) => {
                return Err(self.gone(life.client, "its process ended by itself"));
            }
            // Last words of a process that was killed.
            News::Announced(..) | News::Ended(_) => {}
            News::Came(_, Came::Opened(line), _) => {
                let client = line.wire.life.client;
                // Who died meanwhile has no connection.
                if self.actor(client).lives(line.wire.life) {
                    self.lines.push(line);
                    self.heard.push_back(Heard::Said(client));
                }
            }
            News::Came(wire, Came::Command(command), _) => self.command(wire, command)?,
            News::Came(wire, Came::Replies(bytes, frames), latest_ms) => {
                let Some(line) = self.line(wire) else { return Ok(()) };
                line.deliver(&bytes);
                for frame in frames {
                    self.frame(wire, &frame, latest_ms)?;
                }
            }
            News::Came(wire, Came::Closed, _) => {
                let is_alive = self.line(wire).is_some_and(|line| !line.is_dead);
                if is_alive && self.actor(wire.life.client).closed(wire) {
                    return Err(self.gone(wire.life.client, "the server closed its connection"));
                }
            }
        }
        Ok(())
    }

    /// A command of a client: with the others of its request it is held.
    fn command(&mut self, wire: Wire, command: Vec<Bytes>) -> io::Result<()> {
        let client = wire.life.client;
        let ordered = self.actor(client).ordered.clone();
        let Some(line) = self.line(wire) else { return Ok(()) };
        line.came.push(command);
        let Some(request) = ordered else {
            return Err(self.gone(client, "its process sends what nobody ordered"));
        };
        let wanted: Vec<_> = request.commands().iter().map(|command| command.to_argv()).collect();
        if line.came.len() < wanted.len() {
            return Ok(());
        }
        if line.came != wanted {
            return Err(self.gone(client, "its process sends something else than it said"));
        }
        line.came.clear();
        line.held.push_back(request);
        self.actor(client).ordered = None;
        self.note_done(client);
        self.heard.push_back(Heard::Asked(client));
        Ok(())
    }

    fn frame(&mut self, wire: Wire, frame: &Frame, latest_ms: Millis) -> io::Result<()> {
        let client = wire.life.client;
        if self.setup.client(client).role.subscriber().is_some()
            && let Some(push) = push::message(frame)
        {
            self.pushed(wire, push);
            return Ok(());
        }
        if let Some(sent) = self.actor(client).receive(wire, frame)? {
            let moment = Moment {
                earliest_ms: sent.earliest_ms,
                latest_ms,
            };
            let reply = push::answer(&sent.request, &sent.frames);
            let messages = match sent.reader {
                Reader::Client => self.actor(client).read_messages(),
                Reader::Nobody | Reader::Gone => Vec::new(),
            };
            self.heard.push_back(Heard::Answered(Box::new(Answer {
                client,
                sent,
                messages,
                reply,
                moment,
            })));
        }
        Ok(())
    }
}
