//! How the gate could be wrong: loom must find each of these, or it would not find ours right.

use super::{Behind, Bell, Called, Gate, Inside};

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// Threads are called before their letters lie in their boxes.
    WakesBeforePublishing,
    /// Letters are taken out while the gate is closed once, and put into boxes when it is closed again.
    PublishesLate,
}

impl<D: Behind, B: Bell> Gate<D, B> {
    /// The same gate, with a mistake.
    pub fn with_mistake(self, mistake: Option<Mistake>) -> Self {
        Self { mistake, ..self }
    }

    pub(super) fn enter_mistaken<T>(
        &self,
        mistake: Mistake,
        thread: usize,
        mail: &mut Vec<D::Letter>,
        serve: impl FnOnce(&mut D) -> T,
    ) -> T {
        let (served, letters) = {
            let mut inside = self.inside.lock().expect("nobody panics inside");
            (serve(&mut inside.behind), inside.behind.take_letters())
        };
        let mut called = Called::default();
        letters
            .iter()
            .filter(|(to, _)| *to != thread)
            .for_each(|(to, _)| called.add(*to));
        if mistake == Mistake::WakesBeforePublishing {
            called.each(|to| self.bells[to].ring());
        }
        {
            let mut inside = self.inside.lock().expect("nobody panics inside");
            let Inside { boxes, .. } = &mut *inside;
            letters.into_iter().for_each(|(to, letter)| boxes[to].push(letter));
            mail.append(&mut boxes[thread]);
        }
        if mistake == Mistake::PublishesLate {
            called.each(|to| self.bells[to].ring());
        }
        served
    }
}
