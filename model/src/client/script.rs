//! Scripts: what a client asks for with EVAL. The broker executes all of one, and nothing in between.
//!
//! A script is written here twice: in Lua, in the docs of what it does, and as a function over the commands that it calls.
//! The world executes those on its broker, so that what a script brings about is told as if they had come one by one.
//! Source: <https://redis.io/docs/latest/develop/programmability/eval-intro/>.

use redelivery_engine::command::{AddId, Bound, PendingRange, XAdd, XClaim, XPending, XRange};
use redelivery_engine::{Bytes, Command, Millis, Reply, StreamId};

use crate::event::Event;
use crate::replies;
use crate::setup::{ClientIx, GROUP_FIELD, GroupIx, Message};
use crate::symmetry::Renaming;

/// A script with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Script {
    /// Takes over a pending entry.
    Claim(Box<Claim>),
    /// Does the work of a message, unless it is marked.
    Work(Box<Work>),
}

/// Sets a mark and, where it is new, does the work of a message, all of which is in the broker:
///
/// ```lua
/// if redis.call('SADD', KEYS[1], ARGV[1]) == 0 then return 0 end
/// redis.call('INCR', KEYS[2])
/// return 1
/// ```
///
/// A mark with a time to live is `SET … NX PX …`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Work {
    /// SADD, or SET with NX.
    pub mark: Command,
    /// INCR.
    pub apply: Command,
}

/// Tells of the work that a script has done: it began and ended while the client waited.
pub(super) fn tell_work(client: ClientIx, group: GroupIx, message: Message, tell: &mut dyn FnMut(Event)) {
    tell(Event::WorkStarted { client, group, message });
    tell(Event::WorkEnded {
        client,
        group,
        message,
        failed: false,
    });
}

/// Takes over one of the entries that have been idle for long enough; one that was delivered as often as it may be is
/// routed to the dead-letter stream and acknowledged instead:
///
/// ```lua
/// local rows = redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', ARGV[3], '-', '+', ARGV[4])
/// local row = rows[tonumber(ARGV[4])]
/// if not row then return false end
/// if row[4] < tonumber(ARGV[5]) then
///     return redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], row[1])
/// end
/// local entry = redis.call('XRANGE', KEYS[1], row[1], row[1])[1]
/// if entry then redis.call('XADD', KEYS[2], '*', 'key', entry[2][2], 'group', ARGV[1]) end
/// redis.call('XACK', KEYS[1], ARGV[1], row[1])
/// return redis.status_reply('ROUTED')
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    /// The stream.
    pub key: Bytes,
    /// Whose pending entry.
    pub group: Bytes,
    /// Who takes it over.
    pub consumer: Bytes,
    /// min-idle-time, in milliseconds.
    pub min_idle_ms: Millis,
    /// Which of the entries that are idle enough, by ID, from 1.
    pub nth: u16,
    /// Where entries go that were delivered so often; without it all are taken over.
    pub dead_letter: Option<(Bytes, u64)>,
}

impl Script {
    /// The same of others in their place.
    pub(super) fn renamed(&self, renaming: &Renaming) -> Self {
        match self {
            Self::Claim(claim) => {
                let Claim {
                    key,
                    group,
                    consumer,
                    min_idle_ms,
                    nth,
                    dead_letter,
                } = &**claim;
                Self::Claim(Box::new(Claim {
                    key: key.clone(),
                    group: group.clone(),
                    consumer: renaming.text(consumer),
                    min_idle_ms: *min_idle_ms,
                    nth: *nth,
                    dead_letter: dead_letter.clone(),
                }))
            }
            Self::Work(work) => {
                let Work { mark, apply } = &**work;
                Self::Work(Box::new(Work {
                    mark: mark.renamed(renaming),
                    apply: apply.renamed(renaming),
                }))
            }
        }
    }

    /// What it does, in a word, and its keys and arguments, as EVALSHA or FCALL would have them.
    pub fn words(&self) -> Vec<Bytes> {
        match self {
            Self::Claim(claim) => {
                let (name, dead) = match &claim.dead_letter {
                    Some(dead) => ("claim-or-route", Some(dead)),
                    None => ("claim", None),
                };
                let number = |number: u64| Bytes::from(number.to_string());
                let keys = 1 + u64::from(dead.is_some());
                let mut words = vec![Bytes::from(name), number(keys), claim.key.clone()];
                words.extend(dead.map(|(stream, _)| stream.clone()));
                words.extend([claim.group.clone(), claim.consumer.clone()]);
                words.extend([number(claim.min_idle_ms), number(claim.nth.into())]);
                words.extend(dead.map(|(_, limit)| number(*limit)));
                words
            }
            Self::Work(work) => {
                let mark = work.mark.to_argv().into_iter().skip(1);
                let apply = work.apply.to_argv().into_iter().skip(1);
                [Bytes::from("mark-and-work")]
                    .into_iter()
                    .chain(mark)
                    .chain(apply)
                    .collect()
            }
        }
    }

    /// The commands that it may call, as far as they are known beforehand: their keys are, their IDs and fields are not.
    pub fn commands(&self) -> Vec<Command> {
        match self {
            Self::Claim(claim) => {
                let (key, group) = (claim.key.clone(), claim.group.clone());
                let routed = claim.dead_letter.as_ref().map(|(stream, _)| {
                    [
                        Command::XAdd(letter(stream.clone(), Vec::new())),
                        Command::XAck {
                            key,
                            group,
                            ids: Vec::new(),
                        },
                    ]
                });
                let claimed = [claim.look(), claim.take(Vec::new())];
                claimed.into_iter().chain(routed.into_iter().flatten()).collect()
            }
            Self::Work(work) => vec![work.mark.clone(), work.apply.clone()],
        }
    }

    /// Runs it: `call` executes a command and answers it. An error ends a script and is its answer.
    pub fn run(&self, call: &mut dyn FnMut(Command) -> Reply) -> Reply {
        let mut call = |command| match call(command) {
            reply if reply.is_error() => Err(reply),
            reply => Ok(reply),
        };
        let answer = match self {
            Self::Claim(claim) => claim.run(&mut call),
            Self::Work(work) => work.run(&mut call),
        };
        answer.unwrap_or_else(|error| error)
    }
}

type Call<'a> = dyn FnMut(Command) -> Result<Reply, Reply> + 'a;

impl Work {
    fn run(&self, call: &mut Call<'_>) -> Result<Reply, Reply> {
        if !super::marks::is_new(&call(self.mark.clone())?) {
            return Ok(Reply::Integer(0));
        }
        call(self.apply.clone())?;
        Ok(Reply::Integer(1))
    }
}

impl Claim {
    fn run(&self, call: &mut Call<'_>) -> Result<Reply, Reply> {
        let rows = replies::pending_rows(&call(self.look())?);
        let Some(row) = usize::from(self.nth).checked_sub(1).and_then(|place| rows.get(place)) else {
            return Ok(Reply::Null);
        };
        let (stream, limit) = match &self.dead_letter {
            Some((stream, limit)) => (stream, *limit),
            None => return call(self.take(vec![row.id])),
        };
        if row.deliveries < limit {
            return call(self.take(vec![row.id]));
        }
        let found = call(Command::XRange(XRange {
            key: self.key.clone(),
            start: Bound::Included(row.id),
            end: Bound::Included(row.id),
            count: None,
            reverse: false,
        }))?;
        // What was deleted from the stream has nothing to route.
        if let Some(fields) = replies::entries(&found).first().and_then(|entry| entry.fields.as_ref()) {
            let mut fields: Vec<Bytes> = fields.iter().take(2).cloned().collect();
            fields.extend([Bytes::from(GROUP_FIELD), self.group.clone()]);
            call(Command::XAdd(letter(stream.clone(), fields)))?;
        }
        call(Command::XAck {
            key: self.key.clone(),
            group: self.group.clone(),
            ids: vec![row.id],
        })?;
        Ok(Reply::Status("ROUTED".into()))
    }

    fn look(&self) -> Command {
        Command::XPending(XPending {
            key: self.key.clone(),
            group: self.group.clone(),
            range: Some(PendingRange {
                min_idle_ms: self.min_idle_ms,
                start: Bound::Included(StreamId::MIN),
                end: Bound::Included(StreamId::MAX),
                count: self.nth.into(),
                consumer: None,
            }),
        })
    }

    fn take(&self, ids: Vec<StreamId>) -> Command {
        Command::XClaim(XClaim {
            key: self.key.clone(),
            group: self.group.clone(),
            consumer: self.consumer.clone(),
            min_idle_ms: self.min_idle_ms,
            ids,
            idle: Default::default(),
            retry_count: None,
            force: false,
            just_id: false,
            last_id: None,
        })
    }
}

fn letter(stream: Bytes, fields: Vec<Bytes>) -> XAdd {
    XAdd {
        key: stream,
        create: true,
        trim: None,
        id: AddId::Auto,
        fields,
    }
}

#[cfg(test)]
mod tests {
    use redelivery_engine::{Broker, ClientId};

    use super::*;

    const NOW_MS: Millis = 1_000_000;

    fn parse(line: &str) -> Command {
        let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
        Command::parse(&argv).expect(line)
    }

    fn ask(broker: &mut Broker, line: &str, now_ms: Millis) -> String {
        format!("{:?}", broker.apply(ClientId(0), &parse(line), now_ms))
    }

    /// Three entries, of which `a` has read two half a minute ago.
    fn broker() -> Broker {
        let mut broker = Broker::new();
        for line in [
            "XGROUP CREATE s g 0 MKSTREAM",
            "XADD s 1-0 key m1",
            "XADD s 2-0 key m2",
            "XADD s 3-0 key m3",
            "XREADGROUP GROUP g a COUNT 2 STREAMS s >",
        ] {
            ask(&mut broker, line, NOW_MS);
        }
        broker
    }

    fn claim(nth: u16, dead_letter: Option<u64>) -> Script {
        Script::Claim(Box::new(Claim {
            key: "s".into(),
            group: "g".into(),
            consumer: "b".into(),
            min_idle_ms: 30_000,
            nth,
            dead_letter: dead_letter.map(|limit| ("dead".into(), limit)),
        }))
    }

    /// Runs a script; answers its reply and the names of the commands that it called.
    fn run(broker: &mut Broker, script: &Script, now_ms: Millis) -> (Reply, Vec<String>) {
        let mut called = Vec::new();
        let reply = script.run(&mut |command| {
            called.push(command.to_argv()[0].to_string());
            broker.apply(ClientId(0), &command, now_ms).expect("nothing waits")
        });
        (reply, called)
    }

    fn claimed(reply: &Reply) -> Vec<StreamId> {
        replies::entries(reply).iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn the_nth_idle_entry_is_claimed() {
        let later_ms = NOW_MS + 30_000;
        for nth in [1, 2] {
            let (reply, called) = run(&mut broker(), &claim(nth, None), later_ms);
            assert_eq!(claimed(&reply), [StreamId::new(nth.into(), 0)]);
            assert_eq!(called, ["XPENDING", "XCLAIM"]);
        }
        for (nth, now_ms) in [(0, later_ms), (3, later_ms), (1, later_ms - 1)] {
            let (reply, called) = run(&mut broker(), &claim(nth, Some(2)), now_ms);
            assert_eq!((reply, called), (Reply::Null, vec!["XPENDING".to_owned()]), "{nth}");
        }
    }

    #[test]
    fn what_was_delivered_often_enough_is_routed_and_acknowledged() {
        let mut broker = broker();
        let (reply, _) = run(&mut broker, &claim(1, Some(2)), NOW_MS + 30_000);
        assert_eq!(claimed(&reply), [StreamId::new(1, 0)], "once is not twice");
        let (reply, called) = run(&mut broker, &claim(1, Some(1)), NOW_MS + 60_000);
        assert_eq!(reply, Reply::Status("ROUTED".into()));
        assert_eq!(called, ["XPENDING", "XRANGE", "XADD", "XACK"]);
        let dead = ask(&mut broker, "XRANGE dead - +", NOW_MS);
        assert!(
            ["key", "m1", "group", "g"].iter().all(|word| dead.contains(word)),
            "{dead}"
        );
        let group = broker
            .stream(b"s")
            .and_then(|stream| stream.group(b"g"))
            .expect("it is there");
        let pending: Vec<StreamId> = group.pending().map(|(id, _)| id).collect();
        assert_eq!(pending, [StreamId::new(2, 0)]);
    }

    #[test]
    fn a_deleted_entry_leaves_no_letter() {
        let mut broker = broker();
        ask(&mut broker, "XDEL s 1-0", NOW_MS);
        let (_, called) = run(&mut broker, &claim(1, Some(1)), NOW_MS + 30_000);
        assert_eq!(called, ["XPENDING", "XRANGE", "XACK"]);
        assert!(broker.stream(b"dead").is_none());
    }

    #[test]
    fn an_error_ends_a_script() {
        let mut broker = Broker::new();
        let (reply, called) = run(&mut broker, &claim(1, None), NOW_MS);
        assert!(replies::is_no_group(&reply));
        assert_eq!(called, ["XPENDING"]);
    }

    #[test]
    fn a_marked_message_has_one_effect() {
        let mut broker = Broker::new();
        for mark in ["SADD done m1", "SET done:m1 1 NX PX 500"] {
            let script = Script::Work(Box::new(Work {
                mark: parse(mark),
                apply: parse("INCR effect"),
            }));
            let replies = [NOW_MS, NOW_MS + 1].map(|now_ms| run(&mut broker, &script, now_ms).0);
            assert_eq!(replies, [Reply::Integer(1), Reply::Integer(0)], "{mark}");
        }
        assert!(ask(&mut broker, "GET effect", NOW_MS).contains('2'), "one of each mark");
    }

    #[test]
    fn keys_are_known_beforehand() {
        let keys = |script| super::super::Request::Script(script).keys().collect::<Vec<_>>();
        assert_eq!(keys(claim(1, Some(2))), ["s", "s", "dead", "s"].map(Bytes::from));
        assert_eq!(keys(claim(1, None)), ["s", "s"].map(Bytes::from));
    }
}
