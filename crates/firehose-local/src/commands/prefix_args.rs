use clap::Args;
use firehose_delivery::delivery_stream::Prefix;
use firehose_runtime::error_chain;

/// The option that names the partition keys of an answer.
#[derive(Args, Debug)]
pub(super) struct PrefixArgs {
    /// Prefix of the delivery stream, whose partition keys each output must have
    ///
    /// Lists the outputs without a value for a `!{partitionKeyFromLambda:...}` of the prefix, which
    /// Firehose does not deliver. The message is the same as in `run`.
    #[arg(long, value_name = "PREFIX", value_parser = parse_prefix)]
    prefix: Option<Prefix>,
}

impl PrefixArgs {
    /// Returns the names of the partition keys in the prefix, none without a prefix.
    pub(super) fn partition_keys(&self) -> Vec<String> {
        self.prefix.iter().flat_map(Prefix::partition_keys).map(str::to_owned).collect()
    }
}

fn parse_prefix(text: &str) -> Result<Prefix, String> {
    Prefix::parse(text).map_err(|error| error_chain(&error))
}
