//! Commands, one a line, as in the scripts under `engine/tests/scripts` and `scenarios/golden`: `1> XADD s * field value`.
//! Whatever they say, what is parsed is written so that the same is parsed again, and the broker answers without a panic
//! and keeps its invariants. Words are what stands between two spaces: there are no quotes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use redelivery_engine::{Broker, Bytes, ClientId, Command};

fuzz_target!(|script: &[u8]| {
    let mut broker = Broker::new();
    for (line, now) in script.split(|byte| *byte == b'\n').zip((1_000..).step_by(10)) {
        let mut argv: Vec<Bytes> = line.split(|byte| *byte == b' ').map(Bytes::from).collect();
        let client = ClientId(match &*argv[0] {
            [client @ .., b'>'] => client.first().copied().unwrap_or_default().into(),
            // What a script says that was answered.
            _ => continue,
        });
        argv.remove(0);
        if let Ok(command) = Command::parse(&argv) {
            assert_eq!(Command::parse(&command.to_argv()), Ok(command));
        }
        if broker.is_blocked(client) {
            broker.time_out(client);
        }
        let reply = broker.apply_argv(client, &argv, now);
        assert_eq!(reply.is_none(), broker.is_blocked(client));
        broker.assert_invariants();
    }
});
