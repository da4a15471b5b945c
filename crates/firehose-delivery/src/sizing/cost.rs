use std::time::Duration;

/// What Lambda's prices depend on, besides the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    X86,
    Arm64,
}

/// In US dollars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    pub gb_second: f64,
    pub request: f64,
}

impl Architecture {
    /// That of this machine.
    pub fn here() -> Self {
        if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::X86 }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }
}

impl Prices {
    /// Where and when the prices were looked up.
    pub const SOURCE: &str = "us-east-1, first tier, 2026, https://aws.amazon.com/lambda/pricing/";

    /// The prices of us-east-1 for the first gigabyte-seconds of a month, beyond the free ones.
    pub fn of(architecture: Architecture) -> Self {
        let gb_second = match architecture {
            Architecture::X86 => 0.000_016_666_7,
            Architecture::Arm64 => 0.000_013_333_4,
        };
        Self { gb_second, request: 0.000_000_2 }
    }
}

/// What one batch takes here.
#[derive(Clone, Copy, Debug)]
pub struct BatchTime {
    /// From the event to the response.
    pub wall: Duration,
    /// Of all threads and processes.
    pub cpu: Duration,
}

/// How long Lambda takes for what was measured here, and what it bills.
#[derive(Clone, Copy, Debug)]
pub struct CostModel {
    pub prices: Prices,
    /// How many times as long as here the CPU takes on Lambda.
    pub cpu_factor: f64,
}

/// What a gigabyte of records' data costs, in US dollars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// For a batch.
    pub billed_ms: f64,
    pub invocations: f64,
    pub compute: f64,
    pub requests: f64,
}

impl Cost {
    pub fn total(&self) -> f64 {
        self.compute + self.requests
    }
}

impl CostModel {
    /// Memory sizes to choose from, in MB. From 1,769 on, a function has a whole CPU.
    pub const MEMORY_SIZES: [u32; 6] = [128, 256, 512, 1024, 1769, 3008];

    /// Bytes of data.
    pub const GIGABYTE: f64 = 1_000_000_000.0;

    /// With how much memory a function has one CPU:
    /// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>.
    const ONE_CPU: f64 = 1769.0;

    /// A memory size has to be so many times the peak that was measured.
    pub const MEMORY_MARGIN: f64 = 1.25;

    /// How long a batch takes on Lambda, in milliseconds: the time that is no CPU time as it is
    /// here, and the CPU time by the share of a CPU that comes with the memory. A function that
    /// kept no more than one CPU busy here has no use for more.
    pub fn duration_ms(&self, time: BatchTime, memory: u32) -> f64 {
        let (wall, cpu) = (time.wall.as_secs_f64() * 1e3, time.cpu.as_secs_f64() * 1e3);
        let kept_busy = if wall > 0.0 { (cpu / wall).max(1.0) } else { 1.0 };
        let waited = (wall - cpu).max(0.0);
        let cpus = (f64::from(memory) / Self::ONE_CPU).min(kept_busy);
        waited + cpu * self.cpu_factor / cpus
    }

    /// What a gigabyte costs in batches with so many bytes of data.
    pub fn per_gigabyte(&self, time: BatchTime, data_bytes: f64, memory: u32) -> Cost {
        // Each invocation is billed by the millisecond. The least noise in the sum of two
        // doubles is not to be another one.
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

    /// Whether a function that took so much here has too little room with this memory.
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
        CostModel { prices: Prices { gb_second: 0.000_016, request: 0.000_000_2 }, cpu_factor: 1.0 }
    }

    #[track_caller]
    fn assert_close(is: f64, wanted: f64) {
        assert!((is - wanted).abs() <= wanted.abs() * 1e-9, "{is} is not {wanted}");
    }

    #[test]
    fn less_memory_is_less_cpu_and_waiting_stays() {
        let time = time(15, 10);
        assert_close(model().duration_ms(time, 1769), 15.0);
        // 5 ms of waiting and 10 * 1769 / 128 = 138.203125 ms.
        assert_close(model().duration_ms(time, 128), 143.203_125);
        assert_close(CostModel { cpu_factor: 2.0, ..model() }.duration_ms(time, 1769), 25.0);
    }

    #[test]
    fn more_than_one_cpu_helps_only_who_kept_more_than_one_busy() {
        assert_close(model().duration_ms(time(15, 10), 3008), 15.0);
        // It kept two busy for 10 ms: 20 * 1769 / 3008 ms with 1.7 of them.
        assert_close(model().duration_ms(time(10, 20), 3008), 20.0 * 1769.0 / 3008.0);
        assert_close(model().duration_ms(time(10, 20), 1769), 20.0);
        assert_close(model().duration_ms(time(10, 20), 10_240), 10.0);
    }

    #[test]
    fn a_gigabyte_costs_what_all_its_batches_do() {
        let cost = model().per_gigabyte(time(15, 10), 1_000_000.0, 128);
        // 143.2 ms are billed as 144, 1,000 times with an eighth of a GB: 18 GB-seconds.
        assert_close(cost.billed_ms, 144.0);
        assert_close(cost.invocations, 1000.0);
        assert_close(cost.compute, 0.000_288);
        assert_close(cost.requests, 0.000_2);
        assert_close(cost.total(), 0.000_488);
        // What takes next to no time is billed as a millisecond.
        assert_close(model().per_gigabyte(time(0, 0), 1e9, 1024).compute, 0.000_000_016);
    }

    #[test]
    fn memory_needs_a_margin_over_the_peak() {
        assert!(!CostModel::is_too_small(128, 107_000_000));
        assert!(CostModel::is_too_small(128, 108_000_000));
    }
}
