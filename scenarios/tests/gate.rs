//! Loom tries every order of threads on the gate, with the real broker behind it.
//!
//! Run by `RUSTFLAGS="--cfg loom" cargo test -p redelivery-scenarios --test gate --target-dir target/loom`. Without
//! that there is nothing here. What is about letters is also tried with a gate that is wrong, and loom must notice.
#![cfg(loom)]

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;
use redelivery_engine::cluster::NodeIndex;
use redelivery_engine::resp::split_words;
use redelivery_engine::{Bytes, ClientId};
use redelivery_scenarios::serve::{Arrival, Bell, Desk, Gate, Letter, Mistake, Options, Then, What};

/// The bell of a thread that sleeps until it is called.
#[derive(Default)]
struct Called {
    is_called: Mutex<bool>,
    calls: Condvar,
}

#[derive(Clone, Default)]
struct LoomBell(Arc<Called>);

impl Bell for LoomBell {
    fn ring(&self) {
        *self.0.is_called.lock().unwrap() = true;
        self.0.calls.notify_one();
    }
}

impl LoomBell {
    fn sleep(&self) {
        let mut is_called = self.0.is_called.lock().unwrap();
        while !*is_called {
            is_called = self.0.calls.wait(is_called).unwrap();
        }
        *is_called = false;
    }
}

/// A gate, the bells of its threads, and one client of each thread.
struct House {
    gate: Arc<Gate<Desk, LoomBell>>,
    bells: Vec<LoomBell>,
    clients: Vec<ClientId>,
}

fn peer() -> SocketAddr {
    "127.0.0.1:1".parse().unwrap()
}

fn arrival(thread: usize) -> Arrival {
    Arrival {
        node: NodeIndex(0),
        thread,
        peer: peer(),
        socket: 0,
    }
}

impl House {
    fn new(threads: usize, mistake: Option<Mistake>, prepared: &[&str]) -> Self {
        let mut desk = Desk::new(Options {
            addresses: vec![peer()],
            is_cluster: false,
            password: None,
            clients_max: 10,
            settings: Vec::new(),
            seed: 0,
        });
        let clients: Vec<ClientId> = (0..threads)
            .map(|thread| desk.connect(arrival(thread), 0).unwrap())
            .collect();
        for line in prepared {
            desk.request(clients[0], &words(line), 0, &mut Vec::new());
        }
        let bells: Vec<LoomBell> = clients.iter().map(|_| LoomBell::default()).collect();
        Self {
            gate: Arc::new(Gate::new(desk, bells.clone()).with_mistake(mistake)),
            bells,
            clients,
        }
    }

    fn thread(&self, number: usize) -> Thread {
        Thread {
            number,
            gate: self.gate.clone(),
            bell: self.bells[number].clone(),
            client: self.clients[number],
        }
    }
}

/// One thread, with one client.
struct Thread {
    number: usize,
    gate: Arc<Gate<Desk, LoomBell>>,
    bell: LoomBell,
    client: ClientId,
}

fn words(line: &str) -> Vec<Bytes> {
    split_words(line.as_bytes()).unwrap()
}

impl Thread {
    fn enter<T>(&self, serve: impl FnOnce(&mut Desk) -> T) -> (T, Vec<Letter>) {
        let mut mail = Vec::new();
        let served = self.gate.enter(self.number, &mut mail, serve);
        (served, mail)
    }

    /// Lets its client send a request; what it is answered at once, and the letters that have come.
    fn request(&self, line: &str) -> (Option<String>, Vec<Letter>) {
        let mut out = Vec::new();
        let (then, letters) = self.enter(|desk| desk.request(self.client, &words(line), 1_000_000, &mut out));
        let answer = (then != Then::Wait).then(|| String::from_utf8(out).unwrap());
        (answer, letters)
    }

    /// The same, waited for as long as it takes.
    fn answer(&self, line: &str) -> String {
        let (answer, mut letters) = self.request(line);
        if let Some(answer) = answer {
            return answer;
        }
        loop {
            if let Some(answer) = answer_in(letters) {
                return answer;
            }
            self.bell.sleep();
            letters = self.enter(|_| ()).1;
        }
    }
}

fn answer_in(letters: Vec<Letter>) -> Option<String> {
    letters.into_iter().find_map(|letter| match letter.what {
        What::Answer(reply, version) => {
            let mut out = Vec::new();
            reply.expect("it is told").encode(version, &mut out);
            Some(String::from_utf8(out).unwrap())
        }
        _ => None,
    })
}

/// Tries every order.
fn check(test: impl Fn() + Sync + Send + 'static) {
    loom::model(test);
}

/// Tries every order until one fails.
fn fails(test: impl Fn() + Sync + Send + 'static) -> bool {
    catch_unwind(AssertUnwindSafe(|| loom::model(test))).is_err()
}

fn claims_race() {
    let house = House::new(
        2,
        None,
        &[
            "XGROUP CREATE orders g 0 MKSTREAM",
            "XADD orders 1-0 item book",
            "XREADGROUP GROUP g anna STREAMS orders >",
        ],
    );
    let (here, there) = (house.thread(0), house.thread(1));
    let other = thread::spawn(move || there.answer("XCLAIM orders g ben 1000 1-0 JUSTID"));
    let own = here.answer("XCLAIM orders g carl 1000 1-0 JUSTID");
    let claimed = [own, other.join().unwrap()];
    let winners = claimed.iter().filter(|answer| *answer == "*1\r\n$3\r\n1-0\r\n").count();
    assert_eq!(winners, 1, "{claimed:?}");
}

#[test]
fn racing_claims_assign_once() {
    check(claims_race);
}

fn read_and_add(mistake: Option<Mistake>) {
    let house = House::new(2, mistake, &["XGROUP CREATE orders g $ MKSTREAM"]);
    let (here, there) = (house.thread(0), house.thread(1));
    let other = thread::spawn(move || there.answer("XADD orders 1-0 item book"));
    let read = here.answer("XREADGROUP GROUP g anna BLOCK 0 STREAMS orders >");
    assert!(read.contains("1-0"), "{read}");
    other.join().unwrap();
}

#[test]
fn a_blocked_reader_is_woken_by_what_is_added() {
    check(|| read_and_add(None));
    assert!(fails(|| read_and_add(Some(Mistake::WakesBeforePublishing))));
}

fn pop_and_push(mistake: Option<Mistake>) {
    let house = House::new(3, mistake, &[]);
    let poppers = [house.thread(0), house.thread(1)];
    let pusher = house.thread(2);
    let [here, there] = poppers;
    let other = thread::spawn(move || there.answer("BLPOP jobs 0"));
    let pushes = thread::spawn(move || pusher.answer("RPUSH jobs a b"));
    let mut popped = [here.answer("BLPOP jobs 0"), other.join().unwrap()];
    popped.sort_unstable();
    assert_eq!(
        popped,
        ["a", "b"].map(|job| format!("*2\r\n$4\r\njobs\r\n$1\r\n{job}\r\n"))
    );
    pushes.join().unwrap();
}

#[test]
fn all_who_wait_for_a_list_are_woken() {
    check(|| pop_and_push(None));
    assert!(fails(|| pop_and_push(Some(Mistake::WakesBeforePublishing))));
}

fn leave_and_push(mistake: Option<Mistake>) {
    let house = House::new(2, mistake, &[]);
    let (here, there) = (house.thread(0), house.thread(1));
    let (answer, letters) = here.request("BLPOP jobs 0");
    assert!(answer.is_none() && letters.is_empty());
    let other = thread::spawn(move || there.answer("RPUSH jobs a"));
    let ((), letters) = here.enter(|desk| desk.disconnect(here.client, 1_000_000));
    other.join().unwrap();
    // Handed out before it left, and then it lay in its box; or it is still there.
    let was_handed_out = answer_in(letters).is_some();
    let ((), late) = here.enter(|_| ());
    assert!(late.is_empty(), "handed out to one who had left");
    let keeper = here.enter(|desk| desk.connect(arrival(0), 0).unwrap()).0;
    let mut out = Vec::new();
    here.enter(|desk| desk.request(keeper, &words("LLEN jobs"), 1_000_000, &mut out));
    assert_eq!(out == b":0\r\n", was_handed_out);
}

#[test]
fn who_has_left_is_handed_nothing() {
    check(|| leave_and_push(None));
    assert!(fails(|| leave_and_push(Some(Mistake::PublishesLate))));
}

fn mark_twice() {
    let house = House::new(2, None, &[]);
    let (here, there) = (house.thread(0), house.thread(1));
    let other = thread::spawn(move || there.answer("SADD done 1-0"));
    let own = here.answer("SADD done 1-0");
    let mut answers = [own, other.join().unwrap()];
    answers.sort_unstable();
    assert_eq!(answers, [":0\r\n", ":1\r\n"]);
}

#[test]
fn a_dedup_set_lets_one_of_two_through() {
    check(mark_twice);
}

fn publish_in_order(mistake: Option<Mistake>) {
    let house = House::new(2, mistake, &["SUBSCRIBE news"]);
    let (here, there) = (house.thread(0), house.thread(1));
    let other = thread::spawn(move || {
        there.answer("PUBLISH news a");
        there.answer("PUBLISH news b");
    });
    let mut heard = Vec::new();
    while heard.len() < 2 {
        let ((), letters) = here.enter(|_| ());
        if letters.is_empty() {
            here.bell.sleep();
        }
        heard.extend(letters);
    }
    let texts = heard.iter().map(|letter| match &letter.what {
        What::Messages(bytes) => String::from_utf8_lossy(bytes),
        other => panic!("{other:?} is no message"),
    });
    let last: Vec<_> = texts.map(|text| text.trim_end().chars().last()).collect();
    assert_eq!(last, [Some('a'), Some('b')]);
    other.join().unwrap();
}

#[test]
fn messages_come_in_their_order_and_none_is_left() {
    check(|| publish_in_order(None));
    assert!(fails(|| publish_in_order(Some(Mistake::WakesBeforePublishing))));
}
