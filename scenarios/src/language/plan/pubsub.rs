//! `[publisher.…]` and `[subscriber.…]` become policies.

use redelivery_engine::command::Subscription;
use redelivery_engine::{Bytes, glob};
use redelivery_model::client::subscriber::NAMES_MAX;
use redelivery_model::setup::policy::{self, OnNobody, Role, When};
use redelivery_model::setup::{GroupIx, GroupKind, GroupSetup};

use super::cast::Member;
use super::roles::stream;
use super::{Common, cluster, names};
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{File, Protocol, Publisher, Subscriber};
use crate::language::located::Located;

/// The role of a client of one of these tables.
pub(super) fn role(common: &Common<'_>, member: &Member, mistakes: &mut Mistakes) -> Option<Role> {
    let (file, name) = (common.file, &member.table);
    if let Some(table) = file.publisher.get(name) {
        return Some(Role::Publisher(publisher(common, table, member, mistakes)));
    }
    let mut subscribers = file.subscriber.iter();
    let (name, table) = subscribers.find(|(known, _)| known.value == *name)?;
    Some(Role::Subscriber(subscriber(common, name, table, mistakes)))
}

fn publisher(common: &Common<'_>, table: &Publisher, member: &Member, mistakes: &mut Mistakes) -> policy::Publisher {
    if table.channels.is_empty() {
        mistakes.add(Mistake::at(&table.channels.span, "there is no channel"));
    }
    let on_nobody = table.on_nobody.as_ref().map(|word| word.value).unwrap_or_default();
    if let (OnNobody::Retry, Some(word), Some(stores)) = (on_nobody, &table.on_nobody, &table.stores) {
        mistakes.add(
            Mistake::at(&word.span, "what is published again would be stored again")
                .and(&stores.span, "stored here")
                .help("leave one of them out: what is stored can be read by whoever comes later".to_owned()),
        );
    }
    policy::Publisher {
        channels: table.channels.iter().map(bytes).collect(),
        sharded: cluster::is_sharded(common.file, &table.sharded, mistakes),
        messages: member.messages.clone(),
        reply: table.reply,
        on_unknown: table.on_unknown,
        on_nobody,
        poll_ms: table.poll.map_or(1_000, |poll| poll.0),
        stores: table.stores.as_ref().map(|name| stream(common, name, mistakes)),
    }
}

fn subscriber(
    common: &Common<'_>,
    name: &Located<String>,
    table: &Subscriber,
    mistakes: &mut Mistakes,
) -> policy::Subscriber {
    check(common.file, name, table, mistakes);
    let kind = match cluster::is_sharded(common.file, &table.sharded, mistakes) {
        true => Subscription::ShardChannel,
        false => Subscription::Channel,
    };
    cluster::check_subscriber(common.file, table, mistakes);
    let channels = table.channels.iter().map(|name| (kind, bytes(name)));
    let patterns = table.patterns.iter().map(|name| (Subscription::Pattern, bytes(name)));
    let own = |row: &GroupSetup| row.kind == GroupKind::Subscriber && *row.name == *name.as_bytes();
    let place = common.groups.iter().position(own);
    policy::Subscriber {
        group: place
            .and_then(|place| u16::try_from(place).ok())
            .map_or(GroupIx(0), GroupIx),
        names: channels.chain(patterns).collect(),
        when: table.when.unwrap_or(When::Beforehand),
        resp3: table.protocol == Protocol::Resp3,
        confirmation: table.confirmation,
        subscribes: table.subscribes,
        resubscribes: table.resubscribes,
        on_slot_moved: table.on_slot_moved.as_ref().map(|word| word.value).unwrap_or_default(),
        catches_up: table.catches_up.as_ref().map(|name| stream(common, name, mistakes)),
        drops_duplicates: table.drops_duplicates,
        leaves_after: table.leaves_after.map(|messages| messages.0 as u32),
        ping_ms: table.ping.as_ref().map(|every| every.0),
    }
}

fn check(file: &File, name: &Located<String>, table: &Subscriber, mistakes: &mut Mistakes) {
    let names = || table.channels.iter().chain(&table.patterns);
    if names().next().is_none() {
        let help = "give it `channels = [\"news\"]` or `patterns = [\"news-*\"]`";
        mistakes.add(Mistake::at(&name.span, "this subscriber subscribes to nothing").help(help.to_owned()));
    }
    if let Some(one_more) = names().nth(NAMES_MAX) {
        let help = format!("a subscriber may have {NAMES_MAX} channels and patterns");
        mistakes.add(Mistake::at(&one_more.span, "this is one name too many").help(help));
    }
    for list in [&table.channels, &table.patterns] {
        for (place, name) in list.iter().enumerate() {
            if let Some(before) = list[..place].iter().find(|other| other.value == name.value) {
                let message = format!("`{}` is named twice", name.value);
                mistakes.add(Mistake::at(&name.span, message).and(&before.span, "first here"));
            }
        }
    }
    let published: Vec<&str> = file
        .publisher
        .iter()
        .flat_map(|(_, publisher)| publisher.channels.iter().map(|channel| channel.as_str()))
        .collect();
    for channel in table.channels.iter().filter(|name| !published.contains(&name.as_str())) {
        mistakes.add(names::unknown("channel", channel, published.iter().copied()).label("nobody publishes to it"));
    }
    for pattern in &table.patterns {
        let matches = |channel: &&str| glob::matches(pattern.as_bytes(), channel.as_bytes());
        if !published.iter().any(matches) {
            let message = format!("no channel that somebody publishes to matches `{}`", pattern.value);
            mistakes.add(Mistake::at(&pattern.span, message));
        }
    }
    if let (Some(stream), Protocol::Resp2) = (&table.catches_up, table.protocol) {
        mistakes.add(
            Mistake::at(&stream.span, "in RESP2 a subscriber may not read a stream")
                .help("write `protocol = \"resp3\"`".to_owned()),
        );
    }
    let stores = |stream: &str| {
        let mut publishers = file.publisher.iter();
        publishers.any(|(_, table)| table.stores.as_ref().is_some_and(|stored| *stored.value == *stream))
    };
    let known = |stream: &&Located<String>| file.stream.get(stream).is_some();
    if let Some(stream) = table.catches_up.as_ref().filter(known).filter(|stream| !stores(stream)) {
        mistakes.add(
            Mistake::at(
                &stream.span,
                format!("no publisher stores its messages in `{}`", stream.value),
            )
            .help(format!("give one `stores = \"{}\"`", stream.value)),
        );
    }
}

fn bytes(name: &Located<String>) -> Bytes {
    Bytes::from(name.as_str())
}
