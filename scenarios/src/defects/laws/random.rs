//! Random commands of a few clients on one stream with two groups, two lists and a set: small enough to meet often.

use redelivery_engine::command::{
    AddId, Bound, GroupStart, ListEnd, Push, ReadFrom, XAdd, XAutoClaim, XClaim, XGroup, XReadGroup,
};
use redelivery_engine::{AutoIds, Broker, Bytes, ClientId, Command, Millis, Reply, StreamId};
use redelivery_model::client::Request;
use redelivery_model::defect::{Defect, Defective};
use redelivery_model::simulate::random::{Purpose, Stream};

use super::Look;

/// Commands in one run.
const COMMANDS: usize = 80;
/// Between two of them, in milliseconds.
const PAUSE_BELOW_MS: Millis = 8;
const MIN_IDLE_MS: Millis = 10;
const CLIENTS: u64 = 5;
/// Entries that commands name.
const IDS: u64 = 8;

const STREAM: &str = "orders";
const GROUPS: [&str; 2] = ["billing", "shipping"];
const CONSUMERS: [&str; 2] = ["ann", "bob"];

/// Does the run of a seed, and shows each of its commands.
pub(super) fn run(defect: Option<Defect>, seed: u64, show: &mut dyn FnMut(&Look<'_>)) {
    let mut random = Random(Stream::new(seed, Purpose::Order));
    let mut broker = Broker::with_auto_ids(AutoIds::Counter);
    let now_ms = 1_000;
    for group in GROUPS {
        let create = XGroup::Create {
            key: STREAM.into(),
            group: group.into(),
            start: GroupStart::After(StreamId::MIN),
            make_stream: true,
            entries_read: None,
        };
        broker.apply(ClientId(0), &Command::XGroup(create), now_ms);
    }
    let mut run = Run {
        broker: Defective::new(broker, defect),
        waiting: Vec::new(),
        highest: StreamId::MIN,
        now_ms,
    };
    for _ in 0..COMMANDS {
        run.now_ms += random.0.below(PAUSE_BELOW_MS);
        let who = ClientId(1 + random.0.below(CLIENTS));
        if !run.broker.broker().is_blocked(who) {
            run.apply(who, &random.command(), show);
        }
    }
    // At last the one who has waited longest goes, and something comes.
    if !run.waiting.is_empty() {
        let (gone, _) = run.waiting.remove(0);
        run.broker.disconnect(gone);
        run.apply(ClientId(0), &add(), show);
    }
}

/// A run as it stands.
struct Run {
    broker: Defective,
    /// The group of each client that waits, in the order in which they began.
    waiting: Vec<(ClientId, Bytes)>,
    /// The largest ID that XADD has given.
    highest: StreamId,
    now_ms: Millis,
}

impl Run {
    fn apply(&mut self, who: ClientId, command: &Command, show: &mut dyn FnMut(&Look<'_>)) {
        let before = self.broker.broker().clone();
        let (reply, answered) = self.broker.apply(who, &Request::One(command.clone()), self.now_ms);
        let served: Vec<ClientId> = answered.into_iter().map(|(who, _)| who).collect();
        show(&Look {
            before: &before,
            after: self.broker.broker(),
            command,
            reply: reply.as_ref(),
            waiting: &self.waiting,
            served: &served,
            highest: self.highest,
            now_ms: self.now_ms,
        });
        self.waiting.retain(|(who, _)| !served.contains(who));
        if let (None, Command::XReadGroup(read)) = (&reply, command) {
            self.waiting.push((who, read.group.clone()));
        }
        if let (Some(Reply::Bulk(id)), Command::XAdd(_)) = (&reply, command) {
            self.highest = self.highest.max(super::streams::id(id).unwrap_or_default());
        }
    }
}

fn add() -> Command {
    Command::XAdd(XAdd {
        key: STREAM.into(),
        create: true,
        trim: None,
        id: AddId::Auto,
        fields: vec!["key".into(), "value".into()],
    })
}

struct Random(Stream);

impl Random {
    fn one_of(&mut self, names: &[&'static str]) -> Bytes {
        names[self.0.index(names.len())].into()
    }

    fn id(&mut self) -> StreamId {
        StreamId::new(1 + self.0.below(IDS), 0)
    }

    fn min_idle_ms(&mut self) -> Millis {
        MIN_IDLE_MS * self.0.below(2)
    }

    fn command(&mut self) -> Command {
        let key = || Bytes::from(STREAM);
        match self.0.below(16) {
            0..3 => add(),
            3..6 => self.read(ReadFrom::New),
            6 => {
                let after = StreamId::new(self.0.below(2), 0);
                self.read(ReadFrom::After(after))
            }
            7 => Command::XAck {
                key: key(),
                group: self.one_of(&GROUPS),
                ids: vec![self.id()],
            },
            8 => Command::XClaim(XClaim {
                key: key(),
                group: self.one_of(&GROUPS),
                consumer: self.one_of(&CONSUMERS),
                min_idle_ms: self.min_idle_ms(),
                ids: vec![self.id()],
                idle: Default::default(),
                retry_count: None,
                force: false,
                just_id: self.0.one_in(3),
                last_id: None,
            }),
            9 | 10 => Command::XAutoClaim(XAutoClaim {
                key: key(),
                group: self.one_of(&GROUPS),
                consumer: self.one_of(&CONSUMERS),
                min_idle_ms: self.min_idle_ms(),
                start: Bound::Included(StreamId::MIN),
                count: Some(1 + self.0.below(2)),
                just_id: self.0.one_in(3),
            }),
            11 => Command::XDel {
                key: key(),
                ids: vec![self.id()],
            },
            12 => Command::XGroup(XGroup::DelConsumer {
                key: key(),
                group: self.one_of(&GROUPS),
                consumer: self.one_of(&CONSUMERS),
            }),
            13 => Command::SAdd {
                key: "marks".into(),
                members: vec![self.one_of(&["one", "two", "three"])],
            },
            14 => Command::Push(Push {
                key: "jobs".into(),
                elements: vec![self.one_of(&["one", "two", "three"])],
                end: ListEnd::Left,
                if_present: false,
            }),
            _ if self.0.one_in(2) => Command::Pop {
                key: "jobs".into(),
                end: ListEnd::Right,
                count: None,
            },
            _ => Command::RPopLPush {
                source: "jobs".into(),
                destination: "kept".into(),
            },
        }
    }

    fn read(&mut self, from: ReadFrom) -> Command {
        Command::XReadGroup(XReadGroup {
            group: self.one_of(&GROUPS),
            consumer: self.one_of(&CONSUMERS),
            count: Some(1 + self.0.below(2)),
            block: (from == ReadFrom::New && self.0.one_in(2)).then_some(0),
            noack: from == ReadFrom::New && self.0.one_in(4),
            streams: vec![(STREAM.into(), from)],
        })
    }
}
