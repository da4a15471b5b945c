use std::ops::{Range, RangeInclusive};

use crate::redact::patterns::{
    boundary::{before, is_word},
    ipv4,
};

/// Finds IPv6 addresses, with their zone (`%eth0`).
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>)) {
    let text = text.as_bytes();
    let mut at = 0;
    while let Some(colon) = memchr::memchr(b':', &text[at..]) {
        let colon = at + colon;
        let is_part = |byte: &u8| *byte == b':' || *byte == b'.' || byte.is_ascii_hexdigit();
        let start = colon - text[at..colon].iter().rev().take_while(|it| is_part(it)).count();
        let end = colon + text[colon..].iter().take_while(|it| is_part(it)).count();
        find_in_run(text, start, end, found);
        at = end;
    }
}

/// Finds the addresses in a run of hexadecimal digits, colons and points.
fn find_in_run(text: &[u8], start: usize, end: usize, found: &mut dyn FnMut(Range<usize>)) {
    // Without `::`, an address has six groups and an IPv4 address, or eight groups and perhaps a port.
    // Longer lists are fingerprints and hex dumps.
    const COLONS_WITHOUT_GAP: RangeInclusive<usize> = 6..=8;
    let run = &text[start..end];
    let has_gap = run.windows(2).any(|pair| pair == b"::");
    let colons = run.iter().filter(|byte| **byte == b':').count();
    if colons < 2 || (!has_gap && !COLONS_WITHOUT_GAP.contains(&colons)) {
        return;
    }
    let mut at = start;
    while at < end {
        match address_at(text, at) {
            Some(address_end) => {
                found(at..address_end);
                at = address_end;
            }
            None => at += 1,
        }
    }
}

/// Returns the end of the address that begins at an offset. The address must not touch a word character
/// or a `::` outside of it.
fn address_at(text: &[u8], start: usize) -> Option<usize> {
    let is_after_gap = start >= 2 && text[start - 2..start] == *b"::";
    let previous = before(text, start);
    let touches_before = previous.is_some_and(is_word)
        || is_after_gap
        || (previous == Some(b':') && text[start] == b':');
    if touches_before {
        return None;
    }
    let end = longest_address(text, start)?;
    let next = text.get(end).copied();
    let touches_after = next.is_some_and(is_word) || text[end..].starts_with(b"::");
    if touches_after { None } else { Some(zone_end(text, end)) }
}

/// Returns the end of the longest address that begins at an offset.
fn longest_address(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    let mut groups = 0;
    let mut has_gap = text[at..].starts_with(b"::");
    let mut longest = None;
    if has_gap {
        at += 2;
    }
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let digits = rest.iter().take(5).take_while(|byte| byte.is_ascii_hexdigit()).count();
        if digits == 0 || digits > 4 {
            return longest;
        }
        let may_end_in_ipv4 = groups == 6 || (has_gap && groups < 6);
        if may_end_in_ipv4 && let Some(end) = ipv4::address_end(text, at) {
            return Some(end);
        }
        groups += 1;
        at += digits;
        if groups == if has_gap { 7 } else { 8 } {
            return Some(at);
        }
        if has_gap {
            longest = Some(at);
        }
        if text[at..].starts_with(b"::") {
            if has_gap {
                return longest;
            }
            has_gap = true;
            at += 2;
            longest = Some(at);
        } else if text.get(at) == Some(&b':') {
            at += 1;
        } else {
            return longest;
        }
    }
}

/// Returns the end of the zone that begins at an offset, or the offset if no zone begins there.
fn zone_end(text: &[u8], start: usize) -> usize {
    let is_part = |byte: &&u8| is_word(**byte) || matches!(byte, b'-' | b'.' | b'~');
    match text.get(start..) {
        Some([b'%', zone @ ..]) if zone.first().is_some_and(|byte| is_word(*byte)) => {
            start + 1 + zone.iter().take_while(is_part).count()
        }
        _ => start,
    }
}
