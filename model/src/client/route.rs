//! Where in a cluster a client sends its requests: what a client library keeps beside its connection.
//!
//! A client has one connection at a time. It knows the slots as they are divided in the beginning, and what redirections
//! have taught it since; a crash takes that with the rest. MOVED is learnt, ASK is good for one request. It never looks at
//! the cluster. Source:
//! <https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#redirection-and-resharding>.

use redelivery_engine::Reply;
use redelivery_engine::cluster::{NodeIndex, Slot, named_keys, slot_of};

use super::Request;
use crate::setup::ClusterSetup;

/// After so many redirections of one request the answer is taken for an error.
const REDIRECTIONS_MAX: u8 = 5;

/// What a client knows of where things are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Route {
    /// Slots that are not where they were in the beginning; sorted.
    learnt: Vec<(Slot, NodeIndex)>,
    /// Where the next request goes, if it is of this slot, with ASKING before it.
    detour: Option<(Slot, NodeIndex)>,
    /// Redirections of the request at hand.
    redirected: u8,
}

/// MOVED or ASK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redirection {
    /// Which slot.
    pub slot: Slot,
    /// Where to.
    pub to: NodeIndex,
    /// ASK: for this request only, with ASKING before it.
    pub asking: bool,
}

impl Redirection {
    /// What a reply says; none if it is no redirection to a node of this cluster.
    pub fn of(cluster: &ClusterSetup, reply: &Reply) -> Option<Self> {
        let Reply::Error(text) = reply else { return None };
        let mut words = str::from_utf8(text.as_bytes()).ok()?.split(' ');
        let asking = match words.next()? {
            "MOVED" => false,
            "ASK" => true,
            _ => return None,
        };
        let slot = words.next()?.parse().ok()?;
        let to = cluster.at_start().node_at(words.next()?.as_bytes())?;
        Some(Self { slot, to, asking })
    }
}

impl Route {
    /// The node that a request needs; none if any will do.
    pub fn destination(&self, cluster: &ClusterSetup, request: &Request) -> Option<NodeIndex> {
        let key = request.keys().next()?;
        let slot = slot_of(&key);
        if let Some((_, to)) = self.detour.filter(|(asked, _)| *asked == slot) {
            return Some(to);
        }
        match self.learnt.binary_search_by_key(&slot, |(known, _)| *known) {
            Ok(place) => Some(self.learnt[place].1),
            Err(_) => cluster.owner_of(&key),
        }
    }

    /// The request is on its way. Answers whether ASKING goes before it.
    pub fn send(&mut self, request: &Request) -> bool {
        let detour = self.detour.take();
        let slot = request.keys().next().map(|key| slot_of(&key));
        detour.is_some_and(|(asked, _)| Some(asked) == slot)
    }

    /// Takes note of a redirection. Answers whether the request is to be sent again; otherwise it was one too many.
    pub fn follow(&mut self, redirection: Redirection) -> bool {
        if self.redirected == REDIRECTIONS_MAX {
            self.redirected = 0;
            return false;
        }
        self.redirected += 1;
        let Redirection { slot, to, asking } = redirection;
        if asking {
            self.detour = Some((slot, to));
        } else {
            match self.learnt.binary_search_by_key(&slot, |(known, _)| *known) {
                Ok(place) => self.learnt[place].1 = to,
                Err(place) => self.learnt.insert(place, (slot, to)),
            }
        }
        true
    }

    /// The request at hand has its answer.
    pub fn answered(&mut self) {
        self.redirected = 0;
    }
}

impl Request {
    /// The keys and sharded channels that its commands name.
    pub fn keys(&self) -> impl Iterator<Item = redelivery_engine::Bytes> + use<'_> {
        let (commands, called) = match self {
            Self::One(command) => (std::slice::from_ref(command), Vec::new()),
            Self::Transaction(commands) => (commands.as_slice(), Vec::new()),
            Self::Script(script) => (&[][..], script.commands()),
        };
        let called: Vec<_> = called.iter().flat_map(named_keys).collect();
        commands.iter().flat_map(named_keys).chain(called)
    }
}

#[cfg(test)]
mod tests {
    use redelivery_engine::Bytes;
    use redelivery_engine::Command;
    use redelivery_engine::cluster::NodeAddress;

    use super::*;

    fn three() -> ClusterSetup {
        ClusterSetup::new((0..3).map(NodeAddress::example).collect())
    }

    fn request(line: &str) -> Request {
        let argv: Vec<Bytes> = line.split(' ').map(Bytes::from).collect();
        Request::One(Command::parse(&argv).expect(line))
    }

    fn redirection(text: &'static str) -> Option<Redirection> {
        Redirection::of(&three(), &Reply::Error(text.into()))
    }

    #[test]
    fn what_moved_is_learnt() {
        let (cluster, mut route) = (three(), Route::default());
        let publish = request("SPUBLISH apple ripe");
        assert_eq!(route.destination(&cluster, &publish), Some(NodeIndex(1)));
        assert!(route.follow(redirection("MOVED 7092 127.0.0.1:7002").expect("it is one")));
        assert!(!route.send(&publish));
        route.answered();
        assert_eq!(route.destination(&cluster, &publish), Some(NodeIndex(2)));
        assert_eq!(
            route.destination(&cluster, &request("GET {apple}x")),
            Some(NodeIndex(2))
        );
    }

    #[test]
    fn what_is_asked_for_is_asked_once() {
        let (cluster, mut route) = (three(), Route::default());
        let get = request("GET apple");
        assert!(route.follow(redirection("ASK 7092 127.0.0.1:7002").expect("it is one")));
        assert_eq!(route.destination(&cluster, &get), Some(NodeIndex(2)));
        assert!(route.send(&get));
        assert_eq!(route.destination(&cluster, &get), Some(NodeIndex(1)));
        assert!(!route.send(&get));
    }

    #[test]
    fn a_request_without_keys_goes_anywhere() {
        for line in ["PUBLISH apple ripe", "SUBSCRIBE apple", "UNWATCH"] {
            assert_eq!(Route::default().destination(&three(), &request(line)), None, "{line}");
        }
    }

    #[test]
    fn nobody_is_sent_round_for_ever() {
        let mut route = Route::default();
        let moved = redirection("MOVED 7092 127.0.0.1:7002").expect("it is one");
        let followed = (0..10).take_while(|_| route.follow(moved)).count();
        assert_eq!(followed, usize::from(REDIRECTIONS_MAX));
        assert!(route.follow(moved), "the next request has redirections of its own");
    }

    #[test]
    fn other_errors_are_no_redirections() {
        for text in [
            "CROSSSLOT Keys in request don't hash to the same slot",
            "MOVED",
            "MOVED x y",
            "ASK 1 127.0.0.1:1",
        ] {
            assert_eq!(redirection(text), None, "{text}");
        }
    }
}
