use std::sync::Arc;

use super::plan::Plan;
use firehose_delivery::{
    delivery::Taken,
    delivery_stream::{StreamRecord, StreamSource},
    now::now,
    observer::{DeliveryEvent, DeliveryObserver},
    source::{DirectPut, InputError, InputFormat, InputItem, InputReader, PutError, ShardedStream},
};

/// The records of the input, put to where they are to be put.
pub(super) fn put(
    reader: InputReader,
    plan: &Plan,
    format: InputFormat,
    observer: Arc<dyn DeliveryObserver>,
) -> impl Iterator<Item = Result<Taken, InputError>> + Send + 'static {
    let mut putter = Putter::new(plan);
    let mut is_suspicious = format == InputFormat::Lines;
    reader.map(move |item| {
        let item = item?;
        if is_suspicious && looks_like_event(&item) {
            observer.observe(&DeliveryEvent::InputLooksLikeEvents);
            is_suspicious = false;
        }
        Ok(putter.put(item))
    })
}

/// Whether a line is one that a Firehose event begins with.
fn looks_like_event(item: &InputItem) -> bool {
    let InputItem::Record(record) = item else { return false };
    if record.position > 5 {
        return false;
    }
    let start = record.data.get(..100).unwrap_or(&record.data);
    let start = String::from_utf8_lossy(start);
    ["\"invocationId\":", "\"deliveryStreamArn\":", "\"records\":"]
        .iter()
        .any(|key| start.trim_start_matches(['{', ' ', '\t']).starts_with(key))
}

/// What producers put records to.
enum Putter {
    DeliveryStream(DirectPut),
    KinesisStream(ShardedStream, Vec<StreamRecord>),
}

impl Putter {
    fn new(plan: &Plan) -> Self {
        let now = now();
        match plan.source {
            StreamSource::DirectPut => Self::DeliveryStream(DirectPut::new(now)),
            StreamSource::KinesisStream(_) => {
                Self::KinesisStream(ShardedStream::new(plan.shards, now), Vec::new())
            }
        }
    }

    fn put(&mut self, item: InputItem) -> Taken {
        let refused = |position, reason: String| Taken {
            position,
            records: Vec::new(),
            refused: Some(reason),
        };
        let record = match item {
            InputItem::Record(record) => record,
            InputItem::TooLarge { position, bytes, limit } => {
                let error = PutError::TooLarge { position, bytes, limit };
                return refused(position, error.to_string());
            }
            InputItem::Unreadable { position, reason } => {
                return refused(
                    position,
                    format!("record {position} of the input: {reason}: not put"),
                );
            }
        };
        let (now, position) = (now(), record.position);
        match self {
            Self::DeliveryStream(stream) => match stream.put(record, now) {
                Ok(record) => Taken { position, records: vec![Arc::new(record)], refused: None },
                Err(error) => refused(position, error.to_string()),
            },
            Self::KinesisStream(stream, out) => {
                // What comes before a loss in an aggregate is there.
                let refused = stream.put(record, now, out).err().map(|error| error.to_string());
                let records = out.drain(..).map(Arc::new).collect();
                Taken { position, records, refused }
            }
        }
    }
}
