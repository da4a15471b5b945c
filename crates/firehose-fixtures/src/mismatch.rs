use std::{fmt, path::PathBuf};

use crate::difference::Difference;

/// The reason why a case fails.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The answer differs from `expected.json`.
    Differs {
        /// The path of `expected.json`.
        file: PathBuf,
        /// The differences, in the order of the records.
        differences: Vec<Difference>,
    },
    /// The case cannot be compared or updated: a file cannot be read or written, the function gave no
    /// valid answer, or two runs of an update differ.
    Failed(String),
}

/// The maximum number of differences that a message shows for one record.
const SHOWN_OF_RECORD: usize = 20;

/// The number of differences after which a message shows no more records.
const SHOWN: usize = 100;

/// Writes the file, and the differences of each record under its id.
impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (file, differences) = match self {
            Self::Failed(reason) => return f.write_str(reason),
            Self::Differs { file, differences } => (file, differences),
        };
        write!(f, "{}", file.display())?;
        let mut shown = 0;
        for of_record in differences.chunk_by(|one, other| one.record == other.record) {
            if shown >= SHOWN {
                let more = differences.len() - shown;
                return write!(f, "\n  ... and {more} more differences");
            }
            if let Some(Difference { record: Some(number), record_id, .. }) = of_record.first() {
                let id = record_id.as_deref().unwrap_or_default();
                write!(f, "\n  record {number}, recordId {id:?}")?;
            }
            for difference in of_record.iter().take(SHOWN_OF_RECORD) {
                let indent = if difference.record.is_some() { "    " } else { "  " };
                let text = difference.to_string().replace('\n', &format!("\n{indent}  "));
                write!(f, "\n{indent}{text}")?;
            }
            if let Some(more) = of_record.len().checked_sub(SHOWN_OF_RECORD).filter(|it| *it > 0) {
                write!(f, "\n    ... and {more} more differences of this record")?;
            }
            shown += of_record.len();
        }
        let rules = changing(differences);
        if !rules.is_empty() {
            let rules = rules.join(", ");
            write!(f, "\n  if these values change with each run, add to `matching`: {rules}")?;
        }
        Ok(())
    }
}

/// Returns rules for the times and UUIDs among the differences. Such values usually change with each
/// run.
fn changing(differences: &[Difference]) -> Vec<String> {
    let rules = differences.iter().filter_map(Difference::suggestion);
    let rules = rules.filter(|(_, rule)| matches!(*rule, "timestamp" | "uuid"));
    let mut rules: Vec<_> = rules.map(|(path, rule)| format!("{path:?}: {rule:?}")).collect();
    rules.sort();
    rules.dedup();
    rules
}

impl std::error::Error for Mismatch {}

impl From<String> for Mismatch {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}
