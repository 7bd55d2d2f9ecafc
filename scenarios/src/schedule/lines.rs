//! A schedule as lines with their moments, as scenario files have it: `0.012s worker-1 crashes`.
//!
//! [`write_lines`] and [`read_line`] are inverse to each other. Where time passes before something is done, one line
//! says both; where it passes alone, as up to the moment at which a blocked call ends, `5.000s time passes`.

use redelivery_engine::Millis;
use redelivery_model::setup::Setup;
use redelivery_model::world::{Action, START_MS};

use super::{MAX_CLOCK_MS, fits, read_step, write_step};
use redelivery_model::history::Clock;

/// What a line says where nothing but time passes.
const TIME_PASSES: &str = "time passes";

/// The lines of a schedule for a virtual clock.
pub fn write_lines(setup: &Setup, steps: &[Action]) -> Vec<String> {
    let mut now_ms = START_MS;
    let mut lines = Vec::new();
    let mut steps = steps.iter().peekable();
    while let Some(&step) = steps.next() {
        let Action::Tick(to_ms) = step else {
            lines.push(line(now_ms, &write_step(setup, step)));
            continue;
        };
        now_ms = to_ms;
        if steps.peek().is_none_or(|next| matches!(next, Action::Tick(_))) {
            lines.push(line(now_ms, TIME_PASSES));
        }
    }
    lines
}

fn line(now_ms: Millis, what: &str) -> String {
    let since_ms = now_ms.saturating_sub(START_MS);
    format!("{}.{:03}s {what}", since_ms / 1_000, since_ms % 1_000)
}

/// What a line does at this moment.
///
/// # Errors
/// With what would have been right.
pub fn read_line(setup: &Setup, now_ms: Millis, line: &str) -> Result<Vec<Action>, String> {
    let (moment, what) = line.split_once(' ').unwrap_or((line, ""));
    let Some(at_ms) = read_moment(moment) else {
        return Err(format!(
            "`{moment}` is no moment: write the seconds since the beginning with three decimals, such as `0.012s worker-1 steps`"
        ));
    };
    let to_ms = START_MS + at_ms;
    if to_ms < now_ms {
        return Err("the step before it happens later".into());
    }
    let mut actions = Vec::new();
    if to_ms > now_ms {
        actions.push(Action::Tick(to_ms));
    }
    if what == TIME_PASSES {
        return match actions.is_empty() {
            true => Err("no time passes: the step before it happens at the same moment".into()),
            false => Ok(actions),
        };
    }
    match fits(read_step(setup, what)?, Clock::Virtual)? {
        Action::Tick(_) => return Err("write the moment first, and `time passes`".into()),
        action => actions.push(action),
    }
    Ok(actions)
}

fn read_moment(text: &str) -> Option<Millis> {
    let (seconds, thousandths) = text.strip_suffix('s')?.split_once('.')?;
    let number = |digits: &str| match digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => digits.parse::<Millis>().ok(),
        false => None,
    };
    let thousandths = number(thousandths).filter(|_| thousandths.len() == 3)?;
    let ms = number(seconds)?.checked_mul(1_000)?.checked_add(thousandths)?;
    (ms <= MAX_CLOCK_MS).then_some(ms)
}

#[cfg(test)]
mod tests {
    use redelivery_engine::Bytes;
    use redelivery_model::setup::policy::{Administrator, Role};
    use redelivery_model::setup::{ClientIx, ClientSetup};

    use super::*;

    fn setup() -> Setup {
        let role = Role::Administrator(Administrator {
            commands: Vec::new(),
            transaction: false,
            after: None,
        });
        let name = Bytes::from("worker");
        Setup {
            clients: vec![ClientSetup { name, role }],
            ..Setup::default()
        }
    }

    #[test]
    fn a_schedule_reads_as_it_was_written() {
        let (setup, worker) = (setup(), ClientIx(0));
        let steps = [
            Action::Step(worker),
            Action::Tick(START_MS + 12),
            Action::Crash(worker),
            Action::Tick(START_MS + 5_000),
            Action::Tick(START_MS + 61_001),
            Action::Restart(worker),
            Action::Tick(START_MS + 61_002),
        ];
        let lines = write_lines(&setup, &steps);
        assert_eq!(
            lines,
            [
                "0.000s worker steps",
                "0.012s worker crashes",
                "5.000s time passes",
                "61.001s worker restarts",
                "61.002s time passes",
            ]
        );
        let (mut now_ms, mut read) = (START_MS, Vec::new());
        for line in &lines {
            let actions = read_line(&setup, now_ms, line).unwrap();
            for action in &actions {
                if let Action::Tick(to_ms) = action {
                    now_ms = *to_ms;
                }
            }
            read.extend(actions);
        }
        assert_eq!(read, steps);
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        let setup = setup();
        let now_ms = START_MS + 12;
        for (line, said) in [
            ("", "is no moment"),
            ("worker steps", "is no moment"),
            ("12ms worker steps", "is no moment"),
            ("0.12s worker steps", "is no moment"),
            ("99999999999999.000s worker steps", "is no moment"),
            ("0.011s worker steps", "happens later"),
            ("0.012s time passes", "no time passes"),
            ("0.012s worker sleeps", "`worker` may"),
            ("0.012s nobody steps", "a step is a client"),
            ("0.013s clock 13ms", "write the moment first"),
            ("0.013s time passes up to delivery 1", "with this clock"),
        ] {
            let error = read_line(&setup, now_ms, line).unwrap_err();
            assert!(error.contains(said), "{line}: {error}");
        }
    }
}
