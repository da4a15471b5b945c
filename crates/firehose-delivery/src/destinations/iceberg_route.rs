use std::collections::BTreeMap;

use firehose_runtime::{IcebergOperation, IcebergRouting, contract::IcebergAnswer};

use crate::delivery_stream::{IcebergConfig, IcebergTable};

/// The table and the operation of a record for Apache Iceberg tables, as the partition keys of the
/// record's object.
///
/// Each of the database, the table and the operation comes from the answer of the function, or else
/// from the query of a MetadataExtraction processor. A record without a database and a table goes
/// to the only table of the configuration. The default operation is `insert`:
/// <https://docs.aws.amazon.com/firehose/latest/dev/apache-iceberg-format-input-record-different.html>.
/// If only one of the database and the table is known, the only table must have this name: our
/// choice.
#[derive(Debug)]
pub(crate) struct IcebergRoute;

const DATABASE: &str = "database";
const TABLE: &str = "table";
const OPERATION: &str = "operation";

impl IcebergRoute {
    /// The prefix of the objects, with the routing as its partition keys.
    pub(crate) const PREFIX: &str = "!{partitionKeyFromLambda:database}/\
         !{partitionKeyFromLambda:table}/!{partitionKeyFromLambda:operation}/";

    /// Returns the partition keys of a record. Returns `None` if no table is known, or if a name or
    /// the operation is invalid.
    pub(crate) fn keys(
        tables: &[IcebergTable],
        answer: &IcebergAnswer,
        query_keys: &BTreeMap<String, String>,
    ) -> Option<BTreeMap<String, String>> {
        let (mut database, mut table, mut operation) = (None, None, None);
        match answer {
            IcebergAnswer::Missing => {}
            IcebergAnswer::Fields(fields) => {
                database = fields.database.as_deref();
                table = fields.table.as_deref();
                operation = fields.operation;
            }
            IcebergAnswer::Invalid => return None,
        }
        let [database_key, table_key, operation_key] = IcebergConfig::QUERY_KEYS
            .map(|key| query_keys.get(key).map(String::as_str).filter(|value| !value.is_empty()));
        let operation = match (operation, operation_key) {
            (Some(operation), _) => operation,
            (None, Some(name)) => IcebergOperation::from_name(name)?,
            (None, None) => IcebergOperation::Insert,
        };
        let (database, table) = match (database.or(database_key), table.or(table_key)) {
            (Some(database), Some(table)) => (database, table),
            (database, table) => {
                let [only] = tables else { return None };
                let is_only = |name: Option<&str>, own: &str| name.is_none_or(|name| name == own);
                if !is_only(database, &only.database) || !is_only(table, &only.table) {
                    return None;
                }
                (only.database.as_str(), only.table.as_str())
            }
        };
        let routing = IcebergRouting::new(database, table).ok()?;
        let keys = [
            (DATABASE, routing.database()),
            (TABLE, routing.table()),
            (OPERATION, operation.as_str()),
        ];
        Some(keys.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::delivery_stream::{RecordOutcome, StreamRecord, read_response};

    /// Returns the folder of a record: with this `otfMetadata` and these results of a query, and
    /// with `tables` tables in the configuration.
    fn route(tables: usize, metadata: &str, query: &[(&str, &str)]) -> Option<String> {
        let record = StreamRecord {
            position: 1,
            record_id: "1".to_owned(),
            arrival_timestamp: jiff::Timestamp::UNIX_EPOCH,
            data: Bytes::new(),
            processed: None,
            kinesis: None,
            msk: None,
        };
        let response = format!(
            r#"{{"records":[{{"recordId":"1","result":"Ok","data":"","metadata":{metadata}}}]}}"#
        );
        let answers = read_response(response.as_bytes(), &[record], &[]).unwrap();
        let RecordOutcome::Ok { iceberg, .. } = &answers.outcomes[0] else { panic!("{answers:?}") };
        let names = [("sales", "orders"), ("sales", "returns")];
        let tables: Vec<_> = names[..tables]
            .iter()
            .map(|(database, table)| IcebergTable {
                database: (*database).to_owned(),
                table: (*table).to_owned(),
            })
            .collect();
        let query = query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let keys = IcebergRoute::keys(&tables, iceberg, &query.collect())?;
        Some([DATABASE, TABLE, OPERATION].map(|key| keys[key].as_str()).join("/"))
    }

    const BY_QUERY: [(&str, &str); 3] =
        [("destinationDatabaseName", "d"), ("destinationTableName", "t"), ("operation", "delete")];

    #[test]
    fn the_function_comes_before_the_query_and_the_query_before_the_configuration() {
        for (tables, metadata, query, expected) in [
            (1, "null", &[][..], Some("sales/orders/insert")),
            (0, "null", &[], None),
            (2, "null", &[], None),
            (1, "null", &BY_QUERY, Some("d/t/delete")),
            (0, "null", &BY_QUERY[..2], Some("d/t/insert")),
            (1, "null", &BY_QUERY[2..], Some("sales/orders/delete")),
            (1, "null", &[("destinationTableName", "orders")], Some("sales/orders/insert")),
            (1, "null", &[("destinationTableName", "other")], None),
            (0, "null", &BY_QUERY[1..], None),
            (
                0,
                r#"{"otfMetadata":{"destinationDatabaseName":"x","destinationTableName":"y"}}"#,
                &BY_QUERY,
                Some("x/y/delete"),
            ),
            (
                0,
                r#"{"otfMetadata":{"destinationTableName":"y","operation":"update"}}"#,
                &BY_QUERY,
                Some("d/y/update"),
            ),
            (1, r#"{"otfMetadata":{"operation":"update"}}"#, &[], Some("sales/orders/update")),
            (1, r#"{"otfMetadata":{"destinationTableName":"y"}}"#, &[], None),
        ] {
            assert_eq!(
                route(tables, metadata, query).as_deref(),
                expected,
                "{tables} {metadata} {query:?}"
            );
        }
    }

    /// The record must not become an insert into the only table.
    #[test]
    fn an_invalid_routing_has_no_table() {
        for metadata in [
            r#"{"otfMetadata":1}"#,
            r#"{"otfMetadata":{"operation":"upsert"}}"#,
            r#"{"otfMetadata":{"operation":1}}"#,
            r#"{"otfMetadata":{"destinationDatabaseName":"..","destinationTableName":"t"}}"#,
            r#"{"otfMetadata":{"destinationDatabaseName":"d","destinationTableName":"a/b"}}"#,
            "[]",
        ] {
            assert_eq!(route(1, metadata, &[]), None, "{metadata}");
            assert_eq!(route(1, metadata, &BY_QUERY), None, "{metadata}");
        }
        for query in [
            [("operation", "upsert")].as_slice(),
            &[("destinationDatabaseName", "."), ("destinationTableName", "t")],
            &[("destinationDatabaseName", "d"), ("destinationTableName", "..")],
            &[("destinationDatabaseName", "d"), ("destinationTableName", "a/b")],
        ] {
            assert_eq!(route(1, "null", query), None, "{query:?}");
        }
    }
}
