use super::{object_keys::ObjectKeys, object_kind::ObjectKind};
use crate::{
    delivery_stream::Compression,
    encoder::AnyEncoder,
    objects::{Arrivals, ObjectLayout},
};

/// The layout of a delivery stream's objects: data by partition, failed records by error output
/// type.
#[derive(Debug)]
pub(super) struct StreamLayout {
    pub(super) keys: ObjectKeys,
    pub(super) compression: Compression,
    /// The delimiter between data records. Error lines end in a newline of their own.
    pub(super) delimiter: &'static [u8],
}

impl ObjectLayout for StreamLayout {
    type Group = ObjectKind;

    fn encoder(&self, kind: &ObjectKind) -> AnyEncoder {
        let delimiter = match kind {
            ObjectKind::Partition(_) => self.delimiter,
            ObjectKind::Failed(_) => b"",
        };
        AnyEncoder::new(self.compression, delimiter)
    }

    fn key(&self, kind: &ObjectKind, arrivals: Arrivals) -> String {
        self.keys.key(kind, arrivals)
    }
}
