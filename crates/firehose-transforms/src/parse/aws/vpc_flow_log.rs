//! VPC flow logs.
//!
//! Fields: <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>. Columns:
//! <https://docs.aws.amazon.com/athena/latest/ug/vpc-flow-logs-create-table-statement.html>.

use std::sync::Arc;

use firehose_core::Timestamp;

use crate::parse::{
    column::Column, fields::Fields, format_error::InvalidFormat, format_options::OptionReader,
    line_parser::LineParser, object_writer::ObjectWriter, parse_error::ParseError, parsed::Parsed,
};

/// The fields of the versions 2, 3, 4, 5, 7, 8, 9 and 10, in the order of the table of AWS. Version 6 is
/// for transit gateways.
const FIELDS: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol \
    packets bytes start end action log-status \
    vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr \
    region az-id sublocation-type sublocation-id \
    pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path \
    ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id \
    ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn \
    ecs-task-arn ecs-task-id \
    reject-reason \
    resource-id \
    encryption-status";

/// The number of fields up to each of the versions 2, 3, 4, 5, 7, 8, 9 and 10.
const VERSION_LENGTHS: [usize; 8] = [14, 21, 25, 29, 39, 40, 41, 42];

const NUMBERS: [&str; 10] = [
    "version",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "tcp-flags",
    "traffic-path",
];

pub(crate) fn build(options: &mut OptionReader) -> Result<Arc<dyn LineParser>, InvalidFormat> {
    let Some(fields) = options.fields()? else {
        let columns = FIELDS.split_whitespace().map(column).collect();
        return Ok(Arc::new(VpcFlowLog { columns, is_custom: false }));
    };
    let names = match fields.as_slice() {
        [format] => format.split_whitespace().collect(),
        names => names.iter().map(String::as_str).collect::<Vec<_>>(),
    };
    let mut columns: Vec<Column> = Vec::with_capacity(names.len());
    for name in names {
        let plain = name.strip_prefix("${").and_then(|name| name.strip_suffix('}')).unwrap_or(name);
        let is_valid =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if plain.is_empty() || !plain.bytes().all(is_valid) {
            let problem = format!(
                "`{name}` is not the name of a field; write the format string of the flow log, such \
                 as `${{srcaddr}} ${{dstaddr}}`"
            );
            return Err(options.invalid("fields", problem));
        }
        let column = column(plain);
        if columns.iter().any(|other| other.name() == column.name()) {
            return Err(options.invalid("fields", format!("the field `{plain}` is listed twice")));
        }
        columns.push(column);
    }
    if columns.is_empty() {
        return Err(options.invalid("fields", "the format string is empty"));
    }
    Ok(Arc::new(VpcFlowLog { columns, is_custom: true }))
}

fn column(field: &str) -> Column {
    Column::named(&field.replace('-', "_"), NUMBERS.contains(&field))
}

#[derive(Debug)]
struct VpcFlowLog {
    columns: Vec<Column>,
    is_custom: bool,
}

impl LineParser for VpcFlowLog {
    fn parse(
        &self,
        line: &str,
        _: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError> {
        // The first line of a file on S3 lists the names of the fields.
        if self.is_header(line) {
            return Ok(Parsed::Header);
        }
        let mut fields = Fields::new(line)?;
        for (number, column) in self.columns.iter().enumerate() {
            if !self.is_custom && VERSION_LENGTHS.contains(&number) && fields.is_at_end() {
                return Ok(Parsed::Object);
            }
            let field = fields.bare(column.name())?;
            column.write(object, field)?;
        }
        fields.end()?;
        Ok(Parsed::Object)
    }
}

impl VpcFlowLog {
    /// Returns `true` if each field of the line is the name of its column. One field is not enough: a
    /// value may be equal to a name.
    fn is_header(&self, line: &str) -> bool {
        let mut columns = self.columns.iter();
        let is_name = |text: &str| {
            let name = columns.next().map(Column::name).unwrap_or_default();
            text.bytes().map(|byte| if byte == b'-' { b'_' } else { byte }).eq(name.bytes())
        };
        let mut fields = line.split_ascii_whitespace().peekable();
        fields.peek().is_some() && fields.all(is_name)
    }
}
