//! Merging the files of a sweep's shards: the bytes of one sweep that was not split.

use std::collections::BTreeMap;

use super::firsts::Firsts;
use super::run::line_of;
use super::{Content, Header, Record, Shard, Tally, Trust, Unit};

/// What files come to together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The first line, of a sweep that is not split.
    pub header: Header,
    /// One for each scenario.
    pub tallies: Vec<Tally>,
    /// The file of all.
    pub bytes: Vec<u8>,
}

/// Merges files, each with its name, in any order. Units that several have may differ in nothing but what those files
/// told before.
///
/// # Errors
/// When they are not of one sweep, or a unit came to different things: with files and lines.
pub fn merge(files: Vec<(String, Content)>) -> Result<Merged, String> {
    let Some((first, header)) = files
        .first()
        .map(|(name, content)| (name.clone(), content.header.clone()))
    else {
        return Err("there is no file to merge".into());
    };
    if let Some((other, difference)) = files
        .iter()
        .find_map(|(name, content)| Some((name, header.difference(&content.header)?)))
    {
        return Err(format!("{first}:1 and {other}:1 are of different sweeps: {difference}"));
    }
    let header = header.of_shard(Shard::WHOLE);
    let mut records: BTreeMap<Unit, (String, Record)> = BTreeMap::new();
    for (name, content) in files {
        for (number, unit, record) in content.records {
            let place = format!("{name}:{number}");
            let Some((known_place, known)) = records.get_mut(&unit) else {
                records.insert(unit, (place, record));
                continue;
            };
            if !known.is_same_run(&record) {
                let Record { scenario, seed, .. } = record;
                return Err(format!(
                    "{known_place} and {place} differ about {scenario} with seed {seed}: a seed must mean the same everywhere"
                ));
            }
            known.shown.extend(record.shown);
            known.failures.extend(record.failures);
        }
    }
    let mut bytes = [line_of(&header), line_of(&Trust::default())].concat();
    let mut firsts = Firsts::default();
    let mut tallies = Tally::of(&header);
    for (unit, (_, mut record)) in records {
        firsts.keep(&header.scenarios[unit.scenario], &mut record);
        tallies[unit.scenario].add(&header, unit, &record);
        bytes.extend(line_of(&record));
    }
    Ok(Merged { header, tallies, bytes })
}
