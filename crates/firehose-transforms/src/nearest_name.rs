/// Returns the known name that differs from `name` by the fewest typing errors.
///
/// A typing error is a missing, additional or wrong character, or two neighbours in the wrong order. If
/// there are more errors than a third of the length of `name`, rounded up, returns the first known name
/// that begins with `name`, unless `name` has only one byte.
///
/// ```
/// use firehose_transforms::nearest_name;
///
/// assert_eq!(nearest_name("redatc", ["hash", "mask", "redact"]), Some("redact"));
/// assert_eq!(nearest_name("rename", ["hash", "mask", "redact"]), None);
/// ```
pub fn nearest_name<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<&str> = known.into_iter().collect();
    let distances = known.iter().map(|known| (strsim::osa_distance(name, known), *known));
    let (distance, nearest) = distances.min()?;
    if distance <= name.chars().count().div_ceil(3) {
        return Some(nearest);
    }
    known.into_iter().find(|known| name.len() > 1 && known.starts_with(name))
}
