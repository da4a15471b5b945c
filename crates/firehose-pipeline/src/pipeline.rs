use std::str::FromStr;

use firehose_core::{
    BoxError, Bytes, ForEach, Outcome, Record, Split, Transform, async_trait, for_each,
};

use crate::{
    error::PipelineError,
    file::{
        input::{Input, InputFormat},
        on_error::{OnError, OnOversize},
        parse::{field_error, parse},
        pipeline_file::PipelineFile,
    },
    items::{item_kind::ItemKind, item_steps::ItemSteps, named_step::NamedStep},
    output::{item_output::ItemOutput, output_format::OutputFormat, partition_keys::PartitionKeys},
};

/// A Firehose transformation that a pipeline file describes.
///
/// See the [crate](crate) for an example.
#[derive(Debug)]
pub struct Pipeline {
    transform: ForEach<Box<dyn Split>, ItemSteps>,
    on_oversize: OnOversize,
}

impl Pipeline {
    /// Returns `true` if the file has `on_oversize: reingest`.
    ///
    /// The pipeline itself puts no record back. The function must set `Oversize::reingest` of
    /// `firehose-runtime` on its handler, as the binary does.
    pub fn reingests_oversize(&self) -> bool {
        self.on_oversize == OnOversize::Reingest
    }

    /// Builds the pipeline of a parsed file. Errors take their positions from `text`, the text of the
    /// file.
    fn new(file: PipelineFile, text: &str) -> Result<Self, PipelineError> {
        let input = file.input.0;
        input.check().map_err(|problem| field_error(text, "input", &problem))?;
        let splitter = input.splitter().map_err(|problem| field_error(text, "input", &problem))?;
        let output = file.output.0.output().map_err(|it| field_error(text, "output", &it))?;
        if let Some(name) = output.single_name().filter(|_| input.may_have_several_items()) {
            let problem = format!(
                "`{name}` allows one item per record, and the input may have several; use \
                 `json_lines`"
            );
            return Err(field_error(text, "output", &problem));
        }
        if file.on_error == OnError::KeepOriginal && !keeps_lines(&input, &output) {
            let problem = "`keep_original` needs lines of one kind: `input: json_lines` with \
                           `output: json_lines`, or `input: lines` with `output: text`";
            return Err(field_error(text, "on_error", problem));
        }
        if file.on_error == OnError::KeepOriginal && !file.partition_by.0.is_empty() {
            let problem = "`keep_original` cannot be combined with `partition_by`, because an item \
                           that fails has no partition keys; use `fail` or `drop_item`";
            return Err(field_error(text, "on_error", problem));
        }
        if file.partition_by.0.iter().any(|(name, _)| name.is_empty()) {
            let problem = "the name of a partition key is empty; write a name, such as `tenant`";
            return Err(field_error(text, "partition_by", problem));
        }
        if !file.partition_by.0.is_empty() && input.kind() == ItemKind::Bytes {
            let problem = "partition keys come from JSON or text, and the input is `raw`";
            return Err(field_error(text, "partition_by", problem));
        }
        let mut kind = input.kind();
        let mut steps = Vec::new();
        for (number, step) in (1..).zip(file.steps) {
            kind = step.step.output_kind(kind).map_err(|reads| {
                let name = step.name;
                let problem =
                    format!("the items are {kind} here, and step {number} ({name}) {reads}");
                field_error(text, "steps", &problem)
            })?;
            steps.push(NamedStep { number, name: step.name, step: step.step });
        }
        share_reading(&mut steps);
        // `ItemSteps` adds the delimiter to the outputs of formats without options. `for_each` adds it to
        // the outputs of encoders, and to the items that `on_error: keep_original` delivers.
        let (start, delimiter, end) = (output.start(), output.delimiter(), output.end());
        let items = ItemSteps {
            input: input.kind(),
            is_made_by_splitter: input.makes_items(),
            steps,
            output,
            partition_by: PartitionKeys::new(
                file.partition_by.0.into_iter().map(|(name, filter)| (name, filter.0)).collect(),
            ),
        };
        let transform = for_each(splitter, items)
            .with_start(start)
            .with_delimiter(delimiter)
            .with_end(end)
            .on_item_error(file.on_error.into());
        Ok(Self { transform, on_oversize: file.on_oversize })
    }
}

/// Lets adjacent steps with jq filters read an item once.
fn share_reading(steps: &mut [NamedStep]) {
    for later in (1..steps.len()).rev() {
        let (first, later) = steps.split_at_mut(later);
        if let (Some(step), Some(filter)) = (first.last_mut(), later[0].step.filter()) {
            step.step.read_for(filter);
        }
    }
}

fn keeps_lines(input: &Input, output: &ItemOutput) -> bool {
    matches!(
        (input.format, output),
        (InputFormat::JsonLines, ItemOutput::Plain(OutputFormat::JsonLines))
            | (InputFormat::Lines, ItemOutput::Plain(OutputFormat::Text))
    )
}

/// Parses a pipeline file, which is YAML or JSON.
impl FromStr for Pipeline {
    type Err = PipelineError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(parse(text)?, text)
    }
}

#[async_trait]
impl Transform for Pipeline {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        self.transform.transform(record).await
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        self.transform.halves(record)
    }
}
