//! Compiles the tree of a filter into a program.

use std::{collections::HashMap, sync::Arc};

use jaq_core::{
    load::{
        lex::StrPart,
        parse::{Def, Pattern as ParsedPattern, Term},
    },
    path::{Opt, Part as PathPart, Path},
};

use super::{
    super::{fidelity::Fidelity, filter_error::JqFilterError, values::number::ParsedNumber},
    node::{Fold, Form, Literal, Node, Op, Part, Pattern},
    old_syntax::{is_old_value, text_of},
    parse::PARENTHESES,
    scope::Scope,
};

/// The maximum number of nested terms and operators of a filter.
const MAX_LEVELS: usize = 300;

/// The state of a compilation.
pub(super) struct Compiler<'t> {
    pub(super) text: &'t str,
    pub(super) scope: Scope,
    /// The bodies of all functions; `None` while the body is being compiled.
    pub(super) functions: Vec<Option<Node>>,
    /// The parameters of all functions: true for a value such as `$a`, false for a filter.
    pub(super) parameters: Vec<Vec<bool>>,
    /// The indexes in `functions` of the functions that are defined in jq, by name and number of
    /// arguments.
    pub(super) defined: HashMap<(&'static str, usize), usize>,
    /// True in the definitions of this crate, which may call functions whose names begin with `_`.
    pub(super) internal: bool,
    /// The number of nested terms and operators around the current one.
    levels: usize,
    pub(super) fidelity: Fidelity,
}

impl<'t> Compiler<'t> {
    pub(super) fn new(text: &'t str, fidelity: Fidelity) -> Self {
        Self {
            text,
            scope: Scope::default(),
            functions: Vec::new(),
            parameters: Vec::new(),
            defined: HashMap::new(),
            internal: false,
            levels: 0,
            fidelity,
        }
    }

    pub(super) fn error(&self, problem: impl Into<String>, part: &str) -> JqFilterError {
        JqFilterError::new(problem, self.text, part)
    }

    /// Calls `compile` with the depth raised by this number of levels. Fails if the filter then has
    /// too many levels.
    pub(super) fn within<T>(
        &mut self,
        levels: usize,
        compile: impl FnOnce(&mut Self) -> Result<T, JqFilterError>,
    ) -> Result<T, JqFilterError> {
        self.levels += levels;
        if self.levels > MAX_LEVELS {
            let problem = format!("the filter has more than {MAX_LEVELS} nested terms");
            return Err(self.error(problem, ""));
        }
        let result = compile(self);
        self.levels -= levels;
        result
    }

    pub(super) fn term(&mut self, term: &Term<&'t str>) -> Result<Node, JqFilterError> {
        self.within(1, |compiler| compiler.term_of(term))
    }

    fn boxed(&mut self, term: &Term<&'t str>) -> Result<Box<Node>, JqFilterError> {
        self.term(term).map(Box::new)
    }

    fn term_of(&mut self, term: &Term<&'t str>) -> Result<Node, JqFilterError> {
        let op = match term {
            Term::Id => Op::Identity,
            Term::Recurse => Op::Recurse,
            Term::Num(number) => Op::Literal(number_of(number, self.fidelity)),
            Term::Str(format, parts) => return self.string(*format, parts),
            Term::Arr(None) => Op::Collect(None),
            Term::Arr(Some(items)) => Op::Collect(Some(self.boxed(items)?)),
            Term::Obj(members) => {
                let members = members.iter().map(|(key, value)| self.member(key, value.as_ref()));
                Op::Construct(members.collect::<Result<_, _>>()?)
            }
            Term::Neg(term) => Op::Negate(self.boxed(term)?),
            Term::BinOp(..) => return self.chain(term),
            Term::Label(name, body) => {
                let mark = self.scope.mark();
                self.scope.add_label(name);
                let body = self.boxed(body)?;
                self.scope.reset(mark);
                Op::Label(body)
            }
            Term::Break(name) => {
                let label = self.scope.label(name);
                Op::Break(label.ok_or_else(|| {
                    self.error(format!("`break {name}` needs `label {name} |` around it"), name)
                })?)
            }
            Term::Fold(name, source, pattern, arguments) => {
                return self.fold(name, source, pattern, arguments);
            }
            Term::TryCatch(body, handler) => Op::Try {
                body: self.boxed(body)?,
                handler: handler.as_ref().map(|handler| self.boxed(handler)).transpose()?,
            },
            Term::IfThenElse(branches, otherwise) => {
                return self.branches(branches, otherwise.as_deref());
            }
            Term::Def(definitions, body) => {
                let mark = self.scope.mark();
                for definition in definitions {
                    self.define(definition)?;
                }
                let body = self.term(body)?;
                self.scope.reset(mark);
                return Ok(body);
            }
            Term::Call(PARENTHESES, arguments) if arguments.len() == 1 => {
                return self.term(&arguments[0]);
            }
            Term::Call(name, arguments) => return self.call(name, arguments),
            Term::Var("$__loc__") => return Ok(self.location(term)),
            Term::Var(name) => {
                return match self.scope.variable(name) {
                    Some(frames) => Ok(Node::new(Op::Variable(frames))),
                    None => Err(self.unknown_variable(name)),
                };
            }
            Term::Path(base, path) => return self.path(base, path),
        };
        Ok(Node::new(op))
    }

    /// Returns `true` if syntax that jq 1.6 does not have is an error.
    fn rejects_new_syntax(&self) -> bool {
        self.fidelity.is_jq() && !self.internal
    }

    fn branches(
        &mut self,
        branches: &[(Term<&'t str>, Term<&'t str>)],
        otherwise: Option<&Term<&'t str>>,
    ) -> Result<Node, JqFilterError> {
        if otherwise.is_none() && self.rejects_new_syntax() {
            let part = branches.first().map_or("", |(condition, _)| text_of(condition));
            return Err(self.error("jq 1.6 needs an `else` in each `if`", part));
        }
        self.within(branches.len(), |compiler| {
            let mut node = match otherwise {
                Some(term) => compiler.term(term)?,
                None => Node::new(Op::Identity),
            };
            for (condition, then) in branches.iter().rev() {
                let (condition, then) = (compiler.term(condition)?, compiler.term(then)?);
                node = Node::new(Op::If(Box::new([condition, then, node])));
            }
            Ok(node)
        })
    }

    fn member(
        &mut self,
        key: &Term<&'t str>,
        value: Option<&Term<&'t str>>,
    ) -> Result<(Node, Node), JqFilterError> {
        if let Some(value) = value.filter(|value| !is_old_value(value))
            && self.rejects_new_syntax()
        {
            let problem = "jq 1.6 needs parentheses around the value of a key if the value is more \
                           than a pipe of terms";
            return Err(self.error(problem, text_of(value)));
        }
        match (key, value) {
            (Term::Var(name), None) => {
                let value = self.term(key)?;
                Ok((text_node(name.trim_start_matches('$')), value))
            }
            (key, None) => {
                let (name, index) = (self.term(key)?, self.term(key)?);
                Ok((name, index_node(Node::new(Op::Identity), index, false)))
            }
            (key, Some(value)) => Ok((self.term(key)?, self.term(value)?)),
        }
    }

    fn path(
        &mut self,
        base: &Term<&'t str>,
        path: &Path<Term<&'t str>>,
    ) -> Result<Node, JqFilterError> {
        self.within(path.0.len(), |compiler| {
            let mut node = compiler.term(base)?;
            for (part, optional) in &path.0 {
                let optional = matches!(optional, Opt::Optional);
                node = match part {
                    PathPart::Index(index) => index_node(node, compiler.term(index)?, optional),
                    PathPart::Range(None, None) => {
                        Node::new(Op::Iterate { base: Box::new(node), optional })
                    }
                    PathPart::Range(from, upto) => {
                        let mut bound = |bound: &Option<Term<&'t str>>| {
                            bound.as_ref().map(|term| compiler.term(term)).transpose()
                        };
                        let bounds = Box::new([bound(from)?, bound(upto)?]);
                        Node::new(Op::Slice { base: Box::new(node), bounds, optional })
                    }
                };
            }
            Ok(node)
        })
    }

    fn string(
        &mut self,
        format: Option<&'t str>,
        parts: &[StrPart<&'t str, Term<&'t str>>],
    ) -> Result<Node, JqFilterError> {
        let mut joined: Vec<Part> = Vec::new();
        let mut text = String::new();
        for part in parts {
            match part {
                StrPart::Str(part) => text.push_str(part),
                StrPart::Char(part) => text.push(*part),
                StrPart::Term(term) => {
                    if !text.is_empty() {
                        joined.push(Part::Text(std::mem::take(&mut text).into()));
                    }
                    joined.push(Part::Node(self.term(term)?));
                }
            }
        }
        if joined.is_empty() {
            return Ok(text_node(&text));
        }
        if !text.is_empty() {
            joined.push(Part::Text(text.into()));
        }
        let format = self.format(format.unwrap_or("@text"))?;
        Ok(Node::new(Op::Interpolate { format, parts: joined }))
    }

    /// Compiles `source as pattern | body`.
    pub(super) fn bind(
        &mut self,
        source: &Term<&'t str>,
        pattern: &ParsedPattern<&'t str>,
        body: &Term<&'t str>,
    ) -> Result<Node, JqFilterError> {
        let source = self.boxed(source)?;
        let compiled = self.pattern(pattern)?;
        let mark = self.scope.mark();
        self.add_variables(pattern);
        let body = self.boxed(body)?;
        self.scope.reset(mark);
        Ok(Node::new(Op::Bind { source, pattern: compiled, body }))
    }

    fn fold(
        &mut self,
        name: &'t str,
        source: &Term<&'t str>,
        pattern: &ParsedPattern<&'t str>,
        arguments: &[Term<&'t str>],
    ) -> Result<Node, JqFilterError> {
        let (init, update, extract) = match (name, arguments) {
            (_, [init, update]) => (init, update, None),
            ("foreach", [init, update, extract]) => (init, update, Some(extract)),
            _ => return Err(self.error(format!("`{name}` needs `(init; update)`"), name)),
        };
        let (source, init) = (self.term(source)?, self.term(init)?);
        let compiled = self.pattern(pattern)?;
        let mark = self.scope.mark();
        self.add_variables(pattern);
        let update = self.term(update)?;
        let extract = extract.map(|extract| self.boxed(extract)).transpose()?;
        self.scope.reset(mark);
        let fold = Box::new(Fold { source, pattern: compiled, init, update });
        Ok(Node::new(match name {
            "reduce" => Op::Reduce(fold),
            _ => Op::Foreach(fold, extract),
        }))
    }

    fn pattern(&mut self, pattern: &ParsedPattern<&'t str>) -> Result<Pattern, JqFilterError> {
        let parts = match pattern {
            ParsedPattern::Var(_) => return Ok(Pattern::Variable),
            ParsedPattern::Arr(items) => {
                let keys = (0..).map(|place| Ok(Node::new(Op::Literal(Literal::Int(place)))));
                keys.zip(items)
                    .map(|(key, item)| Ok((key?, self.within(1, |it| it.pattern(item))?)))
                    .collect::<Result<_, JqFilterError>>()?
            }
            ParsedPattern::Obj(members) => members
                .iter()
                .map(|(key, member)| {
                    Ok((self.term(key)?, self.within(1, |it| it.pattern(member))?))
                })
                .collect::<Result<_, JqFilterError>>()?,
        };
        Ok(Pattern::Parts(parts))
    }

    fn add_variables(&mut self, pattern: &ParsedPattern<&'t str>) {
        match pattern {
            ParsedPattern::Var(name) => self.scope.add_variable(name),
            ParsedPattern::Arr(items) => items.iter().for_each(|item| self.add_variables(item)),
            ParsedPattern::Obj(members) => {
                members.iter().for_each(|(_, member)| self.add_variables(member));
            }
        }
    }

    /// Compiles the definition of a function and adds the function to the scope.
    fn define(&mut self, definition: &Def<&'t str>) -> Result<(), JqFilterError> {
        let Def { name, args, body } = definition;
        let function = self.functions.len();
        self.functions.push(None);
        self.parameters.push(args.iter().map(|parameter| parameter.starts_with('$')).collect());
        self.scope.add_function(name, args.len(), function);
        let mark = self.scope.mark();
        args.iter().for_each(|parameter| self.scope.add_parameter(parameter));
        let body = self.term(body)?;
        self.scope.reset(mark);
        self.functions[function] = Some(body);
        Ok(())
    }

    /// Compiles `$__loc__`: an object with a constant file name and the line of the variable.
    fn location(&self, term: &Term<&'t str>) -> Node {
        let offset = match term {
            Term::Var(name) => name.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr()),
            _ => 0,
        };
        let line = 1 + self.text.get(..offset).map_or(0, |before| before.matches('\n').count());
        let line = Node::new(Op::Literal(Literal::Int(line as i64)));
        let members =
            vec![(text_node("file"), text_node("<top-level>")), (text_node("line"), line)];
        Node::new(Op::Construct(members))
    }

    fn unknown_variable(&self, name: &str) -> JqFilterError {
        if name == "$ENV" {
            let problem = "`$ENV` is not available, since a filter cannot read the environment";
            return self.error(problem, name);
        }
        self.error(format!("unknown variable `{name}`"), name)
            .with_name(name, self.scope.variable_names())
    }

    pub(super) fn form(&mut self, form: Form, arguments: Vec<Node>) -> Node {
        Node::new(Op::Form(form, arguments))
    }
}

pub(super) fn text_node(text: &str) -> Node {
    Node::new(Op::Literal(Literal::Text(text.into())))
}

fn index_node(base: Node, index: Node, optional: bool) -> Node {
    let base = Box::new(base);
    Node::new(match index.op {
        Op::Literal(Literal::Text(key)) => Op::Field { base, key: Arc::clone(&key), optional },
        _ => Op::Index { base, index: Box::new(index), optional },
    })
}

fn number_of(text: &str, fidelity: Fidelity) -> Literal {
    let mut number = ParsedNumber::from_text(text);
    if fidelity.is_jq() {
        number = number.rounded().parsed();
    }
    match number {
        ParsedNumber::Int(int) => i64::try_from(int).map_or(Literal::Wide(int), Literal::Int),
        ParsedNumber::Float(float) => Literal::Float(float),
    }
}
