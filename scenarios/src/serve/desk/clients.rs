//! CLIENT LIST, INFO and KILL: all connections. Source: <https://redis.io/docs/latest/commands/client-list/>,
//! <https://redis.io/docs/latest/commands/client-kill/>.

use redelivery_engine::command::Subscription;
use redelivery_engine::errors::{SYNTAX, fixed, quoting};
use redelivery_engine::resp::Version;
use redelivery_engine::{Bytes, ClientId, Millis, Reply};

use super::client::Client;
use super::letter::What;
use super::{Desk, number};

const NO_ID: Reply = fixed("ERR Invalid client ID");
const NO_ID_TO_KILL: Reply = fixed("ERR client-id should be greater than 0");
const NO_AGE: Reply = fixed("ERR maxage is not an integer or out of range");
const NOBODY: Reply = fixed("ERR No such client");

/// `CLIENT LIST [TYPE type] [ID id …]`.
pub(super) fn list(desk: &mut Desk, _client: ClientId, argv: &[Bytes], now: Millis) -> Reply {
    let chosen = match &argv[2..] {
        [] => Chosen::All,
        [option, kind] if option.eq_ignore_ascii_case(b"type") => match Kind::of(kind) {
            Ok(kind) => Chosen::Kind(kind),
            Err(refusal) => return refusal,
        },
        [option, ids @ ..] if option.eq_ignore_ascii_case(b"id") && !ids.is_empty() => {
            match ids
                .iter()
                .map(|id| number(id).filter(|id| *id > 0))
                .collect::<Option<Vec<i64>>>()
            {
                Some(ids) => Chosen::Ids(ids),
                None => return NO_ID,
            }
        }
        _ => return SYNTAX,
    };
    let is_chosen = |id: ClientId, known: &Client| match &chosen {
        Chosen::All => true,
        Chosen::Kind(kind) => desk.kind(id, known) == *kind,
        Chosen::Ids(ids) => ids.contains(&id.0.cast_signed()),
    };
    let listed = desk.clients.iter().filter(|(id, known)| is_chosen(**id, known));
    let lines = listed.map(|(&id, known)| desk.line(id, known, now) + "\n");
    Reply::Verbatim(lines.collect::<String>().into())
}

enum Chosen {
    All,
    Kind(Kind),
    Ids(Vec<i64>),
}

/// `CLIENT INFO`.
pub(super) fn info(desk: &mut Desk, client: ClientId, _argv: &[Bytes], now: Millis) -> Reply {
    Reply::Verbatim((desk.line(client, desk.client(client), now) + "\n").into())
}

/// What a client is to a server; none here is a master or a replica.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Normal,
    Master,
    Replica,
    PubSub,
}

impl Kind {
    fn of(word: &[u8]) -> Result<Self, Reply> {
        match &*word.to_ascii_lowercase() {
            b"normal" => Ok(Self::Normal),
            b"master" => Ok(Self::Master),
            b"replica" | b"slave" => Ok(Self::Replica),
            b"pubsub" => Ok(Self::PubSub),
            _ => Err(quoting(&[b"ERR Unknown client type '", word, b"'"])),
        }
    }
}

/// Whom CLIENT KILL means.
#[derive(Default)]
struct Filter {
    id: Option<i64>,
    address: Option<Bytes>,
    local_address: Option<Bytes>,
    kind: Option<Kind>,
    seconds: Option<u64>,
    spares_nobody: bool,
}

/// `CLIENT KILL address`, or with filters.
pub(super) fn kill(desk: &mut Desk, client: ClientId, argv: &[Bytes], now: Millis) -> Reply {
    if let [_, _, address] = argv {
        let filter = Filter {
            address: Some(address.clone()),
            spares_nobody: true,
            ..Filter::default()
        };
        return match desk.kill(client, &filter, now) {
            0 => NOBODY,
            _ => Reply::OK,
        };
    }
    match filter(&argv[2..]) {
        Ok(filter) => Reply::Integer(desk.kill(client, &filter, now)),
        Err(refusal) => refusal,
    }
}

fn filter(mut rest: &[Bytes]) -> Result<Filter, Reply> {
    let mut filter = Filter::default();
    while let [option, value, further @ ..] = rest {
        match &*option.to_ascii_lowercase() {
            b"id" => filter.id = Some(number(value).filter(|id| *id > 0).ok_or(NO_ID_TO_KILL)?),
            b"addr" => filter.address = Some(value.clone()),
            b"laddr" => filter.local_address = Some(value.clone()),
            b"type" => filter.kind = Some(Kind::of(value)?),
            b"maxage" => {
                let seconds = number(value).ok_or(NO_AGE)?;
                filter.seconds = Some(u64::try_from(seconds).map_err(|_| NO_AGE)?);
            }
            b"user" if **value == *b"default" => {}
            b"user" => return Err(quoting(&[b"ERR No such user '", value, b"'"])),
            b"skipme" => {
                filter.spares_nobody = match &*value.to_ascii_lowercase() {
                    b"yes" => false,
                    b"no" => true,
                    _ => return Err(SYNTAX),
                }
            }
            _ => return Err(SYNTAX),
        }
        rest = further;
    }
    if rest.is_empty() { Ok(filter) } else { Err(SYNTAX) }
}

impl Desk {
    /// Closes the connections that are meant; answers how many. Whoever says so is told before its own is closed.
    fn kill(&mut self, by: ClientId, filter: &Filter, now: Millis) -> i64 {
        let is = |wanted: &Option<Bytes>, address: String| wanted.as_ref().is_none_or(|it| **it == *address.as_bytes());
        let is_meant = |&(&id, known): &(&ClientId, &Client)| {
            filter.id.is_none_or(|wanted| wanted == id.0.cast_signed())
                && is(&filter.address, known.peer.to_string())
                && is(&filter.local_address, self.place(known))
                && filter.kind.is_none_or(|kind| self.kind(id, known) == kind)
                && filter
                    .seconds
                    .is_none_or(|seconds| (now - known.connected_at.min(now)) / 1000 >= seconds)
                && (filter.spares_nobody || id != by)
        };
        let meant = self.clients.iter().filter(is_meant).map(|(&id, _)| id);
        let meant: Vec<ClientId> = meant.collect();
        for &client in &meant {
            if client == by {
                self.client_mut(client).is_leaving = true;
            } else {
                self.post(client, What::Close);
            }
        }
        meant.len() as i64
    }

    fn kind(&self, client: ClientId, known: &Client) -> Kind {
        match self.nodes.of(known.node).is_subscribed(client) {
            true => Kind::PubSub,
            false => Kind::Normal,
        }
    }

    /// Where a client has connected to.
    fn place(&self, known: &Client) -> String {
        let address = self.options.addresses.get(usize::from(known.node.0));
        address.map(ToString::to_string).unwrap_or_default()
    }

    /// What is told of a client. A server tells also how large its buffers are: here they are the threads', and count 0.
    fn line(&self, client: ClientId, known: &Client, now: Millis) -> String {
        let broker = self.nodes.of(known.node);
        let seconds = |since: Millis| now.saturating_sub(since) / 1000;
        let count = |kind| broker.subscriptions(client, kind);
        let mut flags: String = [
            (known.is_monitor, 'O'),
            (broker.is_subscribed(client), 'P'),
            (broker.queued(client).is_some(), 'x'),
            (known.is_blocked, 'b'),
        ]
        .into_iter()
        .filter_map(|(holds, flag)| holds.then_some(flag))
        .collect();
        if flags.is_empty() {
            flags.push('N');
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        format!(
            "id={} addr={} laddr={} fd={} name={} age={} idle={} flags={flags} db={} sub={} psub={} ssub={} multi={} \
             watch={} qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem={} events=r cmd={} \
             user=default redir=-1 resp={} lib-name={} lib-ver={} io-thread={} tot-net-in={} tot-net-out={} tot-cmds={}",
            client.0,
            known.peer,
            self.place(known),
            known.socket,
            text(&known.name),
            seconds(known.connected_at),
            seconds(known.last_request),
            broker.database(client).index(),
            count(Subscription::Channel),
            count(Subscription::Pattern),
            count(Subscription::ShardChannel),
            broker.queued(client).map_or(-1, |queued| queued as i64),
            broker.watched(client),
            size_of::<Client>(),
            known.last_command(),
            if known.version == Version::Resp3 { 3 } else { 2 },
            text(&known.library.0),
            text(&known.library.1),
            known.thread,
            known.traffic.0,
            known.traffic.1,
            known.commands,
        )
    }
}
