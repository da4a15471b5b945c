//! The syntax of jq 1.6 where jaq's parser accepts more.

use jaq_core::{
    load::{
        lex::StrPart,
        parse::{BinaryOp, Term},
    },
    path::Part as PathPart,
};

/// Returns `true` for a term that jq 1.6 accepts as the value of a key without parentheses: a pipe
/// of terms, such as `.a|tostring`, but not `.a // 1` or `if .a then 1 else 2 end`.
pub(super) fn is_old_value(term: &Term<&str>) -> bool {
    match term {
        Term::BinOp(left, BinaryOp::Pipe(None), right) => is_old_value(left) && is_old_value(right),
        Term::Neg(term) => is_old_value(term),
        Term::BinOp(..)
        | Term::IfThenElse(..)
        | Term::Fold(..)
        | Term::Def(..)
        | Term::Label(..)
        | Term::TryCatch(_, Some(_)) => false,
        _ => true,
    }
}

/// Returns the first text of a term, for the position of an error. Returns an empty text if the
/// term has none.
pub(super) fn text_of<'t>(term: &Term<&'t str>) -> &'t str {
    match term {
        Term::Num(text) | Term::Var(text) | Term::Break(text) | Term::Label(text, _) => text,
        Term::Str(_, parts) => parts
            .iter()
            .find_map(|part| match part {
                StrPart::Str(text) => Some(*text),
                StrPart::Term(term) => Some(text_of(term)),
                StrPart::Char(_) => None,
            })
            .unwrap_or_default(),
        Term::BinOp(left, _, right) => {
            Some(text_of(left)).filter(|text| !text.is_empty()).unwrap_or_else(|| text_of(right))
        }
        Term::Neg(term) | Term::TryCatch(term, _) | Term::Def(_, term) => text_of(term),
        Term::IfThenElse(branches, _) => {
            branches.first().map_or("", |(condition, _)| text_of(condition))
        }
        Term::Fold(name, ..) => name,
        Term::Call(_, arguments) if text_is_empty(term) => {
            arguments.first().map_or("", |argument| text_of(argument))
        }
        Term::Call(name, _) => name,
        Term::Path(base, path) => Some(text_of(base))
            .filter(|text| !text.is_empty())
            .or_else(|| {
                path.0.iter().find_map(|(part, _)| match part {
                    PathPart::Index(index) => Some(text_of(index)),
                    PathPart::Range(..) => None,
                })
            })
            .unwrap_or_default(),
        Term::Arr(Some(items)) => text_of(items),
        Term::Obj(members) => members.first().map_or("", |(key, _)| text_of(key)),
        Term::Id | Term::Recurse | Term::Arr(None) => "",
    }
}

/// Returns `true` for the call that stands for parentheses, whose name is empty.
fn text_is_empty(term: &Term<&str>) -> bool {
    matches!(term, Term::Call(name, _) if name.is_empty())
}
