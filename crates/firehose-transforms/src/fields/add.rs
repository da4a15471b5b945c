use bytes::Bytes;
use firehose_core::{BoxError, Outcome, Record, Transform, async_trait};
use json_scanner::{JsonScanner, JsonSyntaxError};

use crate::{
    fields::{addition::Addition, on_conflict::OnConflict},
    paths::{
        apply::apply,
        field_path::FieldPath,
        item_error::ItemError,
        json_string::json_string,
        on_missing::OnMissing,
        path_error::PathError,
        path_tree::{Mark, PathNode, PathTree},
        rewrite::rewrite,
        rewriter::{Edit, MarkScope, Problem, Rewrite},
        splice::Slot,
    },
};

/// Adds fields: metadata of the record, times and constants.
///
/// A new field is the last member of its object. Missing objects on the path are created. A path with
/// `[]` or `[0]` adds fields only to array items that exist.
///
/// ```
/// use firehose_core::Record;
/// use firehose_transforms::fields::{Add, Addition, RecordField};
///
/// let add = Add::new()
///     .with_field(&".meta.arrived_at".parse()?, Addition::record(RecordField::ArrivalTime))?
///     .with_field(&".meta.env".parse()?, Addition::constant("prod")?)?;
/// let record = Record::new("record-1", r#"{"id": 7}"#)
///     .with_arrival_time("2026-01-31T12:30:00.25Z".parse()?);
/// let expected =
///     r#"{"id": 7,"meta":{"arrived_at":"2026-01-31T12:30:00.25Z","env":"prod"}}"#;
/// assert_eq!(add.apply(record.data(), &record)?, expected);
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Add {
    tree: PathTree<Addition>,
    on_missing: OnMissing,
    on_conflict: OnConflict,
}

impl Add {
    /// Creates a transform that adds nothing yet.
    pub fn new() -> Self {
        Self {
            tree: PathTree::new(),
            on_missing: OnMissing::default(),
            on_conflict: OnConflict::default(),
        }
    }

    /// Adds a field and its value. A later value for the same field replaces the earlier one.
    ///
    /// # Errors
    ///
    /// If the path does not end with the name of a member.
    pub fn with_field(mut self, path: &FieldPath, value: Addition) -> Result<Self, PathError> {
        path.last_member()?;
        self.tree.insert(path, value);
        Ok(self)
    }

    /// Sets what happens if the record lacks the metadata of a field. Default: [`OnMissing::Ignore`],
    /// which adds no field.
    #[must_use]
    pub fn with_on_missing(mut self, on_missing: OnMissing) -> Self {
        self.on_missing = on_missing;
        self
    }

    /// Sets what happens if the item has the field already. Default: [`OnConflict::Fail`].
    ///
    /// [`OnConflict::Replace`] replaces the value and keeps the position of the member.
    /// [`OnConflict::Keep`] keeps the value.
    #[must_use]
    pub fn with_on_conflict(mut self, on_conflict: OnConflict) -> Self {
        self.on_conflict = on_conflict;
        self
    }

    /// Adds the fields to one JSON text. `record` is the record that contains the item.
    ///
    /// # Errors
    ///
    /// If the item is not valid JSON, or if a value on the path to a field is not an object. With
    /// [`OnConflict::Fail`], also if the item has a field already. With [`OnMissing::Fail`], also if
    /// metadata are missing.
    pub fn apply(&self, item: &Bytes, record: &Record) -> Result<Bytes, ItemError> {
        let mut values = Vec::with_capacity(self.tree.paths.len());
        self.values(&self.tree.root, record, &mut values)?;
        let mut adding = Adding {
            tree: &self.tree,
            on_conflict: self.on_conflict,
            values,
            is_present: vec![false; self.tree.node_count()],
        };
        apply(item, |text| rewrite(text, &self.tree, OnMissing::Ignore, &mut adding))
    }

    /// Collects the JSON values of the paths at and below a node, by the number of the path.
    fn values(
        &self,
        node: &PathNode<Addition>,
        record: &Record,
        values: &mut Vec<Option<String>>,
    ) -> Result<(), ItemError> {
        if let Some(mark) = &node.mark {
            let value = mark.treatment.json(record);
            if value.is_none() && self.on_missing == OnMissing::Fail {
                let problem = "cannot be added: the record does not have this metadata";
                return Err(ItemError::field(&self.tree.paths[mark.number], problem));
            }
            values.resize(values.len().max(mark.number + 1), None);
            values[mark.number] = value.map(Into::into);
        }
        node.children().try_for_each(|node| self.values(node, record, values))
    }
}

impl Default for Add {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Transform for Add {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        Ok(self.apply(record.data(), &record)?.into())
    }
}

struct Adding<'t> {
    tree: &'t PathTree<Addition>,
    on_conflict: OnConflict,
    /// The JSON values by the number of their path. `None` if the record lacks the value.
    values: Vec<Option<String>>,
    /// `true` if the current object has the member of a node, by the number of the node.
    is_present: Vec<bool>,
}

impl Rewrite for Adding<'_> {
    type Mark = Addition;

    fn scope(&self, _: &Addition) -> MarkScope {
        MarkScope::Value
    }

    fn check(&mut self, nodes: &[&PathNode<Addition>], first: u8) -> Result<(), ItemError> {
        if first == b'{' {
            return Ok(());
        }
        let members = nodes.iter().flat_map(|node| &node.members);
        let marks = members.filter_map(|(_, node)| node.first_mark());
        match marks.min_by_key(|mark| mark.number) {
            Some(mark) => {
                let problem = "cannot be added: the value around it is not an object";
                Err(ItemError::field(&self.tree.paths[mark.number], problem))
            }
            None => Ok(()),
        }
    }

    fn enter_object(
        &mut self,
        nodes: &[&PathNode<Addition>],
        _: &JsonScanner<'_>,
        _levels: usize,
    ) -> Result<(), JsonSyntaxError> {
        for (_, node) in nodes.iter().flat_map(|node| &node.members) {
            self.is_present[node.id] = false;
        }
        Ok(())
    }

    fn key(
        &mut self,
        _: &[&PathNode<Addition>],
        children: &[&PathNode<Addition>],
        _key: &str,
        _slot: Slot<'_, '_>,
    ) -> Result<Edit, ItemError> {
        for node in children {
            self.is_present[node.id] = true;
        }
        Ok(Edit::Done)
    }

    fn value(
        &mut self,
        mark: &Mark<Addition>,
        _value: &str,
        slot: Slot<'_, '_>,
    ) -> Result<Edit, Problem> {
        match (&self.values[mark.number], self.on_conflict) {
            (None, _) | (_, OnConflict::Keep) => {}
            (Some(value), OnConflict::Replace) => slot.replace().push_str(value),
            (Some(_), OnConflict::Fail) => return Err("exists already, and cannot be added"),
        }
        Ok(Edit::Done)
    }

    fn leave_object(
        &mut self,
        nodes: &[&PathNode<Addition>],
        _start: usize,
    ) -> Result<String, ItemError> {
        let mut members = String::new();
        self.write_members(nodes, &mut members);
        Ok(members)
    }
}

impl Adding<'_> {
    /// Writes the members below these nodes that the object lacks, in the order in which the fields were
    /// added to the transform.
    fn write_members(&self, nodes: &[&PathNode<Addition>], out: &mut String) {
        let members = nodes.iter().flat_map(|node| &node.members);
        let mut missing: Vec<_> = members.filter(|(_, node)| !self.is_present[node.id]).collect();
        missing.sort_by_key(|(_, node)| node.first_mark().map(|mark| mark.number));
        for (index, (name, _)) in missing.iter().enumerate() {
            let is_first = missing[..index].iter().all(|(earlier, _)| earlier != name);
            if is_first {
                let same = missing.iter().filter(|(other, _)| other == name);
                self.write_member(name, &same.map(|(_, node)| node).collect::<Vec<_>>(), out);
            }
        }
    }

    /// Writes a member, with a comma before the member unless it is the first.
    fn write_member(&self, name: &str, nodes: &[&PathNode<Addition>], out: &mut String) {
        let before = out.len();
        if before > 0 && !out.ends_with('{') {
            out.push(',');
        }
        out.push_str(&json_string(name));
        out.push(':');
        let value_start = out.len();
        match nodes.iter().find_map(|node| node.mark.as_ref()) {
            Some(mark) => out.push_str(self.values[mark.number].as_deref().unwrap_or_default()),
            None => {
                out.push('{');
                self.write_members(nodes, out);
                if !out.ends_with('{') {
                    out.push('}');
                }
            }
        }
        // The record lacks every value inside this member, so remove the key again.
        if out.len() == value_start || out.ends_with('{') {
            out.truncate(before);
        }
    }
}
