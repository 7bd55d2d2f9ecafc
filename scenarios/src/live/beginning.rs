//! How a live run begins: an empty server, the groups, and what producers add beforehand.

use std::io;
use std::net::SocketAddr;

use redelivery_engine::{Command, Reply};
use redelivery_model::client::{Request, producer};
use redelivery_model::event::Moment;
use redelivery_model::setup::Setup;

use super::clock::Clock;
use super::connection::TIMEOUT;
use super::history::History;
use super::{Connection, argv, reply};

/// Empties the server and prepares it as a world is prepared.
pub(super) fn begin(setup: &Setup, address: SocketAddr, clock: Clock, history: &mut History<'_>) -> io::Result<()> {
    let mut connection = Connection::open(address, TIMEOUT)?;
    let flushed = connection.request(&argv("FLUSHALL"))?;
    if flushed.is_error() {
        return Err(io::Error::other(format!("FLUSHALL: {flushed:?}")));
    }
    for command in setup.preparation() {
        ask(&mut connection, command)?;
    }
    for (client, message, policy, add) in producer::beforehand(setup) {
        let earliest_ms = clock.floor_ms();
        let (request, reply) = ask(&mut connection, add)?;
        let moment = Moment {
            earliest_ms,
            latest_ms: clock.ceil_ms(),
        };
        history.executed(moment, Some(client), &request, Some(&reply));
        if let Some(produced) = producer::produced(client, message, policy, &reply) {
            history.tell(moment, produced);
        }
    }
    Ok(())
}

fn ask(connection: &mut Connection, command: Command) -> io::Result<(Request, Reply)> {
    let frame = connection.request(&command.to_argv())?;
    let request = Request::One(command);
    match reply(&request, &frame) {
        Reply::Error(text) => Err(io::Error::other(format!("{request:?}: {text}"))),
        reply => Ok((request, reply)),
    }
}
