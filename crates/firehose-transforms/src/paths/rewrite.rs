use json_scanner::JsonScanner;

use crate::paths::{
    item_error::ItemError,
    on_missing::OnMissing,
    path_tree::PathTree,
    rewriter::{Edit, MAX_LEVELS, Rewrite},
    splice::Splice,
    walk::Walk,
};

/// Edits a JSON text in one walk. Returns `None` if nothing changed.
///
/// Bytes outside of the edits stay unchanged. The result is valid JSON if every replacement is.
pub(crate) fn rewrite<R: Rewrite>(
    text: &str,
    tree: &PathTree<R::Mark>,
    on_missing: OnMissing,
    editor: &mut R,
) -> Result<Option<String>, ItemError> {
    let mut scanner = JsonScanner::new(text);
    let is_container = matches!(scanner.peek(), Some(b'{' | b'['));
    let mut walk = Walk {
        text,
        scanner,
        splice: Splice::new(text),
        tree,
        active: vec![&tree.root],
        is_hit: vec![false; if on_missing == OnMissing::Fail { tree.paths.len() } else { 0 }],
        editor,
    };
    let edit = walk.value(0, None, MAX_LEVELS)?;
    walk.scanner.end().map_err(|error| ItemError::syntax(text, error))?;
    if edit == Edit::Remove && !is_container {
        return Err(ItemError::NotAContainer);
    }
    if let Some(number) = walk.is_hit.iter().position(|is_hit| !is_hit) {
        return Err(ItemError::Missing(tree.paths[number].clone()));
    }
    Ok(walk.splice.finish())
}
