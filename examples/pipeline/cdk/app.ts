// Delivers the log events of a log group to S3. A function transforms the log events with the
// pipeline of pipeline.yaml.
//
//   npx cdk deploy --context logGroup=/aws/lambda/orders

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';

const app = new App();
const logGroupName: string = app.node.tryGetContext('logGroup') ?? '';
if (!logGroupName) {
  throw new Error('the log group is missing; add --context logGroup=/aws/lambda/orders');
}
const zip: string =
  app.node.tryGetContext('zip') ??
  join(__dirname, '../../../target/lambda/firehose-pipeline/bootstrap.zip');
const stack = new Stack(app, 'FirehosePipeline');

const policy = (...statements: iam.PolicyStatementProps[]) => new iam.PolicyDocument({
  statements: statements.map((statement) => new iam.PolicyStatement(statement)),
});

const bucket = new s3.Bucket(stack, 'Bucket', {
  encryption: s3.BucketEncryption.S3_MANAGED,
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  // Keep the data when the stack is deleted.
  removalPolicy: RemovalPolicy.RETAIN,
});

// The function: the zip of cargo-lambda, and the pipeline in a variable. Lambda allows 4 KB for all
// variables. Put a longer pipeline into a layer as pipeline.yaml.

const pipelineLogGroup = new logs.LogGroup(stack, 'PipelineLogGroup', {
  retention: logs.RetentionDays.ONE_MONTH,
  removalPolicy: RemovalPolicy.DESTROY,
});

const pipelineRole = new iam.Role(stack, 'PipelineRole', {
  assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  inlinePolicies: {
    'write-log': policy({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [pipelineLogGroup.logGroupArn],
    }),
  },
});

const pipelineFunction = new lambda.Function(stack, 'PipelineFunction', {
  code: lambda.Code.fromAsset(zip),
  handler: 'bootstrap',
  runtime: lambda.Runtime.PROVIDED_AL2023,
  architecture: lambda.Architecture.ARM_64,
  memorySize: 512,
  timeout: Duration.seconds(60),
  environment: {
    FIREHOSE_PIPELINE: readFileSync(join(__dirname, '../pipeline.yaml'), 'utf8'),
  },
  role: pipelineRole,
  loggingFormat: lambda.LoggingFormat.JSON,
  logGroup: pipelineLogGroup,
});

// Firehose invokes the alias, so that code and pipeline change at the same moment.
const live = new lambda.Alias(stack, 'PipelineAlias', {
  aliasName: 'live',
  version: pipelineFunction.currentVersion,
});

// The delivery stream.

const deliveryLogGroup = new logs.LogGroup(stack, 'DeliveryLogGroup', {
  retention: logs.RetentionDays.ONE_MONTH,
  removalPolicy: RemovalPolicy.DESTROY,
});
const deliveryLogStream = new logs.LogStream(stack, 'DeliveryLogStream', {
  logGroup: deliveryLogGroup,
  logStreamName: 'delivery',
  removalPolicy: RemovalPolicy.DESTROY,
});

const deliveryRole = new iam.Role(stack, 'DeliveryRole', {
  assumedBy: new iam.ServicePrincipal('firehose.amazonaws.com', {
    conditions: { StringEquals: { 'sts:ExternalId': stack.account } },
  }),
  inlinePolicies: {
    'invoke-function': policy({
      actions: ['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'],
      // The ARN of the function does not cover the alias.
      resources: [live.functionArn],
    }),
    'write-bucket': policy(
      {
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [bucket.bucketArn],
      },
      {
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: [bucket.arnForObjects('logs/*')],
      },
    ),
    'write-log': policy({
      actions: ['logs:PutLogEvents'],
      resources: [deliveryLogGroup.logGroupArn],
    }),
  },
});

const parameter = (parameterName: string, parameterValue: string) =>
  ({ parameterName, parameterValue });

// The low-level construct, because `firehose.DeliveryStream` would grant more permissions than the
// role above.
const deliveryStream = new firehose.CfnDeliveryStream(stack, 'LogsDeliveryStream', {
  deliveryStreamType: 'DirectPut',
  deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
  extendedS3DestinationConfiguration: {
    bucketArn: bucket.bucketArn,
    roleArn: deliveryRole.roleArn,
    prefix: 'logs/good/!{timestamp:yyyy/MM/dd/HH}/',
    errorOutputPrefix: 'logs/bad/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/',
    bufferingHints: { sizeInMBs: 64, intervalInSeconds: 300 },
    compressionFormat: 'GZIP',
    cloudWatchLoggingOptions: {
      enabled: true,
      logGroupName: deliveryLogGroup.logGroupName,
      logStreamName: deliveryLogStream.logStreamName,
    },
    processingConfiguration: {
      enabled: true,
      processors: [{
        type: 'Lambda',
        parameters: [
          parameter('LambdaArn', live.functionArn),
          // The smallest size: log data arrives in gzip and grows when it is unpacked, and a
          // response has room for about 4.5 MB.
          parameter('BufferSizeInMBs', '0.2'),
          parameter('BufferIntervalInSeconds', '60'),
          parameter('NumberOfRetries', '3'),
          parameter('RoleArn', deliveryRole.roleArn),
        ],
      }],
    },
  },
});

// The subscription of the log group.

const subscriptionRole = new iam.Role(stack, 'SubscriptionRole', {
  assumedBy: new iam.ServicePrincipal('logs.amazonaws.com', {
    conditions: {
      StringLike: {
        'aws:SourceArn': `arn:${stack.partition}:logs:${stack.region}:${stack.account}:*`,
      },
    },
  }),
  inlinePolicies: {
    'put-records': policy({
      actions: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
      resources: [deliveryStream.attrArn],
    }),
  },
});

new logs.CfnSubscriptionFilter(stack, 'Subscription', {
  logGroupName,
  filterPattern: '',
  destinationArn: deliveryStream.attrArn,
  roleArn: subscriptionRole.roleArn,
});

new CfnOutput(stack, 'BucketName', {
  description: 'Bucket with the delivered log events under logs/good',
  value: bucket.bucketName,
});
