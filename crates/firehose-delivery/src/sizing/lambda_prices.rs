use super::architecture::Architecture;

/// Lambda's prices, in US dollars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LambdaPrices {
    /// The price of a gigabyte of memory for a second.
    pub gb_second: f64,
    /// The price of one request.
    pub request: f64,
}

/// Prices for each architecture.
struct PriceTable {
    x86_64: LambdaPrices,
    arm64: LambdaPrices,
}

/// The built-in prices: us-east-1, the first tier of a month, beyond the free tier.
///
/// As of November 2026, from copies of <https://aws.amazon.com/lambda/pricing/> and from price
/// lists of 2026.
const US_EAST_1: PriceTable = PriceTable {
    x86_64: LambdaPrices { gb_second: 0.000_016_666_7, request: 0.000_000_2 },
    arm64: LambdaPrices { gb_second: 0.000_013_333_4, request: 0.000_000_2 },
};

impl LambdaPrices {
    /// The region, the tier, the year and the page of the built-in prices.
    pub const SOURCE: &str = "us-east-1, first tier, 2026, https://aws.amazon.com/lambda/pricing/";

    /// Returns the built-in prices of an architecture.
    pub fn of(architecture: Architecture) -> Self {
        match architecture {
            Architecture::X86 => US_EAST_1.x86_64,
            Architecture::Arm64 => US_EAST_1.arm64,
        }
    }
}
