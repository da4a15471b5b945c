//! Writes floating-point numbers like jq 1.6: with the fewest digits that parse to the same number,
//! in jq's layout.

/// Writes a number. As in jq, NaN becomes `null`, and an infinity becomes the largest number.
pub(crate) fn write_float(out: &mut Vec<u8>, float: f64) {
    if float.is_nan() {
        out.extend_from_slice(b"null");
        return;
    }
    let float = float.clamp(f64::MIN, f64::MAX);
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(float);
    // In this range, jq's layout differs from that of zmij only in the `.0` of whole numbers.
    if (1e-3..1e15).contains(&float.abs()) && !text.contains('e') {
        out.extend_from_slice(text.strip_suffix(".0").unwrap_or(text).as_bytes());
        return;
    }
    write_digits(out, text);
}

fn write_digits(out: &mut Vec<u8>, text: &str) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = match whole.strip_prefix('-') {
        Some(whole) => {
            out.push(b'-');
            whole
        }
        None => whole,
    };
    let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    let zeros = all.iter().take_while(|&&digit| digit == b'0').count();
    let digits = all[zeros..].trim_suffix_zeros();
    if digits.is_empty() {
        out.push(b'0');
        return;
    }
    // The number is `0.DIGITS` times ten to the power of `point`.
    let point = whole.len() as i32 - zeros as i32 + exponent;
    let count = digits.len() as i32;
    if point <= -4 || point > count + 15 {
        out.push(digits[0]);
        if count > 1 {
            out.push(b'.');
            out.extend_from_slice(&digits[1..]);
        }
        let exponent = point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        out.extend_from_slice(format!("e{sign}{:02}", exponent.abs()).as_bytes());
    } else if point <= 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', point.unsigned_abs() as usize));
        out.extend_from_slice(digits);
    } else if point >= count {
        out.extend_from_slice(digits);
        out.extend(std::iter::repeat_n(b'0', (point - count) as usize));
    } else {
        out.extend_from_slice(&digits[..point as usize]);
        out.push(b'.');
        out.extend_from_slice(&digits[point as usize..]);
    }
}

/// Removes trailing zeros.
trait TrimZeros {
    fn trim_suffix_zeros(&self) -> &[u8];
}

impl TrimZeros for [u8] {
    fn trim_suffix_zeros(&self) -> &[u8] {
        let zeros = self.iter().rev().take_while(|&&digit| digit == b'0').count();
        &self[..self.len() - zeros]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected texts are those of jq 1.6.
    #[test]
    fn writes_numbers_like_jq() {
        for (float, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (0.001, "0.001"),
            (0.0001, "0.0001"),
            (0.00012, "0.00012"),
            (1e-5, "1e-05"),
            (0.00001234, "1.234e-05"),
            (1e15, "1000000000000000"),
            (1e15 + 0.5, "1000000000000000.5"),
            (1e16, "1e+16"),
            (1e17, "1e+17"),
            (1.5e300, "1.5e+300"),
            (1e100, "1e+100"),
            (12345678901234567890.0, "12345678901234567000"),
            (123456789012345678.0, "123456789012345680"),
            (f64::NAN, "null"),
            (f64::INFINITY, "1.7976931348623157e+308"),
            (f64::NEG_INFINITY, "-1.7976931348623157e+308"),
            (5e-324, "5e-324"),
        ] {
            let mut out = Vec::new();
            write_float(&mut out, float);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
