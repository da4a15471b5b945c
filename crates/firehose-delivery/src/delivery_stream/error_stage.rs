/// The part of a delivery stream that a record failed in. The error code and the error output type
/// of the record name this part.
///
/// The error lines of this engine and the classification of error lines in a replay share this list.
/// The codes are those of
/// <https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html>, the error
/// output types those of <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>. The
/// type of Elasticsearch is that of earlier editions of the page. The types of Snowflake and Iceberg
/// are [documented][retry] or observed as names of folders.
///
/// [retry]: https://docs.aws.amazon.com/firehose/latest/dev/retry.html
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorStage {
    /// The Lambda function.
    Function,
    /// The conversion of the record format.
    FormatConversion,
    /// An HTTP endpoint.
    HttpEndpoint,
    /// Splunk.
    Splunk,
    /// OpenSearch or OpenSearch Serverless. A code can also be an HTTP status without a prefix.
    OpenSearch,
    /// Elasticsearch.
    Elasticsearch,
    /// Redshift.
    Redshift,
    /// Snowflake.
    Snowflake,
    /// Apache Iceberg tables.
    Iceberg,
    /// S3.
    S3,
}

impl ErrorStage {
    /// All stages.
    pub(crate) const ALL: [Self; 10] = [
        Self::Function,
        Self::FormatConversion,
        Self::HttpEndpoint,
        Self::Splunk,
        Self::OpenSearch,
        Self::Elasticsearch,
        Self::Redshift,
        Self::Snowflake,
        Self::Iceberg,
        Self::S3,
    ];

    /// Returns the text before the first dot of the stage's error codes.
    fn code_prefix(self) -> &'static str {
        match self {
            Self::Function => "Lambda",
            Self::FormatConversion => "DataFormatConversion",
            Self::HttpEndpoint => "HttpEndpoint",
            Self::Splunk => "Splunk",
            Self::OpenSearch => "OS",
            Self::Elasticsearch => "ES",
            Self::Redshift => "Redshift",
            Self::Snowflake => "Snowflake",
            Self::Iceberg => "Iceberg",
            Self::S3 => "S3",
        }
    }

    /// Returns the value of `!{firehose:error-output-type}`; `None` for Redshift and S3, which
    /// write no error lines.
    pub(crate) fn error_output_type(self) -> Option<&'static str> {
        match self {
            Self::Function => Some("processing-failed"),
            Self::FormatConversion => Some("format-conversion-failed"),
            Self::HttpEndpoint => Some("http-endpoint-failed"),
            Self::Splunk => Some("splunk-failed"),
            Self::OpenSearch => Some("AmazonOpenSearchService-failed"),
            Self::Elasticsearch => Some("elasticsearch-failed"),
            Self::Snowflake => Some("snowflake-failed"),
            Self::Iceberg => Some("iceberg-failed"),
            Self::Redshift | Self::S3 => None,
        }
    }

    /// Returns the stage of an error code: the stage of its prefix, or OpenSearch for an HTTP status.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        let is_status = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
        if is_status {
            return Some(Self::OpenSearch);
        }
        let (prefix, _) = code.split_once('.')?;
        Self::ALL.into_iter().find(|stage| stage.code_prefix() == prefix)
    }

    /// Returns the stage of an error output type.
    pub(crate) fn of_output_type(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.error_output_type() == Some(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_prefix_and_each_type_belongs_to_one_stage() {
        for stage in ErrorStage::ALL {
            let code = format!("{}.Code.More", stage.code_prefix());
            assert_eq!(ErrorStage::of_code(&code), Some(stage));
            if let Some(name) = stage.error_output_type() {
                assert_eq!(ErrorStage::of_output_type(name), Some(stage));
            }
        }
        assert_eq!(ErrorStage::of_code("503"), Some(ErrorStage::OpenSearch));
        for unknown in ["", "Lambda", "5030", "DynamicPartitioning.X", "Decompression failed."] {
            assert_eq!(ErrorStage::of_code(unknown), None, "{unknown}");
        }
    }
}
