use crate::{
    fields::on_conflict::OnConflict,
    paths::{json_string::exact_text, path_tree::PathNode},
};

/// The new name of a field.
#[derive(Clone, Debug)]
pub(super) struct NewName {
    /// The number of the path.
    pub(super) path: usize,
    /// The number of the old name.
    pub(super) old: usize,
    /// The number of the new name.
    pub(super) new: usize,
    pub(super) name: Box<str>,
    /// The new name as a JSON string.
    pub(super) key: Box<str>,
}

/// The renamed members of one object, and the names that may conflict with them.
///
/// Each list is at most as long as the list of fields to rename, however many members the object has.
#[derive(Debug, Default)]
pub(super) struct RenamePlan {
    /// The renamed members in the order of the object: the numbers of the path, of the old name and of
    /// the new name.
    renamed: Vec<(usize, usize, usize)>,
    /// The numbers of the new names that equal the name of a member that is not renamed.
    existing: Vec<usize>,
}

/// The edit of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyEdit {
    Keep,
    Rename,
    /// The whole member is removed.
    Remove,
}

impl RenamePlan {
    /// Adds a member of the object to the plan.
    pub(super) fn add_key(&mut self, nodes: &[&PathNode<NewName>], key: &str) {
        let Some(name) = exact_text(key) else { return };
        let mut children = Vec::new();
        nodes.iter().for_each(|node| node.push_member(&name, &mut children));
        match children.iter().find_map(|node| node.mark.as_ref()) {
            Some(mark) => {
                let new = &mark.treatment;
                self.renamed.retain(|(path, ..)| *path != new.path);
                self.renamed.push((new.path, new.old, new.new));
            }
            None => {
                if let Some(new) = new_name(nodes, &name).filter(|it| !self.existing.contains(it)) {
                    self.existing.push(new);
                }
            }
        }
    }

    /// Returns the number of the first path whose new name is in conflict, and the number of this name.
    pub(super) fn conflict(&self) -> Option<(usize, usize)> {
        let in_conflict = self.renamed.iter().find(|(_, _, new)| self.is_conflict(*new));
        in_conflict.map(|&(path, _, new)| (path, new))
    }

    pub(super) fn edit_of_renamed(&self, name: &NewName, on_conflict: OnConflict) -> KeyEdit {
        match on_conflict {
            OnConflict::Replace if self.is_loser(name) => KeyEdit::Remove,
            OnConflict::Keep if self.is_conflict(name.new) => KeyEdit::Keep,
            _ => KeyEdit::Rename,
        }
    }

    /// Returns the edit of a member that is not renamed.
    pub(super) fn edit_of_other(
        &self,
        nodes: &[&PathNode<NewName>],
        key: &str,
        on_conflict: OnConflict,
    ) -> KeyEdit {
        if on_conflict != OnConflict::Replace || self.existing.is_empty() {
            return KeyEdit::Keep;
        }
        let new = exact_text(key).and_then(|name| new_name(nodes, &name));
        let is_replaced = new.is_some_and(|new| self.is_conflict(new));
        if is_replaced { KeyEdit::Remove } else { KeyEdit::Keep }
    }

    fn is_conflict(&self, name: usize) -> bool {
        let mut old_names =
            self.renamed.iter().filter(|(_, _, new)| *new == name).map(|(_, old, _)| old);
        let Some(first) = old_names.next() else { return false };
        self.existing.contains(&name) || old_names.any(|old| old != first)
    }

    /// Returns `true` if a later member gets the same name from another field.
    fn is_loser(&self, name: &NewName) -> bool {
        let last = self.renamed.iter().rfind(|(_, _, new)| *new == name.new);
        last.is_some_and(|(_, old, _)| *old != name.old)
    }
}

/// Returns the number of the new name that equals this name.
fn new_name(nodes: &[&PathNode<NewName>], name: &str) -> Option<usize> {
    let children = nodes.iter().flat_map(|node| &node.members);
    let mut new_names = children.filter_map(|(_, node)| node.mark.as_ref().map(|it| &it.treatment));
    new_names.find(|new| *new.name == *name).map(|new| new.new)
}
