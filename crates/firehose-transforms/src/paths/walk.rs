use json_scanner::{JsonScanner, JsonSyntaxError};

use crate::paths::{
    item_error::ItemError,
    json_string::exact_text,
    path_tree::{Mark, PathNode, PathTree},
    rewriter::{Edit, MarkScope, Problem, Rewrite},
    splice::{Slot, Splice},
    survivors::Survivors,
};

/// The state of a walk over a JSON text.
///
/// The recursion is at most as deep as the text has levels.
pub(crate) struct Walk<'a, 't, 'e, R: Rewrite> {
    pub(crate) text: &'a str,
    pub(crate) scanner: JsonScanner<'a>,
    pub(crate) splice: Splice<'a>,
    pub(crate) tree: &'t PathTree<R::Mark>,
    /// The nodes that match the current value and the values around it, outermost first. Each function
    /// gets the index of the first node of its value.
    pub(crate) active: Vec<&'t PathNode<R::Mark>>,
    /// `true` for each path that has matched a value, by the number of the path. Empty if missing values
    /// are ignored.
    pub(crate) is_hit: Vec<bool>,
    pub(crate) editor: &'e mut R,
}

impl<'t, R: Rewrite> Walk<'_, 't, '_, R> {
    /// Walks over the next value. `active[from..]` are the nodes that match the value. `deep` is the mark
    /// with [`MarkScope::Scalars`] above the value, if any.
    pub(crate) fn value(
        &mut self,
        from: usize,
        mut deep: Option<&'t Mark<R::Mark>>,
        levels: usize,
    ) -> Result<Edit, ItemError> {
        let first = self.scanner.peek().unwrap_or_default();
        let start = self.scanner.offset();
        self.editor.check(&self.active[from..], first)?;
        // The item itself is never removed. So a walk that removes unselected values enters the item.
        let mut has_children = from == 0 && R::UNNAMED == Edit::Remove;
        for index in from..self.active.len() {
            let node = self.active[index];
            has_children |= node.has_children();
            let Some(mark) = &node.mark else { continue };
            if let Some(is_hit) = self.is_hit.get_mut(mark.number) {
                *is_hit = true;
            }
            match self.editor.scope(&mark.treatment) {
                MarkScope::Value => {}
                MarkScope::Scalars => {
                    deep.get_or_insert(mark);
                    continue;
                }
                MarkScope::Key => continue,
            }
            let mut ahead = self.scanner.clone();
            let value = ahead.value_within(levels).map_err(|it| self.syntax(it))?;
            let slot = Slot::new(&mut self.splice, start, ahead.offset());
            let edit = self.editor.value(mark, value, slot);
            let edit = edit.map_err(|problem| self.at_path(mark, problem))?;
            if edit != Edit::Enter {
                self.scanner = ahead;
                return Ok(edit);
            }
        }
        let sees_scalars = deep.is_some() || self.editor.is_everywhere();
        match first {
            b'{' if sees_scalars || has_children => return self.object(from, deep, levels),
            b'[' if sees_scalars || has_children => return self.array(from, deep, levels),
            _ => {}
        }
        let value = self.scanner.value_within(levels).map_err(|it| self.syntax(it))?;
        if sees_scalars {
            let slot = Slot::new(&mut self.splice, start, self.scanner.offset());
            let edited = self.editor.scalar(deep, value, slot);
            if let (Err(problem), Some(mark)) = (edited, deep) {
                return Err(self.at_path(mark, problem));
            }
        }
        Ok(R::UNNAMED)
    }

    fn object(
        &mut self,
        from: usize,
        deep: Option<&'t Mark<R::Mark>>,
        levels: usize,
    ) -> Result<Edit, ItemError> {
        let object_start = self.scanner.offset();
        let levels = self.below(levels)?;
        self.scanner.object().map_err(|it| self.syntax(it))?;
        let entered = self.editor.enter_object(&self.active[from..], &self.scanner, levels);
        entered.map_err(|it| self.syntax(it))?;
        let mut survivors = Survivors::new(self.scanner.offset());
        let children = self.active.len();
        loop {
            self.scanner.peek();
            let separator = self.scanner.offset();
            let Some(key) = self.scanner.key().map_err(|it| self.syntax(it))? else { break };
            let start = self.offset_of(key);
            self.push_members(from, key);
            let before = self.splice.state();
            survivors.begin(&mut self.splice, start);
            let slot = Slot::new(&mut self.splice, start, start + key.len());
            let (nodes, new) = self.active.split_at(children);
            let edit = if self.editor.key(&nodes[from..], new, key, slot)? == Edit::Remove {
                self.scanner.value_within(levels).map_err(|it| self.syntax(it))?;
                Edit::Remove
            } else {
                self.value(children, deep, levels)?
            };
            self.active.truncate(children);
            let end = self.scanner.offset();
            if edit == Edit::Remove {
                self.splice.reset(before);
                survivors.remove(&mut self.splice, separator, start, end);
            } else {
                survivors.keep(end);
            }
        }
        let is_empty = survivors.finish(&mut self.splice);
        let members = self.editor.leave_object(&self.active[from..], object_start)?;
        if !members.is_empty() {
            let out = self.splice.replace(survivors.end()..survivors.end());
            if !is_empty {
                out.push(',');
            }
            out.push_str(&members);
        }
        Ok(if is_empty && members.is_empty() { R::UNNAMED } else { Edit::Done })
    }

    fn array(
        &mut self,
        from: usize,
        deep: Option<&'t Mark<R::Mark>>,
        levels: usize,
    ) -> Result<Edit, ItemError> {
        let levels = self.below(levels)?;
        self.scanner.array().map_err(|it| self.syntax(it))?;
        let mut survivors = Survivors::new(self.scanner.offset());
        let children = self.active.len();
        for index in 0.. {
            self.scanner.peek();
            let separator = self.scanner.offset();
            if !self.scanner.item().map_err(|it| self.syntax(it))? {
                break;
            }
            self.scanner.peek();
            let start = self.scanner.offset();
            for parent in from..children {
                let node = self.active[parent];
                node.push_item(index, &mut self.active);
            }
            let before = self.splice.state();
            survivors.begin(&mut self.splice, start);
            let edit = self.value(children, deep, levels)?;
            self.active.truncate(children);
            let end = self.scanner.offset();
            if edit == Edit::Remove {
                self.splice.reset(before);
                survivors.remove(&mut self.splice, separator, start, end);
            } else {
                survivors.keep(end);
            }
        }
        let is_empty = survivors.finish(&mut self.splice);
        Ok(if is_empty { R::UNNAMED } else { Edit::Done })
    }

    /// Adds the nodes that match the member with this key to `active`.
    fn push_members(&mut self, from: usize, key: &str) {
        let parents = from..self.active.len();
        if parents.clone().all(|parent| !self.active[parent].has_children()) {
            return;
        }
        let name = exact_text(key);
        for parent in parents {
            let node = self.active[parent];
            match &name {
                Some(name) => node.push_member(name, &mut self.active),
                None => node.push_each(&mut self.active),
            }
        }
    }

    /// Returns the number of levels that are left inside the next object or array.
    fn below(&mut self, levels: usize) -> Result<usize, ItemError> {
        match levels.checked_sub(1) {
            Some(levels) => Ok(levels),
            None => {
                // No level is left, so the scanner returns its error for too many levels.
                self.scanner.value_within(0).map_err(|it| self.syntax(it))?;
                Ok(0)
            }
        }
    }

    /// Returns the offset of a slice of the text.
    fn offset_of(&self, slice: &str) -> usize {
        slice.as_ptr().addr() - self.text.as_ptr().addr()
    }

    fn syntax(&self, error: JsonSyntaxError) -> ItemError {
        ItemError::syntax(self.text, error)
    }

    fn at_path(&self, mark: &Mark<R::Mark>, problem: Problem) -> ItemError {
        ItemError::field(&self.tree.paths[mark.number], problem)
    }
}
