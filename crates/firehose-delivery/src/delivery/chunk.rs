use std::sync::Arc;

use crate::delivery_stream::StreamRecord;

/// Records that were read together. All delivery streams that read one Kinesis stream share them.
pub(super) type Chunk = Arc<Vec<Arc<StreamRecord>>>;
