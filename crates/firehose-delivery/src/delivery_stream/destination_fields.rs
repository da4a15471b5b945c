use std::io::Write;

/// The fields that a destination adds to an error line:
/// <https://docs.aws.amazon.com/firehose/latest/dev/retry.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DestinationFields {
    /// The fields of an HTTP endpoint.
    HttpEndpoint {
        /// The number of the record in its aggregate (`subsequenceNumber`).
        subsequence_number: u64,
        /// The id of the record (`dataId`).
        data_id: String,
    },
    /// The field of Splunk.
    Splunk {
        /// The id of the record (`EventId`).
        event_id: String,
    },
    /// The fields of OpenSearch and Elasticsearch.
    Elasticsearch {
        /// The id of the document (`esDocumentId`).
        document_id: Option<String>,
        /// The index after rotation (`esIndexName`).
        index: String,
        /// The type of the document (`esTypeName`).
        type_name: Option<String>,
    },
    /// The fields of OpenSearch Serverless.
    OpenSearchServerless {
        /// The id of the document (`osDocumentId`).
        document_id: Option<String>,
        /// The index (`osIndexName`).
        index: String,
    },
}

impl DestinationFields {
    /// Appends the fields to a JSON object that has fields already.
    pub(super) fn write(&self, line: &mut Vec<u8>) {
        match self {
            Self::HttpEndpoint { subsequence_number, data_id } => {
                // Writing to memory cannot fail.
                let _ = write!(line, ",\"subsequenceNumber\":{subsequence_number}");
                push("dataId", Some(data_id), line);
            }
            Self::Splunk { event_id } => push("EventId", Some(event_id), line),
            Self::Elasticsearch { document_id, index, type_name } => {
                push("esDocumentId", document_id.as_deref(), line);
                push("esIndexName", Some(index), line);
                push("esTypeName", type_name.as_deref(), line);
            }
            Self::OpenSearchServerless { document_id, index } => {
                push("osDocumentId", document_id.as_deref(), line);
                push("osIndexName", Some(index), line);
            }
        }
    }
}

fn push(name: &str, text: Option<&str>, line: &mut Vec<u8>) {
    if let Some(text) = text {
        let _ = write!(line, ",\"{name}\":");
        let _ = serde_json::to_writer(line, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_those_of_the_documentation() {
        let id = || "49.0".to_owned();
        let lines = [
            DestinationFields::HttpEndpoint { subsequence_number: 2, data_id: id() },
            DestinationFields::Splunk { event_id: id() },
            DestinationFields::Elasticsearch {
                document_id: Some(id()),
                index: "i\"-2026".to_owned(),
                type_name: Some("t".to_owned()),
            },
            DestinationFields::OpenSearchServerless { document_id: None, index: "i".to_owned() },
        ];
        let lines = lines.map(|fields| {
            let mut line = Vec::new();
            fields.write(&mut line);
            String::from_utf8(line).unwrap()
        });
        insta::assert_snapshot!(lines.join("\n"), @r#"
        ,"subsequenceNumber":2,"dataId":"49.0"
        ,"EventId":"49.0"
        ,"esDocumentId":"49.0","esIndexName":"i\"-2026","esTypeName":"t"
        ,"osIndexName":"i"
        "#);
    }
}
