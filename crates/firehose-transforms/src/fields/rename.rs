use bytes::Bytes;
use json_scanner::{JsonScanner, JsonSyntaxError};

use crate::{
    fields::{
        on_conflict::OnConflict,
        rename_plan::{KeyEdit, NewName, RenamePlan},
    },
    paths::{
        apply::{apply, transform_items},
        field_path::FieldPath,
        item_error::ItemError,
        json_string::json_string,
        on_missing::OnMissing,
        path_error::PathError,
        path_tree::{PathNode, PathTree},
        rewrite::rewrite,
        rewriter::{Edit, MarkScope, Rewrite},
        splice::Slot,
    },
};

/// Renames fields within their objects.
///
/// A member keeps its position and its value. If an object has the old name several times, every member
/// with this name is renamed. Two fields may swap their names.
///
/// ```
/// use firehose_transforms::fields::Rename;
///
/// let rename = Rename::new()
///     .with_field(&".user.mail".parse()?, "email")?
///     .with_field(&".ts".parse()?, "time")?;
/// let item = r#"{"ts": 1.50, "user": {"mail": "ana@example.com"}}"#.into();
/// assert_eq!(rename.apply(&item)?, r#"{"time": 1.50, "user": {"email": "ana@example.com"}}"#);
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rename {
    tree: PathTree<NewName>,
    /// All old and new names, by number.
    names: Vec<Box<str>>,
    on_missing: OnMissing,
    on_conflict: OnConflict,
}

impl Rename {
    /// Creates a transform without fields, which changes nothing.
    pub fn new() -> Self {
        Self {
            tree: PathTree::new(),
            names: Vec::new(),
            on_missing: OnMissing::default(),
            on_conflict: OnConflict::default(),
        }
    }

    /// Adds a field and its new name. A later name for the same field replaces the earlier one.
    ///
    /// # Errors
    ///
    /// If the path does not end with the name of a member.
    pub fn with_field(mut self, path: &FieldPath, name: &str) -> Result<Self, PathError> {
        let old = self.number_of(path.last_member()?);
        let new = self.number_of(name);
        let new_name = NewName {
            path: self.tree.number_of(path),
            old,
            new,
            name: name.into(),
            key: json_string(name).into(),
        };
        self.tree.insert(path, new_name);
        Ok(self)
    }

    fn number_of(&mut self, name: &str) -> usize {
        self.names.iter().position(|it| **it == *name).unwrap_or_else(|| {
            self.names.push(name.into());
            self.names.len() - 1
        })
    }

    /// Sets what happens to an item that lacks one of the fields. Default: [`OnMissing::Ignore`].
    #[must_use]
    pub fn with_on_missing(mut self, on_missing: OnMissing) -> Self {
        self.on_missing = on_missing;
        self
    }

    /// Sets what happens if another member of the object already has the new name of a field. Default:
    /// [`OnConflict::Fail`].
    ///
    /// A member that loses the name, because it is renamed too, does not cause a conflict. If
    /// several fields of an object get the same name, [`OnConflict::Replace`] keeps the last of
    /// them and [`OnConflict::Keep`] renames none.
    ///
    /// With `Replace` and `Keep`, an object that may have renamed members is scanned once more before the
    /// edit.
    #[must_use]
    pub fn with_on_conflict(mut self, on_conflict: OnConflict) -> Self {
        self.on_conflict = on_conflict;
        self
    }

    /// Renames the fields of one JSON text.
    ///
    /// # Errors
    ///
    /// If the item is not valid JSON. With [`OnMissing::Fail`], also if the item lacks a field. With
    /// [`OnConflict::Fail`], also if a new name is in conflict.
    pub fn apply(&self, item: &Bytes) -> Result<Bytes, ItemError> {
        let mut renaming = Renaming { rename: self, plans: Vec::new() };
        apply(item, |text| rewrite(text, &self.tree, self.on_missing, &mut renaming))
    }
}

impl Default for Rename {
    fn default() -> Self {
        Self::new()
    }
}

transform_items!(Rename);

struct Renaming<'t> {
    rename: &'t Rename,
    /// The plans of the open objects, outermost first.
    plans: Vec<RenamePlan>,
}

impl Rewrite for Renaming<'_> {
    type Mark = NewName;

    fn scope(&self, _: &NewName) -> MarkScope {
        MarkScope::Key
    }

    fn enter_object(
        &mut self,
        nodes: &[&PathNode<NewName>],
        members: &JsonScanner<'_>,
        levels: usize,
    ) -> Result<(), JsonSyntaxError> {
        let mut plan = RenamePlan::default();
        let is_named = nodes.iter().any(|node| node.has_children());
        if is_named && self.rename.on_conflict != OnConflict::Fail {
            let mut members = members.clone();
            while let Some(key) = members.key()? {
                members.value_within(levels)?;
                plan.add_key(nodes, key);
            }
        }
        self.plans.push(plan);
        Ok(())
    }

    fn key(
        &mut self,
        nodes: &[&PathNode<NewName>],
        children: &[&PathNode<NewName>],
        key: &str,
        slot: Slot<'_, '_>,
    ) -> Result<Edit, ItemError> {
        let Some(plan) = self.plans.last_mut() else { return Ok(Edit::Done) };
        if self.rename.on_conflict == OnConflict::Fail {
            plan.add_key(nodes, key);
        }
        let edit = match children.iter().find_map(|node| node.mark.as_ref()) {
            Some(mark) => {
                let edit = plan.edit_of_renamed(&mark.treatment, self.rename.on_conflict);
                if edit == KeyEdit::Rename {
                    slot.replace().push_str(&mark.treatment.key);
                }
                edit
            }
            None => plan.edit_of_other(nodes, key, self.rename.on_conflict),
        };
        Ok(if edit == KeyEdit::Remove { Edit::Remove } else { Edit::Done })
    }

    fn leave_object(
        &mut self,
        _: &[&PathNode<NewName>],
        _start: usize,
    ) -> Result<String, ItemError> {
        let plan = self.plans.pop().unwrap_or_default();
        match plan.conflict().filter(|_| self.rename.on_conflict == OnConflict::Fail) {
            None => Ok(String::new()),
            Some((number, new)) => {
                let new = &self.rename.names[new];
                let problem = format!(
                    "cannot be renamed to {}, because another member of its object has this name \
                     or is renamed to it; remove one of the two first",
                    json_string(new)
                );
                Err(ItemError::field(&self.rename.tree.paths[number], problem))
            }
        }
    }
}
