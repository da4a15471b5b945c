use crate::{
    aws_names::{REGION, delivery_stream_arn},
    delivery_stream::EventWriter,
};

/// Returns a writer of events. Error lines do not name their delivery stream, so the events name a
/// delivery stream `replay`.
pub(super) fn replay_events() -> EventWriter {
    EventWriter::new(&delivery_stream_arn("replay"), REGION, None)
}
