//! With limit D a message is dead-lettered after D deliveries: not before, not later, once, and in the end if it was
//! never acknowledged.
//!
//! Source: the pattern of <https://redis.io/docs/latest/develop/data-types/streams/#claiming-and-the-delivery-counter>:
//! past some number of deliveries a message is "poison", and somebody routes it. Two claims under one name, because a
//! delivery is not a run of the work: a consumer that crashes between the two, or a reply that is lost, raises the
//! broker's counter and runs nothing. [`Counter`] believes the counter, [`Runs`] counts the work; a design that trusts
//! the counter may keep the first and break the second. Routing that acknowledges first and crashes before it adds
//! breaks neither (the message was acknowledged): that loss is for `at_least_once` to find.

mod counter;
mod runs;

pub(super) use counter::Counter;
pub(super) use runs::Runs;
