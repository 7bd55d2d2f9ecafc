//! Where a request goes. Most clients send the same command again and again: what was found for the last one is kept.

use redelivery_engine::Bytes;

use super::client::Client;
use super::statistics::{Place, Statistics};
use super::table::{self, Own};

/// Found by a command's name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Route {
    /// The command of the desk; the broker's if there is none.
    pub(super) own: Option<&'static Own>,
    /// Where it is counted.
    pub(super) counted: Option<Place>,
}

impl Client {
    /// Where this request goes, which is the client's last from now on.
    pub(super) fn route(&mut self, argv: &[Bytes], statistics: &Statistics) -> Route {
        let Some(name) = argv.first() else {
            return Route::default();
        };
        let (last, argument) = &mut self.last_command;
        *argument = argv.get(1).cloned();
        if last == name
            && let Some(route) = self.last_route
        {
            return route;
        }
        *last = name.clone();
        let own = table::find(name);
        let (counted, are_all) = match statistics.place(argv) {
            Some((place, are_all)) => (Some(place), are_all),
            None => (None, false),
        };
        let route = Route { own, counted };
        self.last_route = are_all.then_some(route);
        route
    }
}
