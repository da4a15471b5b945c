//! The functions that evaluate their arguments themselves, such as `first(f)` and `sort_by(f)`.

use std::cmp::Ordering;

use super::{
    super::{
        functions::{
            arrays::{children, extreme, firsts, grouped, sorted},
            entries::path_of,
        },
        meter::Exceeded,
        syntax::node::{Form, Node},
        values::{
            arithmetic::{add, pair_error, value_error},
            compare::compare,
            index::get_path,
            number::Number,
            stop::{Stop, Thrown},
            value::{Array, Object, Value, View},
        },
    },
    env::Env,
    machine::{Emit, Machine},
};

impl<'p> Machine<'p> {
    /// Passes the outputs of a form to `emit`.
    pub(super) fn form(
        &self,
        form: Form,
        arguments: &'p [Node],
        env: &Env<'p>,
        input: Value,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        match (form, arguments) {
            (Form::Empty, _) => Ok(()),
            (Form::Error, []) => self.throw(input),
            (Form::Error, [message, ..]) => {
                self.each(message, env, input, &mut |message| self.throw(message))
            }
            (Form::First, [filter, ..]) => self.until_break(|label| {
                self.each(filter, env, input, &mut |value| {
                    emit(value)?;
                    Err(Stop::Break(label))
                })
            }),
            (Form::Limit, [count, filter, ..]) => {
                self.each(count, env, input.clone(), &mut |count| {
                    let run = |emit: &mut Emit<'_>| self.each(filter, env, input.clone(), emit);
                    self.limit(&count, run, emit)
                })
            }
            (Form::GetPath, [path, ..]) => {
                self.each(path, env, input.clone(), &mut |path| emit(self.get_path(&input, &path)?))
            }
            (Form::Path, [filter, ..]) => {
                self.each_path(filter, env, input, &mut |path| emit(Value::array(path)?))
            }
            (Form::Range, [from, upto, ..]) => self.each(from, env, input.clone(), &mut |from| {
                self.each(upto, env, input.clone(), &mut |upto| match arguments.get(2) {
                    None => self.range(&from, &upto, emit),
                    Some(by) => self.each(by, env, input.clone(), &mut |by| {
                        self.range_by(from.clone(), &upto, &by, emit)
                    }),
                })
            }),
            (Form::Recurse, [filter, ..]) => self.recurse(filter, env, input, emit),
            (Form::Repeat, [filter, ..]) => loop {
                self.meter.step()?;
                self.each(filter, env, input.clone(), emit)?;
            },
            (Form::Substitute, [pattern, text, flags, ..]) => {
                self.each(pattern, env, input.clone(), &mut |pattern| {
                    self.each(flags, env, input.clone(), &mut |flags| {
                        self.substitute(&input, &[pattern.clone(), flags], text, env, emit)
                    })
                })
            }
            (Form::Until, [condition, next, ..]) => self.until(condition, next, env, input, emit),
            (Form::Walk, [filter, ..]) => self.walk(filter, env, input, emit),
            (Form::While, [condition, next, ..]) => {
                self.while_true(condition, next, env, input, emit)
            }
            _ => Ok(()),
        }
    }

    /// Fails with a value. As in jq 1.6, null is not an error: it gives no output.
    fn throw(&self, value: Value) -> Result<(), Stop> {
        let public = match &value {
            Value::Null => return Ok(()),
            Value::Text(text) if text.is_constant() => {
                self.meter.read(text.as_str().len())?;
                text.as_str().to_owned()
            }
            other => format!("`error` was called with a value of type {}", other.kind()),
        };
        Err(Stop::Error(Box::new(Thrown { value, public: public.into() })))
    }

    /// Passes the first outputs of `run` to `emit`. As in jq 1.6, a count of 0 passes one output,
    /// and a negative count passes all.
    pub(super) fn limit<T>(
        &self,
        count: &Value,
        run: impl FnOnce(&mut dyn FnMut(T) -> Result<(), Stop>) -> Result<(), Stop>,
        emit: &mut dyn FnMut(T) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let mut left = match count {
            Value::Number(number) => number.as_f64(),
            // jq compares the count with 0: null and booleans are less than every number.
            Value::Null | Value::Bool(_) => -1.0,
            other => return Err(value_error(other, self.meter, "number required")),
        };
        if left < 0.0 {
            return run(emit);
        }
        self.until_break(|label| {
            run(&mut |value| {
                left -= 1.0;
                emit(value)?;
                if left <= 0.0 { Err(Stop::Break(label)) } else { Ok(()) }
            })
        })
    }

    pub(super) fn get_path(&self, input: &Value, path: &Value) -> Result<Value, Stop> {
        get_path(input, path_of(path)?, self.meter)
    }

    fn range(&self, from: &Value, upto: &Value, emit: &mut Emit<'_>) -> Result<(), Stop> {
        let (Value::Number(from), Value::Number(upto)) = (from, upto) else {
            return Err(Stop::public("Range bounds must be numeric"));
        };
        let upto = upto.as_f64();
        let mut number = from.as_f64();
        while number < upto {
            self.meter.step()?;
            let exact = number.floor() == number && number.abs() < 9e15;
            emit(Value::Number(if exact { Number::Int(number as i64) } else { number.into() }))?;
            if number + 1.0 == number {
                // The sum rounds to the same number, so that the loop would never end.
                return Err(Exceeded::Operations.into());
            }
            number += 1.0;
        }
        Ok(())
    }

    fn range_by(
        &self,
        mut value: Value,
        upto: &Value,
        by: &Value,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        let zero = Value::count(0);
        let order = |left: &Value, right: &Value| compare(left, right, self.meter);
        let direction = order(by, &zero)?;
        while direction.is_ne() && order(upto, &value)? == direction {
            self.meter.step()?;
            emit(value.clone())?;
            value = add(value, by.clone(), self.meter)?;
        }
        Ok(())
    }

    /// Applies a filter to all values inside a value, from the inside to the outside, and then to the
    /// value itself.
    ///
    /// As in jq 1.6, an object keeps only the last output of the filter for a member. If the filter
    /// has no output for a member, this member and those before it are lost, and the object is null
    /// if no member follows.
    fn walk(
        &self,
        filter: &'p Node,
        env: &Env<'p>,
        value: Value,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        self.meter.check_stack()?;
        self.meter.step()?;
        let walked = match value.view() {
            View::Array(_) => {
                let mut array = Array::default();
                self.iterate(&value, false, &mut |item| {
                    self.walk(filter, env, item, &mut |item| Ok(array.push(item, self.meter)?))
                })?;
                array.into()
            }
            View::Object(_) => {
                let mut object = Some(Object::default());
                for (key, member) in value.as_object().map(|it| it.entries()).unwrap_or_default() {
                    let mut last = None;
                    self.walk(filter, env, member.clone(), &mut |member| {
                        last = Some(member);
                        Ok(())
                    })?;
                    object = match last {
                        Some(member) => {
                            let mut object = object.unwrap_or_default();
                            object.insert(key.clone(), member, self.meter)?;
                            Some(object)
                        }
                        None => None,
                    };
                }
                object.map_or(Value::Null, Value::from)
            }
            _ => value,
        };
        self.each(filter, env, walked, emit)
    }

    /// Evaluates `any(source; condition)` or `all(source; condition)`.
    pub(super) fn any_or_all(
        &self,
        form: Form,
        arguments: &'p [Node],
        env: &Env<'p>,
        input: Value,
    ) -> Result<Value, Stop> {
        let wanted = form == Form::Any;
        let mut state = !wanted;
        // As in jq 1.6, `any` is true only if the condition is true exactly once, so `any(1; true,
        // true)` is false.
        let mut count = 0_u64;
        self.until_break(|label| {
            self.each(&arguments[0], env, input, &mut |value| {
                if state == wanted {
                    return Err(Stop::Break(label));
                }
                let before = state;
                state = false;
                self.each(&arguments[1], env, value, &mut |condition| {
                    state = if condition.is_true() == wanted { wanted } else { before };
                    count += u64::from(state == wanted);
                    Ok(())
                })
            })
        })?;
        Ok(Value::Bool(if wanted { count == 1 } else { count == 0 }))
    }

    pub(super) fn is_empty(
        &self,
        filter: &'p Node,
        env: &Env<'p>,
        input: Value,
    ) -> Result<Value, Stop> {
        let mut empty = true;
        self.until_break(|label| {
            self.each(filter, env, input, &mut |_| {
                empty = false;
                Err(Stop::Break(label))
            })
        })?;
        Ok(Value::Bool(empty))
    }

    /// Evaluates `sort_by`, `group_by`, `unique_by`, `min_by` or `max_by`. The key of an item is
    /// the array of the outputs of the filter.
    pub(super) fn by_keys(
        &self,
        form: Form,
        filter: &'p Node,
        env: &Env<'p>,
        input: &Value,
    ) -> Result<Value, Stop> {
        let mut items = Vec::new();
        for item in children(input, self.meter)? {
            let mut keys = Array::default();
            self.each(filter, env, item.clone(), &mut |key| Ok(keys.push(key, self.meter)?))?;
            items.push((Value::from(keys), item));
        }
        if input.as_array().is_none() {
            let keys = Value::array(items.into_iter().map(|(keys, _)| keys).collect())?;
            let problem = match form {
                Form::MinBy | Form::MaxBy => "cannot be iterated over",
                _ => "cannot be sorted, as they are not both arrays",
            };
            return Err(pair_error(input, &keys, self.meter, problem));
        }
        match form {
            Form::MinBy => extreme(items, Ordering::Less, self.meter),
            Form::MaxBy => extreme(items, Ordering::Greater, self.meter),
            Form::UniqueBy => firsts(grouped(items, self.meter)?, self.meter),
            Form::GroupBy => {
                let groups = grouped(items, self.meter)?.into_iter().map(Value::from);
                Ok(Value::array(groups.collect())?)
            }
            _ => sorted(items, self.meter),
        }
    }
}
