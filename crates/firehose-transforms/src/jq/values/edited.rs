use std::{cell::OnceCell, rc::Rc};

use super::{
    super::meter::{Exceeded, Meter},
    value::{Object, Value},
    written::WrittenObject,
};

/// An object of the record of which a filter has changed some members.
#[derive(Debug)]
pub(crate) struct Edited {
    pub(super) object: WrittenObject,
    /// All members, built when a filter needs them.
    opened: OnceCell<Rc<Object>>,
}

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
    /// Returns the members of an object of the record as they are written.
    #[inline]
    pub(super) fn written(&self) -> Option<&WrittenObject> {
        match self {
            Self::Lazy(lazy) => lazy.written(),
            Self::Edited(edited) => Some(&edited.object),
            _ => None,
        }
    }

    /// Takes an object of the record to change it, or returns any other value.
    pub(super) fn own_written(
        self,
        meter: &Meter,
    ) -> Result<Result<WrittenObject, Self>, Exceeded> {
        // A change drops the members that are built.
        meter.steps(self.written().map_or(0, |object| object.len() / 8))?;
        let copy = |object: &WrittenObject| {
            meter.build(object.copied_bytes())?;
            Ok(object.clone())
        };
        match self {
            Self::Lazy(lazy) => {
                let Some(object) = lazy.written() else { return Ok(Err(Self::Lazy(lazy))) };
                if Rc::strong_count(&lazy) > 1 {
                    return copy(object).map(Ok);
                }
                match Rc::try_unwrap(lazy) {
                    Ok(lazy) => Ok(lazy.into_written().ok_or(Self::Null)),
                    Err(lazy) => Ok(Err(Self::Lazy(lazy))),
                }
            }
            Self::Edited(edited) => match Rc::try_unwrap(edited) {
                Ok(edited) => Ok(Ok(edited.object)),
                Err(shared) => copy(&shared.object).map(Ok),
            },
            other => Ok(Err(other)),
        }
    }

    /// Takes an object with all members built.
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

impl From<WrittenObject> for Value {
    fn from(object: WrittenObject) -> Self {
        if !object.is_short() {
            return object.to_object().into();
        }
        Self::Edited(Rc::new(Edited { object, opened: OnceCell::new() }))
    }
}
