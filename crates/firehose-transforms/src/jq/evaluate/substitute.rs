//! `sub` and `gsub`.

use super::{
    super::{
        functions::regex::{Piece, pieces},
        syntax::node::Node,
        values::{arithmetic::add, stop::Stop, value::Value},
    },
    env::Env,
    machine::{Emit, Machine},
};

impl<'p> Machine<'p> {
    /// Replaces the matches of an expression by the outputs of a filter for their named groups.
    pub(super) fn substitute(
        &self,
        input: &Value,
        expression: &[Value],
        replacement: &'p Node,
        env: &Env<'p>,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        let pieces = pieces(self.meter, input, expression)?;
        if let [_] = pieces[..] {
            return emit(input.clone());
        }
        self.join_pieces(&pieces, replacement, env, Value::text(""), emit)
    }

    /// Joins the pieces before `rest`. The first piece changes fastest.
    fn join_pieces(
        &self,
        pieces: &[Piece],
        replacement: &'p Node,
        env: &Env<'p>,
        rest: Value,
        emit: &mut Emit<'_>,
    ) -> Result<(), Stop> {
        self.meter.check_stack()?;
        let Some((last, others)) = pieces.split_last() else { return emit(rest) };
        match &last.groups {
            None => {
                let rest = add(last.before.clone(), rest, self.meter)?;
                self.join_pieces(others, replacement, env, rest, emit)
            }
            Some(groups) => self.each(replacement, env, groups.clone(), &mut |text| {
                let text = add(last.before.clone(), text, self.meter)?;
                let rest = add(text, rest.clone(), self.meter)?;
                self.join_pieces(others, replacement, env, rest, emit)
            }),
        }
    }
}
