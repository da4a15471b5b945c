/// A setting that [`DeliveryStream::check`](super::DeliveryStream::check) can reject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The name of the delivery stream.
    Name,
    /// The name of the Kinesis stream that is the source.
    KinesisStream,
    /// The prefix of objects.
    Prefix,
    /// The prefix of objects with failed records.
    ErrorOutputPrefix,
    /// The size hint of the destination.
    BufferSize,
    /// The time hint of the destination.
    BufferInterval,
    /// The Lambda processor.
    Lambda,
    /// The RecordDeAggregation processor.
    RecordDeAggregation,
    /// The MetadataExtraction processor.
    MetadataExtraction,
}

/// A setting that AWS would not deploy, or that is not simulated.
#[derive(Debug)]
pub struct InvalidSetting {
    /// The setting.
    pub setting: Setting,
    /// The reason, as the text of an error message.
    pub reason: String,
    /// `true` if AWS may accept the setting.
    pub is_not_simulated: bool,
}
