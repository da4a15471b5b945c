//! Evaluates nodes that have any number of outputs.

use std::borrow::Cow;

use super::{
    super::{
        syntax::node::{Argument, Native, Node, Op, Part},
        values::{
            arithmetic::negate,
            index::{get, get_field, iterate_error},
            stop::Stop,
            value::{Object, Value, View},
        },
    },
    env::{Binding, Env},
    machine::{Emit, Machine},
    operators,
};

impl<'p> Machine<'p> {
    /// Passes the outputs of a node to `emit`.
    pub(super) fn each(
        &self,
        mut node: &'p Node,
        env: &Env<'p>,
        mut input: Value,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        self.meter.check_stack()?;
        let mut env = Cow::Borrowed(env);
        // A call in tail position continues the loop, so that tail recursion needs no stack.
        loop {
            if node.single {
                return emit(self.one(node, &env, input)?);
            }
            self.meter.step()?;
            match &node.op {
                Op::Recurse => return self.descend(&input, emit),
                Op::Iterate { base, optional } => {
                    return self.each(base, &env, input, &mut |value| {
                        self.iterate(&value, *optional, emit)
                    });
                }
                Op::Field { base, key, optional } => {
                    return self.each(base, &env, input, &mut |value| {
                        part(get_field(&value, key, self.meter), *optional, emit)
                    });
                }
                Op::Index { base, index, optional } => {
                    return self.each(index, &env, input.clone(), &mut |key| {
                        self.each(base, &env, input.clone(), &mut |value| {
                            part(get(&value, &key, self.meter), *optional, emit)
                        })
                    });
                }
                Op::Slice { base, bounds, optional } => {
                    return self.each_slice_key(bounds, &env, &input, &mut |key| {
                        self.each(base, &env, input.clone(), &mut |value| {
                            part(get(&value, &key, self.meter), *optional, emit)
                        })
                    });
                }
                Op::Construct(members) => {
                    return self.each_object(members, &env, &input, Object::default(), emit);
                }
                Op::Interpolate { format, parts } => {
                    return self.each_text(*format, parts, &env, &input, String::new(), emit);
                }
                Op::Negate(node) => {
                    return self
                        .each(node, &env, input, &mut |value| emit(negate(&value, self.meter)?));
                }
                Op::Pipe(nodes) if nodes[0].single => {
                    input = self.one(&nodes[0], &env, input)?;
                    node = &nodes[1];
                }
                Op::Pipe(nodes) => {
                    return self.each(&nodes[0], &env, input, &mut |value| {
                        self.each(&nodes[1], &env, value, emit)
                    });
                }
                Op::Comma(nodes) => {
                    let Some((last, others)) = nodes.split_last() else { return Ok(()) };
                    for node in others {
                        self.each(node, &env, input.clone(), emit)?;
                    }
                    node = last;
                }
                Op::Bind { source, pattern, body } => {
                    return self.each(source, &env, input.clone(), &mut |value| {
                        self.each_binding(pattern, &env, value, &mut |env| {
                            self.each(body, env, input.clone(), emit)
                        })
                    });
                }
                Op::And(nodes) | Op::Or(nodes) => {
                    let is_or = matches!(node.op, Op::Or(_));
                    return self.each(&nodes[0], &env, input.clone(), &mut |left| {
                        if left.is_true() == is_or {
                            return emit(Value::Bool(is_or));
                        }
                        self.each(&nodes[1], &env, input.clone(), &mut |right| {
                            emit(Value::Bool(right.is_true()))
                        })
                    });
                }
                Op::Alternative(nodes) => {
                    let mut found = false;
                    self.each(&nodes[0], &env, input.clone(), &mut |value| {
                        if value.is_true() {
                            found = true;
                            return emit(value);
                        }
                        Ok(())
                    })?;
                    if found {
                        return Ok(());
                    }
                    node = &nodes[1];
                }
                Op::If(nodes) if nodes[0].single => {
                    let condition = self.one(&nodes[0], &env, input.clone())?;
                    node = if condition.is_true() { &nodes[1] } else { &nodes[2] };
                }
                Op::If(nodes) => {
                    return self.each(&nodes[0], &env, input.clone(), &mut |condition| {
                        let branch = if condition.is_true() { &nodes[1] } else { &nodes[2] };
                        self.each(branch, &env, input.clone(), emit)
                    });
                }
                Op::Try { body, handler } => {
                    let run = |emit: &mut Emit<'_>| self.each(body, &env, input, emit);
                    let Some(thrown) = self.catch(run, emit)? else { return Ok(()) };
                    let Some(handler) = handler else { return Ok(()) };
                    return self.each(handler, &env, thrown, emit);
                }
                Op::Reduce(fold) => {
                    return self.each(&fold.init, &env, input.clone(), &mut |state| {
                        emit(self.reduce(fold, &env, input.clone(), state)?)
                    });
                }
                Op::Foreach(fold, extract) => {
                    let extract = extract.as_deref();
                    return self.each(&fold.init, &env, input.clone(), &mut |state| {
                        self.foreach(fold, extract, &env, &input, state, emit)
                    });
                }
                Op::Label(body) => {
                    return self.until_break(|label| {
                        self.each(body, &env.with(Binding::Label(label))?, input, emit)
                    });
                }
                Op::Break(frames) => {
                    return match env.get(*frames) {
                        Some(Binding::Label(label)) => Err(Stop::Break(*label)),
                        _ => Ok(()),
                    };
                }
                Op::Math(math, nodes) => {
                    return self.each(&nodes[1], &env, input.clone(), &mut |right| {
                        self.each(&nodes[0], &env, input.clone(), &mut |left| {
                            emit(operators::math(*math, left, right.clone(), self.meter)?)
                        })
                    });
                }
                Op::Compare(comparison, nodes) => {
                    return self.each(&nodes[1], &env, input.clone(), &mut |right| {
                        self.each(&nodes[0], &env, input.clone(), &mut |left| {
                            let meter = self.meter;
                            let result = operators::comparison(*comparison, &left, &right, meter)?;
                            emit(Value::Bool(result))
                        })
                    });
                }
                Op::Assign(nodes) | Op::UpdateMath(_, nodes) | Op::UpdateAlternative(nodes) => {
                    return self.each(&nodes[1], &env, input.clone(), &mut |value| {
                        emit(self.assign(node, &env, input.clone(), &value)?)
                    });
                }
                Op::Call { function, arguments, frames } => {
                    let body = &self.program.functions[*function];
                    if all_single(arguments) {
                        let inner = self.single_call_env(arguments, &env, &input, *frames)?;
                        env = Cow::Owned(inner);
                        node = body;
                        continue;
                    }
                    let inner = env.without(*frames);
                    return self.each_call_env(arguments, &env, &inner, &input, &mut |inner| {
                        self.each(body, inner, input.clone(), emit)
                    });
                }
                Op::Argument(frames) => {
                    let Some(Binding::Filter { node: filter, env: outer }) = env.get(*frames)
                    else {
                        return Ok(());
                    };
                    node = *filter;
                    env = Cow::Owned(outer.clone());
                }
                Op::Native(native, arguments) => {
                    return self.call_native(*native, arguments, &env, &input, emit);
                }
                Op::Form(form, arguments) => {
                    return self.form(*form, arguments, &env, input, emit);
                }
                Op::Identity
                | Op::Literal(_)
                | Op::Variable(_)
                | Op::Collect(_)
                | Op::Update(_) => return emit(self.one(node, &env, input)?),
            }
        }
    }

    /// Passes the items of an array or the values of an object to `emit`.
    pub(super) fn iterate(
        &self,
        value: &Value,
        optional: bool,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        match value.view() {
            View::Array(_) => {
                for item in value.as_array().unwrap_or_default() {
                    self.meter.step()?;
                    emit(item.clone())?;
                }
                Ok(())
            }
            View::Object(_) => {
                for (_, member) in value.as_object().map(|it| it.entries()).unwrap_or_default() {
                    self.meter.step()?;
                    emit(member.clone())?;
                }
                Ok(())
            }
            _ if optional => Ok(()),
            _ => Err(iterate_error(value, self.meter)),
        }
    }

    /// Passes a value and all values inside it to `emit`, each before the values inside it.
    fn descend(&self, value: &Value, emit: &mut Emit<'_>) -> Result<(), Stop> {
        self.meter.check_stack()?;
        self.meter.step()?;
        emit(value.clone())?;
        self.iterate(value, true, &mut |child| self.descend(&child, emit))
    }

    /// Runs a filter. Returns the value of its error, or `None` if it succeeds. Does not catch an
    /// error of `emit`.
    pub(super) fn catch(
        &self,
        run: impl FnOnce(&mut Emit<'_>) -> Result<(), Stop>,
        emit: &mut Emit<'_>,
    ) -> Result<Option<Value>, Stop> {
        let mut later = None;
        let result = run(&mut |value| {
            emit(value).map_err(|stop| {
                later = Some(stop);
                // Stops the filter. No `label` catches this break, as labels have numbers from 1.
                Stop::Break(0)
            })
        });
        match (later, result) {
            (Some(stop), _) => Err(stop),
            (None, Err(Stop::Error(thrown))) => Ok(Some(thrown.value)),
            (None, result) => result.map(|()| None),
        }
    }

    pub(super) fn each_slice_key(
        &self,
        bounds: &'p [Option<Node>; 2],
        env: &Env<'p>,
        input: &Value,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        self.each_bound(bounds[0].as_ref(), env, input, &mut |start| {
            self.each_bound(bounds[1].as_ref(), env, input, &mut |end| {
                emit(self.slice_key(start.clone(), end)?)
            })
        })
    }

    fn each_bound(
        &self,
        bound: Option<&'p Node>,
        env: &Env<'p>,
        input: &Value,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        match bound {
            Some(bound) => self.each(bound, env, input.clone(), emit),
            None => emit(Value::Null),
        }
    }

    /// Passes the objects for all combinations of the outputs of keys and values to `emit`. The last
    /// member changes fastest.
    fn each_object(
        &self,
        members: &'p [(Node, Node)],
        env: &Env<'p>,
        input: &Value,
        object: Object,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        let Some(((key, value), others)) = members.split_first() else {
            return emit(object.into());
        };
        self.each(key, env, input.clone(), &mut |key| {
            self.each(value, env, input.clone(), &mut |value| {
                let mut object = Value::from(object.clone()).own_object(self.meter)?;
                self.insert(&mut object, key.clone(), value)?;
                self.each_object(others, env, input, object, emit)
            })
        })
    }

    /// Passes the texts for all combinations of the outputs of the parts to `emit`. The first part
    /// changes fastest. `rest` is the text of the parts after these.
    fn each_text(
        &self,
        format: Native,
        parts: &'p [Part],
        env: &Env<'p>,
        input: &Value,
        rest: String,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        let Some((last, others)) = parts.split_last() else { return emit(Value::text(rest)) };
        let mut join = |part: &str| {
            self.meter.build(part.len() + rest.len())?;
            self.each_text(format, others, env, input, [part, &rest].concat(), emit)
        };
        match last {
            Part::Text(text) => join(text),
            Part::Node(node) => self.each(node, env, input.clone(), &mut |value| {
                join(self.formatted(format, value)?.as_str())
            }),
        }
    }
}

fn all_single(arguments: &[Argument]) -> bool {
    arguments.iter().all(|argument| match argument {
        Argument::Filter(_) => true,
        Argument::Value(node) => node.single,
    })
}

/// Passes a part to `emit`. Ignores an error if the part is optional.
pub(super) fn part(
    part: Result<Value, Stop>,
    optional: bool,
    emit: &mut Emit<'_>,
) -> Result<(), Stop> {
    match part {
        Err(Stop::Error(_)) if optional => Ok(()),
        part => emit(part?),
    }
}
