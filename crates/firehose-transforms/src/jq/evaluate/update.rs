//! Assignment and deletion.

use std::sync::Arc;

use super::{
    super::{
        syntax::node::{Node, Op},
        values::{
            change::{change_part, change_path},
            delete::{delete_paths, delete_written},
            index::{get_path, iterate_error},
            stop::Stop,
            text::Text,
            value::{Value, View},
        },
    },
    env::Env,
    machine::Machine,
    operators,
};

/// A function that replaces a part.
type Change<'c> = dyn FnMut(Value) -> Result<Value, Stop> + 'c;

impl<'p> Machine<'p> {
    /// Evaluates `path = value`, `path += value` and `path //= value` for one value.
    pub(super) fn assign(
        &self,
        node: &'p Node,
        env: &Env<'p>,
        input: Value,
        value: &Value,
    ) -> Result<Value, Stop> {
        match &node.op {
            Op::Assign(nodes) => self.change(&nodes[0], env, input, &mut |_| Ok(value.clone())),
            Op::UpdateMath(math, nodes) => self.change(&nodes[0], env, input, &mut |part| {
                operators::math(*math, part, value.clone(), self.meter)
            }),
            Op::UpdateAlternative(nodes) => self.change(&nodes[0], env, input, &mut |part| {
                Ok(if part.is_true() { part } else { value.clone() })
            }),
            _ => Ok(input),
        }
    }

    /// Evaluates `path |= filter`. As in jq 1.6, the first output of the filter is the new part, and
    /// a part without an output is deleted. As the items after a
    /// deleted item move, the next path then skips an item.
    pub(super) fn update(
        &self,
        path: &'p Node,
        filter: &'p Node,
        env: &Env<'p>,
        input: Value,
    ) -> Result<Value, Stop> {
        if filter.single {
            return self.change(path, env, input, &mut |part| self.one(filter, env, part));
        }
        self.change_each(path, env, input, &mut |target, path| {
            let part = get_path(&target, &path, self.meter)?;
            let mut new = None;
            self.until_break(|label| {
                self.each(filter, env, part, &mut |value| {
                    new = Some(value);
                    Err(Stop::Break(label))
                })
            })?;
            match new {
                Some(new) => change_path(target, &path, self.meter, &mut |_| Ok(new.clone())),
                None => delete_paths(target, vec![Value::array(path)?], self.meter),
            }
        })
    }

    pub(super) fn delete(
        &self,
        path: &'p Node,
        env: &Env<'p>,
        input: Value,
    ) -> Result<Value, Stop> {
        // Without a list of paths for `del(.a, .b)`, which deletes members of a record.
        let mut names = Vec::new();
        let input = if add_field_names(path, &mut names) {
            match delete_written(input, &names, self.meter)? {
                Ok(deleted) => return Ok(deleted),
                Err(other) => other,
            }
        } else {
            input
        };
        let mut paths = Vec::new();
        self.each_path(path, env, input.clone(), &mut |path| {
            paths.push(Value::array(path)?);
            Ok(())
        })?;
        delete_paths(input, paths, self.meter)
    }

    /// Replaces the parts at all paths of a node.
    fn change(
        &self,
        path: &'p Node,
        env: &Env<'p>,
        input: Value,
        change: &mut Change<'_>,
    ) -> Result<Value, Stop> {
        if path.is_plain_path() {
            return self.change_plain(path, input, change);
        }
        self.change_each(path, env, input, &mut |target, path| {
            change_path(target, &path, self.meter, change)
        })
    }

    /// Calls `change` with the value and each path of a node. The paths are those of the unchanged
    /// value.
    ///
    /// As in jq, an error of a change takes precedence over an error of a later path. Each change
    /// waits for the next path, and the last change for the end of all paths: then the input has no
    /// other owner, so that a single change needs no copy.
    fn change_each(
        &self,
        path: &'p Node,
        env: &Env<'p>,
        input: Value,
        change: &mut dyn FnMut(Value, Vec<Value>) -> Result<Value, Stop>,
    ) -> Result<Value, Stop> {
        let mut result = input.clone();
        let mut waiting: Option<Vec<Value>> = None;
        let paths = self.each_path(path, env, input, &mut |path| {
            if let Some(path) = waiting.replace(path) {
                let target = std::mem::replace(&mut result, Value::Null);
                match change(target, path) {
                    Ok(changed) => result = changed,
                    Err(stop) => {
                        waiting = None;
                        return Err(stop);
                    }
                }
            }
            Ok(())
        });
        if let (Some(path), true) = (waiting, !matches!(paths, Err(Stop::Exceeded(_)))) {
            result = change(result, path)?;
        }
        paths.map(|()| result)
    }

    /// Changes the parts at a [plain path](Node::is_plain_path), without a list of their paths.
    fn change_plain(
        &self,
        path: &'p Node,
        target: Value,
        change: &mut Change<'_>,
    ) -> Result<Value, Stop> {
        match &path.op {
            Op::Field { base, key, .. } => {
                let key = Value::Text(Text::Constant(Arc::clone(key)));
                self.change_plain(base, target, &mut |part| {
                    change_part(part, &key, self.meter, change)
                })
            }
            Op::Index { base, index, .. } => {
                let key = match &index.op {
                    Op::Literal(literal) => literal.value(),
                    _ => Value::Null,
                };
                self.change_plain(base, target, &mut |part| {
                    change_part(part, &key, self.meter, change)
                })
            }
            Op::Iterate { base, .. } => {
                self.change_plain(base, target, &mut |part| self.change_all(part, change))
            }
            _ => change(target),
        }
    }

    fn change_all(&self, target: Value, change: &mut Change<'_>) -> Result<Value, Stop> {
        match target.view() {
            View::Array(_) => {
                let mut array = target.own_array(self.meter)?;
                for item in array.items_mut() {
                    self.meter.step()?;
                    *item = change(std::mem::replace(item, Value::Null))?;
                }
                Ok(array.measured()?.into())
            }
            View::Object(_) => {
                let mut object = target.own_object(self.meter)?;
                for value in object.values_mut() {
                    self.meter.step()?;
                    *value = change(std::mem::replace(value, Value::Null))?;
                }
                Ok(object.measured()?.into())
            }
            _ => Err(iterate_error(&target, self.meter)),
        }
    }
}

/// Adds the names of fields, as in `.a, .b`. Returns false for any other node.
fn add_field_names<'p>(path: &'p Node, names: &mut Vec<&'p str>) -> bool {
    match &path.op {
        Op::Field { base, key, .. } if matches!(base.op, Op::Identity) => {
            names.push(key);
            true
        }
        Op::Comma(nodes) => nodes.iter().all(|node| add_field_names(node, names)),
        _ => false,
    }
}
