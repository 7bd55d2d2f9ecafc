//! What the desk has for connections that are not being served just now.

use redelivery_engine::{ClientId, Reply};

use super::Desk;
use super::letter::{Letter, What};

impl Desk {
    /// A letter for somebody, if it is still there.
    pub(super) fn post(&mut self, client: ClientId, what: What) {
        if let Some(known) = self.clients.get_mut(&client) {
            // Messages after this are not to come before it.
            known.messages_at = None;
            self.letters.push((known.thread, Letter { client, what }));
        }
    }

    /// A message for somebody. Those of one service come in one letter: there may be a thousand.
    pub(super) fn tell(&mut self, client: ClientId, message: &Reply) {
        let Some(known) = self.clients.get_mut(&client) else {
            return;
        };
        // The letter at this place may be one of a later service, and somebody else's.
        let begun = known.messages_at.and_then(|at| self.letters.get_mut(at));
        match begun.map(|(_, letter)| letter) {
            Some(Letter {
                client: of,
                what: What::Messages(bytes),
            }) if *of == client => message.encode(known.version, bytes),
            _ => {
                let mut bytes = Vec::new();
                message.encode(known.version, &mut bytes);
                known.messages_at = Some(self.letters.len());
                let what = What::Messages(bytes);
                self.letters.push((known.thread, Letter { client, what }));
            }
        }
    }
}
