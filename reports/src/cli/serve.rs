//! `redelivery serve`: the reference broker as a server.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use redelivery_scenarios::serve::{Chosen, Listening, Options};
use serde::Serialize;

use super::{Exit, Output};

/// Let the reference broker answer applications and clients, as a redis-server does
#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// The port; of a cluster's first node: the others have the next ones. 0 is any free one [default: 6379, of a cluster 7000]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Be a cluster of so many nodes, among which the slots are divided
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    cluster_nodes: Option<u16>,
    /// From which the IDs of the run and of nodes are made
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
    /// The address to listen at: elsewhere than on this machine a password is needed
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// What clients must say before anything else, by AUTH or HELLO
    #[arg(long, value_name = "PASSWORD")]
    requirepass: Option<String>,
    /// Listen where others reach it, though there is no password
    #[arg(long)]
    unprotected: bool,
    /// So many clients may be connected at a time
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    maxclients: u32,
    /// A setting as CONFIG SET takes it, such as stream-node-max-entries=10; enable-debug-command can be chosen only so
    #[arg(long, value_name = "NAME=VALUE", value_parser = chosen)]
    set: Vec<Chosen>,
    /// So many threads serve connections
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    threads: u8,
}

/// What is said once it listens.
#[derive(Serialize)]
struct Announcement {
    addresses: Vec<SocketAddr>,
}

impl Serve {
    pub(super) fn run(self, output: &mut Output) -> Exit {
        let is_open = !self.bind.is_loopback() && self.requirepass.is_none() && !self.unprotected;
        if is_open {
            output.error(&format!(
                "whoever reaches {} could use the server: give a password with --requirepass, or say --unprotected",
                self.bind
            ));
            return Exit::Error;
        }
        let options = match self.options() {
            Ok(options) => options,
            Err(message) => {
                output.error(&message);
                return Exit::Error;
            }
        };
        let places = options.addresses.iter().map(SocketAddr::to_string);
        let places = places.collect::<Vec<_>>().join(", ");
        let listening = match Listening::new(options, self.threads.into()) {
            Ok(listening) => listening,
            Err(error) => {
                output.error(&format!("cannot listen at {places}: {error}"));
                return Exit::Error;
            }
        };
        announce(listening.addresses(), output);
        match listening.run_until_interrupted() {
            Ok(()) => Exit::AsExpected,
            Err(error) => {
                output.error(&format!("cannot serve any more: {error}"));
                Exit::Error
            }
        }
    }

    fn options(&self) -> Result<Options, String> {
        let first = self
            .port
            .unwrap_or(if self.cluster_nodes.is_some() { 7000 } else { 6379 });
        let address = |nth: u16| {
            let port = if first == 0 { Some(0) } else { first.checked_add(nth) };
            let port = port.ok_or_else(|| format!("there are no {nth} ports after {first}"))?;
            Ok(SocketAddr::new(self.bind, port))
        };
        let addresses = (0..self.cluster_nodes.unwrap_or(1)).map(address);
        Ok(Options {
            addresses: addresses.collect::<Result<_, String>>()?,
            is_cluster: self.cluster_nodes.is_some(),
            password: self.requirepass.as_deref().map(Into::into),
            clients_max: self.maxclients as usize,
            settings: self.set.clone(),
            seed: self.seed,
        })
    }
}

/// Reads `NAME=VALUE`.
fn chosen(text: &str) -> Result<Chosen, String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE was expected")?;
    Chosen::new(name.trim(), value.trim())
}

fn announce(addresses: &[SocketAddr], output: &mut Output) {
    if output.json() {
        output.compact(&Announcement {
            addresses: addresses.to_vec(),
        });
    } else if !output.quiet() {
        let lines = addresses.iter().map(|address| format!("listening at {address}\n"));
        output.raw(lines.collect::<String>().as_bytes());
    }
}
