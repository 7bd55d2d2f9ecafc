//! A scenario file as a document in which values can be replaced, the rest staying as it was written.

use toml_edit::{DocumentMut, Item, TableLike, value};

/// The document.
#[derive(Clone, Debug)]
pub(super) struct Document(DocumentMut);

/// Where a value stands: the keys on the way to it.
pub(super) type Place = Vec<String>;

impl Document {
    pub(super) fn new(content: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(content).map_err(|error| error.to_string())?;
        let document = text.parse::<DocumentMut>().map_err(|error| error.to_string())?;
        Ok(Self(document))
    }

    pub(super) fn text(&self) -> String {
        self.0.to_string()
    }

    /// What stands there.
    fn get(&self, place: &[&str]) -> Option<&Item> {
        place
            .iter()
            .try_fold(self.0.as_item(), |item, key| item.as_table_like()?.get(key))
    }

    /// Whether something stands there.
    pub(super) fn has(&self, place: &[&str]) -> bool {
        self.get(place).is_some()
    }

    /// The names of the tables in this one.
    pub(super) fn tables_in(&self, key: &str) -> Vec<String> {
        let table = self.get(&[key]).and_then(Item::as_table_like);
        let names = table
            .into_iter()
            .flat_map(|table| table.iter().map(|(name, _)| name.to_owned()));
        names.collect()
    }

    /// Every plain value, in the order of the file; nothing inside of arrays.
    pub(super) fn values(&self) -> Vec<Place> {
        let mut places = Vec::new();
        values_in(self.0.as_table(), &mut Vec::new(), &mut places);
        places
    }

    /// Puts a value there, and the tables on the way that are missing.
    pub(super) fn set(&mut self, place: &[String], text: &str) -> Result<(), String> {
        let mut item = self.0.as_item_mut();
        for (depth, key) in place.iter().enumerate() {
            if !item.is_none() && item.as_table_like().is_none() {
                let name = place[..depth].join(".");
                return Err(format!("`{name}` is no table: nothing can be put into it"));
            }
            item = &mut item[key.as_str()];
        }
        *item = match (text.parse::<i64>(), text.parse::<bool>()) {
            (Ok(number), _) => value(number),
            (_, Ok(truth)) => value(truth),
            _ => value(text),
        };
        Ok(())
    }
}

fn values_in(table: &dyn TableLike, way: &mut Place, places: &mut Vec<Place>) {
    for (key, item) in table.iter() {
        way.push(key.to_owned());
        match item.as_table_like() {
            Some(inner) => values_in(inner, way, places),
            None if item.is_array() || item.is_none() => {}
            None => places.push(way.clone()),
        }
        way.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, place: &str, value: &str) -> String {
        let mut document = Document::new(text.as_bytes()).unwrap();
        let place: Place = place.split('.').map(str::to_owned).collect();
        document.set(&place, value).unwrap();
        document.text()
    }

    #[test]
    fn a_value_is_replaced_wherever_it_stands() {
        assert_eq!(
            with("a = { b = \"1s\" } # so\n", "a.b", "2s"),
            "a = { b = \"2s\" } # so\n"
        );
        assert_eq!(with("[a]\nb.c = 1\nd = 2\n", "a.b.c", "7"), "[a]\nb.c = 7\nd = 2\n");
        assert_eq!(with("[a]\nb = 1\n", "a.b", "true"), "[a]\nb = true\n");
    }

    #[test]
    fn what_is_missing_is_put_there() {
        let read = |text: &str| text.parse::<toml::Table>().unwrap();
        let simulate = with("[consumer.w]\nx = 1\n", "simulate.count.w", "4");
        assert_eq!(read(&simulate)["simulate"]["count"]["w"].as_integer(), Some(4));
        let simulate = with("[simulate]\nseeds = 4\n[z]\n", "simulate.count.w", "4");
        assert_eq!(read(&simulate)["simulate"]["count"]["w"].as_integer(), Some(4));
        let simulate = with("simulate.faults.x = 1\n", "simulate.count.w", "4");
        assert_eq!(read(&simulate)["simulate"]["count"]["w"].as_integer(), Some(4));
    }

    #[test]
    fn nothing_goes_into_what_is_no_table() {
        let mut document = Document::new(b"a = 1").unwrap();
        let place = ["a", "b"].map(str::to_owned);
        assert!(document.set(&place, "1").is_err());
    }
}
