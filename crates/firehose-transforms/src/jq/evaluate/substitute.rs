//! `sub` and `gsub`.

use super::{
    super::{
        functions::regex::{Piece, pieces},
        syntax::node::Node,
        values::{
            arithmetic::{add, joined_texts},
            stop::Stop,
            value::Value,
        },
    },
    env::Env,
    machine::{Emit, Machine},
};

impl<'p> Machine<'p> {
    /// Replaces each match of an expression with an output of a filter, whose input is the object
    /// of the named groups of the match.
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
        match self.joined(&pieces, replacement, env) {
            Some(text) => emit(text),
            None => self.join_pieces(&pieces, replacement, env, Value::text(""), emit),
        }
    }

    /// Joins the pieces in linear time, if the replacement has exactly one output for each match.
    ///
    /// Returns `None` if the replacement has no output or several, or fails. Then
    /// [`join_pieces`](Self::join_pieces) evaluates all replacements again, so that the outputs before
    /// an error are not lost. It copies the rest of the text at each match.
    fn joined(&self, pieces: &[Piece], replacement: &'p Node, env: &Env<'p>) -> Option<Value> {
        let mut texts = Vec::with_capacity(pieces.len());
        for piece in pieces.iter().rev() {
            let before = piece.before.clone();
            let Some(groups) = &piece.groups else {
                texts.push(before);
                continue;
            };
            let (mut text, mut has_several) = (None, false);
            let evaluated = self.each(replacement, env, groups.clone(), &mut |output| {
                has_several = text.replace(output).is_some();
                if has_several { Err(Stop::public("several outputs")) } else { Ok(()) }
            });
            let text = text.filter(|_| evaluated.is_ok() && !has_several)?;
            texts.push(add(before, text, self.meter).ok()?);
        }
        texts.reverse();
        joined_texts(&texts, self.meter).ok()?
    }

    /// Passes the pieces joined with `rest` to `emit`, for all combinations of the outputs of the
    /// replacement. The first piece changes fastest.
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
