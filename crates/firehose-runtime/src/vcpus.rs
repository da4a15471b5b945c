use std::{env, thread};

/// The memory of a Lambda function for each vCPU, in MB
/// ([source](https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html)).
const VCPU_MEGABYTES: usize = 1769;

/// Returns the number of vCPUs of the function, or of the machine outside Lambda.
///
/// In a Lambda function with a fraction of a vCPU, the system shows two vCPUs. So the number is
/// limited by the memory of the Lambda function.
pub(crate) fn vcpus() -> usize {
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    let memory = env::var("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").ok().and_then(|it| it.parse().ok());
    match memory {
        Some(memory) => cpus.min(vcpus_for(memory)),
        None => cpus,
    }
}

fn vcpus_for(megabytes: usize) -> usize {
    megabytes.div_ceil(VCPU_MEGABYTES).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_determines_the_number_of_vcpus() {
        for (megabytes, expected) in
            [(0, 1), (128, 1), (1769, 1), (1770, 2), (3008, 2), (3538, 2), (10_240, 6)]
        {
            assert_eq!(vcpus_for(megabytes), expected, "{megabytes} MB");
        }
    }
}
