//! Evaluates nodes that have exactly one output.

use std::{borrow::Cow, sync::Arc};

use super::{
    super::{
        functions::entries::key_error,
        syntax::node::{Form, Native, Node, Op, Part, Pattern},
        values::{
            arithmetic::negate,
            index::{get, get_field},
            stop::Stop,
            text::Text,
            value::{Array, Object, Value},
        },
    },
    env::{Binding, Env},
    machine::Machine,
    operators,
};

impl<'p> Machine<'p> {
    /// Returns the output of a node that is [single](Node::single).
    pub(super) fn one(
        &self,
        mut node: &'p Node,
        env: &Env<'p>,
        mut input: Value,
    ) -> Result<Value, Stop> {
        let mut env = Cow::Borrowed(env);
        // A call in tail position continues the loop, so that tail recursion needs no stack.
        loop {
            self.meter.step()?;
            match &node.op {
                Op::Identity => return Ok(input),
                Op::Literal(literal) => return Ok(literal.value()),
                Op::Variable(frames) => return Ok(variable(&env, *frames)),
                Op::Field { base, key, .. } => {
                    return match base.op {
                        Op::Identity => get_field(&input, key, self.meter),
                        _ => get_field(&self.one(base, &env, input)?, key, self.meter),
                    };
                }
                Op::Index { base, index, .. } => {
                    let key = self.one(index, &env, input.clone())?;
                    return get(&self.one(base, &env, input)?, &key, self.meter);
                }
                Op::Slice { base, bounds, .. } => {
                    let bound = |node: &'p Option<Node>| match node {
                        Some(node) => self.one(node, &env, input.clone()),
                        None => Ok(Value::Null),
                    };
                    let key = self.slice_key(bound(&bounds[0])?, bound(&bounds[1])?)?;
                    return get(&self.one(base, &env, input)?, &key, self.meter);
                }
                Op::Collect(items) => return self.collect(items.as_deref(), &env, input),
                Op::Construct(members) => return self.construct(members, &env, &input),
                Op::Interpolate { format, parts } => {
                    let mut text = String::new();
                    // Evaluate from the right, as jq evaluates the right operand of `+` first.
                    let mut values = Vec::with_capacity(parts.len());
                    for part in parts.iter().rev() {
                        values.push(match part {
                            Part::Text(text) => Text::Constant(Arc::clone(text)),
                            Part::Node(node) => {
                                let value = self.one(node, &env, input.clone())?;
                                self.formatted(*format, value)?
                            }
                        });
                    }
                    for value in values.iter().rev() {
                        self.meter.build(value.as_str().len())?;
                        text.push_str(value.as_str());
                    }
                    return Ok(Value::text(text));
                }
                Op::Negate(node) => {
                    return negate(&self.one(node, &env, input)?, self.meter);
                }
                Op::Pipe(nodes) => {
                    input = self.one(&nodes[0], &env, input)?;
                    node = &nodes[1];
                }
                Op::Bind { source, pattern: Pattern::Variable, body } => {
                    let value = self.one(source, &env, input.clone())?;
                    env = Cow::Owned(env.with(Binding::Value(value))?);
                    node = body;
                }
                Op::And(nodes) | Op::Or(nodes) => {
                    let left = self.one(&nodes[0], &env, input.clone())?.is_true();
                    if left == matches!(node.op, Op::Or(_)) {
                        return Ok(Value::Bool(left));
                    }
                    return Ok(Value::Bool(self.one(&nodes[1], &env, input)?.is_true()));
                }
                Op::Alternative(nodes) => {
                    let left = self.one(&nodes[0], &env, input.clone())?;
                    if left.is_true() {
                        return Ok(left);
                    }
                    node = &nodes[1];
                }
                Op::If(nodes) => {
                    let condition = self.one(&nodes[0], &env, input.clone())?;
                    node = if condition.is_true() { &nodes[1] } else { &nodes[2] };
                }
                Op::Try { body, handler: Some(handler) } => {
                    match self.one(body, &env, input) {
                        Err(Stop::Error(thrown)) => input = thrown.value,
                        result => return result,
                    }
                    node = handler;
                }
                Op::Math(math, nodes) => {
                    let right = self.one(&nodes[1], &env, input.clone())?;
                    let left = self.one(&nodes[0], &env, input)?;
                    return operators::math(*math, left, right, self.meter);
                }
                Op::Compare(comparison, nodes) => {
                    let right = self.one(&nodes[1], &env, input.clone())?;
                    let left = self.one(&nodes[0], &env, input)?;
                    let result = operators::comparison(*comparison, &left, &right, self.meter)?;
                    return Ok(Value::Bool(result));
                }
                Op::Assign(nodes) | Op::UpdateMath(_, nodes) | Op::UpdateAlternative(nodes) => {
                    let value = self.one(&nodes[1], &env, input.clone())?;
                    return self.assign(node, &env, input, &value);
                }
                Op::Update(nodes) => return self.update(&nodes[0], &nodes[1], &env, input),
                Op::Reduce(fold) => {
                    let state = self.one(&fold.init, &env, input.clone())?;
                    return self.reduce(fold, &env, input, state);
                }
                Op::Native(native, arguments) => {
                    // Evaluate the last argument first, as jq does.
                    let mut values = vec![Value::Null; arguments.len()];
                    for (value, argument) in values.iter_mut().zip(arguments).rev() {
                        *value = self.one(argument, &env, input.clone())?;
                    }
                    return native(self.meter, input, &values);
                }
                Op::Call { function, arguments, frames } => {
                    self.meter.check_stack()?;
                    let inner = self.single_call_env(arguments, &env, &input, *frames)?;
                    env = Cow::Owned(inner);
                    node = &self.program.functions[*function];
                }
                Op::Form(form, arguments) => {
                    return self.single_form(*form, arguments, &env, input);
                }
                Op::Try { handler: None, .. }
                | Op::Bind { .. }
                | Op::Recurse
                | Op::Iterate { .. }
                | Op::Comma(_)
                | Op::Foreach(..)
                | Op::Label(_)
                | Op::Break(_)
                | Op::Argument(_) => return self.last(node, &env, input),
            }
        }
    }

    /// Returns the last output of a node, or null if the node has none.
    pub(super) fn last(&self, node: &'p Node, env: &Env<'p>, input: Value) -> Result<Value, Stop> {
        let mut last = Value::Null;
        self.each(node, env, input, &mut |value| {
            last = value;
            Ok(())
        })?;
        Ok(last)
    }

    fn collect(&self, items: Option<&'p Node>, env: &Env<'p>, input: Value) -> Result<Value, Stop> {
        let mut array = Array::default();
        if let Some(items) = items {
            self.each(items, env, input, &mut |item| Ok(array.push(item, self.meter)?))?;
        }
        Ok(array.into())
    }

    fn construct(
        &self,
        members: &'p [(Node, Node)],
        env: &Env<'p>,
        input: &Value,
    ) -> Result<Value, Stop> {
        let mut object = Object::with_capacity(members.len());
        for (key, value) in members {
            let key = self.one(key, env, input.clone())?;
            let value = self.one(value, env, input.clone())?;
            self.insert(&mut object, key, value)?;
        }
        Ok(object.into())
    }

    pub(super) fn insert(&self, object: &mut Object, key: Value, value: Value) -> Result<(), Stop> {
        let Value::Text(key) = key else { return Err(key_error(&key, self.meter)) };
        Ok(object.insert(key, value, self.meter)?)
    }

    /// Returns the key of a slice: `{"start": …, "end": …}`.
    pub(super) fn slice_key(&self, start: Value, end: Value) -> Result<Value, Stop> {
        let mut key = Object::with_capacity(2);
        key.insert("start".into(), start, self.meter)?;
        key.insert("end".into(), end, self.meter)?;
        Ok(key.into())
    }

    /// Returns the text of an interpolated value.
    pub(super) fn formatted(&self, format: Native, value: Value) -> Result<Text, Stop> {
        match format(self.meter, value, &[])? {
            Value::Text(text) => Ok(text),
            _ => Ok(Text::from("")),
        }
    }

    /// Evaluates a form with exactly one output.
    fn single_form(
        &self,
        form: Form,
        arguments: &'p [Node],
        env: &Env<'p>,
        input: Value,
    ) -> Result<Value, Stop> {
        match form {
            Form::All | Form::Any => self.any_or_all(form, arguments, env, input),
            Form::Delete => self.delete(&arguments[0], env, input),
            Form::GetPath => {
                let path = self.one(&arguments[0], env, input.clone())?;
                self.get_path(&input, &path)
            }
            Form::GroupBy | Form::MaxBy | Form::MinBy | Form::SortBy | Form::UniqueBy => {
                self.by_keys(form, &arguments[0], env, &input)
            }
            Form::IsEmpty => self.is_empty(&arguments[0], env, input),
            Form::Last => self.last(&arguments[0], env, input),
            _ => Ok(Value::Null),
        }
    }
}

/// Returns the value of a variable.
pub(super) fn variable(env: &Env<'_>, frames: usize) -> Value {
    match env.get(frames) {
        Some(Binding::Value(value)) => value.clone(),
        _ => Value::Null,
    }
}
