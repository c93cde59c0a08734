//! How much work a schema can make of one small answer. References let a few lines stand for more checks than a machine
//! can do, and whoever has a key may send a schema.

use std::collections::HashMap;

use serde_json::Value;

/// How many checks a schema may stand for, references followed; a large hand-written one has some thousands.
const MOST_CHECKS: u64 = 100_000;

/// How much work an answer may make where a schema refers to itself.
const MOST_WORK: u64 = 1_000_000;

/// What a schema stands for when every reference is followed once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    checks: u64,
    /// How often it comes back to itself.
    returns: u64,
}

impl Cost {
    /// Follows all references of `schema`.
    pub fn of(schema: &Value) -> Self {
        Walk { root: schema, known: HashMap::new(), open: Vec::new() }.value(schema)
    }

    /// Whether the schema alone stands for too much.
    pub const fn is_too_high(self) -> bool {
        self.checks > MOST_CHECKS
    }

    /// Whether checking `answer` could take longer than it is worth: each level of it may multiply the work.
    pub fn is_too_high_for(self, answer: &Value) -> bool {
        self.returns > 1 && self.returns.saturating_pow(depth(answer)) > MOST_WORK
    }

    const fn add(&mut self, more: Self) {
        self.checks = self.checks.saturating_add(more.checks);
        self.returns = self.returns.saturating_add(more.returns);
    }
}

/// How deep an answer is nested. Parsing has bounded it.
fn depth(value: &Value) -> u32 {
    let inside = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(fields) => fields.values().map(depth).max(),
        _ => return 0,
    };
    1 + inside.unwrap_or(0)
}

struct Walk<'a> {
    root: &'a Value,
    /// What a reference stands for.
    known: HashMap<&'a str, Cost>,
    /// The references that are being followed.
    open: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn value(&mut self, value: &'a Value) -> Cost {
        let mut cost = Cost { checks: 1, returns: 0 };
        match value {
            Value::Array(items) => items.iter().for_each(|item| cost.add(self.value(item))),
            Value::Object(fields) => {
                for (name, inside) in fields {
                    match (name.as_str(), inside.as_str()) {
                        // They count where they are referred to.
                        ("$defs" | "definitions", _) => {}
                        ("$ref" | "$dynamicRef" | "$recursiveRef", Some(reference)) => cost.add(self.follow(reference)),
                        _ => cost.add(self.value(inside)),
                    }
                }
            }
            _ => {}
        }
        cost
    }

    fn follow(&mut self, reference: &'a str) -> Cost {
        if let Some(known) = self.known.get(reference) {
            return *known;
        }
        let target = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
        let returns = self.open.contains(&reference) || target.is_none();
        let Some(target) = target.filter(|_| !returns) else { return Cost { checks: 1, returns: 1 } };
        self.open.push(reference);
        let cost = self.value(target);
        self.open.pop();
        self.known.insert(reference, cost);
        cost
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn doubling_references_are_too_much_and_ordinary_schemas_are_not() {
        let mut defs = serde_json::Map::new();
        for n in 0..40 {
            let next = json!({"$ref": format!("#/$defs/a{}", n + 1)});
            defs.insert(format!("a{n}"), json!({"allOf": [next, next]}));
        }
        defs.insert("a40".into(), json!({"type": "object"}));
        assert!(Cost::of(&json!({"$defs": defs, "$ref": "#/$defs/a0"})).is_too_high());
        let many: Value =
            (0..2_000).map(|n| (format!("p{n}"), json!({"type": "string"}))).collect::<serde_json::Map<_, _>>().into();
        assert!(!Cost::of(&json!({"type": "object", "properties": many})).is_too_high());
    }

    #[test]
    fn a_schema_that_doubles_itself_is_checked_on_shallow_answers_only() {
        let tree = json!({"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}});
        let cost = Cost::of(&tree);
        assert!(!cost.is_too_high() && !cost.is_too_high_for(&json!({"left": {"left": {}}})));
        let deep = (0..60).fold(json!({}), |inside, _| json!({"left": inside}));
        assert!(cost.is_too_high_for(&deep));
        let list = json!({"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}});
        let deep = (0..60).fold(json!({}), |inside, _| json!({"next": inside}));
        assert!(!Cost::of(&list).is_too_high_for(&deep), "one way back multiplies nothing");
    }
}
