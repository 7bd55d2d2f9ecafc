//! Which keys one request of a client names together, or one connection must keep together: in a cluster they are of one
//! slot, or the request can never be executed.
//!
//! Read off the policies. What a client does step by step may be of any slots. Source:
//! <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags>.

use redelivery_engine::Bytes;
use redelivery_engine::cluster::named_keys;
use redelivery_engine::command::Subscription;

use super::policy::{
    Acknowledge, Administrator, Consumer, Dedup, Effect, Finish, Keeps, Mark, PutBack, Reader, ReaderFrom, Repairer,
    RestoreBy, Role, RouteOrder, Worker,
};
use super::{ClientIx, GroupIx, Message, Setup, keys};

impl Setup {
    /// Sets of keys that must be of one slot, for this client.
    pub fn keys_together(&self, client: ClientIx) -> Vec<Vec<Bytes>> {
        // A mark's key may have its hash tag from the message.
        let messages = (0..self.messages.len() as u32).map(Message);
        let mut sets = Vec::new();
        for set in messages.flat_map(|message| self.keys_together_for(client, message)) {
            if !sets.contains(&set) {
                sets.push(set);
            }
        }
        sets
    }

    fn keys_together_for(&self, client: ClientIx, message: Message) -> Vec<Vec<Bytes>> {
        match &self.client(client).role {
            Role::Consumer(policy) => self.of_consumer(policy, message),
            Role::Reader(policy) => self.of_reader(policy, message),
            Role::Repairer(policy) => self.of_repairer(policy),
            Role::Worker(policy) => self.of_worker(policy, message),
            Role::Reaper(policy) if in_one_step(policy.restore.by) => vec![self.of_list(policy.group)],
            Role::Publisher(policy) if policy.sharded => {
                let with_stream = |channel| policy.stores.iter().chain([channel]).cloned().collect();
                policy.channels.iter().map(with_stream).collect()
            }
            Role::Subscriber(policy) => {
                let sharded = policy
                    .names
                    .iter()
                    .filter(|(kind, _)| *kind == Subscription::ShardChannel);
                let names: Vec<Bytes> = sharded.map(|(_, name)| name.clone()).collect();
                let stream = policy.catches_up.iter().filter(|_| !names.is_empty());
                vec![names.iter().chain(stream).cloned().collect()]
            }
            Role::Administrator(policy) => of_administrator(policy),
            Role::Reaper(_) | Role::Publisher(_) | Role::Producer(_) | Role::Watcher(_) | Role::Mover(_) => Vec::new(),
        }
    }

    fn of_consumer(&self, policy: &Consumer, message: Message) -> Vec<Vec<Bytes>> {
        let stream = self.group(policy.group).key.clone();
        let mark = policy.dedup.map(|dedup| self.mark(policy.group, dedup, message));
        let atomic = policy.dedup.is_some_and(|dedup| dedup.mark == Mark::Atomic);
        let mut sets = Vec::new();
        if atomic || policy.acknowledge == Acknowledge::IfOwnerWatched {
            let effect = (policy.effect == Effect::Broker).then(|| keys::effect(self, policy.group, message));
            let finishes = policy.acknowledges_after_work() || policy.delete.is_some();
            let mark = mark.clone().filter(|_| atomic);
            let stream = Some(stream.clone()).filter(|_| finishes);
            sets.push(mark.into_iter().chain(effect).chain(stream).collect());
        }
        if let Some(dead_letter) = &policy.dead_letter
            && matches!(dead_letter.order, RouteOrder::Transaction | RouteOrder::Guarded)
        {
            let mark = mark.filter(|_| dead_letter.order == RouteOrder::Guarded);
            let both = [dead_letter.stream.clone(), stream];
            sets.push(both.into_iter().chain(mark).collect());
        }
        sets
    }

    fn mark(&self, group: GroupIx, dedup: Dedup, message: Message) -> Bytes {
        match dedup.ttl_ms {
            Some(_) => keys::mark(self, group, self.messages.key(message)),
            None => keys::marks(self, group),
        }
    }

    /// One that watches its position keeps the connection on which it does while it reads.
    fn of_reader(&self, policy: &Reader, message: Message) -> Vec<Vec<Bytes>> {
        if policy.from != ReaderFrom::Stored {
            return Vec::new();
        }
        let stream = self.group(policy.group).key.clone();
        let position = keys::position(self, policy.group);
        vec![vec![stream, position, keys::effect(self, policy.group, message)]]
    }

    fn of_repairer(&self, policy: &Repairer) -> Vec<Vec<Bytes>> {
        if !matches!(policy.order, PutBack::Transaction | PutBack::Watched) {
            return Vec::new();
        }
        let routes = self.clients.iter().filter_map(|client| match &client.role {
            Role::Consumer(consumer) => {
                let dead_letter = consumer.dead_letter.as_ref()?;
                (dead_letter.stream == policy.stream).then(|| self.group(consumer.group).key.clone())
            }
            _ => None,
        });
        routes.map(|stream| vec![policy.stream.clone(), stream]).collect()
    }

    fn of_worker(&self, policy: &Worker, message: Message) -> Vec<Vec<Bytes>> {
        let mut sets = Vec::new();
        if policy.keeps_items() && policy.keeps != Keeps::Circle {
            sets.push(self.of_list(policy.group));
        }
        if policy.marks_atomically() || policy.finish != Finish::StepByStep {
            let mark = policy.dedup.filter(|_| policy.marks_atomically());
            let mark = mark.map(|dedup| self.mark(policy.group, dedup, message));
            let effect = (policy.effect == Effect::Broker).then(|| keys::effect(self, policy.group, message));
            let place = policy.keeps_items().then(|| match policy.keeps {
                Keeps::Circle => self.group(policy.group).key.clone(),
                Keeps::Own | Keeps::Shared => keys::processing(self, policy.group),
            });
            let lock = policy.lock_ttl_ms.map(|_| keys::lock(self, policy.group, message));
            sets.push(mark.into_iter().chain(effect).chain(place).chain(lock).collect());
        }
        if policy.restore.is_some_and(|restore| in_one_step(restore.by)) {
            sets.push(self.of_list(policy.group));
        }
        sets
    }

    /// A list, and where its workers keep what they have taken from it.
    fn of_list(&self, list: GroupIx) -> Vec<Bytes> {
        vec![self.group(list).key.clone(), keys::processing(self, list)]
    }
}

fn in_one_step(by: RestoreBy) -> bool {
    match by {
        RestoreBy::Lmove | RestoreBy::Transaction | RestoreBy::Watched => true,
        RestoreBy::PushThenDelete | RestoreBy::DeleteThenPush => false,
    }
}

fn of_administrator(policy: &Administrator) -> Vec<Vec<Bytes>> {
    let named = policy.commands.iter().map(named_keys);
    match policy.transaction {
        true => vec![named.flatten().collect()],
        false => named.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::policy::{AddBy, AwaitReply, OnUnknown, Producer, When};
    use crate::setup::{ClientSetup, GroupKind, GroupSetup};
    use redelivery_engine::{Command, StreamId};

    fn setup(role: Role) -> Setup {
        let row = GroupSetup {
            kind: GroupKind::Reader,
            key: "orders".into(),
            name: "tail".into(),
            start: StreamId::MIN,
            exists: false,
        };
        Setup {
            groups: vec![row],
            messages: [Bytes::from("shop-1")].into_iter().collect(),
            clients: vec![ClientSetup {
                name: "it".into(),
                role,
            }],
            ..Setup::default()
        }
    }

    fn together(role: Role) -> Vec<Vec<Bytes>> {
        setup(role).keys_together(ClientIx(0))
    }

    #[test]
    fn a_transaction_names_all_that_is_in_it() {
        let commands = [["DEL", "a"], ["DEL", "b"]].map(|argv| Command::parse(&argv.map(Bytes::from)).expect("DEL"));
        let administrator = |transaction| {
            Role::Administrator(Administrator {
                commands: commands.to_vec(),
                transaction,
                after: None,
            })
        };
        assert_eq!(together(administrator(true)), [["a", "b"].map(Bytes::from).to_vec()]);
        assert_eq!(together(administrator(false)).len(), 2);
    }

    #[test]
    fn a_reader_that_stores_its_position_stays_where_it_watches() {
        let reader = |from| {
            Role::Reader(Reader {
                group: GroupIx(0),
                from,
                batch: 1,
                block_ms: 0,
            })
        };
        let keys = ["orders", "position:tail", "effect:tail:shop-1"].map(Bytes::from);
        assert_eq!(together(reader(ReaderFrom::Stored)), [keys.to_vec()]);
        assert!(together(reader(ReaderFrom::Beginning)).is_empty());
    }

    #[test]
    fn one_key_at_a_time_is_nobodys_concern() {
        let producer = Role::Producer(Producer {
            key: "orders".into(),
            by: AddBy::XAdd(None),
            messages: vec![Message(0)],
            when: When::Meanwhile,
            reply: AwaitReply::Wait,
            on_unknown: OnUnknown::Retry,
            wait: None,
            after: None,
        });
        assert!(together(producer).is_empty());
    }
}
