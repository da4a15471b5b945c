use super::{
    error_output_prefix::ErrorOutputPrefix,
    invalid_prefix::InvalidPrefix,
    invalid_setting::{InvalidSetting, Setting},
    limits::{
        BUFFER_MEGABYTES, MAX_DELIVERY_STREAM_NAME, MAX_KINESIS_STREAM_NAME,
        MIN_BUFFER_MEGABYTES_TO_PARTITION,
    },
    megabytes::MEGABYTE,
    name::is_name,
    prefix::Prefix,
    settings::{DeliveryStream, StreamSource},
};
use firehose_runtime::error_chain;

impl DeliveryStream {
    /// Checks what the settings ask of names and of each other. A template and flags say the same
    /// things in different words: `called` gives what a setting is called there.
    ///
    /// # Errors
    ///
    /// The first setting that AWS would not take, or that is not simulated.
    pub fn check(&self, called: fn(Setting) -> &'static str) -> Result<(), InvalidSetting> {
        self.check_names()?;
        let prefix = self.check_prefixes(called)?;
        let by_key = prefix.partition_keys().next().is_some();
        let wrong = |reason: String| Err(wrong(Setting::Prefix, reason));
        if by_key && !self.destination.dynamic_partitioning {
            return wrong(
                "has a partition key, and so needs DynamicPartitioningConfiguration.Enabled: true"
                    .to_owned(),
            );
        }
        if by_key && self.lambda.is_none() {
            let lambda = called(Setting::Lambda);
            return wrong(format!(
                "!{{partitionKeyFromLambda:...}} needs a {lambda}, and there is none"
            ));
        }
        if self.destination.dynamic_partitioning {
            return self.check_partitioning(by_key, called);
        }
        Ok(())
    }

    fn check_names(&self) -> Result<(), InvalidSetting> {
        let check = |setting, name: &str, longest| match is_name(name, longest) {
            true => Ok(()),
            false => {
                let reason = format!("{name} is not 1 to {longest} of a-z, A-Z, 0-9 and -_.");
                Err(wrong(setting, reason))
            }
        };
        check(Setting::Name, &self.name, MAX_DELIVERY_STREAM_NAME)?;
        match &self.source {
            StreamSource::DirectPut => Ok(()),
            StreamSource::KinesisStream(name) => {
                check(Setting::KinesisStream, name, MAX_KINESIS_STREAM_NAME)
            }
        }
    }

    fn check_prefixes(
        &self,
        called: fn(Setting) -> &'static str,
    ) -> Result<Prefix, InvalidSetting> {
        let prefix = Prefix::parse(&self.destination.prefix)
            .map_err(|error| invalid(Setting::Prefix, &error))?;
        match self.destination.error_output_prefix.as_deref() {
            Some(text) if !text.is_empty() => {
                ErrorOutputPrefix::parse(text)
                    .map_err(|error| invalid(Setting::ErrorOutputPrefix, &error))?;
            }
            _ if prefix.has_expressions() => {
                let other = called(Setting::ErrorOutputPrefix);
                let reason = format!("has expressions, and so needs an {other} beside it");
                return Err(wrong(Setting::Prefix, reason));
            }
            _ => {}
        }
        Ok(prefix)
    }

    fn check_partitioning(
        &self,
        by_key: bool,
        called: fn(Setting) -> &'static str,
    ) -> Result<(), InvalidSetting> {
        // The default of 5 MB is under it.
        if self.destination.buffering.size < MIN_BUFFER_MEGABYTES_TO_PARTITION * MEGABYTE {
            let reason = format!(
                "dynamic partitioning needs a {} of {MIN_BUFFER_MEGABYTES_TO_PARTITION} to \
                 {}",
                called(Setting::BufferSize),
                BUFFER_MEGABYTES.end()
            );
            return Err(wrong(Setting::BufferSize, reason));
        }
        if !by_key {
            let reason = "dynamic partitioning needs a partition key in it, such as \
                          !{partitionKeyFromLambda:customer}";
            return Err(wrong(Setting::Prefix, reason.to_owned()));
        }
        Ok(())
    }
}

fn wrong(setting: Setting, reason: String) -> InvalidSetting {
    InvalidSetting { setting, reason, is_not_simulated: false }
}

fn invalid(setting: Setting, error: &InvalidPrefix) -> InvalidSetting {
    // AWS may well take these.
    let is_not_simulated =
        matches!(error, InvalidPrefix::QueryKey { .. } | InvalidPrefix::Timestamp { .. });
    InvalidSetting { setting, reason: error_chain(error), is_not_simulated }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery_stream::{LambdaProcessorConfig, S3DestinationConfig};

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
        let called = |setting| match setting {
            Setting::BufferSize => "--buffer-size",
            Setting::Lambda => "function (--binary)",
            _ => "--other",
        };
        match stream.check(called) {
            Ok(()) => "fine".to_owned(),
            Err(error) => {
                let kind = if error.is_not_simulated { " (not simulated)" } else { "" };
                format!("{:?}{kind}: {}", error.setting, error.reason)
            }
        }
    }

    #[test]
    fn what_aws_would_refuse_names_the_setting_in_the_words_of_who_asks() {
        let found = [
            check(|_| {}),
            check(|stream| stream.name = "a/../b c".to_owned()),
            check(|stream| stream.source = StreamSource::KinesisStream("..".to_owned())),
            check(|stream| stream.destination.dynamic_partitioning = false),
            check(|stream| stream.lambda = None),
            check(|stream| stream.destination.buffering.size -= 1),
            check(|stream| stream.destination.prefix.clear()),
            check(|stream| stream.destination.prefix.truncate(9)),
            check(|stream| stream.destination.error_output_prefix = Some(String::new())),
            check(|stream| stream.destination.error_output_prefix = Some("!{a:b}".to_owned())),
            check(|stream| stream.destination.prefix = "!{timestamp:B}".to_owned()),
        ];
        insta::assert_snapshot!(found.join("\n"), @r"
        fine
        Name: a/../b c is not 1 to 64 of a-z, A-Z, 0-9 and -_.
        KinesisStream: .. is not 1 to 128 of a-z, A-Z, 0-9 and -_.
        Prefix: has a partition key, and so needs DynamicPartitioningConfiguration.Enabled: true
        Prefix: !{partitionKeyFromLambda:...} needs a function (--binary), and there is none
        BufferSize: dynamic partitioning needs a --buffer-size of 64 to 128
        Prefix: dynamic partitioning needs a partition key in it, such as !{partitionKeyFromLambda:customer}
        Prefix: the `!{` at character 1 is not closed with `}`
        Prefix: has expressions, and so needs an --other beside it
        ErrorOutputPrefix: there is no expression `!{a:b}`, as at character 1; there are `timestamp:`, `firehose:` and `partitionKeyFromLambda:`
        Prefix (not simulated): the timestamp at character 1 is no pattern of times: the letter `B` is not supported; put text in single quotes
        ");
    }
}
