/// Returns the known name with the fewest typing errors. If over a third of the name is wrong, returns
/// the first known name that begins with the name.
///
/// A typing error is a missing, an additional or a wrong character, or two characters in the wrong
/// order.
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
