//! A JSON object whose values stay as they were written, in their order.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// Lets a field be changed without touching one byte of the others.
#[derive(Debug)]
pub struct RawObject<'a>(Vec<(Cow<'a, str>, Cow<'a, RawValue>)>);

impl<'a> RawObject<'a> {
    /// The written form of field `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.get())
    }

    /// Puts `value` in the place of field `name`, or at the end.
    pub fn set(&mut self, name: &'a str, value: Box<RawValue>) {
        match self.0.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => *old = Cow::Owned(value),
            None => self.0.push((Cow::Borrowed(name), Cow::Owned(value))),
        }
    }

    /// Takes field `name` out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| key != name);
    }

    /// Gives field `from` the name `to`, unless there is already a field of that name.
    pub fn rename(&mut self, from: &str, to: &'a str) {
        if self.get(to).is_some() {
            self.remove(from);
        } else if let Some((key, _)) = self.0.iter_mut().find(|(key, _)| key == from) {
            *key = Cow::Borrowed(to);
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawObject<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = RawObject<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    fields.push((Cow::Owned(name), Cow::Borrowed(map.next_value::<&'de RawValue>()?)));
                }
                Ok(RawObject(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl Serialize for RawObject<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value.as_ref())?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untouched_fields_keep_every_byte() {
        let text = r#"{"model":"a/b","temperature":1.0e-1,"messages":[ {"role":"user"} ],"max_tokens":5}"#;
        let mut object: RawObject<'_> = serde_json::from_str(text).unwrap();
        object.set("model", RawValue::from_string("\"b\"".into()).unwrap());
        object.rename("max_tokens", "max_completion_tokens");
        object.set("x", RawValue::from_string("true".into()).unwrap());
        object.remove("absent");
        assert_eq!(
            serde_json::to_string(&object).unwrap(),
            r#"{"model":"b","temperature":1.0e-1,"messages":[ {"role":"user"} ],"max_completion_tokens":5,"x":true}"#
        );
    }
}
