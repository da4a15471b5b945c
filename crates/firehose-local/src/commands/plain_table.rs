use comfy_table::{ContentArrangement, Table, TableStyle};

/// Returns an empty table without borders, whose cells are never wrapped.
pub(super) fn plain_table() -> Table {
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// Writes the lines of a table, without spaces at their ends.
pub(super) fn write_table(text: &mut String, table: &Table) {
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
}
