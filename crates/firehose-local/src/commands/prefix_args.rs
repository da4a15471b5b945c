use clap::Args;
use firehose_delivery::delivery_stream::{KeySource, Prefix};
use firehose_runtime::error_chain;

/// The option with the prefix whose partition keys each output must have.
#[derive(Args, Debug)]
pub(super) struct PrefixArgs {
    /// Prefix of the delivery stream, with the partition keys that each output must have
    ///
    /// Lists each output that has no value for a `!{partitionKeyFromLambda:...}` of the prefix.
    /// Firehose does not deliver such an output.
    #[arg(long, value_name = "PREFIX", value_parser = parse_prefix)]
    prefix: Option<Prefix>,
}

impl PrefixArgs {
    /// Returns the names of the function's partition keys in the prefix, or an empty list without a prefix.
    pub(super) fn partition_keys(&self) -> Vec<String> {
        let keys = self.prefix.iter().flat_map(|prefix| prefix.keys_of(KeySource::Lambda));
        keys.map(str::to_owned).collect()
    }
}

fn parse_prefix(text: &str) -> Result<Prefix, String> {
    Prefix::parse(text).map_err(|error| error_chain(&error))
}
