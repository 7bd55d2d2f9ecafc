//! How long things take where tests and benches simulate.

use redelivery_model::setup::{Setup, Span};
use redelivery_model::simulate::Timing;

/// Durations that reach the thresholds now and then.
pub(crate) fn timing(setup: &Setup) -> Timing {
    let span = |min_ms, max_ms| Span { min_ms, max_ms };
    Timing {
        latency: span(0, 3),
        work: vec![span(1, 40_000); setup.clients.len()],
        restart_after: span(10, 60_000),
        pause: span(1_000, 60_000),
        late: span(0, 20_000),
        faults_for_ms: None,
        bus: span(0, 3),
        rest_ms: 1_000,
        time_limit_ms: 3_600_000,
    }
}
