use std::sync::Arc;

use super::{super::command_error::CommandError, template_args::TemplateArgs};
use firehose_delivery::delivery_stream::{DeliveryStream, StreamSource};
use firehose_template::Deployment;

/// The choice of a source and of delivery streams, by `--put-to` and `--only`.
#[derive(Debug)]
pub(super) struct StreamSelection<'a> {
    args: &'a TemplateArgs,
    deployment: &'a Deployment,
}

impl<'a> StreamSelection<'a> {
    pub(super) fn new(args: &'a TemplateArgs, deployment: &'a Deployment) -> Self {
        Self { args, deployment }
    }

    /// Returns the source of the records: the source that `--put-to` names, the source of the delivery
    /// stream that `--only` names, or the only source.
    pub(super) fn source(&self) -> Result<StreamSource, CommandError> {
        let wanted = self.args.put_to.as_deref();
        if let Some((name, reason)) =
            wanted.and_then(|name| self.deployment.unsupported.get_key_value(name))
        {
            return Err(CommandError::usage(format!("{name} cannot be run: {reason}")));
        }
        let sources = self.sources();
        if let ([], [only]) = (sources.as_slice(), self.args.only.as_slice()) {
            return Err(self.unknown(only));
        }
        if let (None, [only]) = (wanted, self.args.only.as_slice()) {
            let stream = self.deployment.delivery_streams.iter().find(|it| it.name == *only);
            return stream.map(|it| it.source.clone()).ok_or_else(|| self.unknown(only));
        }
        let names = || sources.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        match (wanted, sources.as_slice()) {
            (Some(wanted), _) => {
                let found = sources.iter().find(|(name, _)| *name == wanted);
                found.map(|(_, source)| source.clone()).ok_or_else(|| {
                    CommandError::usage(format!(
                        "the records cannot be put into {wanted}; the streams that take records are: {}{}",
                        names(),
                        self.not_run()
                    ))
                })
            }
            (None, [(_, source)]) => Ok(source.clone()),
            (None, []) => Err(CommandError::usage(format!(
                "{} has no delivery stream to S3 that can be run",
                self.args.path.display()
            ))),
            (None, _) => Err(CommandError::usage(format!(
                "several streams take records; name one of them with --put-to: {}",
                names()
            ))),
        }
    }

    /// Returns the delivery streams that read a source: all of them, or those of `--only`.
    pub(super) fn delivery_streams(
        &self,
        source: &StreamSource,
    ) -> Result<Vec<Arc<DeliveryStream>>, CommandError> {
        let put_to = self.args.put_to.as_deref();
        let reads_source = |stream: &&DeliveryStream| {
            stream.source == *source
                && (*source != StreamSource::DirectPut
                    || put_to.is_none_or(|name| name == stream.name))
        };
        let all = &self.deployment.delivery_streams;
        let readers: Vec<_> = all.iter().filter(reads_source).collect();
        for only in &self.args.only {
            if !all.iter().any(|stream| stream.name == *only) {
                return Err(self.unknown(only));
            }
            if !readers.iter().any(|stream| stream.name == *only) {
                let reason = format!(
                    "{only} does not get the records: this delivery stream has another source"
                );
                return Err(CommandError::usage(reason));
            }
        }
        let is_wanted = |stream: &DeliveryStream| {
            self.args.only.is_empty() || self.args.only.contains(&stream.name)
        };
        let wanted: Vec<_> = readers
            .into_iter()
            .filter(|stream| is_wanted(stream))
            .map(|stream| Arc::new(stream.clone()))
            .collect();
        if wanted.is_empty() {
            return Err(CommandError::usage(
                "no delivery stream that reads this source can be run",
            ));
        }
        Ok(wanted)
    }

    /// Returns the streams that take records, with their names.
    fn sources(&self) -> Vec<(&str, StreamSource)> {
        let Deployment { kinesis_streams, delivery_streams, .. } = self.deployment;
        let kinesis = kinesis_streams
            .keys()
            .map(|name| (name.as_str(), StreamSource::KinesisStream(name.clone())));
        let direct = delivery_streams
            .iter()
            .filter(|stream| stream.source == StreamSource::DirectPut)
            .map(|stream| (stream.name.as_str(), StreamSource::DirectPut));
        kinesis.chain(direct).collect()
    }

    /// Returns the delivery streams that cannot be run, with the reasons, as the end of a message.
    /// Their sources are not in [`sources`](Self::sources).
    fn not_run(&self) -> String {
        let unsupported = self.deployment.unsupported.iter();
        unsupported.map(|(name, reason)| format!("; {name} cannot be run: {reason}")).collect()
    }

    fn unknown(&self, name: &str) -> CommandError {
        if let Some(reason) = self.deployment.unsupported.get(name) {
            return CommandError::usage(format!("{name} cannot be run: {reason}"));
        }
        let streams = self.deployment.delivery_streams.iter();
        let names: Vec<_> = streams.map(|stream| stream.name.as_str()).collect();
        let names = names.join(", ");
        CommandError::usage(format!(
            "no delivery stream has the name {name}; the delivery streams are: {names}"
        ))
    }
}
