use std::mem;

use super::{
    super::meter::{Exceeded, Meter},
    compare::compare,
    value::Value,
};

/// Sorts values by their keys. The sort is stable.
///
/// The sort of the standard library cannot stop at an error of a comparison. It may also panic if
/// keys are NaN, because NaN is less than itself in jq.
pub(crate) fn sort_by_keys<T>(
    entries: Vec<(Value, T)>,
    meter: &Meter,
) -> Result<Vec<(Value, T)>, Exceeded> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let mut merged = Vec::with_capacity(order.len());
    let mut width = 1;
    while width < order.len() {
        for runs in order.chunks(2 * width) {
            let (left, right) = runs.split_at(width.min(runs.len()));
            merge(&entries, left, right, &mut merged, meter)?;
        }
        mem::swap(&mut order, &mut merged);
        merged.clear();
        width *= 2;
    }
    let mut entries: Vec<_> = entries.into_iter().map(Some).collect();
    Ok(order.into_iter().filter_map(|place| entries[place].take()).collect())
}

/// Appends the positions in two sorted runs to `merged`, in the order of the keys.
fn merge<T>(
    entries: &[(Value, T)],
    mut left: &[usize],
    mut right: &[usize],
    merged: &mut Vec<usize>,
    meter: &Meter,
) -> Result<(), Exceeded> {
    let is_greater = |left: usize, right: usize| {
        meter.step()?;
        Ok(compare(&entries[left].0, &entries[right].0, meter)?.is_gt())
    };
    // Runs that are in order already need one comparison.
    if let (Some(&last), Some(&first)) = (left.last(), right.first())
        && is_greater(last, first)?
    {
        while let (Some((&first, left_rest)), Some((&second, right_rest))) =
            (left.split_first(), right.split_first())
        {
            if is_greater(first, second)? {
                merged.push(second);
                right = right_rest;
            } else {
                merged.push(first);
                left = left_rest;
            }
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::super::limits::JqLimits, *};

    fn sorted(numbers: &[f64]) -> Vec<(f64, usize)> {
        let entries = numbers.iter().enumerate();
        let entries = entries.map(|(place, number)| (Value::Number((*number).into()), place));
        let meter = Meter::new(JqLimits::default(), usize::MAX);
        let sorted = sort_by_keys(entries.collect(), &meter).unwrap();
        let number = |value: &Value| value.as_number().unwrap().as_f64();
        sorted.iter().map(|(key, place)| (number(key), *place)).collect()
    }

    #[test]
    fn sorts_like_the_standard_library() {
        for count in [0, 1, 2, 3, 7, 8, 9, 100, 1000] {
            let numbers: Vec<f64> = (0..count).map(|at| f64::from(at * 7919 % 13)).collect();
            let mut expected: Vec<_> = numbers.iter().copied().zip(0..).collect();
            expected.sort_by(|left, right| left.0.total_cmp(&right.0));
            assert_eq!(sorted(&numbers), expected, "{count}");
        }
    }

    #[test]
    fn nan_comes_first_in_the_order_of_the_input() {
        let numbers: Vec<f64> =
            (0..100).map(|at| if at % 3 == 0 { f64::NAN } else { f64::from(-at) }).collect();
        let places: Vec<_> = sorted(&numbers).into_iter().map(|(_, place)| place).collect();
        let not_nan = (0..100).rev().filter(|at| at % 3 != 0);
        let expected: Vec<_> = (0..100).filter(|at| at % 3 == 0).chain(not_nan).collect();
        assert_eq!(places, expected);
    }

    #[test]
    fn ends_at_a_limit() {
        let entries = || (0..100).map(|at| (Value::count(at * 7919 % 101), ())).collect();
        for operations in 0..600 {
            let meter = Meter::new(JqLimits::default().with_operations(operations), usize::MAX);
            let result = sort_by_keys(entries(), &meter).map(drop);
            assert_eq!(result, Err(Exceeded::Operations).or(result), "{operations}");
        }
        let meter = Meter::new(JqLimits::default().with_operations(50), usize::MAX);
        assert_eq!(sort_by_keys(entries(), &meter).map(drop), Err(Exceeded::Operations));
    }
}
