//! The builtin rules as the program carries them: read from YAML when it is built, and typed when it runs.
//!
//! `build.rs` writes the tree of each file below its examples (`encode`): maps, lists and scalars as they stand in the file.
//! [`from_pack`] reads it as the types that `yaml::from_str` reads from the file, at a fraction of the price, and without
//! places: a builtin rule has no problem to point at, the tests of the rules have seen to that.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor};

/// First byte of a node.
mod tag {
    pub(super) const MAP: u8 = b'm';
    pub(super) const LIST: u8 = b'l';
    pub(super) const TEXT: u8 = b't';
    /// A number or truth value, as written.
    pub(super) const PLAIN: u8 = b'p';
    pub(super) const NULL: u8 = b'n';
}

/// Reads a `T` from the bytes of a pack that start with it, and moves them behind it.
pub(super) fn from_pack<'de, T: Deserialize<'de>>(pack: &mut &'de [u8]) -> Result<T, Error> {
    let mut reader = Reader { rest: pack, as_text: false };
    let value = T::deserialize(&mut reader)?;
    *pack = reader.rest;
    Ok(value)
}

struct Reader<'de> {
    rest: &'de [u8],
    /// Whether a scalar of any type is wanted as its text: `Spanned` asks for any type, and its files mean text.
    as_text: bool,
}

fn broken(what: &dyn fmt::Display) -> Error {
    Error::custom(format_args!("the rule pack is broken: {what}"))
}

impl<'de> Reader<'de> {
    fn byte(&mut self) -> Result<u8, Error> {
        let (first, rest) = self.rest.split_first().ok_or_else(|| broken(&"it ends early"))?;
        self.rest = rest;
        Ok(*first)
    }

    fn length(&mut self) -> Result<usize, Error> {
        let (four, rest) = self.rest.split_first_chunk().ok_or_else(|| broken(&"it ends early"))?;
        self.rest = rest;
        usize::try_from(u32::from_le_bytes(*four)).map_err(|error| broken(&error))
    }

    fn text(&mut self) -> Result<&'de str, Error> {
        let length = self.length()?;
        let (text, rest) = self.rest.split_at_checked(length).ok_or_else(|| broken(&"it ends early"))?;
        self.rest = rest;
        std::str::from_utf8(text).map_err(|error| broken(&error))
    }

    /// The text of a scalar.
    fn scalar(&mut self) -> Result<&'de str, Error> {
        self.as_text = false;
        match self.byte()? {
            tag::TEXT | tag::PLAIN => self.text(),
            other => Err(broken(&format_args!("no scalar but `{}`", char::from(other)))),
        }
    }

    fn number<N: std::str::FromStr<Err: fmt::Display>>(&mut self) -> Result<N, Error> {
        self.scalar()?.parse().map_err(|error| broken(&error))
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.number()?)
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let as_text = std::mem::take(&mut self.as_text);
        match self.byte()? {
            tag::MAP => {
                let left = self.length()?;
                visitor.visit_map(Items { reader: self, left })
            }
            tag::LIST => {
                let left = self.length()?;
                visitor.visit_seq(Items { reader: self, left })
            }
            tag::NULL => visitor.visit_unit(),
            tag::PLAIN if !as_text => {
                let text = self.text()?;
                match (text, text.parse::<u64>(), text.parse::<i64>()) {
                    ("true", ..) => visitor.visit_bool(true),
                    ("false", ..) => visitor.visit_bool(false),
                    (_, Ok(number), _) => visitor.visit_u64(number),
                    (_, _, Ok(number)) => visitor.visit_i64(number),
                    _ => visitor.visit_borrowed_str(text),
                }
            }
            tag::TEXT | tag::PLAIN => visitor.visit_borrowed_str(self.text()?),
            other => Err(broken(&format_args!("no node starts with `{}`", char::from(other)))),
        }
    }

    numbers! {
        deserialize_bool visit_bool
        deserialize_i8 visit_i8
        deserialize_i16 visit_i16
        deserialize_i32 visit_i32
        deserialize_i64 visit_i64
        deserialize_u8 visit_u8
        deserialize_u16 visit_u16
        deserialize_u32 visit_u32
        deserialize_u64 visit_u64
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.scalar()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.scalar()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.rest.first() == Some(&tag::NULL) {
            self.byte()?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        self.as_text = true;
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if self.rest.first() != Some(&tag::MAP) {
            return visitor.visit_enum(StrDeserializer::new(self.scalar()?));
        }
        self.byte()?;
        match self.length()? {
            1 => visitor.visit_enum(self),
            other => Err(broken(&format_args!("{other} variants at once"))),
        }
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// What is left of a map or list.
struct Items<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: usize,
}

impl<'de> Items<'_, 'de> {
    fn next<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.next(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.next(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }
}

impl<'de> EnumAccess<'de> for &mut Reader<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        let variant = seed.deserialize(&mut *self)?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for &mut Reader<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Deserialize::deserialize(self)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(nodes: &[(u8, &str)]) -> Vec<u8> {
        let one = |(tag, text): &(u8, &str)| {
            let length = match *tag {
                tag::MAP | tag::LIST => text.parse().unwrap(),
                _ => u32::try_from(text.len()).unwrap(),
            };
            let body = if matches!(*tag, tag::MAP | tag::LIST) { "" } else { text };
            [&[*tag], length.to_le_bytes().as_slice(), body.as_bytes()].concat()
        };
        nodes.iter().flat_map(one).collect()
    }

    #[test]
    fn a_scalar_is_what_its_place_wants() {
        let bytes = pack(&[(tag::LIST, "2"), (tag::PLAIN, "90"), (tag::TEXT, "x")]);
        assert_eq!(from_pack::<Vec<String>>(&mut &bytes[..]).unwrap(), ["90", "x"]);
        let spanned: Vec<crate::yaml::Spanned<String>> = from_pack(&mut &bytes[..]).unwrap();
        assert_eq!((spanned[0].value.as_str(), spanned[1].value.as_str()), ("90", "x"));
        assert_eq!(from_pack::<(u8, String)>(&mut &bytes[..]).unwrap(), (90, "x".into()));
    }

    #[test]
    fn bytes_that_end_early_are_an_error() {
        let bytes = pack(&[(tag::LIST, "2"), (tag::TEXT, "x")]);
        for end in 0..bytes.len() {
            assert!(from_pack::<Vec<String>>(&mut &bytes[..end]).is_err());
        }
    }
}
