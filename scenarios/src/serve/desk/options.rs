//! How a server is started.

use std::net::SocketAddr;

use redelivery_engine::Bytes;

use super::Chosen;

/// What is the desk's of the command line.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where each node listens: one alone is no cluster, unless it shall be.
    pub addresses: Vec<SocketAddr>,
    /// Whether they are nodes of a cluster.
    pub is_cluster: bool,
    /// What clients must say before anything else.
    pub password: Option<Bytes>,
    /// So many clients may be connected at a time.
    pub clients_max: usize,
    /// Settings that shall not be as they are by default.
    pub settings: Vec<Chosen>,
    /// From which IDs of nodes and of the run are made.
    pub seed: u64,
}

/// 40 hexadecimal digits, from a seed and a number.
pub(super) fn node_id(seed: u64, nth: u64) -> Bytes {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest([seed.to_le_bytes(), nth.to_le_bytes()].concat());
    let digits: String = digest[..20].iter().map(|byte| format!("{byte:02x}")).collect();
    digits.into()
}
