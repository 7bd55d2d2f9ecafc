//! What a client holds and knows, in words.

use redelivery_model::client::Held;
use redelivery_model::setup::Setup;

/// One line for each kind of thing, in their order.
pub(super) fn lines(setup: &Setup, held: &[Held]) -> Vec<String> {
    let mut lines: Vec<(&str, String)> = Vec::new();
    for held in held {
        let (knows, what) = told(setup, held);
        match lines.last_mut() {
            Some((same, all)) if *same == knows => {
                all.push_str(", ");
                all.push_str(&what);
            }
            _ => lines.push((knows, what)),
        }
    }
    lines
        .into_iter()
        .map(|(knows, what)| format!("{knows} {what}"))
        .collect()
}

fn told(setup: &Setup, held: &Held) -> (&'static str, String) {
    let key = |message| setup.messages.key(message).to_string();
    match *held {
        Held::Message { message, id, tries } => {
            let id = id.map_or_else(String::new, |id| format!("{id} "));
            let tries = tries.map_or_else(String::new, |tries| format!(" ×{tries}"));
            ("holds", format!("{id}{}{tries}", key(message)))
        }
        Held::Candidate { id, deliveries } => ("may claim", format!("{id} ×{deliveries}")),
        Held::Found(message) => ("has found", key(message)),
        Held::HeardEarly(message) => ("has heard before it caught up:", key(message)),
        Held::Known(message) => ("would not take again", key(message)),
        Held::Added(id) => ("has added", id.to_string()),
        Held::ReadUpTo(id) => ("has read up to", id.to_string()),
        Held::Cursor(id) => ("goes on looking at", id.to_string()),
        Held::Alarm(raised) => ("last saw its alarm", if raised { "on" } else { "off" }.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use redelivery_engine::StreamId;
    use redelivery_model::setup::Message;
    use redelivery_scenarios::{Scenario, language};

    use super::*;

    fn scenario() -> Scenario {
        let text = "story = 'It works.'\n[stream.orders]\ngroups = { workers = '0' }\n\
                    [producer.shop]\nstream = 'orders'\nmessages = 2\n\
                    [consumer.worker]\nstream = 'orders'\ngroup = 'workers'\n\
                    [expect]\nholds = ['at-least-once']\n";
        let scenario = language::parse(Path::new("own/works.toml"), text.as_bytes());
        scenario.unwrap_or_else(|mistakes| panic!("{}", mistakes[0].render(false)))
    }

    #[test]
    fn things_of_one_kind_stand_on_one_line() {
        let setup = scenario().explore.setup;
        let id = |ms| StreamId { ms, seq: 0 };
        let [first, second] = [0, 1].map(Message);
        let held = [
            Held::Message {
                message: first,
                id: Some(id(1)),
                tries: Some(2),
            },
            Held::Message {
                message: second,
                id: None,
                tries: None,
            },
            Held::Candidate {
                id: id(3),
                deliveries: 4,
            },
            Held::Alarm(false),
        ];
        assert_eq!(
            lines(&setup, &held),
            [
                "holds 1-0 shop-1 ×2, shop-2",
                "may claim 3-0 ×4",
                "last saw its alarm off"
            ]
        );
        assert!(lines(&setup, &[]).is_empty(), "who holds nothing says nothing");
    }
}
