use std::{env, thread};

/// Lambda's memory for one vCPU, in MB.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>
const MEMORY_OF_A_VCPU: usize = 1769;

/// How many vCPUs the function has, or the machine if this is no function.
///
/// Lambda shows two to a function that has the time of a fraction of one, so its memory says
/// how much there is.
pub(crate) fn vcpus() -> usize {
    let cpus = thread::available_parallelism().map_or(1, usize::from);
    let memory = env::var("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").ok().and_then(|it| it.parse().ok());
    match memory {
        Some(memory) => cpus.min(of_memory(memory)),
        None => cpus,
    }
}

fn of_memory(megabytes: usize) -> usize {
    megabytes.div_ceil(MEMORY_OF_A_VCPU).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_says_how_many() {
        for (megabytes, expected) in
            [(0, 1), (128, 1), (1769, 1), (1770, 2), (3008, 2), (3538, 2), (10_240, 6)]
        {
            assert_eq!(of_memory(megabytes), expected, "{megabytes} MB");
        }
    }
}
