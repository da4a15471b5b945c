use std::{collections::BTreeSet, sync::Arc};

/// The error codes of error lines. Each code is in memory once. The number and the length of codes
/// are bounded, since a line may have any text as its code.
#[derive(Debug, Default)]
pub(super) struct ErrorCodes(BTreeSet<Arc<str>>);

impl ErrorCodes {
    const MAX: usize = 100;
    const MAX_BYTES: usize = 200;

    /// Returns the shared text of a code. A missing code, and a code beyond the limit, have a
    /// replacement.
    pub(super) fn get(&mut self, code: Option<&str>) -> Arc<str> {
        let code = code.filter(|code| !code.is_empty()).unwrap_or("no error code");
        let code = &code[..code.floor_char_boundary(Self::MAX_BYTES)];
        let code = match self.0.get(code) {
            None if self.0.len() >= Self::MAX => "other error codes",
            Some(found) => return Arc::clone(found),
            None => code,
        };
        let code = Arc::from(code);
        self.0.insert(Arc::clone(&code));
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_codes_is_bounded() {
        let mut codes = ErrorCodes::default();
        assert_eq!(&*codes.get(None), "no error code");
        assert_eq!(&*codes.get(Some("")), "no error code");
        for number in 0..1000 {
            codes.get(Some(&format!("code {number}")));
        }
        assert_eq!(&*codes.get(Some("code 7")), "code 7");
        assert_eq!(&*codes.get(Some("code 777")), "other error codes");
        assert_eq!(codes.0.len(), ErrorCodes::MAX + 1);
        assert_eq!(codes.get(Some(&"é".repeat(1000))).len(), "other error codes".len());
    }
}
