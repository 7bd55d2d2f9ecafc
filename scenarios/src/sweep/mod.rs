//! Sweeps: many scenarios under many seeds, on all cores and on as many machines as there are, put together afterwards.
//!
//! A [`Plan`] is what is swept: scenarios and seeds. Its units are pairs of both; a [`Shard`] is the part of one machine.
//! What a unit came to is a [`Record`], a line of a file whose first line is the [`Header`]. Records stand in the order
//! of units, whatever the threads did, and carry only what no record before them did (`firsts`): so files of shards,
//! [`merge`]d, are to the byte the file of one machine. What it says of the scenarios is [`Summary`]'s word, which is
//! made of such files alone. Failures are told by what they shrink to (`shrunk`). Files, clocks and the environment are for callers to read; nothing is rendered here.
//!
//! Next: `run`, which sweeps; `merge`; `judge`.

mod auto;
mod content;
mod digest;
mod firsts;
mod header;
mod judge;
mod merge;
mod plan;
mod record;
mod run;
mod shard;
mod shrunk;
mod tally;
mod trust;

pub use auto::auto;
pub use content::Content;
pub use digest::{digest, digest_of_schedule};
pub use header::{Expect, Header, Planned};
pub use judge::{Row, Summary, Verdict};
pub use merge::{Merged, merge};
pub use plan::{Plan, Source, Unit};
pub use record::{Failure, Record};
pub use run::{Keep, Limits, Sink, Swept, sweep};
pub use shard::Shard;
pub use shrunk::{FIRST, Found};
pub use tally::{Hole, Tally};
pub use trust::{Trust, trust};
