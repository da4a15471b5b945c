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
    /// The compression of objects with failed records.
    pub(super) failed_compression: Compression,
    /// The delimiter between data records. Error lines end in a newline of their own.
    pub(super) delimiter: &'static [u8],
}

impl ObjectLayout for StreamLayout {
    type Group = ObjectKind;

    fn encoder(&self, kind: &ObjectKind) -> AnyEncoder {
        match kind {
            ObjectKind::Partition(_) => AnyEncoder::new(self.compression, self.delimiter),
            ObjectKind::Failed(_) => AnyEncoder::new(self.failed_compression, b""),
        }
    }

    fn key(&self, kind: &ObjectKind, arrivals: Arrivals) -> String {
        self.keys.key(kind, arrivals)
    }
}
