use std::fmt;

use crate::delivery_stream::megabytes_to_bytes;

/// A value of `BufferSizeInMBs` of a Lambda processor, 0.2 MB to 3 MB:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BufferSize {
    hundredths: u32,
}

impl BufferSize {
    /// 0.2 MB
    pub const SMALLEST: Self = Self { hundredths: 20 };
    /// 3 MB
    pub const LARGEST: Self = Self { hundredths: 300 };

    /// The settings that are always measured: both ends, Splunk's default of about 256 KB, the
    /// default of other destinations, and settings between them.
    pub const MEASURED: [Self; 8] = [
        Self::SMALLEST,
        Self { hundredths: 25 },
        Self { hundredths: 50 },
        Self { hundredths: 100 },
        Self { hundredths: 150 },
        Self { hundredths: 200 },
        Self { hundredths: 250 },
        Self::LARGEST,
    ];

    /// Returns the settings that can be recommended, the largest first: all steps of 0.1 MB, and the
    /// settings that are always measured.
    pub fn candidates() -> impl Iterator<Item = Self> {
        let is_measured = |setting: &Self| Self::MEASURED.contains(setting);
        let settings = (20..=300).rev().map(|hundredths| Self { hundredths });
        settings.filter(move |it| it.hundredths.is_multiple_of(10) || is_measured(it))
    }

    /// Returns the setting in bytes.
    pub fn bytes(self) -> u64 {
        megabytes_to_bytes(self.megabytes())
    }

    /// Returns the setting in megabytes.
    pub fn megabytes(self) -> f64 {
        f64::from(self.hundredths) / 100.0
    }
}

impl fmt::Display for BufferSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.megabytes().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_displayed_as_in_a_template() {
        let shown = BufferSize::MEASURED.map(|setting| setting.to_string());
        assert_eq!(shown, ["0.2", "0.25", "0.5", "1", "1.5", "2", "2.5", "3"]);
        assert_eq!(BufferSize::LARGEST.bytes(), 3 * 1024 * 1024);
        let candidates: Vec<_> = BufferSize::candidates().map(|it| it.to_string()).collect();
        assert_eq!(candidates.len(), 30);
        assert_eq!(candidates[0], "3");
        assert_eq!(candidates[27..], ["0.3", "0.25", "0.2"]);
    }
}
