use std::time::Duration;

use super::lambda_prices::LambdaPrices;

/// The time of one batch on this machine.
#[derive(Clone, Copy, Debug)]
pub struct BatchTime {
    /// The time from the event to the response.
    pub wall: Duration,
    /// The CPU time of all threads and processes.
    pub cpu: Duration,
}

/// The model that converts times on this machine into times and costs on Lambda.
#[derive(Clone, Copy, Debug)]
pub struct CostModel {
    /// The prices of Lambda.
    pub prices: LambdaPrices,
    /// The ratio of the CPU time on Lambda to the CPU time on this machine.
    pub cpu_factor: f64,
}

/// The cost of a gigabyte of record data, in US dollars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// The time that Lambda bills for one batch, in milliseconds.
    pub billed_ms: f64,
    /// The number of invocations.
    pub invocations: f64,
    /// The cost of the billed time.
    pub compute: f64,
    /// The cost of the requests.
    pub requests: f64,
}

impl Cost {
    /// Returns the cost of time and requests together.
    pub fn total(&self) -> f64 {
        self.compute + self.requests
    }
}

impl CostModel {
    /// The memory sizes that are compared, in MB. From 1,769 MB on, a function has a whole CPU.
    pub const MEMORY_SIZES: [u32; 6] = [128, 256, 512, 1024, 1769, 3008];

    /// A gigabyte of data, in bytes.
    pub const GIGABYTE: f64 = 1_000_000_000.0;

    /// The memory size at which a function has one CPU, in MB:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>.
    const ONE_CPU: f64 = 1769.0;

    /// The ratio of the smallest sufficient memory size to the measured peak.
    pub const MEMORY_MARGIN: f64 = 1.25;

    /// Returns the duration of a batch on Lambda, in milliseconds.
    ///
    /// Waiting takes as long as on this machine. CPU time depends on the share of a CPU that comes
    /// with the memory size. A function that kept at most one CPU busy on this machine gains
    /// nothing from more CPUs.
    pub fn duration_ms(&self, time: BatchTime, memory: u32) -> f64 {
        let (wall, cpu) = (time.wall.as_secs_f64() * 1e3, time.cpu.as_secs_f64() * 1e3);
        let kept_busy = if wall > 0.0 { (cpu / wall).max(1.0) } else { 1.0 };
        let waited = (wall - cpu).max(0.0);
        let cpus = (f64::from(memory) / Self::ONE_CPU).min(kept_busy);
        waited + cpu * self.cpu_factor / cpus
    }

    /// Returns the cost of a gigabyte in batches of `data_bytes` bytes of data.
    pub fn per_gigabyte(&self, time: BatchTime, data_bytes: f64, memory: u32) -> Cost {
        // Lambda bills each invocation by the millisecond. The rounding error of a sum of two
        // floating-point numbers must not add a millisecond.
        let billed_ms = (self.duration_ms(time, memory) - 1e-6).ceil().max(1.0);
        let invocations = Self::GIGABYTE / data_bytes.max(1.0);
        let gb_seconds = f64::from(memory) / 1024.0 * billed_ms / 1e3 * invocations;
        Cost {
            billed_ms,
            invocations,
            compute: gb_seconds * self.prices.gb_second,
            requests: invocations * self.prices.request,
        }
    }

    /// Returns `true` if a memory size in MB is too small for a function with this measured peak.
    pub fn is_too_small(memory: u32, peak_bytes: u64) -> bool {
        f64::from(memory) * 1024.0 * 1024.0 < peak_bytes as f64 * Self::MEMORY_MARGIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(wall: u64, cpu: u64) -> BatchTime {
        BatchTime { wall: Duration::from_millis(wall), cpu: Duration::from_millis(cpu) }
    }

    fn model() -> CostModel {
        CostModel {
            prices: LambdaPrices { gb_second: 0.000_016, request: 0.000_000_2 },
            cpu_factor: 1.0,
        }
    }

    #[track_caller]
    fn assert_close(actual: f64, expected: f64) {
        let difference = (actual - expected).abs();
        assert!(difference <= expected.abs() * 1e-9, "{actual} instead of {expected}");
    }

    #[test]
    fn less_memory_means_less_cpu_and_the_same_waiting() {
        let time = time(15, 10);
        assert_close(model().duration_ms(time, 1769), 15.0);
        // 5 ms of waiting and 10 * 1769 / 128 = 138.203125 ms.
        assert_close(model().duration_ms(time, 128), 143.203_125);
        assert_close(CostModel { cpu_factor: 2.0, ..model() }.duration_ms(time, 1769), 25.0);
    }

    #[test]
    fn more_cpus_help_only_a_function_that_kept_several_busy() {
        assert_close(model().duration_ms(time(15, 10), 3008), 15.0);
        // Two CPUs were busy for 10 ms: 20 * 1769 / 3008 ms with 1.7 CPUs.
        assert_close(model().duration_ms(time(10, 20), 3008), 20.0 * 1769.0 / 3008.0);
        assert_close(model().duration_ms(time(10, 20), 1769), 20.0);
        assert_close(model().duration_ms(time(10, 20), 10_240), 10.0);
    }

    #[test]
    fn a_gigabyte_costs_the_sum_of_its_batches() {
        let cost = model().per_gigabyte(time(15, 10), 1_000_000.0, 128);
        // Lambda bills 143.2 ms as 144 ms. 1,000 invocations with an eighth of a GB take 18
        // GB-seconds.
        assert_close(cost.billed_ms, 144.0);
        assert_close(cost.invocations, 1000.0);
        assert_close(cost.compute, 0.000_288);
        assert_close(cost.requests, 0.000_2);
        assert_close(cost.total(), 0.000_488);
        // The shortest billed time is a millisecond.
        assert_close(model().per_gigabyte(time(0, 0), 1e9, 1024).compute, 0.000_000_016);
    }

    #[test]
    fn the_memory_size_needs_a_margin_over_the_peak() {
        assert!(!CostModel::is_too_small(128, 107_000_000));
        assert!(CostModel::is_too_small(128, 108_000_000));
    }
}
