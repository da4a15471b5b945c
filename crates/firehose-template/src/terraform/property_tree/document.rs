use super::{
    archives::Archives,
    delivery_stream, function, glue_table, kinesis_stream,
    known_arns::KnownArns,
    role,
    translation::{Properties, Translation, node},
};
use crate::{
    cloudformation::evaluator::{Addresses, Node, Unresolved},
    terraform::terraform_resource::{Attributes, TerraformResource},
};

/// A template with the resources of a Terraform configuration.
#[derive(Debug)]
pub(crate) struct PropertyTree {
    pub document: Node,
    pub addresses: Addresses,
}

/// Returns `true` for a type of resource that the translation reads.
pub(crate) fn is_read(kind: &str) -> bool {
    kind.starts_with("aws_iam_")
        || matches!(
            kind,
            "archive_file"
                | "aws_glue_catalog_table"
                | "aws_kinesis_firehose_delivery_stream"
                | "aws_kinesis_stream"
                | "aws_lambda_event_source_mapping"
                | "aws_lambda_function"
        )
}

impl PropertyTree {
    /// Translates resources. `variables` are the names of the variables of the root module.
    pub(crate) fn new<'v>(
        resources: &[TerraformResource],
        variables: impl Iterator<Item = &'v str>,
    ) -> Self {
        let known_arns = KnownArns::find(resources);
        let archives = Archives::find(resources);
        let mut translation =
            Translation { addresses: Addresses::default(), known_arns: &known_arns };
        let mut declarations = Properties::new();
        for resource in resources.iter().filter(|resource| !resource.is_data) {
            let declaration = declaration(resource, resources, &archives, &mut translation);
            if let Some(declaration) = declaration {
                translation.addresses.add_label(&resource.address, &resource.name);
                declarations.push((resource.address.clone(), Node::Map(declaration)));
            }
        }
        let string = || Node::Map(vec![("Type".to_owned(), Node::Scalar("String".to_owned()))]);
        let parameters = variables.map(|name| (name.to_owned(), string())).collect();
        let document = Node::Map(vec![
            ("Parameters".to_owned(), Node::Map(parameters)),
            ("Resources".to_owned(), Node::Map(declarations)),
        ]);
        Self { document, addresses: translation.addresses }
    }
}

/// Returns the declaration of a resource, or `None` for another type.
fn declaration(
    resource: &TerraformResource,
    resources: &[TerraformResource],
    archives: &Archives,
    translation: &mut Translation<'_>,
) -> Option<Properties> {
    let path = resource.address.as_str();
    let mut metadata = Properties::new();
    let (kind, properties) = match (resource.kind.as_str(), &resource.attributes) {
        ("aws_kinesis_firehose_delivery_stream", Attributes::Unknown(argument, unknown)) => (
            "AWS::KinesisFirehose::DeliveryStream",
            unknown_delivery_stream(resource, argument, unknown, translation),
        ),
        (_, Attributes::Unknown(..)) => return None,
        ("aws_kinesis_firehose_delivery_stream", Attributes::Known(values)) => (
            "AWS::KinesisFirehose::DeliveryStream",
            delivery_stream::translate(values, path, translation),
        ),
        ("aws_kinesis_stream", Attributes::Known(values)) => {
            ("AWS::Kinesis::Stream", kinesis_stream::translate(values, path, translation))
        }
        ("aws_lambda_function", Attributes::Known(values)) => {
            let translated = function::translate(values, path, archives, translation);
            metadata = translated.1;
            ("AWS::Lambda::Function", translated.0)
        }
        ("aws_glue_catalog_table", Attributes::Known(values)) => {
            ("AWS::Glue::Table", glue_table::translate(values, path, translation))
        }
        ("aws_iam_role", Attributes::Known(values)) => {
            ("AWS::IAM::Role", role::translate(values, resources))
        }
        ("aws_lambda_event_source_mapping", Attributes::Known(values)) => {
            let arn = values.get("event_source_arn").map(|arn| match arn.to_text() {
                Some(arn) => Node::Scalar(translation.known_arns.localized(&arn)),
                None => node(arn),
            });
            let property = |arn| vec![("EventSourceArn".to_owned(), arn)];
            ("AWS::Lambda::EventSourceMapping", arn.map(property).unwrap_or_default())
        }
        _ => return None,
    };
    let mut declaration = vec![
        ("Type".to_owned(), Node::Scalar(kind.to_owned())),
        ("Properties".to_owned(), Node::Map(properties)),
    ];
    if !metadata.is_empty() {
        declaration.push(("Metadata".to_owned(), Node::Map(metadata)));
    }
    Some(declaration)
}

/// Returns the properties of a delivery stream whose instances are unknown. The reader finds the reason
/// in place of the destination.
fn unknown_delivery_stream(
    resource: &TerraformResource,
    argument: &str,
    unknown: &Unresolved,
    translation: &mut Translation<'_>,
) -> Properties {
    const DESTINATION: &str = "ExtendedS3DestinationConfiguration";
    translation.addresses.add(&resource.address, DESTINATION, argument.to_owned());
    vec![
        ("DeliveryStreamName".to_owned(), Node::Scalar(resource.name.clone())),
        (DESTINATION.to_owned(), Node::Unresolved(Box::new(unknown.clone()))),
    ]
}
