use std::sync::Arc;

use bytes::Bytes;

use crate::{outcome::BoxError, record::Record};

/// The items of a record, in order. Each item is a record whose data is the item.
///
/// An [`InvalidItem`](crate::InvalidItem) stands for one item, and further items follow. Any other error
/// is the last item: the rest of the record cannot be split.
pub type Items = Box<dyn Iterator<Item = Result<Record, BoxError>> + Send>;

/// Splits a record that holds several items.
///
/// See also [`for_each`](crate::for_each), which runs a transform on each item.
///
/// | splitter | items |
/// |---|---|
/// | [`JsonValues`](crate::JsonValues) | JSON values one after the other, with or without newlines |
/// | [`JsonLines`](crate::JsonLines) | lines with one JSON value each |
/// | [`JsonArray`](crate::JsonArray) | the elements of a JSON array |
/// | [`Lines`](crate::Lines) | lines of text |
/// | `firehose_transforms::csv::CsvRows` | the rows of CSV, as JSON objects |
/// | `kpl_aggregation::KplUserRecords` | the user records of a KPL aggregate |
///
/// # Your own splitter
///
/// ```
/// use firehose_core::{Items, Record, Split};
///
/// /// Fields that are separated by semicolons.
/// struct Semicolons;
///
/// impl Split for Semicolons {
///     fn split(&self, record: Record) -> Items {
///         let data = record.data().clone();
///         let ends = memchr(&data, b';').into_iter().chain([data.len()]).collect::<Vec<_>>();
///         let mut start = 0;
///         Box::new(ends.into_iter().map(move |end| {
///             let item = data.slice(start..end);
///             start = end + 1;
///             Ok(record.clone().with_data(item))
///         }))
///     }
/// }
/// # fn memchr(data: &[u8], byte: u8) -> Vec<usize> {
/// #     (0..data.len()).filter(|at| data[*at] == byte).collect()
/// # }
/// let items = Semicolons.split(Record::new("1", "a;b"));
/// let items: Vec<_> = items.map(|item| item.unwrap().into_data()).collect();
/// assert_eq!(items, ["a", "b"]);
/// ```
///
/// # Contract
///
/// **The implementer** makes the items lazily, so that a record with many items needs little
/// memory. Where the format allows, an item is a slice of the record's data. The items keep the id,
/// the arrival time and the source of the record: start from `record.clone()`.
///
/// **The caller** stops at the first error that is not an [`InvalidItem`](crate::InvalidItem).
pub trait Split: Send + Sync + 'static {
    /// Splits a record into its items.
    fn split(&self, record: Record) -> Items;

    /// Splits a record into two records with about half of its bytes each.
    ///
    /// The two have all items of the record in their order, each at least one, and the same form.
    /// Returns `None` if the record has only one item, if it cannot be split into items, or if the
    /// splitter offers no halves, which is the default. See also
    /// [`Transform::halves`](crate::Transform::halves).
    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        let _ = record;
        None
    }
}

#[deny(clippy::missing_trait_methods)]
impl<S: Split + ?Sized> Split for Arc<S> {
    fn split(&self, record: Record) -> Items {
        (**self).split(record)
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        (**self).halves(record)
    }
}

#[deny(clippy::missing_trait_methods)]
impl<S: Split + ?Sized> Split for Box<S> {
    fn split(&self, record: Record) -> Items {
        (**self).split(record)
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        (**self).halves(record)
    }
}
