use crate::terraform::language::Value;

/// The key of one instance of a block with `count` or `for_each`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum InstanceKey {
    /// The block has neither `count` nor `for_each`.
    #[default]
    Only,
    Count(usize),
    Each(String, Value),
}

impl InstanceKey {
    /// Returns the end of the address, such as `["eu"]`.
    pub(super) fn suffix(&self) -> String {
        match self {
            Self::Only => String::new(),
            Self::Count(index) => format!("[{index}]"),
            Self::Each(key, _) => format!("[\"{key}\"]"),
        }
    }

    /// Returns `true` if an index selects the instance.
    pub(super) fn is(&self, index: &Value) -> bool {
        let text = match self {
            Self::Only => return false,
            Self::Count(number) => number.to_string(),
            Self::Each(key, _) => key.clone(),
        };
        index.to_text() == Some(text)
    }
}
