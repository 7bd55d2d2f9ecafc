//! A sweep's file: read back, to go on with it or to merge it.

use std::fmt;

use serde::de::DeserializeOwned;

use super::{Header, Record, Trust, Unit};

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Its first line.
    pub header: Header,
    /// The others, in the order of units, each with its number.
    pub records: Vec<(usize, Unit, Record)>,
    /// So many bytes of it are whole lines.
    pub whole_bytes: usize,
}

impl Content {
    /// Reads a file. Its last line is dropped where it was cut in half, and nothing is left where not even the first lines
    /// are whole.
    ///
    /// # Errors
    /// When it is no file of a sweep: with the line.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, String> {
        let whole_bytes = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let mut lines = bytes[..whole_bytes].split_inclusive(|byte| *byte == b'\n').zip(1..);
        let (Some(header), Some(trust)) = (lines.next(), lines.next()) else {
            return match lines_look_strange(bytes) {
                true => Err("line 1: this is no file of a sweep".into()),
                false => Ok(None),
            };
        };
        let header: Header = line(header, &"the header of a sweep")?;
        if line::<Trust>(trust, &"what canary and repetition came to")? != Trust::default() {
            return Err("line 2: neither its canary nor its repetition may have come out otherwise".into());
        }
        let mut records = Vec::new();
        for (bytes, number) in lines {
            let record: Record = line((bytes, number), &"a record of a sweep")?;
            let of_name = |planned: &super::Planned| planned.name == record.scenario;
            let scenario = header.scenarios.iter().position(of_name);
            let within = (header.seeds[0]..header.seeds[1]).contains(&record.seed);
            let (Some(scenario), true) = (scenario, within) else {
                let Record { scenario, seed, .. } = record;
                return Err(format!(
                    "line {number}: {scenario} with seed {seed} is not of this sweep"
                ));
            };
            let unit = Unit {
                seed: record.seed,
                scenario,
            };
            if records.last().is_some_and(|(_, before, _)| *before >= unit) {
                return Err(format!("line {number}: the line before it should come later"));
            }
            records.push((number, unit, record));
        }
        Ok(Some(Self {
            header,
            records,
            whole_bytes,
        }))
    }
}

/// Whether bytes without two whole lines are something else than the beginning of a sweep's file.
fn lines_look_strange(bytes: &[u8]) -> bool {
    const BEGINNING: &[u8] = b"{\"sweep\":";
    let compared = bytes.len().min(BEGINNING.len());
    bytes[..compared] != BEGINNING[..compared]
}

fn line<T: DeserializeOwned>((bytes, number): (&[u8], usize), what: &dyn fmt::Display) -> Result<T, String> {
    serde_json::from_slice(bytes).map_err(|error| format!("line {number}: this is not {what}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::super::header::tests::header;
    use super::super::run::line_of;
    use super::*;

    fn text(lines: &[&[u8]]) -> Vec<u8> {
        lines.concat()
    }

    fn record(scenario: &str, seed: u64) -> Vec<u8> {
        format!("{{\"scenario\":\"{scenario}\",\"seed\":{seed},\"requests\":1,\"virtual_ms\":2}}\n").into_bytes()
    }

    #[test]
    fn a_line_that_was_cut_in_half_is_dropped() {
        let (first, second) = (line_of(&header(2, 0..5)), line_of(&Trust::default()));
        let head = text(&[&first, &second]);
        let lines = [record("test/0", 0), record("test/1", 0), record("test/1", 3)];
        let whole = text(&[&head, &lines[0], &lines[1], &lines[2]]);
        for cut in 0..=whole.len() {
            let content = Content::read(&whole[..cut]).unwrap();
            assert_eq!(content.is_some(), cut >= head.len(), "at {cut}");
            let Some(content) = content else { continue };
            let ends = [
                0,
                lines[0].len(),
                lines[0].len() + lines[1].len(),
                whole.len() - head.len(),
            ];
            let last = ends.iter().rposition(|end| head.len() + end <= cut).unwrap();
            assert_eq!(
                (content.records.len(), content.whole_bytes),
                (last, head.len() + ends[last])
            );
        }
    }

    #[test]
    fn other_files_are_refused_with_the_line() {
        let (first, second) = (line_of(&header(2, 0..5)), line_of(&Trust::default()));
        let with = |line: &[u8]| Content::read(&text(&[&first, &second, line])).unwrap_err();
        assert!(with(b"{\"scenario\":\n").starts_with("line 3: this is not a record"));
        assert!(with(&record("test/2", 0)).starts_with("line 3: test/2 with seed 0 is not"));
        assert!(with(&record("test/1", 5)).starts_with("line 3: test/1 with seed 5 is not"));
        assert!(with(&[record("test/1", 1), record("test/0", 1)].concat()).starts_with("line 4: the line before"));
        let refused = |bytes: &[u8]| Content::read(bytes).unwrap_err();
        assert!(refused(b"story = \"another file\"").starts_with("line 1"));
        assert!(refused(b"{}\n{}\n").starts_with("line 1: this is not the header"));
        assert!(refused(&text(&[&first, &first])).starts_with("line 2: this is not what canary"));
        let alarmed = b"{\"canary\":\"holds\",\"repeated\":\"alike\"}\n";
        assert!(refused(&text(&[&first, alarmed])).starts_with("line 2: neither"));
    }
}
