/// Returns the line and the column of an offset in bytes, each counted from 1. A column counts characters.
pub(super) fn position_at(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (1 + before.matches('\n').count(), 1 + before[line_start..].chars().count())
}
