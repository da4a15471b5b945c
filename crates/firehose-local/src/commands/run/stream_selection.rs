use std::{collections::BTreeSet, sync::Arc};

use super::{
    super::{command_error::CommandError, missing_options::missing_options},
    template_args::TemplateArgs,
};
use firehose_delivery::delivery_stream::{DeliveryStream, StreamSource};
use firehose_template::{Deployment, UndeployedStream, UnsupportedStream};

/// The selection of a source and of delivery streams by the options `--put-to` and `--only`.
#[derive(Debug)]
pub(super) struct StreamSelection<'a> {
    args: &'a TemplateArgs,
    deployment: &'a Deployment,
    /// The name of the stream that `--put-to` selects. The option accepts a name or a logical id.
    put_to: Option<&'a str>,
    /// The names of the delivery streams that `--only` selects.
    only: Vec<&'a str>,
}

impl<'a> StreamSelection<'a> {
    pub(super) fn new(args: &'a TemplateArgs, deployment: &'a Deployment) -> Self {
        let name = |wanted: &'a String| name_of(deployment, wanted);
        let put_to = args.put_to.as_ref().map(name);
        Self { args, deployment, put_to, only: args.only.iter().map(name).collect() }
    }

    /// Returns the source of the records: the source that `--put-to` names, the source of the
    /// delivery stream that `--only` names, or the only source.
    pub(super) fn source(&self) -> Result<StreamSource, CommandError> {
        self.check_ambiguous()?;
        if let Some((name, stream)) =
            self.put_to.and_then(|name| self.deployment.unsupported.get_key_value(name))
        {
            return Err(CommandError::usage(reason("cannot be run", name, stream)));
        }
        if let Some(only) = self
            .only
            .iter()
            .find(|only| !self.deployment.delivery_streams.iter().any(|it| it.name == **only))
        {
            return Err(self.unknown(only));
        }
        let sources = self.sources();
        let names = || sources.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        match (self.put_to, sources.as_slice()) {
            (_, []) => Err(self.nothing_runs()),
            (Some(wanted), _) => {
                let found = sources.iter().find(|(name, _)| *name == wanted);
                found.map(|(_, source)| source.clone()).ok_or_else(|| {
                    CommandError::usage(format!(
                        "the records cannot be put into {wanted}; records can be put into: {}{}",
                        names(),
                        self.not_run()
                    ))
                })
            }
            (None, [(_, source)]) => Ok(source.clone()),
            (None, _) => Err(CommandError::usage(format!(
                "records can be put into several streams; select one with --put-to: {}",
                names()
            ))),
        }
    }

    /// Returns the delivery streams that read a source. With `--only`, returns only the selected
    /// delivery streams.
    pub(super) fn delivery_streams(
        &self,
        source: &StreamSource,
    ) -> Result<Vec<Arc<DeliveryStream>>, CommandError> {
        let readers: Vec<_> = self.readers(source).collect();
        for only in &self.only {
            if !readers.iter().any(|stream| stream.name == *only) {
                let reason = format!(
                    "--only {only}: this delivery stream does not get the records, because it has another \
                     source"
                );
                return Err(CommandError::usage(reason));
            }
        }
        let is_wanted = |stream: &DeliveryStream| {
            self.only.is_empty() || self.only.contains(&stream.name.as_str())
        };
        let wanted: Vec<_> = readers
            .into_iter()
            .filter(|stream| is_wanted(stream))
            .map(|stream| Arc::new(stream.clone()))
            .collect();
        if wanted.is_empty() {
            return Err(CommandError::usage(format!(
                "no delivery stream that reads this source can be run{}",
                self.not_run()
            )));
        }
        Ok(wanted)
    }

    /// Rejects a text that is the name of a stream and the logical id of another.
    fn check_ambiguous(&self) -> Result<(), CommandError> {
        let put_to = self.args.put_to.iter().map(|wanted| ("--put-to", wanted));
        let only = self.args.only.iter().map(|wanted| ("--only", wanted));
        let names = &self.deployment.names;
        for (option, wanted) in put_to.chain(only) {
            let first = names.iter().find(|(id, name)| *name == wanted && *id != wanted);
            if let (Some((id, _)), Some(other)) = (first, names.get(wanted))
                && other != wanted
            {
                return Err(CommandError::usage(format!(
                    "{option} {wanted}: this is the name of the stream {id}, and the logical id of \
                     the stream named {other}; write {id} or {other}"
                )));
            }
        }
        Ok(())
    }

    /// Returns the name of the stream whose name or logical id is `wanted`. Returns `wanted` if no
    /// stream has it.
    pub(super) fn name_of<'b>(&'b self, wanted: &'b str) -> &'b str {
        name_of(self.deployment, wanted)
    }

    /// Returns the buckets of all delivery streams that read a source, whatever `--only` selects.
    pub(super) fn buckets(&self, source: &StreamSource) -> BTreeSet<String> {
        self.readers(source).map(|stream| stream.destination.s3().bucket.clone()).collect()
    }

    fn readers(&self, source: &StreamSource) -> impl Iterator<Item = &'a DeliveryStream> {
        self.deployment.delivery_streams.iter().filter(move |stream| {
            stream.source == *source
                && (*source != StreamSource::DirectPut
                    || self.put_to.is_none_or(|name| name == stream.name))
        })
    }

    /// Returns the streams that records can be put into, with their names. With `--only`, returns
    /// only the sources of the selected delivery streams.
    fn sources(&self) -> Vec<(&str, StreamSource)> {
        let Deployment { kinesis_streams, delivery_streams, .. } = self.deployment;
        let is_wanted = |stream: &&DeliveryStream| {
            // With `--put-to`, `delivery_streams` reports a selected stream with another source.
            self.put_to.is_some()
                || self.only.is_empty()
                || self.only.contains(&stream.name.as_str())
        };
        let wanted: Vec<_> = delivery_streams.iter().filter(is_wanted).collect();
        let kinesis = kinesis_streams
            .keys()
            .map(|name| (name.as_str(), StreamSource::KinesisStream(name.clone())))
            .filter(|(_, source)| wanted.iter().any(|stream| stream.source == *source));
        let direct = wanted
            .iter()
            .filter(|stream| stream.source == StreamSource::DirectPut)
            .map(|stream| (stream.name.as_str(), StreamSource::DirectPut));
        let mut topics: Vec<(&str, StreamSource)> = Vec::new();
        for stream in &wanted {
            // Several delivery streams may read a topic.
            if let StreamSource::MskTopic { topic, .. } = &stream.source
                && !topics.iter().any(|(_, source)| *source == stream.source)
            {
                topics.push((topic, stream.source.clone()));
            }
        }
        kinesis.chain(topics).chain(direct).collect()
    }

    fn nothing_runs(&self) -> CommandError {
        let path = self.args.path.display();
        CommandError::usage(match self.deployment.unsupported.len() {
            0 if !self.deployment.not_deployed.is_empty() => {
                format!("{path} has no delivery stream that is deployed{}", self.not_run())
            }
            0 => format!(
                "{path} has no delivery stream (AWS::KinesisFirehose::DeliveryStream, or \
                 aws_kinesis_firehose_delivery_stream in Terraform)"
            ),
            _ => format!("{path} has no delivery stream that can be run{}", self.not_run()),
        })
    }

    /// Returns the end of a message: each delivery stream that cannot be run or is not deployed, and
    /// the reason.
    /// [`sources`](Self::sources) leaves out these delivery streams, so the message must name them.
    fn not_run(&self) -> String {
        let unsupported = self.deployment.unsupported.iter();
        let unsupported = unsupported
            .map(|(name, stream)| format!("; {}", reason("cannot be run", name, stream)));
        let absent = self.deployment.not_deployed.iter();
        let absent = absent.map(|(id, stream)| format!("; {}", not_deployed(id, stream)));
        unsupported.chain(absent).collect()
    }

    fn unknown(&self, name: &str) -> CommandError {
        if let Some(stream) = self.deployment.unsupported.get(name) {
            return CommandError::usage(reason("cannot be run", name, stream));
        }
        let absent = self.deployment.not_deployed.get(name);
        if let Some(stream) = absent {
            return CommandError::usage(not_deployed(name, stream));
        }
        let streams = self.deployment.delivery_streams.iter();
        let names: Vec<_> = streams.map(|stream| stream.name.as_str()).collect();
        if names.is_empty() {
            return self.nothing_runs();
        }
        CommandError::usage(format!(
            "no delivery stream has the name or the logical id {name}; the delivery streams are: {}{}",
            names.join(", "),
            self.not_run()
        ))
    }
}

/// Returns the name of the stream whose name or logical id is `wanted`. Returns `wanted` if no
/// stream has it.
fn name_of<'a>(deployment: &'a Deployment, wanted: &'a str) -> &'a str {
    let is_name = deployment.kinesis_streams.contains_key(wanted)
        || deployment.unsupported.contains_key(wanted)
        || deployment.delivery_streams.iter().any(|stream| stream.name == wanted);
    if is_name { wanted } else { deployment.names.get(wanted).map_or(wanted, String::as_str) }
}

/// Returns the message that a delivery stream is not deployed: its logical id, the reason, and the
/// options that set the values that decide it.
fn not_deployed(id: &str, stream: &UndeployedStream) -> String {
    let UndeployedStream { reason, deciding } = stream;
    let remedy = match missing_options(deciding) {
        options if options.is_empty() => options,
        options => format!("; change that with{options}"),
    };
    format!("{id} is not deployed, because {reason}{remedy}")
}

/// Returns the message that a delivery stream is not run: its logical id and name, `predicate`, the
/// reason, and the options that set the missing values. `predicate` is a text such as `cannot be run`.
pub(in crate::commands) fn reason(
    predicate: &str,
    name: &str,
    stream: &UnsupportedStream,
) -> String {
    let UnsupportedStream { id, reason, missing } = stream;
    let name = if id == name { id.clone() } else { format!("{id} (named {name})") };
    let remedy = match missing_options(missing) {
        options if options.is_empty() => options,
        options => format!("; add{options}"),
    };
    format!("{name} {predicate}: {reason}{remedy}")
}
