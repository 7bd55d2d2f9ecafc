//! INFO: what the server tells of itself, in the sections and under the names of redis-server 8.2.3.
//!
//! What nobody counts here is not told: a field that is there is true. Source: <https://redis.io/docs/latest/commands/info/>.

use std::fmt::Write;

use redelivery_engine::{Bytes, ClientId, Millis, Reply};

use super::Desk;
use super::client::Client;
use super::hello::REDIS_VERSION;
use super::options::node_id;
use super::statistics::Calls;

/// When a section is told that nobody has named.
#[derive(Clone, Copy, PartialEq)]
enum Told {
    ByDefault,
    /// With `all` and `everything`.
    OfAll,
}

/// One section: its name, when it is told, and its lines.
type Section = (&'static str, Told, fn(&Desk, &Client, Millis) -> Lines);

const SECTIONS: &[Section] = &[
    ("Server", Told::ByDefault, server),
    ("Clients", Told::ByDefault, clients),
    ("Memory", Told::ByDefault, memory),
    ("Persistence", Told::ByDefault, persistence),
    ("Stats", Told::ByDefault, stats),
    ("Replication", Told::ByDefault, replication),
    ("Modules", Told::ByDefault, |_, _, _| Lines::default()),
    ("Commandstats", Told::OfAll, command_stats),
    ("Errorstats", Told::ByDefault, error_stats),
    ("Cluster", Told::ByDefault, cluster),
    ("Keyspace", Told::ByDefault, keyspace),
];

/// `INFO [section …]`.
pub(super) fn info(desk: &mut Desk, client: ClientId, argv: &[Bytes], now: Millis) -> Reply {
    let names = |word: &str| {
        let mut named = argv[1..].iter();
        named.any(|name| name.eq_ignore_ascii_case(word.as_bytes()))
    };
    let is_told = |&&(name, told, _): &&Section| {
        let is_default = argv.len() == 1 || names("default");
        names(name) || names("all") || names("everything") || is_default && told == Told::ByDefault
    };
    let known = desk.client(client);
    let sections = SECTIONS.iter().filter(is_told).map(|(name, _, lines)| {
        let Lines(lines) = lines(desk, known, now);
        format!("# {name}\r\n{lines}")
    });
    Reply::Verbatim(sections.collect::<Vec<_>>().join("\r\n").into())
}

/// `name:value` in each.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn with(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        let _ = write!(self.0, "{name}:{value}\r\n");
        self
    }

    fn with_bytes(self, name: &str, bytes: usize) -> Self {
        self.with(name, bytes).with(&format!("{name}_human"), human(bytes))
    }
}

fn server(desk: &Desk, known: &Client, now: Millis) -> Lines {
    let seconds = now.saturating_sub(desk.statistics.started_at.unwrap_or(now)) / 1000;
    let address = desk.options.addresses.get(usize::from(known.node.0));
    let run = node_id(desk.options.seed.rotate_left(32), known.node.0.into());
    Lines::default()
        .with("redis_version", REDIS_VERSION)
        .with("redis_git_sha1", "00000000")
        .with("redis_git_dirty", 0)
        .with(
            "redis_mode",
            if desk.nodes.is_cluster() {
                "cluster"
            } else {
                "standalone"
            },
        )
        .with("os", std::env::consts::OS)
        .with("arch_bits", usize::BITS)
        .with("process_id", std::process::id())
        .with("run_id", run)
        .with("tcp_port", address.map_or(0, std::net::SocketAddr::port))
        .with("server_time_usec", now * 1000)
        .with("uptime_in_seconds", seconds)
        .with("uptime_in_days", seconds / 86_400)
        .with("config_file", "")
}

fn clients(desk: &Desk, known: &Client, _now: Millis) -> Lines {
    let broker = desk.nodes.of(known.node);
    let count = |is: &dyn Fn(ClientId, &Client) -> bool| {
        let here = desk.clients.iter().filter(|(_, other)| other.node == known.node);
        here.filter(|(id, other)| is(**id, other)).count()
    };
    let counts = broker.counts();
    Lines::default()
        .with("connected_clients", count(&|_, _| true))
        .with("maxclients", desk.options.clients_max)
        .with("blocked_clients", count(&|_, other| other.is_blocked))
        .with("tracking_clients", 0)
        .with("pubsub_clients", count(&|id, _| broker.is_subscribed(id)))
        .with("watching_clients", count(&|id, _| broker.is_watching(id)))
        .with("total_watched_keys", counts.watched_keys)
        .with("total_blocking_keys", counts.awaited_keys)
}

/// As much as keys take, by MEMORY USAGE: not what the process takes of its machine.
fn memory(desk: &Desk, known: &Client, _now: Millis) -> Lines {
    let maxmemory = desk.settings.bytes("maxmemory");
    Lines::default()
        .with_bytes("used_memory", desk.nodes.of(known.node).bytes())
        .with("number_of_cached_scripts", 0)
        .with("number_of_functions", 0)
        .with("number_of_libraries", 0)
        .with_bytes("maxmemory", maxmemory)
        .with("maxmemory_policy", desk.settings.text("maxmemory-policy"))
        .with("lazyfree_pending_objects", 0)
}

/// Nothing is ever written to a disk.
fn persistence(desk: &Desk, _known: &Client, now: Millis) -> Lines {
    Lines::default()
        .with("loading", 0)
        .with("async_loading", 0)
        .with("rdb_changes_since_last_save", desk.statistics.writes)
        .with("rdb_bgsave_in_progress", 0)
        .with("rdb_last_save_time", desk.statistics.started_at.unwrap_or(now) / 1000)
        .with("rdb_last_bgsave_status", "ok")
        .with("rdb_saves", 0)
        .with("aof_enabled", 0)
        .with("aof_rewrite_in_progress", 0)
        .with("aof_rewrite_scheduled", 0)
        .with("aof_last_bgrewrite_status", "ok")
        .with("aof_last_write_status", "ok")
}

fn stats(desk: &Desk, known: &Client, _now: Millis) -> Lines {
    let (statistics, counts) = (&desk.statistics, desk.nodes.of(known.node).counts());
    Lines::default()
        .with("total_connections_received", statistics.connections)
        .with("total_commands_processed", statistics.commands)
        .with("total_net_input_bytes", statistics.traffic.0)
        .with("total_net_output_bytes", statistics.traffic.1)
        .with("rejected_connections", statistics.refused)
        .with("evicted_keys", 0)
        .with("pubsub_channels", counts.channels)
        .with("pubsub_patterns", counts.patterns)
        .with("pubsubshard_channels", counts.shard_channels)
        .with(
            "total_error_replies",
            statistics.errors().map(|(_, count)| count).sum::<u64>(),
        )
}

fn replication(desk: &Desk, known: &Client, _now: Millis) -> Lines {
    Lines::default()
        .with("role", "master")
        .with("connected_slaves", 0)
        .with("master_failover_state", "no-failover")
        .with(
            "master_replid",
            node_id(!desk.options.seed.rotate_left(32), known.node.0.into()),
        )
        .with("master_replid2", "0".repeat(40))
        .with("master_repl_offset", 0)
        .with("second_repl_offset", -1)
        .with("repl_backlog_active", 0)
}

/// No time is told: the desk reads no clock while it serves.
fn command_stats(desk: &Desk, _known: &Client, _now: Millis) -> Lines {
    let line = |lines: Lines, (name, calls): (&str, &Calls)| {
        let value = format!(
            "calls={},usec=0,usec_per_call=0.00,rejected_calls={},failed_calls={}",
            calls.made, calls.rejected, calls.failed
        );
        lines.with(&format!("cmdstat_{name}"), value)
    };
    desk.statistics.calls().fold(Lines::default(), line)
}

fn error_stats(desk: &Desk, _known: &Client, _now: Millis) -> Lines {
    let line = |lines: Lines, (word, count): (&[u8], u64)| {
        let name = format!("errorstat_{}", String::from_utf8_lossy(word));
        lines.with(&name, format!("count={count}"))
    };
    desk.statistics.errors().fold(Lines::default(), line)
}

fn cluster(desk: &Desk, _known: &Client, _now: Millis) -> Lines {
    Lines::default().with("cluster_enabled", u8::from(desk.nodes.is_cluster()))
}

fn keyspace(desk: &Desk, known: &Client, now: Millis) -> Lines {
    let databases = desk.nodes.of(known.node).database_counts(now);
    databases.fold(Lines::default(), |lines, counts| {
        let value = format!(
            "keys={},expires={},avg_ttl={},subexpiry=0",
            counts.keys, counts.expiring, counts.mean_ttl
        );
        lines.with(&format!("db{}", counts.database.index()), value)
    })
}

/// Bytes as a server writes them for people: 677.73K.
fn human(bytes: usize) -> String {
    const UNITS: &[(usize, char)] = &[(1 << 40, 'T'), (1 << 30, 'G'), (1 << 20, 'M'), (1 << 10, 'K')];
    let Some((unit, letter)) = UNITS.iter().find(|(unit, _)| bytes >= *unit) else {
        return format!("{bytes}B");
    };
    let hundredths = (bytes % unit * 100 + unit / 2) / unit;
    let (whole, hundredths) = (bytes / unit + hundredths / 100, hundredths % 100);
    format!("{whole}.{hundredths:02}{letter}")
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn bytes_for_people() {
        let shown = [0, 1023, 1024, 694_000, 2_097_151, 2_097_152, 25_276_514_304].map(human);
        assert_eq!(shown, ["0B", "1023B", "1.00K", "677.73K", "2.00M", "2.00M", "23.54G"]);
    }
}
