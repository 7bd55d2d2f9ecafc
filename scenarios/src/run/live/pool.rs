//! Many runs at once: workers that take the next job, each with a server of its own; and once more, with more patience,
//! those for which the machine was late.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rayon::prelude::*;

use super::again::again;
use super::job::{Came, On, Pace, Ran, run as run_job};
use super::plan::{Job, Plan};
use super::{Broker, LiveOptions};
use crate::live::{Replica, Server, StartOptions, start_options, wait_for_calm, wants_replica};
use crate::run::{Done, Progress};
use crate::scenario::Scenario;

/// By scenario: what came of its jobs, in their order.
pub(super) type All = Vec<io::Result<Vec<(Job, Ran)>>>;

/// The same for each, in order.
pub(super) fn in_parallel<T: Sync, R: Send>(all: &[T], one: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    all.par_iter().map(one).collect()
}

/// Does jobs, each of the scenario at this place, and adds what came of them.
pub(super) fn run(
    scenarios: &[Scenario],
    plans: &[Plan],
    jobs: &[(usize, Job)],
    options: &LiveOptions,
    progress: Progress<'_>,
    all: &mut All,
) {
    let mut results = beside_each_other(scenarios, plans, jobs, options, Pace::Usual, progress);
    again(
        &mut results,
        is_too_slow,
        |late, round| {
            wait_for_calm(Duration::from_secs(round.calm_within_s));
            let few = LiveOptions {
                at_once: options.at_once.min(round.at_once),
                ..options.clone()
            };
            let late: Vec<(usize, Job)> = late.iter().map(|&number| jobs[number]).collect();
            beside_each_other(scenarios, plans, &late, &few, Pace::Patient, &|_, _| ())
        },
        |before, ran| {
            if let (Ok(before), Ok(ran)) = (before, ran) {
                ran.late += before.late;
            }
        },
    );
    for (number, ran) in results {
        let (place, job) = jobs[number];
        all[place] = match (std::mem::replace(&mut all[place], Ok(Vec::new())), ran) {
            (Ok(mut done), Ok(ran)) => {
                done.push((job, ran));
                Ok(done)
            }
            (Err(first), _) => Err(first),
            (Ok(_), Err(error)) => Err(error),
        };
    }
}

fn is_too_slow(ran: &io::Result<Ran>) -> bool {
    ran.as_ref().is_ok_and(|ran| matches!(ran.came, Came::TooSlow))
}

/// What came of jobs, by their place.
fn beside_each_other(
    scenarios: &[Scenario],
    plans: &[Plan],
    jobs: &[(usize, Job)],
    options: &LiveOptions,
    pace: Pace,
    progress: Progress<'_>,
) -> BTreeMap<usize, io::Result<Ran>> {
    let next = AtomicUsize::new(0);
    let results: Mutex<BTreeMap<usize, io::Result<Ran>>> = Mutex::new(BTreeMap::new());
    let worker = || {
        let mut own = None;
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            let Some(&(place, job)) = jobs.get(number) else { return };
            let (scenario, plan) = (&scenarios[place], &plans[place]);
            let ran = on_server(&mut own, options, scenario, |on| {
                run_job(scenario, options, plan, job, pace, on)
            });
            progress(&scenario.name, Done::Run(plan.jobs().count() as u64));
            results
                .lock()
                .expect("no worker panics while it holds this")
                .insert(number, ran);
        }
    };
    let workers = match options.broker {
        Broker::None => 0,
        Broker::Address(_) => 1,
        Broker::Binary(_) => options.at_once.clamp(1, jobs.len().max(1)),
    };
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(worker);
        }
    });
    results.into_inner().expect("all workers have ended")
}

/// A worker's server, and what it was started with.
struct Own {
    server: RefCell<Server>,
    options: StartOptions,
    replica: Option<RefCell<Replica>>,
}

impl Own {
    fn start(binary: &Path, options: StartOptions, has_replica: bool) -> io::Result<Self> {
        let server = Server::start(binary, &options)?;
        let replica = match has_replica {
            true => Some(Replica::of(server.address(), Server::start(binary, &options)?)?),
            false => None,
        };
        Ok(Self {
            server: RefCell::new(server),
            options,
            replica: replica.map(RefCell::new),
        })
    }
}

/// Does something on the worker's server; one on which something went wrong, or that keeps something else than the scenario's
/// broker, is not used again.
fn on_server(
    own: &mut Option<Own>,
    options: &LiveOptions,
    scenario: &Scenario,
    job: impl Fn(On<'_>) -> io::Result<Ran>,
) -> io::Result<Ran> {
    let binary = match &options.broker {
        Broker::Binary(binary) => binary,
        &Broker::Address(address) => {
            return job(On {
                address,
                server: None,
                replica: None,
            });
        }
        Broker::None => return Err(io::Error::other("there is no server")),
    };
    let setup = &scenario.live.setup;
    let (wanted, has_replica) = (start_options(setup), wants_replica(setup));
    let known = own
        .take()
        .filter(|own| own.options == wanted && own.replica.is_some() == has_replica);
    let used = match known {
        Some(known) => known,
        None => Own::start(binary, wanted, has_replica)?,
    };
    let address = used.server.borrow().address();
    let ran = job(On {
        address,
        server: Some(&used.server),
        replica: used.replica.as_ref(),
    });
    *own = ran.is_ok().then_some(used);
    ran
}
