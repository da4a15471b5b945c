# Delivers the log events of a log group to S3. A function transforms the log events with the
# pipeline of a file.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

# `terraform destroy` stops at a bucket with objects, so the data is kept.
resource "aws_s3_bucket" "delivered" {
  bucket_prefix = "${var.name}-"
}

resource "aws_s3_bucket_server_side_encryption_configuration" "delivered" {
  bucket = aws_s3_bucket.delivered.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "delivered" {
  bucket                  = aws_s3_bucket.delivered.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "delivered" {
  bucket = aws_s3_bucket.delivered.id
  policy = data.aws_iam_policy_document.bucket.json

  # The policy and the public access block both change the access to the bucket. S3 rejects
  # concurrent changes, so Terraform makes one after the other.
  depends_on = [aws_s3_bucket_public_access_block.delivered]
}

data "aws_iam_policy_document" "bucket" {
  statement {
    sid       = "OnlyEncryptedConnections"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.delivered.arn, "${aws_s3_bucket.delivered.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

# The function: the zip of cargo-lambda, and the pipeline in a variable. Lambda allows 4 KB for all
# variables. Put a longer pipeline into a layer as pipeline.yaml.

resource "aws_lambda_function" "pipeline" {
  function_name    = var.name
  filename         = var.zip
  source_code_hash = filebase64sha256(var.zip)
  handler          = "bootstrap"
  runtime          = "provided.al2023"
  architectures    = ["arm64"]
  memory_size      = 512
  timeout          = 60
  role             = aws_iam_role.pipeline.arn
  publish          = true

  environment {
    variables = {
      FIREHOSE_PIPELINE = file(var.pipeline)
    }
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.pipeline.name
  }
}

# Firehose invokes the alias, so that code and pipeline change at the same moment.
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.pipeline.function_name
  function_version = aws_lambda_function.pipeline.version
}

resource "aws_cloudwatch_log_group" "pipeline" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = 30
}

resource "aws_iam_role" "pipeline" {
  name_prefix        = "${var.name}-function-"
  assume_role_policy = data.aws_iam_policy_document.lambda_assumes.json
}

data "aws_iam_policy_document" "lambda_assumes" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "pipeline" {
  name   = "write-log"
  role   = aws_iam_role.pipeline.id
  policy = data.aws_iam_policy_document.pipeline.json
}

data "aws_iam_policy_document" "pipeline" {
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.pipeline.arn}:*"]
  }
}

# The delivery stream.

resource "aws_kinesis_firehose_delivery_stream" "logs" {
  name        = var.name
  destination = "extended_s3"

  server_side_encryption {
    enabled  = true
    key_type = "AWS_OWNED_CMK"
  }

  extended_s3_configuration {
    bucket_arn          = aws_s3_bucket.delivered.arn
    role_arn            = aws_iam_role.delivery.arn
    prefix              = "logs/good/!{timestamp:yyyy/MM/dd/HH}/"
    error_output_prefix = "logs/bad/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/"
    buffering_size      = 64
    buffering_interval  = 300
    compression_format  = "GZIP"

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.delivery.name
      log_stream_name = aws_cloudwatch_log_stream.delivery.name
    }

    processing_configuration {
      enabled = true

      processors {
        type = "Lambda"

        parameters {
          parameter_name  = "LambdaArn"
          parameter_value = aws_lambda_alias.live.arn
        }
        # The smallest size: log data arrives in gzip and grows when it is unpacked, and a response
        # has room for about 4.5 MB.
        parameters {
          parameter_name  = "BufferSizeInMBs"
          parameter_value = "0.2"
        }
        # Leave the other parameters at their defaults: the role of the delivery stream, an interval
        # of 60 s, and 3 retries. If they were set here, the provider would show a change in each plan.
      }
    }
  }

  # Firehose tests the permissions when it creates the delivery stream.
  depends_on = [aws_iam_role_policy.delivery]
}

resource "aws_cloudwatch_log_group" "delivery" {
  name              = "/aws/kinesisfirehose/${var.name}"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_stream" "delivery" {
  name           = "delivery"
  log_group_name = aws_cloudwatch_log_group.delivery.name
}

resource "aws_iam_role" "delivery" {
  name_prefix        = "${var.name}-delivery-"
  assume_role_policy = data.aws_iam_policy_document.firehose_assumes.json
}

data "aws_iam_policy_document" "firehose_assumes" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_iam_role_policy" "delivery" {
  name   = "deliver"
  role   = aws_iam_role.delivery.id
  policy = data.aws_iam_policy_document.delivery.json
}

data "aws_iam_policy_document" "delivery" {
  statement {
    actions = ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"]
    # The ARN of the function does not cover the alias.
    resources = [aws_lambda_alias.live.arn]
  }
  statement {
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [aws_s3_bucket.delivered.arn]
  }
  statement {
    actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.delivered.arn}/logs/*"]
  }
  statement {
    actions   = ["logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.delivery.arn}:*"]
  }
}

# The subscription of the log group.

resource "aws_cloudwatch_log_subscription_filter" "logs" {
  name            = var.name
  log_group_name  = var.log_group_name
  filter_pattern  = ""
  destination_arn = aws_kinesis_firehose_delivery_stream.logs.arn
  role_arn        = aws_iam_role.subscription.arn

  # CloudWatch Logs sends a test record when it creates the subscription.
  depends_on = [aws_iam_role_policy.subscription]
}

resource "aws_iam_role" "subscription" {
  name_prefix        = "${var.name}-subscription-"
  assume_role_policy = data.aws_iam_policy_document.logs_assumes.json
}

data "aws_iam_policy_document" "logs_assumes" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["logs.amazonaws.com"]
    }
    condition {
      test     = "StringLike"
      variable = "aws:SourceArn"
      values = [join(":", [
        "arn", data.aws_partition.current.partition, "logs", data.aws_region.current.region,
        data.aws_caller_identity.current.account_id, "*",
      ])]
    }
  }
}

resource "aws_iam_role_policy" "subscription" {
  name   = "put-records"
  role   = aws_iam_role.subscription.id
  policy = data.aws_iam_policy_document.subscription.json
}

data "aws_iam_policy_document" "subscription" {
  statement {
    actions   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
    resources = [aws_kinesis_firehose_delivery_stream.logs.arn]
  }
}
