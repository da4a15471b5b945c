use super::{
    destination_config::DestinationConfig,
    error_output_prefix::ErrorOutputPrefix,
    iceberg_config::IcebergConfig,
    invalid_prefix::InvalidPrefix,
    invalid_setting::{InvalidSetting, Setting},
    limits::{
        BUFFER_MEGABYTES, BUFFER_SECONDS, MAX_DELIVERY_STREAM_NAME, MAX_KINESIS_STREAM_NAME,
        MIN_BUFFER_MEGABYTES_TO_PARTITION, MIN_BUFFER_SECONDS_TO_PARTITION,
    },
    megabytes::MEGABYTE,
    metadata_query::MetadataQuery,
    name::is_name,
    partition_keys::KeySource,
    prefix::Prefix,
    settings::{DeliveryStream, StreamSource},
};
use firehose_runtime::error_chain;

impl DeliveryStream {
    /// Checks the names, and the settings that depend on each other.
    ///
    /// Callers have different names for a setting. `name_of` returns the name for error messages.
    ///
    /// # Errors
    ///
    /// Returns the first setting that AWS rejects or that is not simulated.
    pub fn check(&self, name_of: fn(Setting) -> &'static str) -> Result<(), InvalidSetting> {
        self.check_names()?;
        let prefix = self.check_prefixes(name_of)?;
        self.check_redshift(&prefix)?;
        let has_key = prefix.partition_keys().next().is_some();
        let wrong = |reason: String| Err(wrong(Setting::Prefix, reason));
        if has_key && !self.destination.s3().dynamic_partitioning {
            return wrong(
                "a partition key needs DynamicPartitioningConfiguration.Enabled: true".to_owned(),
            );
        }
        if prefix.keys_of(KeySource::Lambda).next().is_some() && self.lambda.is_none() {
            let lambda = name_of(Setting::Lambda);
            return wrong(format!(
                "!{{partitionKeyFromLambda:...}} needs a {lambda}, which is missing"
            ));
        }
        self.check_query(&prefix, name_of)?;
        self.check_sub_records(name_of)?;
        if self.destination.s3().dynamic_partitioning {
            return self.check_partitioning(has_key, name_of);
        }
        Ok(())
    }

    /// Checks that the query of MetadataExtraction gives the keys of the prefix.
    fn check_query(
        &self,
        prefix: &Prefix,
        name_of: fn(Setting) -> &'static str,
    ) -> Result<(), InvalidSetting> {
        let extraction = name_of(Setting::MetadataExtraction);
        let Some(query) = &self.processors.metadata_query else {
            return match prefix.keys_of(KeySource::Query).next() {
                Some(_) => {
                    let reason = format!(
                        "!{{partitionKeyFromQuery:...}} needs a {extraction}, which is missing"
                    );
                    Err(wrong(Setting::Prefix, reason))
                }
                None => Ok(()),
            };
        };
        if let DestinationConfig::Iceberg(_) = self.destination {
            return check_routing(query, extraction);
        }
        if !self.destination.s3().dynamic_partitioning {
            let reason =
                format!("a {extraction} needs DynamicPartitioningConfiguration.Enabled: true");
            return Err(wrong(Setting::MetadataExtraction, reason));
        }
        let Some(keys) = query.keys() else { return Ok(()) };
        match prefix.keys_of(KeySource::Query).find(|key| !keys.contains(*key)) {
            Some(key) => {
                let known: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
                let reason = format!(
                    "the query of the {extraction} gives no partition key `{key}`; it gives {}",
                    known.join(", ")
                );
                Err(wrong(Setting::Prefix, reason))
            }
            None => Ok(()),
        }
    }

    /// Checks that records are split only with dynamic partitioning. AWS rejects other delivery streams
    /// with `RecordDeAggregationProcessor can only be present when Dynamic Partitioning is enabled`:
    /// [observed](https://github.com/badmintoncryer/cdk-preflight).
    fn check_sub_records(
        &self,
        name_of: fn(Setting) -> &'static str,
    ) -> Result<(), InvalidSetting> {
        let is_partitioned = self.destination.s3().dynamic_partitioning;
        if self.processors.sub_records.is_none() || is_partitioned {
            return Ok(());
        }
        let setting = Setting::RecordDeAggregation;
        let reason =
            format!("a {} needs DynamicPartitioningConfiguration.Enabled: true", name_of(setting));
        Err(wrong(setting, reason))
    }

    fn check_names(&self) -> Result<(), InvalidSetting> {
        let check = |setting, name: &str, longest| match is_name(name, longest) {
            true => Ok(()),
            false => {
                let reason = format!(
                    "the name `{name}` must have 1 to {longest} of the characters a-z, A-Z, 0-9, \
                     `-`, `_` and `.`, and not only dots"
                );
                Err(wrong(setting, reason))
            }
        };
        check(Setting::Name, &self.name, MAX_DELIVERY_STREAM_NAME)?;
        match &self.source {
            StreamSource::DirectPut | StreamSource::MskTopic { .. } => Ok(()),
            StreamSource::KinesisStream(name) => {
                check(Setting::KinesisStream, name, MAX_KINESIS_STREAM_NAME)
            }
        }
    }

    fn check_prefixes(
        &self,
        name_of: fn(Setting) -> &'static str,
    ) -> Result<Prefix, InvalidSetting> {
        let prefix = Prefix::parse(&self.destination.s3().prefix)
            .map_err(|error| invalid(Setting::Prefix, &error))?;
        match self.destination.s3().error_output_prefix.as_deref() {
            Some(text) if !text.is_empty() => {
                ErrorOutputPrefix::parse(text)
                    .map_err(|error| invalid(Setting::ErrorOutputPrefix, &error))?;
            }
            _ if prefix.has_expressions() => {
                let other = name_of(Setting::ErrorOutputPrefix);
                let reason = format!("a prefix with expressions needs an {other} too");
                return Err(wrong(Setting::Prefix, reason));
            }
            _ => {}
        }
        Ok(prefix)
    }

    /// Checks the prefixes of a Redshift destination, which cannot have expressions:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html#prefix-rules>.
    fn check_redshift(&self, prefix: &Prefix) -> Result<(), InvalidSetting> {
        let DestinationConfig::Redshift(config) = &self.destination else { return Ok(()) };
        if prefix.has_expressions() {
            let reason = "the prefix of a Redshift destination must not have expressions";
            return Err(wrong(Setting::Prefix, reason.to_owned()));
        }
        match config.intermediate.error_output_prefix.as_deref() {
            None | Some("") => Ok(()),
            Some(_) => {
                let reason = "a Redshift destination must not have an ErrorOutputPrefix";
                Err(wrong(Setting::ErrorOutputPrefix, reason.to_owned()))
            }
        }
    }

    fn check_partitioning(
        &self,
        has_key: bool,
        name_of: fn(Setting) -> &'static str,
    ) -> Result<(), InvalidSetting> {
        // The default of 5 MB is below the minimum.
        if self.destination.s3().buffering.size < MIN_BUFFER_MEGABYTES_TO_PARTITION * MEGABYTE {
            let reason = format!(
                "dynamic partitioning needs a {} of {MIN_BUFFER_MEGABYTES_TO_PARTITION} to \
                 {}",
                name_of(Setting::BufferSize),
                BUFFER_MEGABYTES.end()
            );
            return Err(wrong(Setting::BufferSize, reason));
        }
        let interval = self.destination.s3().buffering.interval;
        if interval.as_secs() < MIN_BUFFER_SECONDS_TO_PARTITION {
            let reason = format!(
                "dynamic partitioning needs a {} of {MIN_BUFFER_SECONDS_TO_PARTITION} to {}",
                name_of(Setting::BufferInterval),
                BUFFER_SECONDS.end()
            );
            return Err(wrong(Setting::BufferInterval, reason));
        }
        if !has_key {
            let reason = "dynamic partitioning needs a partition key in the prefix, such as \
                          !{partitionKeyFromLambda:customer}";
            return Err(wrong(Setting::Prefix, reason.to_owned()));
        }
        Ok(())
    }
}

/// Checks that a query gives nothing but the keys that route records to Iceberg tables.
fn check_routing(query: &MetadataQuery, extraction: &str) -> Result<(), InvalidSetting> {
    let known = IcebergConfig::QUERY_KEYS;
    let keys = query.keys().into_iter().flatten();
    match keys.into_iter().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(InvalidSetting {
            setting: Setting::MetadataExtraction,
            reason: format!(
                "the query of the {extraction} gives `{key}`; a query that routes records to Iceberg \
                 tables gives {}",
                known.join(", ")
            ),
            // AWS does not document the keys.
            is_not_simulated: true,
        }),
        None => Ok(()),
    }
}

fn wrong(setting: Setting, reason: String) -> InvalidSetting {
    InvalidSetting { setting, reason, is_not_simulated: false }
}

fn invalid(setting: Setting, error: &InvalidPrefix) -> InvalidSetting {
    // AWS may accept the settings that are not simulated.
    let is_not_simulated = match error {
        InvalidPrefix::Timestamp { error, .. } => error.is_not_simulated(),
        _ => false,
    };
    InvalidSetting { setting, reason: error_chain(error), is_not_simulated }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::delivery_stream::{
        BufferingHints, LambdaProcessorConfig, S3DestinationConfig, SubRecordType,
    };

    fn partitioned() -> DeliveryStream {
        let mut destination = S3DestinationConfig {
            prefix: "!{partitionKeyFromLambda:a}/".to_owned(),
            error_output_prefix: Some("bad/".to_owned()),
            dynamic_partitioning: true,
            ..S3DestinationConfig::default()
        };
        destination.buffering.size = 64 * MEGABYTE;
        let mut stream = DeliveryStream::new("a", StreamSource::DirectPut, destination);
        stream.lambda = Some(LambdaProcessorConfig::new("f", "arn"));
        stream
    }

    fn check(change: fn(&mut DeliveryStream)) -> String {
        let mut stream = partitioned();
        change(&mut stream);
        let name_of = |setting| match setting {
            Setting::BufferSize => "--buffer-size",
            Setting::BufferInterval => "--buffer-interval",
            Setting::RecordDeAggregation => "RecordDeAggregation processor",
            Setting::Lambda => "function (--binary)",
            Setting::MetadataExtraction => "MetadataExtraction processor",
            _ => "--other",
        };
        match stream.check(name_of) {
            Ok(()) => "fine".to_owned(),
            Err(error) => {
                let kind = if error.is_not_simulated { " (not simulated)" } else { "" };
                format!("{:?}{kind}: {}", error.setting, error.reason)
            }
        }
    }

    #[test]
    fn a_query_may_route_records_to_iceberg_tables() {
        let check = |query: &str| {
            let config = IcebergConfig {
                tables: Vec::new(),
                buffering: BufferingHints::new(5, 300),
                backup: S3DestinationConfig::default(),
            };
            let config = DestinationConfig::Iceberg(config);
            let mut stream = DeliveryStream::new("a", StreamSource::DirectPut, config);
            stream.processors.metadata_query = Some(MetadataQuery::parse(query).unwrap());
            stream.check(|_| "MetadataExtraction").map_err(|error| error.reason)
        };
        for query in [
            r#"{destinationDatabaseName: "d", destinationTableName: .t, operation: "insert"}"#,
            "{destinationTableName: .t}",
            ".routing",
        ] {
            assert_eq!(check(query), Ok(()), "{query}");
        }
        insta::assert_snapshot!(check("{table: .t}").unwrap_err(), @"the query of the MetadataExtraction gives `table`; a query that routes records to Iceberg tables gives destinationDatabaseName, destinationTableName, operation");
    }

    #[test]
    fn an_error_names_the_setting_in_the_words_of_the_caller() {
        let found = [
            check(|_| {}),
            check(|stream| stream.name = "a/../b c".to_owned()),
            check(|stream| stream.source = StreamSource::KinesisStream("..".to_owned())),
            check(|stream| stream.destination.s3_mut().dynamic_partitioning = false),
            check(|stream| stream.lambda = None),
            check(|stream| stream.destination.s3_mut().buffering.size -= 1),
            check(|stream| {
                stream.destination.s3_mut().buffering.interval = Duration::from_secs(59);
            }),
            check(|stream| {
                stream.destination.s3_mut().prefix = "a/".to_owned();
                stream.destination.s3_mut().dynamic_partitioning = false;
                stream.processors.sub_records = Some(SubRecordType::Json);
            }),
            check(|stream| stream.destination.s3_mut().prefix.clear()),
            check(|stream| stream.destination.s3_mut().prefix.truncate(9)),
            check(|stream| stream.destination.s3_mut().error_output_prefix = Some(String::new())),
            check(|stream| {
                stream.destination.s3_mut().error_output_prefix = Some("!{a:b}".to_owned())
            }),
            check(|stream| stream.destination.s3_mut().prefix = "!{timestamp:B}".to_owned()),
            check(|stream| stream.destination.s3_mut().prefix = "!{timestamp:yyyy'}".to_owned()),
            check(|stream| {
                stream.destination.s3_mut().prefix = "!{partitionKeyFromQuery:k}".to_owned()
            }),
            check(|stream| {
                stream.destination.s3_mut().prefix = "!{partitionKeyFromQuery:k}".to_owned();
                let query = MetadataQuery::parse("{a: .a, \"b\": .b}").unwrap();
                stream.processors.metadata_query = Some(query);
            }),
            check(|stream| {
                stream.destination.s3_mut().prefix = "!{partitionKeyFromQuery:k}/a".to_owned();
                stream.lambda = None;
                let query = MetadataQuery::parse("{k: .a}").unwrap();
                stream.processors.metadata_query = Some(query);
            }),
            check(|stream| {
                stream.destination.s3_mut().prefix = "a/".to_owned();
                stream.destination.s3_mut().dynamic_partitioning = false;
                let query = MetadataQuery::parse("{k: .a}").unwrap();
                stream.processors.metadata_query = Some(query);
            }),
        ];
        insta::assert_snapshot!(found.join("\n"), @r"
        fine
        Name: the name `a/../b c` must have 1 to 64 of the characters a-z, A-Z, 0-9, `-`, `_` and `.`, and not only dots
        KinesisStream: the name `..` must have 1 to 128 of the characters a-z, A-Z, 0-9, `-`, `_` and `.`, and not only dots
        Prefix: a partition key needs DynamicPartitioningConfiguration.Enabled: true
        Prefix: !{partitionKeyFromLambda:...} needs a function (--binary), which is missing
        BufferSize: dynamic partitioning needs a --buffer-size of 64 to 128
        BufferInterval: dynamic partitioning needs a --buffer-interval of 60 to 900
        RecordDeAggregation: a RecordDeAggregation processor needs DynamicPartitioningConfiguration.Enabled: true
        Prefix: dynamic partitioning needs a partition key in the prefix, such as !{partitionKeyFromLambda:customer}
        Prefix: the `!{` at character 1 is not closed; add a `}`
        Prefix: a prefix with expressions needs an --other too
        ErrorOutputPrefix: the expression `!{a:b}` at character 1 is unknown; use `timestamp:`, `firehose:`, `partitionKeyFromLambda:` or `partitionKeyFromQuery:`
        Prefix (not simulated): the timestamp at character 1 has an invalid pattern: the letter `B` is not supported; put text in single quotes
        Prefix: the timestamp at character 1 has an invalid pattern: a single quote is not closed; add another single quote
        Prefix: !{partitionKeyFromQuery:...} needs a MetadataExtraction processor, which is missing
        Prefix: the query of the MetadataExtraction processor gives no partition key `k`; it gives `a`, `b`
        fine
        MetadataExtraction: a MetadataExtraction processor needs DynamicPartitioningConfiguration.Enabled: true
        ");
    }
}
