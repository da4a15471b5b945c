"""Compares the deployments of examples/pipeline: SAM, Terraform, and CDK if you pass its template.

usage: pipeline_example.py [CDK_TEMPLATE]

All deployments must have the same settings of the function, its alias, the delivery stream, the
subscription and the bucket, and the same permissions and conditions of trust, without wildcard
actions. Resources are compared by the end of their text, because each tool names resources
differently. References in conditions are compared by what they refer to.

Needs python-hcl2, and cfn-lint to read the YAML tags of CloudFormation.
"""

import json
import pathlib
import re
import sys

import hcl2
from cfnlint.decode import cfn_yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/pipeline"


def as_list(value):
    return value if isinstance(value, list) else [value]


def statement(service, actions, kind):
    wildcards = [action for action in actions if "*" in action]
    if wildcards:
        sys.exit(f"the role of {service} has wildcard actions: {wildcards}")
    return f"{service}: {', '.join(sorted(actions))} on {kind}"


def kind_of(resource):
    """Returns the kind of the resource in a policy statement, such as `bucket/logs/*`."""
    text = json.dumps(resource)
    for pattern, kind in [
        (r"logs/\*", "bucket/logs/*"), (r"[Bb]ucket", "bucket"), (r"Alias|alias", "alias"),
        (r"LogGroup|log_group", "log group"), (r"DeliveryStream|delivery_stream", "delivery stream"),
    ]:
        if re.search(pattern, text):
            return kind
    sys.exit(f"a role allows an unknown resource: {text}")


def plain_reference(value):
    """Returns a value of a condition with its references in one form, such as `{account}`."""
    text = value if isinstance(value, str) else json.dumps(value)
    for pattern, kind in [
        (r"data\.aws_caller_identity\.current\.account_id|AWS::AccountId", "account"),
        (r"data\.aws_partition\.current\.partition|AWS::Partition", "partition"),
        (r"data\.aws_region\.current\.region|AWS::Region", "region"),
    ]:
        text = re.sub(pattern, kind, text)
    # `Fn::Sub`, `Fn::Join` and Terraform's `join` differ in their marks only.
    return re.findall(r"[a-z*]+", re.sub(r"Ref|Fn::Sub|Fn::Join|join", "", text))


def is_denied_without_tls(statements):
    """Returns whether a policy of the bucket refuses all requests without TLS."""
    return any(
        it["Effect"] == "Deny" and it["Action"] == "s3:*"
        and it["Condition"] == {"Bool": {"aws:SecureTransport": "false"}} and len(it["Resource"]) == 2
        for it in statements
    )


def of_cloudformation(template):
    resources = template["Resources"].values()
    of_type = lambda kind: [it["Properties"] for it in resources if it["Type"] == kind]
    [function] = [it["Properties"] for it in resources
                  if it["Type"] in ("AWS::Serverless::Function", "AWS::Lambda::Function")]
    [stream] = of_type("AWS::KinesisFirehose::DeliveryStream")
    [subscription] = of_type("AWS::Logs::SubscriptionFilter")
    [bucket] = of_type("AWS::S3::Bucket")
    [bucket_policy] = of_type("AWS::S3::BucketPolicy")
    aliases = [it["Name"] for it in of_type("AWS::Lambda::Alias")]
    s3 = stream["ExtendedS3DestinationConfiguration"]
    [processor] = s3["ProcessingConfiguration"]["Processors"]
    parameters = {it["ParameterName"]: it["ParameterValue"] for it in processor["Parameters"]}
    if kind_of(parameters["LambdaArn"]) != "alias":
        sys.exit(f"LambdaArn is not an alias: {parameters['LambdaArn']}")
    roles = []
    for role in of_type("AWS::IAM::Role"):
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        service = trust["Principal"]["Service"]
        conditions = [[test, name, plain_reference(value)]
                      for test, names in trust.get("Condition", {}).items()
                      for name, value in names.items()]
        roles.append(f"{service} is trusted if {conditions}")
        for policy in role["Policies"]:
            for it in policy["PolicyDocument"]["Statement"]:
                roles.append(statement(service, as_list(it["Action"]), kind_of(it["Resource"])))
    return {
        "runtime": function["Runtime"], "handler": function["Handler"],
        "architectures": function["Architectures"], "memory": function["MemorySize"],
        "timeout": function["Timeout"], "log format": function["LoggingConfig"]["LogFormat"],
        "prefix": s3["Prefix"], "error prefix": s3["ErrorOutputPrefix"],
        "size": s3["BufferingHints"]["SizeInMBs"],
        "interval": s3["BufferingHints"]["IntervalInSeconds"],
        "compression": s3["CompressionFormat"],
        "encryption": stream["DeliveryStreamEncryptionConfigurationInput"]["KeyType"],
        "Lambda buffer": parameters["BufferSizeInMBs"],
        # The defaults, which Terraform leaves out.
        "Lambda buffer interval": parameters.get("BufferIntervalInSeconds", "60"),
        "Lambda retries": parameters.get("NumberOfRetries", "3"),
        "alias": aliases or [function["AutoPublishAlias"]],
        "a change publishes a version": bool(
            of_type("AWS::Lambda::Version") or function.get("AutoPublishAliasAllProperties")),
        "subscription pattern": subscription["FilterPattern"],
        "subscription destination": kind_of(subscription["DestinationArn"]),
        "bucket encryption": [
            it["ServerSideEncryptionByDefault"]["SSEAlgorithm"]
            for it in bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]],
        "public access": sorted(
            name for name, is_set in bucket["PublicAccessBlockConfiguration"].items() if is_set),
        "only TLS": is_denied_without_tls(bucket_policy["PolicyDocument"]["Statement"]),
        "roles": sorted(roles),
    }


def plain(value):
    """Removes the quotes around strings and the marks of blocks that python-hcl2 leaves in its result."""
    if isinstance(value, dict):
        return {plain(key): plain(it) for key, it in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [plain(it) for it in value]
    return value.strip('"') if isinstance(value, str) else value


def of_terraform(text):
    module = plain(hcl2.loads(text))
    resource = {kind: it[kind] for it in module["resource"] for kind in it if len(it[kind]) == 1}
    function = resource["aws_lambda_function"]["pipeline"]
    stream = resource["aws_kinesis_firehose_delivery_stream"]["logs"]
    [s3] = stream["extended_s3_configuration"]
    [encryption] = stream["server_side_encryption"]
    [processing] = s3["processing_configuration"]
    [processor] = processing["processors"]
    parameters = {it["parameter_name"]: it["parameter_value"] for it in processor["parameters"]}
    if kind_of(parameters["LambdaArn"]) != "alias":
        sys.exit(f"LambdaArn is not an alias: {parameters['LambdaArn']}")
    subscription = resource["aws_cloudwatch_log_subscription_filter"]["logs"]
    [encryption_rule] = resource["aws_s3_bucket_server_side_encryption_configuration"]["delivered"]["rule"]
    [bucket_encryption] = encryption_rule["apply_server_side_encryption_by_default"]
    public_access = resource["aws_s3_bucket_public_access_block"]["delivered"]
    documents = {name: it["statement"] for block in module["data"]
                 for name, it in block.get("aws_iam_policy_document", {}).items()}
    name = lambda reference: reference.split("aws_iam_policy_document.")[1].split(".")[0]
    by_role = {}
    for block in module["resource"]:
        for role, it in block.get("aws_iam_role", {}).items():
            [trust] = documents[name(it["assume_role_policy"])]
            [service] = trust["principals"][0]["identifiers"]
            by_role[role] = service
    roles = []
    for role, service in by_role.items():
        [trust] = next(it for it in documents.values()
                       if it[0].get("principals", [{}])[0].get("identifiers") == [service])
        conditions = [[it["test"], it["variable"], plain_reference(value)]
                      for it in trust.get("condition", []) for value in it["values"]]
        roles.append(f"{service} is trusted if {conditions}")
        for it in documents[role]:
            [resource_of] = it["resources"]
            roles.append(statement(service, it["actions"], kind_of(resource_of)))
    return {
        "runtime": function["runtime"], "handler": function["handler"],
        "architectures": function["architectures"], "memory": function["memory_size"],
        "timeout": function["timeout"], "log format": function["logging_config"][0]["log_format"],
        "prefix": s3["prefix"], "error prefix": s3["error_output_prefix"],
        "size": s3["buffering_size"], "interval": s3["buffering_interval"],
        "compression": s3["compression_format"], "encryption": encryption["key_type"],
        "Lambda buffer": parameters["BufferSizeInMBs"],
        "Lambda buffer interval": parameters.get("BufferIntervalInSeconds", "60"),
        "Lambda retries": parameters.get("NumberOfRetries", "3"),
        "alias": [it["name"] for it in resource["aws_lambda_alias"].values()],
        "a change publishes a version": function["publish"],
        "subscription pattern": subscription["filter_pattern"],
        "subscription destination": kind_of(subscription["destination_arn"]),
        "bucket encryption": [bucket_encryption["sse_algorithm"]],
        "public access": sorted(
            "".join(part.capitalize() for part in name.split("_"))
            for name, is_set in public_access.items() if is_set is True),
        "only TLS": is_denied_without_tls([
            {"Effect": it["effect"], "Action": ", ".join(it["actions"]), "Resource": it["resources"],
             "Condition": {block["test"]: {block["variable"]: block["values"][0]}
                           for block in it["condition"]}}
            for it in documents["bucket"]]),
        "roles": sorted(roles),
    }


def main():
    sam = of_cloudformation(cfn_yaml.load(str(EXAMPLE / "template.yaml")))
    others = {"Terraform": of_terraform((EXAMPLE / "terraform/main.tf").read_text())}
    if len(sys.argv) > 1:
        others["CDK"] = of_cloudformation(json.loads(pathlib.Path(sys.argv[1]).read_text()))
    found = 0
    for name, other in others.items():
        for key, value in sam.items():
            if other[key] != value:
                print(f"{key}: SAM has {value}\n  and {name} has {other[key]}")
                found += 1
    print(f"{len(sam)} settings of SAM, {' and '.join(others)}: {found} differ")
    sys.exit(1 if found else 0)


main()
