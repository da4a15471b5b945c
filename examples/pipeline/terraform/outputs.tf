output "bucket_name" {
  description = "Bucket with the delivered log events under logs/good"
  value       = aws_s3_bucket.delivered.bucket
}
