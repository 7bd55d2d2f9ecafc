//! Deliberate bugs, put around the engine or a client, never inside: each must be caught, or the suite proves nothing.
//!
//! `catalogue` names them. A bug of the broker is another command in place of the asked one, another reply, or a change
//! after it: `around` asks one family after the other (`claims`, `reads`, `acknowledgement`, `streams`, `blocking`,
//! `marks`, `lists`, `pushes`, `replicas`), `remembered` is where a family notes what it did. A bug of a client is another request, or
//! another reply that it hears: `clients`. [`Defective`] is a broker with a bug, for laws of the broker alone.

mod acknowledgement;
mod around;
mod blocking;
mod catalogue;
mod claims;
mod clients;
mod defective;
mod lists;
mod marks;
mod processes;
mod pushes;
mod reads;
mod remembered;
mod replicas;
mod streams;

pub(crate) use around::{Asked, afterwards, before, substitute};
pub(crate) use blocking::served;
pub use catalogue::Defect;
pub(crate) use clients::{dead_letter_limit, heard, intended, working_time};
pub use defective::Defective;
pub(crate) use processes::{crashed, failed, healed, restarted};
pub(crate) use pushes::outbox;
pub(crate) use remembered::pending_as_seen;
