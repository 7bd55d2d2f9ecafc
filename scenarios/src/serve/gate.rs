//! The gate: the one place where threads meet. Whoever serves connections enters here, one thread at a time.
//!
//! What is served to one client may be for others, too: a reply to somebody who was blocked, a message to a subscriber.
//! These letters are put, while the gate is still closed, into the box of the thread that has their connection; then that
//! thread's bell is rung. The order matters: a thread that is called before its letter lies there finds nothing, and sleeps
//! on. It never does IO and knows neither sockets nor commands. Loom tries every order of threads on it, with a real broker behind
//! (`tests/gate.rs`).

#[cfg(loom)]
pub(super) mod mistaken;

use super::sync::Mutex;

/// Who is behind the gate: what is served, and what that leaves for others.
pub trait Behind {
    /// For one connection.
    type Letter: std::fmt::Debug;

    /// What has to be delivered, with the number of the thread that has the connection; in order.
    fn take_letters(&mut self) -> Vec<(usize, Self::Letter)>;
}

/// Calls a thread that sleeps. Called once or more before it goes to sleep, it does not sleep.
pub trait Bell {
    /// Rings.
    fn ring(&self);
}

/// What all threads share.
#[derive(Debug)]
pub struct Gate<D: Behind, B> {
    inside: Mutex<Inside<D>>,
    /// Of each thread.
    bells: Vec<B>,
    #[cfg(loom)]
    mistake: Option<mistaken::Mistake>,
}

#[derive(Debug)]
struct Inside<D: Behind> {
    behind: D,
    /// Of each thread: letters that have not been fetched.
    boxes: Vec<Vec<D::Letter>>,
}

impl<D: Behind, B: Bell> Gate<D, B> {
    /// A gate for as many threads as there are bells.
    pub fn new(behind: D, bells: Vec<B>) -> Self {
        let boxes = bells.iter().map(|_| Vec::new()).collect();
        Self {
            inside: Mutex::new(Inside { behind, boxes }),
            bells,
            #[cfg(loom)]
            mistake: None,
        }
    }

    /// Serves as this thread. The letters that have come for its own connections, among them those that this very service
    /// has left, are added to its mail.
    ///
    /// # Panics
    /// When a thread has panicked inside: what it left behind is not to be served.
    pub fn enter<T>(&self, thread: usize, mail: &mut Vec<D::Letter>, serve: impl FnOnce(&mut D) -> T) -> T {
        #[cfg(loom)]
        if let Some(mistake) = self.mistake {
            return self.enter_mistaken(mistake, thread, mail, serve);
        }
        let mut called = Called::default();
        let served = {
            let mut inside = self.inside.lock().expect("no thread has panicked inside the gate");
            let Inside { behind, boxes } = &mut *inside;
            let served = serve(behind);
            for (to, letter) in behind.take_letters() {
                // Who has letters already was called for the first of them, and fetches all when it comes.
                if to != thread && boxes[to].is_empty() {
                    called.add(to);
                }
                boxes[to].push(letter);
            }
            mail.append(&mut boxes[thread]);
            served
        };
        called.each(|to| self.bells[to].ring());
        served
    }

    /// Calls every thread.
    pub fn ring_all(&self) {
        self.bells.iter().for_each(Bell::ring);
    }
}

/// The most threads there may be.
pub const THREADS_MAX: usize = 64;

/// Threads to be called: a bit for each.
#[derive(Clone, Copy, Default)]
pub(super) struct Called(u64);

impl Called {
    pub(super) fn add(&mut self, thread: usize) {
        self.0 |= 1 << thread;
    }

    pub(super) fn each(mut self, mut visit: impl FnMut(usize)) {
        while self.0 != 0 {
            visit(self.0.trailing_zeros() as usize);
            self.0 &= self.0 - 1;
        }
    }
}
