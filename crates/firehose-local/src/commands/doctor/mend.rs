use super::{code_language::CodeLanguage, finding_id::FindingId};

/// Returns two lines that say how to mend a fault, in the language of the function.
pub(super) fn mend(finding: FindingId, language: CodeLanguage) -> [&'static str; 2] {
    let known = match language {
        CodeLanguage::Python => python(finding),
        CodeLanguage::JavaScript => javascript(finding),
        CodeLanguage::Rust => rust(finding),
        CodeLanguage::Pipeline => pipeline(finding),
        CodeLanguage::Unknown => None,
    };
    known.unwrap_or_else(|| neutral(finding))
}

fn python(finding: FindingId) -> Option<[&'static str; 2]> {
    Some(match finding {
        FindingId::ResponseNotRecords => [
            "Collect the answers in a list, and end the handler with:",
            "return {\"records\": answers}",
        ],
        FindingId::WrongResultName => [
            "Write the result exactly so:",
            "{\"recordId\": record[\"recordId\"], \"result\": \"Ok\", \"data\": data}",
        ],
        FindingId::OkWithoutData => [
            "Add the output to the answer, or answer \"Dropped\" for a record without an output:",
            "\"data\": base64.b64encode(output).decode()",
        ],
        FindingId::DataNotBase64 => [
            "Encode the bytes of the output as the last step, and add nothing after it:",
            "\"data\": base64.b64encode(output.encode()).decode()",
        ],
        FindingId::MissingIds => [
            "Replace each `continue` and early `return` in the loop by an answer:",
            "answers.append({\"recordId\": record[\"recordId\"], \"result\": \"Dropped\"})",
        ],
        FindingId::DuplicateIds => [
            "Append one answer for each record of the event, after the inner loop. Join several outputs:",
            "\"data\": base64.b64encode(\"\".join(line + \"\\n\" for line in lines).encode()).decode()",
        ],
        FindingId::UnknownIds => [
            "Copy the id of each record unchanged into its answer:",
            "\"recordId\": record[\"recordId\"]",
        ],
        FindingId::PartitionKeyNotText => [
            "Make each partition key a text that is not empty:",
            "\"metadata\": {\"partitionKeys\": {name: str(value) for name, value in keys.items()}}",
        ],
        FindingId::BadRecordFailsBatch => [
            "Put everything that is done for one record into `try:`, and answer in `except Exception:`",
            "answers.append({\"recordId\": record[\"recordId\"], \"result\": \"ProcessingFailed\"})",
        ],
        FindingId::SilentLoss => [
            "Answer \"ProcessingFailed\", not \"Dropped\" or an empty output, if a record cannot be read:",
            "answers.append({\"recordId\": record[\"recordId\"], \"result\": \"ProcessingFailed\"})",
        ],
        FindingId::Utf8Only => [
            "Decode strictly as UTF-8, without errors=\"replace\" or \"ignore\", inside the `try` of the record:",
            "text = base64.b64decode(record[\"data\"]).decode(\"utf-8\")",
        ],
        FindingId::NoSizeGuard => [
            "Count the bytes of the answers. From 6,000,000 on, answer \"ProcessingFailed\" for the rest:",
            "size += len(data) + len(record[\"recordId\"]) + 100; is_full = size > 6_000_000",
        ],
        FindingId::TimeoutLosesBatch => [
            "Raise `Timeout` (at most 5 minutes), or lower `BufferSizeInMBs`. Near the end, stop and answer \"ProcessingFailed\":",
            "if context.get_remaining_time_in_millis() < 1000:",
        ],
        FindingId::StateBetweenInvocations => [
            "Create lists and dictionaries inside the handler, not at the top of the module:",
            "answers = []  # the first line of the handler",
        ],
        FindingId::MskShape => [
            "Answer in the field in which the record has its payload:",
            "field = \"kafkaRecordValue\" if \"kafkaRecordValue\" in record else \"data\"",
        ],
        FindingId::InvalidMetadata | FindingId::LargeBatchFails | FindingId::Concurrency => {
            return None;
        }
    })
}

fn javascript(finding: FindingId) -> Option<[&'static str; 2]> {
    Some(match finding {
        FindingId::ResponseNotRecords => [
            "Collect the answers in an array, and end the handler with:",
            "return { records: answers };",
        ],
        FindingId::WrongResultName => {
            ["Write the result exactly so:", "{ recordId: record.recordId, result: 'Ok', data }"]
        }
        FindingId::OkWithoutData => [
            "Add the output to the answer, or answer 'Dropped' for a record without an output:",
            "data: Buffer.from(output, 'utf8').toString('base64')",
        ],
        FindingId::DataNotBase64 => [
            "Encode the output as the last step, and add nothing after it:",
            "data: Buffer.from(output, 'utf8').toString('base64')",
        ],
        FindingId::MissingIds => [
            "Map each record to an answer, without `continue`, `filter` or an early `return`:",
            "return { recordId: record.recordId, result: 'Dropped' };",
        ],
        FindingId::DuplicateIds => [
            "Return one answer for each record of the event. Join several outputs into one:",
            "data: Buffer.from(lines.join('\\n') + '\\n', 'utf8').toString('base64')",
        ],
        FindingId::UnknownIds => {
            ["Copy the id of each record unchanged into its answer:", "recordId: record.recordId"]
        }
        FindingId::PartitionKeyNotText => [
            "Make each partition key a text that is not empty:",
            "metadata: { partitionKeys: { year: String(year) } }",
        ],
        FindingId::BadRecordFailsBatch => [
            "Put everything that is done for one record into `try { ... }`, and answer in `catch (error)`:",
            "return { recordId: record.recordId, result: 'ProcessingFailed' };",
        ],
        FindingId::SilentLoss => [
            "Answer 'ProcessingFailed', not 'Dropped' or an empty output, if a record cannot be read:",
            "return { recordId: record.recordId, result: 'ProcessingFailed' };",
        ],
        FindingId::Utf8Only => [
            "Decode so that other bytes throw an error, inside the `try` of the record, in place of toString():",
            "new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(record.data, 'base64'))",
        ],
        FindingId::NoSizeGuard => [
            "Count the bytes of the answers. From 6,000,000 on, answer 'ProcessingFailed' for the rest:",
            "size += data.length + record.recordId.length + 100; const isFull = size > 6_000_000;",
        ],
        FindingId::TimeoutLosesBatch => [
            "Raise `Timeout` (at most 5 minutes), or lower `BufferSizeInMBs`. Near the end, stop and answer 'ProcessingFailed':",
            "if (context.getRemainingTimeInMillis() < 1000)",
        ],
        FindingId::StateBetweenInvocations => [
            "Create arrays and objects inside the handler, not at the top of the module:",
            "export const handler = async (event) => { const answers = [];",
        ],
        FindingId::MskShape => [
            "Answer in the field in which the record has its payload:",
            "const field = 'kafkaRecordValue' in record ? 'kafkaRecordValue' : 'data';",
        ],
        FindingId::InvalidMetadata | FindingId::LargeBatchFails | FindingId::Concurrency => {
            return None;
        }
    })
}

fn rust(finding: FindingId) -> Option<[&'static str; 2]> {
    Some(match finding {
        FindingId::BadRecordFailsBatch => [
            "Return the error of a record from the transform, and do not end the process (panic = \"abort\").",
            "The runtime of this project, `firehose_runtime::run`, answers each record by itself.",
        ],
        FindingId::SilentLoss => [
            "Return `Err(error)` if a record cannot be read, not `Ok(Outcome::Dropped)`.",
            "Firehose then delivers the original under the error output prefix.",
        ],
        FindingId::Utf8Only => [
            "Read text with `record.text()?` or `std::str::from_utf8(data)?`,",
            "not with `String::from_utf8_lossy`.",
        ],
        _ => return None,
    })
}

fn pipeline(finding: FindingId) -> Option<[&'static str; 2]> {
    Some(match finding {
        FindingId::SilentLoss => [
            "Set `on_error: fail` in the pipeline file, in place of `drop_item`.",
            "Firehose then delivers the original under the error output prefix.",
        ],
        FindingId::TimeoutLosesBatch => [
            "Raise `Timeout` of the function (at most 5 minutes) and its memory,",
            "or lower `BufferSizeInMBs` of the delivery stream.",
        ],
        _ => return None,
    })
}

fn neutral(finding: FindingId) -> [&'static str; 2] {
    match finding {
        FindingId::ResponseNotRecords => [
            "Return an object with a list `records`, in which each record of the event has one answer:",
            "{\"records\": [{\"recordId\": \"...\", \"result\": \"Ok\", \"data\": \"...\"}]}",
        ],
        FindingId::WrongResultName => [
            "Use one of the three results, in this spelling:",
            "\"Ok\", \"Dropped\" or \"ProcessingFailed\"",
        ],
        FindingId::OkWithoutData => [
            "Give each Ok answer its output in base64 in `data`.",
            "For a record without an output, answer Dropped.",
        ],
        FindingId::DataNotBase64 => [
            "Encode the output in base64 as the last step, with padding and without line feeds.",
            "A newline belongs before the encoding.",
        ],
        FindingId::MissingIds => [
            "Answer each record of the event, also one that the function skips or cannot read:",
            "Dropped if it is not wanted, ProcessingFailed if it cannot be read.",
        ],
        FindingId::DuplicateIds => [
            "Give each record one answer.",
            "Join several outputs for a record into one, with a newline after each.",
        ],
        FindingId::UnknownIds => [
            "Copy `recordId` of the event unchanged into the answer.",
            "One record cannot become several: join its outputs into one.",
        ],
        FindingId::PartitionKeyNotText => [
            "Write each value of `metadata.partitionKeys` as a JSON string that is not empty.",
            "Answer ProcessingFailed for a record without a value.",
        ],
        FindingId::InvalidMetadata => [
            "Write `metadata` as an object with `partitionKeys` or `otfMetadata`, and leave out what you do not use.",
            "`firehose-local check event.json response.json` names each fault.",
        ],
        FindingId::BadRecordFailsBatch => [
            "Catch every error of a record inside the loop over the records,",
            "and answer this record with ProcessingFailed.",
        ],
        FindingId::SilentLoss => [
            "Answer ProcessingFailed for a record that cannot be read.",
            "Dropped is for records that nobody wants.",
        ],
        FindingId::Utf8Only => [
            "Decode text strictly as UTF-8, and answer ProcessingFailed for a record with other bytes.",
            "Pass data on as bytes if the function need not read it.",
        ],
        FindingId::NoSizeGuard => [
            "Add up the lengths of the answers. From 6,000,000 bytes on, answer ProcessingFailed for the rest,",
            "or put these records back to the source. A lower `BufferSizeInMBs` makes events shorter.",
        ],
        FindingId::LargeBatchFails => [
            "Find the error in the log of the function: often a limit of a service that it calls, or its memory.",
            "A lower `BufferSizeInMBs` of the delivery stream makes events shorter.",
        ],
        FindingId::TimeoutLosesBatch => [
            "Raise `Timeout` of the function (at most 5 minutes), or lower `BufferSizeInMBs` of the delivery stream.",
            "Near the deadline of the invocation, stop and answer ProcessingFailed for the rest.",
        ],
        FindingId::StateBetweenInvocations => [
            "Create everything that belongs to an event inside the handler.",
            "Keep only clients and settings outside of it.",
        ],
        FindingId::Concurrency => [
            "Give each event its own files, keys and variables, for example named after the request id.",
            "In Lambda, each process has a /tmp of its own, but databases and buckets are shared.",
        ],
        FindingId::MskShape => [
            "Answer a record in the field in which the event has its payload:",
            "`kafkaRecordValue` for an MSK source, `data` for other sources.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_has_two_lines_in_each_language() {
        let languages = [
            CodeLanguage::Python,
            CodeLanguage::JavaScript,
            CodeLanguage::Rust,
            CodeLanguage::Pipeline,
            CodeLanguage::Unknown,
        ];
        for finding in FindingId::ALL {
            for language in languages {
                for line in mend(*finding, language) {
                    assert!(!line.is_empty() && line.len() < 130, "{finding:?}: {line}");
                }
            }
        }
    }
}
