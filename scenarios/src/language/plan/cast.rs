//! Who takes part in one way: tables expanded to clients, producers to messages.

use redelivery_engine::Bytes;
use redelivery_model::setup::{Message, Messages};

use super::Way;
use crate::language::diagnostic::{Mistake, Mistakes};
use crate::language::grammar::{Counts, File};
use crate::language::located::Located;

/// More clients than that are a slip.
const MAX_CLIENTS: u64 = 64;

/// The clients of one way, in the order of the file, and all their messages.
pub(super) struct Cast {
    pub(super) members: Vec<Member>,
    pub(super) messages: Messages,
}

/// One client.
pub(super) struct Member {
    /// `worker`, or `worker-1` of several.
    pub(super) name: String,
    /// `worker`.
    pub(super) table: String,
    /// What it adds.
    pub(super) messages: Vec<Message>,
}

/// A table of clients before it is expanded.
struct Table<'a> {
    name: &'a Located<String>,
    count: u64,
    /// Of each client, and where their number stands.
    messages: Option<Located<u64>>,
}

impl Cast {
    /// Expands a file's tables; nothing when there would be too many of something.
    pub(super) fn new(file: &File, way: &Way<'_>, mistakes: &mut Mistakes) -> Option<Self> {
        let tables = tables(file, way);
        let clients = tables.iter().map(|table| table.count).sum::<u64>();
        if let Some(last) = tables.last().filter(|_| clients > MAX_CLIENTS) {
            mistakes.add(
                Mistake::at(
                    &last.name.span,
                    format!("{clients} clients are too many for {}", way.doing),
                )
                .label(format!("with this table there are {clients}"))
                .help(format!("there may be {MAX_CLIENTS}")),
            );
            return None;
        }
        let in_table = |table: &Table<'_>| {
            table
                .messages
                .as_ref()
                .map_or(0, |messages| messages.value * table.count)
        };
        let messages = tables.iter().map(in_table).sum::<u64>();
        if messages > way.max_messages {
            let largest = tables.iter().max_by_key(|table| in_table(table))?;
            mistakes.add(
                Mistake::at(
                    &largest.messages.as_ref()?.span,
                    format!("{messages} messages are too many for {}", way.doing),
                )
                .help(format!("there may be {}", way.max_messages)),
            );
            return None;
        }
        Some(Self::expand(&tables))
    }

    fn expand(tables: &[Table<'_>]) -> Self {
        let mut members = Vec::new();
        let mut keys = Vec::new();
        for table in tables {
            for instance in 1..=table.count {
                let name = match table.count {
                    1 => table.name.value.clone(),
                    _ => format!("{}-{instance}", table.name.value),
                };
                let number = table.messages.as_ref().map_or(0, |messages| messages.value);
                let messages = (1..=number).zip(keys.len() as u32..);
                members.push(Member {
                    messages: messages.clone().map(|(_, place)| Message(place)).collect(),
                    table: table.name.value.clone(),
                    name: name.clone(),
                });
                keys.extend(messages.map(|(number, _)| Bytes::from(format!("{name}-{number}"))));
            }
        }
        Self {
            members,
            messages: keys.into_iter().collect(),
        }
    }
}

fn tables<'a>(file: &'a File, way: &Way<'_>) -> Vec<Table<'a>> {
    let count = |name: &str, count: Option<&Counts>| way.count.get(name).or(count).map_or(1, |count| count.0);
    let mut tables = Vec::new();
    let producers = file.producer.iter();
    let producers = producers.map(|(name, table)| (name, table.count.as_ref(), &table.messages));
    let publishers = file.publisher.iter();
    let publishers = publishers.map(|(name, table)| (name, table.count.as_ref(), &table.messages));
    tables.extend(producers.chain(publishers).map(|(name, own_count, own_messages)| {
        let messages = way.messages.get(name).unwrap_or(own_messages);
        Table {
            name,
            count: count(name, own_count),
            messages: Some(Located {
                value: messages.0,
                span: messages.span.clone(),
            }),
        }
    }));
    tables.extend(file.consumer.iter().map(|(name, consumer)| Table {
        name,
        count: count(name, consumer.count.as_ref()),
        messages: None,
    }));
    tables.extend(file.worker.iter().map(|(name, worker)| Table {
        name,
        count: count(name, worker.count.as_ref()),
        messages: None,
    }));
    tables.extend(file.singles().map(|name| Table {
        name,
        count: 1,
        messages: None,
    }));
    tables.sort_by_key(|table| table.name.span.start);
    tables
}
