//! Compiles calls of functions: those that the filter defines, and those of jq.

use jaq_core::load::{lex::StrPart, parse::Term};

use super::{
    super::{
        filter_error::JqFilterError,
        functions::regex::{self, Invalid},
    },
    compile::Compiler,
    definitions::{DEFINITIONS, Definition},
    forms::{FORMS, form_named},
    natives::{FORMATS, NATIVES, format_named, native_named},
    node::{Argument, Form, Literal, Native, Node, Op},
    parse::parse,
    scope::Callee,
};

/// The functions of jq that filters cannot use, each with the reason.
const NOT_AVAILABLE: [(&str, &str); 15] = [
    ("env", "a filter cannot read the environment"),
    ("input", "a filter sees one item at a time"),
    ("inputs", "a filter sees one item at a time"),
    ("input_filename", "a filter cannot read files"),
    ("input_line_number", "a filter cannot read files"),
    ("debug", "a payload must not be logged"),
    ("stderr", "a payload must not be logged"),
    ("halt", "a filter cannot end the process; use `empty` or `error`"),
    ("halt_error", "a filter cannot end the process; use `empty` or `error`"),
    ("get_search_list", "a filter cannot read files"),
    ("get_jq_origin", "a filter cannot read files"),
    ("get_prog_origin", "a filter cannot read files"),
    ("modulemeta", "a filter cannot read files"),
    ("builtins", "the documentation lists the functions"),
    ("pow10", "it fails in jq 1.6; use `exp10`"),
];

impl<'t> Compiler<'t> {
    pub(super) fn call(
        &mut self,
        name: &'t str,
        arguments: &[Term<&'t str>],
    ) -> Result<Node, JqFilterError> {
        let arity = arguments.len();
        match self.scope.callee(name, arity) {
            Some(Callee::Filter(frames)) => return Ok(Node::new(Op::Argument(frames))),
            Some(Callee::Value(frames)) => return Ok(Node::new(Op::Variable(frames))),
            Some(Callee::Function { function, frames }) => {
                return self.call_function(function, arguments, frames);
            }
            None => {}
        }
        if name.starts_with('_') && !self.internal {
            return Err(self.unknown_function(name, arity));
        }
        self.check_expression(name, arguments)?;
        if let Some(format) = name.strip_prefix('@') {
            let Some(native) = format_named(format) else { return Err(self.unknown_format(name)) };
            return Ok(Node::new(Op::Native(native, Vec::new())));
        }
        if let Some(literal) = literal_named(name, arity) {
            return Ok(Node::new(Op::Literal(literal)));
        }
        if let Some(native) = native_named(name, arity) {
            let arguments = self.nodes(arguments)?;
            return Ok(Node::new(Op::Native(native, arguments)));
        }
        if let Some(form) = form_named(name, arity) {
            let arguments = self.nodes(arguments)?;
            return Ok(self.form(form, arguments));
        }
        if let Some(node) = self.shorthand(name, arguments)? {
            return Ok(node);
        }
        if let Some(definition) = definition_named(name, arity) {
            let function = self.defined(definition)?;
            // A definition of jq cannot use the names of the filter, so it needs no frames of the
            // filter.
            return self.call_function(function, arguments, usize::MAX);
        }
        Err(self.unknown_function(name, arity))
    }

    /// Checks a regular expression if it is a literal, with its flags if they are a literal, too.
    fn check_expression(
        &self,
        name: &str,
        arguments: &[Term<&'t str>],
    ) -> Result<(), JqFilterError> {
        let (pattern, flags) = match (name, arguments) {
            ("test" | "match" | "capture" | "scan" | "splits", [pattern])
            | ("sub" | "gsub", [pattern, _]) => (pattern, None),
            ("test" | "match" | "capture" | "split" | "splits", [pattern, flags])
            | ("sub" | "gsub", [pattern, _, flags]) => (pattern, Some(flags)),
            _ => return Ok(()),
        };
        let Some((pattern, pattern_text)) = literal_text(pattern) else { return Ok(()) };
        let flags = flags.and_then(literal_text).unwrap_or_default();
        regex::check(&pattern, &flags.0).map_err(|invalid| match invalid {
            Invalid::Flag(flag) => {
                let known = "use one or more of `g`, `i`, `n`, `p`, `s`, `x`";
                let problem = format!("`{flag}` is not a flag of regular expressions; {known}");
                self.error(problem, flags.1)
            }
            Invalid::Pattern(message) => {
                let message = message.lines().last().unwrap_or_default();
                let message = message.trim_start_matches("error: ");
                let problem = format!("the regular expression is not supported: {message}");
                self.error(problem, pattern_text)
            }
        })
    }

    /// Compiles functions that are abbreviations of other filters.
    fn shorthand(
        &mut self,
        name: &str,
        arguments: &[Term<&'t str>],
    ) -> Result<Option<Node>, JqFilterError> {
        let node = match (name, arguments) {
            ("map", [filter]) => {
                let each = Box::new([iterate(), self.term(filter)?]);
                Op::Collect(Some(Box::new(Node::new(Op::Pipe(each)))))
            }
            ("map_values", [filter]) => Op::Update(Box::new([iterate(), self.term(filter)?])),
            ("select", [condition]) => {
                let empty = Node::new(Op::Form(Form::Empty, Vec::new()));
                let condition = self.term(condition)?;
                Op::If(Box::new([condition, Node::new(Op::Identity), empty]))
            }
            ("recurse", []) => Op::Recurse,
            _ => return Ok(None),
        };
        Ok(Some(Node::new(node)))
    }

    fn call_function(
        &mut self,
        function: usize,
        arguments: &[Term<&'t str>],
        frames: usize,
    ) -> Result<Node, JqFilterError> {
        let nodes = self.nodes(arguments)?.into_iter();
        let are_values = self.parameters[function].iter();
        let arguments = nodes.zip(are_values).map(|(node, is_value)| {
            if *is_value { Argument::Value(node) } else { Argument::Filter(node) }
        });
        let op = Op::Call { function, arguments: arguments.collect(), frames };
        Ok(Node::call(op, self.functions[function].as_ref()))
    }

    /// Returns the index of a function that is defined in jq. The first call compiles the function.
    fn defined(&mut self, definition: &'static Definition) -> Result<usize, JqFilterError> {
        let key = (definition.name, definition.parameters.len());
        if let Some(function) = self.defined.get(&key) {
            return Ok(*function);
        }
        let function = self.functions.len();
        self.functions.push(None);
        let is_value = |parameter: &&str| parameter.starts_with('$');
        self.parameters.push(definition.parameters.iter().map(is_value).collect());
        self.defined.insert(key, function);
        let mut inner = Compiler::<'static>::new(definition.body, self.fidelity);
        std::mem::swap(&mut inner.functions, &mut self.functions);
        std::mem::swap(&mut inner.parameters, &mut self.parameters);
        std::mem::swap(&mut inner.defined, &mut self.defined);
        inner.internal = true;
        for parameter in definition.parameters {
            inner.scope.add_parameter(parameter);
        }
        let body = parse(definition.body).and_then(|body| inner.term(&body));
        self.functions = inner.functions;
        self.parameters = inner.parameters;
        self.defined = inner.defined;
        self.functions[function] = Some(body?);
        Ok(function)
    }

    fn nodes(&mut self, terms: &[Term<&'t str>]) -> Result<Vec<Node>, JqFilterError> {
        terms.iter().map(|term| self.term(term)).collect()
    }

    pub(super) fn format(&self, name: &str) -> Result<Native, JqFilterError> {
        format_named(name.trim_start_matches('@')).ok_or_else(|| self.unknown_format(name))
    }

    fn unknown_format(&self, name: &str) -> JqFilterError {
        self.error(format!("unknown format `{name}`"), name)
            .with_name(name, FORMATS.iter().map(|(name, _)| *name))
    }

    fn unknown_function(&self, name: &str, arity: usize) -> JqFilterError {
        if let Some((_, reason)) = NOT_AVAILABLE.iter().find(|(own, _)| *own == name) {
            return self.error(format!("`{name}` is not available: {reason}"), name);
        }
        let known = NATIVES.iter().map(|(name, ..)| *name).filter(|name| !name.starts_with('_'));
        let known = known.chain(FORMS.iter().map(|(name, ..)| *name));
        let known = known.chain(DEFINITIONS.iter().map(|definition| definition.name));
        let known =
            known.chain(["map", "map_values", "select", "recurse", "true", "false", "null"]);
        if known.clone().any(|own| own == name) {
            let noun = if arity == 1 { "argument" } else { "arguments" };
            let problem = format!("`{name}` does not take {arity} {noun}");
            return self.error(problem, name);
        }
        self.error(format!("unknown function `{name}/{arity}`"), name)
            .with_name(name, known.chain(self.scope.callable_names()))
    }
}

/// Returns the text of a string literal, and the first part of the literal as a slice of the filter.
/// Returns `None` for other terms, and for strings with `\(…)`.
fn literal_text<'t>(term: &Term<&'t str>) -> Option<(String, &'t str)> {
    let Term::Str(None, parts) = term else { return None };
    let mut text = String::new();
    let mut first = "";
    for part in parts {
        match part {
            StrPart::Str(part) => {
                text.push_str(part);
                first = if first.is_empty() { part } else { first };
            }
            StrPart::Char(part) => text.push(*part),
            StrPart::Term(_) => return None,
        }
    }
    Some((text, first))
}

fn iterate() -> Node {
    Node::new(Op::Iterate { base: Box::new(Node::new(Op::Identity)), optional: false })
}

fn literal_named(name: &str, arity: usize) -> Option<Literal> {
    match (name, arity) {
        ("null", 0) => Some(Literal::Null),
        ("true", 0) => Some(Literal::Bool(true)),
        ("false", 0) => Some(Literal::Bool(false)),
        ("nan", 0) => Some(Literal::Float(f64::NAN)),
        ("infinite", 0) => Some(Literal::Float(f64::INFINITY)),
        _ => None,
    }
}

fn definition_named(name: &str, arity: usize) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|it| it.name == name && it.parameters.len() == arity)
}
