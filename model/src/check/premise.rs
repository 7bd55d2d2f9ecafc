//! What must have happened for it to say something that nothing broke a claim.
//!
//! No entry of a group is lost if nobody adds one; nobody overlaps with the only consumer. Each claim names its
//! premises ([`CheckSpec::presumes`]); [`Premises`] hears the events of all runs and notes which were met, in which group.
//! Whoever finds one missing says *unknown*, never *holds*. Where all runs are told at once (exploring) what two grants
//! presume may come of two runs: which run a transition belongs to is nowhere written.

use redelivery_engine::{Bytes, StreamId};

use super::CheckSpec;
use super::small_map::SmallMap;
use crate::event::Event;
use crate::setup::{ClientIx, GroupIx, GroupKind, Message, Setup};
use crate::symmetry::Symmetry;

/// Something that must have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter, strum::IntoStaticStr, strum::VariantNames)]
pub enum Premise {
    /// An entry was added that the group should get.
    Added,
    /// A producer learnt the ID of such an entry.
    Promised,
    /// An entry of the group became pending.
    Pending,
    /// Entries of the group became pending for two consumers.
    PendingForTwo,
    /// A consumer of the group was granted two entries; or two items were taken from the list.
    GrantedTwo,
    /// An item was taken from a list.
    Taken,
    /// Somebody of the group worked.
    Work,
    /// Two clients of the group worked.
    WorkOfTwo,
    /// The group's work had an effect.
    Effect,
    /// A message was dead-lettered.
    DeadLetter,
    /// A watcher raised its alarm.
    Alarm,
    /// The check's own stream or list held an entry.
    Stored,
    /// An item was pushed to a list.
    Pushed,
    /// A subscriber was handed a message.
    Handed,
    /// A subscriber's connection was closed, or a node ended its subscription.
    Disconnected,
    /// A message was published.
    Published,
}

/// Where a premise must be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// In each group, and by each reader without one.
    EachGroup,
    /// In each group that the broker knows: readers own nothing.
    EachOwner,
    /// By each subscriber.
    EachSubscriber,
    /// In one of them: the others may have none of it by design.
    Somewhere,
    /// In the check's own stream.
    Stream,
    /// Whoever it was.
    Anywhere,
}

impl CheckSpec {
    /// What must have happened; otherwise that nothing broke the claim says nothing.
    pub fn presumes(&self) -> &'static [Premise] {
        match self {
            Self::AtMostOnce => &[Premise::Effect],
            Self::AtLeastOnce { .. } => &[Premise::Promised],
            Self::ExactlyOnce { .. } => &[Premise::Promised, Premise::Effect],
            Self::SingleOwner { .. } => &[Premise::Pending, Premise::PendingForTwo],
            Self::NoOverlappingWork => &[Premise::Work, Premise::WorkOfTwo],
            Self::NoClaimBeforeWork => &[Premise::Pending, Premise::PendingForTwo],
            Self::DeadLetter { .. } | Self::NothingAfterDeadLetter => &[Premise::DeadLetter],
            Self::RunLimit { .. } => &[Premise::Work],
            Self::Noticed => &[Premise::Promised, Premise::Alarm],
            Self::PendingList => &[Premise::Pending],
            Self::Order => &[Premise::GrantedTwo],
            Self::FanOut | Self::Settles => &[Premise::Added],
            Self::Conservation => &[Premise::Pushed, Premise::Taken],
            Self::Bounded { .. } => &[Premise::Stored],
            Self::Delivery => &[Premise::Handed],
            Self::Subscribed => &[Premise::Disconnected],
            Self::BusLimit { .. } => &[Premise::Published],
        }
    }
}

impl Premise {
    /// What is to be said when it was never met.
    pub fn never(self) -> &'static str {
        match self {
            Self::Added => "no entry was ever added",
            Self::Promised => "no producer ever learnt the ID of an entry",
            Self::Pending => "no entry ever became pending",
            Self::PendingForTwo => "entries never became pending for two consumers",
            Self::GrantedTwo => "no consumer was ever granted two entries",
            Self::Taken => "no item was ever taken",
            Self::Work => "nobody ever worked",
            Self::WorkOfTwo => "no two clients ever worked",
            Self::Effect => "work never had an effect",
            Self::DeadLetter => "no message was ever dead-lettered",
            Self::Alarm => "no alarm was ever raised",
            Self::Stored => "the stream or list never held an entry",
            Self::Pushed => "no item was ever pushed",
            Self::Handed => "no subscriber was ever handed a message",
            Self::Disconnected => "no subscriber's connection was ever closed",
            Self::Published => "no message was ever published",
        }
    }

    fn scope(self) -> Scope {
        match self {
            Self::Added | Self::Promised | Self::GrantedTwo | Self::Work | Self::WorkOfTwo | Self::Effect => {
                Scope::EachGroup
            }
            Self::Pending | Self::PendingForTwo => Scope::EachOwner,
            Self::Taken | Self::DeadLetter | Self::Alarm | Self::Pushed | Self::Disconnected => Scope::Somewhere,
            Self::Handed => Scope::EachSubscriber,
            Self::Stored => Scope::Stream,
            Self::Published => Scope::Anywhere,
        }
    }
}

/// A premise that was never met, and in which group, where each must meet it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// What never happened.
    pub premise: Premise,
    /// The group.
    pub group: Option<GroupIx>,
}

/// Which premises were met so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Premises {
    /// By group.
    groups: Vec<Met>,
    /// Streams that held an entry.
    stored: Vec<Bytes>,
    /// Whether anything was published.
    published: bool,
}

/// What happened in a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Met {
    /// A bit for each premise.
    bits: u32,
    /// The first entry that each consumer was granted, until one was granted another. Of a list who takes does not matter.
    granted: SmallMap<Bytes, Entry>,
    /// The first consumer for whom an entry became pending.
    owner: Option<Bytes>,
    /// The first client that worked.
    worker: Option<ClientIx>,
    /// The first message that its subscriber heard, until it heard another.
    heard: Option<Message>,
}

/// What was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Id(StreamId),
    Item(Message),
}

impl Premises {
    /// Hears an event.
    pub fn on(&mut self, setup: &Setup, event: &Event) {
        match event {
            Event::Added { key, id, message, .. } => {
                self.in_groups_of(setup, (key, *id, *message), Premise::Added);
                self.note_stored(key);
                if id.is_none() {
                    self.in_groups_of(setup, (key, None, *message), Premise::Pushed);
                }
            }
            Event::Produced { key, id, message, .. } => {
                self.in_groups_of(setup, (key, *id, *message), Premise::Promised);
            }
            Event::Granted {
                group,
                id: Some(id),
                consumer,
                noack,
                ..
            } => self.of(*group).granted(consumer, Entry::Id(*id), !noack),
            Event::Granted {
                group,
                id: None,
                message,
                ..
            } => {
                let group = self.of(*group);
                group.granted(&Bytes::from(""), Entry::Item(*message), false);
                group.meet(Premise::Taken);
            }
            Event::WorkStarted { client, group, .. } => self.of(*group).worked(*client),
            Event::Effect { group, .. } => self.of(*group).meet(Premise::Effect),
            Event::DeadLettered { group, .. } => self.of(*group).meet(Premise::DeadLetter),
            Event::Alarm {
                group, raised: true, ..
            } => self.of(*group).meet(Premise::Alarm),
            Event::Length { stream, length: 1.. } => self.note_stored(stream),
            // Who has left had been handed something before, so that what comes afterwards meets nothing new.
            Event::Published { channel, .. } => {
                self.published = true;
                self.by_subscribers_to(setup, channel, Premise::Added);
            }
            Event::PublishAnswered { channel, .. } => self.by_subscribers_to(setup, channel, Premise::Promised),
            Event::Handed { group, .. } => self.of(*group).meet(Premise::Handed),
            Event::Disconnected { group, .. } | Event::ShardUnsubscribed { group, .. } => {
                self.of(*group).meet(Premise::Disconnected)
            }
            Event::Heard { group, message, .. } => self.of(*group).heard(*message),
            _ => {}
        }
    }

    /// The same where clients are interchangeable: whoever stands in the place of those whom it names does so in another
    /// run. Who was granted what and who worked is all that matters of them.
    pub fn on_of_each(&mut self, setup: &Setup, event: &Event, symmetry: &Symmetry) {
        self.on(setup, event);
        if let Event::Granted { .. } | Event::WorkStarted { .. } = event {
            let others = symmetry.renamings().iter().skip(1);
            others.for_each(|renaming| self.on(setup, &event.renamed(renaming)));
        }
    }

    /// Adds what another run met.
    pub fn extend(&mut self, other: Self) {
        for (group, theirs) in (0..).map(GroupIx).zip(other.groups) {
            self.of(group).extend(theirs);
        }
        self.published |= other.published;
        for stream in other.stored {
            if !self.stored.contains(&stream) {
                self.stored.push(stream);
            }
        }
    }

    /// Whether a premise was met somewhere.
    pub fn is_met(&self, premise: Premise) -> bool {
        match premise {
            Premise::Stored => !self.stored.is_empty(),
            Premise::Published => self.published,
            _ => self.groups.iter().any(|met| met.has(premise)),
        }
    }

    /// What the check presumes and was never met, if there is such a thing.
    pub fn unmet(&self, setup: &Setup, check: &CheckSpec) -> Option<Unmet> {
        self.all_unmet(setup, check).into_iter().next()
    }

    /// All that the check presumes and was never met.
    pub fn all_unmet(&self, setup: &Setup, check: &CheckSpec) -> Vec<Unmet> {
        let has = |group: GroupIx, premise| {
            let met = self.groups.get(usize::from(group.0));
            met.is_some_and(|met| met.has(premise))
        };
        let of_kind = |kind| setup.group_ixs().filter(move |&it| setup.group(it).kind == kind);
        let mut unmet = Vec::new();
        for &premise in check.presumes() {
            let groups: Vec<GroupIx> = match premise.scope() {
                Scope::EachGroup => setup.group_ixs().collect(),
                Scope::EachOwner => of_kind(GroupKind::Group).collect(),
                Scope::EachSubscriber => of_kind(GroupKind::Subscriber).collect(),
                Scope::Somewhere | Scope::Anywhere | Scope::Stream => Vec::new(),
            };
            let holds = match premise.scope() {
                // Each of them has to meet it, and there is one.
                Scope::EachGroup | Scope::EachOwner | Scope::EachSubscriber => !groups.is_empty(),
                Scope::Somewhere => setup.group_ixs().any(|group| has(group, premise)),
                Scope::Anywhere => self.published,
                Scope::Stream => match check {
                    CheckSpec::Bounded { stream, .. } => self.stored.contains(stream),
                    _ => false,
                },
            };
            unmet.extend((!holds).then_some(Unmet { premise, group: None }));
            let lacking = groups.into_iter().filter(|&group| !has(group, premise));
            unmet.extend(lacking.map(|group| Unmet {
                premise,
                group: Some(group),
            }));
        }
        unmet
    }

    fn in_groups_of(
        &mut self,
        setup: &Setup,
        (key, id, message): (&Bytes, Option<StreamId>, Message),
        premise: Premise,
    ) {
        for group in setup.groups_that_get(key, id, message) {
            self.of(group).meet(premise);
        }
    }

    fn note_stored(&mut self, key: &Bytes) {
        if !self.stored.contains(key) {
            self.stored.push(key.clone());
        }
    }

    fn by_subscribers_to(&mut self, setup: &Setup, channel: &Bytes, premise: Premise) {
        for group in setup.subscribers_to(channel) {
            self.of(group).meet(premise);
        }
    }

    fn of(&mut self, group: GroupIx) -> &mut Met {
        let place = usize::from(group.0);
        if self.groups.len() <= place {
            self.groups.resize_with(place + 1, Met::default);
        }
        &mut self.groups[place]
    }
}

impl Met {
    fn has(&self, premise: Premise) -> bool {
        self.bits & 1 << premise as u32 != 0
    }

    fn meet(&mut self, premise: Premise) {
        self.bits |= 1 << premise as u32;
    }

    fn granted(&mut self, consumer: &Bytes, entry: Entry, pending: bool) {
        if !self.has(Premise::GrantedTwo) {
            match self.granted.get(consumer) {
                Some(first) if *first != entry => {
                    self.meet(Premise::GrantedTwo);
                    self.granted = SmallMap::default();
                }
                Some(_) => {}
                None => self.granted.insert(consumer.clone(), entry),
            }
        }
        if pending {
            self.meet(Premise::Pending);
            if *self.owner.get_or_insert_with(|| consumer.clone()) != *consumer {
                self.meet(Premise::PendingForTwo);
            }
        }
    }

    fn heard(&mut self, message: Message) {
        if *self.heard.get_or_insert(message) != message {
            self.meet(Premise::GrantedTwo);
        }
    }

    fn worked(&mut self, client: ClientIx) {
        self.meet(Premise::Work);
        if *self.worker.get_or_insert(client) != client {
            self.meet(Premise::WorkOfTwo);
        }
    }

    /// Each run has its own consumers' first entries; who owned and who worked is the same in all.
    fn extend(&mut self, other: Self) {
        self.bits |= other.bits;
        if let Some(owner) = other.owner
            && *self.owner.get_or_insert_with(|| owner.clone()) != owner
        {
            self.meet(Premise::PendingForTwo);
        }
        if let Some(worker) = other.worker
            && *self.worker.get_or_insert(worker) != worker
        {
            self.meet(Premise::WorkOfTwo);
        }
    }
}

#[cfg(test)]
mod tests;
