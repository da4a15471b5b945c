//! The names that a part of a filter can use.

/// A name in scope.
#[derive(Debug)]
enum Name {
    /// A variable. It has a frame.
    Variable(String),
    /// A parameter that is a value, such as `$a`. It has a frame, and can also be called as `a`.
    Parameter(String),
    /// A parameter that is a filter. It has a frame.
    Filter(String),
    /// A label. It has a frame.
    Label(String),
    /// A function, its number of parameters, its index, and the number of frames around its
    /// definition. It has no frame.
    Function { name: String, arity: usize, function: usize, frames: usize },
}

/// The target of a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Callee {
    /// A function, and the number of frames between its definition and the call.
    Function { function: usize, frames: usize },
    /// A parameter that is a filter, by the number of frames between its frame and the call.
    Filter(usize),
    /// A parameter that is a value, by the number of frames between its frame and the call.
    Value(usize),
}

/// The names in scope, innermost last, and the number of their frames.
#[derive(Debug, Default)]
pub(super) struct Scope {
    names: Vec<Name>,
    frames: usize,
}

/// A state of a scope, to which [`Scope::reset`] returns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    names: usize,
    frames: usize,
}

impl Scope {
    pub(super) fn mark(&self) -> Mark {
        Mark { names: self.names.len(), frames: self.frames }
    }

    pub(super) fn reset(&mut self, mark: Mark) {
        self.names.truncate(mark.names);
        self.frames = mark.frames;
    }

    pub(super) fn add_variable(&mut self, name: &str) {
        self.names.push(Name::Variable(name.to_owned()));
        self.frames += 1;
    }

    pub(super) fn add_parameter(&mut self, name: &str) {
        if name.starts_with('$') {
            self.names.push(Name::Parameter(name.to_owned()));
        } else {
            self.names.push(Name::Filter(name.to_owned()));
        }
        self.frames += 1;
    }

    pub(super) fn add_label(&mut self, name: &str) {
        self.names.push(Name::Label(name.to_owned()));
        self.frames += 1;
    }

    pub(super) fn add_function(&mut self, name: &str, arity: usize, function: usize) {
        let frames = self.frames;
        self.names.push(Name::Function { name: name.to_owned(), arity, function, frames });
    }

    /// Returns the number of frames between a variable and its use here.
    pub(super) fn variable(&self, name: &str) -> Option<usize> {
        self.find(|own| matches!(own, Name::Variable(own) | Name::Parameter(own) if own == name))
    }

    /// Returns the number of frames between a label and its use here.
    pub(super) fn label(&self, name: &str) -> Option<usize> {
        self.find(|own| matches!(own, Name::Label(own) if own == name))
    }

    pub(super) fn callee(&self, name: &str, arity: usize) -> Option<Callee> {
        let mut frame = self.frames;
        for own in self.names.iter().rev() {
            match own {
                Name::Function { name: own, arity: parameters, function, frames } => {
                    if own == name && *parameters == arity {
                        let frames = self.frames - frames;
                        return Some(Callee::Function { function: *function, frames });
                    }
                    continue;
                }
                Name::Filter(own) if arity == 0 && own == name => {
                    return Some(Callee::Filter(self.frames - frame));
                }
                Name::Parameter(own) if arity == 0 && own.strip_prefix('$') == Some(name) => {
                    return Some(Callee::Value(self.frames - frame));
                }
                _ => {}
            }
            frame -= 1;
        }
        None
    }

    /// Returns the names of all functions and of all filter parameters in scope.
    pub(super) fn callable_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().filter_map(|name| match name {
            Name::Filter(name) | Name::Function { name, .. } => Some(name.as_str()),
            Name::Variable(_) | Name::Parameter(_) | Name::Label(_) => None,
        })
    }

    /// Returns the names of all variables in scope.
    pub(super) fn variable_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().filter_map(|name| match name {
            Name::Variable(name) | Name::Parameter(name) => Some(name.as_str()),
            _ => None,
        })
    }

    fn find(&self, is_wanted: impl Fn(&Name) -> bool) -> Option<usize> {
        let frames = self.names.iter().rev().filter(|name| !matches!(name, Name::Function { .. }));
        frames.enumerate().find(|(_, name)| is_wanted(name)).map(|(distance, _)| distance)
    }
}
