variable "name" {
  description = "Name of the delivery stream and the function, and prefix of the names of the roles and the bucket. At most 24 characters."
  type        = string
  default     = "firehose-pipeline"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,23}$", var.name))
    error_message = "name must have 1 to 24 lower-case letters, digits and hyphens, and begin with a letter or a digit."
  }
}

variable "log_group_name" {
  description = "Log group of CloudWatch Logs whose log events are delivered. It must not be a log group of this module."
  type        = string
}

variable "pipeline" {
  description = "Path of the pipeline file."
  type        = string
}

variable "zip" {
  description = "Path of the zip that `cargo lambda build` makes of firehose-pipeline for arm64."
  type        = string
}
