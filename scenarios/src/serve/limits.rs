//! How much one connection may keep waiting, in bytes: a server's defaults.
//!
//! Sources: `client-output-buffer-limit pubsub 32mb 8mb 60` and `client-query-buffer-limit 1gb` of
//! <https://redis.io/docs/latest/develop/reference/clients/>.

use redelivery_engine::Millis;

/// A subscriber for whom more waits is left at once, …
pub(super) const HARD: usize = 32 << 20;

/// … and one for whom more waits than this, …
pub(super) const SOFT: usize = 8 << 20;

/// … for longer than this.
pub(super) const SOFT_MS: Millis = 60_000;

/// Whoever sends more than this of requests that are not served yet is left.
pub(super) const REQUESTS: usize = 1 << 30;
