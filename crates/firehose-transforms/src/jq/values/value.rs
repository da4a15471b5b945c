use std::{cell::OnceCell, rc::Rc, sync::Arc};

use super::{
    super::{
        fidelity::Fidelity,
        limits::JqLimits,
        meter::{Exceeded, Meter},
    },
    members::Members,
    number::Number,
    slice::Slice,
    text::Text,
};

/// The number of bytes that each item of a built array counts.
pub(crate) const ITEM_BYTES: usize = size_of::<Value>();

/// The number of bytes that each member of a built object counts.
pub(crate) const MEMBER_BYTES: usize = size_of::<(Text, Value)>();

/// A value that a filter works with.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(Text),
    /// An array or object of the item, which keeps its text.
    Lazy(Rc<Lazy>),
    Array(Rc<Array>),
    Object(Rc<Object>),
    /// An object of the record with some members changed.
    Edited(Rc<Edited>),
}

/// An array or object as it is written. It is read when a filter first needs one of its parts.
#[derive(Debug)]
pub(crate) struct Lazy {
    /// The text from bracket to bracket.
    pub(super) slice: Slice,
    /// An upper limit of the levels of nesting, including this one.
    pub(super) depth: u8,
    pub(super) fidelity: Fidelity,
    pub(super) opened: OnceCell<Opened>,
    /// The members as ranges of the text, or `None` if they do not fit.
    pub(super) written: OnceCell<Option<Box<WrittenObject>>>,
    /// Fields that the check of the text has found. An object may have more.
    pub(super) fields: FoundFields,
}

/// Fields by their names. The value of a missing field is null.
pub(super) type FoundFields = Box<[(Arc<str>, Value)]>;

/// An object of the record of which a filter has changed some members.
#[derive(Debug)]
pub(crate) struct Edited {
    pub(super) object: WrittenObject,
    /// All members, built when a filter needs them.
    pub(super) opened: OnceCell<Rc<Object>>,
}

/// An object of the record whose members are ranges of the text, without escapes in the keys.
///
/// A filter that sets or deletes some members builds no values of the others, and an output copies
/// neighboring members at once.
#[derive(Clone, Debug)]
pub(crate) struct WrittenObject {
    /// The text from bracket to bracket.
    pub(super) text: Slice,
    pub(super) members: Vec<WrittenMember>,
    /// The arrays and objects among the values, by the place of their text, so that each is read once.
    pub(super) nested: Vec<(u32, Value)>,
    /// The members that the filter has set.
    pub(super) own: Vec<(Text, Value)>,
    pub(super) depth: u8,
}

/// A member, in the order of the object.
#[derive(Clone, Copy, Debug)]
pub(crate) enum WrittenMember {
    /// Places in the whole text of the record. The key has its quotes.
    Written { key: u32, key_end: u32, value: u32, value_end: u32 },
    /// The place in the list of own members.
    Own(u32),
}

/// The content of a lazy array or object.
#[derive(Clone, Debug)]
pub(crate) enum Opened {
    Array(Rc<Array>),
    Object(Rc<Object>),
}

/// The items of an array, and an upper limit of the levels of nesting, including this one.
#[derive(Clone, Debug)]
pub(crate) struct Array {
    pub(super) items: Vec<Value>,
    pub(super) depth: u8,
}

/// The members of an object, and an upper limit of the levels of nesting, including this one.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(super) members: Members<Value>,
    pub(super) depth: u8,
}

/// A reference to a value whose array or object has been read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum View<'a> {
    Null,
    Bool(bool),
    Number(&'a Number),
    Text(&'a Text),
    Array(&'a Rc<Array>),
    Object(&'a Rc<Object>),
}

impl Value {
    /// Returns the value, and reads it if it is an unread array or object.
    #[inline]
    pub(crate) fn view(&self) -> View<'_> {
        match self {
            Self::Null => View::Null,
            Self::Bool(bool) => View::Bool(*bool),
            Self::Number(number) => View::Number(number),
            Self::Text(text) => View::Text(text),
            Self::Array(array) => View::Array(array),
            Self::Object(object) => View::Object(object),
            Self::Lazy(lazy) => match lazy.open() {
                Opened::Array(array) => View::Array(array),
                Opened::Object(object) => View::Object(object),
            },
            Self::Edited(edited) => View::Object(edited.open()),
        }
    }

    /// Returns false for null and false, and true for every other value.
    #[inline]
    pub(crate) fn is_true(&self) -> bool {
        !matches!(self, Self::Null | Self::Bool(false))
    }

    /// Returns the name of the type in jq.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) | Self::Edited(_) => "object",
            Self::Lazy(lazy) if lazy.is_object() => "object",
            Self::Lazy(_) => "array",
        }
    }

    pub(crate) fn as_text(&self) -> Option<&Text> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn as_number(&self) -> Option<&Number> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    pub(crate) fn as_array(&self) -> Option<&[Self]> {
        if let View::Array(array) = self.view() { Some(&array.items) } else { None }
    }

    pub(crate) fn as_object(&self) -> Option<&Members<Self>> {
        if let View::Object(object) = self.view() { Some(&object.members) } else { None }
    }

    /// Creates an array. Fails if it nests too deeply.
    pub(crate) fn array(items: Vec<Self>) -> Result<Self, Exceeded> {
        let mut array = Array { items: Vec::new(), depth: 1 };
        for item in &items {
            array.raise(item)?;
        }
        array.items = items;
        Ok(array.into())
    }

    pub(crate) fn text(text: impl Into<Text>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn count(count: usize) -> Self {
        Self::Number(Number::from_usize(count))
    }

    /// Returns the array of this value, to change it. Copies the array only if another value shares
    /// it. Returns an empty array for any other type.
    pub(crate) fn own_array(self, meter: &Meter) -> Result<Array, Exceeded> {
        let array = match self {
            Self::Array(array) => array,
            Self::Lazy(lazy) => match into_opened(lazy) {
                Opened::Array(array) => array,
                Opened::Object(_) => return Ok(Array::default()),
            },
            _ => return Ok(Array::default()),
        };
        match Rc::try_unwrap(array) {
            Ok(array) => Ok(array),
            Err(shared) => {
                meter.build(shared.items.len() * ITEM_BYTES)?;
                Ok((*shared).clone())
            }
        }
    }

    /// Returns the object of this value, to change it. Copies the object only if another value shares
    /// it. Returns an empty object for any other type.
    pub(crate) fn own_object(self, meter: &Meter) -> Result<Object, Exceeded> {
        let object = match self {
            Self::Object(object) => object,
            Self::Edited(edited) => Self::into_opened_edited(edited),
            Self::Lazy(lazy) => match into_opened(lazy) {
                Opened::Object(object) => object,
                Opened::Array(_) => return Ok(Object::default()),
            },
            _ => return Ok(Object::default()),
        };
        match Rc::try_unwrap(object) {
            Ok(object) => Ok(object),
            Err(shared) => {
                meter.build(shared.members.len() * MEMBER_BYTES)?;
                Ok((*shared).clone())
            }
        }
    }

    /// Returns the upper limit of the levels of nesting: 0 for a scalar.
    pub(super) fn depth(&self) -> u8 {
        match self {
            Self::Lazy(lazy) => lazy.depth,
            Self::Array(array) => array.depth,
            Self::Object(object) => object.depth,
            Self::Edited(edited) => edited.object.depth(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => 0,
        }
    }

    /// Returns true if both are the same array, object or string in memory, or are equal scalars of
    /// another type.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Number(left), Self::Number(right)) => left.compare(right).is_eq(),
            (Self::Text(left), Self::Text(right)) => left.is_same(right),
            (Self::Lazy(left), Self::Lazy(right)) => left.slice.is_same(&right.slice),
            (Self::Array(left), Self::Array(right)) => Rc::ptr_eq(left, right),
            (Self::Object(left), Self::Object(right)) => Rc::ptr_eq(left, right),
            (Self::Edited(left), Self::Edited(right)) => Rc::ptr_eq(left, right),
            _ => false,
        }
    }
}

impl Array {
    /// Raises the depth for an item that the array gets. Fails if the array nests too deeply.
    pub(crate) fn raise(&mut self, item: &Value) -> Result<(), Exceeded> {
        self.depth = self.depth.max(level_above(item)?);
        Ok(())
    }

    pub(crate) fn items_mut(&mut self) -> &mut [Value] {
        &mut self.items
    }

    /// Returns the array with its depth computed again from its items.
    pub(crate) fn measured(mut self) -> Result<Self, Exceeded> {
        self.depth = self
            .items
            .iter()
            .try_fold(1, |depth, item| level_above(item).map(|level| level.max(depth)))?;
        Ok(self)
    }

    /// Returns the first item.
    pub(crate) fn into_first(self) -> Option<Value> {
        self.items.into_iter().next()
    }

    /// Appends an item.
    pub(crate) fn push(&mut self, item: Value, meter: &Meter) -> Result<(), Exceeded> {
        meter.build(ITEM_BYTES)?;
        self.raise(&item)?;
        self.items.push(item);
        Ok(())
    }
}

impl Object {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { members: Members::with_capacity(capacity), depth: 1 }
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.members.values_mut()
    }

    /// Returns the object with its depth computed again from its members.
    pub(crate) fn measured(mut self) -> Result<Self, Exceeded> {
        let values = self.members.entries().iter().map(|(_, value)| value);
        self.depth = values
            .map(level_above)
            .try_fold(1, |depth, level| level.map(|level| level.max(depth)))?;
        Ok(self)
    }

    /// Raises the depth for a value that the object gets. Fails if the object nests too deeply.
    pub(crate) fn raise(&mut self, value: &Value) -> Result<(), Exceeded> {
        self.depth = self.depth.max(level_above(value)?);
        Ok(())
    }

    /// Sets the value of a key.
    pub(crate) fn insert(
        &mut self,
        key: Text,
        value: Value,
        meter: &Meter,
    ) -> Result<(), Exceeded> {
        meter.build(MEMBER_BYTES)?;
        meter.read(key.as_str().len())?;
        self.raise(&value)?;
        self.members.insert(key, value);
        Ok(())
    }
}

impl Default for Array {
    fn default() -> Self {
        Self { items: Vec::new(), depth: 1 }
    }
}

impl Default for Object {
    fn default() -> Self {
        Self { members: Members::default(), depth: 1 }
    }
}

impl From<Array> for Value {
    fn from(array: Array) -> Self {
        Self::Array(Rc::new(array))
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(Rc::new(object))
    }
}

/// Returns the levels of nesting of an array or object with this value.
pub(super) fn level_above(value: &Value) -> Result<u8, Exceeded> {
    let inner = value.depth();
    if usize::from(inner) >= JqLimits::MAX_NESTING {
        return Err(Exceeded::Nesting);
    }
    Ok(inner + 1)
}

fn into_opened(lazy: Rc<Lazy>) -> Opened {
    lazy.open();
    match Rc::try_unwrap(lazy) {
        Ok(own) => own.opened.into_inner(),
        Err(shared) => Some(shared.open().clone()),
    }
    .unwrap_or_else(|| Opened::Array(Rc::new(Array { items: Vec::new(), depth: 1 })))
}
