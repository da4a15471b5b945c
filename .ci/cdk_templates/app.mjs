// Synthesizes one template for each construct of the CDK's Firehose module, and for uses of it. Each
// case is a stack of its own app, in a folder with the name of the case.
import * as cdk from "aws-cdk-lib";
import * as firehose from "aws-cdk-lib/aws-kinesisfirehose";
import * as glue from "aws-cdk-lib/aws-glue";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kinesis from "aws-cdk-lib/aws-kinesis";
import * as kms from "aws-cdk-lib/aws-kms";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import * as s3 from "aws-cdk-lib/aws-s3";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [output] = process.argv.slice(2);
const asset = join(output, "asset");
mkdirSync(asset, { recursive: true });
writeFileSync(join(asset, "index.py"), "def handler(event, context):\n    return event\n");

const bucket = (stack, id = "Bucket") => new s3.Bucket(stack, id);
const inline = (stack) =>
  new lambda.Function(stack, "Function", {
    code: lambda.Code.fromInline("def handler(event, context):\n    return event\n"),
    handler: "index.handler",
    runtime: lambda.Runtime.PYTHON_3_13,
    timeout: cdk.Duration.minutes(1),
    memorySize: 256,
    environment: { LEVEL: "debug" },
  });
const processor = (stack, more) => new firehose.LambdaFunctionProcessor(inline(stack), more);
const stream = (stack, destination, more) =>
  new firehose.DeliveryStream(stack, "Delivery", { destination, ...more });
const s3Stream = (stack, props, more) =>
  stream(stack, new firehose.S3Bucket(bucket(stack), props), more);
const role = (stack) =>
  new iam.Role(stack, "Role", { assumedBy: new iam.ServicePrincipal("firehose.amazonaws.com") });
const l1 = (stack, make) => {
  const s3Configuration = { bucketArn: bucket(stack).bucketArn, roleArn: role(stack).roleArn };
  return new firehose.CfnDeliveryStream(stack, "Delivery", make(s3Configuration));
};

const cases = {
  "s3-bucket": (stack) => s3Stream(stack),
  "s3-prefixes": (stack) =>
    s3Stream(stack, {
      dataOutputPrefix: "data/!{timestamp:yyyy}/",
      errorOutputPrefix: "errors/!{firehose:error-output-type}/",
      fileExtension: ".json.gz",
      compression: firehose.Compression.GZIP,
      bufferingInterval: cdk.Duration.seconds(60),
      bufferingSize: cdk.Size.mebibytes(8),
      timezone: cdk.TimeZone.ETC_UTC,
    }),
  "s3-zip": (stack) => s3Stream(stack, { compression: firehose.Compression.ZIP }),
  "s3-snappy": (stack) => s3Stream(stack, { compression: firehose.Compression.SNAPPY }),
  "s3-hadoop-snappy": (stack) => s3Stream(stack, { compression: firehose.Compression.HADOOP_SNAPPY }),
  "s3-backup": (stack) => s3Stream(stack, { s3Backup: { mode: firehose.BackupMode.ALL } }),
  "s3-encryption": (stack) =>
    s3Stream(
      stack,
      { encryptionKey: new kms.Key(stack, "Key") },
      { encryption: firehose.StreamEncryption.customerManagedKey() },
    ),
  "s3-logging": (stack) =>
    s3Stream(stack, {
      loggingConfig: new firehose.EnableLogging(new logs.LogGroup(stack, "Logs")),
    }),
  "s3-without-logging": (stack) =>
    s3Stream(stack, { loggingConfig: new firehose.DisableLogging() }, { deliveryStreamName: "named" }),
  "given-role": (stack) => {
    const given = role(stack);
    s3Stream(stack, { role: given }, { role: given });
  },
  "kinesis-source": (stack) =>
    s3Stream(
      stack,
      {},
      {
        source: new firehose.KinesisStreamSource(
          new kinesis.Stream(stack, "Source", { shardCount: 2, streamName: "source" }),
        ),
      },
    ),
  "on-demand-source": (stack) =>
    s3Stream(
      stack,
      {},
      {
        source: new firehose.KinesisStreamSource(
          new kinesis.Stream(stack, "Source", { streamMode: kinesis.StreamMode.ON_DEMAND }),
        ),
      },
    ),
  "imported-source": (stack) =>
    s3Stream(
      stack,
      {},
      {
        source: new firehose.KinesisStreamSource(
          kinesis.Stream.fromStreamArn(
            stack,
            "Source",
            stack.formatArn({ service: "kinesis", resource: "stream", resourceName: "theirs" }),
          ),
        ),
      },
    ),
  "imported-bucket": (stack) =>
    stream(
      stack,
      new firehose.S3Bucket(s3.Bucket.fromBucketArn(stack, "Bucket", cdk.Fn.importValue("logs"))),
    ),
  "lambda-processor": (stack) => s3Stream(stack, { processors: [processor(stack)] }),
  "lambda-processor-settings": (stack) =>
    s3Stream(stack, {
      processor: processor(stack, {
        bufferInterval: cdk.Duration.seconds(30),
        bufferSize: cdk.Size.mebibytes(2),
        retries: 5,
      }),
    }),
  "lambda-asset": (stack) =>
    s3Stream(stack, {
      processors: [
        new firehose.LambdaFunctionProcessor(
          new lambda.Function(stack, "Function", {
            code: lambda.Code.fromAsset(asset),
            handler: "index.handler",
            runtime: lambda.Runtime.PYTHON_3_13,
          }),
        ),
      ],
    }),
  "lambda-alias": (stack) =>
    s3Stream(stack, {
      processors: [new firehose.LambdaFunctionProcessor(inline(stack).addAlias("live"))],
    }),
  "lambda-version": (stack) =>
    s3Stream(stack, {
      processors: [new firehose.LambdaFunctionProcessor(inline(stack).currentVersion)],
    }),
  "imported-lambda": (stack) =>
    s3Stream(stack, {
      processors: [
        new firehose.LambdaFunctionProcessor(
          lambda.Function.fromFunctionAttributes(stack, "Function", {
            functionArn: "arn:aws:lambda:eu-west-1:111122223333:function:theirs",
            skipPermissions: true,
          }),
        ),
      ],
    }),
  "append-delimiter": (stack) =>
    s3Stream(stack, { processors: [new firehose.AppendDelimiterToRecordProcessor()] }),
  decompression: (stack) =>
    s3Stream(stack, {
      processors: [
        new firehose.DecompressionProcessor(),
        new firehose.CloudWatchLogProcessor({ dataMessageExtraction: true }),
      ],
    }),
  "dynamic-partitioning": (stack) =>
    s3Stream(stack, {
      dataOutputPrefix: "!{partitionKeyFromQuery:customer}/",
      errorOutputPrefix: "errors/!{firehose:error-output-type}/",
      bufferingSize: cdk.Size.mebibytes(64),
      dynamicPartitioning: { enabled: true, retryDuration: cdk.Duration.minutes(5) },
      processors: [
        firehose.MetadataExtractionProcessor.jq16({ customer: ".customer" }),
        new firehose.AppendDelimiterToRecordProcessor(),
      ],
    }),
  "dynamic-partitioning-lambda": (stack) =>
    s3Stream(stack, {
      dataOutputPrefix: "!{partitionKeyFromLambda:customer}/",
      errorOutputPrefix: "errors/!{firehose:error-output-type}/",
      bufferingSize: cdk.Size.mebibytes(64),
      dynamicPartitioning: { enabled: true },
      processors: [processor(stack)],
    }),
  "parquet-conversion": (stack) => {
    const database = new glue.CfnDatabase(stack, "Database", {
      catalogId: stack.account,
      databaseInput: { name: "events" },
    });
    const table = new glue.CfnTable(stack, "Table", {
      catalogId: stack.account,
      databaseName: database.ref,
      tableInput: {
        name: "clicks",
        storageDescriptor: { columns: [{ name: "id", type: "string" }] },
      },
    });
    s3Stream(stack, {
      bufferingSize: cdk.Size.mebibytes(128),
      dataFormatConversion: {
        schemaConfiguration: firehose.SchemaConfiguration.fromCfnTable(table),
        inputFormat: firehose.InputFormat.OPENX_JSON,
        outputFormat: firehose.OutputFormat.PARQUET,
      },
    });
  },
  "l1-http-endpoint": (stack) =>
    l1(stack, (s3Configuration) => ({
      httpEndpointDestinationConfiguration: {
        endpointConfiguration: { url: "https://example.com", name: "Example", accessKey: "secret" },
        requestConfiguration: {
          contentEncoding: "GZIP",
          commonAttributes: [{ attributeName: "service", attributeValue: "clicks" }],
        },
        s3Configuration,
      },
    })),
  "l1-splunk": (stack) =>
    l1(stack, (s3Configuration) => ({
      splunkDestinationConfiguration: {
        hecEndpoint: "https://splunk.example.com:8088",
        hecEndpointType: "Raw",
        hecToken: "51D4DA16-C61B-4F5F-8EC7-ED4301342A4A",
        s3Configuration,
      },
    })),
  "l1-opensearch": (stack) =>
    l1(stack, (s3Configuration) => ({
      amazonopensearchserviceDestinationConfiguration: {
        clusterEndpoint: "https://search.example.com",
        indexName: "clicks",
        indexRotationPeriod: "OneDay",
        roleArn: s3Configuration.roleArn,
        s3Configuration,
      },
    })),
  "l1-redshift": (stack) =>
    l1(stack, (s3Configuration) => ({
      redshiftDestinationConfiguration: {
        clusterJdbcurl: "jdbc:redshift://cluster.example.com:5439/dev",
        copyCommand: { dataTableName: "clicks", copyOptions: "json 'auto'" },
        username: "user",
        password: "secret",
        roleArn: s3Configuration.roleArn,
        s3Configuration,
      },
    })),
  "l1-iceberg": (stack) =>
    l1(stack, (s3Configuration) => ({
      icebergDestinationConfiguration: {
        catalogConfiguration: { catalogArn: stack.formatArn({ service: "glue", resource: "catalog" }) },
        roleArn: s3Configuration.roleArn,
        s3Configuration,
      },
    })),
  "l1-msk-source": (stack) =>
    l1(stack, (s3Configuration) => ({
      deliveryStreamType: "MSKAsSource",
      mskSourceConfiguration: {
        mskClusterArn: stack.formatArn({ service: "kafka", resource: "cluster", resourceName: "c/1" }),
        topicName: "clicks",
        authenticationConfiguration: { connectivity: "PRIVATE", roleArn: s3Configuration.roleArn },
      },
      extendedS3DestinationConfiguration: s3Configuration,
    })),
  parameters: (stack) => {
    const prefix = new cdk.CfnParameter(stack, "Prefix", { default: "data/" });
    const size = new cdk.CfnParameter(stack, "Size", { type: "Number" });
    l1(stack, (s3Configuration) => ({
      extendedS3DestinationConfiguration: {
        ...s3Configuration,
        prefix: prefix.valueAsString,
        bufferingHints: { sizeInMBs: size.valueAsNumber, intervalInSeconds: 60 },
      },
    }));
  },
  "two-stacks": (stack, app) => {
    const consumer = new cdk.Stack(app, "Consumer", { synthesizer: synthesizer() });
    const source = new kinesis.Stream(stack, "Source", { shardCount: 3 });
    const transform = inline(stack);
    stream(consumer, new firehose.S3Bucket(bucket(stack)), {
      source: new firehose.KinesisStreamSource(source),
    });
    const direct = new firehose.S3Bucket(bucket(consumer), {
      processors: [new firehose.LambdaFunctionProcessor(transform)],
    });
    new firehose.DeliveryStream(consumer, "Direct", { destination: direct });
  },
  "nested-stack": (stack) => {
    const nested = new cdk.NestedStack(stack, "Nested");
    const inner = inline(nested);
    stream(nested, new firehose.S3Bucket(bucket(stack)));
    const outer = new firehose.S3Bucket(bucket(stack, "Outer"), {
      processors: [new firehose.LambdaFunctionProcessor(inner)],
    });
    new firehose.DeliveryStream(stack, "Outside", { destination: outer });
  },
  stage: (_stack, app) => {
    const stage = new cdk.Stage(app, "Prod");
    s3Stream(new cdk.Stack(stage, "Delivery", { synthesizer: synthesizer() }));
  },
};

function synthesizer() {
  return new cdk.DefaultStackSynthesizer({ generateBootstrapVersionRule: false });
}

for (const [name, build] of Object.entries(cases)) {
  // The command line of the CDK sets this too. It adds the paths of assets to the templates.
  const context = { "aws:cdk:enable-asset-metadata": true };
  const outdir = join(output, name);
  const app = new cdk.App({ outdir, analyticsReporting: false, context });
  build(new cdk.Stack(app, "Stack", { synthesizer: synthesizer() }), app);
  app.synth();
}
