use std::path::Path;

use hcl_edit::structure::{Body, Structure};

/// Returns `true` for a file whose blocks change those of other files:
/// <https://developer.hashicorp.com/terraform/language/files/override>.
pub(super) fn is_override(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stem = name.strip_suffix(".tf").or_else(|| name.strip_suffix(".tf.json"));
    stem.is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}

/// Merges the body of an override into `target`. Replaces the attributes that `body` has, and all nested
/// blocks of each type that `body` has.
pub(super) fn merge(target: &mut Body, body: Body) {
    for structure in &body {
        match structure {
            Structure::Attribute(attribute) => {
                target.remove_attribute(attribute.key.as_str());
            }
            Structure::Block(block) => {
                target.remove_blocks(block.ident.as_str());
            }
        }
    }
    for structure in body {
        target.push(structure);
    }
}
