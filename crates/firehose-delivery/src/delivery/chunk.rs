use std::sync::Arc;

use crate::delivery_stream::StreamRecord;

/// Records that were read together. The delivery streams of a run share the records.
pub(super) type Chunk = Arc<Vec<Arc<StreamRecord>>>;
