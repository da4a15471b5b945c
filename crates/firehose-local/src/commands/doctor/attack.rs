/// Defines the attacks. The text of an attack is its description in reports and in the documentation.
macro_rules! attacks {
    ($($attack:ident, $class:ident, $name:literal, $text:literal;)+) => {
        /// An attack: an event of a form that a function meets in production.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Attack {
            $(#[doc = $text] $attack,)+
        }

        impl Attack {
            /// All attacks, in the order in which they run.
            pub(super) const ALL: &[Self] = &[$(Self::$attack),+];

            /// Returns the stable name.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$attack => $name,)+
                }
            }

            /// Returns the event in words.
            pub(super) fn description(self) -> &'static str {
                match self {
                    $(Self::$attack => $text,)+
                }
            }

            /// Returns the kind of the event, which determines the judgement of a failure.
            pub(super) fn class(self) -> AttackClass {
                match self {
                    $(Self::$attack => AttackClass::$class,)+
                }
            }
        }
    };
}

/// The kind of an attack's event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AttackClass {
    /// Nothing but good records.
    Good,
    /// A bad or unusual record among good records.
    OneRecord,
    /// Good records, as many or as large as an event can have.
    Large,
    /// Good records in an event of another form, which this function need not support.
    OtherForm,
}

attacks! {
    GoodRecords, Good, "good-records", "good records only";
    SameEventTwice, Good, "same-event-twice", "the same event twice, to one process";
    NotJson, OneRecord, "not-json", "a record that is cut off, and one that is other text";
    NotUtf8, OneRecord, "not-utf-8", "a record with bytes that are not UTF-8";
    NotAscii, OneRecord, "not-ascii", "a good record with text beyond ASCII";
    Empty, OneRecord, "empty", "an empty record";
    Whitespace, OneRecord, "whitespace", "a record of white space";
    OtherType, OneRecord, "other-json-type", "JSON of other types: null, a number, a text, a list";
    NullFields, OneRecord, "null-fields", "a good record whose values are null";
    MissingFields, OneRecord, "missing-fields", "a good record without its fields";
    HugeNumbers, OneRecord, "huge-numbers", "a good record with numbers beyond 64 bits";
    DeepNesting, OneRecord, "deep-nesting", "JSON that is nested 5,000 levels deep";
    SeveralValues, OneRecord, "several-values", "records with two JSON values each";
    TrailingNewline, OneRecord, "trailing-newline", "a good record with a newline at its end";
    Gzip, OneRecord, "gzip", "a good record with another compression: in gzip, or without";
    TruncatedGzip, OneRecord, "truncated-gzip", "half of a record in gzip";
    ControlMessage, OneRecord, "control-message", "a CONTROL_MESSAGE of CloudWatch Logs";
    KplAggregate, OneRecord, "kpl-aggregate", "an aggregate of the Kinesis Producer Library";
    LargeRecord, OneRecord, "large-record", "a record of nearly 1 MiB";
    LargeEvent, Large, "large-event", "an event of nearly 6 MiB";
    LargeResponse, Large, "large-response", "good records whose outputs pass 6 MiB together";
    ManyRecords, Large, "many-records", "10,000 records, or as many as an event can have";
    NearDeadline, Large, "near-deadline", "an event full of records, within the time limit";
    EmptyBatch, OtherForm, "empty-batch", "an event without records";
    NoArrivalTime, OtherForm, "no-arrival-time", "records without an arrival time";
    DirectPutSource, OtherForm, "direct-put-source", "an event of Direct PUT";
    KinesisSource, OtherForm, "kinesis-source", "an event of a Kinesis stream";
    MskSource, OtherForm, "msk-source", "an event of Amazon MSK";
    TwoEvents, Good, "two-events", "two events at the same time";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_each_attack() {
        let table: String = Attack::ALL
            .iter()
            .map(|attack| format!("| `{}` | {} |\n", attack.name(), attack.description()))
            .collect();
        let page = include_str!("../../docs/doctor.md");
        assert!(page.contains(&table), "put this table into doctor.md:\n{table}");
    }
}
