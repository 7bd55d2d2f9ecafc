//! "Did you mean …?": the known word nearest to an unknown one.

/// Longer lists help nobody.
const MAX_LISTED: usize = 20;

/// The help under an unknown word: the nearest known word if one is close, else all of them if they are few.
pub(super) fn help<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    match known.as_slice() {
        [] => return None,
        [only] => return Some(format!("did you mean `{only}`? It is the only one there is")),
        _ => {}
    }
    if let Some(near) = nearest(word, &known) {
        return Some(format!("did you mean `{near}`?"));
    }
    one_of(&known)
}

/// What is expected: one of the known words, if they are few.
pub(super) fn one_of(known: &[&str]) -> Option<String> {
    listed(known).map(|list| format!("expected one of {list}"))
}

/// All the known words, if they are few.
pub(crate) fn listed(known: &[&str]) -> Option<String> {
    if known.is_empty() || known.len() > MAX_LISTED {
        return None;
    }
    let list: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    Some(list.join(", "))
}

/// The first of the words that are fewest edits away, if that is at most a third of the longer word's length.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let wanted: Vec<char> = word.chars().take(64).collect();
    known
        .iter()
        .map(|candidate| (distance(&wanted, &candidate.chars().collect::<Vec<_>>()), *candidate))
        .filter(|(edits, candidate)| *edits <= wanted.len().max(candidate.chars().count()).saturating_add(1) / 3)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, by one row of the table (Wagner and Fischer, 1974).
fn distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, b) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_offered_and_far_ones_listed() {
        let known = ["oldest-first", "all-at-once"];
        assert_eq!(
            help("oldest-frist", known).as_deref(),
            Some("did you mean `oldest-first`?")
        );
        assert_eq!(
            help("newest", known).as_deref(),
            Some("expected one of `oldest-first`, `all-at-once`")
        );
        assert_eq!(help("x", ["s", "m"]).as_deref(), Some("expected one of `s`, `m`"));
        assert_eq!(help("x", []), None);
    }
}
