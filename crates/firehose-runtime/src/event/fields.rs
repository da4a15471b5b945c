use firehose_core::{JsonKey, JsonScanner, JsonSyntaxError};

/// Reads the fields of an object, of which these are known by name.
///
/// Firehose writes them in one order, so the field after the last one is tried first, which
/// saves looking for the end of its name.
pub(super) struct Fields<F: 'static> {
    known: &'static [(JsonKey, F)],
    expected: usize,
}

impl<F: Copy> Fields<F> {
    /// Enters an object. The keys are in the order of Firehose.
    pub(super) fn of(
        scanner: &mut JsonScanner<'_>,
        known: &'static [(JsonKey, F)],
    ) -> Result<Self, JsonSyntaxError> {
        scanner.object()?;
        Ok(Self { known, expected: 0 })
    }

    /// The next known field, its value being next, after all unknown ones; `None` at the end.
    #[inline]
    pub(super) fn next(
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
