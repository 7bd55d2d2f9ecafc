//! Plays a script on one side, step by step, and yields what can be compared.

use redelivery_engine::{Bytes, NodeLimits};

use crate::normalise::Normaliser;
use crate::side::{Outcome, Side, is_push};
use crate::step::{CLIENTS, EXPIRER, Step};

/// A side in the middle of a script.
pub(crate) struct Player<'a, S> {
    side: &'a mut S,
    normaliser: Normaliser,
    blocked: [bool; CLIENTS],
}

impl<'a, S: Side> Player<'a, S> {
    /// Begins a script.
    pub(crate) fn new(side: &'a mut S) -> Self {
        side.reset();
        Self {
            side,
            normaliser: Normaliser::default(),
            blocked: [false; CLIENTS],
        }
    }

    /// Plays a step; none when it could not happen: the client is blocked, or for a time-out is not.
    pub(crate) fn play(&mut self, step: &Step) -> Option<Outcome> {
        match step {
            Step::Command { client, .. } if self.blocked[*client] => None,
            Step::Command { client, words } => {
                let argv = self.normaliser.resolve(words);
                Some(self.command(*client, argv))
            }
            Step::Expire { key } => {
                let set = self.command(EXPIRER, vec!["PEXPIRE".into(), key.clone(), "1".into()]);
                self.side.wait(3);
                let mut seen = self.command(EXPIRER, vec!["EXISTS".into(), key.clone()]);
                let mut delivered = set.delivered;
                delivered.append(&mut seen.delivered);
                delivered.sort_by_key(|(client, _)| *client);
                Some(Outcome { delivered, ..seen })
            }
            Step::Nodes { entries, bytes } => {
                let (entries, bytes) = (*entries, *bytes);
                self.side.limit_nodes(NodeLimits { entries, bytes });
                Some(Outcome::default())
            }
            Step::Notify { letters } => {
                self.side.notify(letters);
                Some(Outcome::default())
            }
            Step::Wait { ms } => {
                self.side.wait(*ms);
                self.normaliser.wait();
                Some(Outcome::default())
            }
            Step::TimeOut { client } if !self.blocked[*client] => None,
            Step::TimeOut { client } => {
                let outcome = self.side.time_out(*client);
                Some(self.take_in(*client, None, outcome))
            }
            Step::Slot { key, to, stage } => {
                let outcome = self.side.slot(key, *to, *stage);
                Some(self.take_in(EXPIRER, None, outcome))
            }
            Step::Restart | Step::FailOver => {
                match step {
                    Step::Restart => self.side.restart(),
                    _ => self.side.fail_over(),
                }
                self.blocked = [false; CLIENTS];
                for client in 0..CLIENTS {
                    self.take_in(client, Some(Vec::new()), Outcome::default());
                }
                Some(Outcome::default())
            }
            Step::Rewrite | Step::RewriteCutShort => {
                self.side.rewrite(*step == Step::Rewrite);
                Some(Outcome::default())
            }
            Step::Disconnect { client } => {
                let outcome = self.side.disconnect(*client);
                self.blocked[*client] = false;
                Some(self.take_in(*client, Some(Vec::new()), outcome))
            }
        }
    }

    /// Plays commands that change nothing. Whatever else somebody receives then is told of the last.
    pub(crate) fn look(&mut self, looks: &[Step]) -> Vec<Outcome> {
        let question = |step: &Step| match step {
            Step::Command { client, words } => Some((*client, self.normaliser.resolve(words))),
            _ => None,
        };
        let questions: Vec<_> = looks.iter().filter_map(question).collect();
        let answers = self.side.look(&questions);
        let taken_in = |((client, argv), answer)| self.take_in(client, Some(argv), answer);
        let mut outcomes: Vec<Outcome> = questions.into_iter().zip(answers).map(taken_in).collect();
        let mut delivered: Vec<_> = outcomes
            .iter_mut()
            .flat_map(|it| std::mem::take(&mut it.delivered))
            .collect();
        delivered.sort_by_key(|(client, _)| *client);
        if let Some(last) = outcomes.last_mut() {
            last.delivered = delivered;
        }
        outcomes
    }

    fn command(&mut self, client: usize, argv: Vec<Bytes>) -> Outcome {
        let outcome = self.side.command(client, &argv);
        self.blocked[client] = outcome.reply.is_none();
        self.take_in(client, Some(argv), outcome)
    }

    fn take_in(&mut self, client: usize, argv: Option<Vec<Bytes>>, outcome: Outcome) -> Outcome {
        for (client, _) in outcome.delivered.iter().filter(|(_, frame)| !is_push(frame)) {
            self.blocked[*client] = false;
        }
        self.normaliser.outcome(client, argv, outcome)
    }
}
