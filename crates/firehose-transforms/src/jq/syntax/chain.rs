//! Chains of operators, such as `.a + 1 | tostring, .b`, grouped with the precedence of jq 1.6.

use jaq_core::{
    load::parse::{BinaryOp, Pattern as ParsedPattern, Term},
    ops::{Cmp, Math as ParsedMath},
};

use super::{
    super::filter_error::JqFilterError,
    compile::Compiler,
    node::{Comparison, Math, Node, Op},
};

/// The operands and operators of a chain, in the order in which they are written.
#[derive(Default)]
struct Chain<'a, 't> {
    operands: Vec<Operand<'a, 't>>,
    operators: Vec<&'a BinaryOp<&'t str>>,
}

#[derive(Clone, Copy)]
struct Operand<'a, 't> {
    /// The number of minus signs before the term.
    signs: usize,
    term: &'a Term<&'t str>,
    /// The pattern and the body of `term as pattern | body`, whose body is the rest of the chain.
    binding: Option<(&'a ParsedPattern<&'t str>, &'a Term<&'t str>)>,
}

impl<'a, 't> Chain<'a, 't> {
    fn add(&mut self, term: &'a Term<&'t str>) {
        let Term::BinOp(left, operator, right) = term else {
            let (mut term, mut signs) = (term, 0);
            while let Term::Neg(inner) = term {
                (term, signs) = (inner, signs + 1);
            }
            self.operands.push(Operand { signs, term, binding: None });
            return;
        };
        self.add(left);
        match operator {
            BinaryOp::Pipe(Some(pattern)) => {
                // `as` binds only the operand before it.
                if let Some(source) = self.operands.last_mut() {
                    source.binding = Some((pattern, right));
                }
            }
            _ => {
                self.operators.push(operator);
                self.add(right);
            }
        }
    }
}

impl<'t> Compiler<'t> {
    /// Compiles a chain of operators.
    pub(super) fn chain(&mut self, term: &Term<&'t str>) -> Result<Node, JqFilterError> {
        let mut chain = Chain::default();
        chain.add(term);
        let operators = chain.operators.iter().filter(|it| !matches!(it, BinaryOp::Comma)).count();
        let levels = operators + chain.operands.iter().map(|operand| operand.signs).sum::<usize>();
        self.within(levels, |compiler| {
            let mut place = 0;
            compiler.climb(&mut chain, &mut place, 0)
        })
    }

    /// Compiles the operand at `place`, and the operators after it that have at least the precedence
    /// `min`.
    fn climb(
        &mut self,
        chain: &mut Chain<'_, 't>,
        place: &mut usize,
        min: u8,
    ) -> Result<Node, JqFilterError> {
        let signs = std::mem::take(&mut chain.operands[*place].signs);
        let mut left = match chain.operands[*place] {
            // A sign applies to the whole product after it: `-.a * 2` is `-(.a * 2)`.
            _ if signs > 0 => self.climb(chain, place, PRODUCT)?,
            Operand { term, binding: None, .. } => self.term(term)?,
            Operand { term, binding: Some((pattern, body)), .. } => {
                self.bind(term, pattern, body)?
            }
        };
        for _ in 0..signs {
            left = Node::new(Op::Negate(Box::new(left)));
        }
        while let Some(&operator) = chain.operators.get(*place) {
            let (precedence, right_first) = precedence(operator);
            if precedence < min {
                break;
            }
            *place += 1;
            let right = self.climb(chain, place, precedence + u8::from(!right_first))?;
            left = combine(left, operator, right);
        }
        Ok(left)
    }
}

/// The precedence of `*`, `/` and `%`.
const PRODUCT: u8 = 8;

/// Returns the precedence of an operator, and true if it groups from the right.
fn precedence(operator: &BinaryOp<&str>) -> (u8, bool) {
    match operator {
        BinaryOp::Pipe(_) => (0, true),
        BinaryOp::Comma => (1, false),
        BinaryOp::Alt => (2, true),
        BinaryOp::Assign | BinaryOp::Update | BinaryOp::UpdateMath(_) | BinaryOp::UpdateAlt => {
            (3, true)
        }
        BinaryOp::Or => (4, false),
        BinaryOp::And => (5, false),
        BinaryOp::Cmp(_) => (6, false),
        BinaryOp::Math(ParsedMath::Add | ParsedMath::Sub) => (7, false),
        BinaryOp::Math(_) => (PRODUCT, false),
    }
}

fn combine(left: Node, operator: &BinaryOp<&str>, right: Node) -> Node {
    if let BinaryOp::Comma = operator {
        let mut nodes = match left {
            Node { op: Op::Comma(nodes), .. } => nodes,
            other => vec![other],
        };
        nodes.push(right);
        return Node::new(Op::Comma(nodes));
    }
    let both = Box::new([left, right]);
    Node::new(match operator {
        BinaryOp::Pipe(_) | BinaryOp::Comma => Op::Pipe(both),
        BinaryOp::Alt => Op::Alternative(both),
        BinaryOp::Or => Op::Or(both),
        BinaryOp::And => Op::And(both),
        BinaryOp::Math(math) => Op::Math(math_of(*math), both),
        BinaryOp::Cmp(comparison) => Op::Compare(comparison_of(*comparison), both),
        BinaryOp::Assign => Op::Assign(both),
        BinaryOp::Update => Op::Update(both),
        BinaryOp::UpdateMath(math) => Op::UpdateMath(math_of(*math), both),
        BinaryOp::UpdateAlt => Op::UpdateAlternative(both),
    })
}

fn math_of(math: ParsedMath) -> Math {
    match math {
        ParsedMath::Add => Math::Add,
        ParsedMath::Sub => Math::Subtract,
        ParsedMath::Mul => Math::Multiply,
        ParsedMath::Div => Math::Divide,
        ParsedMath::Rem => Math::Remainder,
    }
}

fn comparison_of(comparison: Cmp) -> Comparison {
    match comparison {
        Cmp::Lt => Comparison::Less,
        Cmp::Le => Comparison::LessOrEqual,
        Cmp::Gt => Comparison::Greater,
        Cmp::Ge => Comparison::GreaterOrEqual,
        Cmp::Eq => Comparison::Equal,
        Cmp::Ne => Comparison::NotEqual,
    }
}
