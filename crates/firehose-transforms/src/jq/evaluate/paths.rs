//! Evaluates nodes together with the paths of their outputs, for `path` and assignment.

use std::sync::Arc;

use super::{
    super::{
        functions::entries::path_of,
        syntax::node::{Form, Node, Op},
        values::{
            index::{get, get_field, iterate_error},
            print::shown,
            stop::Stop,
            text::Text,
            value::{Value, View},
        },
    },
    env::{Binding, Env},
    machine::Machine,
    path::{Located, Path},
};

/// A function that receives values with their paths.
type EmitLocated<'e> = dyn FnMut(Located) -> Result<(), Stop> + 'e;

impl<'p> Machine<'p> {
    /// Passes the paths of all outputs of a node to `emit`.
    pub(super) fn each_path(
        &self,
        node: &'p Node,
        env: &Env<'p>,
        input: Value,
        emit: &mut dyn FnMut(Vec<Value>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let root = Located { value: input, path: Some(Path::default()) };
        self.paths(node, env, root, &mut |found| {
            let Some(path) = found.path else {
                let message = "Invalid path expression with result";
                let value = shown(&found.value, self.meter);
                let public = format!("{message} of type {}", found.value.kind());
                return Err(Stop::error(format!("{message} {value}"), public));
            };
            let keys = path.keys();
            self.meter.build(keys.len() * size_of::<Value>())?;
            emit(keys)
        })
    }

    /// Passes all outputs of a node to `emit`, each with its path.
    fn paths(
        &self,
        node: &'p Node,
        env: &Env<'p>,
        at: Located,
        emit: &mut EmitLocated<'_>,
    ) -> Result<(), Stop> {
        self.meter.check_stack()?;
        self.meter.step()?;
        match &node.op {
            Op::Identity => emit(at),
            Op::Recurse => self.descend_paths(&at, emit),
            Op::Field { base, key, optional } => self.paths(base, env, at, &mut |base| {
                let key = Value::Text(Text::Constant(Arc::clone(key)));
                self.part_at(&base, key, *optional, emit)
            }),
            Op::Index { base, index, optional } => {
                self.each(index, env, at.value.clone(), &mut |key| {
                    self.paths(base, env, at.clone(), &mut |base| {
                        self.part_at(&base, key.clone(), *optional, emit)
                    })
                })
            }
            Op::Slice { base, bounds, optional } => {
                self.each_slice_key(bounds, env, &at.value, &mut |key| {
                    self.paths(base, env, at.clone(), &mut |base| {
                        self.part_at(&base, key.clone(), *optional, emit)
                    })
                })
            }
            Op::Iterate { base, optional } => {
                self.paths(base, env, at, &mut |base| self.iterate_paths(&base, *optional, emit))
            }
            Op::Pipe(nodes) => {
                self.paths(&nodes[0], env, at, &mut |at| self.paths(&nodes[1], env, at, emit))
            }
            Op::Comma(nodes) => {
                nodes.iter().try_for_each(|node| self.paths(node, env, at.clone(), emit))
            }
            Op::Bind { source, pattern, body } => {
                self.each(source, env, at.value.clone(), &mut |value| {
                    self.each_binding(pattern, env, value, &mut |env| {
                        self.paths(body, env, at.clone(), emit)
                    })
                })
            }
            Op::Alternative(nodes) => {
                let mut found = false;
                self.paths(&nodes[0], env, at.clone(), &mut |part| {
                    if part.value.is_true() {
                        found = true;
                        return emit(part);
                    }
                    Ok(())
                })?;
                if found { Ok(()) } else { self.paths(&nodes[1], env, at, emit) }
            }
            Op::If(nodes) => self.each(&nodes[0], env, at.value.clone(), &mut |condition| {
                let branch = if condition.is_true() { &nodes[1] } else { &nodes[2] };
                self.paths(branch, env, at.clone(), emit)
            }),
            Op::Try { body, handler } => self.try_paths(body, handler.as_deref(), env, at, emit),
            Op::Label(body) => self
                .until_break(|label| self.paths(body, &env.with(Binding::Label(label))?, at, emit)),
            Op::Call { function, arguments, frames } => {
                let body = &self.program.functions[*function];
                let inner = env.without(*frames);
                self.each_call_env(arguments, env, &inner, &at.value, &mut |inner| {
                    self.paths(body, inner, at.clone(), emit)
                })
            }
            Op::Argument(frames) => match env.get(*frames) {
                Some(Binding::Filter { node, env }) => self.paths(node, env, at, emit),
                _ => Ok(()),
            },
            Op::Reduce(fold) => self.paths(&fold.init, env, at.clone(), &mut |state| {
                let mut state = state;
                self.each(&fold.source, env, at.value.clone(), &mut |value| {
                    self.each_binding(&fold.pattern, env, value, &mut |env| {
                        let old = state.clone();
                        state = Located { value: Value::Null, path: None };
                        self.paths(&fold.update, env, old, &mut |new| {
                            state = new;
                            Ok(())
                        })
                    })
                })?;
                emit(state)
            }),
            Op::Foreach(fold, extract) => self.paths(&fold.init, env, at.clone(), &mut |state| {
                let mut state = state;
                self.each(&fold.source, env, at.value.clone(), &mut |value| {
                    self.each_binding(&fold.pattern, env, value, &mut |env| {
                        let old = state.clone();
                        self.paths(&fold.update, env, old, &mut |new| {
                            state = new.clone();
                            match extract {
                                Some(extract) => self.paths(extract, env, new, emit),
                                None => emit(new),
                            }
                        })
                    })
                })
            }),
            Op::Form(form, arguments) => self.form_paths(*form, arguments, node, env, at, emit),
            _ => self.computed(node, env, &at, emit),
        }
    }

    /// Passes the outputs of a node that computes values to `emit`. Only an output that is the input
    /// itself has a path.
    fn computed(
        &self,
        node: &'p Node,
        env: &Env<'p>,
        at: &Located,
        emit: &mut EmitLocated<'_>,
    ) -> Result<(), Stop> {
        self.each(node, env, at.value.clone(), &mut |value| {
            let path = if value.is_same(&at.value) { at.path.clone() } else { None };
            emit(Located { value, path })
        })
    }

    fn form_paths(
        &self,
        form: Form,
        arguments: &'p [Node],
        node: &'p Node,
        env: &Env<'p>,
        at: Located,
        emit: &mut EmitLocated<'_>,
    ) -> Result<(), Stop> {
        match (form, arguments) {
            (Form::First, [filter, ..]) => self.until_break(|label| {
                self.paths(filter, env, at, &mut |part| {
                    emit(part)?;
                    Err(Stop::Break(label))
                })
            }),
            (Form::Last, [filter, ..]) => {
                let mut last = None;
                self.paths(filter, env, at, &mut |part| {
                    last = Some(part);
                    Ok(())
                })?;
                last.map_or(Ok(()), emit)
            }
            (Form::Limit, [count, filter, ..]) => {
                self.each(count, env, at.value.clone(), &mut |count| {
                    let run =
                        |emit: &mut EmitLocated<'_>| self.paths(filter, env, at.clone(), emit);
                    self.limit(&count, run, emit)
                })
            }
            (Form::GetPath, [path, ..]) => self.each(path, env, at.value.clone(), &mut |path| {
                path_of(&path)?
                    .iter()
                    .try_fold(at.clone(), |at, key| {
                        self.meter.step()?;
                        self.part(&at, key.clone())
                    })
                    .and_then(&mut *emit)
            }),
            (Form::Recurse, [filter, ..]) => self.recurse_paths(filter, env, at, emit),
            _ => self.computed(node, env, &at, emit),
        }
    }

    fn recurse_paths(
        &self,
        filter: &'p Node,
        env: &Env<'p>,
        at: Located,
        emit: &mut EmitLocated<'_>,
    ) -> Result<(), Stop> {
        self.meter.check_stack()?;
        emit(at.clone())?;
        self.paths(filter, env, at, &mut |next| self.recurse_paths(filter, env, next, emit))
    }

    fn descend_paths(&self, at: &Located, emit: &mut EmitLocated<'_>) -> Result<(), Stop> {
        self.meter.check_stack()?;
        emit(at.clone())?;
        self.iterate_paths(at, true, &mut |child| self.descend_paths(&child, emit))
    }

    fn iterate_paths(
        &self,
        at: &Located,
        optional: bool,
        emit: &mut EmitLocated<'_>,
    ) -> Result<(), Stop> {
        let mut pass = |key: Value, value: &Value| {
            self.meter.step()?;
            let path = at.path.as_ref().map(|path| path.with(key));
            emit(Located { value: value.clone(), path })
        };
        match at.value.view() {
            _ if at.path.is_none() => {
                let message = "Invalid path expression near attempt to iterate through";
                let value = shown(&at.value, self.meter);
                Err(Stop::error(format!("{message} {value}"), message))
            }
            View::Array(_) => {
                let items = at.value.as_array().unwrap_or_default().iter().enumerate();
                items.into_iter().try_for_each(|(place, item)| pass(Value::count(place), item))
            }
            View::Object(_) => {
                let entries = at.value.as_object().map(|it| it.entries()).unwrap_or_default();
                entries.iter().try_for_each(|(key, value)| pass(Value::Text(key.clone()), value))
            }
            _ if optional => Ok(()),
            _ => Err(iterate_error(&at.value, self.meter)),
        }
    }

    fn part_at(
        &self,
        base: &Located,
        key: Value,
        optional: bool,
        emit: &mut EmitLocated<'_>,
    ) -> Result<(), Stop> {
        match self.part(base, key) {
            Err(Stop::Error(_)) if optional => Ok(()),
            part => emit(part?),
        }
    }

    fn part(&self, base: &Located, key: Value) -> Result<Located, Stop> {
        let Some(path) = &base.path else {
            let message = "Invalid path expression near attempt to access element";
            let (key, value) = (shown(&key, self.meter), shown(&base.value, self.meter));
            return Err(Stop::error(format!("{message} {key} of {value}"), message));
        };
        let value = match key.as_text() {
            Some(key) => get_field(&base.value, key.as_str(), self.meter)?,
            None => get(&base.value, &key, self.meter)?,
        };
        Ok(Located { value, path: Some(path.with(key)) })
    }

    fn try_paths(
        &self,
        body: &'p Node,
        handler: Option<&'p Node>,
        env: &Env<'p>,
        at: Located,
        emit: &mut EmitLocated<'_>,
    ) -> Result<(), Stop> {
        let mut later = None;
        let result = self.paths(body, env, at, &mut |part| {
            emit(part).map_err(|stop| {
                later = Some(stop);
                Stop::Break(0)
            })
        });
        match (later, result) {
            (Some(stop), _) => Err(stop),
            (None, Err(Stop::Error(thrown))) => match handler {
                Some(handler) => {
                    self.paths(handler, env, Located { value: thrown.value, path: None }, emit)
                }
                None => Ok(()),
            },
            (None, result) => result,
        }
    }
}
