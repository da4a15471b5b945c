use firehose_core::{JsonKey, JsonScanner, JsonSyntaxError};

/// A reader of the known fields of an object.
///
/// A writer usually keeps one order of fields. So the reader first tries the known field after the
/// last field that it found, and need not search for the end of the name. This saves 6.9 % of the
/// instructions for a 6 MB event (see [`performance`](crate::performance)).
pub(crate) struct Fields<F: 'static> {
    known: &'static [(JsonKey, F)],
    /// The index of the field to try first.
    expected: usize,
}

impl<F: Copy> Fields<F> {
    /// Enters an object. `known` has the keys in the order in which most writers write them.
    pub(crate) fn enter(
        scanner: &mut JsonScanner<'_>,
        known: &'static [(JsonKey, F)],
    ) -> Result<Self, JsonSyntaxError> {
        scanner.object()?;
        Ok(Self { known, expected: 0 })
    }

    /// Skips to the value of the next known field, and returns the field, or `None` at the end.
    #[inline]
    pub(crate) fn next(
        &mut self,
        scanner: &mut JsonScanner<'_>,
    ) -> Result<Option<F>, JsonSyntaxError> {
        if let Some((key, field)) = self.known.get(self.expected)
            && scanner.take_key(key)
        {
            self.expected += 1;
            return Ok(Some(*field));
        }
        self.search(scanner)
    }

    fn search(&mut self, scanner: &mut JsonScanner<'_>) -> Result<Option<F>, JsonSyntaxError> {
        while let Some(key) = scanner.key()? {
            let found = if scanner.has_seen_escapes() {
                serde_json::from_str::<String>(key).ok().and_then(|name| self.position(&name))
            } else {
                self.position(&key[1..key.len() - 1])
            };
            if let Some(index) = found {
                self.expected = index + 1;
                return Ok(Some(self.known[index].1));
            }
            scanner.value()?;
        }
        Ok(None)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.known.iter().position(|(key, _)| key.name() == name)
    }
}
