/// The fields of an event that name its source and its delivery stream.
///
/// ```
/// use firehose_runtime::reingest::Origin;
///
/// let arn = "arn:aws:kinesis:eu-west-1:111122223333:stream/orders";
/// let mut origin = Origin::default();
/// origin.source_kinesis_stream_arn = Some(arn.to_owned());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Origin {
    /// `region`, such as `eu-west-1`.
    pub region: Option<String>,
    /// `deliveryStreamArn`.
    pub delivery_stream_arn: Option<String>,
    /// `sourceKinesisStreamArn`, if the source is a Kinesis data stream.
    pub source_kinesis_stream_arn: Option<String>,
}
