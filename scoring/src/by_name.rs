//! Structs by the names of their fields alone.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Reads a struct from a table, and from nothing else: by itself, serde also takes a list for the fields' values in order,
/// and where all fields have defaults, an empty list for all of the defaults. For `#[serde(deserialize_with)]`.
///
/// # Errors
/// Where it is no table, or no `T`.
pub fn by_name<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(Table(PhantomData))
}

struct Table<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Table<T> {
    type Value = T;

    fn expecting(&self, into: &mut fmt::Formatter<'_>) -> fmt::Result {
        into.write_str("names with their values")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

#[cfg(test)]
mod tests {
    use crate::Policy;

    #[test]
    fn a_list_is_no_table() {
        for text in [r#"{"weights": []}"#, r#"{"freshness": {"half_life_days": [1.0]}}"#, r#"{"contradiction": []}"#] {
            let problem = serde_json::from_str::<Policy>(text).unwrap_err().to_string();
            assert!(problem.contains("invalid type: sequence, expected names with their values"), "{text}: {problem}");
        }
        let policy: Policy = serde_json::from_str(r#"{"weights": {"freshness": 9.0}}"#).unwrap();
        assert!((policy.weights.freshness - 9.0).abs() < f32::EPSILON);
    }
}
