use std::ops::Range;

use crate::redact::patterns::boundary::{
    before, digits_end, follows_digit, is_word, precedes_digit,
};

const MIN_DIGITS: usize = 13;
const MAX_DIGITS: usize = 19;

/// Finds card numbers. A card number consists of digits with single spaces or hyphens between them, has
/// the prefix and length of a card network, and passes the Luhn check.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>)) {
    let text = text.as_bytes();
    let mut start = 0;
    while let Some(length) = text[start..].iter().position(u8::is_ascii_digit) {
        start += length;
        start = match number_at(text, start) {
            Some(end) => {
                found(start..end);
                end
            }
            None => digits_end(text, start),
        };
    }
}

/// Returns the end of the longest card number that begins at a group of digits.
fn number_at(text: &[u8], start: usize) -> Option<usize> {
    if before(text, start).is_some_and(is_word) || follows_digit(text, start, b".") {
        return None;
    }
    let mut digits = [0; MAX_DIGITS];
    let mut count = 0;
    let mut at = start;
    let mut longest = None;
    loop {
        let group = &text[at..digits_end(text, at)];
        let Some(place) = digits.get_mut(count..count + group.len()) else { return longest };
        place.copy_from_slice(group);
        count += group.len();
        at += group.len();
        let is_end = !text.get(at).is_some_and(|byte| is_word(*byte)) && !precedes_digit(text, at);
        if is_end && is_card(&digits[..count]) {
            longest = Some(at);
        }
        let is_joined = matches!(text.get(at), Some(b' ' | b'-'))
            && text.get(at + 1).is_some_and(u8::is_ascii_digit);
        if !is_joined {
            return longest;
        }
        at += 1;
    }
}

fn is_card(digits: &[u8]) -> bool {
    digits.len() >= MIN_DIGITS && has_network(digits) && passes_luhn(digits)
}

/// Returns `true` if a card network issues numbers with this prefix and length.
fn has_network(digits: &[u8]) -> bool {
    let prefix = |length: usize| {
        digits[..length].iter().fold(0_u32, |number, digit| 10 * number + u32::from(digit - b'0'))
    };
    let length = digits.len();
    match (prefix(2), prefix(3), prefix(4)) {
        // Visa.
        (40..=49, ..) => matches!(length, 13 | 16 | 19),
        // Mastercard.
        (51..=55, ..) | (_, _, 2221..=2720) => length == 16,
        // American Express.
        (34 | 37, ..) => length == 15,
        // Diners Club.
        (36 | 38 | 39, ..) | (_, 300..=305, _) | (_, _, 3095) => length >= 14,
        // JCB, UnionPay and Discover.
        (_, _, 3528..=3589 | 6011) | (62 | 65, ..) | (_, 644..=649, _) => length >= 16,
        // Maestro.
        (50 | 56..=58 | 63 | 67, ..) => true,
        _ => false,
    }
}

/// Checks the last digit with the Luhn algorithm
/// ([ISO/IEC 7812-1](https://www.iso.org/standard/70484.html), annex B).
fn passes_luhn(digits: &[u8]) -> bool {
    let digits = digits.iter().rev().map(|digit| u32::from(digit - b'0')).enumerate();
    let sum: u32 = digits
        .map(|(index, digit)| match (index % 2, 2 * digit) {
            (0, _) => digit,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}
