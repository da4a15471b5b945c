//! The program of a filter.

use std::sync::Arc;

use super::super::{
    fidelity::Fidelity,
    meter::Meter,
    values::{number::Number, stop::Stop, text::Text, value::Value},
};

/// A function of values: the input, and one value for each argument.
pub(crate) type Native = fn(&Meter, Value, &[Value]) -> Result<Value, Stop>;

/// A compiled filter.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) main: Node,
    /// The bodies of the functions. A call has the index of its function.
    pub(crate) functions: Vec<Node>,
    /// The parts of an item that the program reads.
    pub(crate) root: RootParts,
    pub(crate) fidelity: Fidelity,
}

/// The parts of an item that a program reads. This is only a hint for speed. A program can also
/// read parts that the hint does not name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RootParts {
    /// These fields of an object.
    Fields(Vec<Arc<str>>),
    /// Fields of an object that the program sets or deletes, or more than eight fields that it
    /// reads. The check finds the positions of all members.
    Some,
    /// All values within an array or object.
    All,
}

/// A part of a filter.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) op: Op,
    /// True if each input gives one output or an error, and never none or several.
    pub(crate) single: bool,
}

#[derive(Debug)]
pub(crate) enum Op {
    Identity,
    /// `..`
    Recurse,
    Literal(Literal),
    /// A variable, by the number of frames inside its own frame. A frame is one binding of a variable,
    /// an argument or a label in the environment.
    Variable(usize),
    /// `base.key`. With `optional` (`?`), an error becomes no output.
    Field {
        base: Box<Node>,
        key: Arc<str>,
        optional: bool,
    },
    Index {
        base: Box<Node>,
        index: Box<Node>,
        optional: bool,
    },
    Slice {
        base: Box<Node>,
        bounds: Box<[Option<Node>; 2]>,
        optional: bool,
    },
    Iterate {
        base: Box<Node>,
        optional: bool,
    },
    Collect(Option<Box<Node>>),
    Construct(Vec<(Node, Node)>),
    Interpolate {
        format: Native,
        parts: Vec<Part>,
    },
    Negate(Box<Node>),
    Pipe(Box<[Node; 2]>),
    Comma(Vec<Node>),
    Bind {
        source: Box<Node>,
        pattern: Pattern,
        body: Box<Node>,
    },
    And(Box<[Node; 2]>),
    Or(Box<[Node; 2]>),
    /// `left // right`
    Alternative(Box<[Node; 2]>),
    /// The condition, the part for true, and the part for false.
    If(Box<[Node; 3]>),
    Try {
        body: Box<Node>,
        handler: Option<Box<Node>>,
    },
    Reduce(Box<Fold>),
    Foreach(Box<Fold>, Option<Box<Node>>),
    Label(Box<Node>),
    /// `break`, by the number of frames between the label and its use.
    Break(usize),
    Math(Math, Box<[Node; 2]>),
    Compare(Comparison, Box<[Node; 2]>),
    /// `path = value`
    Assign(Box<[Node; 2]>),
    /// `path |= filter`
    Update(Box<[Node; 2]>),
    /// `path += value`, `path -= value` and so on
    UpdateMath(Math, Box<[Node; 2]>),
    /// `path //= value`
    UpdateAlternative(Box<[Node; 2]>),
    /// A call of a function, by the number of frames between its definition and the call.
    Call {
        function: usize,
        arguments: Vec<Argument>,
        frames: usize,
    },
    /// A call of a filter argument, by the number of frames between the argument and the call.
    Argument(usize),
    Native(Native, Vec<Node>),
    Form(Form, Vec<Node>),
}

/// An argument of a call: a filter, or a value for a parameter such as `$a`.
#[derive(Debug)]
pub(crate) enum Argument {
    Filter(Node),
    Value(Node),
}

/// The parts that `reduce` and `foreach` share.
#[derive(Debug)]
pub(crate) struct Fold {
    pub(crate) source: Node,
    pub(crate) pattern: Pattern,
    pub(crate) init: Node,
    pub(crate) update: Node,
}

/// A part of a string with `\(…)`.
#[derive(Debug)]
pub(crate) enum Part {
    Text(Arc<str>),
    Node(Node),
}

/// The pattern after `as`. Each variable gets a frame, from left to right.
#[derive(Debug)]
pub(crate) enum Pattern {
    Variable,
    /// Parts with their keys.
    Parts(Vec<(Node, Self)>),
}

#[derive(Clone, Debug)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Wide(i128),
    Float(f64),
    Text(Arc<str>),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Math {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
}

/// A function that evaluates its arguments itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    All,
    Any,
    Delete,
    Empty,
    Error,
    First,
    GetPath,
    GroupBy,
    IsEmpty,
    Last,
    Limit,
    MaxBy,
    MinBy,
    Path,
    Range,
    Recurse,
    Repeat,
    SortBy,
    Substitute,
    UniqueBy,
    Until,
    Walk,
    While,
}

impl Literal {
    #[inline]
    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(bool) => Value::Bool(*bool),
            Self::Int(int) => Value::Number(Number::Int(*int)),
            Self::Wide(int) => Value::Number(Number::from_int(*int)),
            Self::Float(float) => Value::Number(Number::Float(*float)),
            Self::Text(text) => Value::Text(Text::Constant(Arc::clone(text))),
        }
    }
}

impl Node {
    /// Creates a node other than a call.
    pub(crate) fn new(op: Op) -> Self {
        let single = is_single(&op);
        Self { op, single }
    }

    /// Creates a call. `body` is `None` while the function is still being compiled, as in a
    /// recursive call. Such a call may have any number of outputs.
    pub(crate) fn call(op: Op, body: Option<&Self>) -> Self {
        let values_are_single = match &op {
            Op::Call { arguments, .. } => arguments.iter().all(|argument| match argument {
                Argument::Value(node) => node.single,
                Argument::Filter(_) => true,
            }),
            _ => false,
        };
        Self { op, single: values_are_single && body.is_some_and(|body| body.single) }
    }

    /// Returns true for a path of fields, literal indices and `[]`, without `?`.
    pub(crate) fn is_plain_path(&self) -> bool {
        match &self.op {
            Op::Identity => true,
            Op::Field { base, optional: false, .. } | Op::Iterate { base, optional: false } => {
                base.is_plain_path()
            }
            Op::Index { base, index, optional: false } => {
                matches!(index.op, Op::Literal(_)) && base.is_plain_path()
            }
            _ => false,
        }
    }
}

fn is_single(op: &Op) -> bool {
    let all = |nodes: &[Node]| nodes.iter().all(|node| node.single);
    match op {
        Op::Identity | Op::Literal(_) | Op::Variable(_) | Op::Collect(_) | Op::Update(_) => true,
        Op::Field { base, optional, .. } => base.single && !optional,
        Op::Index { base, index, optional } => base.single && index.single && !optional,
        Op::Slice { base, bounds, optional } => {
            base.single && bounds.iter().flatten().all(|bound| bound.single) && !optional
        }
        Op::Construct(members) => members.iter().all(|(key, value)| key.single && value.single),
        Op::Interpolate { parts, .. } => parts.iter().all(|part| match part {
            Part::Text(_) => true,
            Part::Node(node) => node.single,
        }),
        Op::Negate(node) => node.single,
        Op::Pipe(nodes)
        | Op::And(nodes)
        | Op::Or(nodes)
        | Op::Alternative(nodes)
        | Op::Math(_, nodes)
        | Op::Compare(_, nodes) => all(&nodes[..]),
        Op::If(nodes) => all(&nodes[..]),
        Op::Bind { source, pattern, body } => {
            source.single && body.single && matches!(pattern, Pattern::Variable)
        }
        Op::Try { body, handler } => {
            body.single && handler.as_ref().is_some_and(|handler| handler.single)
        }
        Op::Reduce(fold) => fold.init.single,
        Op::Assign(nodes) | Op::UpdateMath(_, nodes) | Op::UpdateAlternative(nodes) => {
            nodes[1].single
        }
        Op::Native(_, arguments) => all(arguments),
        Op::Form(form, arguments) => match form {
            Form::All
            | Form::Any
            | Form::Delete
            | Form::GroupBy
            | Form::IsEmpty
            | Form::Last
            | Form::MaxBy
            | Form::MinBy
            | Form::SortBy
            | Form::UniqueBy => true,
            Form::GetPath => all(arguments),
            _ => false,
        },
        Op::Recurse
        | Op::Iterate { .. }
        | Op::Comma(_)
        | Op::Foreach(..)
        | Op::Label(_)
        | Op::Break(_)
        | Op::Call { .. }
        | Op::Argument(_) => false,
    }
}
