//! A run as a sequence diagram: lifelines, and along them arrows and notes. Plain data; `render::svg` draws it.
//!
//! The words are those of the timeline (`step`); here it is said only between whom they pass.

use redelivery_engine::cluster::NodeIndex;
use redelivery_model::event::Event;
use redelivery_model::history::{Clock, Executed, Impossible, Step, replay};
use redelivery_model::setup::{ClientIx, Setup};
use redelivery_model::world::Action;

use super::step::{self, Told};
use super::timeline::breaks;
use super::{ageing, events};

/// A run as a sequence diagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// Who takes part, by name: the clients, then the broker or the nodes of a cluster.
    pub lifelines: Vec<String>,
    /// How many of them are clients.
    pub clients: usize,
    /// What happens, in order.
    pub beats: Vec<Beat>,
}

/// A step of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beat {
    /// Its place in the schedule, from 1; 0 is what stands before it.
    pub number: usize,
    /// What is seen of it, in order.
    pub marks: Vec<Mark>,
    /// The pending lists and lists that changed, as they stand afterwards.
    pub lists: Vec<String>,
}

/// Something to draw. Lifelines are meant by their place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "a field is what its name says")]
pub enum Mark {
    /// A request, or a message.
    Sent { from: usize, to: usize, text: String },
    /// A reply.
    Answer { from: usize, to: usize, text: String },
    /// What somebody does, or what becomes of it.
    Note { at: usize, text: String, bad: bool },
    /// What concerns all.
    Everywhere { text: String, bad: bool },
    /// A process ends.
    Down(usize),
    /// It starts again.
    Up(usize),
}

impl Sequence {
    /// The diagram of an explored path.
    ///
    /// # Errors
    /// If an action of the path is not possible when its turn comes.
    pub fn new(setup: &Setup, path: &[Action]) -> Result<Self, Impossible> {
        let (steps, _) = replay(setup, Clock::Abstract, path)?;
        let broken = breaks(setup, &steps, &[]);
        let aged = ageing::ageing(setup, Clock::Abstract, path);
        let mut beats = Vec::new();
        for (number, (step, aged)) in steps.iter().zip(aged).enumerate() {
            let mut marks = marks(setup, step, aged);
            let here = broken.iter().filter(|broken| broken.after == number);
            marks.extend(here.map(|broken| Mark::Everywhere {
                text: broken.broken.clone(),
                bad: true,
            }));
            let lists = match step.action {
                Some(_) => step::lists(setup, step),
                None => Vec::new(),
            };
            if !marks.is_empty() || !lists.is_empty() {
                beats.push(Beat { number, marks, lists });
            }
        }
        let clients = setup.clients.iter().map(|client| client.name.to_string());
        let nodes = match &setup.cluster {
            Some(cluster) => cluster.nodes().map(events::node).collect(),
            None => vec!["broker".to_owned()],
        };
        Ok(Self {
            lifelines: clients.chain(nodes).collect(),
            clients: setup.clients.len(),
            beats,
        })
    }
}

/// What is seen of a step.
fn marks(setup: &Setup, step: &Step, aged: Option<String>) -> Vec<Mark> {
    let Told {
        line,
        mine,
        others,
        events,
    } = step::told(setup, 0, step, aged);
    let acting = step.action.and_then(Action::client);
    let is_exchange = matches!(
        step.action,
        Some(Action::Step(_) | Action::Choose(..) | Action::Deviate(..) | Action::Execute(_))
    );
    let mut marks = Vec::new();
    match mine.and_then(|executed| Some((executed.at.node, executed.at.client?))) {
        Some((node, client)) if is_exchange => {
            let (from, to) = (lifeline(client), node_line(setup, node));
            let held_back = mine.is_some_and(|executed| executed.reply.is_none());
            let text = line.what + if held_back { ", and waits" } else { "" };
            marks.push(Mark::Sent { from, to, text });
            let reply = line.reply.filter(|_| !held_back);
            marks.extend(reply.map(|text| Mark::Answer {
                from: to,
                to: from,
                text,
            }));
        }
        _ => {
            let reply = line.reply.map_or_else(String::new, |reply| format!(" -> {reply}"));
            let text = line.what + &reply;
            let carried = step.events.iter().find_map(|event| match event {
                Event::BusArrived { from, to, .. } | Event::SlotsClaimed { from, to } => Some((*from, *to)),
                _ => None,
            });
            marks.extend(match (acting, step.action, carried) {
                _ if text.is_empty() => None,
                (_, Some(Action::Bus(..)), Some((from, to))) => Some(Mark::Sent {
                    from: node_line(setup, from),
                    to: node_line(setup, to),
                    text,
                }),
                (Some(client), ..) => Some(Mark::Note {
                    at: lifeline(client),
                    text,
                    bad: step.action.is_some_and(Action::is_fault),
                }),
                (None, ..) => Some(Mark::Everywhere { text, bad: false }),
            });
        }
    }
    marks.extend(others.iter().map(|executed| served(setup, executed)));
    for event in events {
        let at = event.client().or(acting).map(lifeline);
        if let Some(text) = events::note(setup, event) {
            marks.push(match at {
                Some(at) => Mark::Note { at, text, bad: false },
                None => Mark::Everywhere { text, bad: false },
            });
        }
        marks.extend(match event {
            Event::Crashed { client } => Some(Mark::Down(lifeline(*client))),
            Event::Restarted { client } => Some(Mark::Up(lifeline(*client))),
            _ => None,
        });
    }
    marks
}

/// A request that had been held back is answered.
fn served(setup: &Setup, executed: &Executed) -> Mark {
    let text = step::served(setup, executed);
    let from = node_line(setup, executed.at.node);
    match executed.at.client {
        Some(client) => Mark::Answer {
            from,
            to: lifeline(client),
            text,
        },
        None => Mark::Note {
            at: from,
            text,
            bad: false,
        },
    }
}

fn lifeline(client: ClientIx) -> usize {
    client.0.into()
}

fn node_line(setup: &Setup, node: NodeIndex) -> usize {
    setup.clients.len() + usize::from(node.0)
}
