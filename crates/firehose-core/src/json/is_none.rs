//! A check whether a serializable value is `None`.

use std::fmt;

use serde::{
    Serialize, Serializer,
    ser::{self, Impossible},
};

/// Returns `true` if the value is `None`, at any depth of `Option`s.
///
/// The value `()` and `serde_json::Value::Null` also become the JSON `null`, but are not `None`.
pub(crate) fn is_none<T: Serialize + ?Sized>(value: &T) -> bool {
    value.serialize(NoneDetector).is_ok()
}

/// A serializer that accepts `None` and rejects every other value at its first part.
struct NoneDetector;

#[derive(Debug)]
struct NotNone;

impl fmt::Display for NotNone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value is not None")
    }
}

impl std::error::Error for NotNone {}

impl ser::Error for NotNone {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Writes methods of [`NoneDetector`] that reject their value.
macro_rules! reject {
    ($($method:ident($($argument:ty),*) -> $ok:ty;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$ok, NotNone> {
            Err(NotNone)
        })*
    };
}

impl Serializer for NoneDetector {
    type Ok = ();
    type Error = NotNone;
    type SerializeSeq = Impossible<(), NotNone>;
    type SerializeTuple = Impossible<(), NotNone>;
    type SerializeTupleStruct = Impossible<(), NotNone>;
    type SerializeTupleVariant = Impossible<(), NotNone>;
    type SerializeMap = Impossible<(), NotNone>;
    type SerializeStruct = Impossible<(), NotNone>;
    type SerializeStructVariant = Impossible<(), NotNone>;

    fn serialize_none(self) -> Result<(), NotNone> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotNone> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: &T,
    ) -> Result<(), NotNone> {
        Err(NotNone)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), NotNone> {
        Err(NotNone)
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, _: &T) -> Result<(), NotNone> {
        Err(NotNone)
    }

    reject! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_i128(i128) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_u128(u128) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[derive(Serialize)]
    struct Unit;

    #[derive(Serialize)]
    struct Wrapper(Option<u8>);

    #[derive(Serialize)]
    enum Kind {
        Plain,
        Of(Option<u8>),
        Pair(u8, u8),
        Named { value: Option<u8> },
    }

    #[test]
    fn only_none_is_none() {
        assert!(
            is_none(&None::<u8>) && is_none(&Some(None::<&str>)) && is_none(&Box::new(None::<()>))
        );
        let others: [&dyn erased::Value; 14] = [
            &Some(1),
            &(),
            &Some(()),
            &Unit,
            &Wrapper(None),
            &Kind::Plain,
            &Kind::Of(None),
            &Kind::Pair(1, 2),
            &Kind::Named { value: None },
            &json!(null),
            &"",
            &[None::<u8>],
            &(None::<u8>, 1),
            &BTreeMap::from([("a", None::<u8>)]),
        ];
        assert!(others.iter().all(|value| !value.is_none()));
    }

    /// Values of several types in one list.
    mod erased {
        use serde::Serialize;

        pub(super) trait Value {
            fn is_none(&self) -> bool;
        }

        impl<T: Serialize> Value for T {
            fn is_none(&self) -> bool {
                super::is_none(self)
            }
        }
    }
}
