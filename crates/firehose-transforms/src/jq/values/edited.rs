use std::{cell::OnceCell, rc::Rc};

use super::{
    super::meter::{Exceeded, Meter},
    value::{Edited, Lazy, Object, Value, WrittenObject},
};

impl Edited {
    /// Returns the length of the text before changes.
    pub(crate) fn written_bytes(&self) -> usize {
        self.object.written_bytes()
    }

    #[inline]
    pub(super) fn open(&self) -> &Rc<Object> {
        self.opened.get_or_init(|| Rc::new(self.object.to_object()))
    }
}

impl Value {
    /// Returns the `WrittenObject` of an object of the record, with the changes so far, or `None`
    /// for any other value.
    #[inline]
    pub(super) fn written(&self) -> Option<&WrittenObject> {
        match self {
            Self::Lazy(lazy) => lazy.written(),
            Self::Edited(edited) => Some(&edited.object),
            _ => None,
        }
    }

    /// Changes an object of the record, or returns any other value as an error.
    pub(super) fn change_written<E: From<Exceeded>>(
        self,
        meter: &Meter,
        change: impl FnOnce(&mut WrittenObject) -> Result<(), E>,
    ) -> Result<Result<Self, Self>, E> {
        // A change frees the members in `opened`. Count the time that this takes.
        meter.steps(self.written().map_or(0, |object| object.len() / 8))?;
        let mut object = match self {
            Self::Lazy(lazy) => match lazy.written() {
                None => return Ok(Err(Self::Lazy(lazy))),
                Some(object) if Rc::strong_count(&lazy) > 1 => {
                    meter.build(object.copied_bytes())?;
                    object.clone()
                }
                Some(_) => match Rc::into_inner(lazy).and_then(Lazy::into_written) {
                    Some(object) => object,
                    None => return Ok(Err(Self::Null)),
                },
            },
            Self::Edited(mut edited) => match Rc::get_mut(&mut edited) {
                Some(Edited { object, opened }) => {
                    opened.take();
                    change(object)?;
                    let is_short = object.is_short();
                    let object = || edited.object.to_object();
                    return Ok(Ok(if is_short { Self::Edited(edited) } else { object().into() }));
                }
                None => {
                    meter.build(edited.object.copied_bytes())?;
                    edited.object.clone()
                }
            },
            other => return Ok(Err(other)),
        };
        change(&mut object)?;
        if !object.is_short() {
            return Ok(Ok(object.to_object().into()));
        }
        Ok(Ok(Self::Edited(Rc::new(Edited { object, opened: OnceCell::new() }))))
    }

    /// Converts a changed object into an object with all members.
    pub(super) fn into_opened_edited(edited: Rc<Edited>) -> Rc<Object> {
        edited.open();
        match Rc::try_unwrap(edited) {
            Ok(Edited { object, opened }) => {
                opened.into_inner().unwrap_or_else(|| Rc::new(object.to_object()))
            }
            Err(shared) => Rc::clone(shared.open()),
        }
    }
}
