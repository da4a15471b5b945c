//! Assignment and deletion.

use std::sync::Arc;

use super::{
    super::{
        syntax::node::{Node, Op},
        values::{
            change::{change_part, change_path},
            delete::delete_paths,
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
    /// a part without an output is deleted. Deletions of several items of an array skip items.
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
        let mut result = input.clone();
        for path in self.all_paths(path, env, input)? {
            let part = get_path(&result, &path, self.meter)?;
            let mut new = None;
            self.until_break(|label| {
                self.each(filter, env, part, &mut |value| {
                    new = Some(value);
                    Err(Stop::Break(label))
                })
            })?;
            result = match new {
                Some(new) => change_path(result, &path, self.meter, &mut |_| Ok(new.clone()))?,
                None => delete_paths(result, vec![Value::array(path)?], self.meter)?,
            };
        }
        Ok(result)
    }

    pub(super) fn delete(
        &self,
        path: &'p Node,
        env: &Env<'p>,
        input: Value,
    ) -> Result<Value, Stop> {
        let paths = self.all_paths(path, env, input.clone())?.into_iter().map(Value::array);
        delete_paths(input, paths.collect::<Result<_, _>>()?, self.meter)
    }

    fn all_paths(
        &self,
        path: &'p Node,
        env: &Env<'p>,
        input: Value,
    ) -> Result<Vec<Vec<Value>>, Stop> {
        let mut paths = Vec::new();
        self.each_path(path, env, input, &mut |path| {
            paths.push(path);
            Ok(())
        })?;
        Ok(paths)
    }

    /// Changes all parts at the paths of a node.
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
        let paths = self.all_paths(path, env, input.clone())?;
        paths
            .into_iter()
            .try_fold(input, |result, path| change_path(result, &path, self.meter, change))
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
